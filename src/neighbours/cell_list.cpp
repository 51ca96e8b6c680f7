#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

#include "wrapped.hpp"

namespace kamacite::detail {
namespace {

/// Atoms sorted by bin, so that the atoms of a row of bins are contiguous.
struct Grid {
    std::array<int, 3> bins;
    std::vector<std::array<int, 3>> bin_of;  // of each atom
    std::vector<int> first;                  // first[b] .. first[b+1]: the atoms of bin b
    std::vector<int> atom;
    std::vector<double> x, y, z;

    [[nodiscard]] std::size_t index(int a, int b, int c) const {
        return static_cast<std::size_t>((a * bins[1] + b) * bins[2] + c);
    }
};

Grid fill(Wrapped const& atoms, std::array<int, 3> const& bins, Vec3 const& origin,
          Vec3 const& width) {
    Grid grid{bins, {}, {}, {}, {}, {}, {}};
    auto const n = atoms.fractional.size();
    grid.first.assign(static_cast<std::size_t>(bins[0] * bins[1] * bins[2]) + 1, 0);
    grid.bin_of.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t k = 0; k < 3; ++k) {
            int const axis = static_cast<int>(k);
            double const at = (atoms.fractional[i][axis] - origin[axis]) / width[axis];
            grid.bin_of[i][k] = std::clamp(static_cast<int>(at), 0, bins[k] - 1);
        }
        auto const& b = grid.bin_of[i];
        ++grid.first[grid.index(b[0], b[1], b[2]) + 1];
    }
    std::partial_sum(grid.first.begin(), grid.first.end(), grid.first.begin());
    auto next = grid.first;
    grid.atom.resize(n);
    for (auto* v : {&grid.x, &grid.y, &grid.z}) v->resize(n);
    for (std::size_t i = 0; i < n; ++i) {
        auto const& b = grid.bin_of[i];
        auto const slot = static_cast<std::size_t>(next[grid.index(b[0], b[1], b[2])]++);
        grid.atom[slot] = static_cast<int>(i);
        grid.x[slot] = atoms.cartesian[i].x();
        grid.y[slot] = atoms.cartesian[i].y();
        grid.z[slot] = atoms.cartesian[i].z();
    }
    return grid;
}

/// Atoms that may be neighbours of the atom being listed, and those that are.
struct Candidates {
    std::vector<int> atom;
    std::vector<double> x, y, z, d2;
    std::size_t count = 0;
    std::vector<std::size_t> kept;

    void grow(std::size_t more) {
        if (count + more <= atom.size()) return;
        atom.resize(2 * (count + more));
        kept.resize(atom.size());
        for (auto* v : {&x, &y, &z, &d2}) v->resize(atom.size());
    }
};

/// Adds the atoms first … last−1 of the grid, moved by `shift`, as candidates.
void add_candidates(Grid const& grid, int first, int last, Vec3 const& centre, Vec3 const& shift,
                    Candidates& out) {
    auto const n = static_cast<std::size_t>(last - first);
    out.grow(n);
    auto const from = static_cast<std::size_t>(first);
    std::copy_n(grid.atom.data() + from, n, out.atom.data() + out.count);
    double const* const gx = grid.x.data() + from;
    double const* const gy = grid.y.data() + from;
    double const* const gz = grid.z.data() + from;
    double* __restrict const x = out.x.data() + out.count;
    double* __restrict const y = out.y.data() + out.count;
    double* __restrict const z = out.z.data() + out.count;
    double* __restrict const d2 = out.d2.data() + out.count;
    auto const [cx, cy, cz] = std::tuple{centre.x(), centre.y(), centre.z()};
    auto const [sx, sy, sz] = std::tuple{shift.x(), shift.y(), shift.z()};
    for (std::size_t k = 0; k < n; ++k) {
        // (r_j − r_i) + shift in this order: r_ji is then exactly −r_ij
        x[k] = (gx[k] - cx) + sx;
        y[k] = (gy[k] - cy) + sy;
        z[k] = (gz[k] - cz) + sz;
        d2[k] = x[k] * x[k] + y[k] * y[k] + z[k] * z[k];
    }
    out.count += n;
}

