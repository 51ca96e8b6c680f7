#include "statics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"
#include "statics_tasks.hpp"

namespace kamacite::apps {
namespace {

using config::PropertiesOptions;
using properties::Lattice;

constexpr double another = 0.15;     // logarithm of c/a: L1_0 and B2 are 0.35 apart
constexpr std::size_t of_reach = 2;  // numbers behind those of a task

/// What all members say: results[task][member]. Each pair is the work of one rank.
/// \param volumes  of the crystal at rest, of each member
std::vector<std::vector<std::vector<double>>> carry_out(
    Context& context, std::vector<Task> const& tasks,
    std::vector<Potential const*> const& potentials, std::vector<double> const& volumes,
    std::vector<std::string>& notes) {
    auto const& comm = context.comm;
    auto const members = potentials.size();
    std::vector<std::vector<std::vector<double>>> results(tasks.size());
    std::size_t turn = 0;
    std::string failures;
    for (std::size_t t = 0; t < tasks.size(); ++t)
        for (std::size_t m = 0; m < members; ++m) {
            auto& result = results[t].emplace_back(tasks[t].size + of_reach, 0.0);
            if (static_cast<int>(turn++ % static_cast<std::size_t>(comm.size())) != comm.rank())
                continue;
            try {
                Subject const subject{*potentials[m], volumes[m]};
                result = tasks[t].work(subject);
                KAMACITE_EXPECTS(result.size() == tasks[t].size);
                result.insert(result.end(), {subject.reach().extrapolation, subject.reach().grade});
            } catch (NumericalError const& e) {
                failures += fmt::format("{}: {}\n", tasks[t].name, e.what());
                result.assign(tasks[t].size + of_reach, std::nan(""));
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

constexpr double joule_per_square_metre = units::joule / 1e20;
constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

/// Mean and spread of number k over the members, in a unit; error: number e, if there is one.
StaticValue value_of(std::string name, std::string unit, double in_unit,
                     std::vector<std::vector<double>> const& members, std::size_t k,
                     std::size_t e = none) {
    StaticValue v{std::move(name), std::move(unit)};
    double const n = static_cast<double>(members.size());
    std::vector<double> values;
    for (auto const& m : members) {
        values.push_back(m[k] / in_unit);
        if (e != none) v.error += m[e] / in_unit / n;
        v.reach.include(Reach{m[m.size() - 2], m.back()});
    }
    auto const all = over_members(values);
    v.value = all.value;
    v.spread = all.error;
    return v;
}

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

/// Columns "energy <what> [unit]" and "spread <what> [unit]" over the members: n numbers of each,
/// from `first` on.
void add_energies(report::CsvTable& table, std::string const& what, std::string const& unit,
                  double in_unit, std::vector<std::vector<double>> const& members,
                  std::size_t first, std::size_t n) {
    std::vector<double> mean, spread;
    for (std::size_t k = 0; k < n; ++k) {
        auto const v = value_of("", "", in_unit, members, first + k);
        mean.push_back(v.value);
        spread.push_back(members.size() > 1 ? v.spread : std::nan(""));
    }
    table.add(fmt::format("energy {} [{}]", what, unit), mean);
    table.add(fmt::format("spread {} [{}]", what, unit), spread);
}

/// Mean and spread over the members of the energy above bcc, at one volume and relaxed.
report::CsvTable bain_table(std::vector<std::vector<double>> const& members,
                            std::vector<double> const& ratios) {
    auto const n = ratios.size();
    report::CsvTable table;
    table.add("c/a", ratios);
    add_energies(table, "at the volume of bcc", "meV/atom", 1e-3, members, 0, n);
    add_energies(table, "at the best volume", "meV/atom", 1e-3, members, n, n);
    return table;
}

/// Mean and spread over the members of γ(u), relaxed and as cut.
report::CsvTable fault_table(std::vector<std::vector<double>> const& members, std::size_t points) {
    report::CsvTable table;
    std::vector<double> shift;
    for (std::size_t k = 0; k < points; ++k)
        shift.push_back(static_cast<double>(k) / (static_cast<double>(points) - 1.0));
    table.add("shift/period", shift);
    add_energies(table, "relaxed", "J/m^2", joule_per_square_metre, members, 2, points);
    add_energies(table, "as cut", "J/m^2", joule_per_square_metre, members, 2 + points, points);
    return table;
}

void add_fault(Statics& statics, std::string const& name,
               std::vector<std::vector<double>> const& members, std::size_t points) {
    statics.curves.emplace(name, fault_table(members, points));
    statics.values.push_back(
        value_of("unstable_" + name, "J/m²", joule_per_square_metre, members, 0));
    auto stable = value_of("stable_" + name, "J/m²", joule_per_square_metre, members, 1);
    if (std::isfinite(stable.value)) statics.values.push_back(std::move(stable));
}

/// Mean and spread over the members of the energy from valley to valley.
report::CsvTable valley_table(std::vector<std::vector<double>> const& members, int images) {
    report::CsvTable table;
    auto const n = static_cast<std::size_t>(images) + 2;
    std::vector<double> image;
    for (std::size_t k = 0; k < n; ++k)
        image.push_back(static_cast<double>(k) / (static_cast<double>(n) - 1.0));
    table.add("image/way", image);
    constexpr std::size_t first = 3;
    add_energies(table, "of a dislocation", "meV/b", 1e-3, members, first, n);
    return table;
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

void add_result(Statics& statics, Task const& task, std::vector<std::vector<double>> const& members,
                PropertiesOptions const& o) {
    auto& values = statics.values;
    auto const& name = task.name;
    for (auto const& row : task.rows)
        values.push_back(value_of(row.name, row.unit, row.in_unit, members, row.number));
    if (task.is_compound && std::any_of(members.begin(), members.end(),
                                        [](auto const& m) { return m[compound_shape] > another; }))
        statics.notes.push_back(
            fmt::format("{}: the edges of its cell change by more than 15 % beside each other "
                        "while it relaxes: "
                        "it may have become another crystal, whose numbers these are",
                        name));
    if (name == screw_name && o.screw_images > 0)
        statics.curves.emplace(name, valley_table(members, o.screw_images));
    if (!task.rows.empty()) return;
    if (name == "bain") {
        statics.curves.emplace(name, bain_table(members, o.ratios));
    } else if (name == "elastic") {
        values.push_back(value_of("C11", "GPa", units::GPa, members, 0, 3));
        values.push_back(value_of("C12", "GPa", units::GPa, members, 1, 4));
        values.push_back(value_of("C44", "GPa", units::GPa, members, 2, 5));
        if (std::any_of(members.begin(), members.end(), [](auto const& m) { return m[6] == 0.0; }))
            statics.notes.push_back(
                "elastic: at least one member's crystal is unstable: a strain lowers its energy");
    } else if (name.starts_with(migration_prefix)) {
        values.push_back(value_of(name, "eV", 1.0, members, 0));
    } else if (name.starts_with(fault_prefix)) {
        add_fault(statics, name, members, static_cast<std::size_t>(o.fault_points));
    } else {
        bool const surface = name.starts_with(surface_prefix);
        auto const* const unit = surface ? "J/m²" : "eV";
        double const factor = surface ? joule_per_square_metre : 1.0;
        values.push_back(value_of(surface ? name : name + "_formation", unit, factor, members, 0));
        values.push_back(value_of(name + "_unrelaxed", unit, factor, members, 1));
    }
}

}  // namespace

properties::Estimate over_members(std::vector<double> const& values) {
    properties::Estimate e;
    auto const n = static_cast<double>(values.size());
    for (double const v : values) e.value += v / n;
    if (values.size() > 1)
        for (double const v : values) e.error += std::pow(v - e.value, 2) / (n - 1.0);
    e.error = std::sqrt(e.error);
    return e;
}

Statics compute_statics(Context& context, PropertiesOptions const& o,
                        std::vector<Potential const*> const& members) {
    int const element = atomic_number_of(o.element);
    auto const lattice = generate::lattice_of(o.lattice);
    Crystal const crystal{lattice, element};

    Statics statics;
    std::vector<double> volumes(members.size(), std::nan(""));
    auto const equation =
        carry_out(context, {equation_task(o, lattice, element)}, members, volumes, statics.notes)
            .front();
    if (!statics.notes.empty()) throw NumericalError(statics.notes.front());
    add_equation(statics, equation, lattice, o.points);
    for (std::size_t m = 0; m < members.size(); ++m) volumes[m] = equation[m][at_volume];

    auto const alone = context.comm.split(context.comm.rank(), 0);
    auto const tasks = tasks_of(o, crystal, alone);
    auto const results = carry_out(context, tasks, members, volumes, statics.notes);
    for (std::size_t t = 0; t < tasks.size(); ++t) add_result(statics, tasks[t], results[t], o);
    return statics;
}

}  // namespace kamacite::apps
