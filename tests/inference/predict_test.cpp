#include "kamacite/inference/predict.hpp"

#include <cmath>

#include "kamacite/core/error.hpp"
#include "support/catch.hpp"
#include "support/random_structures.hpp"

using namespace kamacite;
using namespace kamacite::inference;

namespace {

Model model_of(bool with_conditions = false) {
    std::vector<RadialFunction> radial;
    for (double const eta : {0.1, 0.5, 1.5})
        radial.push_back({26, 26, eta, 0.0, {CutoffForm::poly3, 4.5, 0.0}});
    Descriptors descriptors{{26}, {.radial = radial}};
    auto const scaling = Scaling::none(1, descriptors.width());
    Head energy, moment{Head::Kind::moment}, property{Head::Kind::property};
    energy.hidden = moment.hidden = property.hidden = {5};
    property.outputs = {"magnetic_moment"};
    if (with_conditions) property.conditions = {"temperature"};
    return Model{std::move(descriptors), scaling, {energy, moment, property}, 3};
}

std::vector<Record> records_of(int n) {
    std::vector<Record> records;
    for (int i = 0; i < n; ++i)
        records.push_back({test::rattled_bcc(1 + i % 3, static_cast<unsigned>(i + 1)),
                           {},
                           "",
                           "",
                           "",
                           "a.xyz@" + std::to_string(i),
                           ""});
    return records;
}

}  // namespace

TEST_CASE("answers in blocks are those of the structures one by one, in order", "[inference]") {
    auto const model = model_of();
    auto const records = records_of(40);
    auto const answers = answers_of(model, records);
    REQUIRE(answers.size() == 40);
    for (std::size_t i = 0; i < records.size(); ++i) {
        auto const& s = records[i].structure;
        auto const one = model.predict(s, find_neighbours(s, model.cutoff()));
        auto const& p = answers[i].prediction;
        CHECK_THAT(p.energy(), WithinRel(one.energy(), 1e-12));
        REQUIRE(p.forces.size() == one.forces.size());
        for (std::size_t a = 0; a < p.forces.size(); ++a)
            CHECK((p.forces[a] - one.forces[a]).norm() < 1e-12);
        CHECK((p.virial() - one.virial()).norm() < 1e-11);
        CHECK_THAT(p.moments[0], WithinRel(one.moments[0], 1e-12));
        CHECK(answers[i].extrapolation ==
              model.extrapolation(s, find_neighbours(s, model.cutoff())));
    }
    CHECK(answers_of(model, {}).empty());
}

TEST_CASE("a committee gives the mean of its members and their spread", "[inference]") {
    auto const member = [](std::uint64_t seed, double cutoff) {
        Descriptors descriptors{{26},
                                {.radial = {{26, 26, 0.2, 0.0, {CutoffForm::poly3, cutoff, 0.0}}}}};
        Head energy;
        energy.hidden = {5};
        energy.shift = {static_cast<double>(seed)};
        return Model{std::move(descriptors), Scaling::none(1, 1), {energy}, seed};
    };
    std::vector<Model> const members{member(1, 4.5), member(2, 4.5), member(3, 5.5)};
    Committee const committee{members};
    CHECK(committee.cutoff() == 5.5);
    auto const records = records_of(5);
    auto const answers = answers_of(committee, records);
    std::vector<std::vector<Answer>> each;
    for (auto const& m : members) each.push_back(answers_of(m, records));
    for (std::size_t i = 0; i < records.size(); ++i) {
        auto const& mean = answers[i].prediction;
        double energy = 0.0, squares = 0.0;
        for (auto const& one : each) energy += one[i].prediction.energy() / 3.0;
        for (auto const& one : each) squares += std::pow(one[i].prediction.energy() - energy, 2);
        CHECK_THAT(mean.energy(), WithinRel(energy, 1e-13));
        REQUIRE(answers[i].spread);
        CHECK_THAT(answers[i].spread->energy, WithinRel(std::sqrt(squares / 2.0), 1e-12));
        for (std::size_t a = 0; a < mean.forces.size(); ++a) {
            Vec3 force = Vec3::Zero();
            for (auto const& one : each) force += one[i].prediction.forces[a] / 3.0;
            double norms = 0.0;
            for (auto const& one : each)
                norms += (one[i].prediction.forces[a] - force).squaredNorm();
            CHECK((mean.forces[a] - force).norm() < 1e-12);
            CHECK_THAT(answers[i].spread->forces[a], WithinAbs(std::sqrt(norms / 2.0), 1e-12));
        }
    }
    Committee const alone{{members[0]}};
    auto const single = answers_of(alone, records);
    CHECK_FALSE(single[0].spread);
    CHECK(single[0].prediction.energies == each[0][0].prediction.energies);

    Model const nickel{
        Descriptors{{28}, {.radial = {{28, 28, 0.2, 0.0, {}}}}}, Scaling::none(1, 1), {Head{}}, 1};
    CHECK_THROWS_AS(Committee({members[0], nickel}), DataError);
    CHECK_THROWS_AS(Committee({members[0], model_of()}), DataError);  // also predicts moments
    CHECK_THROWS_AS(Committee(std::vector<Model>{}), DataError);
}

