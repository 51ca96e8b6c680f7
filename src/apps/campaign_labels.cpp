#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "campaign_driver.hpp"
#include "campaign_files.hpp"
#include "campaign_foretold.hpp"
#include "campaign_work.hpp"
#include "kamacite/config/writers.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/dataset/store.hpp"
#include "label_input.hpp"
#include "label_table.hpp"

namespace kamacite::apps {

namespace fs = std::filesystem;
using campaign::LabelState;

/// Asks for the labels of the round, of what was taken out of quarantine and of what is late.
/// Collective.
void CampaignDriver::want_labels(Ask ask) {
    auto const& o = inputs_.campaign;
    int r = progress_.current();
    context_->comm.broadcast(std::span{&r, 1});
    auto const level = engine_->level();
    auto const stored = labelled_in(context_->comm, std::array{dataset_of(o)}, level);
    bool const of_before = !progress_.retried.empty() || !progress_.late.empty();
    int const from = context_->comm.all_reduce(mpi::Op::max, of_before ? 1 : 0) == 1 ? 0 : r;
    auto const records = chosen_structures(from, r);
    auto const moments = moments_of(records);
    auto const cached = labelled_in(context_->comm, inputs_.label.cache, level);
    if (!context_->comm.is_root()) return;
    wanted_ = {};
    stored_.clear();
    for (std::size_t i = 0; i < records.size(); ++i) {
        auto const key = campaign::label_key(records[i].structure, level);
        bool const here = is_of_round(records[i].name, r);
        auto const is_in = [&](std::vector<std::string> const& keys) {
            return std::find(keys.begin(), keys.end(), key) != keys.end();
        };
        bool const again = is_in(progress_.retried) || is_in(progress_.late);
        if (auto const at = stored.find(key); at != stored.end()) {
            if (at->second.name == records[i].name && here)
                stored_.push_back(at->second);  // by a driver that was killed before the journal
            continue;
        }
        if ((ask == Ask::for_all && here) || again)
            wanted_.add(*labelling_, key, records[i], cached, moments[i]);
    }
    asked_ = r;
}

/// For the start "predicted", of rank 0's structures, by the model that chose them; none for those
/// of round 0, which no model chose: all keep the starts that they had, whenever they are asked for
/// again. Collective.
std::vector<std::vector<double>> CampaignDriver::moments_of(std::vector<Record> const& records) {
    auto const& comm = context_->comm;
    if (std::ranges::find(inputs_.label.starts, "predicted") == inputs_.label.starts.end())
        return std::vector<std::vector<double>>(records.size());
    if (!inputs_.label.moments_of.empty())
        return predicted_moments(*context_, inputs_.label.starts, inputs_.label.moments_of,
                                 records);
    int rounds = progress_.rounds.empty() ? 0 : progress_.rounds.rbegin()->first;
    comm.broadcast(std::span{&rounds, 1});
    std::vector<std::vector<double>> moments(records.size());
    for (int r = 1; r <= rounds; ++r) {
        std::vector<Record> chosen;
        std::vector<std::size_t> at;
        for (std::size_t i = 0; i < records.size(); ++i)
            if (is_of_round(records[i].name, r)) {
                chosen.push_back(records[i]);
                at.push_back(i);
            }
        std::string model;
        auto const round = progress_.rounds.find(r);
        if (!chosen.empty() && round != progress_.rounds.end() && round->second.trained)
            model = round->second.trained->model;
        comm.broadcast(model);
        if (model.empty()) continue;
        auto const found = predicted_moments(*context_, inputs_.label.starts, model, chosen);
        for (std::size_t k = 0; k < at.size(); ++k) moments[at[k]] = found[k];
    }
    return moments;
}

/// Structures that were chosen in some rounds, on rank 0. Collective.
std::vector<Record> CampaignDriver::chosen_structures(int first, int last) const {
    std::vector<fs::path> files;
    for (int const r : rounds_with_choice(context_->comm, inputs_.campaign, first, last))
        files.push_back(RoundFiles{inputs_.campaign, r}.chosen());
    return structures_of(context_->comm, files);
}

/// Whether so many of the round's labels are there that the next one can begin.
bool CampaignDriver::has_enough() const {
    if (labelling_->waiting() == 0) return true;
    if (finishing_ || !(inputs_.campaign.enough < 1.0)) return false;
    auto const there = std::count_if(wanted_.keys.begin(), wanted_.keys.end(), [&](auto const& k) {
        return wanted_.taken.contains(k) || labelling_->state(k).kind == LabelState::Kind::labelled;
    });
    return static_cast<double>(there) >=
           std::max(1.0, inputs_.campaign.enough * static_cast<double>(wanted_.keys.size()));
}

/// Waits for what is late before the campaign ends; another model learns from it.
bool CampaignDriver::finish() {
    if (!finishing_) asked_ = -1;
    finishing_ = true;
    if (!label()) return false;
    finishing_ = false;  // what has come may be reason to go on
    return true;
}

bool CampaignDriver::label() {
    int settled = 0;
    int const want = context_->comm.is_root() && asked_ != progress_.current() ? 1 : 0;
    if (context_->comm.all_reduce(mpi::Op::max, want) == 1)
        want_labels(finishing_ ? Ask::for_late : Ask::for_all);
    mpi::all_or_none(context_->comm, [&] {
        if (!context_->comm.is_root()) return;
        labelling_->plan();
        settled = has_enough() ? 1 : 0;
        wanted_.expect_few_lost(*labelling_, inputs_.label.quarantine);
    });
    if (context_->comm.all_reduce(mpi::Op::max, settled) == 0) return false;
    store_labels();
    return true;
}

/// Those that the model of this round chose. \param round  of rank 0
std::vector<Record> of_round(std::vector<Record> const& all, int round) {
    std::vector<Record> result;
    for (auto const& record : all)
        if (is_of_round(record.name, round)) result.push_back(record);
    return result;
}

/// Rank 0's records, if there are any, become a segment of the dataset. Collective.
void CampaignDriver::store(std::vector<Record> const& records) {
    auto const& o = inputs_.campaign;
    if (context_->comm.all_reduce(mpi::Op::max, records.empty() ? 0 : 1) == 0) return;
    dataset::write(dataset_of(o), context_->comm, records,
                   {"campaign", config::resolved_input("campaign", o), {}, 0});
    warn_of_mixture(*context_, dataset_of(o));
}

/// The labels of the round become a segment of the dataset. Killed between that and the journal, it
/// finds them there the next time, and writes the journal alone.
void CampaignDriver::store_labels() {
    auto const& comm = context_->comm;
    auto const& o = inputs_.campaign;
    std::vector<Record> records;
    std::vector<std::string> late;
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        for (auto const& key : wanted_.keys)
            if (auto record = wanted_.labelled(*labelling_, key))
                records.push_back(std::move(*record));
            else if (labelling_->state(key).kind == LabelState::Kind::waiting)
                late.push_back(key);
        write_label_table(o.directory / fmt::format("labels-{:03}.csv", progress_.current()),
                          *labelling_, wanted_.keys, wanted_.taken, {});
    });
    auto all = stored_;
    all.insert(all.end(), records.begin(), records.end());
    auto labelled = compare(of_round(all, progress_.current()));
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root() || !all.empty()) return;
        int const r = progress_.current();
        if (finishing_ || (r > 0 && progress_.rounds.at(r).chosen->count == 0))
            return;  // only others, tried again or late
        auto const before = progress_.rounds.find(r - 1);
        bool const again = before != progress_.rounds.end() && before->second.labelled &&
                           before->second.labelled->count == 0 && before->second.chosen &&
                           before->second.chosen->count > 0;
        auto const text = fmt::format(
            "round {}: no structure got a label: see labels-{:03}.csv; what is mended is tried "
            "again by 'campaign retry'",
            r, r);
        // A few hard ones are no reason to stop; two rounds of them, or the first, are.
        if (again || !progress_.rounds.contains(r) || !progress_.rounds.at(r).trained)
            throw DataError(text);
        context_->log.warn("{}; the next round chooses others", text);
    });
    store(records);
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        int const r = progress_.current();
        labelled.count = static_cast<int>(all.size());
        labelled.late = late;
        labelled.quarantined = static_cast<int>(wanted_.keys.size() - records.size() - late.size());
        labelled.node_hours = desk_->queue().census().node_hours;
        campaign::record(desk_->journal(), r, labelled);
        reread();
        context_->log.info("round {}: {}", r, described(labelled));
    });
}

