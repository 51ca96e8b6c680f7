#pragma once
#include <optional>

#include "kamacite/descriptors/flops.hpp"
#include "kamacite/model/committee.hpp"
#include "kamacite/mpi/communicator.hpp"

namespace kamacite::inference {

/// Wall time of the parts of a step, or its shares.
struct StepParts {
    double neighbours = 0.0;     ///< following the motion (Neighbours::move)
    double descriptors = 0.0;    ///< as Seconds
    double networks = 0.0;       ///< as Seconds
    double gradients = 0.0;      ///< as Seconds
    double communication = 0.0;  ///< sums over ranks, waiting for the slowest included
    double rest = 0.0;           ///< memory, copies of results

    [[nodiscard]] double sum() const {
        return neighbours + descriptors + networks + gradients + communication + rest;
    }
};

/// How fast a model computes energy, forces and stress, step after step. The same on all ranks.
struct KernelTimes {
    int steps = 0;
    long long atoms = 0;    ///< per rank
    double neighbours = 0;  ///< per atom, on the average
    double search = 0.0;    ///< finding the neighbours [s], slowest rank
    double median = 0.0;    ///< of the steps, each as long as on its slowest rank [s]
    double best = 0.0;      ///< the shortest of them [s]
    double work = 0.0;      ///< median time of a step without communication, slowest rank [s]
    double cpu = 0.0;       ///< the same in CPU time: what other programs take does not count [s]
    double cpu_best = 0.0;  ///< the shortest of them, slowest rank [s]
    StepParts shares;       ///< of the time of all steps and ranks; their sum is 1
    double energy = 0.0;    ///< of the first step, per atom [eV]
    Mat3 stress = Mat3::Zero();    ///< of the first step, mean over ranks [eV/Å³]
    Flops descriptor_flops;        ///< per step and rank
    double network_flops = 0.0;    ///< per step and rank: 2 per weight forward and 2 back
    double bytes = 0.0;            ///< read and written of the list of neighbours per step and rank
    std::optional<double> memory;  ///< grown during the steps, largest rank [B/atom]

    [[nodiscard]] double flops() const {
        return descriptor_flops.evaluate + descriptor_flops.pull_back + network_flops;
    }
};

/// Finds the neighbours of `structure` once, then moves the atoms to and fro by 1e-4 Å: each step
/// lets the list follow, predicts, and sums energy, forces and virial over ranks. Every rank has a
/// structure of its own, so that the work grows with the number of ranks. A step of a committee is
/// a prediction of each member, in the list of the largest cutoff; its energy is the mean.
///
/// \param committee  models with an energy head
/// \param seconds  how long about; at least five steps after one to warm up
/// \throws DataError if the model has no energy head, or does not know an element. Collective.
[[nodiscard]] KernelTimes time_kernel(mpi::Communicator const& comm, Committee const& committee,
                                      Structure const& structure, double seconds);

/// What single-precision kernels do to a prediction: differences from double precision, of a
/// committee the largest of its members.
struct PrecisionErrors {
    double energy = 0.0;         ///< of the whole structure per atom [eV]
    double energy_atom = 0.0;    ///< largest of E_i [eV]
    double force_rms = 0.0;      ///< of all components [eV/Å]
    double force_largest = 0.0;  ///< of all components [eV/Å]
    double stress = 0.0;         ///< largest of all components [eV/Å³]
    double force_size = 0.0;     ///< rms of the forces themselves [eV/Å]
};
/// Predicts `structure` in both precisions. \throws DataError as time_kernel()
[[nodiscard]] PrecisionErrors errors_of_mixed(Committee const& committee,
                                              Structure const& structure);

}  // namespace kamacite::inference
