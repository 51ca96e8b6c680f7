#pragma once
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "command.hpp"
#include "import_summary.hpp"
#include "kamacite/structure/record.hpp"

namespace kamacite::apps {

/// One record of this rank, with the file that it came from.
struct Imported {
    Record record;
    int input = 0;
};

/// Whether the stresses have been reversed on request.
enum class Flipped { no, yes };

/// Holds the stresses of all files, and of what the dataset holds already, against the energies,
/// per file and per family: formats::judge_stress(). Tells what was found.
///
/// \param mine, held  this rank's records: imported, and of the dataset that they are added to,
///                    which are trusted
/// \param files       names of the files, Imported::input counts them
/// \returns for --json: for each file the verdict, how many structures tell, how many oppose, and
///          the factor of its stresses
/// \throws DataError naming the structures whose stress has the wrong sign, or the unit that it
///         seems to have
/// Collective.
[[nodiscard]] nlohmann::ordered_json check_stresses(Context& context,
                                                    std::span<Imported const> mine,
                                                    std::span<Record const> held,
                                                    std::vector<std::string> const& files,
                                                    Flipped flipped);

/// What find_duplicates() of the records of all ranks tells.
struct Repeated {
    std::vector<std::size_t> mine;  ///< records of this rank that repeat an earlier one, ascending
    long long all = 0;              ///< such records of all ranks
    long long differing = 0;        ///< records of the geometry of an earlier one, other labels
    double apart = 0.0;             ///< largest difference of energies of one geometry [eV/atom]
};

/// Looks for records that repeat one before them, in what the dataset holds or in what is imported;
/// tells what is of the same geometry but has other labels. Collective.
[[nodiscard]] Repeated find_repeated(Context& context, std::span<Imported const> mine,
                                     std::span<Record const> held);

/// How many records of all ranks have each level of theory; warns if, with those that the dataset
/// holds already, there are several. Collective.
[[nodiscard]] std::map<std::string, long long> count_levels(Context& context,
                                                            std::span<Imported const> mine,
                                                            std::span<Record const> held);

/// Tells properties whose name is nearly that of one that has a meaning: likely a slip.
void warn_of_property_names(Context& context, FamilySummary const& all);

}  // namespace kamacite::apps
