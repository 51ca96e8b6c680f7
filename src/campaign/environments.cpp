#include "kamacite/campaign/environments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <exception>
#include <limits>
#include <numeric>

#include "cut_around.hpp"
#include "kamacite/campaign/explore.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/dynamics/trajectory.hpp"
#include "kamacite/inference/large.hpp"
#include "kamacite/model/mean_potential.hpp"
#include "members.hpp"

namespace kamacite::campaign {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// By how much places are ordered, without what rounding may change; a number that is not finite is
/// large.
double rounded(double v) {
    if (!std::isfinite(v)) return std::numeric_limits<double>::max();
    if (v < 1e-6) return 0.0;  // forces that are zero by symmetry
    int exponent = 0;
    double const mantissa = std::frexp(v, &exponent);
    return std::ldexp(std::round(0x1p20 * mantissa), exponent - 20);
}

/// How little is known of the atoms that this rank owns; negative beyond reach. Collective.
std::vector<double> ignorance(mpi::Communicator const& comm, Committee const& committee,
                              domain::Domain const& domain, double most_force_spread) {
    auto const answer =
        inference::answer_of(comm, domain, members_of(committee), committee.calibration());
    auto const has = [&](std::vector<double> const& values) {
        return comm.all_reduce(mpi::Op::max, values.empty() ? 0 : 1) > 0;
    };
    auto values = has(answer.mean.grade)  ? answer.mean.grade
                  : has(answer.force_std) ? answer.force_std
                                          : answer.mean.extrapolation;
    values.resize(domain.atoms().ids.size(), 0.0);
    for (auto& v : values) v = rounded(v);
    for (std::size_t i = 0; i < answer.force_std.size(); ++i)
        if (answer.force_std[i] > most_force_spread) values[i] = -rounded(answer.force_std[i]);
    return values;
}

/// An atom of the whole.
struct Place {
    long long id = -1;  ///< negative: there is none
    Vec3 at = Vec3::Zero();
};

/// Atoms in the order of how little is known of them, without those that are covered.
class Places {
public:
    Places(mpi::Communicator const& comm, domain::Domain const& domain,
           std::vector<double> ignorance)
        : comm_{comm},
          domain_{domain},
          ignorance_{std::move(ignorance)},
          covered_(ignorance_.size(), false),
          order_(ignorance_.size()) {
        auto const& ids = domain.atoms().ids;
        std::iota(order_.begin(), order_.end(), std::size_t{0});
        std::ranges::sort(order_, [&](std::size_t a, std::size_t b) {
            return ignorance_[a] != ignorance_[b] ? ignorance_[a] > ignorance_[b] : ids[a] < ids[b];
        });
    }

    /// The next; no other is taken for it again. Collective.
    Place next() {
        constexpr long long none = std::numeric_limits<long long>::max();
        while (at_ < order_.size() && covered_[order_[at_]]) ++at_;
        bool const any = at_ < order_.size();
        double const mine = any ? ignorance_[order_[at_]] : -infinity;
        double const largest = comm_.all_reduce(mpi::Op::max, mine);
        auto const& atoms = domain_.atoms();
        long long const id = any ? atoms.ids[order_[at_]] : none;
        Place place;
        place.id = comm_.all_reduce(mpi::Op::min, any && mine == largest ? id : none);
        if (place.id == none) return {};
        if (id == place.id) {
            place.at = atoms.positions[order_[at_]];
            covered_[order_[at_]] = true;
        }
        comm_.all_reduce(mpi::Op::sum, std::span{place.at.data(), 3});
        return place;
    }

