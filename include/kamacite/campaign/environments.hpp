#pragma once
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "kamacite/campaign/candidate.hpp"
#include "kamacite/campaign/cut_out.hpp"
#include "kamacite/domain/domain.hpp"
#include "kamacite/model/committee.hpp"

/// \file
/// Exploration of structures that ranks share: what a model knows least about in millions of atoms
/// becomes cells small enough for a calculation.

namespace kamacite::campaign {

/// Langevin dynamics of a large structure at constant volume (BAOAB), with the mean of a committee.
struct Warming {
    double temperature = 300.0;  ///< [K]
    double timestep = 1.0;       ///< [fs]
    double friction = 0.01;      ///< [1/fs]
    long long steps = 200;
    long long every = 50;            ///< steps between two looks at the committee
    std::uint64_t seed = 0;          ///< of velocities and noise
    double most_force_spread = 2.0;  ///< [eV/Å] of an atom, beyond which it ends
};

/// A structure after it.
struct Warmed {
    domain::Atoms atoms;  ///< of this rank
    std::string end;      ///< why it ended before its time; empty: it did not
};

/// Warms atoms: velocities are drawn for the temperature. Where the committee comes apart it ends
/// there; where atoms fly apart, or forces are not finite, they are as at the last look.
/// Collective. \param atoms  any of the whole on any rank \throws DataError as Domain
[[nodiscard]] Warmed warmed(mpi::Communicator const& comm, Committee const& committee,
                            Cell const& cell, domain::Atoms atoms, Warming const& plan);

/// Whose surroundings are cut.
struct EnvironmentOptions {
    int most = 10;  ///< cells
    CutOutOptions cut{};
    CutOutLimits limits{};
    /// [eV/Å] Atoms beyond it come last, those least beyond first: the model is lost there.
    double most_force_spread = std::numeric_limits<double>::infinity();
};

/// What was cut.
struct Environments {
    std::vector<Candidate> candidates;  ///< on the root, none on other ranks
    int cells = 0;                      ///< how many, on all ranks
    int failed = 0;                     ///< atoms around which no cell could be cut
};

/// Small cells around the atoms of a large structure that the committee is least sure of: those of
/// the largest grade (force spread where there is no grade), none within the core of another. Cells
/// that differ too much from what they stand for are left out, and atoms within half the core of
/// such a place; ten times as many places as cells are asked for are tried at most. The same on any
/// number of ranks, as far as grades differ by more than a millionth: of equal ones the lower
/// number is first.
/// \param domain  of the structure, with the cutoff of the committee
/// \param whence  of the structure, for Candidate::source and, if it has no trajectory, that
/// Collective.
[[nodiscard]] Environments environments_of(mpi::Communicator const& comm,
                                           Committee const& committee, domain::Domain const& domain,
                                           std::string const& whence, std::string const& trajectory,
                                           EnvironmentOptions const& options);

}  // namespace kamacite::campaign
