#include "kamacite/inference/metrics.hpp"

#include <cmath>
#include <limits>

#include "kamacite/core/error.hpp"
#include "kamacite/core/random.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/mpi/partition.hpp"
#include "support/catch.hpp"
#include "support/random_structures.hpp"
#include "support/world.hpp"

using namespace kamacite;
using namespace kamacite::inference;

namespace {

/// Records with every label and predictions that miss them by normal errors.
struct Sample {
    std::vector<Record> records;
    std::vector<Prediction> predictions;
};

Sample sample_of(int n) {
    Sample sample;
    for (int i = 0; i < n; ++i) {
        RandomStream random{5, "sample", static_cast<std::uint64_t>(i)};
        Structure s = test::rattled_bcc(1, static_cast<unsigned>(i + 1));
        if (i % 5 == 4) {  // a lone atom
            s.positions.resize(1);
            s.species.resize(1);
        }
        Record record{s, {}, "frame " + std::to_string(i), i % 2 == 0 ? "even" : "odd", "", "", ""};
        if (i % 3 == 0) record.trajectory = "run " + std::to_string(i / 6);
        Prediction p;
        double energy = 0.0;
        for (int a = 0; a < s.size(); ++a) {
            p.energies.push_back(random.normal());
            p.forces.push_back(random.normal3());
            p.virials.push_back(Mat3::Identity() * random.normal());
            p.moments.push_back(std::abs(random.normal()));
            record.labels.forces.push_back(p.forces.back() + 0.1 * random.normal3());
            record.labels.moments.push_back(-p.moments.back() - 0.01);
            energy += p.energies.back() + 0.1 * random.normal();
        }
        if (s.size() == 1) record.labels.forces = {Vec3::Zero()};
        record.labels.energy = energy;
        record.labels.stress = p.stress(s.cell.volume()) + 0.001 * Mat3::Ones();
        p.properties["magnetic_moment"] = 2.0 + 0.1 * random.normal();
        if (i % 4 != 0) record.labels.properties["magnetic_moment"] = 2.0 + 0.1 * random.normal();
        sample.records.push_back(record);
        sample.predictions.push_back(p);
    }
    return sample;
}

}  // namespace

TEST_CASE("errors of four pairs are those worked out by hand", "[inference]") {
    std::vector<double> const y{1.0, 2.0, 3.0, 4.0};
    std::vector<double> const p{1.5, 2.0, 2.0, 5.0};  // e = 0.5, 0, −1, 1
    auto const errors = errors_of(y, p);
    CHECK(errors.count == 4);
    CHECK_THAT(errors.mse, WithinAbs(2.25 / 4.0, 1e-15));
    CHECK_THAT(errors.rmse, WithinAbs(0.75, 1e-15));
    CHECK_THAT(errors.mae, WithinAbs(2.5 / 4.0, 1e-15));
    CHECK_THAT(errors.bias, WithinAbs(0.125, 1e-15));
    CHECK(errors.max == 1.0);
    REQUIRE(errors.r2);
    CHECK_THAT(*errors.r2, WithinAbs(1.0 - 2.25 / 5.0, 1e-15));  // Σ(y−ȳ)² = 5
}

TEST_CASE("p95 is the smallest bound that 95 % of the errors do not exceed", "[inference]") {
    std::vector<double> y(100, 0.0), p;
    for (int i = 0; i < 100; ++i) p.push_back(i % 2 == 0 ? i + 1 : -(i + 1));  // |e| = 1 … 100
    CHECK(errors_of(y, p).p95 == 95.0);
    y.resize(10);
    p.resize(10);
    CHECK(errors_of(y, p).p95 == 10.0);  // 9 of 10 are only 90 %
}

TEST_CASE("R² is absent where the references do not vary", "[inference]") {
    std::vector<double> const y(7, -3460.8547473905);
    std::vector<double> p = y;
    p[0] += 0.1;
    CHECK_FALSE(errors_of(y, p).r2);
    CHECK(errors_of(std::vector{-3460.85, -3460.85 + 1e-6}, std::vector{-3460.85, -3460.85}).r2);
}

TEST_CASE("a score has no R² where the references hardly vary", "[inference]") {
    auto const r2_of = [](std::string const& quantity, double mean, double spread) {
        Comparison comparison;
        for (int i = 0; i < 4; ++i) {
            comparison.subjects.push_back({"", "", "", 1});
            auto& pairs = comparison.quantities[quantity];
            pairs.subject.push_back(i);
            pairs.reference.push_back(mean + (i % 2 == 0 ? spread : -spread));
            pairs.predicted.push_back(mean);
        }
        auto const score = scores_of(comparison, {}).front();
        if (!score.errors.r2) CHECK_FALSE(score.intervals->r2);
        return score.errors.r2;
    };
    for (auto const& [quantity, mean, least] : {std::tuple{"energy", -3460.0, 1e-3},
                                                {"forces", 0.0, 0.01},
                                                {"moments", 2.2, 0.01},
                                                {"stress", 0.0, 0.1 * units::GPa},
                                                {"thermal_conductivity", 80.0, 0.08}}) {
        CAPTURE(quantity);
        CHECK(r2_of(quantity, mean, 1.01 * least));
        CHECK_FALSE(r2_of(quantity, mean, 0.99 * least));
    }
}

