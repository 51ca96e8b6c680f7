#include "import_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "kamacite/config/similar.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/dataset/duplicates.hpp"
#include "kamacite/formats/conversion.hpp"
#include "kamacite/formats/level.hpp"
#include "kamacite/formats/stress_check.hpp"
#include "kamacite/mpi/partition.hpp"

namespace kamacite::apps {
namespace {

using Json = nlohmann::ordered_json;
using Kind = formats::StressVerdict::Kind;

/// The different texts of all ranks, sorted. Collective.
std::vector<std::string> distinct(mpi::Communicator const& comm,
                                  std::set<std::string> const& mine) {
    auto const text = Json(mine).dump(-1, ' ', false, Json::error_handler_t::replace);
    std::set<std::string> all;
    for (auto const& part : comm.all_gather(text))
        for (auto const& name : Json::parse(part)) all.insert(name.get<std::string>());
    return {all.begin(), all.end()};
}

/// The samples of all ranks, with what they belong to.
struct Samples {
    std::vector<formats::StressSample> all;
    std::vector<int> file, family;  // −1 for those of the dataset
    std::vector<std::string> families;
    long long first = 0;               // sample of this rank
    std::vector<std::string> sources;  // of the samples of this rank
};

Samples gather_samples(mpi::Communicator const& comm, std::span<Imported const> mine,
                       std::span<Record const> held) {
    Samples samples;
    std::set<std::string> names;
    for (auto const& i : mine) names.insert(i.record.family);
    samples.families = distinct(comm, names);
    auto const take = [&](Record const& record, int file, int family) {
        auto const sample = formats::stress_sample_of(record);
        if (!sample) return;
        samples.all.push_back(*sample);
        samples.file.push_back(file);
        samples.family.push_back(family);
        samples.sources.push_back(record.source);
    };
    for (auto const& record : held) take(record, -1, -1);
    for (auto const& [record, input] : mine) {
        auto const at = std::ranges::lower_bound(samples.families, record.family);
        take(record, input, static_cast<int>(at - samples.families.begin()));
    }
    samples.first = mpi::exclusive_sum(comm, std::ssize(samples.all));
    samples.all = mpi::gather_all(comm, samples.all);
    samples.file = mpi::gather_all(comm, samples.file);
    samples.family = mpi::gather_all(comm, samples.family);
    return samples;
}

/// Where the samples `which` come from, the first few. Collective.
std::string sources_of(mpi::Communicator const& comm, Samples const& samples,
                       std::vector<std::size_t> const& which) {
    constexpr std::size_t most = 8;
    std::string mine;
    for (std::size_t k = 0; k < std::min(most, which.size()); ++k) {
        auto const own = static_cast<long long>(which[k]) - samples.first;
        if (own >= 0 && own < std::ssize(samples.sources))
            mine += (mine.empty() ? "" : ", ") + samples.sources[static_cast<std::size_t>(own)];
    }
    std::string all;
    for (auto const& part : comm.all_gather(mine))
        if (!part.empty()) all += (all.empty() ? "" : ", ") + part;
    if (which.size() > most) all += fmt::format(" and {} more", which.size() - most);
    return all;
}

/// Refuses the stresses of a file or family; warns of a factor that is of no unit. Collective.
void refuse_if_wrong(Context& context, std::string const& what, Samples const& samples,
                     formats::StressVerdict const& verdict, Flipped flipped) {
    auto const& comm = context.comm;
    auto const opposing = std::ssize(verdict.opposing);
    if (verdict.kind == Kind::wrong_unit) {
        auto const unit = formats::unit_of_factor(verdict.factor);
        auto const finding = fmt::format(
            "{}: the stress is {:.4g} times what the energies of structures that differ by a "
            "strain ask for",
            what, verdict.factor);
        if (!unit.empty())
            throw DataError(fmt::format(
                "{}; it may be in {} (it must be in eV/Å³, tension positive, the energy in eV): "
                "convert it, or import it as it is with --stress-sign=keep",
                finding, unit));
        context.log.warn(
            "{}: that is no unit, but may be structures of several magnetic states, between which "
            "the energy jumps; see that energies and stresses belong together",
            finding);
        return;
    }
    if (verdict.kind != Kind::opposing) return;
    bool const most = 2 * opposing > verdict.judged;
    throw DataError(fmt::format(
        "{}: the stress has the wrong sign in {} of {} structures of which the energies tell it "
        "({}; tension must be positive): {}",
        what, opposing, verdict.judged, sources_of(comm, samples, verdict.opposing),
        flipped == Flipped::yes ? "leave out --stress-sign=flip"
        : most ? "import them with --stress-sign=flip, or as they are with --stress-sign=keep"
               : "correct or leave out these (--stress-sign=flip is for files that are wrong "
                 "throughout), or import them as they are with --stress-sign=keep"));
}

}  // namespace

Json check_stresses(Context& context, std::span<Imported const> mine, std::span<Record const> held,
                    std::vector<std::string> const& files, Flipped flipped) {
    auto const& comm = context.comm;
    auto const samples = gather_samples(comm, mine, held);
    auto const pairs = formats::stress_pairs(samples.all);
    auto const of_files =
        formats::judge_stress(pairs, samples.file, static_cast<int>(files.size()));
    auto const of_families =
        formats::judge_stress(pairs, samples.family, static_cast<int>(samples.families.size()));
    Json told = Json::array();
    long long judged = 0;
    std::vector<std::size_t> opposing;
    auto const refuse_families = [&] {
        for (std::size_t k = 0; k < of_families.size(); ++k)
            refuse_if_wrong(context, fmt::format("family '{}'", samples.families[k]), samples,
                            of_families[k], flipped);
    };
    if (files.size() > 1) refuse_families();  // rather than the first of many files
    for (std::size_t k = 0; k < files.size(); ++k) {
        auto const& verdict = of_files[k];
        refuse_if_wrong(context, files[k], samples, verdict, flipped);
        judged += verdict.judged;
        opposing.insert(opposing.end(), verdict.opposing.begin(), verdict.opposing.end());
        told.push_back({{"file", files[k]},
                        {"verdict", verdict.kind == Kind::wrong_unit ? "unclear"
                                    : verdict.judged > 0             ? "consistent"
                                                                     : "cannot tell"},
                        {"judged", verdict.judged},
                        {"opposing", verdict.opposing.size()},
                        {"factor", verdict.factor}});
    }
    refuse_families();
    if (std::ranges::all_of(samples.file, [](int file) { return file < 0; })) return told;
    if (judged == 0)
        context.log.info(
            "stress: no two structures differ by a strain alone, so that the energies "
            "do not tell its sign");
    else
        context.log.info("stress: the energies bear on {} structures and contradict {}", judged,
                         opposing.size());
    if (!opposing.empty())
        context.log.warn(
            "stress: the energies ask for the opposite sign in {} ({}): make sure that "
            "they are right",
            opposing.size(), sources_of(comm, samples, opposing));
    return told;
}

Repeated find_repeated(Context& context, std::span<Imported const> mine,
                       std::span<Record const> held) {
    auto const& comm = context.comm;
    std::vector<dataset::Comparable> part;
    for (auto const& record : held) part.push_back(dataset::comparable_of(record));
    auto all = mpi::gather_all(comm, part);
    auto const of_dataset = std::ssize(all);
    part.clear();
    for (auto const& i : mine) part.push_back(dataset::comparable_of(i.record));
    auto const first = of_dataset + mpi::exclusive_sum(comm, std::ssize(part));
    auto const imported = mpi::gather_all(comm, part);
    all.insert(all.end(), imported.begin(), imported.end());
    auto const found = dataset::find_duplicates(all);
    Repeated repeated{{}, 0, found.differing, found.apart};
    for (auto const i : found.later) {
        repeated.all += i >= of_dataset;
        if (i >= first && i < first + std::ssize(mine))
            repeated.mine.push_back(static_cast<std::size_t>(i - first));
    }
    if (repeated.differing > 0)
        context.log.info(
            "{} structures have the geometry of another but other labels (energies apart by up to "
            "{:.1f} meV/atom; several magnetic states?): they are kept, and a split keeps them on "
            "one side",
            repeated.differing, 1e3 * repeated.apart);
    return repeated;
}

std::map<std::string, long long> count_levels(Context& context, std::span<Imported const> mine,
                                              std::span<Record const> held) {
    std::map<std::string, long long> counts, there;
    for (auto const& i : mine) ++counts[i.record.level];
    for (auto const& record : held) ++there[record.level];
    auto const sum = [&](std::map<std::string, long long> const& part) {
        std::map<std::string, long long> all;
        auto const mine_as_text = Json(part).dump(-1, ' ', false, Json::error_handler_t::replace);
        for (auto const& text : context.comm.all_gather(mine_as_text)) {
            auto const counted = Json::parse(text);
            for (auto const& [level, count] : counted.items()) all[level] += count.get<long long>();
        }
        return all;
    };
    counts = sum(counts);
    auto together = sum(there);
    for (auto const& [level, count] : counts) together[level] += count;
    if (auto const mixture = formats::mixture_of(together); !mixture.empty())
        context.log.warn("{}", mixture);
    return counts;
}

void warn_of_property_names(Context& context, FamilySummary const& all) {
    auto const known = formats::property_names();
    std::vector<std::string> const names{known.begin(), known.end()};
    std::vector<std::string> not_properties{"energy", "forces", "stress", "moments"};
    for (auto const& [name, count] : all.labels) {
        auto const is_in = [&](auto const& list) {
            return std::find(list.begin(), list.end(), name) != list.end();
        };
        if (is_in(names) || is_in(not_properties)) continue;
        if (auto const meant = config::did_you_mean(name, names); !meant.empty())
            context.log.warn(
                "property '{}' of {} structures has no known meaning{}: rename it if so", name,
                count, meant);
    }
}

}  // namespace kamacite::apps
