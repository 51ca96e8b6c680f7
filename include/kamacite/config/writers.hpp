#pragma once
#include <string>
#include <vector>

#include "kamacite/config/description.hpp"

namespace kamacite::config {

/// The input with every key and its value: parses to the same options. Values that mean "not given"
/// are left out. Goes into the provenance of everything that a command writes.
[[nodiscard]] std::string resolved_input(std::string const& command,
                                         std::vector<KeyDescription> const& keys);

/// A commented input to start from: the keys that an example sets, all others commented out with
/// their defaults; each with its documentation. Parses to the example as it is.
/// \param example   the table with the values of the example
/// \param defaults  the same table with those of fresh options
[[nodiscard]] std::string input_template(std::string const& command, std::string const& summary,
                                         std::vector<KeyDescription> const& example,
                                         std::vector<KeyDescription> const& defaults);

/// JSON Schema (draft 2020-12) of the input of a command, for editors.
[[nodiscard]] std::string input_schema(std::string const& command, std::string const& summary,
                                       std::vector<KeyDescription> const& keys);

/// Section of the reference page on the input of a command: Markdown with a table of its keys.
[[nodiscard]] std::string input_reference(std::string const& command, std::string const& summary,
                                          std::vector<KeyDescription> const& keys);

/// The resolved input of options whose table is `fields(Fields&, Options&)`.
template <class Options>
[[nodiscard]] std::string resolved_input(std::string const& command, Options options) {
    return resolved_input(command, describe([&](Fields& f) { fields(f, options); }));
}

}  // namespace kamacite::config
