#include "splits.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kamacite::config {
namespace {

Bounds const not_negative{0.0};
Bounds const at_least_one{1.0};

std::vector<Fault> split_faults(std::string const& name, dataset::SplitOptions const& s) {
    std::vector<Fault> faults;
    bool const by_fractions = s.method != dataset::SplitMethod::family;
    if (by_fractions && s.validation + s.test >= 1.0)
        faults.push_back(
            {"test", fmt::format("validation {} and test {} leave nothing to train on: "
                                 "lower them, e.g. to 0.1 each",
                                 s.validation, s.test)});
    for (std::size_t i = 0; i < s.test_families.size(); ++i)
        if (std::count(s.validation_families.begin(), s.validation_families.end(),
                       s.test_families[i]) > 0)
            faults.push_back({fmt::format("test_families[{}]", i),
                              fmt::format("'{}' is held out for validation already: remove it from "
                                          "one of the two",
                                          s.test_families[i])});
    auto const harmless = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_' || c == '.';
    };
    if (name.empty() || !std::all_of(name.begin(), name.end(), harmless))
        faults.push_back({"name", fmt::format("'{}' (it becomes part of a file name): use letters, "
                                              "digits, '-', '_' and '.'",
                                              name)});
    return faults;
}

}  // namespace

void split_fields(Fields& f, std::string& name, dataset::SplitOptions& split) {
    f.text({"name",
            "Name under which the split is kept with the dataset; one of this name that is "
            "there already must have been made with the same options, and is used"},
           name);
    f.choice<dataset::SplitMethod>(
        {"method", "What stays together"}, split.method,
        {{dataset::SplitMethod::trajectory, "trajectory",
          "one run of molecular dynamics or one series; every family is on every side"},
         {dataset::SplitMethod::family, "family", "only whole families are held out"},
         {dataset::SplitMethod::random, "random",
          "nothing: errors of similar frames are then too small"}});
    f.texts({"validation_families", "Families that are held out whole for validation",
             Key::Need::optional, "[bcc_rattle4]"},
            split.validation_families);
    f.texts({"test_families", "Families that are held out whole for the test", Key::Need::optional,
             "[bcc_strain]"},
            split.test_families);
    f.number({"validation", "Fraction (of the other families) that training is judged by"},
             split.validation, {0.0, 0.9});
    f.number({"test", "Fraction (of the other families) that training never sees"}, split.test,
             {0.0, 0.9});
    f.integer({"block", "Consecutive records that count as one trajectory where none is named"},
              split.block, at_least_one);
    long long seed = static_cast<long long>(split.seed);
    f.integer({"seed", "Seed of the split"}, seed, not_negative);
    split.seed = static_cast<std::uint64_t>(seed);
    f.demand([&name, &split] { return split_faults(name, split); });
}

}  // namespace kamacite::config
