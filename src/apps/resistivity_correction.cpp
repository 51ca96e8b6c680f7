#include "resistivity_correction.hpp"

#include <fmt/format.h>

#include <cmath>

#include "kamacite/core/error.hpp"
#include "lattice_part.hpp"

namespace kamacite::apps {
namespace {

using transport::HeldOutErrors;
using transport::ResistivityLabel;

constexpr std::size_t fewest_labels = 8;

double in_range(double value, double low, double high, std::string const& place,
                char const* column) {
    if (value > low && value <= high) return value;
    throw DataError(fmt::format("{}: {} is {} (must be above {} and at most {}): correct it", place,
                                column, value, low, high));
}

std::vector<ResistivityLabel> labels_of(report::CsvTable const& table,
                                        std::filesystem::path const& path,
                                        BaselineAt const& baseline,
                                        std::function<double(double)> const& magnetisation) {
    auto const constants = table.numbers("lattice constant"),
               temperatures = table.numbers("temperature"),
               resistivities = table.numbers("resistivity");
    auto const optional = [&](char const* name) {
        return table.find(name) < 0 ? std::vector<double>{} : table.numbers(name);
    };
    auto const errors = optional("error"), given = optional("magnetisation");
    std::vector<ResistivityLabel> labels;
    for (std::size_t k = 0; k < constants.size(); ++k) {
        auto const place = fmt::format("{}, row {}", path.string(), k + 1);
        ResistivityLabel label;
        label.constant = in_range(constants[k], 0.5, 20.0, place, "the lattice constant");
        label.temperature = in_range(temperatures[k], 0.0, 20000.0, place, "the temperature");
        label.resistivity = in_range(resistivities[k], 0.0, 1e6, place, "the resistivity");
        if (!errors.empty() && std::isfinite(errors[k])) label.error = std::abs(errors[k]);
        label.magnetisation = given.empty()
                                  ? magnetisation(label.temperature)
                                  : in_range(given[k], -1e-9, 1.0, place, "the magnetisation");
        label.baseline = baseline(label.constant, label.temperature, label.magnetisation);
        labels.push_back(label);
    }
    if (labels.size() < fewest_labels)
        throw DataError(
            fmt::format("{} has {} labels ({} at least, at several temperatures and "
                        "lattice constants): give more",
                        path.string(), labels.size(), fewest_labels));
    return labels;
}

/// Errors of log ρ as parts of ρ, in percent.
double percent(double log_error) {
    return 100.0 * std::expm1(log_error);
}

bool is_better(HeldOutErrors const& e) {
    return e.learned && e.correction < e.baseline && e.correction < e.constant;
}

std::string told(HeldOutErrors const& e, char const* what) {
    if (e.parts.size() < 2)
        return fmt::format("all labels are of one {}, none can be left out", what);
    return fmt::format(
        "a {0} that is left out is missed by {1:.1f} % (baseline {2:.1f} %, one factor {3:.1f} %)",
        what, percent(e.correction), percent(e.baseline), percent(e.constant));
}

}  // namespace

std::optional<transport::ResistivityCorrection> learned_correction(
    Context& context, config::ResistivityOptions::Correction const& wanted,
    BaselineAt const& baseline, std::function<double(double)> const& magnetisation,
    Statics& statics) {
    auto const table =
        read_table(context, wanted.labels, {"lattice constant", "temperature", "resistivity"});
    auto const labels = labels_of(table, wanted.labels, baseline, magnetisation);
    auto const seed = static_cast<std::uint64_t>(wanted.seed);
    auto const by_temperature = validate(labels, transport::LeftOut::temperature, seed),
               by_constant = validate(labels, transport::LeftOut::lattice_constant, seed);

    report::CsvTable validation;
    std::vector<std::string> kinds;
    std::vector<double> at, number, of_baseline, of_constant, of_correction;
    auto const add = [&](HeldOutErrors const& errors, char const* kind) {
        for (auto const& part : errors.parts) {
            kinds.emplace_back(kind);
            at.push_back(part.at);
            number.push_back(part.labels);
            of_baseline.push_back(part.baseline);
            of_constant.push_back(part.constant);
            of_correction.push_back(part.correction);
        }
    };
    add(by_temperature, "temperature");
    add(by_constant, "lattice constant");
    validation.comments = {
        fmt::format("labels: {}; root mean square errors of log(resistivity) at the temperature or "
                    "lattice constant that was left out",
                    wanted.source)};
    validation.add("left out", std::move(kinds));
    validation.add("at", at);
    validation.add("labels", number);
    validation.add("baseline [1]", of_baseline);
    validation.add("one factor [1]", of_constant);
    validation.add("correction [1]", of_correction);
    statics.curves.emplace("resistivity_validation", std::move(validation));

    bool const applied = is_better(by_temperature) && is_better(by_constant);
    statics.notes.push_back(
        fmt::format("resistivity: {} labels of {}; {}; {}: the correction is {}", labels.size(),
                    wanted.source, told(by_temperature, "temperature"),
                    told(by_constant, "lattice constant"), applied ? "applied" : "not applied"));
    if (!applied) return {};
    return transport::ResistivityCorrection{labels, seed};
}

}  // namespace kamacite::apps
