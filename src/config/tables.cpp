#include "kamacite/config/tables.hpp"

#include <fmt/format.h>

#include "kamacite/config/describe.hpp"
#include "kamacite/config/generate.hpp"
#include "kamacite/config/input.hpp"
#include "kamacite/config/properties.hpp"
#include "kamacite/config/similar.hpp"
#include "kamacite/config/train.hpp"
#include "kamacite/core/error.hpp"

namespace kamacite::config {
namespace {

char const* const generate_example = R"(
output: generated.h5
recipes:
  - name: bcc_ev
    lattice_constant_range: {from: 2.6 angstrom, to: 3.1 angstrom, count: 26}
  - name: hot_bcc
    lattice_constants: 2.83 2.87 angstrom
    cell: conventional
    supercell: [3, 3, 3]
    displacements: {temperatures: 100 300 600 K}
    repetitions: 2
  - name: hot_vacancy
    lattice_constants: 2.83 angstrom
    cell: conventional
    supercell: [3, 3, 3]
    vacancies: {count: 1}
    displacements: {temperatures: 300 K}
    repetitions: 4
)";

char const* const describe_example = R"(
data: iron.h5
)";

char const* const train_example = R"(
data: [iron.h5]
output: model
model:
  energy: {hidden: [16, 16]}
  moment: {hidden: [16, 16]}
stages:
  - {optimiser: adam, epochs: 200, batch: 8, learning_rate: 0.005}
  - {optimiser: lmvm, epochs: 50}
)";

char const* const properties_example = R"(
model: model/model.h5
)";

}  // namespace

std::vector<InputTable> const& all_tables() {
    static std::vector<InputTable> const tables{
        {"generate", "Makes structures by recipes and stores them as a dataset",
         table_over<GenerateOptions>, generate_example},
        {"describe", "Computes the symmetry functions of every atom of a dataset",
         table_over<DescribeOptions>, describe_example},
        {"train", "Trains a model on a dataset", table_over<TrainOptions>, train_example},
        {"properties", "Computes static properties of a crystal with a model",
         table_over<PropertiesOptions>, properties_example},
    };
    return tables;
}

std::vector<KeyDescription> example_of(InputTable const& table) {
    auto const fields = table.make();
    parse({"example of " + table.command, table.example}, table.command, fields);
    return describe(fields);
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
