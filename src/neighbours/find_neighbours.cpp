#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/neighbours/of_first.hpp"
#include "wrapped.hpp"

namespace kamacite {
namespace detail {

Wrapped wrapped(Structure const& s) {
    Wrapped result;
    result.fractional.reserve(s.positions.size());
    result.cartesian.reserve(s.positions.size());
    for (auto const& r : s.positions) {
        Vec3 f = s.cell.to_fractional(r);
        if (!f.allFinite())
            throw DataError(
                fmt::format("position of atom {} is ({}, {}, {}) (must be finite): correct "
                            "or remove the structure",
                            result.fractional.size() + 1, r.x(), r.y(), r.z()));
        Vec3 shift = Vec3::Zero();
        for (int k = 0; k < 3; ++k)
            if (s.cell.periodic()[static_cast<std::size_t>(k)]) shift[k] = std::floor(f[k]);
        f -= shift;
        result.fractional.push_back(f);
        result.cartesian.push_back(r - s.cell.to_cartesian(shift));
    }
    return result;
}

void throw_coincident(int i, int j, double distance) {
    throw DataError(
        fmt::format("atoms {} and {} (or an image) are {} Å apart (must not sit on the same "
                    "point): remove one of them, or correct the cell",
                    i + 1, j + 1, distance));
}

}  // namespace detail

namespace {

/// Number of bins along each direction: about half a cutoff wide, and not many more than atoms.
std::array<int, 3> bins_of(Structure const& s, double cutoff, detail::Wrapped const& atoms) {
    Vec3 length;
    for (int k = 0; k < 3; ++k) {
        length[k] = s.cell.height(k);
        if (s.cell.periodic()[static_cast<std::size_t>(k)]) continue;
        auto const [low, high] =
            std::minmax_element(atoms.fractional.begin(), atoms.fractional.end(),
                                [k](Vec3 const& a, Vec3 const& b) { return a[k] < b[k]; });
        length[k] *= (*high)[k] - (*low)[k];
    }
    for (double width = 0.5 * cutoff;; width *= 1.25) {
        Vec3 const n = (length / width).array().floor().max(1.0);
        if (n.prod() <= 2.0 * s.size() + 27.0)
            return {static_cast<int>(n[0]), static_cast<int>(n[1]), static_cast<int>(n[2])};
    }
}

/// Refuses a cell so small that its atoms would have any number of neighbours.
void expect_matter(Structure const& s) {
    constexpr double shortest = 0.1;  // lattice vector [Å]
    constexpr double densest = 10.0;  // [atoms/Å³], 50 times that of diamond
    for (int k = 0; k < 3; ++k) {
        double const length = s.cell.rows().row(k).norm();
        if (s.cell.periodic()[static_cast<std::size_t>(k)] && length < shortest)
            throw DataError(
                fmt::format("lattice vector {} is {:.3g} Å long (atoms are that near to their own "
                            "images): is the cell in Å?",
                            "abc"[k], length));
    }
    if (s.cell.is_periodic() && s.size() > densest * s.cell.volume())
        throw DataError(
            fmt::format("{} atoms in a cell of {:.3g} Å³ (denser than any matter): is the cell in "
                        "Å, and are its vectors right?",
                        s.size(), s.cell.volume()));
}

/// Images of one atom around another, row by row of the lattice: along the third lattice vector
/// the images within the cutoff are those between the two ends of a chord of the sphere.
class RowSearch {
public:
    RowSearch(Cell const& cell, double cutoff)
        : rows_{cell.rows()}, periodic_{cell.periodic()}, cutoff_{cutoff} {
        for (int k = 0; k < 3; ++k) reach_[k] = cutoff / cell.height(k);
        c2_ = rows_.row(2).squaredNorm();
    }

    /// Adds the images of atom j around atom i.
    void add(Neighbours& out, int i, int j, Vec3 const& fractional, Vec3 const& vector) const {
        auto const [a0, a1] = range(0, fractional[0]);
        auto const [b0, b1] = range(1, fractional[1]);
        Vec3 const c = rows_.row(2);
        double const limit = cutoff_ * cutoff_;
        for (int na = a0; na <= a1; ++na)
            for (int nb = b0; nb <= b1; ++nb) {
                Vec3 const ab = na * rows_.row(0).transpose() + nb * rows_.row(1).transpose();
                Vec3 const p = vector + ab;
                double const along = p.dot(c) / c2_;
                double const chord2 = (limit - p.squaredNorm()) / c2_ + along * along;
                if (chord2 < -1e-9) continue;
                auto const [c0, c1] = chord(along, std::sqrt(std::max(chord2, 0.0)));
                for (int nc = c0; nc <= c1; ++nc) {
                    // vector + (shift) in this order: r_ji is then exactly −r_ij
                    Vec3 const r = vector + (ab + nc * c);
                    double const d2 = r.squaredNorm();
                    if (d2 >= limit) continue;
                    if (d2 < detail::coincidence * detail::coincidence) {
                        if (i == j && na == 0 && nb == 0 && nc == 0) continue;
                        detail::throw_coincident(i, j, std::sqrt(d2));
                    }
                    out.add(j, r);
                }
            }
    }

private:
    struct Range {
        int first, last;
    };
    static constexpr double slack = 1e-9;  // rounding must not lose an image; the distance decides

    [[nodiscard]] Range range(int axis, double f) const {
        if (!periodic_[static_cast<std::size_t>(axis)]) return {0, 0};
        return {static_cast<int>(std::ceil(-f - reach_[axis] - slack)),
                static_cast<int>(std::floor(-f + reach_[axis] + slack))};
    }
    [[nodiscard]] Range chord(double along, double half) const {
        if (!periodic_[2]) return {0, 0};
        return {static_cast<int>(std::ceil(-along - half - slack)),
                static_cast<int>(std::floor(-along + half + slack))};
    }

    Mat3 rows_;
    std::array<bool, 3> periodic_;
    double cutoff_, c2_;
    Vec3 reach_;
};

}  // namespace

Neighbours find_neighbours(Structure const& s, double cutoff) {
    return find_neighbours_of_first(s, cutoff, s.size());
}

Neighbours find_neighbours_of_first(Structure const& s, double cutoff, int first) {
    KAMACITE_EXPECTS(cutoff > 0.0);
    KAMACITE_EXPECTS(s.species.size() == s.positions.size());
    KAMACITE_EXPECTS(first >= 0 && first <= s.size());
    Neighbours result;
    if (first == 0) return result;
    expect_matter(s);
    auto const atoms = detail::wrapped(s);
    auto const bins = bins_of(s, cutoff, atoms);
    if (bins[0] * bins[1] * bins[2] > 1)
        return detail::neighbours_by_bins(s, cutoff, atoms, bins, first);

    RowSearch const search{s.cell, cutoff};
    double const sphere = 4.18879 * cutoff * cutoff * cutoff;
    bool const dense = s.cell.is_periodic();
    double const guess = dense ? 1.1 * first * (s.size() * sphere / s.cell.volume() + 8.0)
                               : static_cast<double>(first) * s.size();
    result.reserve(first, static_cast<long long>(guess));
    for (std::size_t i = 0; i < static_cast<std::size_t>(first); ++i) {
        for (std::size_t j = 0; j < s.positions.size(); ++j)
            search.add(result, static_cast<int>(i), static_cast<int>(j),
                       atoms.fractional[j] - atoms.fractional[i],
                       atoms.cartesian[j] - atoms.cartesian[i]);
        result.close_atom();
    }
    return result;
}

}  // namespace kamacite
