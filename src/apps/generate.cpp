#include <fmt/format.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "commands.hpp"
#include "data.hpp"
#include "kamacite/config/generate.hpp"
#include "kamacite/config/input.hpp"
#include "kamacite/config/writers.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/dataset/store.hpp"
#include "kamacite/generate/extent.hpp"
#include "kamacite/mpi/partition.hpp"

namespace kamacite::apps {
namespace {

using generate::Plan;
using generate::Refused;

/// What one rank made of its block of the plan.
struct Made {
    std::vector<Record> records;
    std::vector<Refused> refused;
};

Made make_block(mpi::Communicator const& comm, Plan const& plan) {
    Made made;
    mpi::all_or_none(comm, [&] {
        auto const block = mpi::block_of(comm.rank(), comm.size(), generate::count(plan));
        for (long long i = block.begin; i < block.end; ++i) {
            auto result = generate::make(plan, i);
            if (auto* record = std::get_if<Record>(&result))
                made.records.push_back(std::move(*record));
            else
                made.refused.push_back(std::get<Refused>(result));
        }
    });
    return made;
}

/// What became of one recipe, over all ranks.
struct Outcome {
    std::string name;
    long long made = 0;
    long long atoms = 0;
    std::map<std::string, long long> refused;  ///< by reason
};

/// Collective.
std::vector<Outcome> outcomes(mpi::Communicator const& comm, Plan const& plan, Made const& made) {
    auto const n = plan.recipes.size();
    std::map<std::string, std::size_t> place;
    std::vector<Outcome> all(n);
    for (std::size_t i = 0; i < n; ++i) {
        all[i].name = plan.recipes[i].name;
        place["generate/" + all[i].name] = i;
    }
    std::vector<long long> sums(2 * n, 0);
    for (auto const& record : made.records) {
        auto const i = place.at(record.source);
        ++sums[2 * i];
        sums[2 * i + 1] += record.structure.size();
    }
    comm.all_reduce(mpi::Op::sum, std::span{sums});
    for (std::size_t i = 0; i < n; ++i) {
        all[i].made = sums[2 * i];
        all[i].atoms = sums[2 * i + 1];
    }
    std::string mine;
    for (auto const& refused : made.refused) mine += refused.recipe + '\n' + refused.reason + '\n';
    for (auto const& text : comm.all_gather(mine)) {
        std::istringstream lines{text};
        for (std::string recipe, reason;
             std::getline(lines, recipe) && std::getline(lines, reason);)
            ++all[place.at("generate/" + recipe)].refused[reason];
    }
    return all;
}

void tell(Context& context, std::filesystem::path const& output, std::vector<Outcome> const& all) {
    long long made = 0;
    long long refused = 0;
    nlohmann::ordered_json recipes = nlohmann::ordered_json::array();
    for (auto const& outcome : all) {
        long long left_out = 0;
        for (auto const& [reason, count] : outcome.refused) left_out += count;
        made += outcome.made;
        refused += left_out;
        recipes.push_back({{"name", outcome.name},
                           {"structures", outcome.made},
                           {"atoms", outcome.atoms},
                           {"left_out", outcome.refused}});
        if (context.json) continue;
        fmt::print("  {:<28} {:>7} structures {:>9} atoms\n", outcome.name, outcome.made,
                   outcome.atoms);
        for (auto const& [reason, count] : outcome.refused)
            fmt::print("  {:<28} {:>7} left out: {}\n", "", count, reason);
    }
    if (context.json) {
        nlohmann::ordered_json const json{{"output", output.string()},
                                          {"structures", made},
                                          {"left_out", refused},
                                          {"recipes", recipes}};
        fmt::print("{}\n", json.dump(2));
    } else {
        fmt::print("{}: {} structures, {} left out\n", output.string(), made, refused);
    }
}

/// \throws InputError if every structure was left out
void refuse_nothing(std::vector<Outcome> const& all, std::filesystem::path const& input) {
    std::string reasons;
    for (auto const& outcome : all) {
        if (outcome.made > 0) return;
        for (auto const& [reason, count] : outcome.refused)
            reasons += fmt::format("{}recipe '{}': {} of them: {}", reasons.empty() ? "" : "; ",
                                   outcome.name, count, reason);
    }
    throw InputError(fmt::format(
        "{}: all structures are left out ({}): use larger lattice constants or a smaller "
        "minimum_distance",
        input.string(), reasons));
}

int generate_structures(Context& context, std::filesystem::path const& input,
                        std::filesystem::path const& output) {
    auto const& comm = context.comm;
    auto options = config::read_options<config::GenerateOptions>(input, "generate", comm);
    if (!output.empty()) options.output = output;
    if (!names_dataset(options.output))  // of the command line: the input's is checked
        throw UsageError(
            fmt::format("{}: a dataset cannot have this name (it must end in .h5, one "
                        "file, or .kds, a directory that can grow): rename it",
                        options.output.string()));
    context.log.info("structures: {}, recipes: {}, ranks: {}", generate::count(options.plan),
                     options.plan.recipes.size(), comm.size());
    for (auto const& recipe : options.plan.recipes)
        for (auto const& remark : generate::remarks(recipe))
            context.log.warn("recipe '{}': {}", recipe.name, remark);
    auto const made = make_block(comm, options.plan);
    auto const all = outcomes(comm, options.plan, made);
    refuse_nothing(all, input);
    dataset::Provenance provenance;
    provenance.command = "generate";
    provenance.input = config::resolved_input("generate", options);
    provenance.seed = options.plan.seed;
    dataset::write(options.output, comm, made.records, provenance);
    if (comm.is_root()) tell(context, options.output, all);
    return 0;
}

}  // namespace

Command generate_command() {
    return {"generate", "Make structures by recipes and store them as a dataset",
            [](Arguments const& arguments) {
                auto input = std::make_shared<std::string>();
                auto output = std::make_shared<std::string>();
                arguments.add("input", *input, "YAML input (kamacite init generate)").required();
                arguments.add("-o,--output", *output, "Dataset, in place of the input's");
                return [input, output](Context& context) {
                    return generate_structures(context, *input, *output);
                };
            },
            Command::Json::yes};
}

}  // namespace kamacite::apps
