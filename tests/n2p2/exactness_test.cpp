#include <fstream>
#include <nlohmann/json.hpp>

#include "kamacite/core/units.hpp"
#include "kamacite/formats/input_data.hpp"
#include "kamacite/n2p2/model_files.hpp"
#include "support/catch.hpp"
#include "support/check_potential.hpp"
#include "support/world.hpp"

using namespace kamacite;

namespace {

struct Published {
    std::string name;
    n2p2::Units units;
    Model model;
    Structure structure;
    nlohmann::json reference;  ///< in the units of the files
};

/// Nothing, visibly, where the published models are not at hand.
std::optional<Published> published(std::string const& name, n2p2::Units const& units) {
    std::filesystem::path const folder =
        std::filesystem::path{KAMACITE_SHARED_DATA} / "models" / ("n2p2_" + name);
    if (!std::filesystem::exists(folder)) {
        WARN("skipped: " << folder << " is absent");
        return std::nullopt;
    }
    std::vector<std::string> warnings;
    auto model = n2p2::read_model(test::world(), n2p2::Places::in(folder), units, warnings);
    CHECK(warnings.empty());
    auto const records =
        formats::read_input_data(folder / "input.data", {units.length, units.energy});
    std::ifstream in{folder.parent_path() / "reference.json"};
    return Published{name, units, std::move(model), records.at(0).structure,
                     nlohmann::json::parse(in).at(name)};
}

void check_reference(Published const& p) {
    auto const prediction = test::predict(p.model, p.structure);
    double const energy = p.reference["energy"];
    CHECK_THAT(prediction.energy() / p.units.energy, WithinRel(energy, 1e-10));
    double worst = 0.0;
    REQUIRE(prediction.forces.size() == p.reference["forces"].size());
    for (std::size_t i = 0; i < prediction.forces.size(); ++i)
        for (int axis = 0; axis < 3; ++axis) {
            double const expected = p.reference["forces"][i][static_cast<std::size_t>(axis)];
            double const found = prediction.forces[i][axis] / (p.units.energy / p.units.length);
            double const error = std::abs(found - expected);
            if (!(error <= worst)) worst = error;  // also if it is NaN
        }
    INFO(p.name << ": largest error of a force component " << worst
                << ", relative error of the energy "
                << prediction.energy() / p.units.energy / energy - 1.0);
    CHECK(worst < 1e-9);
}

/// A molecule or cluster cut out of the structure, about `point`.
Structure cut(Structure const& s, Vec3 const& point, double radius) {
    std::vector<int> species;
    std::vector<Vec3> positions;
    for (std::size_t i = 0; i < s.positions.size(); ++i)
        if ((s.positions[i] - point).norm() < radius) {
            species.push_back(s.species[i]);
            positions.push_back(s.positions[i]);
        }
    return {Cell::around(positions), species, positions};
}

}  // namespace

TEST_CASE("published models give the energies and forces that n2p2 gives", "[n2p2]") {
    if (auto const p = published("H2O_RPBE-D3", {units::bohr, units::hartree})) check_reference(*p);
    if (auto const p = published("Cu2S_PBE", {})) check_reference(*p);
}

TEST_CASE("published models have forces and stresses that are derivatives", "[n2p2]") {
    test::PotentialCheck how;
    how.atoms = 2;
    how.relative = 1e-6;
    if (auto const p = published("Cu2S_PBE", {}))
        test::check_forces_and_virial(p->model, p->structure, how);
    if (auto const p = published("H2O_RPBE-D3", {units::bohr, units::hartree})) {
        auto const cluster = cut(p->structure, p->structure.positions[0], 5.0);
        REQUIRE(cluster.size() > 10);
        test::check_forces_and_virial(p->model, cluster, how);

        // The same molecules in a box so large that no image is near
        auto boxed = cluster;
        boxed.cell = Cell{200.0 * Mat3::Identity()};
        CHECK_THAT(test::predict(p->model, boxed).energy(),
                   WithinRel(test::predict(p->model, cluster).energy(), 1e-13));

        // A box much shorter than twice the cutoff, and the same as a slab
        auto small = cluster;
        small.cell = Cell{10.5 * Mat3::Identity()};
        REQUIRE(10.5 < 2.0 * p->model.cutoff());
        test::check_forces_and_virial(p->model, small, how);
        auto slab = small;
        slab.cell = Cell{small.cell.rows(), {true, true, false}};
        test::check_forces_and_virial(p->model, slab, how);
        CHECK(std::abs(test::predict(p->model, slab).energy() -
                       test::predict(p->model, small).energy()) > 1e-6);
    }
}

TEST_CASE("repeating a small box repeats the energies of a published model", "[n2p2]") {
    auto const p = published("Cu2S_PBE", {});
    if (!p) return;
    Structure small{Cell{Mat3{Eigen::Vector3d{4.4, 4.1, 4.6}.asDiagonal()}},
                    {29, 29, 16},
                    {{0.0, 0.1, 0.0}, {2.2, 2.0, 0.3}, {0.4, 2.1, 2.4}}};
    REQUIRE(4.6 < p->model.cutoff());
    double const one = test::predict(p->model, small).energy();
    CHECK_THAT(test::predict(p->model, supercell(small, {3, 3, 3})).energy(),
               WithinRel(27.0 * one, 1e-12));
}
