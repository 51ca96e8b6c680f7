#include "kamacite/dataset/split.hpp"

#include <map>
#include <numeric>
#include <set>

#include "../io/temporary.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/core/random.hpp"
#include "kamacite/dataset/duplicates.hpp"
#include "random_records.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using dataset::Side;
using dataset::SplitMethod;
using dataset::SplitOptions;
using dataset::Tags;

namespace {

/// 4 families: "a" 12 runs of 10 records, "b" 200 records without trajectory, "c" 3 runs of 1, "d"
/// one run.
Tags example() {
    Tags tags;
    auto const add = [&](std::string const& family, std::string const& trajectory) {
        tags.family.push_back(family);
        tags.trajectory.push_back(trajectory);
        tags.fingerprint.push_back(1000 + tags.family.size());
        tags.geometry.push_back(tags.fingerprint.back());
    };
    for (int run = 0; run < 12; ++run)
        for (int i = 0; i < 10; ++i) add("a", "run " + std::to_string(run));
    for (int i = 0; i < 200; ++i) add("b", "");
    for (int run = 0; run < 3; ++run) add("c", "run " + std::to_string(run));
    for (int i = 0; i < 30; ++i) add("d", "run 0");
    return tags;
}

/// Sides seen by each family, trajectory pair.
std::map<std::string, std::set<Side>> sides_of_trajectories(Tags const& tags,
                                                            dataset::Split const& split) {
    std::map<std::string, std::set<Side>> seen;
    for (std::size_t i = 0; i < tags.family.size(); ++i)
        if (!tags.trajectory[i].empty())
            seen[tags.family[i] + "/" + tags.trajectory[i]].insert(split.sides[i]);
    return seen;
}

std::map<std::string, std::map<Side, int>> counts(Tags const& tags, dataset::Split const& split) {
    std::map<std::string, std::map<Side, int>> result;
    for (std::size_t i = 0; i < tags.family.size(); ++i) ++result[tags.family[i]][split.sides[i]];
    return result;
}

}  // namespace

TEST_CASE("trajectories stay whole and every family with three is on every side", "[dataset]") {
    auto const tags = example();
    auto const seed = GENERATE(0u, 1u, 2u, 3u);
    CAPTURE(seed);
    auto const split =
        dataset::split(tags, {.validation = 0.1, .test = 0.2, .block = 10, .seed = seed});
    REQUIRE(split.sides.size() == tags.family.size());
    for (auto const& [name, sides] : sides_of_trajectories(tags, split)) {
        CAPTURE(name);
        CHECK(sides.size() == 1);
    }
    auto count = counts(tags, split);
    for (auto const* family : {"a", "b", "c"})
        for (auto const side : {Side::train, Side::validation, Side::test}) {
            CAPTURE(family, int(side));
            CHECK(count[family][side] > 0);
        }
    CHECK(count["a"][Side::validation] == 10);
    CHECK(count["a"][Side::test] == 20);
    CHECK(count["b"][Side::validation] == 20);
    CHECK(count["b"][Side::test] == 40);
    CHECK(count["d"][Side::train] == 30);  // a single run that has a name is not cut
    REQUIRE(split.notes.size() == 1);
    CHECK(split.notes[0].find("'d'") != std::string::npos);
    for (std::size_t block = 0; block < 20; ++block)
        for (std::size_t i = 1; i < 10; ++i)
            CHECK(split.sides[120 + 10 * block + i] == split.sides[120 + 10 * block]);
    CHECK(split.indices(Side::test).size() + split.indices(Side::validation).size() +
              split.indices(Side::train).size() ==
          tags.family.size());
}

