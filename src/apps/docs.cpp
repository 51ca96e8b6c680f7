#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <memory>
#include <sstream>

#include "commands.hpp"
#include "kamacite/config/quantity.hpp"
#include "kamacite/config/tables.hpp"
#include "kamacite/config/writers.hpp"
#include "run.hpp"
#include "text_output.hpp"

namespace kamacite::apps {
namespace {

char const* const inputs_head =
    "# Inputs\n\n"
    "Every key of every input. Made by `kamacite docs` from the tables that parse them; do not "
    "edit.\n\n"
    "An input is a YAML mapping. Its key `kamacite` names the command that it is for. A number "
    "that measures "
    "something carries its unit (`6.5 angstrom`, `25 GPa`); a plain number there is an error, and "
    "so is a key "
    "that is not listed here. A list of one value may be written as the value alone; several "
    "numbers in a list "
    "may share one unit (`2.8 2.9 3.0 angstrom`). `kamacite init COMMAND` writes an input to start "
    "from, "
    "`kamacite check INPUT` shows one with all its defaults.\n\n";

char const* const commands_head =
    "# Commands\n\n"
    "Made by `kamacite docs` from the program's own help; do not edit.\n\n"
    "`kamacite <command> [options]`, alone or under `mpirun -n N` or `srun`. Results go to "
    "standard output, logs "
    "to standard error.\n\n"
    "| exit code | meaning |\n|---|---|\n"
    "| 0 | done |\n"
    "| 2 | wrong use of the command line |\n"
    "| 65 | a file holds nonsense |\n"
    "| 66 | an input file does not exist or cannot be read |\n"
    "| 70 | a bug, or numerics that diverged |\n"
    "| 74 | MPI, HDF5, PETSc, the disk or a connection refused |\n"
    "| 75 | stopped at a checkpoint: run again to continue |\n"
    "| 78 | the input file (YAML) is wrong |\n\n";

std::string inputs_page() {
    std::string page = inputs_head;
    using config::Dimension;
    page += "| dimension | units |\n|---|---|\n";
    for (auto const d : {Dimension::length, Dimension::inverse_area, Dimension::volume,
                         Dimension::energy, Dimension::force, Dimension::pressure, Dimension::time,
                         Dimension::temperature, Dimension::moment, Dimension::memory}) {
        std::string units;
        for (auto const& u : config::units_of(d))
            units += fmt::format("{}`{}`", units.empty() ? "" : ", ", u);
        page += fmt::format("| {} | {} |\n", config::name_of(d), units);
    }
    for (auto const& table : config::all_tables())
        page += "\n" + config::input_reference(table.command, table.summary,
                                               config::describe(table.make()));
    return page;
}

/// Help as CLI11 writes it, without blanks at the ends of lines. `parent`: the command that `app`
/// is a part of.
std::string help_of(CLI::App const& app, std::string const& parent = "") {
    std::istringstream lines{app.help(parent)};
    std::string text;
    for (std::string line; std::getline(lines, line);) {
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    }
    text.erase(text.find_last_not_of('\n') + 1);
    return text;
}

std::string commands_page() {
    CLI::App app{"", "kamacite"};
    Shell shell;
    fill(app, shell);
    std::string page = commands_head;
    for (auto const& command : all_commands()) {
        if (command.shown == Command::Shown::no) continue;
        auto const* const sub = app.get_subcommand(command.name);
        page += fmt::format("## {}\n\n```\n{}\n```\n\n", command.name, help_of(*sub));
        for (auto const* nested : sub->get_subcommands([](CLI::App const*) { return true; }))
            page += fmt::format("### {} {}\n\n```\n{}\n```\n\n", command.name, nested->get_name(),
                                help_of(*nested, command.name));
    }
    page.pop_back();
    return page;
}

}  // namespace

Command docs_command() {
    return {"docs", "Write the pages of docs/reference that are made by the program",
            [](Arguments const& arguments) {
                auto const folder = std::make_shared<std::string>("docs/reference");
                arguments.add("-o,--output", *folder, "Folder of the pages");
                return [folder](Context& context) {
                    std::filesystem::path const to = *folder;
                    put_text(context, inputs_page(), to / "inputs.md", Existing::replace);
                    put_text(context, commands_page(), to / "commands.md", Existing::replace);
                    return 0;
                };
            },
            Command::Json::no, Command::Shown::no};
}

}  // namespace kamacite::apps
