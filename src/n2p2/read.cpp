#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>

#include "functions.hpp"
#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/n2p2/model_files.hpp"
#include "networks.hpp"

namespace kamacite::n2p2 {
namespace {

namespace fs = std::filesystem;

/// Elements in ascending order, as n2p2 numbers them.
std::vector<int> read_elements(Settings const& settings) {
    auto const& setting = settings.get("elements");
    std::vector<int> elements;
    for (auto const& symbol : setting.values) {
        try {
            elements.push_back(atomic_number_of(symbol));
        } catch (DataError const& e) {
            settings.refuse(setting, e.what());
        }
    }
    std::sort(elements.begin(), elements.end());
    if (std::adjacent_find(elements.begin(), elements.end()) != elements.end())
        settings.refuse(setting, "an element is listed twice: remove one");
    auto const& number = settings.get("number_of_elements");
    if (settings.integer(number, 0) != static_cast<int>(elements.size()) || elements.empty())
        settings.refuse(number,
                        fmt::format("it says {} (there are {} under 'elements'): correct it",
                                    number.values[0], elements.size()));
    return elements;
}

/// Energies as the files give them: E_i = offset of the element + network/division.
struct Energies {
    std::vector<double> offsets;
    double division = 1.0;
};

Energies read_energies(Settings const& settings, std::vector<int> const& elements) {
    int given = 0;
    for (char const* key : {"mean_energy", "conv_energy", "conv_length"})
        given += settings.has(key) ? 1 : 0;
    if (given != 0 && given != 3)
        settings.refuse(
            "mean_energy, conv_energy and conv_length go together (a part of them is there): add "
            "the missing ones");
    Energies energies;
    energies.offsets.assign(elements.size(), settings.real_or("mean_energy", 0.0));
    for (char const* key : {"conv_energy", "conv_length"})
        if (given == 3 && !(settings.real_or(key, 1.0) > 0.0))
            settings.refuse(
                settings.get(key),
                fmt::format("it is {} (must be positive): correct it", settings.real_or(key, 1.0)));
    energies.division = settings.real_or("conv_energy", 1.0);
    std::vector<bool> seen(elements.size(), false);
    for (auto const* const s : settings.all("atom_energy")) {
        auto const found = std::find_if(elements.begin(), elements.end(), [&](int z) {
            return !s->values.empty() && symbol_of(z) == s->values[0];
        });
        if (found == elements.end())
            settings.refuse(*s, fmt::format("'{}' is not among the elements of the model: correct "
                                            "it",
                                            s->values.empty() ? "" : s->values[0]));
        auto const e = static_cast<std::size_t>(found - elements.begin());
        if (seen[e]) settings.refuse(*s, "the element has an energy already: remove one");
        seen[e] = true;
        energies.offsets[e] += settings.real(*s, 1);
    }
    return energies;
}

/// How n2p2 scales: x = offset + (G − centre)/width.
struct Rule {
    bool scale, centre, sigma;
    double smallest, largest;  ///< scale_min_short, scale_max_short
};

Rule read_rule(Settings const& settings) {
    Rule rule{settings.has("scale_symmetry_functions"), settings.has("center_symmetry_functions"),
              settings.has("scale_symmetry_functions_sigma"),
              settings.real_or("scale_min_short", 0.0), settings.real_or("scale_max_short", 1.0)};
    if (rule.scale || rule.centre) rule.sigma = false;  // n2p2 looks for the other two first
    if ((rule.sigma || rule.scale) && !(rule.largest > rule.smallest))
        settings.refuse(
            fmt::format("scale_min_short is {}, scale_max_short {} (must be larger): "
                        "correct them",
                        rule.smallest, rule.largest));
    return rule;
}

void warn_of_sigma(Settings const& settings, std::vector<std::string>& warnings) {
    auto const* const sigma = settings.find("scale_symmetry_functions_sigma");
    if (sigma == nullptr) return;
    for (char const* other : {"scale_symmetry_functions", "center_symmetry_functions"})
        if (settings.has(other)) {
            warnings.push_back(fmt::format("{}: it has no effect beside {} (as in n2p2): remove it",
                                           settings.place(*sigma), other));
            return;
        }
}

struct Scale {
    double centre, inverse;
};

Scale scale_of(Rule const& rule, Range const& r, std::string const& file) {
    double const centre = rule.centre || rule.sigma ? r.mean : rule.scale ? r.smallest : 0.0;
    if (!rule.scale && !rule.sigma) return {centre, 1.0};
    if (rule.sigma && std::isnan(r.sigma))
        throw DataError(
            fmt::format("{}:{}: there is no column sigma (scale_symmetry_functions_sigma needs "
                        "it): make the file with a newer n2p2",
                        file, r.line));
    double const width = rule.sigma ? r.sigma : r.largest - r.smallest;
    if (!(width > 0.0) || !std::isfinite(width) || !std::isfinite(centre))
        throw DataError(
            fmt::format("{}:{}: the function has {} {} (must be positive to scale with): remove "
                        "it from input.nn and train again",
                        file, r.line, rule.sigma ? "sigma" : "a range of", width));
    return {centre, 1.0 / (width / (rule.largest - rule.smallest))};
}

/// The network as the files have it, without an output that was added.
Network in_files(Network const& network, bool output_added) {
    if (!output_added) return network;
    auto sizes = network.sizes();
    auto hidden = network.activations();
    sizes.pop_back();
    hidden.pop_back();
    return {std::move(sizes), std::move(hidden)};
}

/// Weights of one element as kamacite has them.
std::vector<double> fold(std::vector<double> w, Network const& network, bool normalize_nodes,
                         std::vector<std::size_t> const& columns, double offset, double factor) {
    auto const inputs = columns.size();
    auto const outputs = static_cast<std::size_t>(network.sizes()[1]);
    auto const from = w;
    for (std::size_t k = 0; k < inputs; ++k)
        std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(columns[k] * outputs), outputs,
                    w.begin() + static_cast<std::ptrdiff_t>(k * outputs));
    if (normalize_nodes)
        for (int l = 0; l < network.layers(); ++l)
            for (int i = network.weight_begin(l); i < network.weight_begin(l + 1); ++i)
                w[static_cast<std::size_t>(i)] /= network.sizes()[static_cast<std::size_t>(l)];
    if (offset != 0.0)
        for (std::size_t o = 0; o < outputs; ++o) {
            double sum = 0.0;
            for (std::size_t k = 0; k < inputs; ++k) sum += w[k * outputs + o];
            w[inputs * outputs + o] += offset * sum;
        }
    for (int i = network.weight_begin(network.layers() - 1); i < network.parameter_count(); ++i)
        w[static_cast<std::size_t>(i)] *= factor;
    return w;
}

/// Common shape where there is one, so that models look like those that kamacite trains.
Head head_of(std::vector<Layers> const& elements) {
    Head head;
    std::vector<Head::Layers> layers;
    for (auto const& e : elements) layers.push_back(e.hidden);
    auto const& first = layers.front();
    head.hidden = first.widths;
    head.activation = first.activations.front();
    auto const& a = first.activations;
    bool const same = std::all_of(layers.begin(), layers.end(),
                                  [&](Head::Layers const& l) { return l == first; }) &&
                      std::all_of(a.begin(), a.end(), [&](Activation x) { return x == a[0]; });
    if (!same) head.layers = std::move(layers);
    return head;
}

Scaling read_all_scaling(Settings const& settings, Files const& files,
                         Descriptors const& descriptors,
                         std::vector<std::vector<Function>> const& functions) {
    std::vector<std::size_t> counts;
    for (auto const& some : functions) counts.push_back(some.size());
    auto const ranges = read_scaling(files.scaling, counts);
    auto const rule = read_rule(settings);
    auto scaling = Scaling::none(static_cast<int>(counts.size()), descriptors.width());
    for (std::size_t e = 0; e < counts.size(); ++e) {
        auto const columns = columns_of(functions[e]);
        auto const row = static_cast<Eigen::Index>(e);
        for (std::size_t k = 0; k < columns.size(); ++k) {
            auto const column = static_cast<Eigen::Index>(k);
            auto const& range = ranges[e][columns[k]];
            auto const scale = scale_of(rule, range, files.scaling.name);
            scaling.centre(row, column) = scale.centre;
            scaling.inverse(row, column) = scale.inverse;
            scaling.smallest(row, column) = range.smallest;
            scaling.largest(row, column) = range.largest;
        }
    }
    return scaling;
}

std::string read_text(fs::path const& path) {
    std::ifstream in{path, std::ios::binary};
    std::string text{std::istreambuf_iterator<char>{in}, {}};
    if (!in.good() && !in.eof())
        throw MissingError(
            fmt::format("{}: cannot be read: a model of n2p2 needs this file", path.string()));
    return text;
}

/// Number in weights.<number>.data; 0 if it is another name.
int number_of_weights_file(fs::path const& path) {
    auto const name = path.filename().string();
    constexpr std::string_view before = "weights.", after = ".data";
    if (name.size() <= before.size() + after.size() || !name.starts_with(before) ||
        !name.ends_with(after))
        return 0;
    return to_integer(std::string_view{name}.substr(before.size(),
                                                    name.size() - before.size() - after.size()))
        .value_or(0);
}

Files read_files(Places const& places) {
    Files files{{places.settings.string(), read_text(places.settings)},
                {places.scaling.string(), read_text(places.scaling)},
                places.weights,
                {}};
    for (auto const& entry : fs::directory_iterator{places.weights})
        if (int const z = number_of_weights_file(entry.path()); z > 0)
            files.weights[z] = {entry.path().string(), read_text(entry.path())};
    return files;
}

void broadcast(mpi::Communicator const& comm, Files& files) {
    for (auto* text : {&files.settings, &files.scaling}) {
        comm.broadcast(text->name);
        comm.broadcast(text->text);
    }
    std::vector<int> numbers;
    for (auto const& [z, text] : files.weights) numbers.push_back(z);
    comm.broadcast(numbers);
    for (int const z : numbers) {
        comm.broadcast(files.weights[z].name);
        comm.broadcast(files.weights[z].text);
    }
}

}  // namespace

