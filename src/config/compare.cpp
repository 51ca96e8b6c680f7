#include "kamacite/config/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "splits.hpp"

namespace kamacite::config {
namespace {

using comparison::Method;

Words names_of_methods() {
    Words names;
    for (auto const method : all_methods()) names.push_back(name_of(method));
    return names;
}

std::vector<Fault> faults_of(CompareOptions const& o) {
    std::vector<Fault> faults;
    std::set<std::string> seen;
    for (std::size_t k = 0; k < o.methods.size(); ++k)
        if (!seen.insert(o.methods[k]).second)
            faults.push_back({fmt::format("methods[{}]", k),
                              fmt::format("'{}' is named twice: remove one", o.methods[k])});
    if (o.methods.empty() && o.models.empty())
        faults.push_back({"methods", "none (nothing would be compared): name at least one"});
    for (std::size_t k = 0; k < o.conditions.size(); ++k)
        if (o.conditions[k] == o.target)
            faults.push_back({fmt::format("conditions[{}]", k),
                              fmt::format("'{}' is what is to be predicted: remove it from one of "
                                          "the two",
                                          o.target)});
    if (o.split.test == 0.0 && o.split.test_families.empty())
        faults.push_back({"split.test", "0 (there would be nothing to judge by): raise it"});
    if (o.split.validation == 0.0 && o.split.validation_families.empty())
        faults.push_back(
            {"split.validation", "0 (there would be nothing to choose settings by): raise it"});
    if (!o.descriptors.spins.empty())
        faults.push_back({"descriptors.spins",
                          "given (methods are compared without directions of moments): remove it, "
                          "and give models that were trained with it under 'models'"});
    if (is_empty(o.descriptors))
        faults.push_back(
            {"descriptors", "there is no function: give radial_shifted or angular_eta"});
    return faults;
}

}  // namespace

CompareOptions::CompareOptions() : methods{names_of_methods()} {}

std::vector<Method> const& all_methods() {
    static std::vector<Method> const all{Method::constant, Method::ridge, Method::paper,
                                         Method::pooled,   Method::atoms, Method::nearest,
                                         Method::smooth};
    return all;
}

std::vector<Method> methods_of(CompareOptions const& options) {
    std::vector<Method> methods;
    for (auto const method : all_methods())
        if (std::count(options.methods.begin(), options.methods.end(), name_of(method)) > 0)
            methods.push_back(method);
    return methods;
}

void fields(Fields& f, CompareOptions& o) {
    f.paths(
        {"data", "Datasets (.h5, .kds) or other readable files with labels", Key::Need::required},
        o.data);
    f.path({"output", "Directory for the tables"}, o.output);
    f.text({"target",
            "What is predicted of each structure: energy_per_atom; moment, the mean of |m| over "
            "its atoms; or a property by its name"},
           o.target);
    f.texts({"conditions",
             "Properties that are given of each structure, e.g. temperature; "
             "reduced_magnetisation is that of iron at the temperature, if the data do not have it",
             Key::Need::optional, "[temperature]"},
            o.conditions);
    f.integer({"most_atoms", "Structures with more atoms are left out; 0: none are"}, o.most_atoms,
              {0.0});
    f.section({"split", "Which structures train, choose settings and epochs, and judge"},
              [&](Fields& s) { split_fields(s, o.split_name, o.split); });
    f.section({"descriptors", "Symmetry functions that are pooled"},
              [&](Fields& s) { fields(s, o.descriptors); });
    f.texts({"methods", "What is compared", Key::Need::optional, "[ridge, cgcnn_smooth]"},
            o.methods, names_of_methods());
    f.paths({"models",
             "MODELs that were trained on the same split, with the same settings and other seeds: "
             "compared as one method",
             Key::Need::optional, "[model/model.h5]"},
            o.models);
    f.integer({"trials", "Settings of each method that are tried, judged by the validation side"},
              o.trials.trials, {1.0, 1000.0});
    f.integer({"seeds", "Trainings with the best settings, from which errors and their spread are"},
              o.trials.seeds, {1.0, 1000.0});
    f.integer({"epochs", "Of each training, but for the paper's network, which has 50"},
              o.trials.epochs, {1.0, 100000.0});
    long long seed = static_cast<long long>(o.trials.seed);
    f.integer({"seed", "Seed of trials, first weights and batches"}, seed, {0.0});
    o.trials.seed = static_cast<std::uint64_t>(seed);
    f.demand([&o] { return faults_of(o); });
}

}  // namespace kamacite::config
