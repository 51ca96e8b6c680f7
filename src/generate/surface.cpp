#include "kamacite/generate/surface.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <sstream>
#include <string>

#include "kamacite/core/error.hpp"

namespace kamacite::generate {
namespace {

using Whole = Eigen::Matrix<long long, 3, 1>;

/// A family of lattice planes, in whole multiples of the primitive vectors.
struct PlaneLattice {
    Whole indices;  ///< Miller indices along the primitive vectors, without a common divisor
    Whole u, v;     ///< span the plane: indices · u = indices · v = 0
    Whole step;     ///< leads to the next plane: indices · step = 1
};

struct Edges {
    Vec3 u = Vec3::Zero();
    Vec3 v = Vec3::Zero();
    [[nodiscard]] double area() const { return u.cross(v).norm(); }
};

/// Vectors of a cell of the crystal.
Mat3 rows_of(Lattice lattice, Shape const& shape, CellChoice choice) {
    std::vector<int> const any(static_cast<std::size_t>(n_elements(lattice)), 1);
    return make_lattice(lattice, shape, choice, any).cell.rows();
}

/// Euclid's algorithm on the columns of the unit matrix, until indices · columns = ±1, 0, 0.
PlaneLattice span_plane(Whole const& indices) {
    Eigen::Matrix<long long, 3, 3> columns = Eigen::Matrix<long long, 3, 3>::Identity();
    Whole rest = indices;
    for (;;) {
        int pivot = 0;
        for (int i = 1; i < 3; ++i)
            if (rest[i] != 0 && (rest[pivot] == 0 || std::abs(rest[i]) < std::abs(rest[pivot])))
                pivot = i;
        int const a = (pivot + 1) % 3;
        int const b = (pivot + 2) % 3;
        if (rest[a] == 0 && rest[b] == 0)
            return {indices, columns.col(a), columns.col(b), rest[pivot] * columns.col(pivot)};
        for (int const i : {a, b}) {
            long long const n = rest[i] / rest[pivot];
            rest[i] -= n * rest[pivot];
            columns.col(i) -= n * columns.col(pivot);
        }
    }
}

/// The planes (hkl) of the conventional cell; of hcp (whose usual axes are the primitive ones) of
/// the hexagonal cell.
PlaneLattice find_plane(Lattice lattice, Shape const& shape, std::array<int, 3> const& hkl) {
    Mat3 const primitive = rows_of(lattice, shape, CellChoice::primitive);
    Mat3 const axes =
        lattice == Lattice::hcp ? primitive : rows_of(lattice, shape, CellChoice::conventional);
    Vec3 const normal = axes.inverse() * Vec3(hkl[0], hkl[1], hkl[2]);
    Whole indices;  // primitive vectors are halves of sums of conventional ones, or whole
    for (int i = 0; i < 3; ++i) indices[i] = std::llround(2.0 * primitive.row(i).dot(normal));
    return span_plane(indices / std::gcd(std::gcd(indices[0], indices[1]), indices[2]));
}

/// Two shortest vectors of the lattice that `e` spans (Lagrange's reduction).
Edges reduced(Edges e) {
    for (;;) {
        if (e.v.squaredNorm() < e.u.squaredNorm()) std::swap(e.u, e.v);
        double const ratio = e.u.dot(e.v) / e.u.squaredNorm();
        if (std::abs(ratio) < 0.5 + 1e-9) return e;  // a tie must not turn round for ever
        e.v -= std::round(ratio) * e.u;
    }
}

constexpr int most_copies = 8;  // of the shortest vectors of a plane in the edges of a slab

/// Vectors of the plane, shortest first, in a fixed order among equals; without zero.
std::vector<Vec3> vectors_of(Edges const& shortest) {
    std::vector<Vec3> vectors;
    for (int i = -most_copies; i <= most_copies; ++i)
        for (int j = -most_copies; j <= most_copies; ++j)
            if (i != 0 || j != 0) vectors.emplace_back(i * shortest.u + j * shortest.v);
    double const small = 1e-6 * shortest.u.norm();
    std::sort(vectors.begin(), vectors.end(), [small](Vec3 const& a, Vec3 const& b) {
        if (std::abs(a.norm() - b.norm()) > small) return a.norm() < b.norm();
        for (int i = 0; i < 3; ++i)
            if (std::abs(a[i] - b[i]) > small) return a[i] > b[i];
        return false;
    });
    return vectors;
}

/// The edges of a slab: at right angles if that does not cost too much.
Edges slab_edges(std::vector<Vec3> const& vectors) {
    Edges best{vectors.front(), {}};
    for (auto const& v : vectors) {
        best.v = v;
        if (best.area() > 1e-6 * best.u.norm() * v.norm()) break;
    }
    double limit = 4.001 * best.area();
    std::size_t const n = std::min<std::size_t>(vectors.size(), 120);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = i + 1; j < n; ++j) {
            Edges const pair{vectors[i], vectors[j]};
            double const lengths = pair.u.norm() * pair.v.norm();
            if (std::abs(pair.u.dot(pair.v)) > 1e-6 * lengths || lengths > limit) continue;
            best = pair;
            limit = 0.999 * lengths;
        }
    return best;
}

/// Lattice points of the plane inside the parallelogram of `edges`, as fractions of its edges.
std::vector<Eigen::Vector2d> points_inside(Edges const& edges, Edges const& shortest) {
    Eigen::Matrix<double, 3, 2> frame;
    frame << edges.u, edges.v;
    auto const solver = frame.colPivHouseholderQr();
    std::vector<Eigen::Vector2d> points;
    for (int i = -2 * most_copies; i <= 2 * most_copies; ++i)
        for (int j = -2 * most_copies; j <= 2 * most_copies; ++j) {
            Eigen::Vector2d const f = solver.solve(i * shortest.u + j * shortest.v);
            if (f.minCoeff() > -1e-6 && f.maxCoeff() < 1.0 - 1e-6) points.push_back(f);
        }
    return points;
}

/// Atoms of the crystal at one height.
struct AtomicPlane {
    double level = 0.0;              ///< height in lattice planes
    std::vector<std::size_t> atoms;  ///< of the basis
    std::vector<int> steps;  ///< per atom: lattice planes by which it is moved up to this height
};

/// The atomic planes in one spacing of lattice planes, upwards from termination 0.
std::vector<AtomicPlane> atomic_planes(Structure const& bulk, Whole const& indices) {
    double const small = 1e-6;
    std::vector<AtomicPlane> planes;
    for (std::size_t b = 0; b < bulk.positions.size(); ++b) {
        double const height =
            bulk.cell.to_fractional(bulk.positions[b]).dot(indices.cast<double>());
        int const whole = static_cast<int>(std::floor(height + small));
        double const level = height - whole;
        auto const same = [&](auto const& p) { return std::abs(p.level - level) < small; };
        auto plane = std::find_if(planes.begin(), planes.end(), same);
        if (plane == planes.end()) plane = planes.insert(plane, {level, {}, {}});
        plane->atoms.push_back(b);
        plane->steps.push_back(-whole);
    }
    double const first_atom = planes.front().level;
    std::sort(planes.begin(), planes.end(),
              [](auto const& p, auto const& q) { return p.level < q.level; });

    auto const n = planes.size();
    auto const gap_below = [&](std::size_t i) {
        return i > 0 ? planes[i].level - planes[i - 1].level
                     : planes.front().level + 1.0 - planes.back().level;
    };
    std::size_t start = 0;
    while (planes[start].level < first_atom) ++start;
    std::size_t lowest = start;
    for (std::size_t i = 1; i < n; ++i) {
        auto const at = (start + i) % n;
        if (gap_below(at) > gap_below(lowest) + small) lowest = at;
    }
    for (std::size_t i = 0; i < lowest; ++i) {  // these come again one lattice plane higher
        planes[i].level += 1.0;
        for (int& steps : planes[i].steps) ++steps;
    }
    std::rotate(planes.begin(), planes.begin() + static_cast<std::ptrdiff_t>(lowest), planes.end());
    return planes;
}

void check(Slab const& slab, int terminations) {
    if (slab.layers < 1 || !(slab.vacuum > 0.0))
        throw InputError(
            fmt::format("slab has {} layers and {} Å of vacuum (both must be positive)",
                        slab.layers, slab.vacuum));
    if (slab.termination < 0 || slab.termination >= terminations)
        throw InputError(fmt::format(
            "termination {} of the plane {} {} {} does not exist (the crystal has {} there): "
            "count from 0",
            slab.termination, slab.plane[0], slab.plane[1], slab.plane[2], terminations));
}

}  // namespace

