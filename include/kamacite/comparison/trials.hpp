#pragma once
#include <functional>
#include <string>
#include <vector>

#include "kamacite/comparison/fit.hpp"

namespace kamacite::comparison {

/// What can be compared, from the simplest on.
enum class Method {
    constant,  ///< the mean of the training side
    ridge,     ///< linear in pooled descriptors
    paper,   ///< ten pooled radial functions, 128 and 128 relu, Adam 1e-3, batches of 64, 50 epochs
    pooled,  ///< a dense network on pooled descriptors
    atoms,   ///< a network on the descriptors of each atom, summed: BPNN without forces
    nearest,  ///< CGCNN on the nearest twelve, as published
    smooth    ///< CGCNN on sixty smooth neighbours
};

[[nodiscard]] std::string name_of(Method method);  ///< e.g. "cgcnn_smooth"

/// The forms of input that some methods need.
[[nodiscard]] Forms forms_of(std::span<Method const> methods);

/// How much each method is tried.
struct TrialOptions {
    /// Settings that are tried of each method that has any; the first are the usual ones, the
    /// others are drawn. Ridge regression gets ten times as many, as they cost nothing.
    int trials = 4;
    int seeds = 5;     ///< trainings with the settings that were chosen
    int epochs = 100;  ///< of each training, but for the paper's network
    std::uint64_t seed = 1;
};

/// The settings of one trial: RandomStream(seed, name of the method, trial) draws
///
///     networks   rate 10^−3.5 … 10^−2, batch 16, 32 or 64, decay 0, 1e-4 or 1e-2
///     pooled     one or two hidden layers of 32, 64 or 128, inputs mean, or mean and variance
///     BPNN       the same layers
///     CGCNN      width 32 or 64, two or three convolutions, dense layer of 64 or 128
///     ridge      penalty 10^−8 … 10^0, inputs as for pooled
///
/// Trial 0 of the networks has rate 3e-3 and batches of 32, the sizes of Settings, and no decay; of
/// CGCNN these sizes are the published ones.
[[nodiscard]] Settings settings_of(Method method, int trial, TrialOptions const& options);

/// Settings in words, those that the method looks at.
[[nodiscard]] std::string words_of(Method method, Settings const& settings);

/// Mean and standard deviation (n − 1) over trainings; 0 for one.
struct Spread {
    double mean = 0.0, deviation = 0.0;
};
/// Of some numbers, at least one.
[[nodiscard]] Spread spread_of(std::span<double const> values);

/// How a method did.
struct Outcome {
    std::string method;    ///< name_of()
    std::string settings;  ///< words_of() those that were chosen
    int parameters = 0;
    int tried = 0;                 ///< trials that chose the settings; 1: none to choose from
    std::vector<double> trials{};  ///< validation error of each
    std::vector<std::vector<double>> predicted{};  ///< of every structure, one vector per training
    Spread validation{};                           ///< root mean square error there
    Spread rmse{}, mae{}, r2{};                    ///< of the test side
    Spread training_seconds{};
    double predicting_seconds = 0.0;  ///< per structure on one core, from positions on
};

/// Fills rmse, mae and r2 from `predicted`.
/// \param base  Problem::base, taken off both before r2, which would else be that of what alloys
/// are
///              made of; may be empty
void judge(Outcome& outcome, std::span<double const> target, std::span<int const> test,
           std::span<double const> base = {});

/// Tries each method: the settings with the least error on the validation side are trained from
/// `seeds` others first weights, and these are judged by the test side, which nothing else has
/// looked at. The paper's network is trained with its own settings only; ridge and constant once.
///
/// Trainings on pooled descriptors are shared between the ranks, those of graphs are each of all
/// ranks. The same on any number of ranks, to rounding.
/// \param tell  is told what is done, on all ranks
/// Collective.
[[nodiscard]] std::vector<Outcome> compare(mpi::Communicator const& comm, Problem const& problem,
                                           std::span<double const> target,
                                           std::span<Method const> methods,
                                           TrialOptions const& options,
                                           std::function<void(std::string const&)> const& tell);

}  // namespace kamacite::comparison
