#pragma once
#include <filesystem>
#include <functional>
#include <string>

#include "kamacite/core/logger.hpp"
#include "kamacite/dataset/records.hpp"
#include "kamacite/io/provenance.hpp"
#include "kamacite/mpi/communicator.hpp"
#include "kamacite/training/loss.hpp"

namespace kamacite::training {

/// What a directory that holds a checkpoint already means.
enum class Start {
    refuse,  ///< an error: nobody said what to do with it
    resume,  ///< go on from it; begin if there is none
    fresh    ///< remove it and begin
};

/// How training asks the program that it runs in.
struct Hooks {
    /// Whether this rank was asked to stop; asked once per step.
    std::function<bool()> stop_requested = [] { return false; };
    /// Told how long [s] it was from one question to the next, and how long a checkpoint took.
    std::function<void(double)> step_took = [](double) {};
    std::function<void(double)> checkpoint_took = [](double) {};
    /// Called when nothing is left to refuse and training begins or goes on; may be collective.
    std::function<void()> begins = [] {};
};

/// How training ended, and the best model found.
struct Result {
    enum class Outcome { finished, stopped } outcome;
    Model model;
    std::string summary;         ///< JSON, as kept in the model file
    std::filesystem::path file;  ///< where the model is
};

/// Trains a model and writes to options.directory:
///
///     model.h5            the best model, when training is finished
///     model-so-far.h5     the best model of training that was stopped; gone when it is finished
///     checkpoint.{a,b}.h5 what training goes on from
///     learning_curve.csv  a row per epoch
///
/// The best model is that of the lowest validation loss, head by head; without validation records,
/// of the lowest training loss. A loss that is not finite or explodes rolls training back to the
/// beginning of the epoch with half the learning rate.
///
/// The result has the same bits on any number of ranks, and after any number of interruptions by
/// kill -9 or stop requests. Collective.
///
/// \param training, validation  the same on all ranks, each of which reads what it works on;
///                              validation may be empty
/// \param provenance  goes into the model file
/// \throws DataError   if a head has nothing to learn from or an element has no atoms
/// \throws UsageError  if the directory holds a checkpoint and `start` is refuse
/// \throws InputError  if the checkpoint was made with other data or options
/// \throws DataError   if checkpoints are there but damaged, all of them
/// \throws NumericalError if training diverges again and again
[[nodiscard]] Result train(mpi::Communicator const& comm, Descriptors const& descriptors,
                           dataset::Records training, dataset::Records validation,
                           TrainOptions const& options, io::Provenance const& provenance,
                           Start start, Hooks const& hooks, Logger const& log);

}  // namespace kamacite::training
