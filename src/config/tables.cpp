#include "kamacite/config/tables.hpp"

#include <fmt/format.h>

#include "kamacite/config/describe.hpp"
#include "kamacite/config/generate.hpp"
#include "kamacite/config/similar.hpp"
#include "kamacite/config/train.hpp"
#include "kamacite/core/error.hpp"

namespace kamacite::config {

std::vector<InputTable> const& all_tables() {
    static std::vector<InputTable> const tables{
        {"generate", "Makes structures by recipes and stores them as a dataset",
         table_over<GenerateOptions>},
        {"describe", "Computes the symmetry functions of every atom of a dataset",
         table_over<DescribeOptions>},
        {"train", "Trains a model on a dataset", table_over<TrainOptions>},
    };
    return tables;
}

InputTable const& table_of(std::string const& command) {
    std::vector<std::string> names;
    for (auto const& table : all_tables()) {
        if (table.command == command) return table;
        names.push_back(table.command);
    }
    std::string list;
    for (auto const& n : names) list += (list.empty() ? "" : ", ") + n;
    throw UsageError(fmt::format("'{}' (no command that takes an input){}: name one of {}", command,
                                 did_you_mean(command, names), list));
}

}  // namespace kamacite::config
