#pragma once
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <utility>

#include "kamacite/mpi/communicator.hpp"
#include "kamacite/structure/record.hpp"

namespace kamacite::apps {

/// Smallest and largest of some numbers; empty if low > high.
struct Extent {
    double low = std::numeric_limits<double>::max();
    double high = std::numeric_limits<double>::lowest();
    void add(double value);
    void add(Extent const& other);
    [[nodiscard]] bool is_empty() const noexcept { return low > high; }
};

/// What the records of one family hold.
struct FamilySummary {
    long long structures = 0;
    long long atoms = 0;
    std::map<std::string, long long> labels;  ///< records with energy, forces, stress, moments, …
    Extent energy;                            ///< [eV/atom]
    Extent force;                             ///< largest of each structure [eV/Å]
    Extent volume;                            ///< of periodic structures [Å³/atom]
    Extent distance;                          ///< of nearest atoms [Å], where below 3 Å
    long long crowded =
        0;  ///< structures with atoms nearer than 0.7 × the sum of the covalent radii

    /// \param nearest  distance of the nearest atoms [Å], 0 if not known
    void add(Record const& record, double nearest, bool is_crowded);
    void add(FamilySummary const& other);
};

/// Distance of the nearest atoms [Å] if it is below 3 Å, else 0, and whether atoms are nearer than
/// 0.7 × the sum of their covalent radii. \throws DataError naming the atoms if it is below `least`
/// [Å]
[[nodiscard]] std::pair<double, bool> nearest_atoms(Structure const& s, double least);

using FamilySummaries = std::map<std::string, FamilySummary>;

/// Sums over all ranks, on every rank. Collective.
[[nodiscard]] FamilySummaries joined(mpi::Communicator const& comm, FamilySummaries const& mine);

/// A table for people, one line per family and one for all.
[[nodiscard]] std::string render(FamilySummaries const& families);

/// The same for machines.
[[nodiscard]] nlohmann::ordered_json to_json(FamilySummaries const& families);

}  // namespace kamacite::apps
