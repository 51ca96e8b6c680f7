#include "kamacite/structure/short_lattice.hpp"

#include <cmath>
#include <vector>

namespace kamacite {
namespace {

constexpr double clearly = 1.0 - 1e-6;  // shorter than rounding could tell

struct Vectors {
    std::array<Vec3, 3> r;
    std::array<std::array<long long, 3>, 3> in_old{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};

    /// r_k + n r_i + m r_j instead of r_k if that is clearly shorter.
    bool shorten(int k, int i, double n, int j, double m) {
        auto const at = [](int axis) { return static_cast<std::size_t>(axis); };
        Vec3 const other = r[at(k)] + n * r[at(i)] + m * r[at(j)];
        if (!(other.norm() < clearly * r[at(k)].norm())) return false;
        r[at(k)] = other;
        for (std::size_t l = 0; l < 3; ++l)
            in_old[at(k)][l] +=
                std::llround(n) * in_old[at(i)][l] + std::llround(m) * in_old[at(j)][l];
        return true;
    }

    /// By as many of r_i as leave the least.
    bool shorten_by(int k, int i) {
        Vec3 const& by = r[static_cast<std::size_t>(i)];
        return shorten(k, i, -std::round(r[static_cast<std::size_t>(k)].dot(by) / by.squaredNorm()),
                       i, 0.0);
    }

    bool shorten_by_both(int k, int i, int j) {
        bool any = false;
        for (double const n : {-1.0, 1.0})
            for (double const m : {-1.0, 1.0}) any = shorten(k, i, n, j, m) || any;
        return any;
    }
};

}  // namespace

Vec3 ShortLattice::nearest(Vec3 const& r) const {
    auto const periodic = [&](int k) { return cell.periodic()[static_cast<std::size_t>(k)]; };
    Vec3 f = cell.to_fractional(r);
    for (int k = 0; k < 3; ++k) f[k] = periodic(k) ? std::round(f[k]) : 0.0;
    Vec3 const home = f == Vec3::Zero() ? r : Vec3{r - cell.to_cartesian(f)};
    Vec3 best = home;
    for (int a = periodic(0) ? -1 : 0; a <= (periodic(0) ? 1 : 0); ++a)
        for (int b = periodic(1) ? -1 : 0; b <= (periodic(1) ? 1 : 0); ++b)
            for (int c = periodic(2) ? -1 : 0; c <= (periodic(2) ? 1 : 0); ++c) {
                Vec3 const other = home + cell.to_cartesian(Vec3(a, b, c));
                if (other.squaredNorm() < best.squaredNorm() - 1e-9) best = other;
            }
    return best;
}

ShortLattice short_lattice(Cell const& cell) {
    std::vector<int> along, open;
    for (int k = 0; k < 3; ++k)
        (cell.periodic()[static_cast<std::size_t>(k)] ? along : open).push_back(k);
    if (along.empty()) return {cell, Vectors{}.in_old};
    Vectors v;
    for (int k = 0; k < 3; ++k) v.r[static_cast<std::size_t>(k)] = cell.rows().row(k).transpose();
    for (bool again = true; again;) {
        again = false;
        for (int const k : along)
            for (int const i : along)
                if (i != k) again = v.shorten_by(k, i) || again;
        if (!again && along.size() == 3)
            for (int k = 0; k < 3; ++k)
                again = v.shorten_by_both(k, (k + 1) % 3, (k + 2) % 3) || again;
    }
    Mat3 rows = cell.rows();
    for (int const k : along) {  // from whole numbers: no rounding of steps is left
        auto const& n = v.in_old[static_cast<std::size_t>(k)];
        rows.row(k).setZero();
        for (int const l : along)
            rows.row(k) += static_cast<double>(n[static_cast<std::size_t>(l)]) * cell.rows().row(l);
    }
    std::vector<Vec3> directions;
    auto const perpendicular = [&](Vec3 r) {
        for (auto const& d : directions) r -= r.dot(d) * d;
        return r;
    };
    for (int const k : along)
        directions.push_back(perpendicular(rows.row(k).transpose()).normalized());
    for (int const k : open) {
        Vec3 const r = perpendicular(rows.row(k).transpose());
        rows.row(k) = r.transpose();
        directions.push_back(r.normalized());
    }
    return {Cell{rows, cell.periodic()}, v.in_old};
}

}  // namespace kamacite
