// Models that see the directions of moments, on energies of a pair potential with exchange,
//
//     E = Σ_{i<j} φ(r_ij) − Σ_{i<j} J(r_ij) s_i s_j,   s = ±1, 0,
//
// and moments that are larger where neighbours point the same way.
#include <filesystem>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/descriptors/recipe.hpp"
#include "kamacite/model/model_file.hpp"
#include "kamacite/training/selection.hpp"
#include "kamacite/training/setup.hpp"
#include "kamacite/training/trainer.hpp"
#include "support/catch.hpp"
#include "support/random_structures.hpp"
#include "support/world.hpp"

using namespace kamacite;
using namespace kamacite::training;
namespace fs = std::filesystem;

namespace {

constexpr double reach = 4.0;  // [Å]
constexpr double least = 0.2;  // [μ_B]

/// Value and slope of a smooth hump of height 1 at r = 0 that ends at `reach`.
std::pair<double, double> hump(double r) {
    double const x = r / reach;
    if (x >= 1.0) return {0.0, 0.0};
    double const y = 1.0 - x * x;
    return {y * y * y, -6.0 * x * y * y / reach};
}

double sign_of(double moment) {
    return std::abs(moment) < least ? 0.0 : moment < 0.0 ? -1.0 : 1.0;
}

/// Labels of a structure whose moments have the given directions.
Labels labels_of(Structure const& s, std::vector<double> const& signs) {
    constexpr double phi = 3.0, exchange = 0.4;  // [eV]
    Labels labels;
    labels.energy = 0.0;
    labels.forces.assign(s.positions.size(), Vec3::Zero());
    Mat3 virial = Mat3::Zero();
    auto const neighbours = find_neighbours(s, reach);
    for (int i = 0; i < s.size(); ++i) {
        auto const list = neighbours.of(i);
        double order = 0.0;
        for (int k = 0; k < list.size(); ++k) {
            auto const slot = static_cast<std::size_t>(k);
            auto const [h, slope] = hump(list.distance[slot]);
            double const both = signs[static_cast<std::size_t>(i)] *
                                signs[static_cast<std::size_t>(list.atom[slot])];
            double const depth = phi - exchange * both;
            order += both * h;
            *labels.energy += 0.5 * depth * h;  // each pair is met twice
            Vec3 const f = depth * slope / list.distance[slot] * list.vector(k);
            labels.forces[static_cast<std::size_t>(i)] += f;
            virial -= 0.5 * list.vector(k) * f.transpose();
        }
        double const sign = signs[static_cast<std::size_t>(i)];
        labels.moments.push_back(sign == 0.0 ? 0.5 * least : sign * (1.5 + 0.5 * order));
    }
    labels.stress = -virial / s.cell.volume();
    return labels;
}

std::vector<double> random_signs(int n, std::uint64_t seed) {
    RandomStream random{seed, "directions", 0};
    std::vector<double> signs;
    for (int i = 0; i < n; ++i)
        signs.push_back(std::array{1.0, 1.0, -1.0, -1.0, 0.0}.at(random.below(5)));
    return signs;
}

std::vector<Record> records(int n) {
    std::vector<Record> out;
    for (int i = 0; i < n; ++i) {
        auto s = test::rattled_bcc(2, static_cast<unsigned>(i), 0.15);
        auto labels = labels_of(s, random_signs(s.size(), static_cast<std::uint64_t>(i)));
        out.push_back({std::move(s), std::move(labels), "", "all", "", "", ""});
    }
    return out;
}

Descriptors descriptors_of(std::vector<std::string> spins) {
    Recipe recipe;
    recipe.cutoff_radial = recipe.cutoff_angular = reach;
    recipe.radial_centred = 0;
    recipe.radial_shifted = 4;
    recipe.first_shift = 1.8;
    recipe.angular_eta = {0.05};
    recipe.zeta = {1};
    recipe.least_moment = spins.empty() ? 0.0 : least;
    recipe.spins = std::move(spins);
    return standard_descriptors({26}, recipe);
}

TrainOptions options_in(std::string const& name) {
    TrainOptions o;
    o.directory = fs::temp_directory_path() / ("kamacite_directions_" + name);
    o.heads = {{.kind = Head::Kind::energy, .hidden = {8}},
               {.kind = Head::Kind::moment, .hidden = {8}}};
    o.stages[0].kind = StageOptions::Kind::kalman;
    o.stages[0].epochs = 12;
    o.stages[0].batch = 5;
    o.leaves = 6;
    return o;
}

Result learn(mpi::Communicator const& comm, Descriptors const& descriptors,
             std::string const& name) {
    auto const all = records(48);
    auto const options = options_in(name);
    return train(comm, descriptors, std::span{all}.first(40), std::span{all}.last(8), options,
                 {"test", "", {}, options.seed}, Start::fresh, {}, Logger::silent());
}

struct Errors {
    double energy = 0.0, forces = 0.0, moments = 0.0;
};

/// Root-mean-square errors on structures that were not learned.
Errors errors_of(Model const& model) {
    Errors e;
    double atoms = 0.0, structures = 0.0;
    auto const all = records(64);
    for (std::size_t r = 48; r < all.size(); ++r) {
        auto s = all[r].structure;
        auto const& labels = all[r].labels;
        if (model.has_directions()) direct(s, labels.moments, model.least_moment());
        auto const p = model.predict(s, find_neighbours(s, model.cutoff()));
        e.energy += std::pow((p.energy() - *labels.energy) / s.size(), 2);
        structures += 1.0;
        for (std::size_t i = 0; i < p.forces.size(); ++i) {
            e.forces += (p.forces[i] - labels.forces[i]).squaredNorm() / 3.0;
            if (model.has_directions() && sign_of(labels.moments[i]) != 0.0)
                CHECK((p.moments[i] < 0.0) == (labels.moments[i] < 0.0));
            e.moments += std::pow(std::abs(p.moments[i]) - std::abs(labels.moments[i]), 2);
            atoms += 1.0;
        }
    }
    return {std::sqrt(e.energy / structures), std::sqrt(e.forces / atoms),
            std::sqrt(e.moments / atoms)};
}

}  // namespace

