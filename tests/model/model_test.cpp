#include "kamacite/model/model.hpp"

#include <filesystem>

#include "kamacite/core/error.hpp"
#include "kamacite/io/file.hpp"
#include "kamacite/model/committee.hpp"
#include "kamacite/model/model_file.hpp"
#include "kamacite/structure/record.hpp"
#include "model/random_model.hpp"
#include "support/catch.hpp"
#include "support/check_potential.hpp"
#include "support/ghosts.hpp"
#include "support/random_structures.hpp"
#include "support/world.hpp"

using namespace kamacite;

namespace {

Structure one_atom_cell() {
    Mat3 rows;
    rows << 0.1, 2.1, 1.9, 2.2, -0.1, 2.0, 1.9, 2.1, 0.05;
    return {Cell{rows}, {26}, {Vec3(0.1, 0.2, 0.3)}};
}

Structure mixed(unsigned seed) {
    auto s = test::rattled_bcc(1, seed);
    s.species[1] = 28;
    return s;
}

}  // namespace

TEST_CASE("a model is a potential: slopes of its energy, and symmetries", "[model]") {
    int const which = GENERATE(0, 1, 2);
    CAPTURE(which);
    auto const s = which == 0 ? one_atom_cell() : which == 1 ? mixed(3) : test::rattled_bcc(1, 4);
    test::check_potential(test::random_model({26, 28}, 5), s);
}

TEST_CASE("a model honours ghosts", "[model]") {
    auto model = test::random_model({26, 28}, 5);
    int const which = GENERATE(0, 1, 2);
    CAPTURE(which);
    if (which == 2) model.set_short_range(Zbl{{1.0, 3.0}});
    auto const s = which == 0 ? one_atom_cell() : which == 1 ? mixed(3) : test::rattled_bcc(3, 4);
    test::check_ghosts(model, s);
}

TEST_CASE("a committee honours ghosts and gives no spread then", "[model]") {
    Committee const committee{{test::random_model({26, 28}, 5), test::random_model({26, 28}, 6)}};
    auto const s = test::rattled_bcc(2, 9);
    auto const predict = [&](Structure const& part, Neighbours const& neighbours) {
        return committee.predict(part, neighbours).mean;
    };
    test::check_ghosts(predict, committee.cutoff(), s);
    auto const neighbours = find_neighbours(s, committee.cutoff());
    CHECK(committee.predict(s, neighbours).spread.has_value());
    auto const part = test::with_ghosts(s, committee.cutoff(), 3, 9);
    CHECK(!committee.predict(part.structure, part.neighbours).spread.has_value());
}

TEST_CASE("structures predicted in blocks are those predicted alone", "[model]") {
    auto const model = test::random_model({26, 28}, 2);
    std::vector<Structure> structures;
    for (unsigned seed = 0; seed < 40; ++seed)
        structures.push_back(seed % 3 == 0 ? one_atom_cell() : mixed(seed));
    structures.push_back(test::rattled_bcc(5, 1));  // 250 atoms: more than one part of rows
    std::vector<Conditions> conditions(structures.size(), {{"temperature", 300.0}});
    conditions[7].clear();
    auto const all = model.predict(structures, conditions);
    REQUIRE(all.size() == structures.size());
    for (std::size_t s = 0; s < structures.size(); ++s) {
        CAPTURE(s);
        auto const alone = model.predict(
            structures[s], find_neighbours(structures[s], model.cutoff()), conditions[s]);
        CHECK_THAT(all[s].energy(), WithinAbs(alone.energy(), 1e-10));
        CHECK((all[s].forces.back() - alone.forces.back()).norm() < 1e-10);
        CHECK((all[s].virial() - alone.virial()).norm() < 1e-9);
        CHECK_THAT(all[s].moments.front(), WithinAbs(alone.moments.front(), 1e-12));
        CHECK(all[s].moments.front() > 0.0);
        CHECK(all[s].properties.contains("magnetic_moment"));
        CHECK(all[s].properties.contains("electrical_resistivity") == (s != 7));
        for (auto const& [name, value] : alone.properties)
            CHECK_THAT(all[s].properties.at(name), WithinAbs(value, 1e-10));
    }
}

