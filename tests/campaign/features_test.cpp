#include "kamacite/campaign/features.hpp"

#include <Eigen/Geometry>
#include <algorithm>

#include "kamacite/campaign/select.hpp"
#include "kamacite/generate/lattice.hpp"
#include "model/random_model.hpp"
#include "support/catch.hpp"
#include "support/random_structures.hpp"
#include "support/world.hpp"

using namespace kamacite;
using namespace kamacite::campaign;

namespace {

std::vector<Record> training_set() {
    std::vector<Record> records;
    for (unsigned seed = 1; seed <= 7; ++seed) {
        records.emplace_back(Record{test::rattled_bcc(2, seed), {}, {}, {}, {}, {}, {}});
        if (seed % 2 == 0) records.back().structure.species[0] = 6;
        if (seed == 4) records.back().structure.species[5] = 6;
    }
    return records;
}

std::vector<FeatureOptions> all_options() {
    std::vector<FeatureOptions> all;
    for (auto const kind : {FeatureOptions::Kind::hidden, FeatureOptions::Kind::descriptors})
        for (auto const pooling :
             {FeatureOptions::Pooling::mean, FeatureOptions::Pooling::mean_and_spread,
              FeatureOptions::Pooling::extremes})
            all.push_back({kind, pooling});
    return all;
}

/// Turned, moved, atoms in another order, some in other cells.
Structure disguised(Structure const& s) {
    Mat3 const turn = Eigen::AngleAxisd(0.7, Vec3(1.0, -2.0, 0.5).normalized()).toRotationMatrix();
    Structure t{Cell{s.cell.rows() * turn.transpose()}, s.species, s.positions};
    for (int i = 0; i < t.size(); ++i)
        t.positions[static_cast<std::size_t>(i)] =
            turn * (s.positions[static_cast<std::size_t>(i)] + Vec3(0.3, 0.1, -7.0)) +
            t.cell.rows().row(i % 3).transpose();
    std::reverse(t.positions.begin(), t.positions.end());
    std::reverse(t.species.begin(), t.species.end());
    return t;
}

}  // namespace

TEST_CASE("features do not depend on how a structure is written down", "[campaign]") {
    auto const model = test::random_model({6, 26}, 3);
    dataset::Records const records{training_set()};
    auto s = test::rattled_bcc(2, 11);
    s.species[3] = 6;
    for (auto const& options : all_options()) {
        auto const scale = training_features_of(test::world(), model, records, options).scale;
        auto const f = features_of(model, scale, s, options);
        CHECK(distance(f, features_of(model, scale, disguised(s), options)) < 1e-9);
        CHECK(distance(f, features_of(model, scale, supercell(s, {2, 1, 3}), options)) < 1e-9);
        auto moved = s;
        moved.positions[4] += Vec3(0.1, 0.0, 0.0);
        CHECK(distance(f, features_of(model, scale, moved, options)) > 1e-3);
    }
}

TEST_CASE("the same crystal in another cell is at distance zero", "[campaign]") {
    auto const model = test::random_model({26}, 4);
    auto const shape = generate::Shape{2.87, 1.0};
    auto const bcc = [&](generate::CellChoice cell) {
        return generate::make_lattice(generate::Lattice::bcc, shape, cell, {26});
    };
    dataset::Records const records{
        std::vector<Record>{Record{test::rattled_bcc(2, 1), {}, {}, {}, {}, {}, {}}}};
    for (auto const& options : all_options()) {
        auto const scale = training_features_of(test::world(), model, records, options).scale;
        auto const one = features_of(model, scale, bcc(generate::CellChoice::primitive), options);
        auto const two = features_of(
            model, scale, supercell(bcc(generate::CellChoice::conventional), {2, 3, 1}), options);
        CHECK(distance(one, two) < 1e-9);
        auto const fcc = generate::make_lattice(generate::Lattice::fcc, {3.62, 1.0},
                                                generate::CellChoice::primitive, {26});
        CHECK(distance(one, features_of(model, scale, fcc, options)) > 0.1);
    }
}

