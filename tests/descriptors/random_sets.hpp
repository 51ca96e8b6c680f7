#pragma once
#include <algorithm>
#include <random>
#include <vector>

#include "kamacite/descriptors/descriptors.hpp"

namespace kamacite::test {

/// Uniform random numbers, the same for a seed anywhere.
class Uniform {
public:
    explicit Uniform(unsigned seed) : engine_{seed} {}
    double operator()(double low, double high) {
        return low + (high - low) * static_cast<double>(engine_() >> 11) * 0x1p-53;
    }
    int below(int n) { return static_cast<int>(engine_() % static_cast<unsigned>(n)); }
    Vec3 vector(double size) {
        return {(*this)(-size, size), (*this)(-size, size), (*this)(-size, size)};
    }
    Mat3 matrix(double size) {
        Mat3 m;
        for (int i = 0; i < 3; ++i) m.row(i) = vector(size).transpose();
        return m;
    }

private:
    std::mt19937_64 engine_;
};

/// What kinds of function random_set() draws.
struct Draw {
    std::vector<CutoffForm> cutoffs{CutoffForm::poly3};
    bool radial = true;
    bool wide = true;
    bool narrow = true;
    int largest_zeta = 6;
    double radius = 4.5;  ///< largest cutoff radius [Å]
};

/// Symmetry functions with random parameters for every centre and every pair and triple of
/// elements. Cutoffs and Gaussians are drawn from a few, so that functions share them.
inline Descriptors random_set(std::vector<int> elements, Draw const& draw, unsigned seed) {
    Uniform uniform{seed};
    std::vector<Cutoff> cutoffs;
    for (auto const form : draw.cutoffs)
        for (double const part : {1.0, 0.8})
            cutoffs.push_back({form, part * draw.radius, cutoffs.size() % 2 == 0 ? 0.0 : 0.3});
    auto const cutoff = [&] { return cutoffs[uniform.below(static_cast<int>(cutoffs.size()))]; };
    std::vector<std::pair<double, double>> gaussians;  // η, r_s
    for (int i = 0; i < 5; ++i)
        gaussians.emplace_back(uniform(0.01, 0.6), i % 2 == 0 ? 0.0 : uniform(1.5, 3.5));

    std::vector<RadialFunction> radial;
    std::vector<AngularFunction> angular;
    auto const add_angular = [&](AngularFunction::Form form, int centre, int a, int b) {
        for (int n = 0; n < 4; ++n) {
            auto const [eta, shift] = gaussians[uniform.below(5)];
            double zeta = 1 + uniform.below(draw.largest_zeta);
            if (form == AngularFunction::Form::narrow && n == 3) zeta = uniform(1.0, 5.0);
            angular.push_back({form, centre, std::min(a, b), std::max(a, b), eta,
                               n % 2 == 0 ? 1.0 : -1.0, zeta, shift, cutoff()});
        }
    };
    for (int const centre : elements) {
        for (std::size_t a = 0; a < elements.size(); ++a) {
            if (draw.radial)
                for (int n = 0; n < 4; ++n) {
                    auto const [eta, shift] = gaussians[uniform.below(5)];
                    radial.push_back({centre, elements[a], eta, shift, cutoff()});
                }
            for (std::size_t b = a; b < elements.size(); ++b) {
                if (draw.wide)
                    add_angular(AngularFunction::Form::wide, centre, elements[a], elements[b]);
                if (draw.narrow)
                    add_angular(AngularFunction::Form::narrow, centre, elements[a], elements[b]);
            }
        }
    }
    return Descriptors{std::move(elements), {std::move(radial), std::move(angular)}};
}

/// `n` atoms of the given elements at least 1.6 Å apart in a skewed periodic cell.
inline Structure random_alloy(int n, std::vector<int> const& elements, unsigned seed) {
    Uniform uniform{seed};
    double const edge = std::cbrt(11.5 * n);
    Mat3 rows = edge * Mat3::Identity();
    rows(1, 0) = 0.3 * edge;
    rows(2, 0) = -0.2 * edge;
    rows(2, 1) = 0.25 * edge;
    Structure s{Cell{rows}, {}, {}};
    while (s.size() < n) {
        Vec3 const r = s.cell.to_cartesian(Vec3{uniform(0, 1), uniform(0, 1), uniform(0, 1)});
        s.positions.push_back(r);
        s.species.push_back(elements[static_cast<std::size_t>(s.size() - 1) % elements.size()]);
        auto const list = find_neighbours(s, 1.6);
        if (list.entries() > 0) {
            s.positions.pop_back();
            s.species.pop_back();
        }
    }
    return s;
}

}  // namespace kamacite::test
