#include "relax_output.hpp"

#include <cmath>
#include <numeric>

#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/dynamics/motion.hpp"
#include "kamacite/report/csv.hpp"

namespace kamacite::apps {
Course::Course(std::string const& earlier, std::string const& where) {
    if (earlier.empty()) return;
    auto const table = report::parse_csv(earlier, where);
    evaluations_ = table.numbers("evaluations");
    energy_ = table.numbers("energy");
    enthalpy_ = table.numbers("enthalpy");
    force_ = table.numbers("largest force");
    stress_ = table.numbers("largest stress");
    volume_ = table.numbers("volume");
    if (!evaluations_.empty()) before_ = static_cast<long long>(std::lround(evaluations_.back()));
}

void Course::add(dynamics::Standing const& standing, long long evaluations) {
    evaluations_.push_back(static_cast<double>(before_ + evaluations));
    energy_.push_back(standing.energy);
    enthalpy_.push_back(standing.enthalpy);
    force_.push_back(standing.largest_force);
    stress_.push_back(standing.largest_stress / units::GPa);
    volume_.push_back(standing.volume);
}

std::string Course::csv() const {
    std::vector<double> steps(evaluations_.size());
    std::iota(steps.begin(), steps.end(), 0.0);
    report::CsvTable table;
    table.comments = {
        "largest force of the atoms that may move; largest stress + pressure of what "
        "may change of the cell"};
    table.add("step", steps);
    table.add("evaluations", evaluations_);
    table.add("energy [eV]", energy_);
    table.add("enthalpy [eV]", enthalpy_);
    table.add("largest force [eV/angstrom]", force_);
    table.add("largest stress [GPa]", stress_);
    table.add("volume [angstrom^3]", volume_);
    return report::to_csv(table);
}

Look look_at(dynamics::FreeStructure const& s) {
    Look look{s.standing()};
    look.cell = shape_of(s.domain().cell());
    auto const masses = dynamics::masses_of(s.domain().atoms().species);
    double const mass =
        s.comm().all_reduce(mpi::Op::sum, std::accumulate(masses.begin(), masses.end(), 0.0));
    constexpr double gram_per_cubic_centimetre = 1e-3 * units::kilogram / 1e24;
    look.density = s.domain().cell().is_periodic()
                       ? mass / look.standing.volume / gram_per_cubic_centimetre
                       : std::nan("");
    return look;
}

}  // namespace kamacite::apps
