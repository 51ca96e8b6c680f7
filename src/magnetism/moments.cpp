#include "kamacite/magnetism/moments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "kamacite/core/error.hpp"
#include "kamacite/core/random.hpp"
#include "kamacite/dynamics/averages.hpp"
#include "kamacite/dynamics/motion.hpp"

namespace kamacite::magnetism {
namespace {

Prediction predict(Potential const& model, Structure const& s) {
    return model.predict(s, find_neighbours(s, model.cutoff()));
}

void expect_moments(Prediction const& prediction) {
    if (prediction.moments.empty())
        throw DataError(
            "the model gives no magnetic moments: take one with a moment head (train with 'model: "
            "{moment: …}')");
}

double largest(std::vector<double> const& values, double otherwise) {
    return values.empty() ? otherwise : *std::max_element(values.begin(), values.end());
}

double mean(std::vector<double> const& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Numbers of a result with n models as they travel.
std::vector<double> packed(ThermalMoment const& t) {
    std::vector<double> numbers{t.temperature,   t.measured.value, t.measured.error,       t.width,
                                t.extrapolation, t.grade,          t.converged ? 1.0 : 0.0};
    for (auto const& m : t.moments) numbers.insert(numbers.end(), {m.value, m.error});
    return numbers;
}

ThermalMoment unpacked(std::span<double const> numbers) {
    ThermalMoment t{numbers[0], {numbers[1], numbers[2]}, {}, numbers[3], numbers[4],
                    numbers[5], numbers[6] != 0.0};
    for (std::size_t k = 7; k + 1 < numbers.size(); k += 2)
        t.moments.push_back({numbers[k], numbers[k + 1]});
    return t;
}

}  // namespace

std::vector<MomentPoint> moment_curve(Potential const& model, generate::Lattice lattice,
                                      int element, std::span<double const> constants) {
    std::vector<MomentPoint> curve;
    for (double const a : constants) {
        auto const s =
            generate::make_lattice(lattice, {a, generate::ideal_ratio(lattice)},
                                   generate::CellChoice::primitive, std::vector<int>{element});
        auto const prediction = predict(model, s);
        expect_moments(prediction);
        curve.push_back({a, mean(prediction.moments), largest(prediction.extrapolation, 0.0),
                         largest(prediction.grade, std::numeric_limits<double>::quiet_NaN())});
    }
    return curve;
}

ThermalMoment thermal_moment(Potential const& forces, std::span<Potential const* const> models,
                             Structure const& start, double temperature,
                             ThermalOptions const& options, int index) {
    KAMACITE_EXPECTS(!models.empty() && options.steps >= 4 * options.every);
    auto s = start;
    auto const n = s.positions.size();
    std::vector<long long> ids(n);
    std::iota(ids.begin(), ids.end(), 0LL);
    auto const masses = dynamics::masses_of(s.species);
    auto const seed =
        RandomStream{options.seed, "moments at a temperature", static_cast<std::uint64_t>(index)}
            .bits();
    // A crystal gives half of its kinetic energy to its bonds.
    auto velocities = dynamics::thermal_velocities(s.species, ids, 2.0 * temperature, seed);
    dynamics::Langevin const bath{temperature, options.friction, seed + 1};
    auto pull = predict(forces, s).forces;
    double const half = 0.5 * options.timestep;

    ThermalMoment result;
    result.temperature = temperature;
    result.grade = std::numeric_limits<double>::quiet_NaN();
    std::vector<std::vector<double>> series(models.size());
    std::vector<double> measured;
    long long looks = 0;
    auto const look = [&] {
        ++looks;
        for (std::size_t m = 0; m < models.size(); ++m) {
            auto const p = predict(*models[m], s);
            expect_moments(p);
            double const here = mean(p.moments);
            series[m].push_back(here);
            double square = 0.0;
            for (double const moment : p.moments) square += std::pow(moment - here, 2);
            result.width += std::sqrt(square / static_cast<double>(n));
            result.extrapolation = std::max(result.extrapolation, largest(p.extrapolation, 0.0));
            if (!p.grade.empty()) result.grade = std::fmax(result.grade, largest(p.grade, 0.0));
        }
    };
    for (int step = 1; step <= options.equilibration + options.steps; ++step) {
        dynamics::kick(velocities, pull, masses, half);
        dynamics::drift(s.positions, velocities, half);
        dynamics::exchange_heat(velocities, masses, ids, bath, options.timestep, step);
        dynamics::drift(s.positions, velocities, half);
        double const now = dynamics::temperature(dynamics::kinetic_energy(velocities, masses),
                                                 3LL * static_cast<long long>(n));
        if (!(now < std::max(20000.0, 20.0 * temperature)))
            throw NumericalError(
                fmt::format("at {:.0f} K the atoms fly apart in step {}: shorten the time step, or "
                            "stay inside the range of the model",
                            temperature, step));
        pull = predict(forces, s).forces;
        dynamics::kick(velocities, pull, masses, half);
        if (step <= options.equilibration) continue;
        measured.push_back(dynamics::temperature(dynamics::kinetic_energy(velocities, masses),
                                                 3LL * static_cast<long long>(n)));
        if ((step - options.equilibration) % options.every == 0) look();
    }
    auto const heat = dynamics::average_of(measured);
    result.measured = {heat.mean, heat.error};
    result.converged = true;
    result.width /= static_cast<double>(looks) * static_cast<double>(models.size());
    for (auto const& of_model : series) {
        auto const average = dynamics::average_of(of_model);
        result.moments.push_back({average.mean, average.error});
        result.converged = result.converged && average.converged;
    }
    return result;
}

std::vector<ThermalMoment> thermal_moments(mpi::Communicator const& comm, Potential const& forces,
                                           std::span<Potential const* const> models,
                                           Structure const& start,
                                           std::span<double const> temperatures,
                                           ThermalOptions const& options) {
    auto const size = 7 + 2 * models.size();
    std::vector<double> numbers(temperatures.size() * size, 0.0);
    mpi::all_or_none(comm, [&] {
        for (std::size_t k = 0; k < temperatures.size(); ++k) {
            if (k % static_cast<std::size_t>(comm.size()) != static_cast<std::size_t>(comm.rank()))
                continue;
            auto const result = thermal_moment(forces, models, start, temperatures[k], options,
                                               static_cast<int>(k));
            std::ranges::copy(packed(result),
                              numbers.begin() + static_cast<std::ptrdiff_t>(k * size));
        }
    });
    comm.all_reduce(mpi::Op::sum, std::span{numbers});
    std::vector<ThermalMoment> results;
    for (std::size_t k = 0; k < temperatures.size(); ++k)
        results.push_back(unpacked(std::span{numbers}.subspan(k * size, size)));
    return results;
}

}  // namespace kamacite::magnetism
