#include "kamacite/comparison/fit.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>

#include "kamacite/comparison/graph_network.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/mpi/partition.hpp"

namespace kamacite::comparison {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int predicted_together = 8;  // structures

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Adam with decoupled weight decay.
/// Source: Kingma and Ba, arXiv:1412.6980; Loshchilov and Hutter, arXiv:1711.05101.
class Adam {
public:
    explicit Adam(std::size_t n) : first_(n, 0.0), second_(n, 0.0) {}

    void move(std::span<double> w, std::span<double const> gradient, double rate, double decay) {
        constexpr double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
        ++steps_;
        double const one = 1.0 - std::pow(beta1, steps_), two = 1.0 - std::pow(beta2, steps_);
        for (std::size_t k = 0; k < w.size(); ++k) {
            first_[k] = beta1 * first_[k] + (1.0 - beta1) * gradient[k];
            second_[k] = beta2 * second_[k] + (1.0 - beta2) * gradient[k] * gradient[k];
            w[k] -=
                rate * (first_[k] / one / (std::sqrt(second_[k] / two) + epsilon) + decay * w[k]);
        }
    }

private:
    std::vector<double> first_, second_;
    int steps_ = 0;
};

/// A network as the loop over epochs sees it.
struct Learner {
    std::vector<double> w;
    /// ∂loss/∂w of a batch of structures.
    std::function<std::vector<double>(std::span<int const>)> gradient;
    /// Predictions of some structures, standardised.
    std::function<std::vector<double>(std::span<int const>)> predict;
    /// What belongs to the parameters beside w; empty for most.
    std::vector<double> state;
};

double root_mean_square(Problem const& problem, std::span<int const> ids,
                        std::span<double const> predicted) {
    double sum = 0.0;
    for (std::size_t k = 0; k < ids.size(); ++k)
        sum += std::pow(predicted[k] - problem.target[static_cast<std::size_t>(ids[k])], 2);
    double const error = problem.scale * std::sqrt(sum / static_cast<double>(ids.size()));
    return std::isfinite(error) ? error : std::numeric_limits<double>::infinity();
}

double rate_at(Settings const& settings, int step, int total) {
    if (settings.schedule == Settings::Schedule::constant) return settings.rate;
    double const x = static_cast<double>(step) / total;
    return settings.rate * (0.01 + 0.99 * 0.5 * (1.0 + std::cos(std::numbers::pi * x)));
}

/// One pass through the training side, in an order of its own.
void pass(Problem const& problem, Settings const& settings, std::uint64_t seed, int epoch,
          Adam& adam, Learner& learner) {
    RandomStream random{seed, "comparison batches", static_cast<std::uint64_t>(epoch)};
    auto const n = static_cast<int>(problem.training.size());
    auto const order = permutation(n, random);
    // batches of about equal size: normalisation over a handful of atoms would be noise
    int const batches = std::max(1, (n + settings.batch / 2) / settings.batch);
    for (int b = 0; b < batches; ++b) {
        auto const rows = mpi::block_of(b, batches, n);
        std::vector<int> ids;
        for (auto k = rows.begin; k < rows.end; ++k)
            ids.push_back(
                problem.training[static_cast<std::size_t>(order[static_cast<std::size_t>(k)])]);
        auto const gradient = learner.gradient(ids);
        adam.move(learner.w, gradient,
                  rate_at(settings, epoch * batches + b, settings.epochs * batches),
                  settings.decay);
    }
}

/// Trains, and predicts all structures with the parameters that are kept.
Fitted run(Problem const& problem, Settings const& settings, std::uint64_t seed, Learner& learner) {
    auto const start = Clock::now();
    Fitted fitted;
    fitted.parameters = static_cast<int>(learner.w.size());
    fitted.validation = std::numeric_limits<double>::infinity();
    Adam adam{learner.w.size()};
    auto best_w = learner.w, best_state = learner.state;
    for (int epoch = 0; epoch < settings.epochs; ++epoch) {
        pass(problem, settings, seed, epoch, adam, learner);
        bool const last = epoch + 1 == settings.epochs;
        if (settings.keep == Settings::Keep::last && !last) continue;
        double const error =
            root_mean_square(problem, problem.validation, learner.predict(problem.validation));
        if (error < fitted.validation) {
            fitted.validation = error;
            fitted.epoch = epoch + 1;
            best_w = learner.w;
            best_state = learner.state;
        }
    }
    learner.w = best_w;
    learner.state = best_state;
    fitted.training_seconds = seconds_since(start);
    std::vector<int> all(static_cast<std::size_t>(problem.size()));
    for (int k = 0; k < problem.size(); ++k) all[static_cast<std::size_t>(k)] = k;
    auto const before = Clock::now();
    fitted.predicted = learner.predict(all);
    fitted.predicting_seconds = seconds_since(before) / problem.size();
    for (int const k : all) {
        double& y = fitted.predicted[static_cast<std::size_t>(k)];
        y = problem.unscaled(k, y);
    }
    return fitted;
}

Matrix inputs_of(Problem const& problem, Settings::Inputs inputs) {
    std::vector<Matrix const*> parts;
    if (inputs == Settings::Inputs::classic)
        parts = {&problem.classic};
    else if (inputs == Settings::Inputs::mean)
        parts = {&problem.mean};
    else
        parts = {&problem.mean, &problem.variance};
    if (problem.conditions.cols() > 0) parts.push_back(&problem.conditions);
    Eigen::Index columns = 0;
    for (auto const* part : parts) columns += part->cols();
    if (columns == 0)
        throw DataError(
            fmt::format("no pooled descriptor and no condition varies between the {} structures of "
                        "the training side (there is nothing to learn from): take more or other "
                        "structures or functions, or only methods without pooled descriptors",
                        problem.training.size()));
    Matrix x{problem.size(), columns};
    columns = 0;
    for (auto const* part : parts) {
        x.middleCols(columns, part->cols()) = *part;
        columns += part->cols();
    }
    return x;
}

Matrix rows_of(Matrix const& x, std::span<int const> ids) {
    Matrix rows{std::ssize(ids), x.cols()};
    for (std::size_t k = 0; k < ids.size(); ++k)
        rows.row(static_cast<Eigen::Index>(k)) = x.row(ids[k]);
    return rows;
}

/// Rows of the atoms of one element in some structures.
struct ElementRows {
    Matrix x;
    std::vector<std::size_t> of;  ///< place among the structures, of each
};

ElementRows rows_of_element(Problem const& problem, std::span<int const> ids, int element) {
    auto const& atoms = problem.atoms;
    ElementRows rows;
    std::vector<int> numbers;
    for (std::size_t k = 0; k < ids.size(); ++k) {
        auto const structure = static_cast<std::size_t>(ids[k]);
        for (int i = atoms.first[structure]; i < atoms.first[structure + 1]; ++i)
            if (atoms.element[static_cast<std::size_t>(i)] == element) {
                numbers.push_back(i);
                rows.of.push_back(k);
            }
    }
    auto const width = atoms.x.cols();
    rows.x.resize(std::ssize(numbers), width + problem.conditions.cols());
    for (Eigen::Index row = 0; row < rows.x.rows(); ++row) {
        auto const k = static_cast<std::size_t>(row);
        rows.x.row(row).head(width) = atoms.x.row(numbers[k]);
        rows.x.row(row).tail(problem.conditions.cols()) = problem.conditions.row(ids[rows.of[k]]);
    }
    return rows;
}

int size_of(Problem const& problem, int id) {
    auto const k = static_cast<std::size_t>(id);
    return problem.atoms.first[k + 1] - problem.atoms.first[k];
}

}  // namespace

