#pragma once
#include <vector>

#include "kamacite/dataset/records.hpp"
#include "kamacite/model/model.hpp"
#include "kamacite/mpi/communicator.hpp"

namespace kamacite::campaign {

/// How atoms are described, and a structure by its atoms.
struct FeatureOptions {
    enum class Kind {
        hidden,       ///< last hidden layer of the energy network, as the grade sees atoms
        descriptors,  ///< scaled descriptors: the same in every round of a campaign
    } kind = Kind::hidden;
    enum class Pooling {
        mean,             ///< over the atoms of an element
        mean_and_spread,  ///< and standard deviation over them
        extremes,         ///< and smallest and largest: one odd atom counts in any cell
    } pooling = Pooling::mean_and_spread;
};

/// Units of features, from a training set. Matrices have shape (elements, most features), zero
/// behind the features of an element.
struct FeatureScale {
    Matrix centre;               ///< mean of φ over the atoms of an element
    Matrix inverse;              ///< 1/σ of φ over them
    std::vector<double> pooled;  ///< 1/σ of each number of features_of() over the structures
};

/// A training set as selection sees it.
struct TrainingFeatures {
    FeatureScale scale;
    Matrix features;  ///< features_of() its records, one row each
};

/// The scale of a training set and its features in it. A feature that varies by less than a
/// hundredth of what is usual (median) over atoms, or by less than a twentieth of its σ over atoms
/// from structure to structure, is taken to vary by that: neither rounding nor a set of few
/// structures is blown up. Collective; the same bits on any number of ranks.
/// \param model    with an energy head; of a committee any member
/// \param records  the same on all ranks, not empty
[[nodiscard]] TrainingFeatures training_features_of(mpi::Communicator const& comm,
                                                    Model const& model,
                                                    dataset::Records const& records,
                                                    FeatureOptions const& options);

/// Features x = (φ − centre)/σ of the atoms of a structure, pooled: for each element of the model
/// its share of the atoms (where there are several), then means, standard deviations and extremes
/// over its atoms, 0 for an element that is absent; each number in units of its standard deviation
/// over the training set.
///
/// The vector does not change if atoms change places, if all is turned or moved, or in another cell
/// of the same crystal.
/// \throws DataError if the model does not know an element
[[nodiscard]] std::vector<double> features_of(Model const& model, FeatureScale const& scale,
                                              Structure const& structure,
                                              FeatureOptions const& options);

/// The same of many, one row each, on every rank; the same bits on any number of ranks. Collective.
/// \param records  the same on all ranks
[[nodiscard]] Matrix features_of(mpi::Communicator const& comm, Model const& model,
                                 FeatureScale const& scale, dataset::Records const& records,
                                 FeatureOptions const& options);

}  // namespace kamacite::campaign
