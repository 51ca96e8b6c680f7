#include <numeric>

#include "kamacite/core/error.hpp"
#include "kamacite/training/distributed_loss.hpp"
#include "support/catch.hpp"
#include "support/world.hpp"
#include "training/records.hpp"

using namespace kamacite;
using namespace kamacite::training;

namespace {

struct Problem {
    std::vector<Record> records = test::labelled(test::random_model({26, 28}, 5), 11, 0.1);
    Model model = test::random_model({26, 28}, 9, Activation::silu);
    LossOptions options = [] {
        LossOptions o;
        o.energy_scale = o.forces_scale = o.stress_scale = o.moments_scale = 0.5;
        o.stress_weight = 1.0;
        o.family_weights = {{"odd", 2.5}};
        return o;
    }();
    DistributedLoss loss{records, options, model.cutoff(), 5, 1e6};
    std::vector<int> ids = [this] {
        std::vector<int> all(records.size());
        std::iota(all.begin(), all.end(), 0);
        return all;
    }();
};

std::vector<double> random_vector(std::size_t n, int stream) {
    std::vector<double> v(n);
    RandomStream random{3, "v", static_cast<std::uint64_t>(stream)};
    for (double& x : v) x = random.normal();
    return v;
}

double dot(std::vector<double> const& a, std::vector<double> const& b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

}  // namespace

TEST_CASE("residuals are the roots of the loss, and their Jacobian its derivative", "[training]") {
    Problem p;
    auto const& comm = test::world();
    auto const total = p.loss.gradient(comm, p.model, p.options, p.ids);
    SumLayout const layout{p.model};
    double loss = 0.0;
    for (int h = 0; h < layout.heads(); ++h) loss += total.sums[static_cast<std::size_t>(h)];
    auto const r = p.loss.residuals(comm, p.model, p.options, p.ids);
    CHECK_THAT(dot(r, r), WithinRel(loss, 1e-12));

    // 2 Jᵀ r is the gradient, to rounding.
    auto const g = p.loss.transposed(comm, p.model, p.options, p.ids, r);
    double largest = 0.0;
    for (double const x : total.gradient) largest = std::max(largest, std::abs(x));
    for (std::size_t k = 0; k < g.size(); ++k)
        CHECK_THAT(2.0 * g[k], WithinAbs(total.gradient[k], 1e-10 * largest));

    // J v by finite differences at two steps, and uᵀ(J v) = (Jᵀ u)ᵀ v.
    auto const v = random_vector(p.model.parameters().size(), 1);
    auto const u = random_vector(r.size(), 2);
    auto const jv = p.loss.product(comm, p.model, p.options, p.ids, v);
    auto const ju = p.loss.transposed(comm, p.model, p.options, p.ids, u);
    REQUIRE(jv.size() == r.size());
    CHECK_THAT(dot(u, jv), WithinRel(dot(ju, v), 1e-9));
    auto const moved = [&](double step) {
        auto model = p.model;
        for (std::size_t k = 0; k < v.size(); ++k) model.parameters()[k] += step * v[k];
        return p.loss.residuals(comm, model, p.options, p.ids);
    };
    double previous = 0.0;
    for (double const step : {1e-3, 1e-4}) {
        auto const up = moved(step), down = moved(-step);
        double worst = 0.0, size = 0.0;
        for (std::size_t k = 0; k < r.size(); ++k) {
            worst = std::max(worst, std::abs((up[k] - down[k]) / (2.0 * step) - jv[k]));
            size = std::max(size, std::abs(jv[k]));
        }
        CHECK(worst < 2e3 * step * step * size);
        if (previous > 0.0) CHECK(worst < 0.05 * previous);
        previous = worst;
    }
}

TEST_CASE("residuals and products are the same bits on any number of ranks", "[training]") {
    Problem p;
    auto const& comm = test::world();
    auto const alone = comm.split(comm.rank(), 0);
    auto const v = random_vector(p.model.parameters().size(), 1);
    auto const r = p.loss.residuals(comm, p.model, p.options, p.ids);
    CHECK(r == p.loss.residuals(alone, p.model, p.options, p.ids));
    CHECK(p.loss.product(comm, p.model, p.options, p.ids, v) ==
          p.loss.product(alone, p.model, p.options, p.ids, v));
    CHECK(p.loss.transposed(comm, p.model, p.options, p.ids, r) ==
          p.loss.transposed(alone, p.model, p.options, p.ids, r));
    p.options.forces_huber = 0.1;
    CHECK_THROWS_AS(p.loss.residuals(comm, p.model, p.options, p.ids), InputError);
}
