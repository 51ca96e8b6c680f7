#include "md_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "kamacite/core/units.hpp"
#include "kamacite/structure/cell_shape.hpp"

namespace kamacite::apps {
namespace {

char const* const header =
    "step,time [ps],temperature [K],potential_energy [eV],kinetic_energy [eV],conserved [eV],"
    "pressure [GPa],stress_xx [GPa],stress_yy [GPa],stress_zz [GPa],stress_yz [GPa],"
    "stress_xz [GPa],stress_xy [GPa],volume [A^3],a [A],b [A],c [A],alpha [deg],beta [deg],"
    "gamma [deg],flux_convective_x [eV A/fs],flux_convective_y [eV A/fs],"
    "flux_convective_z [eV A/fs],flux_virial_x [eV A/fs],flux_virial_y [eV A/fs],"
    "flux_virial_z [eV A/fs],extrapolation";

/// Lengths of the cell vectors and the angles between them.
std::string shown(CellShape const& s) {
    return fmt::format("{:.8g},{:.8g},{:.8g},{:.7g},{:.7g},{:.7g}", s.lengths[0], s.lengths[1],
                       s.lengths[2], s.angles[0], s.angles[1], s.angles[2]);
}

/// What is averaged: name, unit; the values are in `averaged()`.
constexpr std::array<std::array<char const*, 2>, 10> quantities{{{"temperature", "K"},
                                                                 {"potential_energy", "eV/atom"},
                                                                 {"pressure", "GPa"},
                                                                 {"stress_xx", "GPa"},
                                                                 {"stress_yy", "GPa"},
                                                                 {"stress_zz", "GPa"},
                                                                 {"volume", "A^3/atom"},
                                                                 {"a", "A"},
                                                                 {"b", "A"},
                                                                 {"c", "A"}}};

constexpr std::size_t without_volume = 2;  // of these have a meaning

std::array<double, quantities.size()> averaged(dynamics::Thermo const& t, Cell const& cell,
                                               double atoms) {
    Mat3 const stress = t.stress / units::GPa;
    return {t.temperature,
            t.potential_energy / atoms,
            t.pressure() / units::GPa,
            stress(0, 0),
            stress(1, 1),
            stress(2, 2),
            cell.volume() / atoms,
            cell.rows().row(0).norm(),
            cell.rows().row(1).norm(),
            cell.rows().row(2).norm()};
}

}  // namespace

ThermoTable::ThermoTable(mpi::Communicator const& comm, std::filesystem::path const& path,
                         long long atoms, long long from, bool moments, bool resumed,
                         dynamics::Checkpoint const& at)
    : comm_{&comm},
      atoms_{static_cast<double>(atoms)},
      from_{from},
      moments_{moments},
      table_{comm, path, resumed ? static_cast<long long>(at.numbers.at("thermo").at(0)) : 0,
             std::string{header} + (moments ? ",moment [mu_B]" : "")},
      averages_(quantities.size()) {
    for (std::size_t k = 0; resumed && k < quantities.size(); ++k)
        if (auto const found = at.numbers.find(std::string{"average_"} + quantities[k][0]);
            found != at.numbers.end())
            averages_[k].restore(found->second);
}

dynamics::Thermo ThermoTable::add(dynamics::Trajectory const& trajectory) {
    auto const t = trajectory.thermo();
    auto const& cell = trajectory.domain().cell();
    auto const& now = trajectory.prediction();
    double farthest = 0.0;
    for (double const e : now.extrapolation) farthest = std::max(farthest, e);
    farthest = comm_->all_reduce(mpi::Op::max, farthest);
    double moment = 0.0;
    if (moments_) {
        for (double const m : now.moments) moment += m;
        moment = comm_->all_reduce(mpi::Op::sum, moment) / atoms_;
    }
    Mat3 const stress = t.stress / units::GPa;
    auto const& flux = t.heat_flux;
    auto line =
        fmt::format("{},{:.6f},{:.6f},{:.13g},{:.10g},{},", t.step, trajectory.time() / units::ps,
                    t.temperature, t.potential_energy, t.kinetic_energy,
                    t.conserved ? fmt::format("{:.14g}", *t.conserved) : "");
    line += cell.is_periodic()
                ? fmt::format("{:.8g},{:.8g},{:.8g},{:.8g},{:.8g},{:.8g},{:.8g},{:.10g},{}",
                              t.pressure() / units::GPa, stress(0, 0), stress(1, 1), stress(2, 2),
                              stress(1, 2), stress(0, 2), stress(0, 1), cell.volume(),
                              shown(shape_of(cell)))
                : std::string(13, ',');  // without a volume there is none of these
    line += fmt::format(",{:.9g},{:.9g},{:.9g},{:.9g},{:.9g},{:.9g},{:.4g}", flux.convective.x(),
                        flux.convective.y(), flux.convective.z(), flux.virial.x(), flux.virial.y(),
                        flux.virial.z(), farthest);
    if (moments_) line += fmt::format(",{:.6f}", moment);
    table_.add(line);
    if (t.step >= from_) {
        auto const values = averaged(t, cell, atoms_);
        auto const known = cell.is_periodic() ? values.size() : without_volume;
        for (std::size_t k = 0; k < known; ++k) averages_[k].add(values[k]);
    }
    return t;
}

void ThermoTable::save(dynamics::Checkpoint& checkpoint) {
    checkpoint.numbers["thermo"] = {static_cast<double>(table_.sync())};
    for (std::size_t k = 0; k < quantities.size(); ++k)
        if (averages_[k].values() > 0)
            checkpoint.numbers[std::string{"average_"} + quantities[k][0]] = averages_[k].state();
}

std::vector<ThermoTable::Mean> ThermoTable::means() const {
    std::vector<Mean> all;
    for (std::size_t k = 0; k < quantities.size(); ++k)
        if (averages_[k].values() > 0)
            all.push_back({quantities[k][0], quantities[k][1], averages_[k].average()});
    return all;
}

}  // namespace kamacite::apps
