#include "md_observers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/core/flat.hpp"
#include "kamacite/domain/by_number.hpp"
#include "kamacite/io/atomic_file.hpp"
#include "kamacite/report/csv.hpp"

namespace kamacite::apps {
namespace {

std::vector<int> elements_of(mpi::Communicator const& comm, std::vector<int> const& species) {
    std::set<int> const mine(species.begin(), species.end());
    auto const all = mpi::gather_all(comm, std::vector<int>(mine.begin(), mine.end()));
    std::set<int> const found(all.begin(), all.end());
    return {found.begin(), found.end()};
}

/// r + images · cell of this rank's block of atoms, in the order of their numbers.
std::vector<Vec3> paths(mpi::Communicator const& comm, domain::Domain const& domain,
                        long long atoms) {
    auto const& mine = domain.atoms();
    auto r = mine.positions;
    for (std::size_t i = 0; i < r.size(); ++i) {
        auto const& n = mine.images[i];
        r[i] += domain.cell().to_cartesian(Vec3(n[0], n[1], n[2]));
    }
    return domain::ByNumber{comm, mine.ids, atoms}.rows(r);
}

std::vector<int> species_by_number(mpi::Communicator const& comm, domain::Domain const& domain,
                                   long long atoms) {
    return domain::ByNumber{comm, domain.atoms().ids, atoms}.rows(domain.atoms().species);
}

long long kept(dynamics::Checkpoint const& at, std::string const& name, bool resumed) {
    auto const found = at.numbers.find(name);
    return resumed && found != at.numbers.end() ? static_cast<long long>(found->second.at(0)) : 0;
}

std::string displacement_header(std::vector<int> const& elements) {
    std::string header = "step,time [ps]";
    for (int const z : elements) header += fmt::format(",msd_{} [A^2]", symbol_of(z));
    return header;
}

std::string crystal_header() {
    std::string header = "step,time [ps]";
    for (int s = 0; s < dynamics::n_local_structures; ++s)
        header += fmt::format(",{}", dynamics::name_of(static_cast<dynamics::LocalStructure>(s)));
    return header;
}

}  // namespace

Observers::Observers(mpi::Communicator const& comm, config::MdOptions const& options,
                     dynamics::Trajectory const& trajectory, long long atoms, double cutoff,
                     bool resumed, dynamics::Checkpoint const& at)
    : comm_{&comm},
      o_{&options},
      atoms_{atoms},
      cutoff_{cutoff},
      elements_{elements_of(comm, trajectory.domain().atoms().species)} {
    auto const& o = options;
    if (o.radial && !trajectory.domain().cell().is_periodic())
        throw DataError(
            "radial: the structure is not periodic along all three directions (g(r) is relative to "
            "a density, which it has not): leave it out");
    constexpr int needed = 12;
    if (o.crystal && atoms > needed &&
        dynamics::most_neighbours(comm, trajectory.domain(), cutoff) < needed)
        throw DataError(fmt::format(
            "crystal: no atom has {} neighbours within the {} Å of the model's cutoff (the nearest "
            "12 of fcc and hcp and 14 of bcc tell the crystal): leave it out",
            needed, cutoff));
    if (resumed) {
        for (auto const* name : {"radial", "displacements", "crystal"})
            if (auto const found = at.numbers.find(name); found != at.numbers.end())
                carried_numbers_.insert(*found);
        if (auto const found = at.vectors.find("reference"); found != at.vectors.end())
            carried_vectors_.insert(*found);
    }
    if (o.radial) {
        radial_.emplace(elements_, dynamics::DistanceBins{o.radial_reach, o.radial_bins});
        if (auto const found = at.numbers.find("radial"); resumed && found != at.numbers.end())
            radial_->restore(found->second);
    }
    if (o.displacements) {
        displacement_table_.emplace(comm, o.output / "displacements.csv",
                                    kept(at, "displacements", resumed),
                                    displacement_header(elements_));
        auto const found = at.vectors.find("reference");
        if (resumed && found != at.vectors.end()) {
            displacements_.emplace(comm, elements_,
                                   species_by_number(comm, trajectory.domain(), atoms_),
                                   grouped<Vec3>(found->second), !o.hold);
        }
    }
    if (o.crystal)
        crystal_table_.emplace(comm, o.output / "crystal.csv", kept(at, "crystal", resumed),
                               crystal_header());
}

void Observers::look(dynamics::Trajectory const& trajectory) {
    auto const step = trajectory.step();
    if (step < o_->equilibration) return;
    auto const due = [&](long long every) { return step % every == 0; };
    auto const& domain = trajectory.domain();
    double const ps = trajectory.time() / units::ps;
    if (radial_ && due(o_->radial_every)) radial_->sample(*comm_, domain);
    if (displacement_table_ && due(o_->displacements_every)) {
        auto const now = paths(*comm_, domain, atoms_);
        if (!displacements_)
            displacements_.emplace(*comm_, elements_, species_by_number(*comm_, domain, atoms_),
                                   now, !o_->hold);
        auto row = fmt::format("{},{:.6f}", step, ps);
        for (double const msd : displacements_->of(*comm_, now)) row += fmt::format(",{:.8g}", msd);
        displacement_table_->add(row);
    }
    if (crystal_table_ && due(o_->crystal_every)) {
        auto row = fmt::format("{},{:.6f}", step, ps);
        for (auto const n : dynamics::count_local_structures(*comm_, domain, cutoff_))
            row += fmt::format(",{}", n);
        crystal_table_->add(row);
    }
}

void Observers::write_radial() const {
    report::CsvTable table;
    table.comments = {
        fmt::format("radial distribution functions of {} samples", radial_->samples())};
    std::vector<double> r;
    for (int b = 0; b < radial_->bins().bins; ++b) r.push_back(radial_->bins().middle(b));
    table.add("r [A]", r);
    for (auto const& f : radial_->functions()) {
        auto const pair = fmt::format("{}_{}", symbol_of(f.centre), symbol_of(f.other));
        table.add("g_" + pair, f.g);
        table.add("coordination_" + pair, f.coordination);
    }
    io::write_text_file(o_->output / "radial.csv", report::to_csv(table), *comm_);
}

void Observers::save(dynamics::Checkpoint& checkpoint) {
    checkpoint.numbers.insert(carried_numbers_.begin(), carried_numbers_.end());
    checkpoint.vectors.insert(carried_vectors_.begin(), carried_vectors_.end());
    if (radial_) {
        checkpoint.numbers["radial"] = radial_->state();
        if (radial_->samples() > 0) write_radial();
    }
    if (displacement_table_)
        checkpoint.numbers["displacements"] = {static_cast<double>(displacement_table_->sync())};
    if (displacements_) {
        auto const numbers = flat<double>(displacements_->reference());
        checkpoint.vectors["reference"].assign(numbers.begin(), numbers.end());
    }
    if (crystal_table_)
        checkpoint.numbers["crystal"] = {static_cast<double>(crystal_table_->sync())};
}

}  // namespace kamacite::apps