std::array<int, 3> plane_of(std::string_view text) {
    constexpr int largest_index = 99;
    std::array<int, 3> plane{};
    std::string spaced{text};
    if (text.size() == 3 && text.find_first_not_of("0123456789") == std::string_view::npos)
        spaced = fmt::format("{} {} {}", text[0], text[1], text[2]);
    std::istringstream in{spaced};
    std::string rest;
    if (!(in >> plane[0] >> plane[1] >> plane[2]) || in >> rest || plane == std::array<int, 3>{})
        throw InputError(
            fmt::format("'{}' is not three Miller indices (not all zero): write "
                        "110 or '1 -1 0'",
                        text));
    for (int const index : plane)
        if (std::abs(index) > largest_index)
            throw InputError(
                fmt::format("'{}' has an index beyond {} (atoms of such a plane are far "
                            "apart, and planes on top of each other): write smaller ones",
                            text, largest_index));
    return plane;
}

int n_terminations(Lattice lattice, std::array<int, 3> const& plane) {
    Shape const shape{1.0, ideal_ratio(lattice)};
    std::vector<int> const any(static_cast<std::size_t>(n_elements(lattice)), 1);
    auto const bulk = make_lattice(lattice, shape, CellChoice::primitive, any);
    return static_cast<int>(atomic_planes(bulk, find_plane(lattice, shape, plane).indices).size());
}

