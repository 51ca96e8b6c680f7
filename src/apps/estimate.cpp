#include "estimate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <numeric>
#include <set>

#include "data.hpp"
#include "kamacite/config/describe.hpp"
#include "kamacite/config/train.hpp"
#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/dataset/store.hpp"
#include "kamacite/training/distributed_loss.hpp"
#include "kamacite/training/setup.hpp"

namespace kamacite::apps {
namespace {

/// A dataset in numbers, and a few of its structures.
struct Data {
    long long records = 0;
    long long atoms = 0;
    std::vector<Record> sample;
};

constexpr long long sample_size = 16;

/// Structures spread over the dataset. Collective.
Data look_at(std::vector<std::filesystem::path> const& paths, mpi::Communicator const& comm) {
    Data data;
    for (auto const& path : paths) {
        auto const segments = dataset::segments(path, comm);
        long long records = 0;
        for (auto const& s : segments) {
            records += s.records;
            data.atoms += s.atoms;
        }
        data.records += records;
        std::vector<long long> picked;
        for (long long i = 0; i < std::min(sample_size, records); ++i)
            picked.push_back(i * records / std::min(sample_size, records));
        for (auto& r : dataset::read(path, comm, picked)) data.sample.push_back(std::move(r));
    }
    return data;
}

/// Time [s] that descriptors take per atom, with gradients pulled back if `with_forces`.
double seconds_per_atom(Data const& data, Descriptors const& descriptors) {
    using Clock = std::chrono::steady_clock;
    long long atoms = 0;
    auto const start = Clock::now();
    for (auto const& r : data.sample) {
        auto const neighbours = find_neighbours(r.structure, descriptors.cutoff());
        (void)descriptors.evaluate(neighbours, r.structure.species);
        atoms += r.structure.size();
        if (Clock::now() - start > std::chrono::seconds{2}) break;
    }
    std::chrono::duration<double> const passed = Clock::now() - start;
    return atoms == 0 ? 0.0 : passed.count() / static_cast<double>(atoms);
}

std::vector<int> elements_of(Data const& data, std::vector<std::string> const& symbols) {
    std::set<int> elements;
    for (auto const& s : symbols) elements.insert(atomic_number_of(s));
    if (symbols.empty())
        for (auto const& r : data.sample)
            elements.insert(r.structure.species.begin(), r.structure.species.end());
    return {elements.begin(), elements.end()};
}

void add_data(Estimates& e, Data const& data) {
    e.numbers.push_back(
        {"structures", static_cast<double>(data.records), "", "structures in the dataset"});
    e.numbers.push_back({"atoms", static_cast<double>(data.atoms), "", "atoms in the dataset"});
}

Estimates of_describe(Context& context, config::DescribeOptions const& o) {
    Estimates e;
    auto const data = look_at({o.data}, context.comm);
    add_data(e, data);
    if (data.sample.empty()) {
        e.notes.emplace_back("the dataset is empty: there is nothing to describe");
        return e;
    }
    auto const descriptors = standard_descriptors(elements_of(data, o.elements), o.descriptors);
    double const atoms = static_cast<double>(data.atoms);
    double const ranks = context.comm.size();
    e.numbers.push_back(
        {"functions", static_cast<double>(descriptors.width()), "", "functions per atom at most"});
    e.numbers.push_back({"output", atoms * descriptors.width() * 8e-6, "MB", "size of the output"});
    e.numbers.push_back({"memory", atoms * (descriptors.width() * 8.0 + 100.0) / ranks * 1e-6, "MB",
                         "memory per rank beside the program itself"});
    e.numbers.push_back({"time", atoms * seconds_per_atom(data, descriptors) / ranks, "s",
                         fmt::format("time on {} rank(s), without reading and writing", ranks)});
    return e;
}

/// Structures spread over any readable files; atoms are counted in the sample alone. Collective.
Data look_at_sources(std::vector<std::filesystem::path> const& paths,
                     mpi::Communicator const& comm) {
    Data data;
    for (auto const& path : paths) {
        Source const source{comm, path, ""};
        auto const picked = std::min(sample_size, source.size());
        long long atoms = 0;
        for (long long i = 0; i < picked; ++i) {
            auto const at = i * source.size() / picked;
            for (auto& r : source.read(comm, {at, at + 1})) {
                atoms += r.structure.size();
                data.sample.push_back(std::move(r));
            }
        }
        data.records += source.size();
        data.atoms += atoms * source.size() / picked;
    }
    return data;
}

/// Times per atom, all ranks working together.
struct StepTimes {
    double gradient;  ///< [s] of a training step
    double errors;    ///< [s] of judging
    int parameters;
};

/// Trains on the sample for a moment, without a step. Collective.
StepTimes time_steps(mpi::Communicator const& comm, Data const& data, config::TrainOptions const& o,
                     Descriptors const& descriptors) {
    auto options = o.training;
    options.heads = config::heads_of(o);
    training::DistributedLoss loss{data.sample, options.loss, descriptors.cutoff(), options.leaves,
                                   options.cache};
    auto const model = training::prepare_model(comm, descriptors, data.sample, options,
                                               loss.cache(), Logger::silent());
    std::vector<int> all(data.sample.size());
    std::iota(all.begin(), all.end(), 0);
    double atoms = 0.0;
    for (auto const& r : data.sample) atoms += r.structure.size();
    // The first pass fills what is kept of the descriptors.
    (void)loss.gradient(comm, model, options.loss, all);
    auto const time = [&](auto const& work) {
        using Clock = std::chrono::steady_clock;
        auto const start = Clock::now();
        work();
        std::chrono::duration<double> const passed = Clock::now() - start;
        return comm.all_reduce(mpi::Op::max, passed.count()) / atoms;
    };
    return {time([&] { (void)loss.gradient(comm, model, options.loss, all); }),
            time([&] { (void)loss.errors(comm, model, options.loss); }),
            static_cast<int>(model.parameters().size())};
}

Estimates of_train(Context& context, config::TrainOptions const& o) {
    Estimates e;
    auto const data = look_at_sources(o.data, context.comm);
    auto const descriptors = config::descriptors_of(o, elements_of(data, o.elements));
    auto const times = time_steps(context.comm, data, o, descriptors);

    double const ranks = context.comm.size();
    double const atoms = static_cast<double>(data.atoms);
    double const training = std::max(0.0, 1.0 - o.split.validation - o.split.test);
    double const epochs = std::accumulate(
        o.training.stages.begin(), o.training.stages.end(), 0.0,
        [](double sum, training::StageOptions const& stage) { return sum + stage.epochs; });
    // Every rank holds all structures with their labels, and its share of the descriptors.
    double const structures =
        atoms * 80.0 + static_cast<double>(data.records) * (sizeof(Record) + 500.0);
    double const kept = std::min(o.training.cache, training * atoms * descriptors.width() * 8.0);
    // Gradients of its leaves; and the state of the optimiser, three times (now, good, best).
    double const model = times.parameters * 8.0 * (o.training.leaves / ranks + 15.0);

    add_data(e, data);
    e.numbers.push_back(
        {"functions", static_cast<double>(descriptors.width()), "", "functions per atom at most"});
    e.numbers.push_back(
        {"parameters", static_cast<double>(times.parameters), "", "parameters of the model"});
    e.numbers.push_back({"memory", (structures + kept + model) * 1e-6, "MB",
                         "memory per rank beside the program itself, at most"});
    e.numbers.push_back(
        {"time", epochs * atoms * (training * times.gradient + o.split.validation * times.errors),
         "s", fmt::format("time of {} epochs on {} rank(s), about", epochs, ranks)});
    e.notes.push_back(
        fmt::format("from {} structures spread over the data; small batches take longer, stages "
                    "with 'patience' may end sooner",
                    data.sample.size()));
    return e;
}

}  // namespace

Estimates estimate(Context& context, config::Input const& input, std::string const& command) {
    try {
        if (command == "describe") {
            config::DescribeOptions o;
            config::parse(input, command, [&](config::Fields& f) { fields(f, o); });
            return of_describe(context, o);
        }
        if (command == "train") {
            config::TrainOptions o;
            config::parse(input, command, [&](config::Fields& f) { fields(f, o); });
            return of_train(context, o);
        }
    } catch (MissingError const& e) {
        return {{}, {fmt::format("no estimate: {}", e.what())}};
    } catch (DataError const& e) {  // e.g. no labels to learn from in the sample
        return {{}, {fmt::format("no estimate: {}", e.what())}};
    }
    return {};
}

}  // namespace kamacite::apps
