#include "kamacite/config/tables.hpp"

#include <fmt/format.h>

#include "kamacite/config/campaign.hpp"
#include "kamacite/config/compare.hpp"
#include "kamacite/config/describe.hpp"
#include "kamacite/config/generate.hpp"
#include "kamacite/config/input.hpp"
#include "kamacite/config/label.hpp"
#include "kamacite/config/md.hpp"
#include "kamacite/config/properties.hpp"
#include "kamacite/config/relax.hpp"
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

char const* const compare_example = R"(
data: [iron.h5]
trials: 2
seeds: 2
epochs: 20
)";

char const* const md_example = R"(
model: model/model.h5
structure: generated.h5
index: 26
supercell: [2, 2, 2]
steps: 1000
initial_temperature: 1000 K
thermostat: {kind: rescaling, temperature: 500 K}
)";

char const* const relax_example = R"(
model: model/model.h5
structure: generated.h5
index: 26
cell: isotropic
)";

char const* const label_example = R"(
structures: [generated.h5]
program:
  name: pw
  command: mpirun -np {processes} pw.x -nk {processes}
  potentials: [{element: Fe, file: /usr/share/espresso/pseudo/Fe.pbe-spn-rrkjus_psl.0.2.1.UPF}]
  ecutwfc: 64 Ry
  ecutrho: 782 Ry
  k_spacing: 0.25
job: {processes: 2, time: 2 h}
)";

char const* const campaign_example = R"(
label: label.yaml
train: train.yaml
first: generate.yaml
explore:
  dynamics:
    - structures: [generated.h5]
      temperatures: 300 1000 K
select: {count: 20}
stop: {rounds: 4}
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
        {"compare", "Compares methods on one division of a dataset", table_over<CompareOptions>,
         compare_example},
        {"relax", "Brings atoms and cell to rest, over all ranks", table_over<RelaxOptions>,
         relax_example},
        {"md", "Follows atoms on their way by a model: molecular dynamics", table_over<MdOptions>,
         md_example},
        {"label", "Has structures computed by DFT, as jobs, until each has a label",
         table_over<LabelOptions>, label_example},
        {"campaign", "Grows a dataset where the model knows least, round after round",
         table_over<CampaignOptions>, campaign_example},
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
