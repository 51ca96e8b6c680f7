#pragma once
#include <string>
#include <utility>
#include <vector>

/// How this program was built, and with what.
namespace kamacite::apps::build {

extern char const* const version;  ///< "0.1.0"
extern char const* const commit;   ///< git commit at configure time, "unknown" outside a checkout
extern char const* const build_type;  ///< "Release"
extern char const* const compiler;    ///< "GNU 12.2.0"
// versions that the headers of a library do not tell without being its includer
extern char const* const hdf5_version;
extern char const* const petsc_version;
extern char const* const yaml_version;
extern char const* const pugixml_version;
// where the models that come with kamacite are
extern char const* const models_installed;  ///< relative to the prefix
extern char const* const models_source;     ///< in the sources

/// Whether contract checks are compiled in.
[[nodiscard]] bool contracts();

/// Names and versions of the linked libraries.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> libraries();

}  // namespace kamacite::apps::build