TEST_CASE("the seed alone decides, not the order of trajectories or records", "[dataset]") {
    auto const all = example();
    Tags tags;  // what has named trajectories: blocks do depend on the order
    for (std::size_t i = 0; i < all.family.size(); ++i)
        if (all.family[i] == "a" || all.family[i] == "c") {
            tags.family.push_back(all.family[i]);
            tags.trajectory.push_back(all.trajectory[i]);
            tags.fingerprint.push_back(all.fingerprint[i]);
            tags.geometry.push_back(all.geometry[i]);
        }
    SplitOptions const options{.seed = 5};
    auto const split = dataset::split(tags, options);
    Tags mixed;
    RandomStream random{1, "test", 0};
    auto const order = permutation(int(tags.family.size()), random);
    for (int const i : order) {
        mixed.family.push_back(tags.family[std::size_t(i)]);
        mixed.trajectory.push_back(tags.trajectory[std::size_t(i)]);
        mixed.fingerprint.push_back(tags.fingerprint[std::size_t(i)]);
        mixed.geometry.push_back(tags.geometry[std::size_t(i)]);
    }
    auto const mixed_split = dataset::split(mixed, options);
    for (std::size_t k = 0; k < order.size(); ++k)
        CHECK(mixed_split.sides[k] == split.sides[std::size_t(order[k])]);
    CHECK(dataset::split(tags, options).sides == split.sides);
    CHECK(dataset::split(tags, {.seed = 6}).sides != split.sides);
}

TEST_CASE("families are held out whole, and unknown ones are refused", "[dataset]") {
    auto const tags = example();
    SplitOptions options{.method = SplitMethod::family};
    options.validation_families = {"c"};
    options.test_families = {"a", "d"};
    auto count = counts(tags, dataset::split(tags, options));
    CHECK(count["a"] == std::map<Side, int>{{Side::test, 120}});
    CHECK(count["b"] == std::map<Side, int>{{Side::train, 200}});
    CHECK(count["c"] == std::map<Side, int>{{Side::validation, 3}});
    options.test_families = {"bcc"};
    CHECK_THROWS_AS(dataset::split(tags, options), InputError);
    options.test_families = {"c"};
    CHECK_THROWS_AS(dataset::split(tags, options), InputError);
    options.test_families = {"a", "b", "d"};  // nothing left to train
    CHECK_THROWS_AS(dataset::split(tags, options), InputError);
}

TEST_CASE("families are held out whole while the others are split by trajectory or record",
          "[dataset]") {
    auto tags = example();
    auto const method = GENERATE(SplitMethod::random, SplitMethod::trajectory);
    SplitOptions options{.method = method, .validation = 0.2, .test = 0.0};
    options.test_families = {"a"};
    auto const split = dataset::split(tags, options);
    CHECK(split.description.find("'a'") != std::string::npos);
    auto count = counts(tags, split);
    CHECK(count["a"] == std::map<Side, int>{{Side::test, 120}});
    CHECK(count["b"][Side::validation] > 20);
    CHECK(count["b"][Side::train] > 120);
    CHECK(count["b"][Side::test] == 0);

    // a record of another family that is the same as one held out goes with it
    for (std::size_t i = 0; i < tags.family.size(); ++i)
        if (tags.family[i] == "b") {
            tags.geometry[i] = tags.geometry[std::size_t(
                std::find(tags.family.begin(), tags.family.end(), "a") - tags.family.begin())];
            CHECK(dataset::split(tags, options).sides[i] == Side::test);
            break;
        }
    options.test_families = {"bcc"};
    CHECK_THROWS_AS(dataset::split(tags, options), InputError);
}

TEST_CASE("duplicates are never on two sides", "[dataset]") {
    auto tags = example();
    for (std::size_t i = 0; i < tags.geometry.size(); i += 7) tags.geometry[i] = i % 5;
    auto const method = GENERATE(SplitMethod::random, SplitMethod::trajectory, SplitMethod::family);
    CAPTURE(int(method));
    SplitOptions options{.method = method, .validation = 0.15, .test = 0.15, .block = 2, .seed = 3};
    options.test_families = {"c"};
    options.validation_families = {"d"};
    auto const split = dataset::split(tags, options);
    std::map<std::uint64_t, std::set<Side>> seen;
    for (std::size_t i = 0; i < split.sides.size(); ++i)
        seen[tags.geometry[i]].insert(split.sides[i]);
    for (auto const& [geometry, sides] : seen) CHECK(sides.size() == 1);
    CHECK_FALSE(split.indices(Side::test).empty());
}

