#include "kamacite/training/setup.hpp"

#include <numeric>
#include <set>

#include "kamacite/core/error.hpp"
#include "support/catch.hpp"
#include "support/world.hpp"
#include "training/records.hpp"

using namespace kamacite;
using namespace kamacite::training;

TEST_CASE("reference energies reproduce energies that are sums over elements", "[training]") {
    std::vector<Record> records;
    for (unsigned i = 0; i < 6; ++i) {
        Record r{test::rattled_bcc(1 + static_cast<int>(i) % 2, i), {}, "", "", "", "", ""};
        for (std::size_t k = 0; k < r.structure.species.size(); k += 1 + i)
            r.structure.species[k] = 28;
        double energy = 0.0;
        for (int const z : r.structure.species) energy += z == 26 ? -3460.9 : -17.0;
        r.labels.energy = energy;
        records.push_back(r);
    }
    auto const e0 = reference_energies({26, 28}, records);
    CHECK_THAT(e0[0], WithinAbs(-3460.9, 1e-8));
    CHECK_THAT(e0[1], WithinAbs(-17.0, 1e-8));
    // One composition does not tell the elements apart: the energy is right all the same.
    auto const& one = records[1];
    auto const alone = reference_energies({26, 28}, std::span{&one, 1});
    double sum = 0.0;
    for (int const z : one.structure.species) sum += z == 26 ? alone[0] : alone[1];
    CHECK_THAT(sum, WithinAbs(*one.labels.energy, 1e-7));
}

TEST_CASE("parts of a batch are balanced and hold every item once", "[training]") {
    int const parts = GENERATE(1, 2, 3, 5, 16);
    int const n = GENERATE(0, 1, 7, 64);
    CAPTURE(parts, n);
    std::vector<double> costs;
    RandomStream random{3, "costs", 0};
    for (int i = 0; i < n; ++i) costs.push_back(1.0 + 100.0 * random.uniform() * random.uniform());
    auto const out = balanced_parts(costs, parts);
    REQUIRE(static_cast<int>(out.size()) == parts);
    std::multiset<int> seen;
    std::vector<double> load;
    for (auto const& part : out) {
        seen.insert(part.begin(), part.end());
        load.push_back(std::accumulate(part.begin(), part.end(), 0.0, [&](double sum, int i) {
            return sum + costs[static_cast<std::size_t>(i)];
        }));
        CHECK(std::is_sorted(part.begin(), part.end()));
    }
    CHECK(static_cast<int>(seen.size()) == n);
    CHECK(static_cast<int>(std::set<int>(seen.begin(), seen.end()).size()) == n);
    if (n == 64 && parts == 16) {  // two ranks with eight parts each
        double const first = std::accumulate(load.begin(), load.begin() + 8, 0.0);
        double const total = std::accumulate(load.begin(), load.end(), 0.0);
        CHECK_THAT(first / total, WithinAbs(0.5, 0.02));
    }
}

TEST_CASE("an untrained model is centred on its training set", "[training]") {
    auto const& comm = test::world();
    auto const teacher = test::random_model({26, 28}, 5);
    auto const records = test::labelled(teacher, 24);
    TrainOptions options;
    Head moment, property;
    moment.kind = Head::Kind::moment;
    property.kind = Head::Kind::property;
    property.outputs = {"magnetic_moment", "thermal_conductivity"};
    property.conditions = {"temperature"};
    options.heads = {Head{}, moment, property};
    DescriptorCache cache{records.size(), 1e9};
    auto const log = Logger::silent();
    auto refused = options;
    refused.heads[0].activation = Activation::relu;  // its forces would be discontinuous
    CHECK_THROWS_AS(prepare_model(comm, teacher.descriptors(), records, refused, cache, log),
                    InputError);
    auto const model = prepare_model(comm, teacher.descriptors(), records, options, cache, log);

    Matrix sum = Matrix::Zero(2, model.descriptors().width());
    Matrix squares = sum;
    Eigen::Vector2d count = Eigen::Vector2d::Zero();
    for (auto const& r : records) {
        auto const g = model.descriptors().evaluate(find_neighbours(r.structure, model.cutoff()),
                                                    r.structure.species);
        auto const rows = rows_by_element({26, 28}, r.structure.species);
        for (int e = 0; e < 2; ++e) {
            auto const x = model.scaled(g, rows[static_cast<std::size_t>(e)], e);
            sum.row(e) += x.colwise().sum();
            squares.row(e) += x.cwiseAbs2().colwise().sum();
            count[e] += static_cast<double>(x.rows());
        }
    }
    for (int e = 0; e < 2; ++e) {
        CHECK(sum.row(e).cwiseAbs().maxCoeff() / count[e] < 1e-7);
        CHECK((squares.row(e).array() / count[e] - 1.0).abs().maxCoeff() < 1e-5);
    }
    CHECK(std::isfinite(model.heads()[2].shift[0]));
    CHECK(std::isnan(model.heads()[2].shift[1]));  // never given: never predicted
    auto const s = records[0].structure;
    CHECK_FALSE(model.predict(s, find_neighbours(s, model.cutoff()), {{"temperature", 300.0}})
                    .properties.contains("thermal_conductivity"));

    SECTION("what cannot be learned is refused") {
        auto bare = records;
        for (auto& r : bare) r.labels = {};
        CHECK_THROWS_AS(prepare_model(comm, teacher.descriptors(), bare, options, cache, log),
                        DataError);
        options.heads = {moment};
        CHECK_THROWS_AS(prepare_model(comm, teacher.descriptors(), bare, options, cache, log),
                        DataError);
        options.heads = {property};
        CHECK_THROWS_AS(prepare_model(comm, teacher.descriptors(), bare, options, cache, log),
                        DataError);
        options.heads = {Head{}};
        auto const iron = test::small_descriptors({26});
        CHECK_THROWS_AS(prepare_model(comm, iron, records, options, cache, log), DataError);
    }
}
