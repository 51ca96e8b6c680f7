#include "kamacite/transport/correction.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "kamacite/core/random.hpp"
#include "kamacite/magnetism/rescaling.hpp"
#include "kamacite/transport/phonon_resistivity.hpp"
#include "kamacite/transport/resistivity.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using namespace kamacite::transport;

namespace {

double magnetisation(double t) {
    return magnetism::kuzmin(t, magnetism::kuzmin_iron());
}

/// Two currents at a lattice constant, whose deviation from Matthiessen's rule is to be learned.
double two_current_resistivity(double t, double a, double asymmetry) {
    Baseline b;
    b.shape = [](double at) { return bloch_gruneisen(at, 470.0, 5); };
    b.asymmetry = asymmetry;
    b.mixing = asymmetry == 1.0 ? 0.0 : 5.0 * micro_ohm_cm;
    double const moment = 1.0 + 2.0 * (a / 2.85 - 1.0);
    return resistivity(b, t, magnetisation(t), {stiffening(a / 2.85, 1.7), moment}).total() /
           micro_ohm_cm;
}

/// 7 temperatures × 5 lattice constants, of ρ = ρ_baseline exp(y) with noise of 2 %.
std::vector<ResistivityLabel> labels_of(std::function<double(double, double)> const& y) {
    std::vector<ResistivityLabel> labels;
    for (double const t : {150.0, 300.0, 450.0, 600.0, 750.0, 850.0, 950.0})
        for (double const a : {2.75, 2.80, 2.85, 2.90, 2.95}) {
            RandomStream random{7, "noise", labels.size()};
            double const base = two_current_resistivity(t, a, 1.0);
            double const rho = base * std::exp(y(t, a) + 0.02 * random.normal());
            labels.push_back({a, t, magnetisation(t), rho, 0.02 * rho, base});
        }
    return labels;
}

double two_currents_over_sum(double t, double a) {
    return std::log(two_current_resistivity(t, a, 8.0) / two_current_resistivity(t, a, 1.0));
}

}  // namespace

TEST_CASE("A deviation from Matthiessen's rule is learned where it was held out", "[transport]") {
    auto const labels = labels_of(two_currents_over_sum);
    for (auto const left_out : {LeftOut::temperature, LeftOut::lattice_constant}) {
        auto const errors = validate(labels, left_out, 1);
        INFO(errors.baseline << " " << errors.constant << " " << errors.correction);
        CHECK(errors.parts.size() == (left_out == LeftOut::temperature ? 7 : 5));
        CHECK(errors.learned);
        CHECK(errors.correction < 0.3 * errors.baseline);
        CHECK(errors.correction < errors.constant);
    }
    // Between the labels, against the truth: within the noise of a label.
    ResistivityCorrection const correction(labels, 1);
    for (double const t : {225.0, 375.0, 525.0, 675.0, 800.0})
        for (double const a : {2.775, 2.875, 2.925}) {
            auto const y = correction({a, t, magnetisation(t)});
            INFO(t << " K, " << a << " Å: " << y.value << " ± " << y.error);
            CHECK(std::abs(y.value - two_currents_over_sum(t, a)) < 0.04);
        }
}

TEST_CASE("Nothing is learned of labels without anything to learn", "[transport]") {
    int learned = 0;
    for (int trial = 0; trial < 6; ++trial) {
        int k = 0;
        auto const labels = labels_of([&](double, double) {
            RandomStream random{11, "random labels", static_cast<unsigned>(100 * trial + k++)};
            return 0.2 * random.normal();
        });
        auto const by_t = validate(labels, LeftOut::temperature, 1);
        auto const by_a = validate(labels, LeftOut::lattice_constant, 1);
        INFO(by_t.baseline << " " << by_t.correction << " " << by_a.correction);
        CHECK(by_t.correction > 0.9 * by_t.baseline);
        CHECK(by_a.correction > 0.9 * by_a.baseline);
        learned += by_t.learned && by_a.learned ? 1 : 0;
    }
    CHECK(learned == 0);
}

TEST_CASE("Limits of a correction: none at T = 0, less sure far from labels", "[transport]") {
    auto const labels = labels_of(two_currents_over_sum);
    ResistivityCorrection const correction(labels, 1);
    auto const cold = correction({2.95, 0.0, 1.0});
    CHECK(cold.value == 0.0);
    CHECK(cold.error == 0.0);
    auto const error = [&](double a, double t) {
        return correction({a, t, magnetisation(t)}).error;
    };
    CHECK(error(3.05, 600.0) > 2.0 * error(2.85, 600.0));
    CHECK(error(3.15, 600.0) > error(3.05, 600.0));
    CHECK(error(2.85, 2000.0) > 2.0 * error(2.85, 600.0));
    // One temperature alone: nothing can be held out.
    std::vector<ResistivityLabel> const one{labels.front()};
    CHECK_FALSE(validate(one, LeftOut::temperature, 1).learned);
}

TEST_CASE("A correction does not depend on the order of its labels", "[transport]") {
    auto labels = labels_of(two_currents_over_sum);
    ResistivityCorrection const one(labels, 3);
    std::reverse(labels.begin(), labels.end());
    std::swap(labels[3], labels[17]);
    ResistivityCorrection const other(labels, 3);
    ResistivityPoint const point{2.83, 500.0, magnetisation(500.0)};
    CHECK(one(point).value == other(point).value);
    CHECK(one(point).error == other(point).error);
    CHECK(ResistivityCorrection(labels, 4)(point).value != one(point).value);
}
