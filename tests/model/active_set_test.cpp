#include "kamacite/model/active_set.hpp"

#include <cmath>
#include <numeric>

#include "kamacite/core/random.hpp"
#include "kamacite/mpi/partition.hpp"
#include "support/catch.hpp"
#include "support/world.hpp"

using namespace kamacite;

namespace {

Matrix random_rows(int n, int columns, std::uint64_t seed) {
    RandomStream random{seed, "rows", 0};
    Matrix rows(n, columns);
    for (double& x : rows.reshaped<Eigen::RowMajor>()) x = random.normal();
    return rows;
}

/// Every third row on a rank of its own, as chance would have it.
ActiveSet spread_over(mpi::Communicator const& comm, Matrix const& all) {
    std::vector<long long> ids;
    for (Eigen::Index r = 0; r < all.rows(); ++r)
        if ((r * 7 + 3) % comm.size() == comm.rank()) ids.push_back(r);
    Matrix mine(std::ssize(ids), all.cols());
    for (Eigen::Index k = 0; k < mine.rows(); ++k)
        mine.row(k) = all.row(ids[static_cast<std::size_t>(k)]);
    return find_active_set(comm, mine, ids);
}

double largest_coefficient(Matrix const& rows, ActiveSet const& set) {
    return (rows * set.weights).cwiseAbs().maxCoeff();
}

double volume(Matrix const& rows, std::vector<long long> const& ids) {
    Matrix b(std::ssize(ids), rows.cols());
    for (Eigen::Index k = 0; k < b.rows(); ++k)
        b.row(k) = rows.row(ids[static_cast<std::size_t>(k)]);
    return std::abs(b.determinant());
}

}  // namespace

TEST_CASE("all rows are combinations of the active ones with coefficients up to 1", "[model]") {
    auto const rows = random_rows(400, 6, 1);
    auto const set = spread_over(test::world(), rows);
    REQUIRE(set.ids.size() == 6);
    CHECK(largest_coefficient(rows, set) <= 1.01 + 1e-9);
    // The coefficients of the active rows themselves are those of the identity.
    for (std::size_t k = 0; k < set.ids.size(); ++k) {
        Eigen::RowVectorXd const c = rows.row(set.ids[k]) * set.weights;
        for (Eigen::Index j = 0; j < 6; ++j)
            CHECK_THAT(c[j], WithinAbs(j == static_cast<Eigen::Index>(k) ? 1.0 : 0.0, 1e-9));
    }
    // No exchange of one row makes the volume larger by more than the tolerance.
    double const whole = volume(rows, set.ids);
    auto other = set.ids;
    for (std::size_t k = 0; k < other.size(); ++k)
        for (long long r = 0; r < 400; r += 13) {
            auto const kept = std::exchange(other[k], r);
            CHECK(volume(rows, other) <= 1.011 * whole);
            other[k] = kept;
        }
}

TEST_CASE("the active set of points in a square are its corners", "[model]") {
    // φ = (x, y, 1): three of the four corners span the largest triangle, and the fourth corner is
    // a + b − c of them. A point at twice the distance has a grade of 2 or more.
    Matrix rows(0, 3);
    for (int i = -4; i <= 4; ++i)
        for (int k = -4; k <= 4; ++k) {
            rows.conservativeResize(rows.rows() + 1, 3);
            rows.bottomRows(1) << i / 4.0, k / 4.0, 1.0;
        }
    auto const set = spread_over(test::world(), rows);
    for (auto const id : set.ids)
        for (int c = 0; c < 2; ++c) CHECK(std::abs(rows(id, c)) == 1.0);
    auto const grade = [&](double x, double y) {
        Eigen::RowVector3d const phi{x, y, 1.0};
        return (phi * set.weights).cwiseAbs().maxCoeff();
    };
    CHECK_THAT(grade(0.0, 0.0), WithinAbs(0.5, 1e-9));
    CHECK(grade(3.0, 3.0) >= 2.0 - 1e-9);
    CHECK(grade(-4.0, 0.3) > 1.0);
}

TEST_CASE("the active set does not depend on the number of ranks", "[model]") {
    auto const& comm = test::world();
    auto const rows = random_rows(300, 9, 4);
    auto const together = spread_over(comm, rows);
    auto const alone = spread_over(comm.split(comm.rank(), 0), rows);
    CHECK(together.ids == alone.ids);
    CHECK(together.weights == alone.weights);
}

TEST_CASE("rows that depend on each other have a smaller active set", "[model]") {
    auto const few = random_rows(200, 3, 5);
    Matrix const mixing = random_rows(3, 7, 6);
    Matrix const rows = few * mixing;  // rank 3 in 7 columns
    auto const set = spread_over(test::world(), rows);
    CHECK(set.ids.size() == 3);
    CHECK(set.weights.rows() == 7);
    CHECK(set.weights.cols() == 3);
    CHECK(largest_coefficient(rows, set) <= 1.01 + 1e-9);
    auto const& comm = test::world();
    CHECK(find_active_set(comm, Matrix(0, 4), {}).weights.size() == 0);
    CHECK(spread_over(comm, Matrix::Zero(5, 4)).ids.empty());
}
