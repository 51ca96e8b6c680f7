#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/io/atomic_file.hpp"
#include "kamacite/io/plain_arrays.hpp"
#include "kamacite/phonons/conductivity.hpp"
#include "kamacite/phonons/interaction.hpp"
#include "kamacite/phonons/isotopes.hpp"
#include "kamacite/phonons/phono3py_files.hpp"
#include "kamacite/phonons/phonopy_files.hpp"
#include "phonon_work.hpp"

namespace kamacite::apps {
namespace {

using phonons::Conductivity;
using phonons::thz;
using phonons::watt_per_metre_kelvin;
using Method = config::PhononOptions::Method;
using Rows = std::vector<std::vector<double>>;

constexpr double room = 300.0;  // [K]

double mean_axis(Mat3 const& kappa) {
    return kappa.trace() / 3.0 / watt_per_metre_kelvin;
}

/// Third-order force constants of every member; all supercells are spread over the ranks.
std::vector<phonons::ThirdOrder> third_orders(Context& context, PhononWork& work,
                                              std::vector<Potential const*> const& members) {
    auto const& o = work.options.phonons;
    std::vector<phonons::ThirdOrderPlan> plans;
    std::vector<phonons::ForceJob> jobs;
    for (std::size_t m = 0; m < members.size(); ++m) {
        auto const& supercell = work.members[m].plan.supercell;
        plans.push_back(phonons::plan_third_order(supercell.unit(), supercell.matrix(),
                                                  o.triple_cutoff, o.triple_displacement));
        for (auto& job : phonons::force_jobs(plans.back(), *members[m]))
            jobs.push_back(std::move(job));
    }
    auto const results = phonons::compute_forces(context.comm, jobs);
    std::vector<phonons::ThirdOrder> all;
    phonons::Asymmetry most;
    std::size_t first = 0;
    for (auto const& plan : plans) {
        all.push_back(
            phonons::solve_third_order(plan, std::span{results}.subspan(first, plan.pairs.size())));
        first += plan.pairs.size();
        most.exchange = std::max(most.exchange, all.back().asymmetry.exchange);
        most.sum = std::max(most.sum, all.back().asymmetry.sum);
    }
    context.log.info(
        "third order: {} pairs of displacements, {} triples of atoms; exchange symmetry is missed "
        "by {:.1e} eV/Å³, the sum rule by {:.1e} eV/Å³, before both are imposed",
        plans.front().pairs.size(), all.front().triples.size(), most.exchange, most.sum);
    return all;
}

/// Means of the Grüneisen parameters by third order and by volumes: what the cutoff leaves out.
void compare_grueneisen(Context& context, PhononWork& work,
                        std::vector<phonons::ThirdOrder> const& thirds) {
    auto const mesh = work.mesh(15.0);
    double by_third = 0.0, by_volumes = 0.0;
    for (std::size_t m = 0; m < thirds.size(); ++m) {
        auto const& member = work.members[m];
        for (int p = 0; p < mesh.size(); ++p) {
            auto const& q = mesh.points[std::size_t(p)];
            for (double const g : grueneisen_parameters(member.at_rest.crystal, thirds[m], q))
                by_third += mesh.weights[std::size_t(p)] * g;
            for (double const g : grueneisen_parameters(
                     member.lower.crystal, member.at_rest.crystal, member.upper.crystal, q))
                by_volumes += mesh.weights[std::size_t(p)] * g;
        }
    }
    auto const all = static_cast<double>(thirds.size()) * 3.0 * work.unit.size();
    context.log.info("mean Grüneisen parameter: {:.3f} by third order, {:.3f} by volumes",
                     by_third / all, by_volumes / all);
    if (std::abs(by_third / by_volumes - 1.0) > 0.1)
        work.statics.notes.push_back(fmt::format(
            "third-order force constants: the mean Grüneisen parameter is {:.2f} by them and "
            "{:.2f} by volumes; if atoms have no freedom within the cell the cutoff is too short: "
            "raise "
            "phonons.conductivity.cutoff",
            by_third / all, by_volumes / all));
}

/// One member on the mesh: at all temperatures.
using Found = std::vector<Conductivity>;

/// Linewidth, lifetime and mean free path of every mode, at one temperature.
report::CsvTable modes_table(PhononWork const& work, phonons::Mesh const& mesh,
                             std::vector<Found> const& found, std::size_t at) {
    report::CsvTable table;
    table.comments = {
        fmt::format("modes at {} K; linewidth: full width at half maximum, 1/(2π τ); contribution: "
                    "to the mean conductivity of the relaxation-time approximation, with all "
                    "equivalent wave vectors",
                    found[0][at].temperature)};
    auto const branches = 3 * work.unit.size();
    std::array<std::vector<double>, 3> q;
    std::vector<double> branch;
    for (auto const& point : mesh.points)
        for (int b = 0; b < branches; ++b) {
            for (int k = 0; k < 3; ++k) q[std::size_t(k)].push_back(point(k));
            branch.push_back(b + 1);
        }
    for (std::size_t k = 0; k < 3; ++k) table.add(fmt::format("q{}", k + 1), q[k]);
    table.add("branch", branch);
    Rows frequencies, widths, paths, parts;
    for (std::size_t m = 0; m < found.size(); ++m) {
        auto const& c = found[m][at];
        auto const w = mesh_frequencies(work.members[m].at_rest.crystal, mesh);
        std::vector<double> nu, width, path, part;
        for (int p = 0; p < mesh.size(); ++p)
            for (int b = 0; b < branches; ++b) {
                nu.push_back(w(p, b) / thz);
                width.push_back(c.rates(p, b) / thz);
                path.push_back(c.mean_free_paths(p, b) / 10.0);
                part.push_back(c.contributions(p, b) / watt_per_metre_kelvin);
            }
        frequencies.push_back(nu);
        widths.push_back(width);
        paths.push_back(path);
        parts.push_back(part);
    }
    add_columns(table, "frequency", "THz", frequencies);
    add_columns(table, "linewidth", "THz", widths);
    add_columns(table, "mean free path", "nm", paths);
    add_columns(table, "contribution", "W/m/K", parts);
    return table;
}

/// Conductivity of the modes whose mean free path is below a length.
report::CsvTable paths_table(std::vector<Found> const& found, std::size_t at) {
    report::CsvTable table;
    table.comments = {
        fmt::format("at {} K, relaxation-time approximation", found[0][at].temperature)};
    std::vector<double> lengths;
    for (int k = 0; k <= 100; ++k) lengths.push_back(std::pow(10.0, 0.05 * k));  // [Å]
    Rows sums;
    for (auto const& member : found) {
        auto const& c = member[at];
        std::vector<double> sum(lengths.size(), 0.0);
        for (Eigen::Index m = 0; m < c.contributions.size(); ++m)
            for (std::size_t k = 0; k < lengths.size(); ++k)
                if (c.mean_free_paths.data()[m] <= lengths[k])
                    sum[k] += c.contributions.data()[m] / watt_per_metre_kelvin;
        sums.push_back(sum);
    }
    for (auto& length : lengths) length /= 10.0;
    table.add("mean free path [nm]", lengths);
    add_columns(table, "conductivity", "W/m/K", sums);
    return table;
}

/// A conductivity of all members at all temperatures, with its error, as columns and a value.
void add_kind(PhononWork& work, report::CsvTable& table, std::string const& name,
              std::string const& value, std::vector<Found> const& fine,
              std::vector<Found> const& coarse, Reach const& reach, Mat3 Conductivity::*kind) {
    Rows rows;
    std::vector<MemberNumbers> numbers(fine[0].size());
    for (std::size_t m = 0; m < fine.size(); ++m) {
        rows.emplace_back();
        for (std::size_t t = 0; t < numbers.size(); ++t) {
            double const kappa = mean_axis(fine[m][t].*kind);
            rows.back().push_back(kappa);
            numbers[t].add(kappa, std::abs(mean_axis(coarse[m][t].*kind) - kappa));
        }
    }
    add_columns(table, name, "W/m/K", rows);
    std::vector<double> errors;
    for (std::size_t t = 0; t < numbers.size(); ++t) {
        auto const v = value_of(value, "W/m/K", numbers[t], reach);
        errors.push_back(v.error);
        if (fine[0][t].temperature == room) work.statics.values.push_back(v);
    }
    table.add(fmt::format("error of {} [W/m/K]", name), errors);
}

}  // namespace

void write_phono3py(Context& context, std::filesystem::path const& folder,
                    phonons::ForceConstants const& second, phonons::ThirdOrder const& third) {
    auto const& s = third.supercell;
    long long const units = s.unit().size(), n = s.size();
    io::PlainArray const map{"p2s_map", {units}, {}, phonons::phono3py_map(s)};
    bool const writes = context.comm.is_root();  // the others need no memory for them
    using Arrays = std::vector<io::PlainArray>;
    Arrays two, three;
    if (writes) {
        two = Arrays{{"force_constants", {units, n, 3, 3}, phonons::phono3py_second_order(second)},
                     map};
        three = Arrays{{"fc3", {units, n, n, 3, 3, 3}, phonons::phono3py_third_order(third)}, map};
    }
    io::write_plain_arrays(folder / "fc2.hdf5", two, context.comm);
    io::write_plain_arrays(folder / "fc3.hdf5", three, context.comm);
    io::write_text_file(folder / "phono3py_params.yaml", phonons::phono3py_parameters(s),
                        context.comm);
}

phonons::ConductivitySettings conductivity_settings(PhononWork const& work) {
    auto const& o = work.options.phonons;
    phonons::ConductivitySettings settings;
    settings.method = o.method == Method::iterative
                          ? phonons::ConductivitySettings::Method::iterative
                          : phonons::ConductivitySettings::Method::relaxation_time;
    settings.broadening.width = o.smearing / phonons::h_bar;
    if (o.isotopes) settings.isotopes = phonons::mass_variances(work.unit);
    return settings;
}

std::vector<phonons::ThirdOrder> add_conductivity(Context& context, PhononWork& work,
                                                  std::vector<Potential const*> const& members) {
    auto const& o = work.options.phonons;
    auto thirds = third_orders(context, work, members);
    compare_grueneisen(context, work, thirds);
    auto const settings = conductivity_settings(work);
    auto const mesh = work.mesh(o.conductivity_mesh_length);
    std::vector<Found> fine, coarse;
    for (std::size_t m = 0; m < members.size(); ++m) {
        auto const on = [&](phonons::Mesh const& grid) {
            return phonons::conductivity(context.comm, work.members[m].at_rest.crystal, thirds[m],
                                         work.group, grid, o.conductivity_temperatures, settings);
        };
        fine.push_back(on(mesh));
        coarse.push_back(on(work.mesh(o.conductivity_mesh_length / 1.5)));
        for (auto const& c : fine.back())
            if (c.residual > 1e-4)
                work.statics.notes.push_back(fmt::format(
                    "phonon conductivity at {} K: the equation is solved to {:.0e} only "
                    "(1e-7 is wanted): take method rta, or a denser mesh",
                    c.temperature, c.residual));
    }
    report::CsvTable table;
    table.comments = {
        "phonons alone, scattered by phonons and isotopes; mean over the axes; error: by which a "
        "mesh with two thirds of the divisions differs"};
    table.add("temperature [K]", o.conductivity_temperatures);
    Reach reach = work.reach();
    for (auto const& third : thirds) reach.include(third.reach);
    if (o.method == Method::iterative)
        add_kind(work, table, "conductivity", "phonon_conductivity_300K", fine, coarse, reach,
                 &Conductivity::iterative);
    add_kind(work, table, "relaxation-time conductivity", "phonon_conductivity_rta_300K", fine,
             coarse, reach, &Conductivity::relaxation_time);
    work.statics.curves.emplace("phonon_conductivity", table);
    auto const& t = o.conductivity_temperatures;
    auto const near = std::min_element(t.begin(), t.end(), [](double a, double b) {
        return std::abs(a - room) < std::abs(b - room);
    });
    auto const at = std::size_t(near - t.begin());
    work.statics.curves.emplace("phonon_modes", modes_table(work, mesh, fine, at));
    work.statics.curves.emplace("phonon_mean_free_paths", paths_table(fine, at));
    work.statics.notes.emplace_back(
        "phonon conductivity: four phonons, electrons and magnons scatter phonons too and are not "
        "in it: it is an upper bound of what phonons carry");
    if (o.files)
        for (std::size_t m = 0; m < thirds.size(); ++m)
            io::write_text_file(work.folder_of(m) / "FORCE_CONSTANTS_3RD",
                                phonons::third_order_text(thirds[m]), context.comm);
    if (o.phono3py)
        for (std::size_t m = 0; m < thirds.size(); ++m)
            write_phono3py(context, work.folder_of(m), work.members[m].at_rest.crystal.constants(),
                           thirds[m]);
    return thirds;
}

}  // namespace kamacite::apps
