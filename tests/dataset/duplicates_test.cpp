#include "kamacite/dataset/duplicates.hpp"

#include <chrono>
#include <set>

#include "kamacite/core/error.hpp"
#include "kamacite/core/random.hpp"
#include "kamacite/dataset/split.hpp"
#include "random_records.hpp"
#include "support/catch.hpp"
#include "support/random_structures.hpp"

using namespace kamacite;

namespace {

Record labelled(unsigned seed) {
    Record record{test::rattled_bcc(2, seed), {}, "n", "f", "", "s", ""};
    RandomStream random{seed, "labels", 1};
    auto& labels = record.labels;
    labels.energy = -8.0 * record.structure.size() + random.normal();
    for (int i = 0; i < record.structure.size(); ++i) {
        labels.forces.push_back(random.normal3());
        labels.moments.push_back(2.2);
    }
    labels.stress = 0.01 * Mat3::Identity();
    labels.properties["temperature"] = 300.0;
    return record;
}

dataset::Duplicates duplicates_of(std::vector<Record> const& records) {
    std::vector<dataset::Comparable> all;
    for (auto const& record : records) all.push_back(dataset::comparable_of(record));
    return dataset::find_duplicates(all);
}

/// Every number moved by up to `by`, as rounding of a file does.
Record jittered(Record record, double by, unsigned seed) {
    RandomStream random{seed, "jitter", 0};
    auto const jitter = [&](auto& x) { x += by * (2.0 * random.uniform() - 1.0); };
    Mat3 rows = record.structure.cell.rows();
    for (int i = 0; i < 9; ++i) jitter(rows(i / 3, i % 3));
    record.structure.cell = Cell{rows, record.structure.cell.periodic()};
    for (auto& r : record.structure.positions)
        for (auto& x : r) jitter(x);
    for (auto& f : record.labels.forces)
        for (auto& x : f) jitter(x);
    jitter(*record.labels.energy);
    return record;
}

}  // namespace

TEST_CASE("duplicates are found whatever their numbers round to and whatever they are called",
          "[dataset]") {
    for (unsigned seed = 1; seed < 60; ++seed) {
        auto const record = labelled(seed);
        auto twin = jittered(record, 1e-5, seed);
        twin.name = twin.family = twin.trajectory = "another";
        auto const found =
            duplicates_of({labelled(seed + 100), record, labelled(seed + 200), twin});
        CAPTURE(seed);
        CHECK(found.later == std::vector<long long>{3});
        CHECK(found.differing == 0);
    }
}

TEST_CASE("moving all atoms, or one by a lattice vector, does not make another geometry",
          "[dataset]") {
    auto const record = labelled(1);
    auto moved = record;
    for (auto& r : moved.structure.positions) r += Vec3(0.3, -7.0, 1.1);
    moved.structure.positions[3] += record.structure.cell.rows().row(1).transpose();
    CHECK(duplicates_of({record, moved}).later == std::vector<long long>{1});
}

TEST_CASE("what differs in geometry is no duplicate", "[dataset]") {
    auto const record = labelled(1);
    auto atom = record;
    atom.structure.positions[5].x() += 0.01;
    auto element = record;
    element.structure.species[2] = 28;
    auto cell = record;
    cell.structure.cell = Cell{record.structure.cell.rows() * 1.0005};
    auto open = record;
    open.structure.cell = Cell{record.structure.cell.rows(), {true, true, false}};
    auto const found = duplicates_of({record, atom, element, cell, open});
    CHECK(found.later.empty());
    CHECK(found.differing == 0);
}

TEST_CASE("the same geometry with other labels is told and is no duplicate", "[dataset]") {
    auto const record = labelled(1);
    std::vector<Record> others(6, record);
    *others[0].labels.energy += 0.096 * record.structure.size();
    others[1].labels.forces[4].x() += 0.5;
    (*others[2].labels.stress)(1, 1) += 1e-3;
    for (auto& m : others[3].labels.moments) m = -m;
    others[4].labels.properties["temperature"] = 301.0;
    others[5].labels.stress.reset();
    others.insert(others.begin(), record);
    others.push_back(others[2]);
    auto const found = duplicates_of(others);
    CHECK(found.later == std::vector<long long>{7});
    CHECK(found.differing == 6);
    CHECK_THAT(found.apart, WithinRel(0.096, 1e-6));
}

TEST_CASE("records of one geometry stay on one side of every split", "[dataset]") {
    std::vector<Record> records;
    for (unsigned i = 0; i < 120; ++i) {
        records.push_back(labelled(i % 40));
        *records.back().labels.energy += 0.1 * i;  // several magnetic states
        records.back().family = i < 60 ? "a" : "b";
    }
    auto const tags = dataset::tags_of(records);
    using dataset::SplitMethod;
    auto const method = GENERATE(SplitMethod::random, SplitMethod::trajectory, SplitMethod::family);
    dataset::SplitOptions options{.method = method, .validation = 0.2, .test = 0.2, .block = 2};
    if (method == SplitMethod::family) options.test_families = {"b"};
    // 'a' holds every geometry of 'b': all of it would be held out
    if (method == SplitMethod::family) {
        CHECK_THROWS_AS(dataset::split(tags, options), InputError);
        return;
    }
    auto const split = dataset::split(tags, options);
    for (std::size_t i = 0; i < records.size(); ++i) CHECK(split.sides[i] == split.sides[i % 40]);
}

TEST_CASE("100000 geometries are compared in a second or so", "[dataset]") {
    std::vector<dataset::Geometry> all;
    RandomStream random{1, "test", 0};
    for (int i = 0; i < 100000; ++i) {  // frames of a run, half of which occur twice
        dataset::Geometry g;
        for (std::size_t k = 0; k < 9; ++k) g.rows[k] = k % 4 == 0 ? 8.6 : 0.0;
        for (auto& p : g.shape) p = 0.1 * random.normal();
        if (i % 2 == 1) g = all.back();
        all.push_back(g);
    }
    auto const start = std::chrono::steady_clock::now();
    auto const group = dataset::same_geometry(all);
    auto const copies = dataset::same_geometry(std::vector(all.size(), all.front()));
    std::chrono::duration<double> const took = std::chrono::steady_clock::now() - start;
    CHECK(took.count() < 20.0);  // all pairs take minutes
    for (std::size_t i = 0; i < all.size(); i += 2) CHECK(group[i] == group[i + 1]);
    CHECK(std::set(group.begin(), group.end()).size() == all.size() / 2);
    CHECK(std::set(copies.begin(), copies.end()).size() == 1);
}
