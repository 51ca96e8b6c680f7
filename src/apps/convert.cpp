#include <fmt/format.h>

#include <memory>

#include "any_model.hpp"
#include "commands.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/io/atomic_file.hpp"
#include "kamacite/kim/portable_model.hpp"
#include "kamacite/model/model_file.hpp"
#include "models.hpp"
#include "shipped_models.hpp"

namespace kamacite::apps {
namespace {

namespace fs = std::filesystem;

struct Options {
    ModelOptions model;
    std::string output, format;
};

/// Format of the output: as asked for, else by its name.
std::string format_of(Options const& options) {
    if (!options.format.empty()) return options.format;
    if (fs::path{options.output}.extension() == ".h5") return "kamacite";
    throw UsageError(
        fmt::format("{}: its name does not say the format: give --format n2p2 or kim, or "
                    "a name that ends in .h5",
                    options.output));
}

/// Members of a committee get a folder each, under the names that LAMMPS and AML use.
std::string folder_of(int member, int members) {
    return members == 1 ? "" : fmt::format("nnp-data-{}/", member + 1);
}

using Files = std::map<std::string, std::string>;

/// Collective.
void write_files(Context& context, Files const& files, std::vector<std::string> const& warnings,
                 fs::path const& output) {
    for (auto const& warning : warnings) context.log.warn("{}", warning);
    mpi::all_or_none(context.comm, [&] {
        if (context.comm.is_root()) io::write_text_directory(output, files);
    });
}

void write_n2p2(Context& context, Committee const& committee, fs::path const& output) {
    Files files;
    std::vector<std::string> warnings;
    for (int m = 0; m < committee.size(); ++m)
        for (auto& [name, text] :
             n2p2::texts_of(committee.members()[static_cast<std::size_t>(m)], warnings))
            files[folder_of(m, committee.size()) + name] = std::move(text);
    write_files(context, files, warnings, output);
}

std::string said(Committee const& committee) {
    return committee.size() == 1 ? "1 model"
                                 : fmt::format("committee of {} models", committee.size());
}

/// A portable model of KIM has the name of its directory.
std::string kim_name_of(fs::path const& output) {
    auto const path = output.lexically_normal();
    return (path.has_filename() ? path : path.parent_path()).filename().string();
}

/// The one format that embedded atoms can be written in. \returns what was written
std::string write_kim(Context& context, ModelOptions const& options, fs::path const& output) {
    std::vector<std::string> warnings;
    auto const setfl = embedded_atom_text(context.comm, resolved_model(options.path));
    if (!setfl.empty()) {
        write_files(context, kim::texts_of(kim_name_of(output), setfl), warnings, output);
        return "1 embedded-atom potential";
    }
    auto const model = load(context, options);
    if (model.committee.has_directions())
        warnings.emplace_back(
            "the model sees the directions of moments, which KIM does not carry: all are up there");
    auto const files = kim::texts_of(kim_name_of(output), model.committee, warnings);
    write_files(context, files, warnings, output);
    return said(model.committee);
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
                                            : format != "kamacite" && fs::exists(output, error))
            throw UsageError(
                fmt::format("{} is there already (it would be mixed up with the "
                            "converted model): name a new directory",
                            output.string()));
    });
    std::string written;
    if (format == "kim") {
        written = write_kim(context, options.model, output);
    } else {
        auto const model = load(context, options.model);
        if (format == "n2p2")
            write_n2p2(context, model.committee, output);
        else
            write_kamacite(context, model, output);
        written = said(model.committee);
    }
    if (comm.is_root()) fmt::print("{} written to {} ({})\n", written, options.output, format);
    return 0;
}

}  // namespace

Command convert_command() {
    return {"convert", "Models to and from the format of n2p2 and RuNNer, and to KIM",
            [](Arguments const& arguments) {
                auto options = std::make_shared<Options>();
                add_model_argument(arguments, options->model);
                arguments
                    .add(
                        "-o,--output", options->output,
                        "Model file (.h5), or a new directory for n2p2 and kim, in eV and angstrom")
                    .required();
                arguments
                    .add("--format", options->format,
                         "Format of the output: kamacite, n2p2, kim (for LAMMPS and others); "
                         "default: by its name")
                    .one_of({"kamacite", "n2p2", "kim"});
                return [options](Context& context) { return convert(context, *options); };
            }};
}

}  // namespace kamacite::apps
