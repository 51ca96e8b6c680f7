#include "train_search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>

#include "kamacite/core/error.hpp"
#include "kamacite/io/atomic_file.hpp"
#include "kamacite/model/model_file.hpp"
#include "kamacite/report/csv.hpp"
#include "kamacite/training/checkpoint.hpp"
#include "kamacite/training/curve.hpp"
#include "kamacite/training/distributed_loss.hpp"
#include "kamacite/training/linear.hpp"

namespace kamacite::apps {
namespace {

using Json = nlohmann::ordered_json;
using training::Result;
using training::Start;

constexpr int search_format_version = 1;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// The columns of the table that are numbers.
struct Row {
    double score = std::numeric_limits<double>::infinity();  ///< loss over the validation set
    double parameters = 0.0, epochs = 0.0, seconds = 0.0;
    std::vector<double> rmse;  ///< of each quantity, in internal units; NaN: no labels
};

struct Table {
    std::vector<std::string> keys, quantities;
    std::vector<config::Trial> const& trials;
    std::vector<Row> rows;
    std::vector<std::size_t> order;  ///< from the best to the worst
};

std::vector<std::string> quantities_of(config::TrainOptions const& options) {
    std::vector<std::string> names;
    for (auto const& head : config::heads_of(options)) {
        if (head.kind == Head::Kind::energy)
            names.insert(names.end(), {"energy", "forces", "stress"});
        else if (head.kind == Head::Kind::moment)
            names.emplace_back("moments");
        else
            names.insert(names.end(), head.outputs.begin(), head.outputs.end());
    }
    return names;
}

Row judge(mpi::Communicator const& comm, config::TrainOptions const& base, Model const& model,
          Json const& summary, dataset::Records const& validation) {
    auto const rest = training::for_networks(model, validation);
    training::DistributedLoss loss{rest, base.training.loss, model.cutoff(), base.training.leaves,
                                   0.0};
    auto const sums = loss.errors(comm, model, base.training.loss);
    training::SumLayout const layout{model};
    Row row{training::Curve{model}.loss(sums),
            static_cast<double>(model.parameters().size()),
            summary.value("epochs", 0.0),
            summary.value("seconds", 0.0),
            {}};
    for (auto const& name : quantities_of(base)) {
        int const q = layout.index_of(name);
        row.rmse.push_back(q < 0 ? nan
                                 : std::sqrt(sums[static_cast<std::size_t>(layout.squares(q))] /
                                             sums[static_cast<std::size_t>(layout.count(q))]));
    }
    if (!std::isfinite(row.score)) row.score = std::numeric_limits<double>::infinity();
    return row;
}

/// \returns no row if it was stopped
std::optional<Row> run(Context& context, Groups const& groups, config::TrainOptions const& base,
                       config::Trial const& trial, std::size_t number, std::size_t of,
                       Lesson const& lesson, Start start, StopRequest& stop) {
    auto options = trial.options;
    options.training.heads = config::heads_of(options);
    options.training.short_range = config::short_range_of(options);
    options.training.linear = config::linear_of(options);
    Logger log{groups.voice};
    Context group{groups.ranks, log};
    open_directory(groups.ranks, options.training.directory, log);
    std::string words;
    for (std::size_t k = 0; k < trial.values.size(); ++k)
        words +=
            fmt::format("{}{} = {}", k == 0 ? "" : ", ", base.search_over[k].key, trial.values[k]);
    log.info("trial {} of {}: {}", number + 1, of, words);
    auto provenance = lesson.provenance;
    provenance.input = trial.resolved;
    provenance.seed = options.training.seed;
    try {
        auto const result = training::train(groups.ranks, descriptors_for(group, options, lesson),
                                            lesson.training, lesson.validation, options.training,
                                            provenance, start, hooks_of(stop), log);
        if (result.outcome == Result::Outcome::stopped) return std::nullopt;
        auto const row =
            judge(groups.ranks, base, result.model, Json::parse(result.summary), lesson.validation);
        if (groups.ranks.is_root())
            context.log.info("trial {} of {} ({}): loss {:.4g}", number + 1, of, words, row.score);
        return row;
    } catch (NumericalError const& e) {
        log.warn("trial {} diverges: {}", number + 1, e.what());
        return Row{.rmse = std::vector<double>(quantities_of(base).size(), nan)};
    }
}

/// Gives every rank all rows; each is known to the ranks of one group.
std::vector<Row> shared(mpi::Communicator const& comm, Groups const& groups,
                        std::vector<std::optional<Row>> const& mine, std::size_t quantities) {
    std::size_t const width = 4 + quantities;
    std::vector<double> values(mine.size() * width, 0.0);
    for (std::size_t t = 0; t < mine.size(); ++t) {
        if (!mine[t] || !groups.ranks.is_root()) continue;
        auto const& row = *mine[t];
        double const numbers[] = {row.score, row.parameters, row.epochs, row.seconds};
        std::copy(std::begin(numbers), std::end(numbers), values.begin() + t * width);
        std::copy(row.rmse.begin(), row.rmse.end(), values.begin() + t * width + 4);
    }
    comm.all_reduce(mpi::Op::sum, std::span{values});  // all others are zeros
    std::vector<Row> rows;
    for (std::size_t t = 0; t < mine.size(); ++t) {
        auto const* row = values.data() + t * width;
        rows.push_back({row[0], row[1], row[2], row[3], {row + 4, row + width}});
    }
    return rows;
}

void write_hdf5(mpi::Communicator const& comm, std::filesystem::path const& path,
                Table const& table, io::Provenance const& provenance) {
    bool const root = comm.is_root();
    auto file = io::File::create(path, comm);
    io::write_provenance(file, "search", search_format_version, provenance);
    auto const texts = [&](char const* name, std::vector<std::string> const& all,
                           char const* description) {
        file.write_pool(name, root ? all : std::vector<std::string>{}, description);
    };
    std::vector<std::string> values;
    std::vector<double> score, parameters, epochs, seconds, rmse;
    for (std::size_t t = 0; root && t < table.rows.size(); ++t) {
        auto const& row = table.rows[t];
        values.insert(values.end(), table.trials[t].values.begin(), table.trials[t].values.end());
        score.push_back(row.score);
        parameters.push_back(row.parameters);
        epochs.push_back(row.epochs);
        seconds.push_back(row.seconds);
        rmse.insert(rmse.end(), row.rmse.begin(), row.rmse.end());
    }
    texts("keys", table.keys, "keys that were searched over");
    texts("values", values, "their values, trial after trial");
    texts("quantities", table.quantities, "columns of rmse");
    file.write_rows("score", score,
                    {"1", "loss per structure of the validation set; inf: diverged"});
    file.write_rows("parameters", parameters, {"1", "parameters of the model"});
    file.write_rows("epochs", epochs, {"1", "epochs trained"});
    file.write_rows("seconds", seconds, {"s", "wall time of the training"});
    file.write_rows("rmse", rmse,
                    {"internal units", "root mean square errors of the validation set"},
                    static_cast<long long>(table.quantities.size()));
    file.commit();
}

Json to_json(Table const& table) {
    auto out = Json::array();
    for (auto const t : table.order) {
        auto const& row = table.rows[t];
        Json entry{{"trial", t + 1}, {"loss", nullptr}};
        if (std::isfinite(row.score)) entry["loss"] = row.score;
        for (std::size_t k = 0; k < table.keys.size(); ++k)
            entry["values"][table.keys[k]] = table.trials[t].values[k];
        for (std::size_t q = 0; q < table.quantities.size(); ++q)
            if (std::isfinite(row.rmse[q])) entry["rmse"][table.quantities[q]] = row.rmse[q];
        entry["parameters"] = row.parameters;
        entry["seconds"] = row.seconds;
        out.push_back(entry);
    }
    return {{"trials", out}};
}

/// A row per trial, the best first.
std::string to_csv(Table const& table) {
    report::CsvTable csv;
    auto const column = [&](auto const& of) {
        std::vector<std::decay_t<decltype(of(table.order.front()))>> values;
        for (auto const t : table.order) values.push_back(of(t));
        return values;
    };
    csv.add("trial", column([](std::size_t t) { return fmt::format("{}", t + 1); }));
    csv.add("loss", column([&](std::size_t t) { return table.rows[t].score; }));
    for (std::size_t k = 0; k < table.keys.size(); ++k)
        csv.add(table.keys[k], column([&](std::size_t t) { return table.trials[t].values[k]; }));
    for (std::size_t q = 0; q < table.quantities.size(); ++q)
        csv.add("rmse_" + table.quantities[q],
                column([&](std::size_t t) { return table.rows[t].rmse[q]; }));
    csv.add("parameters", column([&](std::size_t t) { return table.rows[t].parameters; }));
    csv.add("epochs", column([&](std::size_t t) { return table.rows[t].epochs; }));
    csv.add("seconds", column([&](std::size_t t) { return table.rows[t].seconds; }));
    return report::to_csv(csv);
}

void refuse_checkpoints(mpi::Communicator const& comm, std::vector<config::Trial> const& trials) {
    for (auto const& trial : trials)
        if (training::has_checkpoint(trial.options.training.directory, comm))
            throw UsageError(fmt::format(
                "{} holds a checkpoint (it would be overwritten): say --resume to go on from it, "
                "or --fresh to begin again",
                trial.options.training.directory.string()));
}

}  // namespace

Result train_search(Context& context, config::TrainOptions const& options,
                    std::vector<config::Trial> const& trials, Lesson const& lesson, Start start,
                    StopRequest& stop) {
    auto const& comm = context.comm;
    if (lesson.validation.empty())
        throw InputError(
            "search: no structure validates, so trials cannot be compared: set split.validation");
    if (start == Start::refuse) refuse_checkpoints(comm, trials);
    Groups const groups{comm, static_cast<int>(trials.size())};
    context.log.info("a search of {} trials; groups of ranks that work beside each other: {}",
                     trials.size(), groups.count);
    std::vector<std::optional<Row>> mine(trials.size());
    int stopped = 0;
    for (auto t = static_cast<std::size_t>(groups.mine); t < trials.size() && stopped == 0;
         t += static_cast<std::size_t>(groups.count)) {
        mine[t] = run(context, groups, options, trials[t], t, trials.size(), lesson, start, stop);
        if (!mine[t]) stopped = 1;
    }
    auto const stopped_result = [&] {
        auto const pool = pool_for(context, options, lesson.elements);
        auto const none = Scaling::none(static_cast<int>(lesson.elements.size()), pool.width());
        return Result{Result::Outcome::stopped, Model{pool, none, options.training.heads, 0}, "{}",
                      options.training.directory};
    };
    if (comm.all_reduce(mpi::Op::max, stopped) == 1) return stopped_result();

    Table table{{}, quantities_of(options), trials, {}, std::vector<std::size_t>(trials.size())};
    for (auto const& key : options.search_over) table.keys.push_back(key.key);
    table.rows = shared(comm, groups, mine, table.quantities.size());
    std::iota(table.order.begin(), table.order.end(), std::size_t{0});
    std::stable_sort(table.order.begin(), table.order.end(), [&](std::size_t a, std::size_t b) {
        return table.rows[a].score < table.rows[b].score;
    });
    auto const& directory = options.training.directory;
    write_hdf5(comm, directory / "search.h5", table, lesson.provenance);
    io::write_text_file(directory / "search.csv", to_csv(table), comm);
    auto const best = table.order.front();
    if (!std::isfinite(table.rows[best].score))
        throw NumericalError(fmt::format("all {} trials diverge ({}): lower the steps",
                                         trials.size(), (directory / "search.csv").string()));
    auto const file = trials[best].options.training.directory / "model.h5";
    auto model = load_model(file, comm);
    auto provenance = lesson.provenance;
    provenance.input = trials[best].resolved;
    provenance.seed = trials[best].options.training.seed;
    auto const summary = io::File::open(file, comm).text("/", "summary");
    save_model(directory / "model.h5", comm, model, provenance, summary);
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        std::error_code error;
        std::filesystem::copy_file(trials[best].options.training.directory / "learning_curve.csv",
                                   directory / "learning_curve.csv",
                                   std::filesystem::copy_options::overwrite_existing, error);
        if (error)
            throw SystemError(fmt::format("{}: cannot be written ({})",
                                          (directory / "learning_curve.csv").string(),
                                          error.message()));
    });
    context.log.info(
        "the best is trial {}; its validation error is that of the best of {}, so judge it by the "
        "test side",
        best + 1, trials.size());
    return {Result::Outcome::finished, std::move(model), to_json(table).dump(),
            directory / "model.h5"};
}

}  // namespace kamacite::apps
