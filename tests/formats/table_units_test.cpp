#include "files.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/formats/table.hpp"

using namespace kamacite;
using namespace kamacite::formats;

namespace {

double stored(std::string const& header, std::string const& name, std::string const& value = "2") {
    auto const table = parse_csv("a," + header + "\n2.8," + value + "\n", "t.csv");
    return records_of(table, 0, 1).front().labels.properties.at(name);
}

}  // namespace

TEST_CASE("units in headers are converted to those that records have", "[formats]") {
    struct Row {
        char const* header;
        char const* name;
        double value;  // stored for 2 in the table
    };
    for (auto const& row : std::initializer_list<Row>{
             {"temperature", "temperature", 2.0},
             {"T [K]", "temperature", 2.0},
             {"T_K", "temperature", 2.0},
             {"Temperature (degC)", "temperature", 275.15},
             {"temperature [°C]", "temperature", 275.15},
             {"thermal_conductivity [W/(m K)]", "thermal_conductivity", 2.0},
             {"Thermal conductivity [W m^-1 K^-1]", "thermal_conductivity", 2.0},
             {"kappa [W/m/K]", "thermal_conductivity", 2.0},
             {"κ (W/mK)", "thermal_conductivity", 2.0},
             {"kappa [W/(cm K)]", "thermal_conductivity", 200.0},
             {"electrical_resistivity [uohm cm]", "electrical_resistivity", 2.0},
             {"ρ [μΩ·cm]", "electrical_resistivity", 2.0},
             {"resistivity [1e-8 ohm m]", "electrical_resistivity", 2.0},
             {"resistivity [ohm m]", "electrical_resistivity", 2e8},
             {"resistivity [nohm m]", "electrical_resistivity", 0.2},
             {"resistivity [uohm m]", "electrical_resistivity", 200.0},
             {"magnetic_moment [muB/atom]", "magnetic_moment", 2.0},
             {"moment [μ_B]", "magnetic_moment", 2.0},
             {"hardness", "hardness", 2.0},
             {"bulk_modulus [GPa]", "bulk_modulus", 2.0 * units::GPa},
             {"gap [hartree]", "gap", 2.0 * units::hartree}}) {
        CAPTURE(row.header);
        CHECK_THAT(stored(row.header, row.name), WithinRel(row.value, 1e-12));
    }
}

TEST_CASE("units that do not fit or are not known are refused", "[formats]") {
    for (auto const* const header :
         {"temperature [eV]", "thermal_conductivity [GPa]", "resistivity [ohm]", "hardness [HV]"})
        test::check_complaint([&] { (void)stored(header, "x"); }, "t.csv", std::string{header});
}
