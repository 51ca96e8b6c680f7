#include "kamacite/phonons/thermodynamics.hpp"

#include <cmath>
#include <functional>

#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"

namespace kamacite::phonons {
namespace {

constexpr double still = 1e-3 * thz;  // below, a vibration is a translation

/// Σ over real vibrations of weight · f(ω), per atom.
double sum_over(Spectrum const& s, std::function<double(double)> const& f) {
    double sum = 0.0;
    for (Eigen::Index k = 0; k < s.frequencies.rows(); ++k)
        for (Eigen::Index m = 0; m < s.frequencies.cols(); ++m)
            if (s.frequencies(k, m) > still)
                sum += s.weights[std::size_t(k)] * f(s.frequencies(k, m));
    return sum / s.atoms;
}

/// C/k of one vibration.
double einstein(double omega, double temperature) {
    if (temperature <= 0.0) return 0.0;
    double const x = h_bar * omega / (units::k_boltzmann * temperature);
    if (x > 500.0) return 0.0;
    double const half = 0.5 * x / std::sinh(0.5 * x);
    return half * half;
}

}  // namespace

Spectrum spectrum_of(Harmonic const& crystal, Mesh const& mesh) {
    return {mesh_frequencies(crystal, mesh), mesh.weights, crystal.unit().size()};
}

double unstable_part(Spectrum const& s) {
    double part = 0.0;
    for (Eigen::Index k = 0; k < s.frequencies.rows(); ++k)
        for (Eigen::Index m = 0; m < s.frequencies.cols(); ++m)
            if (s.frequencies(k, m) < -still) part += s.weights[std::size_t(k)];
    return part / static_cast<double>(s.frequencies.cols());
}

Thermodynamics thermodynamics(Spectrum const& s, double temperature) {
    KAMACITE_EXPECTS(temperature >= 0.0);
    double const kt = units::k_boltzmann * temperature;
    auto const x = [&](double omega) { return h_bar * omega / kt; };
    Thermodynamics t;
    t.temperature = temperature;
    t.energy = sum_over(
        s, [&](double w) { return h_bar * w * (0.5 + (kt > 0.0 ? 1.0 / std::expm1(x(w)) : 0.0)); });
    t.free_energy = sum_over(s, [&](double w) {
        return 0.5 * h_bar * w + (kt > 0.0 ? kt * std::log(-std::expm1(-x(w))) : 0.0);
    });
    if (kt > 0.0) t.entropy = (t.energy - t.free_energy) / temperature;
    t.heat_capacity =
        units::k_boltzmann * sum_over(s, [&](double w) { return einstein(w, temperature); });
    t.inverse_frequency = sum_over(
        s, [&](double w) { return (0.5 + (kt > 0.0 ? 1.0 / std::expm1(x(w)) : 0.0)) / (3.0 * w); });
    return t;
}

double debye_temperature(Spectrum const& s, int n) {
    KAMACITE_EXPECTS(n > -3);
    double const count = sum_over(s, [](double) { return 1.0; });
    double const mean =
        sum_over(s, [&](double w) { return n == 0 ? std::log(w) : std::pow(w, n); }) / count;
    double const omega =
        n == 0 ? std::exp(1.0 / 3.0 + mean) : std::pow((n + 3.0) / 3.0 * mean, 1.0 / n);
    return h_bar * omega / units::k_boltzmann;
}

std::vector<double> grueneisen_parameters(Harmonic const& lower, Harmonic const& middle,
                                          Harmonic const& upper, Vec3 const& q) {
    auto const modes = middle.modes(q);
    double const v = middle.unit().cell.volume();
    double const apart = upper.unit().cell.volume() - lower.unit().cell.volume();
    ComplexMatrix const slope = v / apart * (upper.dynamical_matrix(q) - lower.dynamical_matrix(q));
    std::vector<double> found;
    auto const n = static_cast<int>(modes.frequencies.size());
    for (int first = 0, last = 1; first < n; first = last++) {
        double const w = modes.frequencies[std::size_t(first)];
        while (last < n && modes.frequencies[std::size_t(last)] - w < 1e-5 * thz) ++last;
        auto const block = modes.vectors.middleCols(first, last - first);
        Eigen::SelfAdjointEigenSolver<ComplexMatrix> const solved{block.adjoint() * slope * block,
                                                                  Eigen::EigenvaluesOnly};
        for (double const value : solved.eigenvalues())
            found.push_back(std::abs(w) > still ? -value / (2.0 * w * std::abs(w)) : 0.0);
    }
    return found;
}

double mean_grueneisen(Harmonic const& lower, Harmonic const& middle, Harmonic const& upper,
                       Mesh const& mesh, double temperature) {
    KAMACITE_EXPECTS(temperature > 0.0);
    double sum = 0.0, capacity = 0.0;
    for (int k = 0; k < mesh.size(); ++k) {
        auto const& q = mesh.points[std::size_t(k)];
        auto const frequencies = middle.modes(q).frequencies;
        auto const gamma = grueneisen_parameters(lower, middle, upper, q);
        for (std::size_t m = 0; m < gamma.size(); ++m) {
            if (frequencies[m] <= still) continue;
            double const c = mesh.weights[std::size_t(k)] * einstein(frequencies[m], temperature);
            sum += c * gamma[m];
            capacity += c;
        }
    }
    return sum / capacity;
}

}  // namespace kamacite::phonons
