#pragma once
#include <map>
#include <string>

#include "kamacite/dft/pw.hpp"

namespace kamacite::dft {

/// The last rung: a density with more smearing first, then the run that gives the labels.
inline constexpr int two_run_rung = 4;

/// pw.in, and pw.first.in on the last rung.
/// \throws DataError for an element without pseudopotential, a structure that is not periodic
[[nodiscard]] std::map<std::string, std::string> pw_input_files(PwSettings const& settings,
                                                                Structure const& structure,
                                                                Start const& start,
                                                                Remedy const& remedy);

}  // namespace kamacite::dft
