#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kamacite/config/md.hpp"
#include "kamacite/dynamics/checkpoint.hpp"
#include "kamacite/dynamics/displacement.hpp"
#include "kamacite/dynamics/local_structure.hpp"
#include "kamacite/dynamics/radial.hpp"
#include "run_table.hpp"

namespace kamacite::apps {

/// What of a run is looked at besides its thermodynamics: radial.csv, displacements.csv,
/// crystal.csv.
class Observers {
public:
    /// \param at  what to go on from, where `resumed`
    /// Collective. \throws DataError if the local structure cannot be told within the cutoff
    Observers(mpi::Communicator const& comm, config::MdOptions const& options,
              dynamics::Trajectory const& trajectory, long long atoms, double cutoff, bool resumed,
              dynamics::Checkpoint const& at);

    /// Looks where it is time to. Collective.
    void look(dynamics::Trajectory const& trajectory);

    /// Writes tables, and leaves in the checkpoint what to go on from. Collective.
    void save(dynamics::Checkpoint& checkpoint);

private:
    void write_radial() const;

    mpi::Communicator const* comm_;
    config::MdOptions const* o_;
    long long atoms_;
    double cutoff_;
    std::vector<int> elements_;  // of all atoms
    std::optional<dynamics::RadialDistribution> radial_;
    std::optional<dynamics::MeanSquaredDisplacement> displacements_;
    std::optional<RunTable> displacement_table_, crystal_table_;
    // of observers that do not look in this run, for one that goes on with them
    std::map<std::string, std::vector<double>> carried_numbers_, carried_vectors_;
};

}  // namespace kamacite::apps
