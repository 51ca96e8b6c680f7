#include "comparison_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>

#include "data.hpp"
#include "fit.hpp"
#include "kamacite/config/train.hpp"
#include "kamacite/config/writers.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/inference/predict.hpp"
#include "kamacite/io/hash.hpp"
#include "kamacite/magnetism/rescaling.hpp"
#include "kamacite/structure/property.hpp"
#include "models.hpp"
#include "origin.hpp"
#include "run_arguments.hpp"

namespace kamacite::apps {
namespace {

char const* const energy_target = "energy_per_atom";
char const* const moment_target = "moment";
char const* const reduced = "reduced_magnetisation";

/// Mean of |m|.
double mean_size(std::vector<double> const& moments) {
    double sum = 0.0;
    for (double const m : moments) sum += std::abs(m) / static_cast<double>(moments.size());
    return sum;
}

std::optional<double> target_of(Record const& record, std::string const& name) {
    auto const& labels = record.labels;
    if (name == energy_target) {
        if (!labels.energy) return {};
        return *labels.energy / record.structure.size();
    }
    if (name == moment_target) {
        if (labels.moments.empty()) return {};
        return mean_size(labels.moments);
    }
    return property_of(record, name);
}

std::optional<double> condition_of(Record const& record, std::string const& name) {
    auto const given = property_of(record, name);
    if (given || name != reduced) return given;
    auto const temperature = property_of(record, "temperature");
    if (!temperature) return {};
    return magnetism::kuzmin(*temperature, magnetism::kuzmin_iron());
}

/// A training of the same data, as far as it decides how they are divided.
config::TrainOptions as_training(config::CompareOptions const& o) {
    config::TrainOptions train;
    train.data = o.data;
    train.split_name = o.split_name;
    train.split = o.split;
    train.energy = o.target == energy_target;
    train.moment = o.target == moment_target;
    if (!train.energy && !train.moment) {
        Head head;
        head.kind = Head::Kind::property;
        head.outputs = {o.target};
        train.property_heads.push_back(head);
    }
    return train;
}

/// Adds a structure to the question if it has all that is asked. \returns whether
bool add(config::CompareOptions const& o, Record const& record, dataset::Side side,
         comparison::Question& question, std::vector<double>& conditions) {
    auto const y = target_of(record, o.target);
    if (!y) return false;
    std::vector<double> given;
    for (auto const& name : o.conditions)
        if (auto const value = condition_of(record, name)) given.push_back(*value);
    if (given.size() < o.conditions.size()) return false;
    auto const number = static_cast<int>(question.target.size());
    question.target.push_back(*y);
    question.structures.push_back(record.structure);
    conditions.insert(conditions.end(), given.begin(), given.end());
    (side == dataset::Side::train        ? question.training
     : side == dataset::Side::validation ? question.validation
                                         : question.test)
        .push_back(number);
    return true;
}

void expect_sides(config::CompareOptions const& o, comparison::Question const& question) {
    auto const expect = [&](std::vector<int> const& side, char const* name) {
        if (side.empty())
            throw DataError(
                fmt::format("no structure of the {} side has '{}' and all conditions: choose "
                            "another split, target or other data",
                            name, o.target));
    };
    expect(question.training, "training");
    expect(question.validation, "validation");
    expect(question.test, "test");
}

/// Refuses models that may have seen what they would be judged by. Collective.
void expect_unseen(Context& context, config::CompareOptions const& o, ComparisonData const& data,
                   Loaded const& model, std::filesystem::path const& path) {
    if (model.files.empty())
        context.log.warn(
            "{} does not say what it was trained on: make sure that it was not the "
            "test side",
            path.string());
    for (std::size_t f = 0; f < o.data.size(); ++f) {
        auto const role = role_of(context.comm, o.data[f], data.parents[f], model.files);
        if (!role.parent) {
            if (!model.files.empty())
                context.log.info("{} does not name {} among what it was trained on", path.string(),
                                 o.data[f].string());
            continue;
        }
        if (role.sides.empty())
            throw DataError(
                fmt::format("{} was trained on {} or a part of it, and which part is not stored "
                            "(it may have seen the test side): train it with the split '{}'",
                            path.string(), o.data[f].string(), o.split_name));
        long long seen = 0;
        for (int const i : data.question.test) {
            auto const k = static_cast<std::size_t>(i);
            if (data.file[k] == static_cast<int>(f) &&
                role.sides[static_cast<std::size_t>(data.row[k])] != dataset::Side::test)
                ++seen;
        }
        if (seen > 0)
            throw DataError(
                fmt::format("{} was trained with the split '{}' of {}, which trains or validates "
                            "on {} structures of the test side of '{}' (its errors would be too "
                            "small): train it with that split",
                            path.string(), role.split, o.data[f].string(), seen, o.split_name));
    }
}

std::optional<double> answer_of(Prediction const& p, std::string const& target) {
    if (target == energy_target) {
        if (p.energies.empty()) return {};
        return p.energy() / static_cast<double>(p.energies.size());
    }
    if (target == moment_target) {
        if (p.moments.empty()) return {};
        return mean_size(p.moments);
    }
    auto const found = p.properties.find(target);
    if (found == p.properties.end()) return {};
    return found->second;
}

}  // namespace

ComparisonData read_comparison(Context& context, config::Input const& input,
                               config::CompareOptions const& o) {
    auto const& comm = context.comm;
    auto const fit = expect_fit(comm, input, as_training(o));
    for (auto const& note : fit.notes) context.log.info("split: {}", note);
    if (!fit.mixture.empty()) context.log.warn("{}", fit.mixture);
    auto const takes = take_part(context, fit);
    ComparisonData data;
    std::vector<double> conditions;
    std::size_t i = 0;
    long long lacking = 0, large = 0;
    for (std::size_t f = 0; f < fit.data.size(); ++f) {
        auto const& summary = fit.data[f];
        auto const first = fit.sides.begin() + static_cast<std::ptrdiff_t>(i);
        keep_split(context, summary, {{first, first + summary.records()}, fit.description, {}},
                   {o.split_name, "compare", config::resolved_input("compare", o), o.split.seed});
        Source const source{comm, summary.path, ""};
        auto records = source.read(comm, {0, source.size()});
        if (std::ssize(records) != summary.records())
            throw DataError(
                fmt::format("{}: it has changed while it was read: start again when "
                            "nothing writes to it",
                            summary.path.string()));
        for (std::size_t row = 0; row < records.size(); ++row, ++i) {
            auto& record = records[row];
            if (takes[i] == 0) continue;
            if (o.most_atoms > 0 && record.structure.size() > o.most_atoms) {
                ++large;
            } else if (add(o, record, fit.sides[i], data.question, conditions)) {
                data.file.push_back(static_cast<int>(f));
                data.row.push_back(static_cast<long long>(row));
                data.records.push_back(std::move(record));
            } else {
                ++lacking;
            }
        }
        data.parents.push_back(io::parent(summary.path, comm));
    }
    if (large > 0)
        context.log.info("{} structures of more than {} atoms are left out", large, o.most_atoms);
    if (lacking > 0)
        context.log.warn("{} structures are left out: they lack '{}' or a condition", lacking,
                         o.target);
    auto& q = data.question;
    q.of_energy = o.target == energy_target;
    q.conditions.resize(std::ssize(q.target), std::ssize(o.conditions));
    std::copy(conditions.begin(), conditions.end(), q.conditions.data());
    expect_sides(o, q);
    for (std::size_t c = 0; c < o.conditions.size(); ++c) {
        auto const of = [&](int k) { return q.conditions(k, static_cast<Eigen::Index>(c)); };
        if (std::all_of(q.training.begin(), q.training.end(),
                        [&](int k) { return of(k) == of(q.training.front()); }))
            context.log.warn(
                "condition '{}' is {:g} for all structures that train: nothing is learnt from it",
                o.conditions[c], of(q.training.front()));
    }
    context.log.info("{} structures train, {} choose, {} judge", q.training.size(),
                     q.validation.size(), q.test.size());
    return data;
}

comparison::Outcome ask_models(Context& context, config::CompareOptions const& o,
                               ComparisonData const& data, std::span<double const> base) {
    auto const& comm = context.comm;
    auto const& test = data.question.test;
    comparison::Outcome outcome;
    outcome.method = "models";
    outcome.tried = 1;
    auto const block = mpi::block_of(comm.rank(), comm.size(), std::ssize(test));
    std::vector<Record> mine;
    for (auto k = block.begin; k < block.end; ++k)
        mine.push_back(data.records[static_cast<std::size_t>(test[static_cast<std::size_t>(k)])]);
    for (auto const& path : o.models) {
        ModelOptions given;
        given.path = path.string();
        auto const model = load(context, given);
        expect_unseen(context, o, data, model, path);
        std::vector<double> answers;
        auto const start = std::chrono::steady_clock::now();
        mpi::all_or_none(comm, [&] {
            for (auto const& answer : inference::answers_of(model.committee, mine)) {
                auto const y = answer_of(answer.prediction, o.target);
                if (!y)
                    throw DataError(
                        fmt::format("{} does not predict '{}': leave it out of 'models'",
                                    path.string(), o.target));
                answers.push_back(*y);
            }
        });
        double const seconds = comm.all_reduce(mpi::Op::sum, seconds_since(start));
        outcome.predicting_seconds += seconds / static_cast<double>(test.size() * o.models.size());
        auto const all = comm.all_gather(std::span<double const>{answers});
        auto& predicted = outcome.predicted.emplace_back(data.question.target.size(), std::nan(""));
        for (std::size_t k = 0; k < test.size(); ++k)
            predicted[static_cast<std::size_t>(test[k])] = all[k];
        outcome.parameters = 0;
        for (auto const& member : model.committee.members())
            outcome.parameters += static_cast<int>(member.parameters().size());
        outcome.settings =
            o.models.size() == 1 ? path.string() : fmt::format("{} models", o.models.size());
    }
    outcome.validation = {std::nan(""), 0.0};
    outcome.training_seconds = {std::nan(""), 0.0};
    comparison::judge(outcome, data.question.target, test, base);
    return outcome;
}

}  // namespace kamacite::apps
