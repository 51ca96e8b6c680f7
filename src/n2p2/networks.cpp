#include "networks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"

namespace kamacite::n2p2 {
namespace {

constexpr std::array<std::pair<char const*, Activation>, 10> letters{
    {{"l", Activation::linear},
     {"t", Activation::tanh},
     {"s", Activation::sigmoid},
     {"p", Activation::softplus},
     {"r", Activation::relu},
     {"g", Activation::gaussian},
     {"c", Activation::cosine},
     {"S", Activation::reversed_sigmoid},
     {"e", Activation::exponential},
     {"h", Activation::square}}};

Activation activation_at(Settings const& settings, Setting const& setting, std::size_t argument) {
    auto const& word = setting.values[argument];
    for (auto const& [letter, activation] : letters)
        if (word == letter) return activation;
    settings.refuse(setting, fmt::format("activation '{}' is not known: use one of l t s p r g c S "
                                         "e h",
                                         word));
}

std::string letter_of(Activation activation) {
    for (auto const& [letter, value] : letters)
        if (value == activation) return letter;
    throw DataError(
        fmt::format("the model cannot be written for n2p2 (it has the activation {}, which n2p2 "
                    "does not know): train it with tanh or softplus",
                    name_of(activation)));
}

/// Shapes of the networks as they are put together.
class Shapes {
public:
    Shapes(Settings const& settings, std::vector<int> const& elements)
        : settings_{settings},
          elements_{elements},
          layers_(elements.size()),
          outputs_(elements.size(), Activation::linear) {}

    std::vector<Layers> read() {
        read_counts();
        read_global_nodes();
        read_global_activations();
        for (auto const* s : settings_.all("element_nodes_short")) read_nodes(*s);
        for (auto const* s : settings_.all("element_activation_short")) read_activations(*s);
        for (std::size_t e = 0; e < layers_.size(); ++e)
            for (std::size_t l = 0; l < layers_[e].widths.size(); ++l)
                if (layers_[e].widths[l] == 0 || !has_activation_[e])
                    settings_.refuse(fmt::format(
                        "nodes or activation of layer {} of element {} are missing: add "
                        "global_nodes_short and global_activation_short",
                        l + 1, symbol_of(elements_[e])));
        std::vector<Layers> all;
        for (std::size_t e = 0; e < layers_.size(); ++e) {
            all.push_back({std::move(layers_[e]), outputs_[e] != Activation::linear});
            if (!all.back().output_added) continue;
            all.back().hidden.widths.push_back(1);
            all.back().hidden.activations.push_back(outputs_[e]);
        }
        return all;
    }

private:
    std::size_t element_of(Setting const& setting) const {
        for (std::size_t e = 0; e < elements_.size(); ++e)
            if (!setting.values.empty() && setting.values[0] == symbol_of(elements_[e])) return e;
        settings_.refuse(setting,
                         fmt::format("'{}' is not among the elements of the model: correct it",
                                     setting.values.empty() ? "" : setting.values[0]));
    }
    int positive(Setting const& setting, std::size_t argument, char const* what) const {
        int const n = settings_.integer(setting, argument);
        if (n < 1)
            settings_.refuse(setting,
                             fmt::format("{} is {} (must be positive): correct it", what, n));
        return n;
    }
    void expect_arguments(Setting const& setting, std::size_t count, char const* why) const {
        if (setting.values.size() != count)
            settings_.refuse(setting, fmt::format("it has {} arguments (needs {}, {}): correct it",
                                                  setting.values.size(), count, why));
    }

