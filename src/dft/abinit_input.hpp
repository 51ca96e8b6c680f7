#pragma once
// Private to the module.
#include <map>
#include <string>

#include "kamacite/dft/abinit.hpp"

namespace kamacite::dft {

/// abinit.abi, conducti.in, conducti.files. The atoms in the order of the structure.
/// \throws DataError if an element has no potential, or the structure is not periodic
[[nodiscard]] std::map<std::string, std::string> abinit_input_files(AbinitSettings const& settings,
                                                                    Structure const& structure,
                                                                    Start const& start,
                                                                    Remedy const& remedy);

/// What a run left. Never throws because of its content.
[[nodiscard]] Outcome read_abinit(AbinitSettings const& settings,
                                  std::filesystem::path const& directory,
                                  Structure const& structure, Start const& start);

}  // namespace kamacite::dft
