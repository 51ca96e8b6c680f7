#include "campaign_explore.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "any_model.hpp"
#include "campaign_files.hpp"
#include "campaign_foretold.hpp"
#include "data.hpp"
#include "kamacite/campaign/environments.hpp"
#include "kamacite/campaign/explore.hpp"
#include "kamacite/campaign/features.hpp"
#include "kamacite/campaign/labelling.hpp"
#include "kamacite/config/generate.hpp"
#include "kamacite/config/input.hpp"
#include "kamacite/config/writers.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/core/random.hpp"
#include "kamacite/dataset/store.hpp"
#include "kamacite/generate/check.hpp"
#include "kamacite/io/atomic_file.hpp"
#include "kamacite/io/hash.hpp"
#include "large_start.hpp"

namespace kamacite::apps {
namespace {

namespace fs = std::filesystem;
using campaign::Candidate;
using config::CampaignOptions;

/// All structures of a file, on every rank. Collective.
std::vector<Record> all_of(mpi::Communicator const& comm, fs::path const& file) {
    Source const source{comm, file, ""};
    auto records = source.read(comm, {0, source.size()});
    for (std::size_t i = 0; i < records.size(); ++i)
        if (records[i].source.empty()) records[i].source = fmt::format("{}:{}", file.string(), i);
    return records;
}

/// The walks of a round, the same on all ranks. Collective.
std::vector<campaign::Walk> walks_of(Context& context, CampaignOptions const& o, int round) {
    std::vector<campaign::Walk> walks;
    for (std::size_t d = 0; d < o.dynamics.size(); ++d) {
        auto const& dynamics = o.dynamics[d];
        auto const sheared =
            dynamics.random_strain > 0.0
                ? fmt::format(" and a random one up to {:g}", dynamics.random_strain)
                : std::string{};
        for (auto const& file : dynamics.structures) {
            auto const records = all_of(context.comm, file);
            for (auto const& record : records)
                for (double const t : dynamics.temperatures)
                    for (double const e : dynamics.strains)
                        for (int copy = 0; copy < dynamics.copies; ++copy) {
                            auto const seed = seed_of(o, round, "walk", walks.size());
                            campaign::Walk w{
                                strained(record.structure,
                                         campaign::strain_of_walk(e, dynamics.random_strain, seed)),
                                record.family.empty() ? "md" : record.family + "_md", "", ""};
                            w.source =
                                fmt::format("walk {} of round {} from {} at {:g} K, strain {:g}{}",
                                            walks.size() + 1, round, record.source, t, e, sheared);
                            w.trajectory = fmt::format("r{:03}-walk-{}", round, walks.size() + 1);
                            w.temperature = t;
                            w.timestep = dynamics.timestep;
                            w.friction = dynamics.friction;
                            w.steps = dynamics.steps;
                            w.every = dynamics.every;
                            w.seed = seed;
                            w.most_force_spread = o.select.force_spread.high;
                            walks.push_back(std::move(w));
                        }
        }
    }
    return walks;
}

/// What exploration has found.
struct Found {
    std::vector<Candidate> candidates;
    std::vector<std::string> ends;  // of walks that ended before their time
    double correlated = 1.0;        // candidates of a walk, on average
};

/// Makes candidates of the pieces of work that are this rank's.
class Explorer {
public:
    Explorer(Context& context, CampaignOptions const& options, AnyModel const& model)
        : comm_{context.comm},
          options_{options},
          model_{model},
          committee_{model.trained()->committee} {}

    void go(std::vector<campaign::Walk> const& walks) {
        share(walks.size(), [&](std::size_t i) {
            auto walked = campaign::walk(committee_, walks[i]);
            if (!walked.end.empty())
                ends_ +=
                    fmt::format("{}: step {}: {}\n", walks[i].source, walked.steps, walked.end);
            return std::move(walked.candidates);
        });
    }

    void look_at(std::vector<Record> const& records) {
        share(records.size(),
              [&](std::size_t i) { return campaign::candidates_of(committee_, {records[i]}); });
    }

