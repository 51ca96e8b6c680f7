#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "kamacite/campaign/candidate.hpp"
#include "kamacite/model/committee.hpp"
#include "kamacite/mpi/communicator.hpp"

namespace kamacite::campaign {

/// A walk of a small structure by Langevin dynamics at constant volume (BAOAB), with the mean of a
/// committee, which asks on its way how sure the committee is.
struct Walk {
    Structure start;
    std::string family, trajectory, source;  ///< of its candidates
    double temperature = 300.0;              ///< [K]
    double timestep = 1.0;                   ///< [fs]
    double friction = 0.01;                  ///< [1/fs]
    long long steps = 2000;
    long long every = 50;            ///< steps between two candidates
    std::uint64_t seed = 0;          ///< of velocities and noise
    double most_force_spread = 2.0;  ///< [eV/Å] beyond which it ends; that structure is the last
};

/// What a walk has seen.
struct Walked {
    std::vector<Candidate> candidates;  ///< without features, the start not among them
    long long steps = 0;                ///< that it made
    std::string end;                    ///< why it ended before its time; empty: it did not
};

/// ε of the cell of a walk: `even` along all directions, and of a random symmetric strain beside it
/// components up to `most`, which follow from the seed.
[[nodiscard]] Mat3 strain_of_walk(double even, double most, std::uint64_t seed);

/// Walks. Local; depends on nothing but its arguments.
/// \throws DataError if the committee does not know an element
[[nodiscard]] Walked walk(Committee const& committee, Walk const& plan);

/// Candidates of some structures that are given as they are. Local.
[[nodiscard]] std::vector<Candidate> candidates_of(Committee const& committee,
                                                   std::vector<Record> const& records);

/// The candidates of all ranks on every rank, in the order of `number`, which each has once over
/// all ranks; to the last bit. Collective.
[[nodiscard]] std::vector<Candidate> gather(mpi::Communicator const& comm,
                                            std::vector<Candidate> const& mine,
                                            std::vector<long long> const& number);

}  // namespace kamacite::campaign