TEST_CASE("duplicates do not tie the blocks of a family together", "[dataset]") {
    Tags tags;
    for (std::uint64_t i = 0; i < 1000; ++i) {
        tags.family.push_back("cells");
        tags.trajectory.push_back("");
        tags.fingerprint.push_back(i);
        tags.geometry.push_back(i % 40 == 0 ? 7 : 1000 + i);  // every other block holds one
    }
    auto count = counts(tags, dataset::split(tags, {.validation = 0.1, .test = 0.1}));
    CHECK(std::abs(count["cells"][Side::validation] - 100) <= 20);
    CHECK(std::abs(count["cells"][Side::test] - 100) <= 20);
}

TEST_CASE("random splits have their fractions in every family", "[dataset]") {
    auto const tags = example();
    auto count = counts(
        tags,
        dataset::split(tags, {.method = SplitMethod::random, .validation = 0.1, .test = 0.1}));
    CHECK(count["a"][Side::test] == 12);
    CHECK(count["b"][Side::validation] == 20);
    CHECK(count["d"][Side::test] == 3);
}

TEST_CASE("fractions that leave nothing to train, and sides that stay empty, are refused",
          "[dataset]") {
    auto const tags = example();
    CHECK_THROWS_AS(dataset::split(tags, {.validation = 0.5, .test = 0.5}), InputError);
    CHECK_THROWS_AS(dataset::split(tags, {.validation = -0.1}), InputError);
    CHECK_THROWS_AS(dataset::split(tags, {.block = 0}), InputError);
    Tags const one{{"a", "a"}, {"run", "run"}, {1, 2}, {1, 2}};
    CHECK_THROWS_AS(dataset::split(one, {}), InputError);
    CHECK(dataset::split({}, {}).sides.empty());
    Tags const three{{"a", "b", "c"},
                     {"1", "1", "1"},
                     {1, 2, 3},
                     {1, 2, 3}};  // one group each: dealt as one family
    CHECK(dataset::split(three, {}).indices(Side::test).size() == 1);
}

TEST_CASE("trajectories that have a name are never torn, however few they are", "[dataset]") {
    Tags tags;
    for (std::uint64_t i = 0; i < 300; ++i) {
        tags.family.push_back(i < 200 ? "md" : "cells");
        tags.trajectory.push_back(i < 100 ? "run 1" : i < 200 ? "run 2" : "");
        tags.fingerprint.push_back(i);
        tags.geometry.push_back(i);
    }
    auto const split = dataset::split(tags, {});
    for (auto const& [name, sides] : sides_of_trajectories(tags, split))
        CHECK(sides == std::set<Side>{Side::train});
    CHECK(counts(tags, split)["cells"].size() == 3);
    Tags runs;  // nothing else: one goes to validation rather than none
    for (std::uint64_t i = 0; i < 200; ++i) {
        runs.family.push_back("md");
        runs.trajectory.push_back(tags.trajectory[i]);
        runs.fingerprint.push_back(i);
        runs.geometry.push_back(i);
    }
    CHECK(counts(runs, dataset::split(runs, {.validation = 0.1, .test = 0.0}))["md"] ==
          std::map<Side, int>{{Side::train, 100}, {Side::validation, 100}});
    CHECK_THROWS_AS(dataset::split(runs, {}), InputError);  // two runs, three sides
}

TEST_CASE("a split by families that names none is refused and lists them", "[dataset]") {
    try {
        (void)dataset::split(example(), {.method = SplitMethod::family});
        FAIL("not refused");
    } catch (InputError const& e) {
        CHECK(std::string{e.what()}.find("'a', 'b', 'c', 'd'") != std::string::npos);
    }
}

