#pragma once
#include "kamacite/descriptors/descriptors.hpp"
#include "random_sets.hpp"
#include "reference.hpp"
#include "support/catch.hpp"

namespace kamacite::test {

/// A set, a structure, a motion and weights of the functions.
struct Case {
    Descriptors d;
    Structure s;
    Neighbours list;
    std::vector<Vec3> motion;
    Mat3 strain;
    Matrix c;

    Case(Descriptors set, Structure structure, unsigned seed)
        : d{std::move(set)}, s{std::move(structure)}, list{find_neighbours(s, d.cutoff())} {
        Uniform uniform{seed};
        for (int i = 0; i < s.size(); ++i) motion.push_back(uniform.vector(1.0));
        strain = uniform.matrix(0.2);
        c = Matrix(s.size(), d.width());
        for (auto& x : c.reshaped()) x = uniform(-1.0, 1.0);
    }
    [[nodiscard]] std::vector<Mat3> strains() const { return {motion.size(), strain}; }
    [[nodiscard]] Matrix values() const { return d.evaluate(list, s.species); }
    [[nodiscard]] Matrix rates() const { return d.tangent(list, s.species, motion, strains()); }
    [[nodiscard]] Descriptors::Pulled pulled() const { return d.pull_back(list, s.species, c); }
};

/// What Case computes, from the sums of the definitions, and the magnitudes that were added.
struct Expected {
    Matrix g, rate, scale;
    Descriptors::Pulled pulled;

    explicit Expected(Case const& x) {
        auto const n = x.s.positions.size();
        g = rate = scale = Matrix::Zero(x.s.size(), x.d.width());
        pulled = {std::vector<Vec3>(n, Vec3::Zero()), std::vector<Mat3>(n, Mat3::Zero())};
        for (int i = 0; i < x.s.size(); ++i) {
            auto const at = static_cast<std::size_t>(i);
            auto const list = x.list.of(i);
            auto const r = detail::reference_of_atom(x.d, x.s.species[at], list, x.s.species);
            REQUIRE(static_cast<int>(r.g.size()) == x.d.size(x.s.species[at]));
            for (std::size_t k = 0; k < r.g.size(); ++k) {
                auto const column = static_cast<Eigen::Index>(k);
                g(i, column) = r.g[k];
                scale(i, column) = r.scale[k];
                for (std::size_t j = 0; j < r.dg[k].size(); ++j) {
                    auto const other = static_cast<std::size_t>(list.atom[j]);
                    Vec3 const vector = list.vector(static_cast<int>(j));
                    Vec3 const moves = x.motion[other] - x.motion[at] + x.strain * vector;
                    rate(i, column) += r.dg[k][j].dot(moves);
                    Vec3 const p = x.c(i, column) * r.dg[k][j];
                    pulled.forces[at] += p;
                    pulled.forces[other] -= p;
                    pulled.virials[other] -= vector * p.transpose();
                }
            }
        }
    }
};

/// The largest difference relative to the magnitudes that were added.
inline double worst_over(Matrix const& difference, Matrix const& scale) {
    return (difference.array().abs() / (scale.array() + 1e-300)).maxCoeff();
}

/// The largest component of the differences.
template <class T>
double worst_of(std::vector<T> const& a, std::vector<T> const& b) {
    double worst = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i)
        worst = std::max(worst, (a[i] - b[i]).cwiseAbs().maxCoeff());
    return worst;
}

}  // namespace kamacite::test
