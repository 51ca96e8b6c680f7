#include <algorithm>
#include <cmath>

#include "../model/random_model.hpp"
#include "figures.hpp"
#include "kamacite/structure/structure.hpp"
#include "lattice_curves.hpp"
#include "lattice_figures.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using namespace kamacite::apps;
using properties::Lattice;

namespace {

constexpr int iron = 26;

Record labelled(Structure const& s, double energy_per_atom) {
    Record record{s, {}, "", "", "", "", ""};
    record.labels.energy = energy_per_atom * s.size();
    return record;
}

Structure bct(double ratio, double volume) {
    return properties::perfect_lattice(Lattice::bct, iron, volume, ratio);
}

/// The conventional cell of two atoms, with c along the given axis.
Structure two_atoms(double ratio, double volume, int axis) {
    double const a = std::cbrt(2.0 * volume / ratio);
    Vec3 edges = Vec3::Constant(a);
    edges(axis) = a * ratio;
    Mat3 const rows = edges.asDiagonal();
    return {Cell{rows}, {iron, iron}, {Vec3::Zero(), Vec3(0.5 * edges)}};
}

}  // namespace

TEST_CASE("tetragonal crystals are known by their c/a, whichever way they stand", "[apps]") {
    for (double const ratio : {0.8, 1.0, 1.1, std::sqrt(2.0), 1.65}) {
        CAPTURE(ratio);
        REQUIRE(tetragonal_ratio_of(bct(ratio, 11.3)));
        CHECK_THAT(*tetragonal_ratio_of(bct(ratio, 11.3)), WithinRel(ratio, 1e-9));
        for (int axis = 0; axis < 3; ++axis) {
            auto const found = tetragonal_ratio_of(two_atoms(ratio, 11.3, axis));
            REQUIRE(found);
            CHECK_THAT(*found, WithinRel(ratio, 1e-9));
        }
    }
    Mat3 shear = Mat3::Zero();
    shear(0, 1) = 0.02;
    CHECK_FALSE(tetragonal_ratio_of(strained(bct(1.0, 11.3), shear)));
    auto displaced = two_atoms(1.0, 11.3, 2);
    displaced.positions[1].x() += 0.05;
    CHECK_FALSE(tetragonal_ratio_of(displaced));
    CHECK_FALSE(tetragonal_ratio_of(properties::perfect_lattice(Lattice::fcc, iron, 11.3)));
    CHECK_FALSE(tetragonal_ratio_of(properties::perfect_lattice(Lattice::hcp, iron, 11.3)));
}

TEST_CASE("the Bain path shows the data's own points, counted from the data's own bcc", "[apps]") {
    auto const model = test::random_model({iron}, 3);
    std::vector<Record> dft;
    for (double const ratio : {1.3, 0.8, 1.1, 1.55})
        dft.push_back(labelled(two_atoms(ratio, 11.34, 2), -5.0 + std::abs(ratio - 1.0)));
    dft.push_back(labelled(bct(1.0, 11.35), -5.01));  // bcc at that volume, nearly
    dft.push_back(labelled(bct(1.2, 13.0), -4.0));    // at another
    dft.push_back(labelled(bct(1.0, 12.0), -4.0));
    auto const curves = lattice_curves(model, iron, dft, {});
    auto const path = bain_path(model, iron, curves.front(), dft);
    REQUIRE(path);
    CHECK_THAT(path->volume, WithinRel(11.342, 1e-4));
    REQUIRE(path->dft.size() == 5);
    for (auto const& p : path->dft)
        CHECK_THAT(
            p.energy,
            WithinAbs(p.ratio == path->dft[1].ratio ? 0.0 : std::abs(p.ratio - 1.0) + 0.01, 1e-9));
    // the model's own zero is its bcc at the same volume
    auto const bcc = std::find_if(path->model.begin(), path->model.end(),
                                  [](auto const& p) { return std::abs(p.ratio - 1.0) < 1e-9; });
    REQUIRE(bcc != path->model.end());
    CHECK_THAT(bcc->energy, WithinAbs(0.0, 1e-9));
    CHECK(bain_plot(*path).series.back().x.size() == 5);
}