TEST_CASE("a stored split comes back, for its own records only", "[dataset][mpi]") {
    auto const& world = test::world();
    test::TemporaryDirectory const tmp{"split"};
    std::string const name = GENERATE("x.h5", "x.kds");
    auto const path = tmp / name;
    auto const write = [&](int begin, int end) {
        auto const block = mpi::block_of(world.rank(), world.size(), end - begin);
        dataset::write(path, world,
                       test::random_records(begin + int(block.begin), begin + int(block.end)), {});
    };
    write(0, 60);
    auto const tags = dataset::read_tags(path, world);
    REQUIRE(tags.family.size() == 60);
    for (int i = 0; i < 60; ++i) {
        auto const record = test::random_record(i);
        CHECK(tags.family[std::size_t(i)] == record.family);
        CHECK(tags.trajectory[std::size_t(i)] == record.trajectory);
        CHECK(tags.fingerprint[std::size_t(i)] == dataset::fingerprint_of(record));
        CHECK(tags.geometry[std::size_t(i)] == std::uint64_t(i));
    }
    auto const split = dataset::split(tags, {.validation = 0.2, .test = 0.2, .block = 2});
    dataset::write_split(path, world, "main", split, {});
    dataset::write_split(path, world, "other", dataset::split(tags, {.block = 3, .seed = 9}), {});
    CHECK(dataset::split_names(path, world) == std::vector<std::string>{"main", "other"});
    auto const back = dataset::read_split(path, world, "main");
    CHECK(back.sides == split.sides);
    CHECK(back.description == split.description);
    CHECK(dataset::size(path, world) == 60);  // a split is no segment
    CHECK_THROWS_AS(dataset::read_split(path, world, "nothing"), MissingError);
    CHECK_THROWS_AS(dataset::write_split(path, world, "a/b", split, {}), InputError);
    CHECK_THROWS_AS(dataset::write_split(path, world, "short", {{Side::train}, ""}, {}), DataError);

    world.barrier();
    if (world.is_root()) std::filesystem::remove_all(path);
    if (world.is_root() && name == "x.kds") std::filesystem::create_directory(path);
    world.barrier();
    write(1, 61);  // as many, but others
    if (name == "x.h5") CHECK_THROWS_AS(dataset::read_split(path, world, "main"), DataError);
}

TEST_CASE("a split of a grown dataset is refused", "[dataset][mpi]") {
    auto const& world = test::world();
    test::TemporaryDirectory const tmp{"grown"};
    auto const path = tmp / "x.kds";
    auto const mine = test::random_records(world.rank(), world.rank() + 1);
    dataset::write(path, world, mine, {});
    dataset::Split split{std::vector<Side>(std::size_t(world.size()), Side::train), "all train"};
    dataset::write_split(path, world, "main", split, {});
    CHECK(dataset::read_split(path, world, "main").sides == split.sides);
    dataset::write(path, world, mine, {});
    CHECK_THROWS_AS(dataset::read_split(path, world, "main"), DataError);
}

TEST_CASE("the content hash does not depend on who wrote what when", "[dataset][mpi]") {
    auto const& world = test::world();
    test::TemporaryDirectory const tmp{"content"};
    auto const hash_of = [&](std::string const& name, std::vector<Record> const& mine) {
        dataset::write(tmp / name, world, mine, {"test " + name, "", {}, 0});
        return dataset::content_hash(dataset::segments(tmp / name, world));
    };
    auto const block = mpi::block_of(world.rank(), world.size(), 9);
    auto const blocks = test::random_records(int(block.begin), int(block.end));
    auto const all_on_last =
        world.rank() + 1 == world.size() ? test::random_records(0, 9) : std::vector<Record>{};
    auto const hash = hash_of("a.h5", blocks);
    CHECK(hash == hash_of("b.h5", all_on_last));
    auto other = all_on_last;
    if (!other.empty()) std::swap(other[0], other[1]);
    CHECK(hash != hash_of("c.h5", other));
    other = all_on_last;
    if (!other.empty()) other[8].source += " ";
    CHECK(hash != hash_of("d.h5", other));
}