TEST_CASE("properties depend on the conditions and not on the choice of cell", "[model]") {
    auto const model = test::random_model({26}, 8);
    auto const s = test::rattled_bcc(1, 9);
    auto const big = supercell(s, {2, 1, 2});
    auto const at = [&](Structure const& x, double t) {
        return model.predict(x, find_neighbours(x, model.cutoff()), {{"temperature", t}})
            .properties.at("electrical_resistivity");
    };
    CHECK_THAT(at(s, 300.0), WithinAbs(at(big, 300.0), 1e-10));
    CHECK(std::abs(at(s, 300.0) - at(s, 900.0)) > 1e-6);
}

TEST_CASE("a model file gives back the same bits", "[model][io]") {
    auto const path = std::filesystem::temp_directory_path() / "kamacite_model_test.h5";
    auto const& comm = test::world();
    auto const model = test::random_model({26, 28}, 3);
    save_model(path, comm, model, {"test", "", {}, 3}, R"({"epochs": 4})");
    auto const back = load_model(path, comm);
    auto const s = mixed(6);
    auto const neighbours = find_neighbours(s, model.cutoff());
    auto const a = model.predict(s, neighbours, {{"temperature", 500.0}});
    auto const b = back.predict(s, neighbours, {{"temperature", 500.0}});
    CHECK(a.energies == b.energies);
    CHECK(a.forces == b.forces);
    CHECK(a.moments == b.moments);
    CHECK(a.properties == b.properties);
    CHECK(a.properties.size() == 2);
    CHECK(model.extrapolation(s, neighbours) == back.extrapolation(s, neighbours));

    comm.barrier();
    auto other = io::File::create(path, comm);
    io::write_provenance(other, "dataset", 1, {});
    other.commit();
    CHECK_THROWS_AS(load_model(path, comm), DataError);
    comm.barrier();
    std::filesystem::remove(path);
    comm.barrier();
    CHECK_THROWS_AS(load_model(path, comm), MissingError);
}

TEST_CASE("a repulsion adds its energies, forces and virials", "[model][io]") {
    auto model = test::random_model({26, 28}, 3);
    auto const plain = model;
    Zbl const zbl{{1.5, 3.0}, {{{26, 28}, {1.0, 2.7}}}};
    model.set_short_range(zbl);
    auto const s = mixed(6);
    auto const neighbours = find_neighbours(s, model.cutoff());
    auto const with = model.predict(s, neighbours, {{"temperature", 500.0}});
    auto const without = plain.predict(s, neighbours, {{"temperature", 500.0}});
    auto const pairs = zbl.predict(s, neighbours);
    CHECK(pairs.energy() > 0.1);  // some pairs are near enough
    for (std::size_t i = 0; i < with.energies.size(); ++i) {
        CHECK_THAT(with.energies[i], WithinAbs(without.energies[i] + pairs.energies[i], 1e-12));
        CHECK((with.forces[i] - without.forces[i] - pairs.forces[i]).norm() < 1e-12);
        CHECK((with.virials[i] - without.virials[i] - pairs.virials[i]).norm() < 1e-12);
    }
    CHECK(with.moments == without.moments);
    test::check_potential(model, s);
    auto const many = model.predict(std::vector{s, mixed(7), s});
    CHECK_THAT(many[2].energy(), WithinAbs(with.energy(), 1e-9));

    auto const path = std::filesystem::temp_directory_path() / "kamacite_short_range_test.h5";
    auto const& comm = test::world();
    save_model(path, comm, model, {"test", "", {}, 3});
    auto const back = load_model(path, comm);
    CHECK(back.predict(s, neighbours).forces == model.predict(s, neighbours).forces);
    comm.barrier();
    if (comm.is_root()) std::filesystem::remove(path);
    CHECK_THROWS_AS(model.set_short_range(Zbl{{1.0, 50.0}}), InputError);
}

