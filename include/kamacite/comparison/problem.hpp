#pragma once
#include <span>
#include <vector>

#include "kamacite/comparison/graph.hpp"
#include "kamacite/descriptors/descriptors.hpp"
#include "kamacite/mpi/communicator.hpp"

namespace kamacite::comparison {

/// What is asked of all methods: a number of each structure, and which structures they may learn
/// from. All vectors and matrices have one entry or row per structure.
struct Question {
    std::vector<Structure> structures;
    std::vector<double> target;  ///< any unit
    Matrix conditions;  ///< given of each structure, e.g. its temperature; may have no columns
    std::vector<int> training, validation, test;  ///< numbers of structures, none empty
};

/// Mean over the atoms of a structure of each descriptor, for each element apart (sum over its
/// atoms divided by the number of all atoms), then the mean square less the square of the mean.
///
/// \returns shape (structures, 2 · elements · width)
/// \throws DataError as Descriptors::evaluate()
/// Collective; the same on any number of ranks.
[[nodiscard]] Matrix pooled_descriptors(mpi::Communicator const& comm,
                                        Descriptors const& descriptors,
                                        std::span<Structure const> structures);

/// The structures as the methods see them, the same on all ranks. Inputs and target are brought to
/// mean 0 and variance 1 over the training side, which the others have no part in.
struct Problem {
    Matrix mean, variance;  ///< pooled descriptors without those that do not vary in training
    Matrix classic;         ///< means of ten radial functions: what the paper's network sees
    Matrix conditions;
    std::vector<Graph> nearest, smooth;  ///< empty where they were not asked for
    std::vector<int> elements;           ///< atomic numbers
    std::vector<double> target;          ///< (target − centre)/scale
    double centre = 0.0, scale = 1.0;
    std::vector<int> training, validation, test;

    /// Time [s] that each form of input took, per structure on one core.
    struct Seconds {
        double descriptors = 0.0, classic = 0.0, nearest = 0.0, smooth = 0.0;
    } seconds;

    [[nodiscard]] int size() const noexcept { return static_cast<int>(target.size()); }
};

/// Which forms of input are wanted.
struct Forms {
    bool pooled = true, classic = true, nearest = true, smooth = true;
};

/// \param descriptors  of the pooled methods
/// \throws DataError if a structure cannot be described
/// Collective.
[[nodiscard]] Problem pose(mpi::Communicator const& comm, Question const& question,
                           Descriptors const& descriptors, Forms const& forms);

}  // namespace kamacite::comparison
