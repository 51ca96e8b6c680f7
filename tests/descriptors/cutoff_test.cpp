#include "kamacite/descriptors/cutoff.hpp"

#include <cmath>

#include "kamacite/core/error.hpp"
#include "support/catch.hpp"
#include "support/finite_difference.hpp"

using namespace kamacite;

namespace {
CutoffForm form_of(int n) {
    return static_cast<CutoffForm>(n);
}
}  // namespace

TEST_CASE("cutoff functions have the closed-form values at the middle of their range", "[cutoff]") {
    // x = ½ with α = 0; the polynomials are odd about (½, ½)
    double const r = 3.0;
    auto const at = [&](CutoffForm form) { return Cutoff{form, 6.0, 0.0}.at(r).f; };
    for (auto const form : {CutoffForm::cosine, CutoffForm::poly1, CutoffForm::poly2,
                            CutoffForm::poly3, CutoffForm::poly4})
        CHECK_THAT(at(form), WithinAbs(0.5, 1e-14));
    CHECK(at(CutoffForm::hard) == 1.0);
    CHECK_THAT(at(CutoffForm::tanh3), WithinAbs(std::pow(std::tanh(0.5), 3), 1e-15));
    CHECK_THAT(at(CutoffForm::tanh3_norm),
               WithinAbs(std::pow(std::tanh(0.5) / std::tanh(1.0), 3), 1e-15));
    CHECK_THAT(at(CutoffForm::exponential), WithinAbs(std::exp(1.0 - 4.0 / 3.0), 1e-15));
}

TEST_CASE("the numbers of the cutoff forms are those of n2p2", "[cutoff]") {
    // type 2 of n2p2 is tanh³(1 − r/r_c) as it is, type 3 the one with f(0) = 1
    CHECK_THAT((Cutoff{form_of(2), 5.0, 0.0}.at(0.0).f),
               WithinAbs(std::pow(std::tanh(1.0), 3), 1e-15));
    CHECK_THAT((Cutoff{form_of(3), 5.0, 0.0}.at(0.0).f), WithinAbs(1.0, 1e-15));
    CHECK(name_of(form_of(6)) == "poly2");
    for (int n = 0; n < 9; ++n) CHECK(cutoff_form_of(name_of(form_of(n))) == form_of(n));
    CHECK_THROWS_AS(cutoff_form_of("cos2"), InputError);
}

TEST_CASE("a cutoff function is 1 inside its inner radius and 0 beyond its radius", "[cutoff]") {
    for (int n = 0; n < 9; ++n) {
        Cutoff const c{form_of(n), 5.0, 0.4};
        CAPTURE(name_of(c.form));
        CHECK(c.at(5.0).f == 0.0);
        CHECK(c.at(7.0).slope == 0.0);
        if (n == 2 || n == 3) continue;  // tanh³ has no inner radius
        CHECK(c.at(1.9).f == 1.0);
        CHECK(c.at(1.9).slope == 0.0);
        CHECK_THAT(c.at(2.0 + 1e-9).f, WithinAbs(1.0, 1e-8));
    }
}

TEST_CASE("the slope of a cutoff function is its derivative", "[cutoff]") {
    for (int n = 0; n < 9; ++n)
        for (double const r : {0.7, 2.3, 3.3, 4.6}) {
            Cutoff const c{form_of(n), 5.0, n % 2 == 0 ? 0.0 : 0.2};
            CAPTURE(name_of(c.form), r);
            test::check_derivative([&](double x) { return c.at(x).f; }, r, c.at(r).slope);
        }
}

TEST_CASE("a cutoff function vanishes at its radius with the order that belongs to it",
          "[cutoff]") {
    // f ~ (r_c − r)^(order+1): order is the number of continuous derivatives
    int const orders[] = {-1, 1, 2, 2, 99, 1, 2, 3, 4};
    for (int n = 0; n < 9; ++n) {
        Cutoff const c{form_of(n), 5.0, 0.0};
        CAPTURE(name_of(c.form));
        double const h = n == 4 ? 0.1 : 0.02;
        double const order = std::log2(c.at(5.0 - 2.0 * h).f / c.at(5.0 - h).f) - 1.0;
        if (n == 4)
            CHECK(order > 10.0);
        else
            CHECK_THAT(order, WithinAbs(orders[n], 0.1));
    }
}