TEST_CASE("a model with directions learns exchange, one without cannot", "[training][directions]") {
    auto const& comm = test::world();
    auto const model = learn(comm, descriptors_of({"Fe"}), "aware").model;
    auto const blind = learn(comm, descriptors_of({}), "blind").model;
    auto const with = errors_of(model), without = errors_of(blind);
    CAPTURE(with.energy, with.forces, with.moments, without.energy, without.forces,
            without.moments);
    CHECK(with.energy < 0.1 * without.energy);
    CHECK(with.forces < 0.2 * without.forces);
    CHECK(with.moments < 0.2 * without.moments);

    // ferromagnet and antiferromagnet of the same crystal, which no structure showed
    auto const crystal = test::rattled_bcc(2, 1, 0.0);
    auto const energy = [&](auto const& sign_at, Model const& asked) {
        std::vector<double> moments;
        for (int i = 0; i < crystal.size(); ++i) moments.push_back(sign_at(i));
        auto s = crystal;
        direct(s, moments, asked.least_moment());
        auto const p = asked.predict(s, find_neighbours(s, asked.cutoff()));
        return std::pair{p.energy() / s.size(), *labels_of(crystal, moments).energy / s.size()};
    };
    auto const up = energy([](int) { return 1.0; }, model);
    auto const down = energy([](int) { return -1.0; }, model);
    auto const layers = energy([](int i) { return i % 2 == 0 ? 1.0 : -1.0; }, model);
    double const expected = layers.second - up.second;
    CHECK(expected > 0.1);
    CHECK_THAT(layers.first - up.first, WithinRel(expected, 0.1));
    CHECK_THAT(down.first, WithinAbs(up.first, 1e-12));
    CHECK(energy([](int i) { return i % 2 == 0 ? 1.0 : -1.0; }, blind).first ==
          energy([](int) { return 1.0; }, blind).first);
}

TEST_CASE("a model with directions is the same on any number of ranks and in its file",
          "[training][directions]") {
    auto const& comm = test::world();
    auto const model = learn(comm, descriptors_of({"Fe"}), "together").model;
    auto const name = "alone" + std::to_string(comm.rank());
    auto const alone = learn(comm.split(comm.rank(), 0), descriptors_of({"Fe"}), name).model;
    fs::remove_all(options_in(name).directory);
    CHECK(std::equal(model.parameters().begin(), model.parameters().end(),
                     alone.parameters().begin()));
    auto const read = load_model(options_in("together").directory / "model.h5", comm);
    CHECK(read.least_moment() == least);
    auto s = records(1).front().structure;
    direct(s, random_signs(s.size(), 3), least);
    auto const near = find_neighbours(s, model.cutoff());
    CHECK(read.predict(s, near).energies == model.predict(s, near).energies);
    auto turned = s;
    for (int& z : turned.species)
        if (direction_of(z) != Direction::none) z = -z;
    CHECK(model.predict(turned, near).energies == model.predict(s, near).energies);
    CHECK(model.predict(turned, near).moments != model.predict(s, near).moments);
}

TEST_CASE("forces and stress of a model with directions are slopes of its energy",
          "[training][directions]") {
    auto const descriptors = descriptors_of({"Fe"});
    Model const model{descriptors,
                      Scaling::none(1, descriptors.width()),
                      {{.kind = Head::Kind::energy, .hidden = {5}}},
                      3};
    auto s = records(1).front().structure;
    direct(s, random_signs(s.size(), 4), least);
    auto const near = find_neighbours(s, model.cutoff());
    auto const p = model.predict(s, near);
    Vec3 const along = Vec3(1, -2, 0.5).normalized();
    auto const energy = [&](double h) {
        auto t = s;
        t.positions[3] += h * along;
        return model.predict(t, find_neighbours(t, model.cutoff())).energy();
    };
    auto const central = [&](double h) { return (energy(h) - energy(-h)) / (2.0 * h); };
    double const force = -p.forces[3].dot(along);
    double const coarse = std::abs(central(2e-3) - force), fine = std::abs(central(1e-3) - force);
    CHECK(fine < 0.3 * coarse);
    CHECK(fine < 1e-5);
}

TEST_CASE("training with directions says what it lacks", "[training][directions]") {
    auto const& comm = test::world();
    auto some = records(12);
    some[7].labels.moments.clear();
    some[7].source = "run.xyz@7";
    auto const options = options_in("lacks");
    CHECK_THROWS_AS(train(comm, descriptors_of({"Fe"}), some, {}, options,
                          {"test", "", {}, options.seed}, Start::fresh, {}, Logger::silent()),
                    DataError);
    // where all moments are up no function of opposite neighbours is worth keeping, and without one
    // the others would see all neighbours alike
    auto up = records(6);
    for (auto& record : up) record.labels.moments.assign(record.structure.species.size(), 2.0);
    auto few = options;
    few.selection = SelectionOptions{.count = 2};
    CHECK_THROWS_AS(select_functions(comm, descriptors_of({"Fe"}), up, few, Logger::silent()),
                    InputError);
}