    /// All structures of a file, one after the other, each on all ranks. Collective.
    void cut(LargeFile const& file, std::string const& name, int round) {
        auto const& e = options_.environments;
        for (long long i = 0; i < file.size(); ++i) {
            auto const whence = file.size() > 1 ? fmt::format("{}:{}", name, i) : name;
            if (!e.warm) cut(file.read(i, e.supercell, model_), whence, "");
            for (std::size_t t = 0; e.warm && t < e.dynamics.temperatures.size(); ++t) {
                auto whole = file.read(i, e.supercell, model_);
                double const temperature = e.dynamics.temperatures[t];
                auto const at = fmt::format(" at {:g} K in round {}", temperature, round);
                auto w = campaign::warmed(comm_, committee_, whole.cell, std::move(whole.atoms),
                                          warming(temperature, round));
                whole.atoms = std::move(w.atoms);
                if (!w.end.empty()) note(fmt::format("{}{}: {}", whence, at, w.end));
                cut(std::move(whole), whence, at);
            }
        }
    }

    [[nodiscard]] Found found(std::size_t walks) const {
        Found f;
        f.candidates = campaign::gather(comm_, mine_, numbers_);
        for (auto const& text : comm_.all_gather(ends_))
            if (!text.empty()) f.ends.push_back(text);
        std::size_t const walked = std::count_if(
            f.candidates.begin(), f.candidates.end(),
            [](auto const& c) { return c.trajectory.find("-walk-") != std::string::npos; });
        if (walks > 0 && walked > walks)
            f.correlated = static_cast<double>(walked) / static_cast<double>(walks);
        return f;
    }

private:
    [[nodiscard]] campaign::Warming warming(double temperature, int round) const {
        auto const& d = options_.environments.dynamics;
        return {temperature,
                d.timestep,
                d.friction,
                d.steps,
                d.every,
                seed_of(options_, round, "environment", before_),
                options_.select.force_spread.high};
    }

    void cut(LargeStructure whole, std::string const& whence, std::string const& at) {
        auto const& e = options_.environments;
        campaign::EnvironmentOptions o;
        o.most = e.most;
        o.cut.core = e.core > 0.0 ? e.core : committee_.cutoff();
        o.cut.most_atoms = e.atoms;
        o.most_force_spread = options_.select.force_spread.high;
        domain::Domain domain{
            comm_, std::move(whole.cell),   std::move(whole.atoms), committee_.cutoff(),
            0.0,   domain::Lists::as_needed};
        domain.refresh();
        auto found =
            campaign::environments_of(comm_, committee_, domain, whence + at,
                                      whole.trajectory.empty() ? whence : whole.trajectory, o);
        if (found.cells < o.most)
            note(
                fmt::format("{}{}: {} cells of the {} that were asked for ({} other places could "
                            "not be cut so that a periodic cell of {} atoms resembles them)",
                            whence, at, found.cells, o.most, found.failed, e.atoms));
        add(before_++, std::move(found.candidates));
    }

    void note(std::string const& text) {
        if (comm_.is_root()) ends_ += text + "\n";
    }

    /// \param piece  of the work, over all ranks
    void add(std::size_t piece, std::vector<Candidate> made) {
        constexpr long long most = 1'000'000;  // candidates of one piece
        for (std::size_t k = 0; k < made.size(); ++k) {
            mine_.push_back(std::move(made[k]));
            numbers_.push_back(static_cast<long long>(piece) * most + static_cast<long long>(k));
        }
    }

    template <class Work>
    void share(std::size_t pieces, Work const& work) {
        mpi::all_or_none(comm_, [&] {
            for (std::size_t i = 0; i < pieces; ++i)
                if (static_cast<int>((before_ + i) % static_cast<std::size_t>(comm_.size())) ==
                    comm_.rank())
                    add(before_ + i, work(i));
        });
        before_ += pieces;
    }