Places Places::in(fs::path const& directory) {
    return {directory / "input.nn", directory / "scaling.data", directory};
}

bool has_weights(fs::path const& directory) {
    auto const files = fs::directory_iterator{directory};
    return std::any_of(begin(files), end(files),
                       [](auto const& entry) { return number_of_weights_file(entry.path()) > 0; });
}

Model make_model(Files const& files, Units const& units, std::vector<std::string>& warnings) {
    Settings const settings{files.settings};
    check_keywords(settings, warnings);
    warn_of_sigma(settings, warnings);
    auto const elements = read_elements(settings);
    auto const cutoff = read_cutoff(settings, warnings);
    auto const functions = read_functions(settings, elements, warnings);
    auto const energies = read_energies(settings, elements);
    FunctionSet set;
    for (auto const& some : functions)
        for (auto const& f : some) append(set, f, cutoff, units.length);
    Descriptors descriptors{elements, std::move(set)};
    auto scaling = read_all_scaling(settings, files, descriptors, functions);
    auto const layers = read_layers(settings, elements, warnings);
    auto head = head_of(layers);
    for (double const offset : energies.offsets) head.shift.push_back(offset * units.energy);

    Model model{std::move(descriptors), std::move(scaling), {std::move(head)}, 0};
    auto const rule = read_rule(settings);
    for (auto const& part : model.parts()) {
        auto const e = static_cast<std::size_t>(part.element);
        auto const file = files.weights.find(elements[e]);
        if (file == files.weights.end())
            throw MissingError(
                fmt::format("{}: there is no weights.{:03}.data (element {} needs it): add it",
                            files.folder.string(), elements[e], symbol_of(elements[e])));
        bool const added = layers[e].output_added;
        auto const network = in_files(part.network, added);
        double const factor = units.energy / energies.division;
        auto weights = fold(read_weights(file->second, network), network,
                            settings.has("normalize_nodes"), columns_of(functions[e]),
                            rule.scale || rule.sigma ? rule.smallest : 0.0, added ? 1.0 : factor);
        if (added) weights.insert(weights.end(), {factor, 0.0});
        std::copy(weights.begin(), weights.end(), model.parameters().begin() + part.begin);
    }
    return model;
}

Model read_model(mpi::Communicator const& comm, Places const& places, Units const& units,
                 std::vector<std::string>& warnings) {
    Files files;
    mpi::all_or_none(comm, [&] {
        if (comm.is_root()) files = read_files(places);
    });
    files.folder = places.weights;
    broadcast(comm, files);
    return make_model(files, units, warnings);
}

}  // namespace kamacite::n2p2
