#include "report_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "figures.hpp"
#include "kamacite/core/element.hpp"
#include "kamacite/inference/metrics.hpp"
#include "kamacite/structure/record.hpp"

namespace kamacite::apps {

Evaluation const* headline_evaluation(RunFiles const& run) {
    Evaluation const* best = nullptr;
    for (auto const& e : run.evaluations)
        if (best == nullptr ||
            (e.metrics.value("part", "") == "test" && best->metrics.value("part", "") != "test"))
            best = &e;
    return best;
}

std::string families_of(Evaluation const& e) {
    std::vector<std::string> names;
    for (auto const& score : e.metrics["scores"]) {
        std::string const name = score["family"];
        if (name != inference::every_family && !name.empty() &&
            std::find(names.begin(), names.end(), name) == names.end())
            names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names.empty() ? "one family" : fmt::format("{}", fmt::join(names, ", "));
}

std::string side_of(Evaluation const& e) {
    auto const part = e.metrics.value("part", "");
    return part.empty() ? "all of " + e.metrics.value("data", "")
                        : fmt::format("{} side of split '{}'", part, e.metrics.value("split", ""));
}

std::pair<std::string, std::string> learning_label(std::string const& column) {
    for (auto const& [name, title, unit] :
         {std::array{"loss", "loss", ""}, std::array{"energy_meV_per_atom", "energy", "meV/atom"},
          std::array{"forces_eV_per_A", "force", "eV/Å"}, std::array{"stress_GPa", "stress", "GPa"},
          std::array{"moments_muB", "moment |m|", "μB"}})
        if (column == name) return {title, unit};
    auto label = column;
    std::replace(label.begin(), label.end(), '_', ' ');
    return {label, property_unit(column)};
}

std::string interval_text(nlohmann::ordered_json const& score, char const* what, double factor) {
    double const value = score[what].get<double>() / factor;
    auto const& intervals = score["intervals"];
    if (intervals.is_null() || intervals[what].is_null()) return rounded(value);
    return fmt::format("{} [{}, {}]", rounded(value),
                       rounded(intervals[what][0].get<double>() / factor),
                       rounded(intervals[what][1].get<double>() / factor));
}

std::string layers_text(Head const& head, std::vector<int> const& elements) {
    auto const text = [](Head::Layers const& layers) {
        std::string widths, activations;
        for (int const n : layers.widths)
            widths += fmt::format("{}{}", widths.empty() ? "" : "–", n);
        for (std::size_t l = 0; l < layers.activations.size(); ++l)
            if (l == 0 || layers.activations[l] != layers.activations[0])
                activations += ", " + name_of(layers.activations[l]);
        return widths + activations;
    };
    if (head.layers.empty()) return "hidden layers " + text(head.layers_of(0));
    std::string all;
    for (std::size_t e = 0; e < elements.size(); ++e)
        all += fmt::format("{}{}: {}", all.empty() ? "hidden layers of " : "; ",
                           symbol_of(elements[e]), text(head.layers[e]));
    return all;
}

}  // namespace kamacite::apps
