#pragma once
#include <map>
#include <string>
#include <vector>

#include "command.hpp"
#include "kamacite/config/properties.hpp"
#include "kamacite/potential/potential.hpp"
#include "kamacite/properties/equation_of_state.hpp"
#include "kamacite/report/csv.hpp"

namespace kamacite::apps {

/// A property in the unit that its users know.
struct StaticValue {
    std::string name, unit;
    double value = 0.0;   ///< mean over the members
    double spread = 0.0;  ///< standard deviation over them; 0 for one; NaN: they were run as one
    double error = 0.0;   ///< of the differences or of the fit: mean over the members
    Reach reach{};          ///< of any member on the way
};

/// Static properties of a crystal.
struct Statics {
    std::vector<StaticValue> values;
    std::map<std::string, report::CsvTable> curves;  ///< energy_volume, bain
    std::vector<std::string> notes;                  ///< what could not be computed, and why
};

/// Mean, and as its error the standard deviation, of a number of each member: of one it is 0.
[[nodiscard]] properties::Estimate over_members(std::vector<double> const& values);

/// Computes what the options ask for with every member, the calculations spread over the ranks.
/// Results do not depend on how many there are. Collective.
/// \param members  of a committee, or one; all know the element
/// \throws NumericalError if a member has no equation of state
[[nodiscard]] Statics compute_statics(Context& context, config::PropertiesOptions const& options,
                                      std::vector<Potential const*> const& members);

}  // namespace kamacite::apps
