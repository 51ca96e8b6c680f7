#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kamacite/config/description.hpp"

namespace kamacite::config {

/// The input of one command: its table of keys.
struct InputTable {
    std::string command;
    std::string summary;  ///< what the command does, without a full stop
    /// Makes options with their defaults and returns the table over them, which keeps them alive.
    std::function<std::function<void(Fields&)>()> make;
    std::string example;  ///< an input (YAML) that runs in the folder of the first tutorial
};

/// The table `fields(Fields&, Options&)` over fresh options.
template <class Options>
[[nodiscard]] std::function<void(Fields&)> table_over() {
    auto options = std::make_shared<Options>();
    return [options](Fields& f) { fields(f, *options); };
}

/// The inputs of all commands that take one, in the order of the help page.
[[nodiscard]] std::vector<InputTable> const& all_tables();

/// The keys of a table with the values of its example.
[[nodiscard]] std::vector<KeyDescription> example_of(InputTable const& table);

/// The table of one command.
/// \throws UsageError naming those that there are
[[nodiscard]] InputTable const& table_of(std::string const& command);

}  // namespace kamacite::config
