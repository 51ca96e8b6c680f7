#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "estimate.hpp"
#include "kamacite/config/input.hpp"
#include "kamacite/config/tables.hpp"
#include "kamacite/config/writers.hpp"
#include "kamacite/core/error.hpp"

namespace kamacite::apps {
namespace {

int check_input(Context& context, std::string const& path) {
    auto const input = config::read_input(path, context.comm);
    auto const command = config::command_of(input);
    config::InputTable const* table = nullptr;
    try {
        table = &config::table_of(command);
    } catch (UsageError const& e) {
        throw InputError(fmt::format("{}:1: kamacite: {}", input.file, e.what()));
    }
    auto const fields = table->make();
    config::parse(input, command, fields);
    auto const resolved = config::resolved_input(command, config::describe(fields));
    auto const estimates = estimate(context, input, command);

    if (!context.comm.is_root()) return 0;
    if (context.json) {
        nlohmann::ordered_json numbers = nlohmann::ordered_json::object();
        for (auto const& e : estimates.numbers)
            numbers[e.name] = {{"value", e.value}, {"unit", e.unit}, {"meaning", e.meaning}};
        fmt::print("{}\n", nlohmann::ordered_json{{"input", input.file},
                                                  {"command", command},
                                                  {"resolved", resolved},
                                                  {"estimates", numbers},
                                                  {"notes", estimates.notes}}
                               .dump(2));
        return 0;
    }
    fmt::print("{}", resolved);
    for (auto const& e : estimates.numbers)
        if (e.unit.empty())
            fmt::print("# {}: {:.0f}\n", e.meaning, e.value);
        else
            fmt::print("# {}: {:.4g} {}\n", e.meaning, e.value, e.unit);
    for (auto const& note : estimates.notes) fmt::print("# {}\n", note);
    return 0;
}

}  // namespace

Command check_command() {
    return {"check", "Parse an input, show it with all defaults, estimate cost; touch nothing",
            [](Arguments const& arguments) {
                auto const input = std::make_shared<std::string>();
                arguments.add("input", *input, "Input file (YAML)").required();
                return [input](Context& context) { return check_input(context, *input); };
            },
            Command::Json::yes};
}

}  // namespace kamacite::apps