TEST_CASE("R² of energies with a large offset is not spoilt by cancellation", "[inference]") {
    std::vector<double> y, p;
    for (int i = 0; i < 50; ++i) {
        y.push_back(-3460.0 + 1e-3 * i);
        p.push_back(y.back() + (i % 2 == 0 ? 1e-4 : -1e-4));
    }
    double const spread = 1e-6 * 50.0 * (50.0 * 50.0 - 1.0) / 12.0;  // Σ(i−ī)² in closed form
    CHECK_THAT(*errors_of(y, p).r2, WithinAbs(1.0 - 50.0 * 1e-8 / spread, 1e-9));
}

TEST_CASE("bootstrap intervals of Gaussian errors cover the truth as often as they say",
          "[inference]") {
    int const trials = 300;
    int const n = 150;
    BootstrapOptions const options{400, 0.95, 1};
    double const true_mae = 0.5 * std::sqrt(2.0 / M_PI);
    int rmse = 0, mae = 0;
    for (int t = 0; t < trials; ++t) {
        RandomStream random{11, "coverage", static_cast<std::uint64_t>(t)};
        std::vector<double> y, p;
        std::vector<int> group;
        for (int i = 0; i < n; ++i) {
            y.push_back(random.normal());
            p.push_back(y.back() + 0.5 * random.normal());
            group.push_back(i);
        }
        auto const intervals = bootstrap(y, p, group, "trial" + std::to_string(t), options);
        REQUIRE(intervals);
        rmse += intervals->rmse.low <= 0.5 && 0.5 <= intervals->rmse.high;
        mae += intervals->mae.low <= true_mae && true_mae <= intervals->mae.high;
    }
    CAPTURE(rmse, mae);
    // Binomial standard error 1.3 %; the percentile bootstrap undercovers by about 2 % at n = 150.
    CHECK((rmse > 0.88 * trials && rmse < 0.99 * trials));
    CHECK((mae > 0.90 * trials && mae < 0.99 * trials));
}

TEST_CASE("pairs that repeat within a group do not narrow the interval", "[inference]") {
    std::vector<double> y, p, y_repeated, p_repeated;
    std::vector<int> group, group_repeated;
    RandomStream random{2, "repeats", 0};
    for (int i = 0; i < 40; ++i) {
        double const e = random.normal();
        for (int k = 0; k < 25; ++k) {
            y_repeated.push_back(i);
            p_repeated.push_back(i + e);
            group_repeated.push_back(i);
        }
        y.push_back(i);
        p.push_back(i + e);
        group.push_back(i);
    }
    auto const once = bootstrap(y, p, group, "x", {});
    auto const often = bootstrap(y_repeated, p_repeated, group_repeated, "x", {});
    CHECK_THAT(often->rmse.low, WithinRel(once->rmse.low, 1e-12));
    CHECK_THAT(often->rmse.high, WithinRel(once->rmse.high, 1e-12));
    CHECK(once->rmse.high - once->rmse.low > 0.1);
    CHECK_THAT(often->r2->low, WithinAbs(once->r2->low, 1e-12));
    CHECK_THAT(often->p95.high, WithinAbs(once->p95.high, 1e-12));
}

TEST_CASE("fewer than three groups have no interval", "[inference]") {
    std::vector<double> const y{1.0, 2.0, 4.0}, p{1.1, 2.1, 4.2};
    CHECK_FALSE(bootstrap(y, p, std::vector{0, 0, 0}, "x", {}));
    CHECK_FALSE(bootstrap(y, p, std::vector{0, 1, 1}, "x", {}));
    CHECK(bootstrap(y, p, std::vector{0, 1, 2}, "x", {}));
}

TEST_CASE("forces that all vanish are left out of force errors and counted", "[inference]") {
    auto sample = sample_of(10);
    // a perfect lattice of two atoms; and one in which one component is left over
    for (std::size_t const i : {0, 1})
        sample.records[i].labels.forces.assign(2, Vec3::Constant(1e-10));
    sample.records[1].labels.forces[1].z() = 2e-8;
    auto const comparison = compare(sample.records, sample.predictions);
    CHECK(comparison.without_forces == 3);  // and two lone atoms
    CHECK(comparison.quantities.at("forces").reference.size() == 7 * 2 * 3);
    CHECK(comparison.quantities.at("moments").reference.size() == 8 * 2 + 2);
    CHECK(comparison.quantities.at("energy").reference.size() == 10);
    // Seven are given; of the others the local moments tell it, as in training.
    auto const& moments = comparison.quantities.at("magnetic_moment");
    REQUIRE(moments.reference.size() == 10);
    double total = 0.0;
    for (double const m : sample.records[0].labels.moments) total += m;
    CHECK_THAT(moments.reference[0],
               WithinRel(std::abs(total) / sample.records[0].structure.size(), 1e-12));
}