TEST_CASE("stored predictions are the curve, and no points make no legend", "[apps]") {
    auto const model = test::random_model({iron}, 3);
    std::vector<Record> predicted;
    for (int i = 0; i < 25; ++i) {
        double const v = 9.0 + 0.2 * i;
        auto record = labelled(properties::perfect_lattice(Lattice::bcc, iron, v),
                               -8.0 + 0.02 * (v - 11.0) * (v - 11.0));
        record.labels.properties["extrapolation"] = i < 3 ? 0.5 : 0.0;
        predicted.push_back(record);
    }
    auto const curves = lattice_curves(model, iron, {}, predicted);
    REQUIRE(curves.front().lattice == Lattice::bcc);
    CHECK(curves.front().stored);
    REQUIRE(curves.front().model.size() == 25);
    CHECK_THAT(curves.front().model[10].energy, WithinAbs(-8.0, 1e-12));
    CHECK(curves.front().extrapolation[2] == 0.5);
    REQUIRE(curves.front().model_fit);
    CHECK_THAT(curves.front().model_fit->volume.value, WithinAbs(11.0, 0.02));
    CHECK_FALSE(curves[1].stored);  // fcc: the model is asked
    CHECK(curves[1].model.size() > 25);
    for (auto const& series : energy_plot(curves).series)
        CHECK(series.name.find("DFT") == std::string::npos);
}

TEST_CASE("why there is no fit is told by what the fit would use", "[apps]") {
    auto const model = test::random_model({iron}, 3);
    std::vector<Record> dft;
    for (double const v : {9.0, 10.0, 11.0, 12.0, 13.0})
        dft.push_back(
            labelled(properties::perfect_lattice(Lattice::fcc, iron, v), v == 11.0 ? -5.0 : -4.0));
    auto const curves = lattice_curves(model, iron, dft, {});
    REQUIRE(curves[1].dft.size() == 5);
    CHECK_FALSE(curves[1].dft_fit);
    CHECK(curves[1].dft_complaint.find("1 of its 5 volumes are within 6 %") == 0);
}

TEST_CASE("lattices are shown of iron, or of what the data have lattices of", "[apps]") {
    auto const other = test::random_model({16, 29}, 3);
    CHECK_FALSE(lattice_element(other, {}));
    std::vector<Record> dft;
    for (double const v : {11.0, 12.0})
        dft.push_back(labelled(properties::perfect_lattice(Lattice::fcc, 29, v), -3.0));
    REQUIRE(lattice_element(other, dft) == 29);
    auto const curves = lattice_curves(other, 29, dft, {});
    CHECK_THAT(curves.front().model.front().volume, WithinRel(11.0 / 1.05, 1e-9));
    CHECK_THAT(curves.front().model.back().volume, WithinRel(12.0 * 1.05, 1e-9));
    CHECK(lattice_element(test::random_model({26, 28}, 3), dft) == iron);
}

TEST_CASE("both axes of a parity plot have one range, which holds every pair", "[apps]") {
    inference::Comparison comparison;
    auto& pairs = comparison.quantities["stress"];
    for (int i = 0; i < 4; ++i) {
        comparison.subjects.push_back({"", "", "", 1});
        pairs.subject.push_back(i);
        pairs.reference.push_back(0.01 * i);
        pairs.predicted.push_back(0.03 * i - 0.02);
    }
    auto const plot = parity_plot(parity_table(comparison, "stress", 100), "stress");
    REQUIRE((plot.x.low && plot.x.high && plot.y.low && plot.y.high));
    CHECK(*plot.x.low == *plot.y.low);
    CHECK(*plot.x.high == *plot.y.high);
    for (auto const& series : plot.series)
        for (auto const* values : {&series.x, &series.y})
            for (double const v : *values) CHECK((*plot.x.low < v && v < *plot.x.high));
}
