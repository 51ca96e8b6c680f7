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

/// Vectors of the plane, and one that leads to the next plane.
struct PlaneLattice {
    std::vector<Vec3> in_plane;  ///< shortest first, without zero
    Vec3 step = Vec3::Zero();
    double spacing = 0.0;
};

struct Edges {
    Vec3 u = Vec3::Zero();
    Vec3 v = Vec3::Zero();
    [[nodiscard]] double area() const { return u.cross(v).norm(); }
};

PlaneLattice find_plane(Mat3 const& primitive, Vec3 const& normal, int reach) {
    PlaneLattice found;
    double const small = 1e-6 * primitive.row(0).norm();
    found.spacing = std::numeric_limits<double>::infinity();
    for (int i = -reach; i <= reach; ++i)
        for (int j = -reach; j <= reach; ++j)
            for (int k = -reach; k <= reach; ++k) {
                Vec3 const r = primitive.transpose() * Vec3(i, j, k);
                double const height = r.dot(normal);
                if (std::abs(height) < small) {
                    if (r.norm() > small) found.in_plane.push_back(r);
                } else if (height > 0.0) {
                    bool const lower = height < found.spacing - small;
                    bool const same = height < found.spacing + small;
                    if (lower || (same && r.norm() < found.step.norm() - small)) {
                        found.spacing = lower ? height : found.spacing;
                        found.step = r;
                    }
                }
            }
    auto const shorter = [small](Vec3 const& a, Vec3 const& b) {
        if (std::abs(a.norm() - b.norm()) > small) return a.norm() < b.norm();
        for (int i = 0; i < 3; ++i)  // a fixed order among equals
            if (std::abs(a[i] - b[i]) > small) return a[i] > b[i];
        return false;
    };
    std::sort(found.in_plane.begin(), found.in_plane.end(), shorter);
    return found;
}

/// The two shortest vectors that are not parallel: in a plane they span its lattice.
Edges shortest_edges(std::vector<Vec3> const& vectors) {
    Vec3 const u = vectors.front();
    for (auto const& v : vectors)
        if (u.cross(v).norm() > 1e-6 * u.norm() * v.norm()) return {u, v};
    return {};
}

Edges orthogonal_edges(std::vector<Vec3> const& vectors, Edges const& shortest) {
    Edges best = shortest;
    double limit = 4.001 * shortest.area();
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
std::vector<Eigen::Vector2d> points_inside(Edges const& edges, Edges const& primitive) {
    Eigen::Matrix<double, 3, 2> frame;
    frame << edges.u, edges.v;
    auto const solver = frame.colPivHouseholderQr();
    int const reach =
        2 + static_cast<int>(2.0 * (edges.u.norm() + edges.v.norm()) / primitive.u.norm());
    std::vector<Eigen::Vector2d> points;
    for (int i = -reach; i <= reach; ++i)
        for (int j = -reach; j <= reach; ++j) {
            Eigen::Vector2d const f = solver.solve(i * primitive.u + j * primitive.v);
            if (f.minCoeff() > -1e-6 && f.maxCoeff() < 1.0 - 1e-6) points.push_back(f);
        }
    return points;
}

bool is_cubic(Lattice lattice) {
    return !has_ratio(lattice);
}

}  // namespace

std::array<int, 3> plane_of(std::string_view text) {
    std::array<int, 3> plane{};
    std::string spaced{text};
    if (text.size() == 3 && text.find_first_not_of("0123456789") == std::string_view::npos)
        spaced = fmt::format("{} {} {}", text[0], text[1], text[2]);
    std::istringstream in{spaced};
    std::string rest;
    if (!(in >> plane[0] >> plane[1] >> plane[2]) || in >> rest || plane == std::array<int, 3>{})
        throw InputError(
            fmt::format("plane '{}' is not three Miller indices (not all zero): write "
                        "110 or '1 -1 0'",
                        text));
    return plane;
}

Structure make_surface(Lattice lattice, double a, Slab const& slab,
                       std::vector<int> const& elements) {
    if (!is_cubic(lattice))
        throw InputError(
            fmt::format("surfaces of {} cannot be cut: use a cubic lattice", name_of(lattice)));
    if (slab.layers < 1 || !(slab.vacuum > 0.0))
        throw InputError(
            fmt::format("slab has {} layers and {} Å of vacuum (both must be positive)",
                        slab.layers, slab.vacuum));
    auto [h, k, l] = slab.plane;
    int const divisor = std::gcd(std::gcd(h, k), l);
    KAMACITE_EXPECTS(divisor > 0);
    Vec3 const indices = Vec3(h, k, l) / divisor;
    Vec3 const normal = indices.normalized();

    auto const bulk = make_lattice(lattice, {a, 1.0}, CellChoice::primitive, elements);
    int const reach = 2 + 2 * static_cast<int>(indices.cwiseAbs().maxCoeff());
    auto const plane = find_plane(bulk.cell.rows(), normal, reach);
    Edges const primitive = shortest_edges(plane.in_plane);
    KAMACITE_ENSURES(std::abs(plane.spacing * primitive.area() / bulk.cell.volume() - 1.0) < 1e-6);
    Edges edges = orthogonal_edges(plane.in_plane, primitive);
    if (edges.u.cross(edges.v).dot(normal) < 0.0) edges.v = -edges.v;

    Mat3 turn;  // into the axes of the slab
    Vec3 const x = edges.u.normalized();
    turn << x.transpose(), normal.cross(x).transpose(), normal.transpose();
    Vec3 const u = turn * edges.u;
    Vec3 const v = turn * edges.v;

    std::vector<Vec3> positions;
    std::vector<int> species;
    Eigen::Matrix2d const in_plane = (Eigen::Matrix2d() << u.x(), v.x(), u.y(), v.y()).finished();
    auto const points = points_inside(edges, primitive);
    for (int layer = 0; layer < slab.layers; ++layer)
        for (std::size_t b = 0; b < bulk.positions.size(); ++b) {
            Vec3 const r = turn * (layer * plane.step + bulk.positions[b]);
            for (auto const& point : points) {
                Eigen::Vector2d f = in_plane.inverse() * r.head<2>() + point;
                for (double& part : f) part -= std::floor(part + 1e-9);
                Eigen::Vector2d const xy = in_plane * f;
                positions.emplace_back(xy.x(), xy.y(), r.z());
                species.push_back(bulk.species[b]);
            }
        }
    auto const [low, high] =
        std::minmax_element(positions.begin(), positions.end(),
                            [](auto const& p, auto const& q) { return p.z() < q.z(); });
    double const bottom = low->z();
    double const thickness = high->z() - bottom;
    Mat3 rows;
    rows << u.transpose(), v.transpose(), 0.0, 0.0, thickness + slab.vacuum;
    for (auto& r : positions) r.z() += 0.5 * slab.vacuum - bottom;
    return {Cell{rows, {true, true, false}}, species, positions};
}

}  // namespace kamacite::generate