TEST_CASE("atoms of the training set have mean 0 and deviation 1, by direct sums", "[campaign]") {
    auto const model = test::random_model({6, 26}, 3);
    auto const records = training_set();
    FeatureOptions const options{};
    auto const scale =
        training_features_of(test::world(), model, dataset::Records{records}, options).scale;
    int const width = 5;  // of the last hidden layer
    for (int e = 0; e < 2; ++e) {
        std::vector<std::vector<double>> columns(width);
        for (auto const& r : records) {
            auto const& s = r.structure;
            auto const g =
                model.descriptors().evaluate(find_neighbours(s, model.cutoff()), s.species);
            auto const rows = rows_by_element({6, 26}, s.species)[static_cast<std::size_t>(e)];
            Matrix const phi = model.features(g, rows, e);
            for (Eigen::Index i = 0; i < phi.rows(); ++i)
                for (int k = 0; k < width; ++k) columns[std::size_t(k)].push_back(phi(i, k));
        }
        for (int k = 0; k < width; ++k) {
            auto const& c = columns[std::size_t(k)];
            double mean = 0.0, square = 0.0;
            for (double const v : c) mean += v / static_cast<double>(c.size());
            for (double const v : c)
                square += (v - mean) * (v - mean) / static_cast<double>(c.size());
            CHECK_THAT(scale.centre(e, k), WithinAbs(mean, 1e-12));
            CHECK_THAT(scale.inverse(e, k), WithinRel(1.0 / std::sqrt(square), 1e-6));
        }
    }
}

TEST_CASE("features of many are those of each, on any number of ranks", "[campaign]") {
    auto const model = test::random_model({6, 26}, 3);
    auto const records = training_set();
    FeatureOptions const options{FeatureOptions::Kind::hidden, FeatureOptions::Pooling::extremes};
    auto const trained =
        training_features_of(test::world(), model, dataset::Records{records}, options);
    auto const& scale = trained.scale;
    auto const all = features_of(test::world(), model, scale, dataset::Records{records}, options);
    REQUIRE(all.rows() == std::ssize(records));
    CHECK(all.cols() == 2 * (1 + 4 * 5));
    for (Eigen::Index r = 0; r < all.rows(); ++r) {
        auto const one =
            features_of(model, scale, records[static_cast<std::size_t>(r)].structure, options);
        CHECK(std::equal(one.begin(), one.end(), all.row(r).data()));
    }
    // One group of ranks for each rank: what a single rank finds is the same to the last bit.
    auto const alone = test::world().split(test::world().rank(), 0);
    CHECK(training_features_of(alone, model, dataset::Records{records}, options).features ==
          trained.features);
    CHECK(all == trained.features);
    CHECK(features_of(test::world(), model, scale, dataset::Records{}, options).rows() == 0);
    for (Eigen::Index k = 0; k < all.cols(); ++k) {  // 1, or less where structures hardly differ
        double const variance = (all.col(k).array() - all.col(k).mean()).square().mean();
        CHECK(variance < 1.0 + 1e-9);
        CHECK((variance > 1.0 - 1e-9 || scale.pooled[static_cast<std::size_t>(k)] == 20.0));
    }
}

TEST_CASE("one odd atom shows in a large cell where extremes count", "[campaign]") {
    auto const model = test::random_model({26}, 4);
    dataset::Records const records{
        std::vector<Record>{Record{test::rattled_bcc(3, 1), {}, {}, {}, {}, {}, {}}}};
    auto const far_apart = [&](FeatureOptions::Pooling pooling, int copies) {
        FeatureOptions const options{FeatureOptions::Kind::hidden, pooling};
        auto const scale = training_features_of(test::world(), model, records, options).scale;
        auto const s = supercell(test::rattled_bcc(3, 2), {copies, copies, 1});
        auto odd = s;
        odd.positions[0] += Vec3(0.9, 0.0, 0.0);
        return distance(features_of(model, scale, s, options),
                        features_of(model, scale, odd, options));
    };
    double const mean =
        far_apart(FeatureOptions::Pooling::mean, 3) / far_apart(FeatureOptions::Pooling::mean, 1);
    double const extremes = far_apart(FeatureOptions::Pooling::extremes, 3) /
                            far_apart(FeatureOptions::Pooling::extremes, 1);
    CHECK(mean < 0.2);  // 1/9 of the atoms
    CHECK(extremes > 0.5);
}
