#include "models.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kamacite/core/error.hpp"
#include "kamacite/io/hash.hpp"
#include "kamacite/io/reader.hpp"
#include "kamacite/model/model_file.hpp"
#include "kamacite/potential/eam_tables.hpp"
#include "shipped_models.hpp"

namespace kamacite::apps {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> sorted_entries(fs::path const& directory) {
    std::vector<fs::path> entries;
    for (auto const& entry : fs::directory_iterator{directory}) entries.push_back(entry.path());
    std::sort(entries.begin(), entries.end());
    return entries;
}

bool has_settings(fs::path const& directory) {
    return fs::is_regular_file(directory / "input.nn");
}

/// Weight sets below a directory that has the other files, or a part of them.
std::vector<ModelSource> weight_sets(fs::path const& directory) {
    std::vector<ModelSource> sources;
    for (auto const& below : sorted_entries(directory)) {
        if (!fs::is_directory(below) || !n2p2::has_weights(below)) continue;
        auto const nearest = [&](char const* name) {
            return fs::exists(below / name) ? below / name : directory / name;
        };
        sources.push_back({{}, n2p2::Places{nearest("input.nn"), nearest("scaling.data"), below}});
    }
    return sources;
}

/// The one model of a directory, if it holds one.
std::optional<ModelSource> single_model(fs::path const& directory) {
    if (has_settings(directory) && n2p2::has_weights(directory))
        return ModelSource{{}, n2p2::Places::in(directory)};
    if (fs::is_regular_file(directory / "model.h5")) return ModelSource{directory / "model.h5", {}};
    return std::nullopt;
}

std::vector<ModelSource> models_in(fs::path const& directory) {
    if (auto const one = single_model(directory)) return {*one};
    if (has_settings(directory)) {
        auto sets = weight_sets(directory);
        if (sets.empty())
            sets.push_back({{}, n2p2::Places::in(directory)});  // says what is missing
        return sets;
    }
    std::vector<ModelSource> sources;
    for (auto const& entry : sorted_entries(directory)) {
        if (fs::is_directory(entry)) {
            if (auto const one = single_model(entry)) sources.push_back(*one);
        } else if (entry.extension() == ".h5") {
            sources.push_back({entry, {}});
        }
    }
    return sources;
}

/// The sources that rank 0 found, on all ranks.
std::vector<ModelSource> agreed(mpi::Communicator const& comm, std::vector<ModelSource> sources) {
    std::vector<int> count{static_cast<int>(sources.size())};
    comm.broadcast(count);
    sources.resize(static_cast<std::size_t>(count[0]));
    auto const share = [&](fs::path& path) {
        auto text = path.string();
        comm.broadcast(text);
        path = text;
    };
    for (auto& source : sources) {
        share(source.file);
        if (!source.file.empty()) continue;
        if (!source.places) source.places.emplace();
        share(source.places->settings);
        share(source.places->scaling);
        share(source.places->weights);
    }
    return sources;
}

/// The files of a source that went into the model.
std::vector<fs::path> files_of(ModelSource const& source, Model const& model) {
    if (!source.places) return {source.file};
    std::vector<fs::path> files{source.places->settings, source.places->scaling};
    for (int const z : model.descriptors().elements())
        files.push_back(source.places->weights / fmt::format("weights.{:03}.data", z));
    return files;
}

bool is_model_file(fs::path const& path) {
    if (path.extension() != ".h5" || !fs::is_regular_file(path)) return false;
    io::Reader const reader{path};
    if (!reader.has_attribute("/", "format")) return false;
    auto const format = reader.text("/", "format");
    return format == "model" || format == "committee";
}

}  // namespace

std::string ModelSource::name() const {
    return places ? places->weights.string() : file.string();
}

std::vector<ModelSource> find_models(fs::path const& given) {
    auto const path = resolved_model(given);
    if (!fs::is_directory(path)) {
        auto const known = shipped_models();
        if (!fs::exists(path) && !path.has_parent_path() && !path.has_extension())
            throw MissingError(fmt::format(
                "{}: there is no such file, and no model of this name comes with kamacite ({}): "
                "name a model file or directory",
                path.string(),
                known.empty() ? "there is none" : fmt::format("{}", fmt::join(known, ", "))));
        return {{path, {}}};
    }
    auto sources = models_in(path);
    if (sources.empty())
        throw DataError(
            fmt::format("{}: there is no model in this directory (no input.nn, no *.h5, no "
                        "subdirectory with one): name a model file, a directory of n2p2, or one "
                        "of several",
                        path.string()));
    return sources;
}

bool is_model_directory(fs::path const& given) {
    auto const path = resolved_model(given);
    return fs::is_directory(path) && path.extension() != ".kds" && !models_in(path).empty();
}

void add_unit_options(Arguments const& arguments, ModelOptions& options) {
    arguments
        .add("--length-unit", options.length_unit,
             "Unit of length of an n2p2 model; structures are in angstrom in any case (import has "
             "the unit of theirs)")
        .shows_default()
        .one_of({"angstrom", "bohr"});
    arguments.add("--energy-unit", options.energy_unit, "Unit of energy of an n2p2 model")
        .shows_default()
        .one_of({"eV", "hartree"});
}

