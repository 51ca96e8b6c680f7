#include "kamacite/descriptors/flops.hpp"

#include "support/catch.hpp"
#include "support/random_structures.hpp"

using namespace kamacite;

namespace {

Cutoff const cutoff{CutoffForm::poly2, 3.0, 0.0};

/// An atom with two neighbours within 3 Å, 2.5 Å apart, and one beyond.
struct Trimer {
    Neighbours neighbours;
    std::vector<int> species{26, 26, 26, 26};

    Trimer() {
        neighbours.add(1, {2.0, 0.0, 0.0});
        neighbours.add(2, {0.0, 1.5, 0.0});
        neighbours.add(3, {0.0, 0.0, 3.5});
        neighbours.close_atom();
    }
    [[nodiscard]] Flops of(FunctionSet functions, Precision precision = Precision::full) const {
        return count_flops(Descriptors{{26}, std::move(functions)}, neighbours, species, precision);
    }
};

}  // namespace

TEST_CASE("flops of one radial function are those of its formula", "[flops]") {
    FunctionSet f;
    f.radial = {{26, 26, 1.0, 0.0, cutoff}};
    // two neighbours: direction 4, poly2 and its slope 14, Gaussian 3 + 35, times f_c 1, slope 5,
    // sum 1; back: 2 multiply-adds, times direction 3, forces and virial 24
    CHECK(Trimer{}.of(f).evaluate == 2.0 * (4 + 14 + 3 + 35 + 1 + 5 + 1));
    CHECK(Trimer{}.of(f).pull_back == 2.0 * (4 + 3 + 24));
    CHECK(Trimer{}.of(f, Precision::mixed).evaluate == 2.0 * (4 + 14 + 3 + 22 + 1 + 5 + 1));
    // another η is another Gaussian, the direction and the cutoff function are shared
    f.radial.push_back({26, 26, 2.0, 0.0, cutoff});
    CHECK(Trimer{}.of(f).evaluate == 2.0 * (4 + 14 + 2 * (3 + 35 + 1 + 5 + 1)));
}

TEST_CASE("flops of a wide function grow with the neighbours, not with their pairs", "[flops]") {
    FunctionSet f;
    f.angular = {{AngularFunction::Form::wide, 26, 26, 26, 1.0, 1.0, 2.0, 0.0, cutoff}};
    // ζ = 2 wants 3 + 6 moments of degree 1 and 2 and the 9 monomials; Σ g²: 2
    double const lane = 4 + 14 + 44 + 9 + 2 * 9 + 2;
    // per atom: the moment of degree 0 by contraction, 10 moments squared, one polynomial of 3
    double const atom = 2 * 1 + 3 * 10 + (2 * 3 + 2);
    CHECK(Trimer{}.of(f).evaluate == 2.0 * lane + atom);
    double const back = (3 + 24) + 4 + (9 + 19) + (4 * 9 + 2 + 15 * (3 + 1));
    CHECK(Trimer{}.of(f).pull_back == 2.0 * back + 3 * 1 + 5 * 10 + (2 * 3 + 2));

    auto const more = f.angular.front();
    auto const one = Trimer{}.of(f);
    f.angular.push_back(more);  // −λ: only the polynomial is new
    f.angular.back().lambda = -1.0;
    CHECK(Trimer{}.of(f).evaluate == one.evaluate + 8);

    auto const s = test::rattled_bcc(3, 1, 0.02);
    auto const per_neighbour = [&](double radius) {
        FunctionSet wide = f;
        for (auto& a : wide.angular) a.cutoff.radius = radius;
        auto const list = find_neighbours(s, radius);
        auto const flops = count_flops(Descriptors{{26}, wide}, list, s.species, Precision::full);
        return (flops.evaluate - s.size() * (atom + 8)) / static_cast<double>(list.entries());
    };
    CHECK(per_neighbour(6.0) == Approx(per_neighbour(3.0)).epsilon(1e-12));
}

TEST_CASE("flops of narrow functions count the pairs that are nonzero", "[flops]") {
    FunctionSet wide, narrow;
    wide.angular = {{AngularFunction::Form::wide, 26, 26, 26, 1.0, 1.0, 1.0, 0.0, cutoff}};
    narrow.angular = wide.angular;
    narrow.angular.front().form = AngularFunction::Form::narrow;
    Trimer trimer;
    // the pair: geometry 15, weight 44 + 14, power 5, products 4
    CHECK(trimer.of(narrow).evaluate >= 15 + 44 + 14 + 5 + 4);
    // another η has its own weights, and the same geometry and power
    auto const one = trimer.of(narrow).evaluate;
    auto two = narrow;
    two.angular.push_back(narrow.angular.front());
    two.angular.back().eta = 2.0;
    CHECK(trimer.of(two).evaluate - one == 2 * 44 + (44 + 14) + 4);
    auto const before = trimer.of(narrow).evaluate;
    trimer.neighbours = {};
    trimer.neighbours.add(1, {2.0, 0.0, 0.0});
    trimer.neighbours.add(2, {-1.5, 0.0, 0.0});  // 3.5 Å from the other one
    trimer.neighbours.close_atom();
    CHECK(before - trimer.of(narrow).evaluate == 15 + 44 + 14 + 5 + 4);
}

TEST_CASE("flops of compact functions have one arc cosine per pair", "[flops]") {
    using Form = CompactAngularFunction::Form;
    Window const far{0.0, 3.0, CutoffForm::poly2, false};
    Window const near{0.0, 2.8, CutoffForm::poly2, false};
    Window const angle{0.0, 180.0, CutoffForm::poly2, false};
    Window const narrower{30.0, 150.0, CutoffForm::poly2, false};
    double const bump = 4 + 14;
    auto const flops = [&](std::vector<std::pair<Window, Window>> const& windows) {
        FunctionSet f;
        for (auto const& [radial, angular] : windows)
            f.compact_angular.push_back({Form::narrow, 26, 26, 26, radial, angular});
        return Trimer{}.of(f).evaluate;
    };
    // two neighbours: direction and bump; the pair: geometry 15, angle 27, bumps, products 4
    double const one = 2 * (4 + bump) + 15 + 27 + bump + (bump + 1) + 4;
    CHECK(flops({{far, angle}}) == one);
    CHECK(flops({{far, angle}, {far, narrower}}) == one + bump + 1 + 2);
    CHECK(flops({{far, angle}, {near, angle}}) == one + 2 * bump + bump + 4);
    CHECK(flops({{near, angle}, {far, angle}}) == one + 2 * bump + bump + 4);
}
