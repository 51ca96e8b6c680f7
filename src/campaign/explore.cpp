#include "kamacite/campaign/explore.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <numeric>

#include "kamacite/core/error.hpp"
#include "kamacite/core/flat.hpp"
#include "kamacite/core/random.hpp"
#include "kamacite/dynamics/motion.hpp"
#include "kamacite/inference/predict.hpp"
#include "kamacite/model/mean_potential.hpp"
#include "members.hpp"

namespace kamacite::campaign {
namespace {

/// Atoms on the way.
class Walker {
public:
    Walker(Committee const& committee, Walk const& plan)
        : plan_{plan},
          committee_{committee},
          mean_{members_of(committee)},
          structure_{plan.start},
          masses_{dynamics::masses_of(plan.start.species)},
          ids_(structure_.positions.size()) {
        std::iota(ids_.begin(), ids_.end(), 0LL);
        velocities_ =
            dynamics::thermal_velocities(structure_.species, ids_, plan.temperature, plan.seed);
        bath_ = {plan.temperature, plan.friction, plan.seed + 1};
        find_forces();
    }

    /// One step. \returns why it cannot go on, empty if it can
    std::string step(long long number) {
        double const half = 0.5 * plan_.timestep;
        dynamics::kick(velocities_, forces_, masses_, half);
        dynamics::drift(structure_.positions, velocities_, half);
        dynamics::exchange_heat(velocities_, masses_, ids_, bath_, plan_.timestep, number);
        dynamics::drift(structure_.positions, velocities_, half);
        if (auto const why = astray(); !why.empty()) return why;
        find_forces();
        dynamics::kick(velocities_, forces_, masses_, half);
        return "";
    }

    [[nodiscard]] Candidate candidate(long long number) const {
        Record const record{structure_, {}, "", plan_.family, plan_.trajectory, plan_.source, ""};
        auto const answers = inference::answers_of(committee_, std::span{&record, 1});
        return judged({structure_,
                       plan_.family,
                       plan_.trajectory,
                       fmt::format("{}, step {}", plan_.source, number),
                       {}},
                      answers.front());
    }

private:
    void find_forces() {
        forces_ = mean_.predict(structure_, find_neighbours(structure_, mean_.cutoff())).forces;
    }

    /// Hotter than any crystal by an order of magnitude, or not a number: no candidate is worth it.
    [[nodiscard]] std::string astray() const {
        double const hot = std::max(50000.0, 20.0 * plan_.temperature);  // [K]
        auto const freedoms = 3LL * structure_.size();
        double const t =
            dynamics::temperature(dynamics::kinetic_energy(velocities_, masses_), freedoms);
        if (!std::isfinite(t)) return "the atoms are nowhere";
        return t > hot ? fmt::format("{:.0f} K: the atoms fly apart", t) : "";
    }

    Walk const& plan_;
    Committee const& committee_;
    MeanPotential mean_;
    Structure structure_;
    std::vector<double> masses_;
    std::vector<long long> ids_;
    std::vector<Vec3> velocities_, forces_;
    dynamics::Langevin bath_;
};

nlohmann::json json_of(Candidate const& c) {
    auto const number = [](std::optional<double> const& v) -> nlohmann::json {
        if (v) return *v;
        return nullptr;
    };
    auto const positions = flat<double>(c.structure.positions);
    auto const& rows = c.structure.cell.rows();
    std::vector<double> cell;
    for (int a = 0; a < 3; ++a)
        for (int b = 0; b < 3; ++b) cell.push_back(rows(a, b));
    return {{"cell", cell},
            {"periodic", c.structure.cell.periodic()},
            {"species", c.structure.species},
            {"positions", std::vector<double>{positions.begin(), positions.end()}},
            {"family", c.family},
            {"trajectory", c.trajectory},
            {"source", c.source},
            {"features", c.features},
            {"force_spread", number(c.force_spread)},
            {"energy_spread", number(c.energy_spread)},
            {"grade", number(c.grade)}};
}

Candidate candidate_of(nlohmann::json const& j) {
    auto const number = [&](char const* name) -> std::optional<double> {
        if (j.at(name).is_null()) return std::nullopt;
        return j.at(name).get<double>();
    };
    auto const cell = j.at("cell").get<std::vector<double>>();
    Mat3 rows;
    for (int a = 0; a < 3; ++a)
        for (int b = 0; b < 3; ++b) rows(a, b) = cell[static_cast<std::size_t>(3 * a + b)];
    Candidate c{{Cell{rows, j.at("periodic").get<std::array<bool, 3>>()},
                 j.at("species").get<std::vector<int>>(),
                 grouped<Vec3>(j.at("positions").get<std::vector<double>>())},
                j.at("family"),
                j.at("trajectory"),
                j.at("source"),
                j.at("features").get<std::vector<double>>()};
    c.force_spread = number("force_spread");
    c.energy_spread = number("energy_spread");
    c.grade = number("grade");
    return c;
}

}  // namespace

Mat3 strain_of_walk(double even, double most, std::uint64_t seed) {
    RandomStream random{seed, "strain", 0};
    Mat3 strain = even * Mat3::Identity();
    for (int a = 0; a < 3; ++a)
        for (int b = a; b < 3; ++b) {
            double const part = most * (2.0 * random.uniform() - 1.0);
            strain(a, b) += part;
            if (a != b) strain(b, a) += part;
        }
    return strain;
}

Walked walk(Committee const& committee, Walk const& plan) {
    Walked walked;
    Walker walker{committee, plan};
    for (long long step = 1; step <= plan.steps; ++step) {
        try {
            walked.end = walker.step(step - 1);
        } catch (DataError const& e) {  // two atoms on one point
            walked.end = e.what();
        }
        if (!walked.end.empty()) return walked;
        walked.steps = step;
        if (step % plan.every != 0) continue;
        walked.candidates.push_back(walker.candidate(step));
        auto const spread = walked.candidates.back().force_spread;
        if (spread && !(*spread <= plan.most_force_spread)) {
            walked.end = fmt::format("the committee is apart by {:.3g} eV/Å", *spread);
            return walked;
        }
    }
    return walked;
}

std::vector<Candidate> candidates_of(Committee const& committee,
                                     std::vector<Record> const& records) {
    auto const answers = inference::answers_of(committee, records);
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < records.size(); ++i) {
        auto const& r = records[i];
        candidates.push_back(
            judged({r.structure, r.family, r.trajectory, r.source, {}}, answers[i]));
    }
    return candidates;
}

std::vector<Candidate> gather(mpi::Communicator const& comm, std::vector<Candidate> const& mine,
                              std::vector<long long> const& number) {
    auto list = nlohmann::json::array();
    for (std::size_t i = 0; i < mine.size(); ++i) list.push_back({number[i], json_of(mine[i])});
    auto const bytes = nlohmann::json::to_cbor(list);
    std::map<long long, Candidate> all;
    for (auto const& text : comm.all_gather(std::string{bytes.begin(), bytes.end()}))
        for (auto const& item : nlohmann::json::from_cbor(text))
            all.emplace(item.at(0).get<long long>(), candidate_of(item.at(1)));
    std::vector<Candidate> result;
    for (auto& [n, candidate] : all) result.push_back(std::move(candidate));
    return result;
}

}  // namespace kamacite::campaign
