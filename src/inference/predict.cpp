#include "kamacite/inference/predict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "kamacite/core/error.hpp"

namespace kamacite::inference {
namespace {

constexpr int atoms_per_block = 256;

std::string name_of(Record const& record, std::size_t index) {
    return record.source.empty() ? fmt::format("structure {}", index + 1) : record.source;
}

bool all_finite(Prediction const& p) {
    auto const finite = [](auto const& values) {
        return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
    };
    auto const finite_eigen = [](auto const& values) {
        return std::all_of(values.begin(), values.end(),
                           [](auto const& v) { return v.allFinite(); });
    };
    return finite(p.energies) && finite(p.moments) && finite_eigen(p.forces) &&
           finite_eigen(p.virials) &&
           std::all_of(p.properties.begin(), p.properties.end(),
                       [](auto const& item) { return std::isfinite(item.second); });
}

Answer to_answer(Prediction prediction) {
    return {std::move(prediction), {}, {}};
}
Answer to_answer(CommitteePrediction prediction) {
    return {std::move(prediction.mean), {}, std::move(prediction.spread)};
}

/// \param model  a Model or a Committee
template <class Asked>
std::vector<Answer> ask(Asked const& model, std::span<Record const> records) {
    std::vector<Answer> answers;
    answers.reserve(records.size());
    for (std::size_t begin = 0; begin < records.size();) {
        Block block;
        std::vector<Conditions> conditions;
        std::size_t end = begin;
        for (; end < records.size() && (end == begin || block.atoms() < atoms_per_block); ++end) {
            auto const& record = records[end];
            try {
                auto structure = record.structure;
                check(structure);
                if (model.has_directions())
                    direct(structure, record.labels.moments, model.least_moment());
                for (int const z : structure.species) (void)model.element_index(z);
                block.add(structure, find_neighbours(structure, model.cutoff()));
            } catch (DataError const& e) {
                throw DataError(name_of(record, end) + ": " + e.what());
            }
            conditions.push_back(record.labels.properties);
        }
        auto predictions = model.predict(block, conditions);
        for (std::size_t i = 0; i < predictions.size(); ++i) {
            auto answer = to_answer(std::move(predictions[i]));
            if (!all_finite(answer.prediction))
                throw NumericalError(
                    fmt::format("{}: a prediction is not finite: the model is broken, or atoms are "
                                "so close that "
                                "its networks overflow",
                                name_of(records[begin + i], begin + i)));
            answer.extrapolation = std::move(answer.prediction.extrapolation);
            answers.push_back(std::move(answer));
        }
        begin = end;
    }
    return answers;
}

}  // namespace

std::vector<Answer> answers_of(Model const& model, std::span<Record const> records) {
    return ask(model, records);
}

std::vector<Answer> answers_of(Committee const& committee, std::span<Record const> records) {
    return ask(committee, records);
}

std::vector<Answer> answers_of(Potential const& potential, std::span<Record const> records) {
    std::vector<Answer> answers;
    answers.reserve(records.size());
    for (std::size_t i = 0; i < records.size(); ++i) {
        auto const& structure = records[i].structure;
        Answer answer;
        try {
            check(structure);
            answer.prediction =
                potential.predict(structure, find_neighbours(structure, potential.cutoff()));
        } catch (DataError const& e) {
            throw DataError(name_of(records[i], i) + ": " + e.what());
        }
        if (!all_finite(answer.prediction))
            throw NumericalError(
                fmt::format("{}: a prediction is not finite: atoms are so close that the potential "
                            "overflows: leave the structure out",
                            name_of(records[i], i)));
        answer.extrapolation = std::move(answer.prediction.extrapolation);
        answers.push_back(std::move(answer));
    }
    return answers;
}

double cost_of(Structure const& s, double cutoff) {
    double const sphere = 4.0 * std::numbers::pi / 3.0 * cutoff * cutoff * cutoff;
    double neighbours = s.size() * sphere / s.cell.volume();
    bool const isolated = !s.cell.periodic()[0] && !s.cell.periodic()[1] && !s.cell.periodic()[2];
    if (isolated) neighbours = std::min(neighbours, s.size() - 1.0);
    return s.size() * (neighbours + 20.0);
}

std::vector<mpi::Range> balanced_parts(std::span<double const> costs, int parts) {
    KAMACITE_EXPECTS(parts > 0);
    double total = 0.0;
    for (double const c : costs) total += c;
    std::vector<mpi::Range> ranges(static_cast<std::size_t>(parts));
    double below = 0.0;
    std::size_t part = 0;
    for (std::size_t i = 0; i < costs.size(); ++i) {
        double const middle = below + 0.5 * costs[i];
        while (part + 1 < ranges.size() &&
               middle * parts >= static_cast<double>(part + 1) * total) {
            ++part;
            ranges[part] = {static_cast<long long>(i), static_cast<long long>(i)};
        }
        ranges[part].end = static_cast<long long>(i) + 1;
        below += costs[i];
    }
    for (auto p = part + 1; p < ranges.size(); ++p)
        ranges[p] = {static_cast<long long>(costs.size()), static_cast<long long>(costs.size())};
    return ranges;
}

}  // namespace kamacite::inference