void add_precision_option(Arguments const& arguments, ModelOptions& options) {
    arguments
        .add("--precision", options.precision,
             "Kernels in double, or mixed: single precision within an atom, faster, forces to some "
             "five digits")
        .one_of({"double", "mixed"})
        .shows_default();
}

namespace {

void add_model_argument(Arguments const& arguments, ModelOptions& options, char const* others) {
    arguments
        .add("model", options.path,
             fmt::format("Model: model.h5, a directory of n2p2 or RuNNer (input.nn), a directory "
                         "of several: a committee, {}or the name of one that comes with kamacite: "
                         "iron",
                         others))
        .required();
    add_unit_options(arguments, options);
}

}  // namespace

void add_model_argument(Arguments const& arguments, ModelOptions& options) {
    add_model_argument(arguments, options, "");
}

void add_model_options(Arguments const& arguments, ModelOptions& options,
                       std::string const& second_name, std::string& second,
                       std::string const& second_doc, ModelKinds kinds) {
    add_model_argument(
        arguments, options,
        kinds == ModelKinds::any ? "an embedded-atom file (setfl: eam/alloy, eam/fs), " : "");
    arguments.add(second_name, second, second_doc + "; alone, without MODEL: that is iron");
    add_precision_option(arguments, options);
}

void name_model(Context& context, ModelOptions& options, std::string& second) {
    if (!second.empty()) return;
    std::swap(second, options.path);
    options.path = default_model;
    mpi::all_or_none(context.comm, [&] {
        if (!context.comm.is_root()) return;
        if (is_model_directory(second) || is_model_file(second) || is_eam_file(second))
            throw UsageError(
                fmt::format("{} is a model (structures are missing): name them after it", second));
    });
    context.log.info("no MODEL is named: it is {}, which comes with kamacite", options.path);
}

void warn_of_units(Context& context, ModelOptions const& options, Loaded const& model,
                   std::optional<formats::Format> format, std::filesystem::path const& path) {
    if (!model.from_n2p2 || options.length_unit == "angstrom") return;
    if (format != formats::Format::input_data) return;
    context.log.warn(
        "{0}: its lengths are read as angstrom, while those of the model are in {1}: if the file "
        "is in "
        "{1} too, run 'kamacite import {0} -o data.h5 --length-unit {1} --energy-unit {2}' and "
        "name "
        "data.h5 here",
        path.string(), options.length_unit, options.energy_unit);
}

Loaded load(Context& context, ModelOptions const& options) {
    auto const& comm = context.comm;
    std::vector<ModelSource> sources;
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        if (is_eam_file(resolved_model(options.path)))
            throw DataError(fmt::format(
                "{}: this is an embedded-atom file, which has nothing that is trained (this "
                "command needs that): name a model, or use 'kamacite predict' or 'properties'",
                options.path));
        sources = find_models(options.path);
    });
    sources = agreed(comm, std::move(sources));
    n2p2::Units const given{options.length_unit == "bohr" ? units::bohr : units::angstrom,
                            options.energy_unit == "hartree" ? units::hartree : units::eV};
    std::vector<Model> members;
    std::vector<std::string> names, warnings, parents;
    std::vector<fs::path> files;
    bool from_n2p2 = false;
    Calibration calibration;
    for (auto const& source : sources) {
        auto read =
            source.places
                ? LoadedModels{{n2p2::read_model(comm, *source.places, given, warnings)}, {}}
                : load_models(source.file, comm);
        if (sources.size() == 1) calibration = read.calibration;
        bool const several = read.members.size() > 1;
        for (std::size_t m = 0; m < read.members.size(); ++m) {
            members.push_back(std::move(read.members[m]));
            members.back().set_precision(precision_of(options.precision));
            names.push_back(several ? fmt::format("{}, member {}", source.name(), m + 1)
                                    : source.name());
        }
        if (!source.places) files.push_back(source.file);
        from_n2p2 = from_n2p2 || source.places.has_value();
        for (auto const& file : files_of(source, members.back())) {
            auto parent = io::parent(file, comm);
            if (std::find(parents.begin(), parents.end(), parent) == parents.end())
                parents.push_back(std::move(parent));
        }
    }
    std::vector<std::string> told;  // members may share an input.nn
    for (auto const& warning : warnings)
        if (std::find(told.begin(), told.end(), warning) == told.end()) {
            context.log.warn("{}", warning);
            told.push_back(warning);
        }
    if (!from_n2p2 && (options.length_unit != "angstrom" || options.energy_unit != "eV"))
        context.log.warn(
            "{}: --length-unit and --energy-unit have no effect on models of kamacite, whose "
            "files say their units",
            options.path);
    if (members.size() > 1)
        context.log.info("{}: a committee of {} models", options.path, members.size());
    Committee committee{std::move(members), names};
    committee.set_calibration(calibration);
    return {std::move(committee), std::move(parents), std::move(files), from_n2p2};
}

}  // namespace kamacite::apps