TEST_CASE("conditions of a property come from the record", "[inference]") {
    auto const model = model_of(true);
    auto records = records_of(3);
    records[0].labels.properties["temperature"] = 1.0;
    records[1].labels.properties["temperature"] = 3.0;
    records[1].structure = records[0].structure;
    auto const answers = answers_of(model, records);
    REQUIRE(answers[0].prediction.properties.count("magnetic_moment") == 1);
    CHECK(answers[0].prediction.properties.at("magnetic_moment") !=
          answers[1].prediction.properties.at("magnetic_moment"));
    CHECK(answers[2].prediction.properties.empty());
}

TEST_CASE("errors of prediction name the structure", "[inference]") {
    auto const model = model_of();
    auto records = records_of(3);
    auto const message = [&] {
        try {
            (void)answers_of(model, records);
        } catch (DataError const& e) {
            return std::string{e.what()};
        }
        return std::string{};
    };
    records[1].structure.species[0] = 28;
    CHECK(message().find("a.xyz@1: ") == 0);
    CHECK(message().find("Ni") != std::string::npos);
    records = records_of(3);
    records[2].structure.positions[1] = records[2].structure.positions[0];
    CHECK(message().find("a.xyz@2: ") == 0);

    auto broken = model_of();
    broken.parameters()[0] = NAN;
    records = records_of(1);
    CHECK_THROWS_AS(answers_of(broken, records), NumericalError);
}

TEST_CASE("parts cover all items in order and share the cost", "[inference]") {
    for (int const parts : {1, 2, 3, 7}) {
        for (int const n : {0, 1, 2, 5, 100}) {
            CAPTURE(parts, n);
            std::vector<double> costs;
            double total = 0.0, largest = 0.0;
            for (int i = 0; i < n; ++i) {
                costs.push_back(1.0 + (i * 37) % 50);
                total += costs.back();
                largest = std::max(largest, costs.back());
            }
            auto const ranges = balanced_parts(costs, parts);
            REQUIRE(ranges.size() == static_cast<std::size_t>(parts));
            long long at = 0;
            for (auto const& range : ranges) {
                CHECK(range.begin == at);
                CHECK(range.end >= range.begin);
                at = range.end;
                double cost = 0.0;
                for (auto i = range.begin; i < range.end; ++i)
                    cost += costs[static_cast<std::size_t>(i)];
                CHECK(cost <= total / parts + largest);
            }
            CHECK(at == n);
        }
    }
}

TEST_CASE("work grows with atoms and density, but a lone molecule has few neighbours",
          "[inference]") {
    auto const s = test::rattled_bcc(1, 1);
    CHECK(cost_of(supercell(s, {2, 1, 1}), 6.0) == 2.0 * cost_of(s, 6.0));
    Structure const molecule{Cell::around(s.positions), s.species, s.positions};
    CHECK(cost_of(molecule, 6.0) == 2.0 * (1.0 + 20.0));
}
