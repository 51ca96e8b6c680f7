#include "trust.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "kamacite/mpi/partition.hpp"

namespace kamacite::apps {
namespace {

using Json = nlohmann::ordered_json;

constexpr double vanishing = 1e-8;  // [eV/Å] as inference::compare()

bool has_forces(Record const& record) {
    return std::any_of(record.labels.forces.begin(), record.labels.forces.end(),
                       [](Vec3 const& f) { return f.cwiseAbs().maxCoeff() >= vanishing; });
}

void add(Doubts& doubts, int subject, double error, double sigma) {
    doubts.subject.push_back(subject);
    doubts.error.push_back(error);
    doubts.sigma.push_back(sigma);
}

template <class T>
void gather(mpi::Communicator const& comm, std::vector<T>& values) {
    values = comm.all_gather(std::span<T const>{values});
}

void gather(mpi::Communicator const& comm, Doubts& doubts) {
    gather(comm, doubts.subject);
    gather(comm, doubts.error);
    gather(comm, doubts.sigma);
}

/// Pairs of each family, and of all.
std::map<std::string, Doubts> by_family(Doubts const& doubts,
                                        std::span<inference::Subject const> subjects) {
    std::map<std::string, Doubts> families;
    for (std::size_t i = 0; i < doubts.subject.size(); ++i) {
        auto const s = doubts.subject[i];
        for (auto const& name :
             {std::string{inference::every_family}, subjects[static_cast<std::size_t>(s)].family})
            add(families[name], s, doubts.error[i], doubts.sigma[i]);
    }
    return families;
}

double root_mean(double sum, long long n) {
    return n > 0 ? std::sqrt(sum / static_cast<double>(n)) : std::nan("");
}

Json number(double x) {
    return std::isfinite(x) ? Json(x) : Json(nullptr);
}

/// `all` before the names of families.
template <class T, class F>
void all_first(std::map<std::string, T> const& families, F const& work) {
    std::string const all{inference::every_family};
    if (auto const found = families.find(all); found != families.end()) work(all, found->second);
    for (auto const& [name, value] : families)
        if (name != all) work(name, value);
}

std::string cell(Json const& value, int digits) {
    return value.is_null() ? "–" : fmt::format("{:.{}f}", value.get<double>(), digits);
}

}  // namespace

Trust trust_of(mpi::Communicator const& comm, std::span<Record const> records,
               std::span<inference::Answer const> answers) {
    Trust trust;
    auto first = static_cast<int>(mpi::exclusive_sum(comm, static_cast<long long>(records.size())));
    for (std::size_t r = 0; r < records.size(); ++r) {
        auto const& labels = records[r].labels;
        auto const& p = answers[r].prediction;
        int const subject = first + static_cast<int>(r);
        double const n = records[r].structure.size();
        bool const forces = has_forces(records[r]) && !p.forces.empty();
        if (auto const& spread = answers[r].spread) {
            if (labels.energy && !p.energies.empty())
                add(trust.energy, subject, (p.energy() - *labels.energy) / n, spread->energy / n);
            for (std::size_t i = 0; forces && i < labels.forces.size(); ++i)
                for (int c = 0; c < 3; ++c)
                    add(trust.forces, subject, p.forces[i][c] - labels.forces[i][c],
                        spread->forces[i] / std::sqrt(3.0));
        }
        for (std::size_t i = 0; i < p.grade.size(); ++i) {
            trust.graded.push_back(subject);
            trust.grade.push_back(p.grade[i]);
            trust.force_error.push_back(forces ? (p.forces[i] - labels.forces[i]).norm()
                                               : std::nan(""));
        }
    }
    gather(comm, trust.energy);
    gather(comm, trust.forces);
    gather(comm, trust.graded);
    gather(comm, trust.grade);
    gather(comm, trust.force_error);
    return trust;
}

Json reliability_json(Trust const& trust, std::span<inference::Subject const> subjects) {
    Json all = Json::array();
    for (auto const& [quantity, doubts] :
         {std::pair{"energy", &trust.energy}, std::pair{"forces", &trust.forces}})
        all_first(by_family(*doubts, subjects), [&](std::string const& family, Doubts const& d) {
            auto const r = inference::reliability_of(d.error, d.sigma);
            all.push_back({{"quantity", quantity},
                           {"family", family},
                           {"count", r.count},
                           {"rms_ratio", number(r.rms_ratio)},
                           {"within_one_sigma", number(r.within_one)},
                           {"within_two_sigma", number(r.within_two)},
                           {"rank_correlation", number(r.rank_correlation)}});
        });
    return all;
}

Json grade_json(Trust const& trust, std::span<inference::Subject const> subjects) {
    struct Count {
        long long atoms = 0, one = 0, two = 0, ten = 0;
        double largest = 0.0;
        double squares[3] = {0.0, 0.0, 0.0};  // of force errors: γ ≤ 1, ≤ 2, above
        long long errors[3] = {0, 0, 0};
    };
    std::map<std::string, Count> families;
    for (std::size_t i = 0; i < trust.grade.size(); ++i) {
        double const g = trust.grade[i];
        auto const& own = subjects[static_cast<std::size_t>(trust.graded[i])].family;
        for (auto const& name : {std::string{inference::every_family}, own}) {
            auto& c = families[name];
            ++c.atoms;
            c.one += g > 1.01 ? 1 : 0;
            c.two += g > 2.0 ? 1 : 0;
            c.ten += g > 10.0 ? 1 : 0;
            c.largest = std::max(c.largest, g);
            if (!std::isfinite(trust.force_error[i])) continue;
            int const bin = g <= 1.01 ? 0 : g <= 2.0 ? 1 : 2;
            c.squares[bin] += trust.force_error[i] * trust.force_error[i] / 3.0;
            ++c.errors[bin];
        }
    }
    Json all = Json::array();
    all_first(families, [&](std::string const& family, Count const& c) {
        all.push_back({{"family", family},
                       {"atoms", c.atoms},
                       {"above_1", c.one},
                       {"above_2", c.two},
                       {"above_10", c.ten},
                       {"largest", c.largest},
                       {"force_rmse_up_to_1", number(root_mean(c.squares[0], c.errors[0]))},
                       {"force_rmse_up_to_2", number(root_mean(c.squares[1], c.errors[1]))},
                       {"force_rmse_above_2", number(root_mean(c.squares[2], c.errors[2]))}});
    });
    return all;
}

void print_trust(Json const& reliability, Json const& grades, int members) {
    if (!reliability.empty()) {
        fmt::print("\nSpread σ of the members against the errors e of their mean\n");
        fmt::print("{:<10} {:<26} {:>8} {:>10} {:>8} {:>8} {:>10}\n", "quantity", "family", "pairs",
                   "rms e/σ", "|e|<σ", "|e|<2σ", "Spearman");
        for (auto const& r : reliability)
            fmt::print("{:<10} {:<26} {:>8} {:>10} {:>8} {:>8} {:>10}\n",
                       r["quantity"].get<std::string>(), r["family"].get<std::string>(),
                       r["count"].get<long long>(), cell(r["rms_ratio"], 2),
                       cell(r["within_one_sigma"], 2), cell(r["within_two_sigma"], 2),
                       cell(r["rank_correlation"], 2));
        // e/σ of normal errors, with a σ from that many values
        int const degrees = members - 1;
        fmt::print(
            "Right would be {}, {:.2f}, {:.2f}: normal errors, σ estimated from {} members.\n",
            degrees > 2 ? fmt::format("{:.2f}", std::sqrt(degrees / (degrees - 2.0))) : "anything",
            inference::student_within(1.0, degrees), inference::student_within(2.0, degrees),
            members);
    }
    if (grades.empty()) return;
    fmt::print("\nExtrapolation grade γ of atoms\n");
    fmt::print("{:<26} {:>8} {:>7} {:>7} {:>7} {:>9}  {}\n", "family", "atoms", "γ>1", "γ>2",
               "γ>10", "largest", "force RMSE, meV/Å: γ≤1, 1…2, above");
    for (auto const& g : grades) {
        auto const error = [&](char const* key) {
            return g[key].is_null() ? "–" : fmt::format("{:.0f}", 1e3 * g[key].get<double>());
        };
        fmt::print("{:<26} {:>8} {:>7} {:>7} {:>7} {:>9.3g}  {}, {}, {}\n",
                   g["family"].get<std::string>(), g["atoms"].get<long long>(),
                   g["above_1"].get<long long>(), g["above_2"].get<long long>(),
                   g["above_10"].get<long long>(), g["largest"].get<double>(),
                   error("force_rmse_up_to_1"), error("force_rmse_up_to_2"),
                   error("force_rmse_above_2"));
    }
}

Calibration calibration_of(Trust const& trust, int members) {
    return {inference::calibration_of(trust.energy.error, trust.energy.sigma, members),
            inference::calibration_of(trust.forces.error, trust.forces.sigma, members)};
}

}  // namespace kamacite::apps
