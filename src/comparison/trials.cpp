#include "kamacite/comparison/trials.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/core/random.hpp"
#include "kamacite/inference/metrics.hpp"

namespace kamacite::comparison {
namespace {

bool is_graph(Method method) {
    return method == Method::nearest || method == Method::smooth;
}
/// Whether another seed gives another result.
bool is_network(Method method) {
    return method == Method::paper || method == Method::pooled || method == Method::atoms ||
           is_graph(method);
}

Settings paper() {
    Settings s;
    s.rate = 1e-3;
    s.schedule = Settings::Schedule::constant;
    s.batch = 64;
    s.epochs = 50;
    s.keep = Settings::Keep::last;
    s.inputs = Settings::Inputs::classic;
    s.hidden = {128, 128};
    s.activation = Activation::relu;
    return s;
}

template <class T, std::size_t n>
T one_of(RandomStream& random, std::array<T, n> const& values) {
    return values[random.below(n)];
}

/// One training that is to be made.
struct Job {
    Settings settings;
    std::uint64_t seed;
};

Fitted fit(Problem const& problem, Method method, Job const& job) {
    if (method == Method::constant) return fit_constant(problem);
    if (method == Method::ridge) return fit_ridge(problem, job.settings);
    if (method == Method::atoms) return fit_atoms(problem, job.settings, job.seed);
    return fit_pooled(problem, job.settings, job.seed);
}

/// Trainings that ranks make beside each other; all get all results. Collective.
std::vector<Fitted> fit_shared(mpi::Communicator const& comm, Problem const& problem, Method method,
                               std::vector<Job> const& jobs) {
    constexpr std::size_t numbers = 6;
    auto const n = static_cast<std::size_t>(problem.size());
    std::vector<double> mine;
    mpi::all_or_none(comm, [&] {
        for (std::size_t k = 0; k < jobs.size(); ++k) {
            if (static_cast<int>(k) % comm.size() != comm.rank()) continue;
            auto const f = fit(problem, method, jobs[k]);
            mine.insert(mine.end(),
                        {static_cast<double>(k), f.validation, static_cast<double>(f.parameters),
                         static_cast<double>(f.epoch), f.training_seconds, f.predicting_seconds});
            mine.insert(mine.end(), f.predicted.begin(), f.predicted.end());
        }
    });
    auto const all = comm.all_gather(std::span<double const>{mine});
    std::vector<Fitted> out(jobs.size());
    for (auto at = all.begin(); at != all.end(); at += static_cast<std::ptrdiff_t>(numbers + n)) {
        auto& f = out[static_cast<std::size_t>(at[0])];
        f.validation = at[1];
        f.parameters = static_cast<int>(at[2]);
        f.epoch = static_cast<int>(at[3]);
        f.training_seconds = at[4];
        f.predicting_seconds = at[5];
        f.predicted.assign(at + numbers, at + static_cast<std::ptrdiff_t>(numbers + n));
    }
    return out;
}

std::vector<Fitted> fit_all(mpi::Communicator const& comm, Problem const& problem, Method method,
                            std::vector<Job> const& jobs) {
    if (!is_graph(method)) return fit_shared(comm, problem, method, jobs);
    auto const& graphs = method == Method::nearest ? problem.nearest : problem.smooth;
    std::vector<Fitted> out;
    for (auto const& job : jobs)
        out.push_back(fit_graph(comm, problem, graphs, job.settings, job.seed));
    return out;
}

double seconds_of_inputs(Problem const& problem, Method method) {
    switch (method) {
        case Method::constant:
            return 0.0;
        case Method::paper:
            return problem.seconds.classic;
        case Method::atoms:
            return problem.seconds.atoms;
        case Method::nearest:
            return problem.seconds.nearest;
        case Method::smooth:
            return problem.seconds.smooth;
        case Method::ridge:
        case Method::pooled:
            break;
    }
    return problem.seconds.descriptors;
}

}  // namespace

std::string name_of(Method method) {
    switch (method) {
        case Method::constant:
            return "constant";
        case Method::ridge:
            return "ridge";
        case Method::paper:
            return "paper_network";
        case Method::pooled:
            return "pooled_network";
        case Method::atoms:
            return "bpnn";
        case Method::nearest:
            return "cgcnn";
        case Method::smooth:
            return "cgcnn_smooth";
    }
    return {};
}

Forms forms_of(std::span<Method const> methods) {
    auto const has = [&](Method m) {
        return std::find(methods.begin(), methods.end(), m) != methods.end();
    };
    return {has(Method::ridge) || has(Method::pooled), has(Method::paper), has(Method::nearest),
            has(Method::smooth), has(Method::atoms)};
}

Settings settings_of(Method method, int trial, TrialOptions const& options) {
    if (method == Method::paper) return paper();
    Settings s;
    s.epochs = options.epochs;
    s.rate = 3e-3;
    if (trial == 0) return s;
    RandomStream random{options.seed, "comparison " + name_of(method),
                        static_cast<std::uint64_t>(trial)};
    s.rate = std::pow(10.0, -3.5 + 1.5 * random.uniform());
    s.batch = one_of(random, std::array{16, 32, 64});
    s.decay = one_of(random, std::array{0.0, 1e-4, 1e-2});
    s.penalty = std::pow(10.0, -8.0 * random.uniform());
    using Inputs = Settings::Inputs;
    s.inputs = one_of(random, std::array{Inputs::mean, Inputs::mean_and_variance});
    int const neurons = one_of(random, std::array{32, 64, 128});
    s.hidden.assign(1 + random.below(2), neurons);
    s.width = one_of(random, std::array{32, 64});
    s.convolutions = one_of(random, std::array{2, 3});
    s.dense = one_of(random, std::array{64, 128});
    return s;
}

std::string words_of(Method method, Settings const& s) {
    if (method == Method::constant) return "";
    char const* const inputs = s.inputs == Settings::Inputs::classic ? "ten radial means"
                               : s.inputs == Settings::Inputs::mean  ? "mean"
                                                                     : "mean and variance";
    if (method == Method::ridge) return fmt::format("penalty {:.2g}, {}", s.penalty, inputs);
    auto const training =
        fmt::format("rate {:.2g}, batch {}, decay {:g}", s.rate, s.batch, s.decay);
    if (is_graph(method))
        return fmt::format("width {}, {} convolutions, dense {}, {}", s.width, s.convolutions,
                           s.dense, training);
    if (method == Method::atoms)
        return fmt::format("{} {}, {}", fmt::join(s.hidden, "-"), kamacite::name_of(s.activation),
                           training);
    return fmt::format("{} {}, {}, {}", fmt::join(s.hidden, "-"), kamacite::name_of(s.activation),
                       inputs, training);
}

Spread spread_of(std::span<double const> values) {
    Spread spread;
    auto const n = static_cast<double>(values.size());
    for (double const v : values) spread.mean += v / n;
    if (values.size() < 2) return spread;
    for (double const v : values) spread.deviation += std::pow(v - spread.mean, 2) / (n - 1.0);
    spread.deviation = std::sqrt(spread.deviation);
    return spread;
}

void judge(Outcome& outcome, std::span<double const> target, std::span<int const> test,
           std::span<double const> base) {
    std::vector<double> rmse, mae, r2, reference;
    auto const beside = [&](std::span<double const> values, int i) {
        auto const k = static_cast<std::size_t>(i);
        return base.empty() ? values[k] : values[k] - base[k];
    };
    for (int const i : test) reference.push_back(beside(target, i));
    for (auto const& all : outcome.predicted) {
        std::vector<double> predicted;
        for (int const i : test) predicted.push_back(beside(all, i));
        auto const errors = inference::errors_of(reference, predicted);
        rmse.push_back(errors.rmse);
        mae.push_back(errors.mae);
        r2.push_back(errors.r2.value_or(std::nan("")));
    }
    outcome.rmse = spread_of(rmse);
    outcome.mae = spread_of(mae);
    outcome.r2 = spread_of(r2);
}

std::vector<Outcome> compare(mpi::Communicator const& comm, Problem const& problem,
                             std::span<double const> target, std::span<Method const> methods,
                             TrialOptions const& options,
                             std::function<void(std::string const&)> const& tell) {
    KAMACITE_EXPECTS(options.trials > 0 && options.seeds > 0);
    std::vector<Outcome> outcomes;
    for (auto const method : methods) {
        Outcome outcome;
        outcome.method = name_of(method);
        bool const choose = method != Method::constant && method != Method::paper;
        outcome.tried = !choose                   ? 1
                        : method == Method::ridge ? 10 * options.trials
                                                  : options.trials;
        std::vector<Job> jobs;
        for (int t = 0; t < outcome.tried; ++t)
            jobs.push_back({settings_of(method, t, options), options.seed});
        std::size_t best = 0;
        if (choose) {
            tell(fmt::format("{}: {} trials", outcome.method, outcome.tried));
            for (auto const& f : fit_all(comm, problem, method, jobs))
                outcome.trials.push_back(f.validation);
            best = static_cast<std::size_t>(
                std::min_element(outcome.trials.begin(), outcome.trials.end()) -
                outcome.trials.begin());
        }
        auto const chosen = jobs[best].settings;
        outcome.settings = words_of(method, chosen);
        jobs.clear();
        for (int k = 0; k < (is_network(method) ? options.seeds : 1); ++k)
            jobs.push_back({chosen, options.seed + 1 + static_cast<std::uint64_t>(k)});
        tell(fmt::format("{}: {} trainings with {}", outcome.method, jobs.size(),
                         outcome.settings.empty() ? "no settings" : outcome.settings));
        std::vector<double> validation, seconds;
        auto fits = fit_all(comm, problem, method, jobs);
        for (auto& f : fits) {
            validation.push_back(f.validation);
            seconds.push_back(f.training_seconds);
            outcome.parameters = f.parameters;
            outcome.predicting_seconds += f.predicting_seconds / static_cast<double>(fits.size());
            outcome.predicted.push_back(std::move(f.predicted));
        }
        outcome.predicting_seconds += seconds_of_inputs(problem, method);
        outcome.validation = spread_of(validation);
        outcome.training_seconds = spread_of(seconds);
        judge(outcome, target, problem.test, problem.base);
        outcomes.push_back(std::move(outcome));
    }
    return outcomes;
}

}  // namespace kamacite::comparison