TEST_CASE("moments are compared as magnitudes, energies per atom, stress in six parts",
          "[inference]") {
    auto const sample = sample_of(3);
    auto const comparison = compare(sample.records, sample.predictions);
    auto const& moments = comparison.quantities.at("moments");
    for (std::size_t i = 0; i < moments.reference.size(); ++i)
        CHECK_THAT(moments.reference[i], WithinAbs(moments.predicted[i] + 0.01, 1e-14));
    auto const& energy = comparison.quantities.at("energy");
    CHECK_THAT(energy.reference[0], WithinAbs(*sample.records[0].labels.energy / 2.0, 1e-14));
    auto const& stress = comparison.quantities.at("stress");
    REQUIRE(stress.reference.size() == 18);
    for (std::size_t i = 0; i < 18; ++i)
        CHECK_THAT(stress.reference[i] - stress.predicted[i], WithinAbs(0.001, 1e-14));
}

TEST_CASE("a prediction that is not a number is an error, not a score", "[inference]") {
    auto sample = sample_of(3);
    sample.predictions[1].forces[0].y() = std::numeric_limits<double>::quiet_NaN();
    CHECK_THROWS_AS(compare(sample.records, sample.predictions), NumericalError);
}

TEST_CASE("frames of one trajectory are one group, other frames are their own", "[inference]") {
    auto const sample = sample_of(12);
    auto const scores = scores_of(compare(sample.records, sample.predictions), {});
    REQUIRE(scores.front().family == every_family);
    REQUIRE(scores.front().quantity == "energy");
    CHECK(scores.front().structures == 12);
    // frames 0, 3, 6, 9 are in runs, each of them with its own pair of family and run
    CHECK(scores.front().groups == 12);
    auto grouped = sample;
    for (auto& record : grouped.records) record.trajectory = "one";
    auto const few = scores_of(compare(grouped.records, grouped.predictions), {});
    CHECK(few.front().groups == 2);  // one per family
    CHECK_FALSE(few[1].intervals);   // one group in a family
}

TEST_CASE("scores by side are those of the structures of each side alone", "[inference]") {
    auto const sample = sample_of(20);
    auto all = compare(sample.records, sample.predictions);
    CHECK(scores_by_side(all, {}).empty());  // no side is known
    std::vector<int> const sizes{12, 0, 8};
    for (std::size_t i = 0; i < 20; ++i) all.subjects[i].side = i < 12 ? "train" : "test";
    auto const sides = scores_by_side(all, {});
    CHECK(sides.size() == 2 * all.quantities.size());
    auto const test = scores_of(
        compare(std::span{sample.records}.subspan(12), std::span{sample.predictions}.subspan(12)),
        {});
    for (auto const& score : sides) {
        if (score.side != "test") continue;
        auto const alone = std::find_if(test.begin(), test.end(), [&](auto const& s) {
            return s.quantity == score.quantity && s.family == every_family;
        });
        REQUIRE(alone != test.end());
        CHECK(score.errors.rmse == alone->errors.rmse);
        CHECK(score.structures == alone->structures);
    }
}

TEST_CASE("scores are the same on any number of ranks", "[inference]") {
    auto const& world = test::world();
    int const n = GENERATE(1, 2, 23);
    auto const sample = sample_of(n);
    auto const serial = scores_of(compare(sample.records, sample.predictions), {});

    auto const block = mpi::block_of(world.rank(), world.size(), n);
    auto const first = static_cast<std::size_t>(block.begin);
    auto const count = static_cast<std::size_t>(block.size());
    auto const mine = compare(std::span{sample.records}.subspan(first, count),
                              std::span{sample.predictions}.subspan(first, count));
    auto const parallel = scores_of(gather(world, mine), {});
    REQUIRE(parallel.size() == serial.size());
    for (std::size_t i = 0; i < serial.size(); ++i) {
        CHECK(parallel[i].quantity == serial[i].quantity);
        CHECK(parallel[i].family == serial[i].family);
        CHECK(parallel[i].groups == serial[i].groups);
        CHECK(parallel[i].errors.rmse == serial[i].errors.rmse);  // bit for bit
        CHECK(parallel[i].errors.p95 == serial[i].errors.p95);
        REQUIRE(parallel[i].intervals.has_value() == serial[i].intervals.has_value());
        if (serial[i].intervals) {
            CHECK(parallel[i].intervals->rmse.low == serial[i].intervals->rmse.low);
            CHECK(parallel[i].intervals->mae.high == serial[i].intervals->mae.high);
        }
    }
}
