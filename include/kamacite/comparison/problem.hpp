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
    /// Whether the target is an energy per atom, of which what each element has by itself is taken
    /// off before anything is learnt (Problem::base).
    bool of_energy = false;
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

/// Descriptors of single atoms, structure after structure.
struct AtomInputs {
    Matrix x;                   ///< shape (atoms, width)
    std::vector<int> first{0};  ///< first[k] .. first[k+1]: the atoms of structure k
    std::vector<int> element;   ///< of each atom, its place among Problem::elements
};

/// The structures as the methods see them, the same on all ranks. Inputs and target are brought to
/// mean 0 and variance 1 over the training side, which the others have no part in.
struct Problem {
    Matrix mean, variance;  ///< pooled descriptors without those that do not vary in training
    Matrix classic;         ///< means of ten radial functions: what the paper's network sees
    /// Of mean 0 and variance 1 over the atoms of each element in training; 0 if it does not vary.
    AtomInputs atoms;
    Matrix conditions;
    std::vector<Graph> nearest, smooth;  ///< empty where they were not asked for
    std::vector<int> elements;           ///< atomic numbers
    std::vector<double> target;          ///< (target − base − centre)/scale
    /// Of energies of several elements: Σ_X c_X ε_X of each structure, c_X the part of its atoms
    /// that are X and ε the least squares solution (of the least norm) of c ε = target over the
    /// training side. Of all else 0.
    std::vector<double> base;
    double centre = 0.0, scale = 1.0;

    /// The target of structure k, of a standardised prediction.
    [[nodiscard]] double unscaled(int k, double y) const {
        return base[static_cast<std::size_t>(k)] + centre + scale * y;
    }
    std::vector<int> training, validation, test;

    /// Time [s] that each form of input took, per structure on one core.
    struct Seconds {
        double descriptors = 0.0, classic = 0.0, atoms = 0.0, nearest = 0.0, smooth = 0.0;
    } seconds;

    [[nodiscard]] int size() const noexcept { return static_cast<int>(target.size()); }
};

/// Which forms of input are wanted.
struct Forms {
    bool pooled = true, classic = true, nearest = true, smooth = true, atoms = true;
};

/// \param descriptors  of the pooled methods
/// \throws DataError if a structure cannot be described, or has an element that none in training
/// has Collective.
[[nodiscard]] Problem pose(mpi::Communicator const& comm, Question const& question,
                           Descriptors const& descriptors, Forms const& forms);

}  // namespace kamacite::comparison
