#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "command.hpp"
#include "kamacite/formats/any.hpp"
#include "kamacite/model/committee.hpp"
#include "kamacite/n2p2/model_files.hpp"

/// \file
/// MODEL on the command line: a model file, a directory in the format of n2p2 or RuNNer, or a
/// committee, which is a directory of several.

namespace kamacite::apps {

/// MODEL and the units of its numbers, which n2p2's files do not say.
struct ModelOptions {
    std::string path;
    std::string length_unit = "angstrom";
    std::string energy_unit = "eV";
    std::string precision = "double";  ///< of the kernels, as precision_of() takes it
};

/// Adds --length-unit and --energy-unit.
void add_unit_options(Arguments const& arguments, ModelOptions& options);
/// Adds --precision.
void add_precision_option(Arguments const& arguments, ModelOptions& options);
/// Adds the positional argument "model" and the units: for commands that read it.
void add_model_argument(Arguments const& arguments, ModelOptions& options);
/// What MODEL may be: a trained model alone, or an embedded-atom file as well, for commands that
/// call load_any() (any_model.hpp).
enum class ModelKinds { trained, any };
/// Adds "model", a second positional argument for what it is used on, units and --precision: for
/// commands that predict. The first may be left out: name_model().
void add_model_options(Arguments const& arguments, ModelOptions& options,
                       std::string const& second_name, std::string& second,
                       std::string const& second_doc, ModelKinds kinds = ModelKinds::trained);
/// Where one argument alone was given, it is the second, and MODEL the iron model that comes with
/// kamacite. \throws UsageError if it is a model
void name_model(Context& context, ModelOptions& options, std::string& second);

/// One model of a MODEL and the files that hold it.
struct ModelSource {
    std::filesystem::path file;          ///< of kamacite; empty: of n2p2
    std::optional<n2p2::Places> places;  ///< of n2p2
    [[nodiscard]] std::string name() const;
};

/// The models that a path stands for:
///   a name without '/' and '.'   the model of this name that comes with kamacite, if there is no
///                                such file (shipped_models.hpp)
///   a file                       that model
///   directory with input.nn      that model; without weights of its own each subdirectory with
///                                weights is a member (with input.nn, scaling.data of its own or
///                                those above it)
///   directory with model.h5      that model
///   another directory            members: its *.h5 files, and its subdirectories of the kinds
///   above
/// One rank only. \throws MissingError, DataError if there is none
[[nodiscard]] std::vector<ModelSource> find_models(std::filesystem::path const& path);

/// Whether a path is a directory that find_models() takes. One rank only.
[[nodiscard]] bool is_model_directory(std::filesystem::path const& path);

/// MODEL as read.
struct Loaded {
    Committee committee;
    std::vector<std::string> parents;          ///< for provenance
    std::vector<std::filesystem::path> files;  ///< of the members that are kamacite's
    bool from_n2p2 = false;
};

/// Warns where structures in input.data of n2p2 meet a model of n2p2 in bohr: they are likely to be
/// in bohr too, and are read as Å. \param format, path  of the structures
void warn_of_units(Context& context, ModelOptions const& options, Loaded const& model,
                   std::optional<formats::Format> format, std::filesystem::path const& path);

/// Reads MODEL; warnings go to the log. Collective.
/// \throws as load_model() and n2p2::read_model(); DataError if members do not agree
[[nodiscard]] Loaded load(Context& context, ModelOptions const& options);

}  // namespace kamacite::apps
