#include "kamacite/training/loss.hpp"

#include <functional>

#include "support/catch.hpp"
#include "support/finite_difference.hpp"
#include "training/records.hpp"

using namespace kamacite;
using namespace kamacite::training;

namespace {

struct Case {
    char const* name;
    std::function<void(LossOptions&)> keep;  // the only term that counts
    Head::Kind kind;
};

LossOptions nothing() {
    LossOptions o;
    o.energy_weight = o.forces_weight = o.stress_weight = o.moments_weight = o.properties_weight =
        0.0;
    o.energy_scale = o.forces_scale = o.stress_scale = o.moments_scale = 0.5;
    o.family_weights = {{"odd", 2.5}};
    return o;
}

double total_loss(Model const& model, LossOptions const& options, std::span<Sample const> samples,
                  std::span<double> gradient = {}) {
    SumLayout const layout{model};
    std::vector<double> sums(static_cast<std::size_t>(layout.size()), 0.0);
    DescriptorCache cache{samples.size(), 0.0};
    loss(model, options, samples, cache, sums, gradient);
    double total = 0.0;
    for (int h = 0; h < layout.heads(); ++h) total += sums[static_cast<std::size_t>(h)];
    return total;
}

}  // namespace

TEST_CASE("the gradient of every loss term agrees with finite differences", "[training]") {
    Case const terms[] = {
        {"energy", [](LossOptions& o) { o.energy_weight = 1.0; }, Head::Kind::energy},
        {"forces", [](LossOptions& o) { o.forces_weight = 1.0; }, Head::Kind::energy},
        {"stress", [](LossOptions& o) { o.stress_weight = 1.0; }, Head::Kind::energy},
        {"energy, straight",
         [](LossOptions& o) {
             o.energy_weight = 1.0;
             o.energy_huber = 1e-3;
         },
         Head::Kind::energy},
        {"forces, straight in part",
         [](LossOptions& o) {
             o.forces_weight = 1.0;
             o.forces_huber = 0.1;
         },
         Head::Kind::energy},
        {"stress, straight",
         [](LossOptions& o) {
             o.stress_weight = 1.0;
             o.stress_huber = 1e-3;
         },
         Head::Kind::energy},
        {"moments", [](LossOptions& o) { o.moments_weight = 1.0; }, Head::Kind::moment},
        {"moments, squares",
         [](LossOptions& o) {
             o.moments_weight = 1.0;
             o.moments_huber = 0.0;
         },
         Head::Kind::moment},
        {"properties", [](LossOptions& o) { o.properties_weight = 1.0; }, Head::Kind::property}};
    auto const& term = terms[GENERATE(0, 1, 2, 3, 4, 5, 6, 7, 8)];
    CAPTURE(term.name);
    auto const records = test::labelled(test::random_model({26, 28}, 5), 9, 0.1);
    auto options = nothing();
    term.keep(options);
    auto const samples = samples_of(records, options);
    auto model = test::random_model({26, 28}, 9, Activation::silu);
    std::vector<double> gradient(model.parameters().size(), 0.0);
    CHECK(total_loss(model, options, samples, gradient) > 0.0);
    double squares_elsewhere = 0.0;
    for (auto const& part : model.parts()) {
        CAPTURE(part.head, part.element);
        bool const own = model.heads()[static_cast<std::size_t>(part.head)].kind == term.kind;
        for (int k = 0; k < part.network.parameter_count();
             k += 1 + part.network.parameter_count() / 6) {
            auto const at = static_cast<std::size_t>(part.begin + k);
            if (!own) {
                squares_elsewhere += gradient[at] * gradient[at];
                continue;
            }
            CAPTURE(k);
            double const w = model.parameters()[at];
            test::check_derivative(
                [&](double value) {
                    model.parameters()[at] = value;
                    double const l = total_loss(model, options, samples);
                    model.parameters()[at] = w;
                    return l;
                },
                w, gradient[at], 1e-3);
        }
    }
    CHECK(squares_elsewhere == 0.0);  // heads do not disturb each other
}

TEST_CASE("the loss is what its formula says of predictions", "[training]") {
    auto const records = test::labelled(test::random_model({26, 28}, 5), 10, 0.1);
    auto const model = test::random_model({26, 28}, 6);
    LossOptions options;
    options.family_weights = {{"odd", 0.3}};
    options.moments_huber = 0.0;
    options.properties_weight = 0.0;
    double expected = 0.0, force_squares = 0.0, components = 0.0;
    for (auto const& r : records) {
        auto const p = model.predict(r.structure, find_neighbours(r.structure, model.cutoff()));
        double const n = r.structure.size(), f = r.family == "odd" ? 0.3 : 1.0;
        if (r.labels.energy)
            expected += f * std::pow((p.energy() - *r.labels.energy) / n / 0.002, 2);
        for (std::size_t i = 0; i < r.labels.forces.size(); ++i) {
            expected +=
                f * (p.forces[i] - r.labels.forces[i]).squaredNorm() / (3 * n * 0.05 * 0.05);
            force_squares += (p.forces[i] - r.labels.forces[i]).squaredNorm() * (n > 1.0);
            components += n > 1.0 ? 3.0 : 0.0;
        }
        double const v = r.structure.cell.volume();
        if (r.labels.stress)
            expected += 0.1 * f * ((p.stress(v) - *r.labels.stress) * v / n / 0.02).squaredNorm();
        for (std::size_t i = 0; i < r.labels.moments.size(); ++i)
            expected += f * std::pow((p.moments[i] - std::abs(r.labels.moments[i])) / 0.05, 2) / n;
    }
    auto const samples = samples_of(records, options);
    CHECK_THAT(total_loss(model, options, samples), WithinRel(expected, 1e-10));

    SumLayout const layout{model};
    std::vector<double> sums(static_cast<std::size_t>(layout.size()), 0.0);
    DescriptorCache cache{records.size(), 1e9};
    loss(model, options, samples, cache, sums, {});
    int const forces = layout.index_of("forces");
    CHECK_THAT(sums[static_cast<std::size_t>(layout.squares(forces))],
               WithinRel(force_squares, 1e-10));
    CHECK(sums[static_cast<std::size_t>(layout.count(forces))] == components);
    std::vector<double> again(sums.size(), 0.0);
    loss(model, options, samples, cache, again, {});
    CHECK(again == sums);  // cached descriptors are the same bits
}

