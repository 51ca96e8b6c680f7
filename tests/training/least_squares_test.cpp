#include "kamacite/training/least_squares.hpp"

#include "kamacite/core/error.hpp"
#include "kamacite/core/random.hpp"
#include "kamacite/core/types.hpp"
#include "support/catch.hpp"
#include "support/world.hpp"

using namespace kamacite;
using namespace kamacite::training;
using Vector = LeastSquares::Vector;

namespace {

Matrix const a = [] {
    Matrix m(12, 5);
    RandomStream random{8, "a", 0};
    for (double& x : m.reshaped()) x = random.normal();
    return m;
}();
Eigen::VectorXd const target = Eigen::VectorXd::LinSpaced(12, -1.0, 2.0);

auto mapped(std::span<double const> x) {
    return Eigen::Map<Eigen::VectorXd const>{x.data(), std::ssize(x)};
}
Vector vector_of(Eigen::VectorXd const& x) {
    return {x.data(), x.data() + x.size()};
}

LeastSquares const linear{[](auto x) { return vector_of(a * mapped(x) - target); },
                          [](auto, auto v) { return vector_of(a * mapped(v)); },
                          [](auto, auto u) { return vector_of(a.transpose() * mapped(u)); }};

/// Rosenbrock's valley as a sum of squares: r = (10 (y − x²), 1 − x).
LeastSquares const valley{[](auto x) {
                              return Vector{10.0 * (x[1] - x[0] * x[0]), 1.0 - x[0]};
                          },
                          [](auto x, auto v) {
                              return Vector{10.0 * (v[1] - 2.0 * x[0] * v[0]), -v[0]};
                          },
                          [](auto x, auto u) {
                              return Vector{-20.0 * x[0] * u[0] - u[1], 10.0 * u[0]};
                          }};

}  // namespace

TEST_CASE("ridge regression is that of the normal equations", "[training]") {
    double const lambda = GENERATE(1e-8, 0.7);
    Vector x = {3.0, -2.0, 0.5, 9.0, 1.0};
    CHECK(ridge_regression(test::world(), x, linear, {lambda, 200, ""}).empty());
    Eigen::MatrixXd normal = a.transpose() * a;
    normal += lambda * Eigen::MatrixXd::Identity(5, 5);
    Eigen::VectorXd const expected = normal.ldlt().solve(a.transpose() * target);
    for (int k = 0; k < 5; ++k)
        CHECK_THAT(x[static_cast<std::size_t>(k)], WithinAbs(expected[k], 1e-7));
    CHECK_FALSE(ridge_regression(test::world(), x, linear, {lambda, 200, ""}).empty());
}

TEST_CASE("Gauss–Newton follows a curved valley to its end", "[training]") {
    Vector x = {-1.2, 1.0};
    int iterations = 0;
    for (; iterations < 60; ++iterations)
        if (!gauss_newton_once(test::world(), x, valley, {1e-6, 20, ""}).empty()) break;
    CHECK_THAT(x[0], WithinAbs(1.0, 1e-5));
    CHECK_THAT(x[1], WithinAbs(1.0, 1e-5));
    CHECK(iterations < 60);
}

TEST_CASE("the linearised problem is followed, too, by parts of its steps", "[training]") {
    Vector x = {-1.2, 1.0};
    for (int k = 0; k < 60; ++k)
        if (!ridge_regression(test::world(), x, valley, {1e-10, 20, ""}).empty()) break;
    CHECK_THAT(x[0], WithinAbs(1.0, 1e-4));
}

TEST_CASE("errors of residuals and options reach all ranks", "[training]") {
    auto broken = linear;
    broken.product = [](auto, auto) -> Vector { throw DataError("atoms on one point"); };
    Vector x(5, 0.0);
    CHECK_THROWS_AS(gauss_newton_once(test::world(), x, broken, {}), DataError);
    CHECK_THROWS_AS(ridge_regression(test::world(), x, broken, {}), DataError);
    CHECK_THROWS_AS(gauss_newton_once(test::world(), x, linear, {1e-4, 10, "-tao_brgn_nonsense 3"}),
                    InputError);
    CHECK_THROWS_AS(ridge_regression(test::world(), x, linear, {1e-4, 10, "nonsense"}), InputError);
}
