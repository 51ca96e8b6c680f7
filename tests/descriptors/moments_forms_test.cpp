// Power and four-body functions where their values are known.
#include <cmath>

#include "contractions.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/descriptors/descriptors.hpp"
#include "random_sets.hpp"
#include "support/catch.hpp"

using namespace kamacite;

namespace {

Cutoff const hard{CutoffForm::hard, 5.0, 0.0};
Gaussian const a{0.1, 0.0, hard};
Gaussian const b{0.3, 1.0, hard};
Gaussian const c{0.2, 0.5, hard};

double weight(Gaussian const& g, double r) {
    return std::exp(-g.eta * (r - g.shift) * (r - g.shift));
}

PowerFunction power(int degree) {
    return {26, 26, 26, a, b, degree};
}
TripleFunction triple(int p, int q, int s) {
    return {26, {26, 26, 26}, {a, b, c}, {p, q, s}};
}

/// Atom 0 at the origin and others around it, in a box.
Structure cluster(std::vector<Vec3> const& others) {
    Structure s{Cell{30.0 * Mat3::Identity()}, {26}, {Vec3::Zero()}};
    for (auto const& r : others) {
        s.positions.push_back(r);
        s.species.push_back(26);
    }
    return s;
}

Eigen::RowVectorXd of_first_atom(FunctionSet const& functions, Structure const& s) {
    Descriptors const d{{26}, functions};
    return d.evaluate(find_neighbours(s, d.cutoff()), s.species).row(0);
}

}  // namespace

TEST_CASE("all power and four-body functions of a dimer are the product of the weights",
          "[descriptors][moments]") {
    FunctionSet set;
    for (int l = 0; l <= 6; ++l) set.power.push_back(power(l));
    for (int p = 0; p <= 4; ++p) set.triple.push_back(triple(p, 4 - p, 2));
    auto const g = of_first_atom(set, cluster({Vec3(1.2, -1.0, 1.7)}));
    double const r = std::sqrt(1.44 + 1.0 + 2.89);
    for (int l = 0; l <= 6; ++l) CHECK_THAT(g[l], WithinRel(weight(a, r) * weight(b, r), 1e-13));
    for (int p = 0; p <= 4; ++p)
        CHECK_THAT(g[7 + p], WithinRel(weight(a, r) * weight(b, r) * weight(c, r), 1e-13));
}

TEST_CASE("power and four-body functions of a right angle", "[descriptors][moments]") {
    double const r = 2.0;
    double const t = 3.0;
    FunctionSet set;
    for (int l = 0; l <= 4; ++l) set.power.push_back(power(l));
    set.triple = {triple(0, 0, 0), triple(1, 0, 0), triple(2, 0, 1), triple(1, 1, 1)};
    auto const g = of_first_atom(set, cluster({Vec3(r, 0, 0), Vec3(0, t, 0)}));
    double const same = weight(a, r) * weight(b, r) + weight(a, t) * weight(b, t);
    double const mixed = weight(a, r) * weight(b, t) + weight(a, t) * weight(b, r);
    double const at_zero[] = {1.0, 0.0, -0.5, 0.0, 0.375};  // P_l(0)
    for (int l = 0; l <= 4; ++l) CHECK_THAT(g[l], WithinRel(same + at_zero[l] * mixed, 1e-13));
    auto const sum = [&](Gaussian const& w) { return weight(w, r) + weight(w, t); };
    double const all =
        weight(a, r) * weight(b, r) * weight(c, r) + weight(a, t) * weight(b, t) * weight(c, t);
    CHECK_THAT(g[5], WithinRel(sum(a) * sum(b) * sum(c), 1e-13));
    CHECK_THAT(g[6], WithinRel(same * sum(c), 1e-13));
    CHECK_THAT(g[7], WithinRel(all, 1e-13));
    CHECK_THAT(g[8], WithinRel(all, 1e-13));
}

TEST_CASE("the four-body function of powers 1, 1, 1 is the trace of three second moments",
          "[descriptors][moments]") {
    std::vector<Vec3> const others{{2.0, 0.3, -0.4}, {-0.5, 2.2, 1.0}, {1.1, -1.4, 1.9}};
    Mat3 product = Mat3::Identity();
    for (auto const& w : {a, b, c}) {
        Mat3 second = Mat3::Zero();
        for (auto const& r : others)
            second += weight(w, r.norm()) / r.squaredNorm() * r * r.transpose();
        product *= second;
    }
    CHECK_THAT(of_first_atom({.triple = {triple(1, 1, 1)}}, cluster(others))[0],
               WithinRel(product.trace(), 1e-13));
}