/// Moves the candidates within the cutoff to the front; returns how many they are.
std::size_t keep_near(int i, double limit, Candidates& c) {
    std::size_t n = 0;
    for (std::size_t k = 0; k < c.count; ++k) {
        c.kept[n] = k;
        n += c.d2[k] < limit ? 1 : 0;  // no branch: the entry is overwritten if it is too far
    }
    std::size_t out = 0;
    for (std::size_t m = 0; m < n; ++m) {
        auto const k = c.kept[m];
        if (c.d2[k] < coincidence * coincidence) {
            // the atom itself: there is one such entry, a second one is another atom on it
            if (c.atom[k] == i && c.d2[k] == 0.0) continue;
            throw_coincident(i, c.atom[k], std::sqrt(c.d2[k]));
        }
        c.atom[out] = c.atom[k];
        c.x[out] = c.x[k];
        c.y[out] = c.y[k];
        c.z[out] = c.z[k];
        ++out;
    }
    return out;
}

int floor_div(int a, int b) {
    return a >= 0 ? a / b : -((b - 1 - a) / b);
}

}  // namespace

Neighbours neighbours_by_bins(Structure const& s, double cutoff, Wrapped const& atoms,
                              std::array<int, 3> const& bins, int first) {
    auto const& periodic = s.cell.periodic();
    Vec3 origin = Vec3::Zero();
    Vec3 width;
    std::array<int, 3> reach{};
    for (std::size_t k = 0; k < 3; ++k) {
        int const axis = static_cast<int>(k);
        double span = 1.0;
        if (!periodic[k]) {
            auto const [low, high] = std::minmax_element(
                atoms.fractional.begin(), atoms.fractional.end(),
                [axis](Vec3 const& a, Vec3 const& b) { return a[axis] < b[axis]; });
            origin[axis] = (*low)[axis];
            span = std::max((*high)[axis] - (*low)[axis], 1e-12);
        }
        width[axis] = span / bins[k];
        reach[k] = periodic[k] || bins[k] > 1
                       ? static_cast<int>(cutoff / (width[axis] * s.cell.height(axis)) + 1e-9) + 1
                       : 0;
    }
    Grid const grid = fill(atoms, bins, origin, width);
    double const limit = cutoff * cutoff;

    Neighbours result;
    Candidates found;
    for (std::size_t i = 0; i < static_cast<std::size_t>(first); ++i) {
        auto const& home = grid.bin_of[i];
        found.count = 0;
        for (int a = home[0] - reach[0]; a <= home[0] + reach[0]; ++a) {
            int const na = floor_div(a, bins[0]);
            if (na != 0 && !periodic[0]) continue;
            for (int b = home[1] - reach[1]; b <= home[1] + reach[1]; ++b) {
                int const nb = floor_div(b, bins[1]);
                if (nb != 0 && !periodic[1]) continue;
                for (int c = home[2] - reach[2]; c <= home[2] + reach[2];) {
                    int const nc = floor_div(c, bins[2]);
                    int const end = std::min(home[2] + reach[2] + 1, (nc + 1) * bins[2]);
                    if (nc == 0 || periodic[2]) {
                        auto const row = grid.index(a - na * bins[0], b - nb * bins[1], 0);
                        auto const from = row + static_cast<std::size_t>(c - nc * bins[2]);
                        auto const to = row + static_cast<std::size_t>(end - nc * bins[2]);
                        add_candidates(grid, grid.first[from], grid.first[to], atoms.cartesian[i],
                                       s.cell.to_cartesian(Vec3(na, nb, nc)), found);
                    }
                    c = end;
                }
            }
        }
        auto const n = keep_near(static_cast<int>(i), limit, found);
        result.add_atom(std::span{found.atom}.first(n), std::span{found.x}.first(n),
                        std::span{found.y}.first(n), std::span{found.z}.first(n));
        if (i == 31)  // room for as many as the first atoms have, and a little more
            result.reserve(first,
                           static_cast<long long>(1.05 * static_cast<double>(first) *
                                                  static_cast<double>(result.entries()) / 32.0));
    }
    return result;
}

}  // namespace kamacite::detail