Fitted fit_atoms(Problem const& problem, Settings const& settings, std::uint64_t seed) {
    std::vector<int> sizes{static_cast<int>(problem.atoms.x.cols() + problem.conditions.cols())};
    sizes.insert(sizes.end(), settings.hidden.begin(), settings.hidden.end());
    sizes.push_back(1);
    Network const network{sizes, settings.activation};
    auto const length = static_cast<std::size_t>(network.parameter_count());
    auto const elements = problem.elements.size();
    Learner learner;
    learner.w.resize(elements * length);
    RandomStream random{seed, "comparison atoms", 0};
    for (std::size_t z = 0; z < elements; ++z)
        network.initialise(std::span{learner.w}.subspan(z * length, length), random);
    /// Calls work(element, its rows, its parameters, the pass through its network).
    auto const pass_all = [&](std::span<int const> ids, auto const& work) {
        for (std::size_t z = 0; z < elements; ++z) {
            auto const rows = rows_of_element(problem, ids, static_cast<int>(z));
            if (rows.of.empty()) continue;
            std::span<double const> const w{learner.w.data() + z * length, length};
            work(z, rows, w, network.forward(w, rows.x));
        }
    };
    learner.predict = [&](std::span<int const> ids) {
        std::vector<double> y(ids.size(), 0.0);
        pass_all(ids, [&](std::size_t, auto const& rows, auto, auto const& tape) {
            for (std::size_t k = 0; k < rows.of.size(); ++k)
                y[rows.of[k]] += tape.output(static_cast<Eigen::Index>(k), 0) /
                                 size_of(problem, ids[rows.of[k]]);
        });
        return y;
    };
    learner.gradient = [&](std::span<int const> ids) {
        auto const y = learner.predict(ids);
        std::vector<double> gradient(learner.w.size(), 0.0);
        pass_all(ids, [&](std::size_t z, auto const& rows, auto w, auto const& tape) {
            Matrix along{tape.output.rows(), 1};
            for (std::size_t k = 0; k < rows.of.size(); ++k) {
                auto const of = rows.of[k];
                double const error = y[of] - problem.target[static_cast<std::size_t>(ids[of])];
                along(static_cast<Eigen::Index>(k), 0) =
                    2.0 * error / (static_cast<double>(ids.size()) * size_of(problem, ids[of]));
            }
            network.gradient(w, tape, along, std::span{gradient}.subspan(z * length, length));
        });
        return gradient;
    };
    return run(problem, settings, seed, learner);
}