TEST_CASE("families have their own scales, and outliers count once", "[training]") {
    auto const model = test::random_model({26}, 6);
    auto records = test::labelled(model, 1, 0.0, false);
    auto& labels = records[0].labels;
    labels.moments.clear();
    labels.properties.clear();
    double const n = static_cast<double>(records[0].structure.size());
    *labels.energy += 0.3 * n;
    labels.forces[0] += Vec3{0.0, 1.2, 1.6};
    *labels.stress += Mat3::Identity() * n / records[0].structure.cell.volume();
    LossOptions options;
    options.energy_scale = options.forces_scale = options.stress_scale = 1.0;
    options.stress_weight = 1.0;
    auto const loss_now = [&] {
        SumLayout const layout{model};
        std::vector<double> sums(static_cast<std::size_t>(layout.size()), 0.0);
        DescriptorCache cache{1, 0.0};
        loss(model, options, samples_of(records, options), cache, sums, {});
        std::vector<double> terms;
        for (char const* name : {"energy", "forces", "stress"})
            terms.push_back(sums[static_cast<std::size_t>(layout.term(layout.index_of(name)))]);
        CHECK_THAT(terms[0] + terms[1] + terms[2], WithinRel(sums[0], 1e-12));
        return terms;
    };
    auto terms = loss_now();
    CHECK_THAT(terms[0], WithinRel(0.09, 1e-9));
    CHECK_THAT(terms[1], WithinRel(4.0 / (3.0 * n), 1e-9));
    CHECK_THAT(terms[2], WithinRel(3.0, 1e-9));

    options.energy_huber = 0.1;
    options.forces_huber = 0.5;
    options.stress_huber = 0.2;
    terms = loss_now();
    CHECK_THAT(terms[0], WithinRel(0.1 * (0.6 - 0.1), 1e-9));
    CHECK_THAT(terms[1], WithinRel(0.5 * (4.0 - 0.5) / (3.0 * n), 1e-9));
    CHECK_THAT(terms[2], WithinRel(0.2 * (2.0 * std::sqrt(3.0) - 0.2), 1e-9));

    options.energy_huber = options.forces_huber = options.stress_huber = 0.0;
    options.family_scales = {{.name = records[0].family, .energy = 2.0, .stress = 10.0}};
    terms = loss_now();
    CHECK_THAT(terms[0], WithinRel(0.09 / 4.0, 1e-9));
    CHECK_THAT(terms[1], WithinRel(4.0 / (3.0 * n), 1e-9));
    CHECK_THAT(terms[2], WithinRel(0.03, 1e-9));
}

TEST_CASE("beyond its limit the loss of a moment grows straight", "[training]") {
    auto const model = test::random_model({26}, 6);
    auto records = test::labelled(model, 1, 0.0, false);
    records[0].labels.energy.reset();
    records[0].labels.forces.clear();
    records[0].labels.stress.reset();
    records[0].labels.properties.clear();
    auto const at = [&](double error) {
        auto moved = records;
        for (auto& m : moved[0].labels.moments) m += std::copysign(error, m);
        LossOptions options;
        options.moments_scale = 1.0;
        options.properties_weight = 0.0;
        return total_loss(model, options, samples_of(moved, options));
    };
    CHECK_THAT(at(0.05), WithinRel(0.05 * 0.05, 1e-9));
    CHECK_THAT(at(0.5), WithinRel(2 * 0.1 * (0.5 - 0.05), 1e-9));
}

TEST_CASE("a magnetic moment of the structure follows from local ones", "[training]") {
    auto const model = test::random_model({26}, 6);
    Record r = test::labelled(model, 1, 0.0, false)[0];
    r.labels.properties.clear();
    r.labels.moments = {-2.0, -1.0};
    CHECK(property_of(r, "magnetic_moment") == 1.5);
    CHECK_FALSE(property_of(r, "thermal_conductivity").has_value());
    r.labels.properties["magnetic_moment"] = -2.2;  // down along its axis
    CHECK(property_of(r, "magnetic_moment") == 2.2);
}
