#include <fmt/format.h>

#include <memory>

#include "commands.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/io/atomic_file.hpp"
#include "kamacite/model/model_file.hpp"
#include "models.hpp"

namespace kamacite::apps {
namespace {

namespace fs = std::filesystem;

struct Options {
    ModelOptions model;
    std::string output, format;
};

/// Format of the output: as asked for, else by its name.
std::string format_of(Options const& options) {
    if (options.format == "kim")
        throw UsageError(
            "--format kim is not available in this version: use --format n2p2, or a model file");
    if (!options.format.empty()) return options.format;
    if (fs::path{options.output}.extension() == ".h5") return "kamacite";
    throw UsageError(
        fmt::format("{}: its name does not say the format: give --format n2p2, or a "
                    "name that ends in .h5",
                    options.output));
}

/// Members of a committee get a folder each, under the names that LAMMPS and AML use.
std::string folder_of(int member, int members) {
    return members == 1 ? "" : fmt::format("nnp-data-{}/", member + 1);
}

void write_n2p2(Context& context, Committee const& committee, fs::path const& output) {
    std::map<std::string, std::string> files;
    std::vector<std::string> warnings;
    for (int m = 0; m < committee.size(); ++m)
        for (auto& [name, text] :
             n2p2::texts_of(committee.members()[static_cast<std::size_t>(m)], warnings))
            files[folder_of(m, committee.size()) + name] = std::move(text);
    for (auto const& warning : warnings) context.log.warn("{}", warning);
    mpi::all_or_none(context.comm, [&] {
        if (context.comm.is_root()) io::write_text_directory(output, files);
    });
}

void write_kamacite(Context& context, Loaded const& model, fs::path const& output) {
    auto const& members = model.committee.members();
    io::Provenance provenance;
    provenance.command = "convert";
    provenance.input = context.command_line;
    provenance.parents = model.parents;
    if (members.size() > 1 && output.extension() == ".h5")
        return save_committee(output, context.comm, model.committee, provenance);
    for (std::size_t m = 0; m < members.size(); ++m)
        save_model(members.size() == 1 ? output : output / fmt::format("model-{}.h5", m + 1),
                   context.comm, members[m], provenance);
}

int convert(Context& context, Options const& options) {
    auto const& comm = context.comm;
    auto const format = format_of(options);
    fs::path const output = options.output;
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        std::error_code error;
        if (fs::is_directory(output, error) ? !fs::is_empty(output, error)
                                            : format == "n2p2" && fs::exists(output, error))
            throw UsageError(
                fmt::format("{} is there already (it would be mixed up with the "
                            "converted model): name a new directory",
                            output.string()));
    });
    auto const model = load(context, options.model);
    if (format == "n2p2")
        write_n2p2(context, model.committee, output);
    else
        write_kamacite(context, model, output);
    if (comm.is_root())
        fmt::print("{} written to {} ({})\n",
                   model.committee.size() == 1
                       ? "1 model"
                       : fmt::format("committee of {} models", model.committee.size()),
                   options.output, format);
    return 0;
}

}  // namespace

Command convert_command() {
    return {"convert", "Models to and from the format of n2p2 and RuNNer",
            [](Arguments const& arguments) {
                auto options = std::make_shared<Options>();
                add_model_argument(arguments, options->model);
                arguments
                    .add("-o,--output", options->output,
                         "Model file (.h5), or a new directory for n2p2, in eV and angstrom")
                    .required();
                arguments
                    .add("--format", options->format,
                         "Format of the output: kamacite, n2p2; default: by its name")
                    .one_of({"kamacite", "n2p2", "kim"});
                return [options](Context& context) { return convert(context, *options); };
            }};
}

}  // namespace kamacite::apps