Structure make_surface(Lattice lattice, Shape const& shape, Slab const& slab,
                       std::vector<int> const& elements) {
    auto const bulk = make_lattice(lattice, shape, CellChoice::primitive, elements);
    auto const lattice_plane = find_plane(lattice, shape, slab.plane);
    auto const planes = atomic_planes(bulk, lattice_plane.indices);
    check(slab, static_cast<int>(planes.size()));

    auto const along = [&](Whole const& n) { return bulk.cell.to_cartesian(n.cast<double>()); };
    Vec3 const step = along(lattice_plane.step);
    Edges const shortest = reduced({along(lattice_plane.u), along(lattice_plane.v)});
    Edges edges = slab_edges(vectors_of(shortest));
    Vec3 normal = edges.u.cross(edges.v).normalized();
    if (normal.dot(step) < 0.0) {
        edges.v = -edges.v;
        normal = -normal;
    }
    double const spacing = step.dot(normal);

    Mat3 turn;  // into the axes of the slab
    Vec3 const x = edges.u.normalized();
    turn << x.transpose(), normal.cross(x).transpose(), normal.transpose();
    Vec3 const u = turn * edges.u;
    Vec3 const v = turn * edges.v;
    Eigen::Matrix2d const in_plane = (Eigen::Matrix2d() << u.x(), v.x(), u.y(), v.y()).finished();
    Eigen::Matrix2d const to_fractions = in_plane.inverse();
    auto const points = points_inside(edges, shortest);

    std::vector<Vec3> positions;
    std::vector<int> species;
    int const n = static_cast<int>(planes.size());
    auto const level_of = [&](int i) {
        return i / n + planes[static_cast<std::size_t>(i % n)].level;
    };
    double const bottom = level_of(slab.termination);
    for (int i = slab.termination; i < slab.termination + slab.layers; ++i) {
        auto const& plane = planes[static_cast<std::size_t>(i % n)];
        double const z = 0.5 * slab.vacuum + spacing * (level_of(i) - bottom);
        for (std::size_t k = 0; k < plane.atoms.size(); ++k) {
            auto const b = plane.atoms[k];
            Vec3 const r = turn * (bulk.positions[b] + (i / n + plane.steps[k]) * step);
            for (auto const& point : points) {
                Eigen::Vector2d f = to_fractions * r.head<2>() + point;
                for (double& part : f) part -= std::floor(part + 1e-9);
                Eigen::Vector2d const xy = in_plane * f;
                positions.emplace_back(xy.x(), xy.y(), z);
                species.push_back(bulk.species[b]);
            }
        }
    }
    double const thickness = spacing * (level_of(slab.termination + slab.layers - 1) - bottom);
    Mat3 rows;
    rows << u.transpose(), v.transpose(), 0.0, 0.0, thickness + slab.vacuum;
    return {Cell{rows, {true, true, false}}, species, positions};
}

}  // namespace kamacite::generate
