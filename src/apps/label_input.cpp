#include "label_input.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "any_model.hpp"
#include "data.hpp"
#include "kamacite/campaign/statistics.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/dataset/store.hpp"
#include "kamacite/formats/level.hpp"
#include "kamacite/io/exists.hpp"
#include "kamacite/io/hash.hpp"
#include "kamacite/mpi/partition.hpp"
#include "obstacles.hpp"

namespace kamacite::apps {

namespace fs = std::filesystem;

std::vector<Record> structures_of(mpi::Communicator const& comm, std::span<fs::path const> files) {
    std::vector<Record> all;
    for (auto const& file : files) {
        Source const source{comm, file, ""};
        auto records =
            source.read(comm, comm.is_root() ? mpi::Range{0, source.size()} : mpi::Range{0, 0});
        mpi::all_or_none(comm, [&] {
            for (auto& record : records) {
                if (record.name.empty())
                    record.name = fmt::format("{}:{}", file.string(), all.size());
                check(record);
                all.push_back(std::move(record));
            }
        });
    }
    return all;
}

std::vector<std::vector<double>> predicted_moments(Context& context,
                                                   std::span<std::string const> starts,
                                                   std::string const& path,
                                                   std::vector<Record> const& records) {
    std::vector<std::vector<double>> moments(records.size());
    if (std::find(starts.begin(), starts.end(), "predicted") == starts.end()) return moments;
    ModelOptions given;
    given.path = path;
    auto const model = load_any(context, given);
    mpi::all_or_none(context.comm, [&] {
        if (records.empty()) return;
        auto answers = model.answers_of(records);
        for (std::size_t i = 0; i < answers.size(); ++i) {
            moments[i] = std::move(answers[i].prediction.moments);
            if (moments[i].empty())
                throw DataError(
                    fmt::format("{} predicts no moments: name a model that does, or "
                                "leave the start 'predicted' out",
                                path));
        }
    });
    return moments;
}

std::map<std::string, Record> labelled_in(mpi::Communicator const& comm,
                                          std::span<fs::path const> datasets,
                                          std::string const& level) {
    std::map<std::string, Record> known;
    for (auto const& path : datasets) {
        if (!io::exists(path, comm)) continue;
        auto const size = dataset::size(path, comm);
        auto records =
            dataset::read(path, comm, comm.is_root() ? mpi::Range{0, size} : mpi::Range{0, 0});
        std::map<std::string, bool> fits;  // each level is looked at once
        for (auto const& record : records)
            fits.try_emplace(record.level, formats::without_version(record.level) == level);
        for (auto& record : records)
            if (fits.at(record.level) && record.labels.energy)
                known.emplace(campaign::label_key(record.structure, level), std::move(record));
    }
    return known;
}

void expect_one_level(mpi::Communicator const& comm, fs::path const& dataset,
                      std::string const& level, std::string const& input) {
    if (!io::exists(dataset, comm)) return;
    for (auto const& [other, records] : dataset::count_texts(dataset, comm, dataset::Text::level))
        if (formats::without_version(other) != level)
            throw DataError(fmt::format(
                "{}: {} structures are of the level of theory {}, while {} computes {} (labels of "
                "two levels do not fit together): put that back, or begin in another directory",
                dataset.string(), records, other.empty() ? "none" : other, input, level));
}

void warn_of_mixture(Context& context, fs::path const& dataset) {
    auto const levels = dataset::count_texts(dataset, context.comm, dataset::Text::level);
    if (auto const mixture = formats::mixture_of(levels); !mixture.empty())
        context.log.warn("{}: {}", dataset.string(), mixture);
}

void Wanted::add(campaign::Labelling& labelling, std::string const& key, Record const& record,
                 std::map<std::string, Record> const& cached, std::vector<double> const& moments) {
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) return;
    keys.push_back(key);
    auto const at = cached.find(key);
    if (at == cached.end()) {
        (void)labelling.want(record, moments);
        return;
    }
    auto with_labels = record;
    with_labels.labels = at->second.labels;
    with_labels.level = at->second.level;
    taken.emplace(key, std::move(with_labels));
}

std::optional<Record> Wanted::labelled(campaign::Labelling const& labelling,
                                       std::string const& key) const {
    if (auto const at = taken.find(key); at != taken.end()) return at->second;
    return labelling.labelled(key);
}

void Wanted::expect_few_lost(campaign::Labelling const& labelling, double most) const {
    int asked = 0, tried = 0, lost = 0;
    std::string example;
    for (auto const& key : keys) {
        if (taken.contains(key)) continue;
        ++asked;
        auto const state = labelling.state(key);
        tried += state.kind != campaign::LabelState::Kind::waiting ? 1 : 0;
        if (state.kind != campaign::LabelState::Kind::quarantined) continue;
        ++lost;
        example = fmt::format("{}: {}", labelling.wish(key).name, state.text);
    }
    // Not by the first few: too many of all of them, or, at 99 %, of those that are to come.
    constexpr int enough = 10;
    constexpr double both_sides = 0.98;
    if (tried >= enough &&
        (lost > most * asked || campaign::clopper_pearson(lost, tried, both_sides).low > most))
        throw DataError(fmt::format(
            "{} of {} structures got no label (more than {:.0f} %, retries.quarantine), as {}: "
            "what is labelled stays",
            lost, tried, 100.0 * most, example));
}

std::vector<std::string> parents_of(mpi::Communicator const& comm,
                                    std::span<fs::path const> files) {
    std::vector<std::string> parents;
    for (auto const& file : files) parents.push_back(io::parent(file, comm));
    return parents;
}

void expect_ready(Context& context, config::LabelOptions const& options,
                  dft::Engine const& engine) {
    mpi::all_or_none(context.comm, [&] {
        if (!context.comm.is_root()) return;
        for (auto const& file : options.cache)
            if (std::error_code ignored; !fs::exists(file, ignored))
                context.log.warn("cache: {} is not there (nothing is taken from it)",
                                 file.string());
        auto obstacles = obstacles_here(options, engine, {});
        std::error_code ignored;
        bool const is_begun = fs::exists(options.directory / "journal.jsonl", ignored);
        for (auto const& text : obstacles_of_scheduler(options))
            if (is_begun)
                context.log.warn("{} (it is begun, and waits for that to pass)", text);
            else
                obstacles.push_back(text);
        if (obstacles.empty()) return;
        std::string text = "nothing can be computed yet";
        for (auto const& o : obstacles) text += "\n    " + o;
        throw MissingError(text);
    });
}

}  // namespace kamacite::apps
