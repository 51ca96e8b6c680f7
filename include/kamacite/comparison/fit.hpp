#pragma once
#include <cstdint>
#include <vector>

#include "kamacite/comparison/problem.hpp"
#include "kamacite/model/activation.hpp"
#include "kamacite/mpi/communicator.hpp"

namespace kamacite::comparison {

/// How a network is made and trained: Adam (with decoupled decay), mean squared error, batches at
/// random.
struct Settings {
    double rate = 1e-3;                                                    ///< of Adam
    enum class Schedule { constant, cosine } schedule = Schedule::cosine;  ///< to a hundredth
    int batch = 32;                                                        ///< structures
    int epochs = 100;
    double decay = 0.0;  ///< of weights, as part of the rate
    /// The parameters of the epoch that is best on the validation side, or those of the last.
    enum class Keep { best, last } keep = Keep::best;

    /// Networks on descriptors; `inputs` of pooled ones.
    enum class Inputs { mean, mean_and_variance, classic } inputs = Inputs::mean_and_variance;
    std::vector<int> hidden{64, 64};
    Activation activation = Activation::silu;

    /// Networks on graphs.
    int width = 64, convolutions = 3, dense = 128;

    double penalty = 1e-3;  ///< ridge regression alone
};

/// What came of a training.
struct Fitted {
    std::vector<double> predicted;  ///< of every structure, in the unit of the target
    double validation = 0.0;        ///< root mean square error there; infinite if it diverged
    int parameters = 0;
    int epoch = 0;                    ///< whose parameters were kept, from 1; 0: none
    double training_seconds = 0.0;    ///< wall time
    double predicting_seconds = 0.0;  ///< per structure on one core, without what it is given
};

/// A dense network on pooled descriptors and conditions. Local; depends on the seed alone.
/// \throws DataError if none of them varies in training
[[nodiscard]] Fitted fit_pooled(Problem const& problem, Settings const& settings,
                                std::uint64_t seed);

/// A network for each element on the descriptors of each atom (and the conditions), whose mean over
/// the atoms is the prediction: what Behler and Parrinello have for energies, learning from numbers
/// of structures alone. Local; depends on the seed alone.
/// Source: Behler and Parrinello, Phys. Rev. Lett. 98, 146401 (2007).
[[nodiscard]] Fitted fit_atoms(Problem const& problem, Settings const& settings,
                               std::uint64_t seed);

/// A crystal graph network. The same on any number of ranks, to rounding.
/// \param graphs  Problem::nearest or smooth
/// Collective.
[[nodiscard]] Fitted fit_graph(mpi::Communicator const& comm, Problem const& problem,
                               std::vector<Graph> const& graphs, Settings const& settings,
                               std::uint64_t seed);

/// Ridge regression on pooled descriptors and conditions,
///
///     w = argmin (1/n) |X w − y|² + penalty |w|²
///
/// over the training side. Local. \throws DataError as fit_pooled()
[[nodiscard]] Fitted fit_ridge(Problem const& problem, Settings const& settings);

/// The mean of the training side, of energies beside what each element has. Local.
[[nodiscard]] Fitted fit_constant(Problem const& problem);

}  // namespace kamacite::comparison