    mpi::Communicator const& comm_;
    CampaignOptions const& options_;
    AnyModel const& model_;
    Committee const& committee_;
    std::size_t before_ = 0;  // pieces
    std::vector<Candidate> mine_;
    std::vector<long long> numbers_;
    std::string ends_;
};

Found find_candidates(Context& context, CampaignOptions const& o, int round,
                      AnyModel const& model) {
    Explorer explorer{context, o, model};
    std::vector<LargeFile> large;  // opened first: what is wrong with them is told before walks
    if (o.cut)
        for (auto const& file : o.environments.structures) {
            large.emplace_back(context.comm, file);
            large.back().expect_copies(o.environments.supercell);
        }
    auto const walks = walks_of(context, o, round);
    explorer.go(walks);
    for (auto const& recipes : o.recipes)
        explorer.look_at(structures_by_recipes(context, o, recipes, round));
    for (std::size_t k = 0; k < large.size(); ++k)
        explorer.cut(large[k], o.environments.structures[k].string(), round);
    return explorer.found(walks.size());
}

/// Chosen by chance among those that can be calculated: what selection is compared with.
std::vector<campaign::Verdict> by_chance(std::vector<Candidate> const& candidates,
                                         CampaignOptions const& o, int round) {
    auto const options = config::selection_of(o);
    std::vector<campaign::Verdict> verdicts(candidates.size());
    std::vector<int> possible;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        auto& v = verdicts[i];
        v.score = campaign::score_of(candidates[i], options);
        auto const against = campaign::reasons_against(candidates[i].structure, *options.geometry);
        v.kind = against.empty() ? campaign::Verdict::Kind::not_needed
                                 : campaign::Verdict::Kind::filtered;
        v.text = against.empty() ? "not drawn" : against.front();
        if (against.empty()) possible.push_back(static_cast<int>(i));
    }
    RandomStream random{seed_of(o, round, "chance"), "chance", 0};
    auto const order = permutation(static_cast<int>(possible.size()), random);
    for (int k = 0; k < std::min<int>(o.select.count, static_cast<int>(possible.size())); ++k) {
        auto const at = possible[static_cast<std::size_t>(order[static_cast<std::size_t>(k)])];
        auto& v = verdicts[static_cast<std::size_t>(at)];
        v.kind = campaign::Verdict::Kind::chosen;
        v.rank = k;
        v.text = "drawn";
    }
    return verdicts;
}

std::string table_of(std::vector<Candidate> const& candidates,
                     std::vector<campaign::Verdict> const& verdicts, int round) {
    auto const number = [](std::optional<double> const& v) {
        return v ? fmt::format("{:.6g}", *v) : std::string{};
    };
    std::string text =
        "candidate,name,family,trajectory,atoms,force_spread_eV/A,energy_spread_eV/atom,grade,"
        "score,verdict,source\n";
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        auto const& c = candidates[i];
        auto const& v = verdicts[i];
        bool const is_chosen = v.kind == campaign::Verdict::Kind::chosen;
        text += fmt::format("{},{},{},{},{},{},{},{},{:.6g},{},{}\n", i,
                            is_chosen ? name_of_chosen(round, v.rank) : "", csv_field(c.family),
                            csv_field(c.trajectory), c.structure.size(), number(c.force_spread),
                            number(c.energy_spread), number(c.grade), v.score, csv_field(v.text),
                            csv_field(c.source));
    }
    return text;
}

/// Structures that were chosen before and have no label, or none yet, on every rank. Collective.
std::vector<Record> chosen_before(Context& context, CampaignOptions const& o, int round,
                                  std::vector<Record> const& labelled) {
    // By what they are: data of another campaign may have the same names.
    std::set<std::string> keys;
    for (auto const& record : labelled) keys.insert(campaign::label_key(record.structure, ""));
    std::vector<Record> result;
    for (int const r : rounds_with_choice(context.comm, o, 0, round - 1))
        for (auto& record : all_of(context.comm, RoundFiles{o, r}.chosen()))
            if (!keys.contains(campaign::label_key(record.structure, "")))
                result.push_back(std::move(record));
    return result;
}