TEST_CASE("networks may differ from element to element, also in a model file", "[model][io]") {
    auto const descriptors = test::small_descriptors({26, 28});
    Head head;
    head.layers = {{{3}, {Activation::gaussian}}, {{4, 2}, {Activation::tanh, Activation::square}}};
    Model const model{descriptors, Scaling::none(2, descriptors.width()), {head}, 1};
    int const n = descriptors.size(26);
    CHECK(model.part(0, 0).network == Network{{n, 3, 1}, Activation::gaussian});
    CHECK(model.part(0, 1).network ==
          Network{{n, 4, 2, 1}, {Activation::tanh, Activation::square}});

    auto const path = std::filesystem::temp_directory_path() / "kamacite_layers_test.h5";
    auto const& comm = test::world();
    save_model(path, comm, model, {"test", "", {}, 3});
    auto const back = load_model(path, comm);
    CHECK(back.heads() == model.heads());
    auto const s = mixed(6);
    auto const neighbours = find_neighbours(s, model.cutoff());
    CHECK(back.predict(s, neighbours).forces == model.predict(s, neighbours).forces);
    comm.barrier();
    if (comm.is_root()) std::filesystem::remove(path);
}

TEST_CASE("extrapolation is measured in units of the training range", "[model]") {
    auto const made = test::random_model({26}, 1);
    auto const s = test::rattled_bcc(1, 2);
    auto const neighbours = find_neighbours(s, made.cutoff());
    auto const g = made.descriptors().evaluate(neighbours, s.species);
    auto scaling = Scaling::none(1, made.descriptors().width());
    scaling.smallest.row(0) = g.colwise().minCoeff();
    scaling.largest.row(0) = g.colwise().maxCoeff();
    Model const inside{made.descriptors(), scaling, {Head{}}, 1};
    CHECK(inside.extrapolation(s, neighbours) == std::vector<double>{0.0, 0.0});
    double const range = 2.0;
    scaling.largest(0, 1) = g.col(1).minCoeff() - 0.5 * range;
    scaling.smallest(0, 1) = scaling.largest(0, 1) - range;
    Model const outside{made.descriptors(), scaling, {Head{}}, 1};
    auto const e = outside.extrapolation(s, neighbours);
    CHECK_THAT(std::min(e[0], e[1]), WithinAbs(0.5, 1e-12));
    // a prediction tells it of the descriptors that it has in any case, in either precision
    for (auto const precision : {Precision::full, Precision::mixed}) {
        auto in = inside, out = outside;
        in.set_precision(precision);
        out.set_precision(precision);
        CHECK(in.predict(s, neighbours).extrapolation == std::vector<double>{0.0, 0.0});
        auto const told = out.predict(s, neighbours).extrapolation;
        REQUIRE(told.size() == 2);
        for (std::size_t i = 0; i < 2; ++i) CHECK_THAT(told[i], WithinAbs(e[i], 1e-4));
    }
}

TEST_CASE("models that make no sense are refused with a reason", "[model]") {
    auto const descriptors = test::small_descriptors({26});
    auto const make = [&](std::vector<Head> heads) {
        return Model{descriptors, Scaling::none(1, descriptors.width()), std::move(heads), 1};
    };
    Head two_elements;
    two_elements.layers = {{{3}, {Activation::tanh}}, {{3}, {Activation::tanh}}};
    CHECK_THROWS_AS(make({two_elements}), InputError);
    Head no_activation;
    no_activation.layers = {{{3, 4}, {Activation::tanh}}};
    CHECK_THROWS_AS(make({no_activation}), InputError);
    CHECK_THROWS_AS(make({}), InputError);
    CHECK_THROWS_AS(make({Head{}, Head{}}), InputError);
    Head nameless;
    nameless.kind = Head::Kind::property;
    CHECK_THROWS_AS(make({nameless}), InputError);
    auto s = test::rattled_bcc(1, 1);
    s.species[0] = 28;
    auto const model = make({Head{}});
    CHECK_THROWS_AS(model.predict(s, find_neighbours(s, model.cutoff())), DataError);
}

TEST_CASE("the paper's network is a property head", "[model]") {
    std::vector<RadialFunction> radial;
    for (int k = 0; k < 10; ++k) radial.push_back({26, 26, 0.1 * (k + 1), 0.0, {}});
    Head head;
    head.kind = Head::Kind::property;
    head.hidden = {128, 128};
    head.activation = Activation::relu;
    head.outputs = {"thermal_conductivity", "electrical_resistivity", "magnetic_moment"};
    Model const model{Descriptors{{26}, {.radial = radial}}, Scaling::none(1, 10), {head}, 1};
    CHECK(model.parameters().size() == 18307);
}