Fitted fit_pooled(Problem const& problem, Settings const& settings, std::uint64_t seed) {
    auto const x = inputs_of(problem, settings.inputs);
    std::vector<int> sizes{static_cast<int>(x.cols())};
    sizes.insert(sizes.end(), settings.hidden.begin(), settings.hidden.end());
    sizes.push_back(1);
    Network const network{sizes, settings.activation};
    Learner learner;
    learner.w.resize(static_cast<std::size_t>(network.parameter_count()));
    RandomStream random{seed, "comparison pooled", 0};
    network.initialise(learner.w, random);
    learner.gradient = [&](std::span<int const> ids) {
        auto const tape = network.forward(learner.w, rows_of(x, ids));
        Matrix along = tape.output;
        for (std::size_t k = 0; k < ids.size(); ++k) {
            double& y = along(static_cast<Eigen::Index>(k), 0);
            y = 2.0 * (y - problem.target[static_cast<std::size_t>(ids[k])]) /
                static_cast<double>(ids.size());
        }
        std::vector<double> gradient(learner.w.size(), 0.0);
        network.gradient(learner.w, tape, along, gradient);
        return gradient;
    };
    learner.predict = [&](std::span<int const> ids) {
        auto const y = network.forward(learner.w, rows_of(x, ids)).output;
        return std::vector<double>(y.data(), y.data() + y.size());
    };
    return run(problem, settings, seed, learner);
}