/// Features of all candidates, so that they can be told apart. Collective.
/// \returns those of all that is labelled or was to be
Matrix give_features(Context& context, CampaignOptions const& o, int round, Model const& model,
                     std::vector<Candidate>& candidates) {
    campaign::FeatureOptions const options;
    auto const data = dataset_of(o);
    dataset::Records const known{dataset::read_all(data, context.comm)};
    auto const training = campaign::training_features_of(context.comm, model, known, options);
    std::vector<Record> records;
    for (auto const& c : candidates) records.push_back({c.structure, {}, "", "", "", "", ""});
    auto const features =
        campaign::features_of(context.comm, model, training.scale, records, options);
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        auto const row = features.row(static_cast<Eigen::Index>(i));
        candidates[i].features.assign(row.data(), row.data() + row.size());
    }
    auto const others = campaign::features_of(
        context.comm, model, training.scale,
        chosen_before(context, o, round, {known.begin(), known.end()}), options);
    Matrix all(training.features.rows() + others.rows(), training.features.cols());
    all << training.features, others;
    return all;
}

}  // namespace

std::vector<Record> structures_by_recipes(Context& context, CampaignOptions const& options,
                                          fs::path const& recipes, int round) {
    auto generate =
        config::read_options<config::GenerateOptions>(recipes, "generate", context.comm);
    generate.plan.seed = seed_of(options, round, recipes.string(), generate.plan.seed);
    std::vector<Record> records;
    mpi::all_or_none(context.comm, [&] {
        generate::check(generate.plan);
        for (long long i = 0; i < generate::count(generate.plan); ++i) {
            auto made = generate::make(generate.plan, i);
            if (auto* record = std::get_if<Record>(&made)) {
                record->source =
                    fmt::format("{} of {}, number {}", record->source, recipes.string(), i);
                records.push_back(std::move(*record));
            }
        }
    });
    return records;
}

void write_chosen(Context& context, CampaignOptions const& options, int round,
                  std::vector<Record> records) {
    for (std::size_t i = 0; i < records.size(); ++i)
        records[i].name = name_of_chosen(round, static_cast<int>(i));
    if (!context.comm.is_root()) records.clear();
    dataset::write(RoundFiles{options, round}.chosen(), context.comm, records,
                   {"campaign",
                    config::resolved_input("campaign", options),
                    {},
                    static_cast<std::uint64_t>(options.seed)});
}

void explore(Context& context, CampaignOptions const& o, int round, std::string const& model) {
    ModelOptions given;
    given.path = model;
    auto loaded = load(context, given);
    if (auto const factors = factors_of(context, o, round, loaded.committee.size()))
        loaded.committee.set_calibration(*factors);
    if (loaded.committee.size() < 2 && !o.random)
        throw DataError(
            fmt::format("{} is one model (nothing tells how sure it is): add "
                        "'committee' to the input of train",
                        model));
    AnyModel const any{std::move(loaded)};
    auto const& committee = any.trained()->committee;
    auto found = find_candidates(context, o, round, any);
    auto& candidates = found.candidates;
    if (candidates.empty())
        throw DataError(
            "exploration found no candidate at all: see what walks end of, and give "
            "more steps, structures, recipes or environments");
    auto const known = give_features(context, o, round, committee.members().front(), candidates);
    auto const verdicts =
        o.random ? by_chance(candidates, o, round)
                 : campaign::select(context.comm, candidates, known, config::selection_of(o));
    std::vector<Record> records;
    for (int const i : campaign::chosen(verdicts)) {
        auto const& c = candidates[static_cast<std::size_t>(i)];
        records.push_back({c.structure, {}, "", c.family, c.trajectory, c.source, ""});
    }
    auto const files = RoundFiles{o, round};
    long long const worth = std::count_if(verdicts.begin(), verdicts.end(),
                                          [](auto const& v) { return v.score >= 1.0; });
    auto const count = std::ssize(records);
    if (count > 0) write_chosen(context, o, round, std::move(records));
    io::write_text_file(files.candidates(), table_of(candidates, verdicts, round), context.comm);
    nlohmann::ordered_json summary{{"considered", candidates.size()},
                                   {"worth", worth},
                                   {"correlated", found.correlated},
                                   {"count", count},
                                   {"walks_that_ended", found.ends}};
    io::write_text_file(files.explored(), summary.dump(2) + "\n", context.comm);
    context.log.info("round {}: {} candidates, {} worth a label, {} chosen", round,
                     candidates.size(), worth, count);
}

}  // namespace kamacite::apps
