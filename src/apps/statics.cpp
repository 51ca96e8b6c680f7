#include "statics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/properties/bain.hpp"
#include "kamacite/properties/elastic.hpp"
#include "kamacite/properties/equation_of_state.hpp"
#include "kamacite/properties/point_defects.hpp"
#include "kamacite/properties/surfaces.hpp"

namespace kamacite::apps {
namespace {

using config::PropertiesOptions;
using properties::Lattice;

/// A potential that remembers the largest extrapolation that it was asked for.
class Watched final : public Potential {
public:
    explicit Watched(Potential const& potential) : potential_{potential} {}
    [[nodiscard]] double cutoff() const override { return potential_.cutoff(); }
    [[nodiscard]] Prediction predict(Structure const& s, Neighbours const& n) const override {
        auto p = potential_.predict(s, n);
        for (double const x : p.extrapolation) largest_ = std::max(largest_, x);
        return p;
    }
    [[nodiscard]] double largest() const noexcept { return largest_; }

private:
    Potential const& potential_;
    mutable double largest_ = 0.0;
};

/// Numbers that one calculation with one member gives: as many as it says. The last is the largest
/// extrapolation; all are NaN if it failed.
struct Task {
    std::size_t size;
    std::function<std::vector<double>(Potential const&)> work;
    std::string name;
};

/// What all members say: results[task][member]. Each pair is the work of one rank.
std::vector<std::vector<std::vector<double>>> carry_out(
    Context& context, std::vector<Task> const& tasks,
    std::vector<Potential const*> const& potentials, std::vector<std::string>& notes) {
    auto const& comm = context.comm;
    auto const members = potentials.size();
    std::vector<std::vector<std::vector<double>>> results(tasks.size());
    std::size_t turn = 0;
    std::string failures;
    for (std::size_t t = 0; t < tasks.size(); ++t)
        for (std::size_t m = 0; m < members; ++m) {
            auto& result = results[t].emplace_back(tasks[t].size + 1, 0.0);
            if (static_cast<int>(turn++ % static_cast<std::size_t>(comm.size())) != comm.rank())
                continue;
            try {
                Watched const watched{*potentials[m]};
                result = tasks[t].work(watched);
                KAMACITE_EXPECTS(result.size() == tasks[t].size);
                result.push_back(watched.largest());
            } catch (NumericalError const& e) {
                failures += fmt::format("{}: {}\n", tasks[t].name, e.what());
                result.assign(tasks[t].size + 1, std::nan(""));
            }
        }
    for (auto& of_task : results)
        for (auto& result : of_task) comm.all_reduce(mpi::Op::sum, std::span{result});
    std::vector<std::string> lines;
    for (auto const& text : comm.all_gather(failures)) {
        std::size_t begin = 0;
        for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
            lines.push_back(text.substr(begin, end - begin));
            begin = end + 1;
        }
    }
    std::sort(lines.begin(), lines.end());  // which rank met them does not matter
    lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
    notes.insert(notes.end(), lines.begin(), lines.end());
    return results;
}

constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

/// Mean and spread of number k over the members, in a unit; error: number e, if there is one.
StaticValue value_of(std::string name, std::string unit, double in_unit,
                     std::vector<std::vector<double>> const& members, std::size_t k,
                     std::size_t e = none) {
    StaticValue v{std::move(name), std::move(unit)};
    double const n = static_cast<double>(members.size());
    for (auto const& m : members) {
        v.value += m[k] / in_unit / n;
        if (e != none) v.error += m[e] / in_unit / n;
        v.extrapolation = std::max(v.extrapolation, m.back());
    }
    for (auto const& m : members)
        if (members.size() > 1) v.spread += std::pow(m[k] / in_unit - v.value, 2) / (n - 1.0);
    v.spread = std::sqrt(v.spread);
    return v;
}

std::vector<double> spaced(double from, double to, int n) {
    std::vector<double> values;
    for (int k = 0; k < n; ++k) values.push_back(from + (to - from) * k / (n - 1.0));
    return values;
}

/// E₀, V₀, B, B′, their errors, the residual, and the energies and pressures of the curve.
Task equation_task(PropertiesOptions const& o, Lattice lattice, int element) {
    auto const n = static_cast<std::size_t>(o.points);
    return {9 + 3 * n,
            [&o, lattice, element](Potential const& potential) {
                // A coarse search, then volumes about the minimum.
                constexpr int coarse = 101;
                auto const wide = properties::energy_volume_curve(
                    potential, lattice, element, spaced(o.lowest_volume, o.highest_volume, coarse));
                auto const lowest = std::min_element(
                    wide.begin(), wide.end(),
                    [](auto const& a, auto const& b) { return a.energy < b.energy; });
                if (lowest == wide.begin() || lowest == wide.end() - 1)
                    throw NumericalError(
                        fmt::format("no minimum of the energy between {} and {} Å³/atom: change "
                                    "lowest_volume and highest_volume",
                                    o.lowest_volume, o.highest_volume));
                auto const rough = properties::fit_near_minimum(wide, 0.04);
                double const v0 = rough.volume.value;
                auto const curve = properties::energy_volume_curve(
                    potential, lattice, element,
                    spaced((1.0 - o.width) * v0, (1.0 + o.width) * v0, o.points));
                auto const fit = properties::fit_near_minimum(curve, 2.0 * o.width);
                std::vector<double> out;
                for (auto const& e : {fit.energy, fit.volume, fit.bulk, fit.derivative}) {
                    out.push_back(e.value);
                    out.push_back(e.error);
                }
                out.push_back(fit.residual);
                for (auto const& p : curve) out.insert(out.end(), {p.volume, p.energy, p.pressure});
                return out;
            },
            "equation_of_state"};
}

constexpr std::size_t at_volume = 2;  // where equation_task() puts V₀
std::string const surface_prefix = "surface_";

report::CsvTable energy_volume_table(std::vector<std::vector<double>> const& members, int points) {
    report::CsvTable table;
    std::vector<double> member, volume, energy, pressure;
    for (std::size_t m = 0; m < members.size(); ++m)
        for (std::size_t k = 0; k < static_cast<std::size_t>(points); ++k) {
            member.push_back(static_cast<double>(m + 1));
            volume.push_back(members[m][9 + 3 * k]);
            energy.push_back(members[m][10 + 3 * k]);
            pressure.push_back(members[m][11 + 3 * k] / units::GPa);
        }
    table.add("member", member);
    table.add("volume [angstrom^3/atom]", volume);
    table.add("energy [eV/atom]", energy);
    table.add("pressure [GPa]", pressure);
    return table;
}

/// Mean and spread over the members of the energy above bcc, at one volume and relaxed.
report::CsvTable bain_table(std::vector<std::vector<double>> const& members,
                            std::vector<double> const& ratios) {
    auto const n = ratios.size();
    report::CsvTable table;
    table.add("c/a", ratios);
    for (std::size_t part = 0; part < 2; ++part) {
        std::vector<double> mean, spread;
        for (std::size_t k = 0; k < n; ++k) {
            auto const v = value_of("", "", 1e-3, members, part * n + k);
            mean.push_back(v.value);
            spread.push_back(members.size() > 1 ? v.spread : std::nan(""));
        }
        std::string const where = part == 0 ? "at the volume of bcc" : "at the best volume";
        table.add("energy " + where + " [meV/atom]", mean);
        table.add("spread " + where + " [meV/atom]", spread);
    }
    return table;
}

/// What every further calculation begins with: the crystal at rest, which each member finds again.
struct Crystal {
    Lattice lattice;
    int element;
    Task equation;

