#include "kamacite/training/linear.hpp"

#include <filesystem>

#include "kamacite/core/error.hpp"
#include "kamacite/model/model_file.hpp"
#include "kamacite/training/trainer.hpp"
#include "support/catch.hpp"
#include "support/finite_difference.hpp"
#include "support/world.hpp"
#include "training/records.hpp"

using namespace kamacite;
using namespace kamacite::training;
namespace fs = std::filesystem;

namespace {

TrainOptions options_in(std::string const& name) {
    TrainOptions o;
    o.directory = fs::temp_directory_path() / ("kamacite_linear_" + name);
    o.heads[0].hidden = {6, 5};
    o.stages[0].epochs = 4;
    o.stages[0].batch = 7;
    o.leaves = 6;
    o.linear = LinearOptions{1e-6, 400};
    return o;
}

std::vector<Record> records() {
    return test::labelled(test::random_model({26, 28}, 5), 26, 0.02);
}

Result learn(mpi::Communicator const& comm, TrainOptions const& options) {
    auto const all = records();
    return train(comm, test::small_descriptors({26, 28}), std::span{all}.first(20),
                 std::span{all}.last(6), options, {"test", "", {}, options.seed}, Start::fresh, {},
                 Logger::silent());
}

}  // namespace

TEST_CASE("networks learn the difference to a linear model", "[training]") {
    auto const& comm = test::world();
    auto const model = learn(comm, options_in("together")).model;
    REQUIRE(model.linear().rows() == 2);
    auto const alone_comm = comm.split(comm.rank(), 0);
    auto const alone = learn(alone_comm, options_in("alone" + std::to_string(comm.rank()))).model;
    fs::remove_all(options_in("alone" + std::to_string(comm.rank())).directory);
    CHECK(model.linear() == alone.linear());
    CHECK(std::equal(model.parameters().begin(), model.parameters().end(),
                     alone.parameters().begin()));

    // The model is its networks and its linear part: together they are what was trained.
    auto const all = records();
    auto const training = std::span{all}.first(20);
    auto const baseline = linear_baseline(comm, model.descriptors(), training,
                                          options_in("together"), Logger::silent());
    CHECK(linear_part_of(baseline) == model.linear());
    auto networks = model;
    networks.set_linear({});
    auto const rest = without(baseline, all);
    auto const wanted = for_networks(model, all);
    for (std::size_t r = 0; r < all.size(); ++r) {
        auto const& s = all[r].structure;
        auto const near = find_neighbours(s, model.cutoff());
        auto const whole = model.predict(s, near), part = networks.predict(s, near),
                   line = baseline.predict(s, near);
        CHECK_THAT(whole.energy(), WithinAbs(part.energy() + line.energy(), 1e-9));
        for (std::size_t i = 0; i < whole.forces.size(); ++i)
            CHECK((whole.forces[i] - part.forces[i] - line.forces[i]).norm() < 1e-10);
        if (all[r].labels.energy) {
            CHECK_THAT(*rest[r]->labels.energy,
                       WithinAbs(*all[r].labels.energy - line.energy(), 1e-9));
            CHECK_THAT(*wanted[r]->labels.energy, WithinAbs(*rest[r]->labels.energy, 1e-9));
        }
    }
}

TEST_CASE("forces and stress of a model with a linear part are its energy's slopes", "[training]") {
    auto model = test::random_model({26, 28}, 7);
    Matrix linear(2, model.descriptors().width() + 1);
    RandomStream random{4, "linear", 0};
    for (double& x : linear.reshaped()) x = random.normal();
    model.set_linear(linear);
    auto s = test::rattled_bcc(1, 3);
    s.species[0] = 28;
    auto const energy = [&] {
        return model.predict(s, find_neighbours(s, model.cutoff())).energy();
    };
    auto const p = model.predict(s, find_neighbours(s, model.cutoff()));
    for (std::size_t i = 0; i < s.positions.size(); ++i)
        for (int a = 0; a < 3; ++a) {
            double const at = s.positions[i][a];
            test::check_derivative(
                [&](double value) {
                    s.positions[i][a] = value;
                    double const e = energy();
                    s.positions[i][a] = at;
                    return e;
                },
                at, -p.forces[i][a], 1e-3);
        }

    auto const path = fs::temp_directory_path() / "kamacite_linear_part.h5";
    save_model(path, test::world(), model, {}, "{}");
    auto const back = load_model(path, test::world());
    CHECK(back.linear() == model.linear());
    CHECK(back.predict(s, find_neighbours(s, model.cutoff())).energies == p.energies);
    CHECK_THROWS_AS(model.set_linear(Matrix::Zero(1, 1)), InputError);
}