Fitted fit_graph(mpi::Communicator const& comm, Problem const& problem,
                 std::vector<Graph> const& graphs, Settings const& settings, std::uint64_t seed) {
    KAMACITE_EXPECTS(graphs.size() == problem.target.size());
    auto const conditions = static_cast<int>(problem.conditions.cols());
    GraphNetwork const network{
        {problem.elements, settings.width, settings.convolutions, settings.dense, conditions}};
    auto const samples_of = [&](std::span<int const> ids) {
        std::vector<Sample> samples;
        for (int const i : ids) {
            auto const k = static_cast<std::size_t>(i);
            std::span<double const> given;
            if (conditions > 0)
                given = {&problem.conditions(i, 0), static_cast<std::size_t>(conditions)};
            samples.push_back({&graphs[k], given, problem.target[k]});
        }
        return samples;
    };
    Learner learner;
    learner.w.resize(static_cast<std::size_t>(network.parameter_count()));
    learner.state = network.initial_statistics();
    RandomStream random{seed, "comparison graph", 0};
    network.initialise(learner.w, random);
    learner.gradient = [&](std::span<int const> ids) {
        auto step = network.gradient(comm, learner.w, learner.state, samples_of(ids));
        learner.state = std::move(step.statistics);
        return std::move(step.gradient);
    };
    learner.predict = [&](std::span<int const> ids) {
        // groups do not depend on the ranks, so that rounding does not
        auto const n = static_cast<int>(ids.size());
        auto const groups = (n + predicted_together - 1) / predicted_together;
        auto const own = mpi::block_of(comm.rank(), comm.size(), groups);
        std::vector<double> mine;
        mpi::all_or_none(comm, [&] {
            for (auto g = own.begin; g < own.end; ++g) {
                auto const rows = mpi::block_of(static_cast<int>(g), groups, n);
                auto const y =
                    network.predict(learner.w, learner.state,
                                    samples_of(ids.subspan(static_cast<std::size_t>(rows.begin),
                                                           static_cast<std::size_t>(rows.size()))));
                mine.insert(mine.end(), y.begin(), y.end());
            }
        });
        return comm.all_gather(std::span<double const>{mine});
    };
    auto fitted = run(problem, settings, seed, learner);
    fitted.predicting_seconds *= comm.size();
    return fitted;
}

Fitted fit_ridge(Problem const& problem, Settings const& settings) {
    auto const start = Clock::now();
    auto const x = inputs_of(problem, settings.inputs);
    auto const known = rows_of(x, problem.training);
    auto const n = static_cast<double>(problem.training.size());
    Eigen::VectorXd y{std::ssize(problem.training)};
    for (std::size_t k = 0; k < problem.training.size(); ++k)
        y[static_cast<Eigen::Index>(k)] =
            problem.target[static_cast<std::size_t>(problem.training[k])];
    // inputs and target have mean 0 over the training side: there is no constant to be found
    Matrix normal = known.transpose() * known / n;
    normal.diagonal().array() += settings.penalty;
    Eigen::VectorXd const w = normal.ldlt().solve(known.transpose() * y / n);
    Fitted fitted;
    fitted.parameters = static_cast<int>(x.cols()) + 1;
    fitted.training_seconds = seconds_since(start);
    auto const before = Clock::now();
    Eigen::VectorXd const all = x * w;
    fitted.predicting_seconds = seconds_since(before) / problem.size();
    std::vector<double> judged;
    for (int const i : problem.validation) judged.push_back(all[i]);
    fitted.validation = root_mean_square(problem, problem.validation, judged);
    for (int k = 0; k < problem.size(); ++k)
        fitted.predicted.push_back(problem.unscaled(k, all[k]));
    return fitted;
}

Fitted fit_constant(Problem const& problem) {
    Fitted fitted;
    fitted.parameters = 1;
    for (int k = 0; k < problem.size(); ++k) fitted.predicted.push_back(problem.unscaled(k, 0.0));
    std::vector<double> const zero(problem.validation.size(), 0.0);
    fitted.validation = root_mean_square(problem, problem.validation, zero);
    return fitted;
}

}  // namespace kamacite::comparison
