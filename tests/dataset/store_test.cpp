#include "kamacite/dataset/store.hpp"

#include <chrono>
#include <iostream>

#include "../io/temporary.hpp"
#include "kamacite/core/error.hpp"
#include "random_records.hpp"
#include "support/catch.hpp"

using namespace kamacite;

namespace {

dataset::Provenance const provenance{"test", "seed: 7", {"a.xyz xxh64:0"}, 7};

/// Each rank writes its block of `n` random records.
void write_block(std::filesystem::path const& path, mpi::Communicator const& comm, int begin,
                 int end) {
    auto const block = mpi::block_of(comm.rank(), comm.size(), end - begin);
    dataset::write(path, comm,
                   test::random_records(begin + int(block.begin), begin + int(block.end)),
                   provenance);
}

void check_same(std::vector<Record> const& found, int begin, int end) {
    REQUIRE(std::ssize(found) == end - begin);
    for (int i = begin; i < end; ++i) {
        CAPTURE(i);
        CHECK(test::same(found[std::size_t(i - begin)], test::random_record(i)));
    }
}

}  // namespace

TEST_CASE("records come back as they were, every field, on any number of ranks", "[dataset][mpi]") {
    auto const& world = test::world();
    test::TemporaryDirectory const tmp{"dataset"};
    std::string const name = GENERATE("x.h5", "x.kds");
    int const n = GENERATE(0, 1, 2, 17, 60);
    CAPTURE(name, n);
    write_block(tmp / name, world, 0, n);
    CHECK(dataset::size(tmp / name, world) == n);
    auto const block = mpi::block_of(world.rank(), world.size(), n);
    check_same(dataset::read(tmp / name, world), int(block.begin), int(block.end));
    check_same(dataset::read_all(tmp / name, world), 0, n);
}

TEST_CASE("ranks that share a record have its atoms and labels among them", "[dataset][mpi]") {
    auto const& world = test::world();
    test::TemporaryDirectory const tmp{"shared"};
    std::string const name = GENERATE("x.h5", "x.kds");
    write_block(tmp / name, world, 0, 7);
    if (name == "x.kds") write_block(tmp / name, world, 7, 12);
    for (int i = 0; i < (name == "x.kds" ? 12 : 7); ++i) {
        CAPTURE(name, i);
        auto const whole = test::random_record(i);
        CHECK(dataset::atoms_of(tmp / name, world, i) == whole.structure.size());
        auto expected = whole;
        auto const cut = [&](auto& values) {
            if (values.empty()) return;
            auto const block = mpi::block_of(world.rank(), world.size(), whole.structure.size());
            values = {values.begin() + block.begin, values.begin() + block.end};
        };
        cut(expected.structure.species);
        cut(expected.structure.positions);
        cut(expected.labels.forces);
        cut(expected.labels.moments);
        CHECK(test::same(dataset::read_shared(tmp / name, world, i), expected));
    }
    CHECK_THROWS_AS(dataset::atoms_of(tmp / name, world, 12), DataError);
    CHECK_THROWS_AS(dataset::read_shared(tmp / name, world, -1), DataError);
}

TEST_CASE("numbers of atoms beside a record stand in the order of the atoms", "[dataset][mpi]") {
    auto const& world = test::world();
    test::TemporaryDirectory const tmp{"atom_columns"};
    int const n = 3;  // of four ranks one has no record
    auto const block = mpi::block_of(world.rank(), world.size(), n);
    auto const mine = test::random_records(int(block.begin), int(block.end));
    dataset::AtomColumn column{"mark", "eV", "record and atom", {}};
    for (std::size_t i = 0; i < mine.size(); ++i) {
        std::vector<double> values;
        auto const record = static_cast<double>(block.begin) + static_cast<double>(i);
        for (int a = 0; a < mine[i].structure.size(); ++a) values.push_back(1000.0 * record + a);
        column.add(values);
    }
    dataset::write(tmp / "x.h5", world, mine, provenance, std::span{&column, 1});
    std::vector<double> expected;
    for (int i = 0; i < n; ++i)
        for (int a = 0; a < test::random_record(i).structure.size(); ++a)
            expected.push_back(1000.0 * i + a);
    io::Reader const reader{tmp / "x.h5"};
    CHECK(reader.read<double>("atoms/mark", {0, reader.rows("atoms/mark")}) == expected);
    check_same(dataset::read(tmp / "x.h5", world, {0, n}), 0, n);  // records are as without it
}

