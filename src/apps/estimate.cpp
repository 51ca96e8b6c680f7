#include "estimate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <set>

#include "estimate_campaign.hpp"
#include "estimate_label.hpp"
#include "estimate_md.hpp"
#include "estimate_relax.hpp"
#include "fit.hpp"
#include "kamacite/config/describe.hpp"
#include "kamacite/config/generate.hpp"
#include "kamacite/config/search.hpp"
#include "kamacite/config/train.hpp"
#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/generate/extent.hpp"
#include "kamacite/training/distributed_loss.hpp"
#include "kamacite/training/kalman.hpp"
#include "kamacite/training/selection.hpp"
#include "kamacite/training/setup.hpp"
#include "train_parts.hpp"

namespace kamacite::apps {
namespace {

/// All files of an input in numbers, and a few of their structures.
struct Data {
    long long records = 0;
    long long atoms = 0;
    std::vector<Record> sample{};
};

Data sum_of(std::vector<DataSummary> const& files) {
    Data data;
    for (auto const& file : files) {
        data.records += file.records();
        data.atoms += file.atoms;
        data.sample.insert(data.sample.end(), file.sample.begin(), file.sample.end());
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

/// The elements that are asked for, else those of the data.
std::vector<int> elements_of(std::vector<DataSummary> const& files,
                             std::vector<std::string> const& symbols) {
    std::set<int> elements;
    for (auto const& s : symbols) elements.insert(atomic_number_of(s));
    if (symbols.empty())
        for (auto const& file : files)
            for (auto const& [z, where] : file.elements) elements.insert(z);
    return {elements.begin(), elements.end()};
}

void add_data(Estimates& e, Data const& data) {
    e.numbers.push_back(
        {"structures", static_cast<double>(data.records), "", "structures in the dataset"});
    e.numbers.push_back({"atoms", static_cast<double>(data.atoms), "", "atoms in the dataset"});
}

void add_functions(Estimates& e, Descriptors const& descriptors) {
    for (int const z : descriptors.elements())
        e.numbers.push_back({fmt::format("functions_of_{}", symbol_of(z)),
                             static_cast<double>(descriptors.size(z)), "",
                             fmt::format("functions of each atom of {}", symbol_of(z))});
}

Estimates of_describe(Context& context, config::Input const& input,
                      config::DescribeOptions const& o) {
    Estimates e;
    std::vector<DataSummary> const files{summarise(context.comm, o.data)};
    config::refuse(input, element_faults(o.elements, files));
    auto const data = sum_of(files);
    auto const descriptors = standard_descriptors(elements_of(files, o.elements), o.descriptors);
    double const atoms = static_cast<double>(data.atoms);
    double const ranks = context.comm.size();
    add_data(e, data);
    add_functions(e, descriptors);
    e.numbers.push_back({"output", atoms * descriptors.width() * 8e-6, "MB", "size of the output"});
    e.numbers.push_back({"memory", atoms * (descriptors.width() * 8.0 + 100.0) / ranks * 1e-6, "MB",
                         "memory per rank beside the program itself"});
    e.numbers.push_back({"time", atoms * seconds_per_atom(data, descriptors) / ranks, "s",
                         fmt::format("time on {} rank(s), without reading and writing", ranks)});
    return e;
}

/// As many functions of a pool as will be chosen: which ones takes all of the data to tell.
Descriptors first_of(Descriptors const& pool, int count) {
    std::vector<std::vector<int>> kept;
    for (int const z : pool.elements()) {
        kept.emplace_back(static_cast<std::size_t>(std::min(count, pool.size(z))));
        std::iota(kept.back().begin(), kept.back().end(), 0);
    }
    return training::some_of(pool, kept);
}

/// What a moment of training on the sample tells, all ranks working together.
struct StepTimes {
    double errors = 0.0;           ///< [s/atom] of judging
    std::vector<double> per_atom;  ///< [s/atom] of an epoch of each stage
    std::vector<double> per_step;  ///< [s] beyond that of each step
    double covariance = 0.0;       ///< bytes of the largest one, on all ranks
    int parameters = 0;
};

/// An update of a Kalman filter by as many measurements as it takes at once, and its covariance.
std::pair<double, double> time_update(mpi::Communicator const& comm, Model const& model,
                                      training::StageOptions const& stage) {
    training::Kalman filter{stage, model, comm};
    std::vector<double> w(model.parameters().begin(), model.parameters().end());
    int const n = training::Kalman::largest_update;
    Matrix const h = Matrix::Constant(n, std::ssize(w), 1e-3);
    double bytes = 0.0;
    for (auto const& [name, rows] : filter.rows()) bytes += 8.0 * static_cast<double>(rows.size());
    filter.update(comm, w, h, Eigen::VectorXd::Zero(n), 0.0);  // the first one pays for the memory
    auto const start = std::chrono::steady_clock::now();
    filter.update(comm, w, h, Eigen::VectorXd::Zero(n), 0.0);
    std::chrono::duration<double> const passed = std::chrono::steady_clock::now() - start;
    return {comm.all_reduce(mpi::Op::max, passed.count()), comm.all_reduce(mpi::Op::sum, bytes)};
}

/// Trains on the sample for a moment, without a step. Collective.
StepTimes time_steps(mpi::Communicator const& comm, Data const& data, config::TrainOptions const& o,
                     Descriptors const& descriptors) {
    using Kind = training::StageOptions::Kind;
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
    double const gradient = time([&] { (void)loss.gradient(comm, model, options.loss, all); });
    StepTimes times;
    times.errors = time([&] { (void)loss.errors(comm, model, options.loss); });
    times.parameters = static_cast<int>(model.parameters().size());
    // A filter asks for energies, forces, stress … apart.
    auto const kinds = training::Kalman::kinds_of(options.loss, model);
    auto const per_atom = [&](training::StageOptions const& stage) {
        if (stage.kind == Kind::kalman)
            return time([&] { (void)loss.leaf_gradients(comm, model, kinds, all); });
        bool const products = stage.kind == Kind::brgn || stage.kind == Kind::lsqr;
        return gradient * (products ? 2.0 * static_cast<double>(stage.inner) : 1.0);
    };
    for (auto const& stage : options.stages) {
        times.per_atom.push_back(per_atom(stage));
        times.per_step.push_back(0.0);
        if (stage.kind != Kind::kalman) continue;
        auto const [update, bytes] = time_update(comm, model, stage);
        auto const measured =
            static_cast<double>(kinds.size()) * std::min(options.leaves, stage.batch);
        times.per_step.back() = update * std::ceil(measured / training::Kalman::largest_update);
        times.covariance = std::max(times.covariance, bytes);
    }
    return times;
}

/// All stages, judging included.
double seconds_of(StepTimes const& times, config::TrainOptions const& o, double records,
                  double atoms) {
    double seconds = 0.0;
    double const training = std::max(0.0, 1.0 - o.split.validation - o.split.test);
    for (std::size_t k = 0; k < times.per_atom.size(); ++k) {
        auto const& stage = o.training.stages[k];
        double const steps = training::all_at_once(stage)
                                 ? 1.0
                                 : std::ceil(training * records / static_cast<double>(stage.batch));
        seconds += stage.epochs *
                   (atoms * (training * times.per_atom[k] + o.split.validation * times.errors) +
                    steps * times.per_step[k]);
    }
    return seconds;
}

Estimates of_train(Context& context, config::Input const& input, config::TrainOptions const& o) {
    Estimates e;
    auto const fit = expect_fit(context.comm, input, o);
    auto const& files = fit.data;
    if (!fit.mixture.empty()) e.notes.push_back(fit.mixture);
    std::size_t const trials = o.search ? config::trials_of(input, o).size() : 1;
    auto const data = sum_of(files);
    auto descriptors = pool_for(context, o, elements_of(files, o.elements));
    add_data(e, data);
    StepTimes times{};
    try {
        if (o.select) descriptors = first_of(descriptors, o.selection.count);
        add_functions(e, descriptors);
        times = time_steps(context.comm, data, o, descriptors);
    } catch (DataError const& error) {  // rare labels or elements, of which the sample has none
        e.notes.push_back(
            fmt::format("memory and time are not told, from the {} structures that "
                        "were tried: {}",
                        data.sample.size(), error.what()));
        return e;
    }

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
    double const model =
        times.parameters * 8.0 * (o.training.leaves / ranks + 15.0) + times.covariance / ranks;

    e.numbers.push_back(
        {"parameters", static_cast<double>(times.parameters), "", "parameters of the model"});
    e.numbers.push_back({"memory", (structures + kept + model) * 1e-6, "MB",
                         "memory per rank beside the program itself, at most"});
    e.numbers.push_back({"time", seconds_of(times, o, static_cast<double>(data.records), atoms),
                         "s",
                         fmt::format("time of {} epochs on {} rank(s), about", epochs, ranks)});
    e.notes.push_back(
        fmt::format("from {} structures spread over the data; small batches take longer, stages "
                    "with 'patience' may end sooner",
                    data.sample.size()));
    if (o.search)
        e.numbers.push_back({"trials", static_cast<double>(trials), "",
                             "trainings of the search, each about as long as that"});
    if (o.committee)
        e.numbers.push_back({"members", static_cast<double>(o.members), "",
                             "trainings of the committee, each about as long as that"});
    return e;
}

/// Bytes of an array in a file: above 1 MiB whole chunks of that size.
double on_disk(double bytes) {
    double const chunk = 1024.0 * 1024.0;
    return bytes < chunk ? bytes : chunk * std::ceil(bytes / chunk);
}

Estimates of_generate(config::GenerateOptions const& o) {
    Estimates e;
    generate::Extent all;
    double texts = 0.0;
    std::string largest;
    for (auto const& recipe : o.plan.recipes) {
        auto const extent = generate::extent_of(recipe);
        e.numbers.push_back({recipe.name + ".structures", static_cast<double>(extent.structures),
                             "", fmt::format("structures of recipe '{}'", recipe.name)});
        e.numbers.push_back({recipe.name + ".atoms", static_cast<double>(extent.atoms), "",
                             fmt::format("atoms of recipe '{}'", recipe.name)});
        for (auto const& remark : generate::remarks(recipe))
            e.notes.push_back(fmt::format("recipe '{}': {}", recipe.name, remark));
        double text = 700.0;  // name, source and recipe of a record
        std::string box;
        if (extent.largest <= 100'000) {
            auto const made = generate::make({o.plan.seed, {recipe}}, extent.largest_index);
            if (auto const* record = std::get_if<Record>(&made)) {
                text = static_cast<double>(record->name.size() + record->source.size() +
                                           record->recipe.size());
                auto const& rows = record->structure.cell.rows();
                box = fmt::format(", edges {:.4g}, {:.4g}, {:.4g} Å", rows.row(0).norm(),
                                  rows.row(1).norm(), rows.row(2).norm());
            }
        }
        texts += text * static_cast<double>(extent.structures);
        all.structures += extent.structures;
        all.atoms += extent.atoms;
        if (extent.largest > all.largest) {
            all.largest = extent.largest;
            largest =
                fmt::format("atoms of the largest structure (recipe '{}'{})", recipe.name, box);
        }
    }
    double const n = static_cast<double>(all.structures);
    double const atoms = static_cast<double>(all.atoms);
    double const bytes = on_disk(24.0 * atoms) + on_disk(atoms) + on_disk(72.0 * n) +
                         on_disk(texts) + 55.0 * n + 16'000.0;
    e.numbers.push_back({"structures", n, "", "structures, before any is left out"});
    e.numbers.push_back({"atoms", atoms, "", "atoms in them"});
    e.numbers.push_back({"largest", static_cast<double>(all.largest), "", largest});
    e.numbers.push_back({"output", bytes * 1e-6, "MB", "size of the output, about"});
    return e;
}

}  // namespace

Estimates estimate(Context& context, config::Input const& input, std::string const& command) {
    try {
        if (command == "describe") {
            config::DescribeOptions o;
            config::parse(input, command, [&](config::Fields& f) { fields(f, o); });
            return of_describe(context, input, o);
        }
        if (command == "train") {
            config::TrainOptions o;
            config::parse(input, command, [&](config::Fields& f) { fields(f, o); });
            return of_train(context, input, o);
        }
        if (command == "generate") {
            config::GenerateOptions o;
            config::parse(input, command, [&](config::Fields& f) { fields(f, o); });
            return of_generate(o);
        }
        if (command == "md") {
            config::MdOptions o;
            config::parse(input, command, [&](config::Fields& f) { fields(f, o); });
            return estimate_md(context, o);
        }
        if (command == "relax") {
            config::RelaxOptions o;
            config::parse(input, command, [&](config::Fields& f) { fields(f, o); });
            return estimate_relax(context, o);
        }
        if (command == "label") {
            config::LabelOptions o;
            config::parse(input, command, [&](config::Fields& f) { fields(f, o); });
            return estimate_label(context, o);
        }
        if (command == "campaign") {
            config::CampaignOptions o;
            config::parse(input, command, [&](config::Fields& f) { fields(f, o); });
            return estimate_campaign(context, input.file, o);
        }
    } catch (MissingError const& e) {
        return {{}, {fmt::format("no estimate: {}", e.what())}};
    }
    return {};
}

}  // namespace kamacite::apps
