#include "kamacite/structure/short_lattice.hpp"

#include <algorithm>
#include <cmath>

#include "kamacite/core/random.hpp"
#include "support/catch.hpp"

using namespace kamacite;

namespace {

Mat3 matrix(std::array<std::array<long long, 3>, 3> const& n) {
    Mat3 m;
    for (int k = 0; k < 3; ++k)
        for (int l = 0; l < 3; ++l)
            m(k, l) =
                static_cast<double>(n[static_cast<std::size_t>(k)][static_cast<std::size_t>(l)]);
    return m;
}

/// The lengths of the three shortest vectors of a lattice that do not lie in a plane, by trying.
std::array<double, 3> successive_minima(Mat3 const& rows) {
    std::vector<Vec3> all;
    for (int a = -4; a <= 4; ++a)
        for (int b = -4; b <= 4; ++b)
            for (int c = -4; c <= 4; ++c)
                if (a != 0 || b != 0 || c != 0) all.push_back(rows.transpose() * Vec3(a, b, c));
    std::ranges::sort(all, {}, [](Vec3 const& r) { return r.norm(); });
    std::array<double, 3> lengths{};
    std::size_t n = 0;
    std::vector<Vec3> basis;
    for (auto const& r : all) {
        Vec3 rest = r;
        for (auto const& f : basis) rest -= rest.dot(f) * f;
        if (rest.norm() < 1e-6 * r.norm()) continue;
        basis.push_back(rest.normalized());
        lengths[n++] = r.norm();
        if (n == 3) break;
    }
    return lengths;
}

}  // namespace

TEST_CASE("the shortest vectors of a lattice are found from any others", "[structure]") {
    int tried = 0;
    for (unsigned seed = 1; seed <= 200; ++seed) {
        RandomStream random{seed, "test", 0};
        Mat3 rows;
        for (int k = 0; k < 3; ++k) rows.row(k) = random.normal3().transpose();
        if (std::abs(rows.determinant()) < 0.3) continue;
        auto const shortest = successive_minima(short_lattice(Cell{rows}).cell.rows());
        Mat3 M = Mat3::Identity();
        for (int step = 0; step < 4; ++step) {
            int const k = step % 3;
            M.row(k) += std::round(5.0 * random.normal()) * M.row((k + 1) % 3);
            M.row(k) += std::round(2.0 * random.normal()) * M.row((k + 2) % 3);
        }
        double const box = (M * rows).rowwise().norm().prod();
        if (std::abs(rows.determinant()) < 1e-5 * box) continue;  // no cell is as flat as that
        Cell const tilted{M * rows};
        ++tried;
        auto const found = short_lattice(tilted);
        CAPTURE(seed, M);
        CHECK_THAT(matrix(found.in_old).determinant(), WithinRel(1.0, 1e-9));
        CHECK((matrix(found.in_old) * tilted.rows() - found.cell.rows()).norm() < 1e-9);
        std::array<double, 3> lengths{};
        for (int k = 0; k < 3; ++k)
            lengths[static_cast<std::size_t>(k)] = found.cell.rows().row(k).norm();
        std::ranges::sort(lengths);
        auto const least = successive_minima(found.cell.rows());
        for (std::size_t k = 0; k < 3; ++k) {
            CHECK_THAT(lengths[k], WithinRel(least[k], 1e-5));
            CHECK_THAT(lengths[k], WithinRel(shortest[k], 1e-5));
        }
    }
    CHECK(tried > 100);
}

TEST_CASE("the nearest image is found in any cell", "[structure]") {
    for (unsigned seed = 1; seed <= 300; ++seed) {
        RandomStream random{seed, "nearest", 0};
        Mat3 rows;
        for (int k = 0; k < 3; ++k) rows.row(k) = random.normal3().transpose();
        if (std::abs(rows.determinant()) < 0.3) continue;
        std::array<bool, 3> const periodic{true, seed % 3 != 0, seed % 2 == 0};
        auto const lattice = short_lattice(Cell{rows, periodic});
        Vec3 const r = 5.0 * random.normal3();
        Vec3 const near = lattice.nearest(r);
        double least = near.norm();
        auto const& short_rows = lattice.cell.rows();
        for (int a = -3; a <= 3; ++a)
            for (int b = -3; b <= 3; ++b)
                for (int c = -3; c <= 3; ++c)
                    least = std::min(least,
                                     (near + short_rows.transpose() *
                                                 Vec3(a, periodic[1] ? b : 0, periodic[2] ? c : 0))
                                         .norm());
        CAPTURE(seed);
        CHECK(near.norm() < least + 1e-6);
        Vec3 n = Cell{rows}.to_fractional(r - near);
        for (int k = 0; k < 3; ++k)
            CHECK(std::abs(n[k] - (periodic[static_cast<std::size_t>(k)] ? std::round(n[k])
                                                                         : 0.0)) < 1e-9);
    }
}

TEST_CASE("short lattices stay as they are", "[structure]") {
    Mat3 rows;
    rows << 0.0, 1.43, 1.43, 1.43, 0.0, 1.43, 1.43, 1.43, 0.0;  // fcc
    CHECK(short_lattice(Cell{rows}).cell.rows() == rows);
    rows << 2.5, 0.0, 0.0, -1.25, 1.25 * std::sqrt(3.0), 0.0, 0.0, 0.0, 4.1;  // hexagonal
    CHECK(short_lattice(Cell{rows}).cell.rows() == rows);
}

TEST_CASE("vectors that only span the box become perpendicular to the lattice", "[structure]") {
    Mat3 rows;
    rows << 2.9, 0.0, 0.0, 29.0, 2.9, 0.0, 11.1, 22.2, 30.0;
    SECTION("slab") {
        Mat3 expected;
        expected << 2.9, 0.0, 0.0, 0.0, 2.9, 0.0, 0.0, 0.0, 30.0;
        auto const found = short_lattice(Cell{rows, {true, true, false}});
        CHECK((found.cell.rows() - expected).norm() < 1e-12);
        CHECK(found.cell.periodic() == std::array{true, true, false});
        CHECK(found.in_old[1] == std::array{-10LL, 1LL, 0LL});
    }
    SECTION("wire") {
        auto const r = short_lattice(Cell{rows, {false, true, false}}).cell.rows();
        CHECK(r.row(1) == rows.row(1));
        CHECK(std::abs(r.row(0).dot(r.row(1))) < 1e-12);
        CHECK(std::abs(r.row(2).dot(r.row(1))) < 1e-12);
        CHECK(std::abs(r.row(0).dot(r.row(2))) < 1e-12);
        CHECK_THAT(std::abs(r.determinant()), WithinRel(std::abs(rows.determinant()), 1e-9));
    }
    SECTION("cluster") {
        CHECK(short_lattice(Cell{rows, {false, false, false}}).cell.rows() == rows);
    }
}
