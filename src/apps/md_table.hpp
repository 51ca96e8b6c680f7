#pragma once
#include <array>
#include <string>
#include <vector>

#include "kamacite/dynamics/averages.hpp"
#include "kamacite/dynamics/checkpoint.hpp"
#include "run_table.hpp"

namespace kamacite::apps {

/// thermo.csv, one row per step that is asked for, and the averages over these rows.
class ThermoTable {
public:
    /// \param atoms          of all ranks
    /// \param from           steps before it are left out of the averages
    /// \param moments        whether there is a column of the mean magnetic moment
    /// \param at             what to go on from, where `resumed`
    /// Collective. \throws SystemError, DataError as RunTable
    ThermoTable(mpi::Communicator const& comm, std::filesystem::path const& path, long long atoms,
                long long from, bool moments, bool resumed, dynamics::Checkpoint const& at);

    /// \returns what it wrote. Collective. \throws SystemError if the disk refuses
    dynamics::Thermo add(dynamics::Trajectory const& trajectory);

    /// Brings it to the disk and leaves in the checkpoint where it is. Collective.
    void save(dynamics::Checkpoint& checkpoint);

    /// A mean over the rows, with its error.
    struct Mean {
        std::string name, unit;
        dynamics::Average average;
    };
    /// Of temperature, energies, pressure, stress, volume and cell; none before there are rows.
    [[nodiscard]] std::vector<Mean> means() const;

private:
    mpi::Communicator const* comm_;
    double atoms_;
    long long from_;
    bool moments_;
    RunTable table_;
    std::vector<dynamics::BlockAverage> averages_;
};

}  // namespace kamacite::apps
