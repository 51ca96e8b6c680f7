#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "commands.hpp"
#include "kamacite/config/tables.hpp"
#include "kamacite/config/writers.hpp"
#include "kamacite/core/error.hpp"
#include "text_output.hpp"

namespace kamacite::apps {

Command init_command() {
    return {
        "init", "Write a commented input to start from", [](Arguments const& arguments) {
            struct Options {
                std::string command;
                std::string output;
                bool force = false;
            };
            auto const o = std::make_shared<Options>();
            arguments.add("template", o->command, "The command that the input is for").required();
            arguments.add("-o,--output", o->output,
                          "File that is written; standard output if absent");
            arguments.flag("--force", o->force, "Replace the file if it is there");
            return [o](Context& context) {
                auto const& table = config::table_of(o->command);
                auto const text =
                    config::input_template(table.command, table.summary, config::example_of(table),
                                           config::describe(table.make()));
                put_text(context, text, o->output, o->force ? Existing::replace : Existing::refuse);
                return 0;
            };
        }};
}

}  // namespace kamacite::apps
