#include "bench_training.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>

#include "data.hpp"
#include "kamacite/config/input.hpp"
#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/inference/machine.hpp"
#include "kamacite/mpi/tree.hpp"
#include "kamacite/training/optimiser.hpp"
#include "kamacite/training/setup.hpp"
#include "train_parts.hpp"

namespace kamacite::apps {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;

struct BenchOptions {
    std::string input;
    double seconds = 5.0;
};

double since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Wall time of work that all ranks do together: the slowest one's.
template <class F>
double timed(mpi::Communicator const& comm, F const& work) {
    comm.barrier();
    auto const start = Clock::now();
    work();
    return comm.all_reduce(mpi::Op::max, since(start));
}

double median(std::vector<double> times) {
    std::nth_element(times.begin(), times.begin() + std::ssize(times) / 2, times.end());
    return times[times.size() / 2];
}

/// Median time of work repeated for so long, twice at least.
template <class F>
double repeated(mpi::Communicator const& comm, double seconds, F const& work) {
    std::vector<double> times;
    double total = 0.0;
    while (times.size() < 2 || total < seconds) {
        times.push_back(timed(comm, work));
        total += times.back();  // the same on all ranks
    }
    return median(times);
}

/// What an input trains on: all structures of its data, whatever their split.
struct Workload {
    config::TrainOptions options;
    Lesson lesson;
    double atoms = 0.0, components = 0.0;  ///< environments; components of forces with a label
};

Workload read_workload(Context& context, std::string const& input) {
    auto const& comm = context.comm;
    Workload out{config::read_options<config::TrainOptions>(input, "train", comm), {}};
    std::set<int> elements;
    std::vector<dataset::Records::Source> sources;
    for (auto const& path : out.options.data) {
        Source const source{comm, path, ""};
        std::vector<long long> rows(static_cast<std::size_t>(source.size()));
        std::iota(rows.begin(), rows.end(), 0LL);
        sources.push_back({source.reader(comm), std::move(rows)});
    }
    out.lesson.training = {std::move(sources), out.options.data_cache};
    for (auto const& record : out.lesson.training) {
        elements.insert(record.structure.species.begin(), record.structure.species.end());
        out.atoms += record.structure.size();
        out.components += 3.0 * static_cast<double>(record.labels.forces.size());
    }
    out.lesson.elements.assign(elements.begin(), elements.end());
    out.options.training.heads = config::heads_of(out.options);
    return out;
}

std::vector<int> first_ids(std::size_t n) {
    std::vector<int> ids(n);
    std::iota(ids.begin(), ids.end(), 0);
    return ids;
}

/// Every k-th structure, so that batches are alike.
std::vector<int> batch_of(std::size_t structures, int batch, long long step) {
    std::vector<int> ids;
    auto const n = static_cast<long long>(structures);
    for (long long k = 0; k < std::min<long long>(batch, n); ++k)
        ids.push_back(static_cast<int>((step + k * n / std::min<long long>(batch, n)) % n));
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    return ids;
}

Json stage_to_json(mpi::Communicator const& comm, Workload const& work,
                   training::DistributedLoss& loss, Model model,
                   training::StageOptions const& stage, double seconds) {
    auto const optimiser = training::make_optimiser(stage, model, comm);
    training::Objective const objective{comm, loss, work.options.training.loss};
    auto const n = work.lesson.training.size();
    bool const all = training::all_at_once(stage);
    long long k = 0;
    double structures = 0.0;
    auto const step = [&] {
        auto const ids = all ? first_ids(n) : batch_of(n, stage.batch, k++);
        structures = static_cast<double>(ids.size());
        (void)optimiser->step(objective, model, ids, 0.0, 0.0);
    };
    double const each = repeated(comm, seconds, step);
    double const steps = all ? 1.0 : std::ceil(static_cast<double>(n) / stage.batch);
    return {{"optimiser", name_of(stage.kind)},
            {"structures_per_step", structures},
            {"seconds_per_step", each},
            {"seconds_per_epoch", each * steps},
            {"structures_per_second", static_cast<double>(n) / (each * steps)},
            {"environments_per_second", work.atoms / (each * steps)}};
}

int bench_train(Context& context, BenchOptions const& options) {
    auto const& comm = context.comm;
    auto const work = read_workload(context, options.input);
    auto const& t = work.options.training;
    inference::MemoryGrowth const memory;
    auto const descriptors = descriptors_for(context, work.options, work.lesson);
    training::DistributedLoss loss{work.lesson.training, t.loss, descriptors.cutoff(), t.leaves,
                                   t.cache};
    std::optional<Model> model;
    double const preparing = timed(comm, [&] {
        model = training::prepare_model(comm, descriptors, work.lesson.training, t, loss.cache(),
                                        Logger::silent());
    });
    auto const ids = first_ids(work.lesson.training.size());
    double const first = timed(comm, [&] { (void)loss.gradient(comm, *model, t.loss, ids); });
    double const gradient =
        repeated(comm, options.seconds, [&] { (void)loss.gradient(comm, *model, t.loss, ids); });
    double const errors = repeated(comm, 0.0, [&] { (void)loss.errors(comm, *model, t.loss); });
    auto const grown = memory.largest();  // before covariances, which belong to a stage
    double const bytes = comm.all_reduce(mpi::Op::sum, grown.value_or(0.0)) / work.atoms;
    Json out{{"bench", "train"},
             {"input", options.input},
             {"ranks", comm.size()},
             {"processor", inference::processor_name()},
             {"structures", work.lesson.training.size()},
             {"environments", work.atoms},
             {"force_components", work.components},
             {"functions", descriptors.width()},
             {"parameters", model->parameters().size()},
             {"seconds_to_prepare", preparing},
             {"gradient",
              {{"seconds", gradient},
               {"seconds_first", first},
               {"environments_per_second", work.atoms / gradient}}},
             {"seconds_of_errors", errors}};
    out["memory_bytes_per_environment"] = nullptr;
    if (comm.all_reduce(mpi::Op::min, grown ? 1 : 0) == 1)
        out["memory_bytes_per_environment"] = bytes;
    out["stages"] = Json::array();
    for (auto const& stage : t.stages)
        out["stages"].push_back(stage_to_json(comm, work, loss, *model, stage, options.seconds));
    if (!comm.is_root()) return 0;
    if (context.json) {
        fmt::print("{}\n", out.dump(2));
        return 0;
    }
    fmt::print(
        "{}, {} rank(s)\n{}: {} structures, {:.0f} environments, {:.0f} components of forces; "
        "{} functions, {} parameters\n",
        inference::processor_name(), comm.size(), options.input, work.lesson.training.size(),
        work.atoms, work.components, descriptors.width(), model->parameters().size());
    fmt::print(
        "  gradient over all           {:.3g} s ({:.3g} environments/s; the first {:.3g} s)\n"
        "  errors over all             {:.3g} s\n  memory beside the data      {}\n",
        gradient, work.atoms / gradient, first, errors,
        out["memory_bytes_per_environment"].is_null()
            ? "not told by the system"
            : fmt::format("{:.2f} kB per environment, of all ranks", 1e-3 * bytes));
    for (auto const& stage : out["stages"])
        fmt::print(
            "  {:<28}{:.3g} s/step of {} structures, {:.3g} s/epoch, {:.3g} structures/s, "
            "{:.3g} environments/s\n",
            stage["optimiser"].get<std::string>(), stage["seconds_per_step"].get<double>(),
            stage["structures_per_step"].get<double>(), stage["seconds_per_epoch"].get<double>(),
            stage["structures_per_second"].get<double>(),
            stage["environments_per_second"].get<double>());
    return 0;
}

/// Time [s] of a message without content, and of each of its bytes, between two ranks.
struct Network {
    double latency = 0.0, per_byte = 0.0;
};

Network measured_network(mpi::Communicator const& comm) {
    if (comm.size() < 2) return {};
    auto const one_way = [&](std::size_t numbers) {
        std::vector<double> message(numbers, 1.0);
        int const times = 50;
        comm.barrier();
        auto const start = Clock::now();
        for (int k = 0; k < times && comm.rank() < 2; ++k) {
            if (comm.rank() == 0) comm.send(message, 1);
            if (comm.rank() == 1) comm.receive(message, 0);
            if (comm.rank() == 1) comm.send(message, 0);
            if (comm.rank() == 0) comm.receive(message, 1);
        }
        return comm.all_reduce(mpi::Op::max, since(start)) / (2.0 * times);
    };
    std::size_t const large = 1 << 17;
    double const latency = one_way(1);
    return {latency, std::max(0.0, one_way(large) - latency) / (8.0 * large)};
}

struct Point {
    int ranks;
    double structures;
    double seconds, reduction;
};

/// A gradient over some of the records by the first `ranks` ranks.
Point point_of(mpi::Communicator const& comm, int ranks, Workload const& work, Model const& model,
               std::size_t structures, int leaves, double seconds) {
    auto const part = comm.split(comm.rank() < ranks ? 0 : 1, comm.rank());
    Point out{ranks, static_cast<double>(structures), 0.0, 0.0};
    if (comm.rank() < ranks) {
        auto const& t = work.options.training;
        training::DistributedLoss loss{work.lesson.training.some(first_ids(structures)), t.loss,
                                       model.cutoff(), leaves, t.cache};
        auto const ids = first_ids(structures);
        (void)loss.gradient(part, model, t.loss, ids);  // fills the cache
        out.seconds =
            repeated(part, seconds, [&] { (void)loss.gradient(part, model, t.loss, ids); });
        auto const mine = mpi::block_of(part.rank(), part.size(), leaves);
        auto const columns = std::ssize(model.parameters()) + training::SumLayout{model}.size() + 1;
        out.reduction = repeated(part, 0.1 * seconds, [&] {
            (void)mpi::sum_in_tree(part, Matrix::Zero(mine.size(), columns), leaves);
        });
    }
    out.seconds = comm.all_reduce(mpi::Op::max, out.seconds);
    out.reduction = comm.all_reduce(mpi::Op::max, out.reduction);
    return out;
}

/// Cost of the costliest of `ranks` ranks over the mean.
double imbalance(Workload const& work, double cutoff, int ranks) {
    auto const costs = training::costs_of(work.lesson.training, cutoff);
    double const total = std::accumulate(costs.begin(), costs.end(), 0.0);
    double largest = 0.0;
    for (auto const& part : training::balanced_parts(costs, ranks))
        largest = std::max(largest,
                           std::accumulate(part.begin(), part.end(), 0.0, [&](double sum, int i) {
                               return sum + costs[static_cast<std::size_t>(i)];
                           }));
    return total > 0.0 ? largest * ranks / total : 1.0;
}

/// What the model of the cost says of a gradient over all records on so many ranks, with a leaf for
/// each: the work of the costliest rank, and a tree of messages up and one down.
double predicted(Workload const& work, double cutoff, double work_seconds, Network const& network,
                 double bytes, int ranks) {
    double const rounds = 2.0 * std::ceil(std::log2(std::max(1, ranks)));
    return work_seconds / ranks * imbalance(work, cutoff, ranks) +
           rounds * (network.latency + network.per_byte * bytes);
}

int bench_scaling(Context& context, BenchOptions const& options) {
    auto const& comm = context.comm;
    auto const work = read_workload(context, options.input);
    auto const& t = work.options.training;
    auto const descriptors = descriptors_for(context, work.options, work.lesson);
    training::DescriptorCache none{work.lesson.training.size(), 0.0};
    auto const model =
        training::prepare_model(comm, descriptors, work.lesson.training, t, none, Logger::silent());
    int const leaves = std::max(t.leaves, comm.size());
    std::vector<int> counts;
    for (int p = 1; p < comm.size(); p *= 2) counts.push_back(p);
    counts.push_back(comm.size());
    auto const all = work.lesson.training.size();
    std::vector<Point> strong, weak;
    for (int const p : counts) {
        strong.push_back(point_of(comm, p, work, model, all, leaves, options.seconds));
        auto const share = std::max<std::size_t>(
            1, all * static_cast<std::size_t>(p) / static_cast<std::size_t>(comm.size()));
        weak.push_back(point_of(comm, p, work, model, share, leaves, options.seconds));
    }
    auto const network = measured_network(comm);
    double const bytes = 8.0 * static_cast<double>(model.parameters().size());
    double const alone = strong.front().seconds - strong.front().reduction;
    if (!comm.is_root()) return 0;

    Json out{{"bench", "scaling"},
             {"input", options.input},
             {"ranks", comm.size()},
             {"processor", inference::processor_name()},
             {"structures", all},
             {"environments", work.atoms},
             {"parameters", model.parameters().size()},
             {"leaves", leaves}};
    for (auto const& [name, points] : {std::pair{"strong", &strong}, std::pair{"weak", &weak}}) {
        out[name] = Json::array();
        for (auto const& p : *points) {
            double const share = p.structures / static_cast<double>(all);
            out[name].push_back(
                {{"ranks", p.ranks},
                 {"structures", p.structures},
                 {"seconds", p.seconds},
                 {"compute", p.seconds - p.reduction},
                 {"reduction", p.reduction},
                 {"efficiency", strong.front().seconds * share / (p.seconds * p.ranks)}});
        }
    }
    out["cost_model"] = {{"seconds_of_work", alone},
                         {"latency", nullptr},
                         {"seconds_per_byte", nullptr},
                         {"predicted", Json::array()}};
    if (comm.size() > 1) {
        out["cost_model"]["latency"] = network.latency;
        out["cost_model"]["seconds_per_byte"] = network.per_byte;
        for (int const p : {comm.size(), 100, 1000, 10000})
            out["cost_model"]["predicted"].push_back(
                {{"ranks", p},
                 {"imbalance", imbalance(work, model.cutoff(), p)},
                 {"seconds", predicted(work, model.cutoff(), alone, network, bytes, p)}});
    }
    if (context.json) {
        fmt::print("{}\n", out.dump(2));
        return 0;
    }
    fmt::print(
        "{}, {} rank(s)\n{}: gradients over {} structures, {:.0f} environments, {} "
        "parameters; {} leaves\n",
        inference::processor_name(), comm.size(), options.input, all, work.atoms,
        model.parameters().size(), leaves);
    for (auto const* name : {"strong", "weak"}) {
        fmt::print("  {} scaling\n    {:>6}{:>12}{:>12}{:>12}{:>12}{:>12}\n", name, "ranks",
                   "structures", "s", "compute s", "reduction s", "efficiency");
        for (auto const& p : out[name])
            fmt::print("    {:>6}{:>12}{:>12.4g}{:>12.4g}{:>12.3g}{:>12.2f}\n",
                       p["ranks"].get<int>(), p["structures"].get<double>(),
                       p["seconds"].get<double>(), p["compute"].get<double>(),
                       p["reduction"].get<double>(), p["efficiency"].get<double>());
    }
    if (comm.size() < 2) {
        fmt::print("  a model of the cost needs two ranks at least, to measure messages\n");
        return 0;
    }
    fmt::print(
        "  model: {:.4g} s of work / ranks × imbalance + 2 log2(ranks) ({:.3g} µs + {:.3g} ns/B "
        "× {:.0f} B), measured between ranks 0 and 1\n",
        alone, 1e6 * network.latency, 1e9 * network.per_byte, bytes);
    for (auto const& p : out["cost_model"]["predicted"])
        fmt::print("    {:>6} ranks: {:.4g} s, imbalance {:.2f}\n", p["ranks"].get<int>(),
                   p["seconds"].get<double>(), p["imbalance"].get<double>());
    return 0;
}

void add(Arguments const& bench, std::function<int(Context&)>& chosen, char const* name,
         char const* doc, int (*run)(Context&, BenchOptions const&)) {
    auto options = std::make_shared<BenchOptions>();
    auto const arguments = bench.part(name, doc, [&chosen, options, run] {
        chosen = [options, run](Context& context) { return run(context, *options); };
    });
    arguments.add("input", options->input, "Input file of 'train' (YAML)").required();
    arguments.add("--seconds", options->seconds, "How long to repeat what is timed")
        .between(0.0, 1e5)
        .shows_default();
}

}  // namespace

void add_train_bench(Arguments const& bench, std::function<int(Context&)>& chosen) {
    add(bench, chosen, "train",
        "Gradients and steps of a training: time per epoch, structures/s, memory per environment",
        bench_train);
}

void add_scaling_bench(Arguments const& bench, std::function<int(Context&)>& chosen) {
    add(bench, chosen, "scaling",
        "Gradients on 1, 2, 4 … of the ranks, all structures and as many per rank; a model of the "
        "cost, and what it predicts for more ranks",
        bench_scaling);
}

}  // namespace kamacite::apps