    /// Takes all within a distance of a place for known.
    void cover(Place const& place, double reach) {
        for (auto const& atom : near(domain_.cell(), domain_.atoms().positions, place.at, reach))
            covered_[static_cast<std::size_t>(atom.number)] = true;
    }

private:
    mpi::Communicator const& comm_;
    domain::Domain const& domain_;
    std::vector<double> ignorance_;
    std::vector<bool> covered_;
    std::vector<std::size_t> order_;
    std::size_t at_ = 0;
};

struct Neighbour {
    std::array<double, 3> r;
    long long id;
    int species;
};

/// What is within `reach` of a place, on every rank, in the order of numbers. Collective.
Surroundings within(mpi::Communicator const& comm, domain::Domain const& domain, Place const& place,
                    double reach) {
    auto const& atoms = domain.atoms();
    std::vector<Neighbour> mine;
    for (auto const& atom : near(domain.cell(), atoms.positions, place.at, reach)) {
        auto const i = static_cast<std::size_t>(atom.number);
        mine.push_back({{atom.r.x(), atom.r.y(), atom.r.z()}, atoms.ids[i], atoms.species[i]});
    }
    auto all = mpi::gather_all(comm, mine);
    std::ranges::stable_sort(all, {}, &Neighbour::id);
    std::vector<Vec3> r;
    std::vector<int> species, numbers(all.size());
    std::iota(numbers.begin(), numbers.end(), 0);
    for (auto const& n : all) {
        r.emplace_back(n.r[0], n.r[1], n.r[2]);
        species.push_back(n.species);
    }
    return sorted_surroundings(r, species, numbers, reach);
}

/// Cuts on the root, which alone decides; the others tell it what they have when it asks. The cell
/// on the root, if it is one that may be used, nothing elsewhere. Collective.
std::optional<CutOut> cut_at(mpi::Communicator const& comm, domain::Domain const& domain,
                             Place const& place, EnvironmentOptions const& o) {
    constexpr double no_more = -1.0;
    auto const told = [&](double reach) {
        comm.broadcast(std::span{&reach, 1});
        return reach;
    };
    std::optional<CutOut> cut;
    std::exception_ptr failure;
    if (comm.is_root()) {
        try {
            cut = cut_out([&](double reach) { return within(comm, domain, place, told(reach)); },
                          o.cut);
            if (cut && !reasons_against(*cut, o.limits).empty()) cut.reset();
        } catch (...) {
            failure = std::current_exception();
        }
        (void)told(no_more);
    } else {
        for (double reach = told(0.0); reach != no_more; reach = told(0.0))
            (void)within(comm, domain, place, reach);
    }
    mpi::all_or_none(comm, [&] {
        if (failure) std::rethrow_exception(failure);
    });
    return cut;
}

}  // namespace

Warmed warmed(mpi::Communicator const& comm, Committee const& committee, Cell const& cell,
              domain::Atoms atoms, Warming const& plan) {
    constexpr double skin = 1.0;  // [Å]
    auto const members = members_of(committee);
    MeanPotential const mean{members};
    atoms.velocities =
        dynamics::thermal_velocities(atoms.species, atoms.ids, plan.temperature, plan.seed);
    dynamics::Trajectory trajectory{
        comm,
        mean,
        domain::Domain{comm, cell, std::move(atoms), mean.cutoff(), skin},
        plan.timestep,
        {dynamics::Langevin{plan.temperature, plan.friction, plan.seed + 1}}};
    Warmed result{trajectory.domain().atoms(), ""};
    while (trajectory.step() < plan.steps && result.end.empty()) {
        try {
            for (long long k = 0; k < plan.every && trajectory.step() < plan.steps; ++k)
                trajectory.advance();
            auto const answer =
                inference::answer_of(comm, trajectory.domain(), members, committee.calibration());
            result.atoms = trajectory.domain().atoms();
            double mine = 0.0;
            for (double const s : answer.force_std)
                if (!(s <= mine)) mine = std::isfinite(s) ? s : infinity;
            double const largest = comm.all_reduce(mpi::Op::max, mine);
            if (largest > plan.most_force_spread)
                result.end = fmt::format("step {}: the committee is apart by {:.3g} eV/Å",
                                         trajectory.step(), largest);
        } catch (NumericalError const& e) {
            result.end = e.what();
        } catch (DataError const& e) {  // atoms on one point
            result.end = e.what();
        }
    }
    return result;
}

Environments environments_of(mpi::Communicator const& comm, Committee const& committee,
                             domain::Domain const& domain, std::string const& whence,
                             std::string const& trajectory, EnvironmentOptions const& options) {
    constexpr int tries = 10;  // for each cell
    Places places{comm, domain, ignorance(comm, committee, domain, options.most_force_spread)};
    Environments result;
    std::vector<Record> cells;
    while (result.cells < options.most && result.cells + result.failed < tries * options.most) {
        auto const place = places.next();
        if (place.id < 0) break;
        auto const cut = cut_at(comm, domain, place, options);
        bool const done = comm.all_reduce(mpi::Op::max, cut ? 1 : 0) > 0;
        ++(done ? result.cells : result.failed);
        places.cover(place, done ? options.cut.core : 0.5 * options.cut.core);
        if (!cut) continue;
        cells.push_back({cut->structure,
                         {},
                         "",
                         "environment",
                         trajectory.empty() ? whence : trajectory,
                         fmt::format("around atom {} of {}", place.id + 1, whence),
                         ""});
    }
    mpi::all_or_none(comm, [&] {
        if (!cells.empty()) result.candidates = candidates_of(committee, cells);
    });
    return result;
}

}  // namespace kamacite::campaign