    [[nodiscard]] double volume(Potential const& potential) const {
        return equation.work(potential)[at_volume];
    }
    [[nodiscard]] double constant(Potential const& potential) const {
        return properties::lattice_constant(lattice, {volume(potential), 0.0}).value;
    }
};

std::vector<double> elastic_numbers(Potential const& potential, Crystal const& crystal,
                                    double strain, dynamics::RelaxOptions const& relax) {
    auto const s =
        properties::perfect_lattice(crystal.lattice, crystal.element, crystal.volume(potential));
    auto const c = properties::elastic_constants(potential, s, strain, relax);
    return {c.c11(),
            c.c12(),
            c.c44(),
            c.error(0, 0),
            c.error(0, 1),
            c.error(3, 3),
            c.stable() ? 1.0 : 0.0};
}

/// Energies above bcc of both paths, one after the other.
std::vector<double> bain_numbers(Potential const& potential, Crystal const& crystal,
                                 std::vector<double> const& ratios) {
    int const z = crystal.element;
    double const v = crystal.volume(potential);
    double const bcc =
        properties::volume_point(potential, properties::perfect_lattice(Lattice::bcc, z, v)).energy;
    std::vector<double> out;
    for (auto const& path : {properties::bain_path(potential, z, ratios, v),
                             properties::relaxed_bain_path(potential, z, ratios, v)})
        for (auto const& point : path) out.push_back(point.energy - bcc);
    return out;
}

std::vector<Task> tasks_of(PropertiesOptions const& o, Crystal const& crystal) {
    dynamics::RelaxOptions relax;
    relax.force_tolerance = o.force_tolerance;
    relax.max_steps = o.max_steps;
    std::vector<Task> tasks;
    if (o.defects)
        for (auto const& kind : o.kinds)
            tasks.push_back({2,
                             [=, &crystal](Potential const& p) {
                                 auto const d = properties::defect_energy(
                                     p, crystal.lattice, crystal.element, crystal.constant(p), kind,
                                     o.supercell, relax);
                                 return std::vector{d.formation, d.unrelaxed};
                             },
                             kind});
    if (o.surfaces)
        for (auto const& plane : o.planes)
            tasks.push_back({2,
                             [=, &crystal](Potential const& p) {
                                 auto const s = properties::surface_energy(
                                     p, crystal.lattice, crystal.element, crystal.constant(p),
                                     plane, o.layers, relax);
                                 return std::vector{s.energy, s.unrelaxed};
                             },
                             surface_prefix + plane});
    if (o.elastic)
        tasks.push_back({7,
                         [=, &crystal](Potential const& p) {
                             return elastic_numbers(p, crystal, o.strain, relax);
                         },
                         "elastic"});
    if (o.bain)
        tasks.push_back(
            {2 * o.ratios.size(),
             [=, &crystal](Potential const& p) { return bain_numbers(p, crystal, o.ratios); },
             "bain"});
    return tasks;
}

void add_equation(Statics& statics, std::vector<std::vector<double>> const& members,
                  Lattice lattice, int points) {
    auto constant = members;
    for (auto& m : constant) {
        auto const a = properties::lattice_constant(lattice, {m[at_volume], m[at_volume + 1]});
        m[at_volume] = a.value;
        m[at_volume + 1] = a.error;
    }
    auto& values = statics.values;
    values.push_back(value_of("lattice_constant", "Å", 1.0, constant, at_volume, at_volume + 1));
    values.push_back(value_of("volume", "Å³/atom", 1.0, members, at_volume, at_volume + 1));
    values.push_back(value_of("energy", "eV/atom", 1.0, members, 0, 1));
    values.push_back(value_of("bulk_modulus", "GPa", units::GPa, members, 4, 5));
    values.push_back(value_of("bulk_modulus_derivative", "1", 1.0, members, 6, 7));
    statics.curves.emplace("energy_volume", energy_volume_table(members, points));
}

void add_result(Statics& statics, std::string const& name,
                std::vector<std::vector<double>> const& members,
                std::vector<double> const& ratios) {
    constexpr double joule_per_square_metre = units::joule / 1e20;
    auto& values = statics.values;
    if (name == "bain") {
        statics.curves.emplace(name, bain_table(members, ratios));
    } else if (name == "elastic") {
        values.push_back(value_of("C11", "GPa", units::GPa, members, 0, 3));
        values.push_back(value_of("C12", "GPa", units::GPa, members, 1, 4));
        values.push_back(value_of("C44", "GPa", units::GPa, members, 2, 5));
        if (std::any_of(members.begin(), members.end(), [](auto const& m) { return m[6] == 0.0; }))
            statics.notes.push_back(
                "elastic: at least one member's crystal is unstable: a strain lowers its energy");
    } else {
        bool const surface = name.rfind(surface_prefix, 0) == 0;
        auto const* const unit = surface ? "J/m²" : "eV";
        double const factor = surface ? joule_per_square_metre : 1.0;
        values.push_back(value_of(surface ? name : name + "_formation", unit, factor, members, 0));
        values.push_back(value_of(name + "_unrelaxed", unit, factor, members, 1));
    }
}

}  // namespace

Statics compute_statics(Context& context, PropertiesOptions const& o,
                        std::vector<Potential const*> const& members) {
    int const element = atomic_number_of(o.element);
    auto const lattice = generate::lattice_of(o.lattice);
    Crystal const crystal{lattice, element, equation_task(o, lattice, element)};

    Statics statics;
    auto const equation = carry_out(context, {crystal.equation}, members, statics.notes).front();
    if (!statics.notes.empty()) throw NumericalError(statics.notes.front());
    add_equation(statics, equation, lattice, o.points);

    auto const tasks = tasks_of(o, crystal);
    auto const results = carry_out(context, tasks, members, statics.notes);
    for (std::size_t t = 0; t < tasks.size(); ++t)
        add_result(statics, tasks[t].name, results[t], o.ratios);
    return statics;
}

}  // namespace kamacite::apps
