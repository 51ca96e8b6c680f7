#include "kamacite/phonons/tetrahedra.hpp"

#include <algorithm>

namespace kamacite::phonons {
namespace {

/// Of ascending f, w within them.
std::array<double, 4> sorted_weights(std::array<double, 4> const& f, double w) {
    // Fraction of the edge from corner j to corner i at which f is w.
    auto const at = [&](int i, int j) {
        auto const to = std::size_t(i), from = std::size_t(j);
        return (w - f[from]) / (f[to] - f[from]);
    };
    if (w < f[1]) {
        double const b = at(1, 0), c = at(2, 0), d = at(3, 0);
        double const third = b * c / (f[3] - f[0]);
        return {third * (3.0 - b - c - d), third * b, third * c, third * d};
    }
    if (w < f[2]) {
        double const lower = at(1, 2) * at(2, 0), upper = at(2, 1) * at(1, 3);
        double const both = lower + upper, span = f[3] - f[0];
        return {(at(0, 3) * both + at(0, 2) * lower) / span,
                (at(1, 2) * both + at(1, 3) * upper) / span,
                (at(2, 1) * both + at(2, 0) * lower) / span,
                (at(3, 0) * both + at(3, 1) * upper) / span};
    }
    double const a = at(0, 3), b = at(1, 3), c = at(2, 3);
    double const third = b * c / (f[3] - f[0]);
    return {third * a, third * b, third * c, third * (3.0 - a - b - c)};
}

}  // namespace

std::vector<Tetrahedron> tetrahedra(Vec3i const& divisions, Cell const& cell) {
    Mat3 const steps = cell.rows().inverse() * divisions.cast<double>().cwiseInverse().asDiagonal();
    std::array<Vec3i, 4> const signs{Vec3i{1, 1, 1}, Vec3i{-1, 1, 1}, Vec3i{1, -1, 1},
                                     Vec3i{1, 1, -1}};
    auto const shortest =
        *std::min_element(signs.begin(), signs.end(), [&](Vec3i const& a, Vec3i const& b) {
            return (steps * a.cast<double>()).norm() < (steps * b.cast<double>()).norm() - 1e-9;
        });
    std::vector<Tetrahedron> all;
    std::array<int, 3> order{0, 1, 2};
    do {
        Tetrahedron t;
        t[0] = (Vec3i::Ones() - shortest) / 2;
        for (std::size_t k = 0; k < 3; ++k) {
            t[k + 1] = t[k];
            t[k + 1](order[k]) += shortest(order[k]);
        }
        all.push_back(t);
    } while (std::next_permutation(order.begin(), order.end()));
    return all;
}

std::array<double, 4> delta_weights(std::array<double, 4> const& f, double w) {
    auto sorted = f;
    std::array<int, 4> order{0, 1, 2, 3};
    for (std::size_t k = 1; k < 4; ++k)
        for (auto j = k; j > 0 && sorted[j] < sorted[j - 1]; --j) {
            std::swap(sorted[j], sorted[j - 1]);
            std::swap(order[j], order[j - 1]);
        }
    std::array<double, 4> weights{};
    if (w < sorted[0] || w >= sorted[3]) return weights;
    auto const found = sorted_weights(sorted, w);
    for (std::size_t k = 0; k < 4; ++k) weights[std::size_t(order[k])] = found[k];
    return weights;
}

}  // namespace kamacite::phonons
