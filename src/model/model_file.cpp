#include "kamacite/model/model_file.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kamacite/core/error.hpp"
#include "kamacite/io/file.hpp"
#include "kamacite/model/function_file.hpp"

namespace kamacite {
namespace {

/// Rank 0 writes; the others have no rows.
template <class T>
void write(io::File& file, std::string const& name, std::vector<T> const& values,
           io::About const& about) {
    file.write_rows(name, file.comm().is_root() ? values : std::vector<T>{}, about);
}
void write(io::File& file, std::string const& name, Matrix const& rows, io::About const& about) {
    file.write_rows(name, file.comm().is_root() ? rows : Matrix(0, rows.cols()), about);
}
void write(io::File& file, std::string const& name, std::vector<std::string> const& texts,
           std::string const& description) {
    file.write_pool(name, file.comm().is_root() ? texts : std::vector<std::string>{}, description);
}

std::vector<std::string> read_pool(io::File const& file, std::string const& name) {
    return file.read_all_texts(name);
}

/// Layers of each element, one after the other.
void write_layers(io::File& file, std::string const& group, Head const& head) {
    std::vector<int> counts, widths;
    std::vector<std::string> activations;
    for (auto const& layers : head.layers) {
        counts.push_back(static_cast<int>(layers.widths.size()));
        widths.insert(widths.end(), layers.widths.begin(), layers.widths.end());
        for (auto const a : layers.activations) activations.push_back(name_of(a));
    }
    write(file, group + "/layers/counts", counts, {"1", "hidden layers of each element"});
    write(file, group + "/layers/widths", widths, {"1", "their widths, element after element"});
    write(file, group + "/layers/activations", activations, "their activations");
}

std::vector<Head::Layers> read_layers(io::File const& file, std::string const& group) {
    if (!file.has(group + "/layers/counts")) return {};
    auto const counts = file.read_all<int>(group + "/layers/counts");
    auto const widths = file.read_all<int>(group + "/layers/widths");
    auto const activations = read_pool(file, group + "/layers/activations");
    std::vector<Head::Layers> all(counts.size());
    std::size_t at = 0;
    for (std::size_t e = 0; e < counts.size(); ++e)
        for (int l = 0; l < counts[e]; ++l, ++at) {
            all[e].widths.push_back(widths.at(at));
            all[e].activations.push_back(activation_of(activations.at(at)));
        }
    return all;
}

void write_head(io::File& file, std::string const& group, Head const& head) {
    write(file, group + "/hidden", head.hidden, {"1", "width of each hidden layer"});
    write(file, group + "/outputs", head.outputs, "names of the properties it predicts");
    write(file, group + "/conditions", head.conditions, "names of its further inputs");
    write(file, group + "/shift", head.shift,
          {head.kind == Head::Kind::energy ? "eV" : "1",
           "added to the network's output; energy: e0 of each element"});
    write(file, group + "/scale", head.scale,
          {head.kind == Head::Kind::energy ? "eV" : "1", "multiplies the network's output"});
    write(file, group + "/condition_centre", head.condition_centre,
          {"1", "subtracted from each condition, in its own unit"});
    write(file, group + "/condition_scale", head.condition_scale,
          {"1", "each condition is divided by it, in its own unit"});
    file.set_attribute(group, "kind", name_of(head.kind));
    file.set_attribute(group, "activation", name_of(head.activation));
    file.set_attribute(group, "pooling", name_of(head.pooling));
    if (!head.layers.empty()) write_layers(file, group, head);
}

Head read_head(io::File const& file, std::string const& group) {
    Head head;
    head.kind = head_kind_of(file.text(group, "kind"));
    head.activation = activation_of(file.text(group, "activation"));
    head.pooling = pooling_of(file.text(group, "pooling"));
    head.hidden = file.read_all<int>(group + "/hidden");
    head.layers = read_layers(file, group);
    head.outputs = read_pool(file, group + "/outputs");
    head.conditions = read_pool(file, group + "/conditions");
    head.shift = file.read_all<double>(group + "/shift");
    head.scale = file.read_all<double>(group + "/scale");
    head.condition_centre = file.read_all<double>(group + "/condition_centre");
    head.condition_scale = file.read_all<double>(group + "/condition_scale");
    return head;
}

/// What older programs can read is written as they know it.
int version_of(Model const& model) {
    auto const& heads = model.heads();
    bool const general = std::any_of(heads.begin(), heads.end(),
                                     [](Head const& head) { return !head.layers.empty(); });
    if (model.has_directions()) return 5;
    if (model.linear().size() > 0) return 4;
    if (model.short_range()) return 3;
    return general ? 2 : 1;
}

/// What makes a model, below `at` ("" or "members/0/"), whose attributes stand at `owner`.
void write_model(io::File& file, std::string const& at, std::string const& owner,
                 Model const& model) {
    auto const& descriptors = model.descriptors();
    write(file, at + "elements", descriptors.elements(),
          {"1", "atomic numbers, in the order of e0"});
    write_functions(file, at + "descriptors", descriptors.functions());
    if (descriptors.least_moment() > 0.0)
        file.set_attribute(owner, "least_moment_muB", descriptors.least_moment());
    auto const& scaling = model.scaling();
    write(file, at + "scaling/centre", scaling.centre,
          {"1", "mean of each descriptor, per element"});
    write(file, at + "scaling/inverse", scaling.inverse,
          {"1", "1/sigma of each descriptor, per element; 0: switched off"});
    write(file, at + "scaling/smallest", scaling.smallest,
          {"1", "smallest value in the training set"});
    write(file, at + "scaling/largest", scaling.largest,
          {"1", "largest value in the training set"});
    for (std::size_t h = 0; h < model.heads().size(); ++h)
        write_head(file, fmt::format("{}heads/{}", at, h), model.heads()[h]);
    file.set_attribute(owner, "heads", static_cast<int>(model.heads().size()));
    if (auto const& zbl = model.short_range()) {
        file.set_attribute(owner, "short_range", "zbl");
        Matrix rows(std::ssize(zbl->pairs()) + 1, 4);
        rows.row(0) << 0.0, 0.0, zbl->others().inner, zbl->others().outer;
        Eigen::Index k = 1;
        for (auto const& [elements, s] : zbl->pairs())
            rows.row(k++) << elements.first, elements.second, s.inner, s.outer;
        write(
            file, at + "short_range", rows,
            {"mixed",
             "pairs of atomic numbers (0: all others); distances [angstrom] where their repulsion "
             "begins to be switched off and has vanished"});
    }
    if (model.linear().size() > 0)
        write(
            file, at + "linear", model.linear(),
            {"eV",
             "energy per unit of each scaled descriptor, per element, added to the network's; last "
             "column: a constant"});
    for (std::size_t e = 0; e < model.grade().size(); ++e)
        write(file, fmt::format("{}grade/{}", at, e), model.grade()[e],
              {"1",
               "coefficients of an atom's last hidden layer and 1 in those of the active set: the "
               "largest magnitude is the extrapolation grade"});
    auto const parameters = model.parameters();
    write(file, at + "parameters", std::vector<double>(parameters.begin(), parameters.end()),
          {"1",
           "head after head, element after element, layer after layer: weights "
           "(inputs, outputs) row-major, then biases"});
}

Model read_model(io::File const& file, std::string const& at, std::string const& owner,
                 std::filesystem::path const& path) {
    Scaling scaling{file.read_all_matrix(at + "scaling/centre"),
                    file.read_all_matrix(at + "scaling/inverse"),
                    file.read_all_matrix(at + "scaling/smallest"),
                    file.read_all_matrix(at + "scaling/largest")};
    std::vector<Head> heads;
    auto const n_heads = file.integer(owner, "heads");
    for (long long h = 0; h < n_heads; ++h)
        heads.push_back(read_head(file, fmt::format("{}heads/{}", at, h)));
    auto const parameters = file.read_all<double>(at + "parameters");
    Model model{
        Descriptors{file.read_all<int>(at + "elements"), read_functions(file, at + "descriptors"),
                    file.has_attribute(owner, "least_moment_muB")
                        ? file.number(owner, "least_moment_muB")
                        : 0.0},
        std::move(scaling), std::move(heads), 0};
    if (file.has_attribute(owner, "short_range")) {
        auto const rows = file.read_all_matrix(at + "short_range");
        Zbl::Pairs pairs;
        for (Eigen::Index k = 1; k < rows.rows(); ++k)
            pairs[{static_cast<int>(rows(k, 0)), static_cast<int>(rows(k, 1))}] = {rows(k, 2),
                                                                                   rows(k, 3)};
        model.set_short_range(Zbl{{rows(0, 2), rows(0, 3)}, std::move(pairs)});
    }
    if (parameters.size() != model.parameters().size())
        throw DataError(
            fmt::format("{}: the model has {} parameters (its heads need {}): it is damaged, train "
                        "it again",
                        path.string(), parameters.size(), model.parameters().size()));
    std::copy(parameters.begin(), parameters.end(), model.parameters().begin());
    if (file.has(at + "linear")) model.set_linear(file.read_all_matrix(at + "linear"));
    std::vector<Matrix> grade;
    for (std::size_t e = 0; file.has(fmt::format("{}grade/{}", at, e)); ++e)
        grade.push_back(file.read_all_matrix(fmt::format("{}grade/{}", at, e)));
    model.set_grade(std::move(grade));
    return model;
}

std::string member_of(int m) {
    return fmt::format("members/{}", m);
}

}  // namespace

void save_model(std::filesystem::path const& path, mpi::Communicator const& comm,
                Model const& model, io::Provenance const& provenance, std::string const& summary) {
    auto file = io::File::create(path, comm);
    io::write_provenance(file, "model", version_of(model), provenance);
    file.set_attribute("/", "summary", summary);
    write_model(file, "", "/", model);
    file.commit();
}

void save_committee(std::filesystem::path const& path, mpi::Communicator const& comm,
                    Committee const& committee, io::Provenance const& provenance,
                    std::string const& summary) {
    auto file = io::File::create(path, comm);
    io::write_provenance(file, "committee", committee.has_directions() ? 2 : 1, provenance);
    file.set_attribute("/", "summary", summary);
    file.set_attribute("/", "members", committee.size());
    file.set_attribute("/", "calibration_energy", committee.calibration().energy);
    file.set_attribute("/", "calibration_forces", committee.calibration().forces);
    for (int m = 0; m < committee.size(); ++m)
        write_model(file, member_of(m) + "/", member_of(m),
                    committee.members()[static_cast<std::size_t>(m)]);
    file.commit();
}

Model load_model(std::filesystem::path const& path, mpi::Communicator const& comm) {
    auto const file = io::File::open(path, comm);
    io::expect_format(file, "model", model_format_version);
    return read_model(file, "", "/", path);
}

LoadedModels load_models(std::filesystem::path const& path, mpi::Communicator const& comm) {
    auto const file = io::File::open(path, comm);
    bool const committee =
        file.has_attribute("/", "format") && file.text("/", "format") == "committee";
    io::expect_format(file, committee ? "committee" : "model",
                      committee ? committee_format_version : model_format_version);
    if (!committee) return {{read_model(file, "", "/", path)}, {}};
    LoadedModels loaded;
    auto const n = static_cast<int>(file.integer("/", "members"));
    for (int m = 0; m < n; ++m)
        loaded.members.push_back(read_model(file, member_of(m) + "/", member_of(m), path));
    loaded.calibration = {file.number("/", "calibration_energy"),
                          file.number("/", "calibration_forces")};
    return loaded;
}

}  // namespace kamacite
