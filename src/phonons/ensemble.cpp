#include "kamacite/phonons/ensemble.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <set>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/phonons/scattering.hpp"
#include "kamacite/phonons/thermodynamics.hpp"

namespace kamacite::phonons {
namespace {

/// σ of a mode [Å (eV fs²/Å²)^½].
double deviation(double omega, double highest, double temperature, Statistics statistics) {
    if (omega < 0.0) omega = std::max(-omega, 0.05 * highest);
    if (omega < still) return 0.0;
    double const kT = units::k_boltzmann * temperature;
    if (statistics == Statistics::classical) return std::sqrt(kT) / omega;
    double const coth = kT > 0.0 ? 1.0 / std::tanh(0.5 * h_bar * omega / kT) : 1.0;
    return std::sqrt(0.5 * h_bar / omega * coth);
}

}  // namespace

std::vector<Vec3> commensurate_points(Supercell const& supercell) {
    // q with M q whole: sums of the columns of M⁻¹, each a whole number over the copies of the
    // cell.
    int const n = supercell.copies();
    Mat3i const steps =
        (n * supercell.matrix().cast<double>().inverse()).array().round().matrix().cast<int>();
    using Point = std::array<int, 3>;
    std::vector<Point> found{{0, 0, 0}};
    std::set<Point> known{found.front()};
    for (std::size_t at = 0; at < found.size(); ++at)
        for (int k = 0; k < 3; ++k) {
            Point next = found[at];
            for (int a = 0; a < 3; ++a)
                next[std::size_t(a)] = (((next[std::size_t(a)] + steps(a, k)) % n) + n) % n;
            if (known.insert(next).second) found.push_back(next);
        }
    KAMACITE_ENSURES(static_cast<int>(found.size()) == n);
    std::vector<Vec3> points;
    for (auto const& p : found) points.push_back(Vec3(p[0], p[1], p[2]) / n);
    return points;
}

Ensemble::Ensemble(Harmonic const& crystal, double temperature, Statistics statistics)
    : supercell_{crystal.constants().supercell} {
    auto const& unit = supercell_.unit();
    auto const points = commensurate_points(supercell_);
    std::vector<Modes> modes;
    double highest = 0.0;
    for (auto const& q : points) {
        modes.push_back(crystal.modes(q));
        highest = std::max(highest, modes.back().frequencies.back());
    }
    auto const n = std::size_t(supercell_.size());
    root_.assign(std::size_t(unit.size()) * n, Mat3::Zero());
    for (std::size_t p = 0; p < points.size(); ++p) {
        Eigen::VectorXcd sigma{crystal.branches()};
        for (int b = 0; b < crystal.branches(); ++b) {
            // The three translations, at Γ, are no vibrations whatever noise makes of their ω.
            bool const moves =
                p == 0 && std::abs(modes[p].frequencies[std::size_t(b)]) < 1e-2 * highest;
            sigma(b) = moves ? 0.0
                             : deviation(modes[p].frequencies[std::size_t(b)], highest, temperature,
                                         statistics);
        }
        ComplexMatrix const root =
            modes[p].vectors * sigma.asDiagonal() * modes[p].vectors.adjoint();
        for (int i = 0; i < unit.size(); ++i)
            for (int j = 0; j < supercell_.size(); ++j) {
                int const k = supercell_.unit_atom(j);
                Vec3 const apart =
                    unit.cell.to_fractional(supercell_.structure().positions[std::size_t(j)] -
                                            unit.positions[std::size_t(i)]);
                auto const phase = std::polar(1.0, -2.0 * std::numbers::pi * points[p].dot(apart));
                double const mass = std::sqrt(mass_of(unit.species[std::size_t(i)]));
                root_[std::size_t(i) * n + std::size_t(j)] +=
                    (phase * root.block<3, 3>(3 * i, 3 * k)).real() / (mass * supercell_.copies());
            }
    }
}

Ensemble::Ensemble(Supercell supercell, double amplitude) : supercell_{std::move(supercell)} {
    auto const n = std::size_t(supercell_.size());
    root_.assign(std::size_t(supercell_.unit().size()) * n, Mat3::Zero());
    for (int i = 0; i < supercell_.unit().size(); ++i)
        root_[std::size_t(i) * n + std::size_t(supercell_.index(i, Vec3i::Zero()))] =
            amplitude * Mat3::Identity();
}

std::vector<Vec3> Ensemble::draw(RandomStream& random) const {
    auto const n = std::size_t(supercell_.size());
    std::vector<Vec3> white;
    for (std::size_t j = 0; j < n; ++j) white.push_back(random.normal3());
    std::vector<Vec3> all(n, Vec3::Zero());
    for (int copy = 0; copy < supercell_.copies(); ++copy) {
        auto const to = supercell_.moved(supercell_.cell(copy));
        for (int i = 0; i < supercell_.unit().size(); ++i) {
            Vec3& u = all[std::size_t(supercell_.index(i, supercell_.cell(copy)))];
            for (std::size_t j = 0; j < n; ++j)
                u += root_[std::size_t(i) * n + j] * white[std::size_t(to[j])];
        }
    }
    return all;
}

double Ensemble::mean_square() const {
    double sum = 0.0;
    for (auto const& block : root_) sum += block.squaredNorm();
    return sum / (3.0 * supercell_.unit().size());
}

}  // namespace kamacite::phonons
