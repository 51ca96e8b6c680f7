#include "kamacite/training/short_range.hpp"

#include <filesystem>

#include "kamacite/training/trainer.hpp"
#include "support/catch.hpp"
#include "support/world.hpp"
#include "training/records.hpp"

using namespace kamacite;
using namespace kamacite::training;
namespace fs = std::filesystem;

TEST_CASE("with a repulsion the networks learn what it leaves", "[training]") {
    auto const& comm = test::world();
    TrainOptions options;
    options.directory = fs::temp_directory_path() / "kamacite_training_rest";
    options.heads[0].hidden = {6, 5};
    options.stages[0].epochs = 3;
    options.stages[0].batch = 7;
    options.leaves = 6;
    auto const bits = [](Model const& model) {
        return std::vector<double>{model.parameters().begin(), model.parameters().end()};
    };
    auto const records = test::labelled(test::random_model({26, 28}, 5), 26, 0.02);
    Zbl const zbl{{1.5, 2.6}};
    auto repelled = records;
    for (auto& record : repelled) {
        auto const& s = record.structure;
        auto const pairs = zbl.predict(s, find_neighbours(s, zbl.cutoff()));
        if (record.labels.energy) *record.labels.energy += pairs.energy();
        for (std::size_t i = 0; i < record.labels.forces.size(); ++i)
            record.labels.forces[i] += pairs.forces[i];
        if (record.labels.stress) *record.labels.stress += pairs.stress(s.cell.volume());
    }
    auto const learn = [&](std::vector<Record> const& from, TrainOptions const& o) {
        return train(comm, test::small_descriptors({26, 28}), std::span{from}.first(20),
                     std::span{from}.last(6), o, {"test", "", {}, o.seed}, Start::fresh, {},
                     Logger::silent());
    };
    auto const plain = bits(learn(records, options).model);
    CHECK(bits(learn(repelled, options).model) != plain);
    options.short_range = ShortRangeOptions{2.6, 1.5};
    auto const result = learn(repelled, options);
    auto const rest = bits(result.model);
    for (std::size_t k = 0; k < plain.size(); ++k) CHECK_THAT(rest[k], WithinAbs(plain[k], 1e-6));
    REQUIRE(result.model.short_range());
    CHECK(result.model.short_range()->cutoff() == 2.6);
    // Where nothing is given, it ends where the data begin, and the labels stay what they are.
    options.short_range = ShortRangeOptions{};
    auto const given = learn(records, options);
    CHECK(bits(given.model) == plain);
    double shortest = 10.0;
    for (auto const& record : std::span{records}.first(20)) {
        auto const near = find_neighbours(record.structure, 4.0);
        for (int i = 0; i < record.structure.size(); ++i)
            for (double const d : near.of(i).distance) shortest = std::min(shortest, d);
    }
    double least = 10.0;
    for (auto const& [elements, s] : given.model.short_range()->pairs())
        least = std::min(least, s.outer);
    CHECK(least == shortest);
    comm.barrier();
    if (comm.is_root()) fs::remove_all(options.directory);
}