TEST_CASE("power functions vanish where the symmetry of bcc forbids them",
          "[descriptors][moments]") {
    double const edge = 2.86;
    Structure const s{
        Cell{edge * Mat3::Identity()}, {26, 26}, {Vec3::Zero(), Vec3::Constant(0.5 * edge)}};
    FunctionSet set;
    for (int l = 0; l <= 8; ++l) set.power.push_back(power(l));
    auto const g = of_first_atom(set, s);
    for (int const l : {1, 2, 3, 5, 7}) CHECK(std::abs(g[l]) < 1e-12 * g[0]);  // inversion, cubic
    for (int const l : {4, 6, 8}) CHECK(g[l] > 1e-3 * g[0]);
}

TEST_CASE("power functions of one weight are not negative, of two obey the inequality of Cauchy",
          "[descriptors][moments]") {
    Gaussian const weights[] = {a, c};  // both positive in all of the sphere
    FunctionSet set;
    for (int l = 0; l <= 6; ++l)
        for (int i = 0; i < 2; ++i)
            for (int j = i; j < 2; ++j)
                set.power.push_back({26, 26, 26, weights[i], weights[j], l});
    auto const s = test::random_alloy(12, {26}, 6);
    Descriptors const d{{26}, set};
    Matrix const g = d.evaluate(find_neighbours(s, d.cutoff()), s.species);
    for (int i = 0; i < g.rows(); ++i)
        for (int l = 0; l <= 6; ++l) {
            double const aa = g(i, 3 * l);
            double const ac = g(i, 3 * l + 1);
            double const cc = g(i, 3 * l + 2);
            CHECK(aa > 0.0);
            CHECK(ac * ac <= aa * cc * (1.0 + 1e-12));
        }
}

TEST_CASE("coefficients of Legendre polynomials are theirs", "[descriptors][moments]") {
    for (int l = 0; l <= 16; ++l) {
        auto const p = detail::legendre_coefficients(l);
        REQUIRE(p.size() == static_cast<std::size_t>(l) + 1);
        for (double const x : {-1.0, -0.3, 0.0, 0.7}) {
            double value = 0.0;
            for (std::size_t n = p.size(); n-- > 0;) value = value * x + p[n];
            double const sign = x < 0.0 && l % 2 == 1 ? -1.0 : 1.0;
            double const expected = sign * std::legendre(static_cast<unsigned>(l), std::abs(x));
            CHECK_THAT(value, WithinAbs(expected, 1e-10));
        }
    }
}

TEST_CASE("equal products of a four-body function are merged", "[descriptors][moments]") {
    auto const one = detail::triple_sum({0, 0, 0}, {1, 1, 1});
    CHECK(one.third.size() == 10);  // invariants of a symmetric matrix cubed, not 27
    auto const three = detail::triple_sum({0, 35, 70}, {1, 1, 1});
    CHECK(three.third.size() == 27);
    for (auto const& sum : {one, three}) {
        double total = 0.0;
        for (double const x : sum.coefficient) total += x;
        CHECK_THAT(total, WithinRel(27.0, 1e-14));  // 3^(p+q+s)
        CHECK(sum.runs.back().end == static_cast<int>(sum.third.size()));
    }
}

TEST_CASE("malformed power and four-body functions are refused", "[descriptors][moments]") {
    auto const with = [](FunctionSet set) { return Descriptors{{26}, std::move(set)}; };
    CHECK_NOTHROW(with({.power = {power(16)}}));
    CHECK_THROWS_AS(with({.power = {power(17)}}), InputError);
    CHECK_THROWS_AS(with({.power = {power(-1)}}), InputError);
    CHECK_THROWS_AS(with({.power = {{26, 26, 28, a, b, 2}}}), InputError);
    CHECK_NOTHROW(with({.triple = {triple(4, 4, 4)}}));
    CHECK_THROWS_AS(with({.triple = {triple(5, 0, 0)}}), InputError);
    CHECK_THROWS_AS(with({.triple = {triple(0, -1, 0)}}), InputError);
}
