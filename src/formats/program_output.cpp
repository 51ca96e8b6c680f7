#include "kamacite/formats/program_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/formats/level.hpp"
#include "kamacite/formats/text.hpp"

namespace kamacite::formats {
namespace {

/// Why a step cannot be used; empty if it can.
std::string objection(ScfStep const& step, bool with_forces) {
    if (!step.structure) return "its structure is not told";
    if (!step.converged) return "did not converge";
    if (!step.labels.energy) return "has no energy";
    if (with_forces && step.labels.forces.empty()) return "has no forces";
    return {};
}

}  // namespace

UsableSteps usable_steps(ProgramOutput const& output, std::string const& name) {
    UsableSteps usable;
    bool const with_forces = std::ranges::any_of(
        output.steps, [](ScfStep const& step) { return !step.labels.forces.empty(); });
    for (std::size_t i = 0; i < output.steps.size(); ++i) {
        auto const& step = output.steps[i];
        auto why = objection(step, with_forces);
        if (why.empty() && i + 1 == output.steps.size() && !output.ended)
            why = "is the last one of a file that is cut off";
        if (!why.empty()) {
            usable.left_out +=
                fmt::format("{}{}:{}: step {} (counted from 0) {}",
                            usable.left_out.empty() ? "" : "\n", name, step.line, i, why);
            continue;
        }
        Record record{*step.structure,
                      step.labels,
                      name,
                      {},
                      {},
                      {},
                      {},
                      with_version(output.level, output.version)};
        if (output.steps.size() > 1) record.trajectory = name;
        record.source = fmt::format("{}@{}", name, i);
        usable.records.push_back(std::move(record));
        usable.lines.push_back(step.line);
    }
    if (output.steps.empty()) usable.left_out = name + ": no calculation was begun in it";
    return usable;
}

int element_of_label(std::string_view label) {
    std::string letters;
    for (char const c : label) {
        if (std::isalpha(static_cast<unsigned char>(c)) == 0 || letters.size() == 2) break;
        letters += static_cast<char>(letters.empty() ? std::toupper(static_cast<unsigned char>(c))
                                                     : std::tolower(static_cast<unsigned char>(c)));
    }
    for (; !letters.empty(); letters.pop_back())
        for (int z = 1; z <= last_element; ++z)
            if (symbol_of(z) == letters) return z;
    return 0;
}

std::vector<double> leading_reals(std::string_view line, std::size_t most) {
    std::vector<double> values;
    while (values.size() < most) {
        auto const value = to_real(next_word(line));
        if (!value) break;
        values.push_back(*value);
    }
    return values;
}

std::optional<double> number_after(std::string_view line, std::string_view key) {
    auto const at = line.find(key);
    if (at == std::string_view::npos) return std::nullopt;
    line.remove_prefix(at + key.size());
    while (!line.empty() && (is_blank(line.front()) || line.front() == '=' || line.front() == ':'))
        line.remove_prefix(1);
    auto word = line.substr(0, line.find_first_not_of("+-.0123456789eEdD"));
    return to_real(word);
}

}  // namespace kamacite::formats
