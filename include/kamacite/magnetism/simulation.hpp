#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "kamacite/magnetism/observables.hpp"
#include "kamacite/magnetism/spins.hpp"
#include "kamacite/mpi/communicator.hpp"

namespace kamacite::magnetism {

/// How long spins are followed.
struct RunOptions {
    int sweeps = 4000;          ///< that are measured, one value each; at least 64
    int thermalisation = 1000;  ///< before, that are not
    int over_relaxations = 1;   ///< of every spin after each heat bath
    int replicas = 2;           ///< independent runs at each temperature
    std::uint64_t seed = 1;     ///< of all of them
    Vec3 field = Vec3::Zero();  ///< b [eV]
};

/// One run, from all spins parallel.
/// \param temperature  [K], positive
[[nodiscard]] Replica run(Exchange const& exchange, double temperature, RunOptions const& options,
                          RandomStream random);

/// The stream of one run: it depends on the seed, the number of spins, the temperature and the
/// number of the replica, so a run is the same among any others.
[[nodiscard]] RandomStream stream_of(RunOptions const& options, int spins, double temperature,
                                     int replica);

/// What is to be simulated.
struct Point {
    int system = 0;            ///< which Exchange
    double temperature = 0.0;  ///< [K], positive
};

/// Runs options.replicas at every point, spread over the ranks: the same bits on any number of
/// them. Collective.
/// \returns one entry per point, on every rank
[[nodiscard]] std::vector<Observables> simulate(mpi::Communicator const& comm,
                                                std::span<Exchange const> systems,
                                                std::span<Point const> points,
                                                RunOptions const& options);

}  // namespace kamacite::magnetism