TEST_CASE("a segment knows whether its labels are predictions", "[dataset][mpi]") {
    auto const& world = test::world();
    test::TemporaryDirectory const tmp{"predictions"};
    for (auto const* const command : {"import", dataset::predicting_command}) {
        auto its = provenance;
        its.command = command;
        dataset::write(tmp / "x.kds", world, test::random_records(0, 1), its);
    }
    auto const segments = dataset::segments(tmp / "x.kds", world);
    REQUIRE(segments.size() == 2);
    CHECK_FALSE(dataset::holds_predictions(segments[0]));
    CHECK(dataset::holds_predictions(segments[1]));
}

TEST_CASE("what some ranks write others read", "[dataset][mpi]") {
    auto const& world = test::world();
    test::TemporaryDirectory const tmp{"regroup"};
    for (int writers = 1; writers <= world.size(); ++writers) {
        auto const group = world.split(world.rank() < writers ? 0 : 1, world.rank());
        if (world.rank() < writers) write_block(tmp / "x.h5", group, 0, 17);
        world.barrier();
        for (int readers = 1; readers <= world.size(); ++readers) {
            CAPTURE(writers, readers);
            auto const part = world.split(world.rank() < readers ? 0 : 1, world.rank());
            if (world.rank() < readers) {
                auto const block = mpi::block_of(part.rank(), part.size(), 17);
                check_same(dataset::read(tmp / "x.h5", part), int(block.begin), int(block.end));
            }
            world.barrier();
        }
    }
}

TEST_CASE("records are read by range and by index, in the order asked for", "[dataset][mpi]") {
    auto const& world = test::world();
    test::TemporaryDirectory const tmp{"selection"};
    auto const path = tmp / "x.kds";
    write_block(path, world, 0, 20);
    write_block(path, world, 20, 20);  // an empty segment
    write_block(path, world, 20, 47);
    check_same(dataset::read(path, world, mpi::Range{18, 23 + world.rank()}), 18,
               23 + world.rank());
    std::vector<long long> const indices{46, 3, 3, 19, 20, world.rank()};
    auto const found = dataset::read(path, world, indices);
    REQUIRE(found.size() == indices.size());
    for (std::size_t i = 0; i < found.size(); ++i)
        CHECK(test::same(found[i], test::random_record(int(indices[i]))));
    CHECK(dataset::read(path, world, std::vector<long long>{}).empty());
    CHECK_THROWS_AS(dataset::read(path, world, std::vector<long long>{0, 47}), DataError);
}

TEST_CASE("a dataset tells where it comes from", "[dataset][mpi]") {
    auto const& world = test::world();
    test::TemporaryDirectory const tmp{"provenance"};
    write_block(tmp / "x.kds", world, 0, 5);
    auto const segment = dataset::segments(tmp / "x.kds", world).at(0);
    auto const& at = segment.attributes;
    CHECK(at.at("format") == "dataset");
    CHECK(at.at("command") == "test");
    CHECK(at.at("input") == "seed: 7");
    CHECK(at.at("parents") == "a.xyz xxh64:0");
    CHECK(at.at("seed") == "7");
    CHECK(at.at("ranks") == std::to_string(world.size()));
    CHECK(at.at("created_by").find("kamacite ") == 0);
    CHECK(at.at("created_at").size() == 20);
    CHECK_FALSE(at.at("hosts").empty());
    long long atoms = 0;
    for (int i = 0; i < 5; ++i) atoms += test::random_record(i).structure.size();
    CHECK(segment.atoms == atoms);
    for (auto const& array : io::Reader{segment.path}.arrays()) {
        CAPTURE(array.name);
        CHECK_FALSE(array.description.empty());
        CHECK((!array.unit.empty() || array.type == "text"));
    }
}

TEST_CASE("20000 small structures are written and read in seconds", "[dataset][mpi]") {
    auto const& world = test::world();
    test::TemporaryDirectory const tmp{"many"};
    auto const block = mpi::block_of(world.rank(), world.size(), 20000);
    auto const mine = test::random_records(int(block.begin), int(block.end));
    auto const seconds = [&](auto const& work) {
        world.barrier();
        auto const start = std::chrono::steady_clock::now();
        work();
        world.barrier();
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    };
    double const writing = seconds([&] { dataset::write(tmp / "x.h5", world, mine, provenance); });
    std::vector<Record> found;
    double const reading = seconds([&] { found = dataset::read(tmp / "x.h5", world); });
    double const reading_all =
        seconds([&] { CHECK(dataset::read_all(tmp / "x.h5", world).size() == 20000); });
    check_same(found, int(block.begin), int(block.end));
    if (world.is_root())
        std::cout << "20000 structures on " << world.size() << " ranks: written in " << writing
                  << " s, read in " << reading << " s, all on every rank in " << reading_all
                  << " s\n";
}
