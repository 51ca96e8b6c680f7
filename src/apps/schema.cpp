#include <memory>

#include "commands.hpp"
#include "kamacite/config/tables.hpp"
#include "kamacite/config/writers.hpp"
#include "text_output.hpp"

namespace kamacite::apps {

Command schema_command() {
    return {
        "schema", "Write the JSON Schema of an input, for editors", [](Arguments const& arguments) {
            struct Options {
                std::string command;
                std::string output;
            };
            auto const o = std::make_shared<Options>();
            arguments.add("command", o->command, "The command that the input is for").required();
            arguments.add("-o,--output", o->output,
                          "File that is written; standard output if absent");
            return [o](Context& context) {
                auto const& table = config::table_of(o->command);
                auto const text = config::input_schema(table.command, table.summary,
                                                       config::describe(table.make()));
                put_text(context, text, o->output, Existing::replace);
                return 0;
            };
        }};
}

}  // namespace kamacite::apps