    void read_counts() {
        std::vector<int> counts(elements_.size(), 0);
        if (auto const* s = settings_.find("global_hidden_layers_short")) {
            global_ = positive(*s, 0, "the number of hidden layers");
            std::fill(counts.begin(), counts.end(), global_);
        }
        for (auto const* s : settings_.all("element_hidden_layers_short"))
            counts[element_of(*s)] = positive(*s, 1, "the number of hidden layers");
        has_activation_.assign(elements_.size(), false);
        for (std::size_t e = 0; e < elements_.size(); ++e) {
            if (counts[e] == 0) (void)settings_.get("global_hidden_layers_short");
            layers_[e].widths.assign(static_cast<std::size_t>(counts[e]), 0);
            layers_[e].activations.assign(static_cast<std::size_t>(counts[e]), Activation::linear);
        }
    }
    /// Calls set(layers, e) for the elements that have the global number of layers.
    template <class F>
    void for_global(F const& set) {
        for (std::size_t e = 0; e < layers_.size(); ++e)
            if (static_cast<int>(layers_[e].widths.size()) == global_) set(layers_[e], e);
    }
    void read_global_nodes() {
        auto const* const s = settings_.find("global_nodes_short");
        if (s == nullptr) return;
        expect_arguments(*s, static_cast<std::size_t>(global_), "one per hidden layer");
        std::vector<int> widths;
        for (std::size_t l = 0; l < s->values.size(); ++l)
            widths.push_back(positive(*s, l, "the number of nodes"));
        for_global([&](Head::Layers& layers, std::size_t) { layers.widths = widths; });
    }
    void read_global_activations() {
        auto const* const s = settings_.find("global_activation_short");
        if (s == nullptr) return;
        expect_arguments(*s, static_cast<std::size_t>(global_) + 1,
                         "one per hidden layer and one for the output");
        for_global([&](Head::Layers&, std::size_t e) { take_activations(*s, 0, e); });
    }
    /// Those of the hidden layers and the output of an element, from an argument on.
    void take_activations(Setting const& s, std::size_t first, std::size_t e) {
        auto& activations = layers_[e].activations;
        activations.clear();
        for (auto l = first; l < s.values.size(); ++l)
            activations.push_back(activation_at(settings_, s, l));
        outputs_[e] = activations.back();
        activations.pop_back();
        has_activation_[e] = true;
    }
    /// "<element> <layer> <nodes>" of RuNNer and n2p2 up to 2.1, or "<element> <nodes> …" of later
    /// ones; where both are possible the first number tells: no layer has so many nodes.
    void read_nodes(Setting const& s) {
        auto& widths = layers_[element_of(s)].widths;
        if (s.values.size() == 3 && settings_.integer(s, 1) <= static_cast<int>(widths.size())) {
            int const layer = positive(s, 1, "the layer");
            widths[static_cast<std::size_t>(layer) - 1] = positive(s, 2, "the number of nodes");
            return;
        }
        expect_arguments(s, widths.size() + 1, "the element and nodes per hidden layer");
        for (std::size_t l = 0; l < widths.size(); ++l)
            widths[l] = positive(s, l + 1, "the number of nodes");
    }
    void read_activations(Setting const& s) {
        auto const e = element_of(s);
        if (s.values.size() == 4 && to_integer(s.values[1]) && to_integer(s.values[2]))
            settings_.refuse(s,
                             "activations of single nodes are not supported: give one per layer");
        expect_arguments(s, layers_[e].widths.size() + 2,
                         "the element, one per hidden layer and one for the output");
        take_activations(s, 1, e);
    }

    Settings const& settings_;
    std::vector<int> const& elements_;
    std::vector<Head::Layers> layers_;
    std::vector<Activation> outputs_;
    std::vector<bool> has_activation_;
    int global_ = 0;
};

std::string letters_of(Head::Layers const& layers) {
    std::string text;
    for (auto const a : layers.activations) text += letter_of(a) + " ";
    return text + "l";
}

template <class Numbers>
std::string joined(Numbers const& numbers) {
    return fmt::format("{}", fmt::join(numbers, " "));
}

}  // namespace

std::vector<Layers> read_layers(Settings const& settings, std::vector<int> const& elements,
                                std::vector<std::string>& warnings) {
    auto layers = Shapes{settings, elements}.read();
    for (std::size_t e = 0; e < elements.size(); ++e)
        if (auto const& a = layers[e].hidden.activations;
            !std::all_of(a.begin(), a.end(), is_smooth))
            warnings.push_back(settings.place(settings.get("elements")) +
                               fmt::format(": the network of {} has relu units, so its forces jump",
                                           symbol_of(elements[e])));
    return layers;
}

std::string lines_of(std::vector<Head::Layers> const& layers, std::vector<int> const& elements,
                     std::vector<std::string>& warnings) {
    auto const& first = layers.front();
    if (first.widths.empty())
        throw DataError(
            "the model cannot be written for n2p2 (its network has no hidden layer, n2p2 needs "
            "one): train it with a hidden layer");
    auto text = fmt::format(
        "global_hidden_layers_short {}\nglobal_nodes_short {}\nglobal_activation_short {}\n",
        first.widths.size(), joined(first.widths), letters_of(first));
    bool differ = false;
    for (std::size_t e = 1; e < layers.size(); ++e) {
        if (layers[e] == first) continue;
        differ = true;
        auto const symbol = symbol_of(elements[e]);
        auto const& widths = layers[e].widths;
        if (widths.empty()) return lines_of({layers[e]}, elements, warnings);  // refuses
        text += fmt::format("element_hidden_layers_short {} {}\n", symbol, widths.size());
        if (widths.size() == 2 && widths[0] <= 2)  // would be read as "<layer> <nodes>"
            for (std::size_t l = 0; l < 2; ++l)
                text += fmt::format("element_nodes_short {} {} {}\n", symbol, l + 1, widths[l]);
        else
            text += fmt::format("element_nodes_short {} {}\n", symbol, joined(widths));
        text += fmt::format("element_activation_short {} {}\n", symbol, letters_of(layers[e]));
    }
    if (differ)
        warnings.push_back(
            "the networks of the elements differ: n2p2 older than 2.2 cannot read that");
    return text;
}

}  // namespace kamacite::n2p2