campaign::Labelled CampaignDriver::compare(std::vector<Record> const& records) {
    std::string model;
    if (auto const& trained = progress_.now().trained) model = trained->model;
    int round = progress_.current();
    context_->comm.broadcast(model);
    context_->comm.broadcast(std::span{&round, 1});
    if (model.empty()) return {};
    return compared(*context_, inputs_.campaign, round, model, records);
}

void CampaignDriver::retry(std::vector<std::string> const& names) {
    int last = progress_.current();
    context_->comm.broadcast(std::span{&last, 1});
    auto const records = chosen_structures(0, last);
    auto const stored =
        labelled_in(context_->comm, std::array{dataset_of(inputs_.campaign)}, engine_->level());
    auto const moments = moments_of(records);
    mpi::all_or_none(context_->comm, [&] {
        if (!context_->comm.is_root()) return;
        bool const all = names.size() == 1 && names.front() == "all";
        int found = 0;
        for (std::size_t i = 0; i < records.size(); ++i) {
            auto const& record = records[i];
            auto const key = campaign::label_key(record.structure, engine_->level());
            auto const named = [&](std::string const& text) {
                return std::find(names.begin(), names.end(), text) != names.end();
            };
            if (stored.contains(key) || !(all || named(key) || named(record.name))) continue;
            (void)labelling_->want(record, moments[i]);
            if (labelling_->state(key).kind != LabelState::Kind::quarantined) continue;
            labelling_->retry(key);
            ++found;
        }
        int jobs = 0;
        for (auto const& [task, effort] : progress_.efforts) {
            bool const named = all || std::find(names.begin(), names.end(), task) != names.end();
            if (!named || effort.done || effort.counted == 0) continue;
            campaign::record_retry(desk_->journal(), task);
            ++jobs;
        }
        reread();
        if (found + jobs == 0)
            throw UsageError(
                "none of these is in quarantine, and no job of these names has failed: 'campaign "
                "status' tells which are");
        context_->log.info("{} structures are tried again with the next labels, {} jobs at once",
                           found, jobs);
    });
    asked_ = -1;
}

}  // namespace kamacite::apps
