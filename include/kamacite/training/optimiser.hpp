#pragma once
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kamacite/training/distributed_loss.hpp"
#include "kamacite/training/options.hpp"

namespace kamacite::training {

/// What an optimiser sees of training: the loss over records, found by all ranks together with the
/// same bits on any number of them.
struct Objective {
    mpi::Communicator const& comm;
    DistributedLoss& loss;
    LossOptions const& options;
};

/// Moves the parameters of a model, step by step. Training may stop after any step, and goes on
/// from the optimiser's state() to the same bits.
class Optimiser {
public:
    /// What goes into a checkpoint, by name.
    struct State {
        std::map<std::string, std::vector<double>> shared{};  ///< the same on all ranks
        /// Rows of a matrix that is cut over the ranks in block_of(rank, size, rows). What is not
        /// there when a state is restored begins anew.
        std::map<std::string, Matrix> rows{};
    };

    /// What a step saw and did.
    struct Step {
        std::vector<double> sums;  ///< as SumLayout, over the records, where it began or ended
        double flags = 0.0;        ///< sum over ranks of what each passed
        std::string end{};         ///< not empty: it cannot go on, and why
    };

    virtual ~Optimiser() = default;
    Optimiser() = default;
    Optimiser(Optimiser const&) = delete;
    Optimiser& operator=(Optimiser const&) = delete;

    /// One step from where the model is. Parameters that are not finite say that it diverged.
    /// \param ids   records that count: a batch, or all where all_at_once()
    /// \param rate  learning rate, for those that have one
    /// \param flag  as DistributedLoss::gradient()
    /// Collective. \throws as DistributedLoss::gradient(); SystemError if PETSc fails
    virtual Step step(Objective const& objective, Model& model, std::span<int const> ids,
                      double rate, double flag) = 0;

    [[nodiscard]] State state() const { return {shared(), rows()}; }
    [[nodiscard]] virtual std::map<std::string, std::vector<double>> shared() const = 0;
    [[nodiscard]] virtual std::map<std::string, Matrix> rows() const { return {}; }
    /// \throws DataError if it is of another kind or model
    virtual void restore(State const& state) = 0;
};

[[nodiscard]] std::string name_of(StageOptions::Kind kind);  ///< e.g. "adam"

/// Whether every step takes the whole training set, so that an epoch is one step.
[[nodiscard]] bool all_at_once(StageOptions const& stage);

/// The optimiser of a stage, with nothing remembered.
[[nodiscard]] std::unique_ptr<Optimiser> make_optimiser(StageOptions const& stage,
                                                        Model const& model,
                                                        mpi::Communicator const& comm);

}  // namespace kamacite::training
