#include <cstdlib>
#include <fstream>

#include "../io/temporary.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/dataset/store.hpp"
#include "random_records.hpp"
#include "support/catch.hpp"

using namespace kamacite;

namespace {

std::string read_bytes(std::filesystem::path const& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

/// Rank 0 replaces the content of a file by a new file of the same name.
void put_bytes(std::filesystem::path const& path, std::string const& bytes) {
    test::world().barrier();
    if (test::world().is_root()) {
        std::filesystem::remove(path);
        std::ofstream{path, std::ios::binary} << bytes;
    }
    test::world().barrier();
}

void write_block(std::filesystem::path const& path, int begin, int end) {
    auto const& world = test::world();
    auto const block = mpi::block_of(world.rank(), world.size(), end - begin);
    dataset::write(path, world,
                   test::random_records(begin + int(block.begin), begin + int(block.end)), {});
}

bool same(std::vector<Record> const& found, int begin) {
    for (std::size_t i = 0; i < found.size(); ++i)
        if (!test::same(found[i], test::random_record(begin + int(i)))) return false;
    return true;
}

/// The message of the DataError that `read` throws on every rank; empty if it reads the right
/// records.
std::string complaint(std::filesystem::path const& path, int n) {
    try {
        auto const found = dataset::read_all(path, test::world());
        CHECK(std::ssize(found) == n);
        CHECK(same(found, 0));
        return "";
    } catch (DataError const& e) {
        return e.what();
    }
}

}  // namespace

TEST_CASE("a file that was cut short is refused by name, wherever it was cut", "[dataset][mpi]") {
    test::TemporaryDirectory const tmp{"truncated"};
    auto const path = tmp / "x.h5";
    write_block(path, 0, 9);
    auto const whole = read_bytes(path);
    for (std::size_t const part : {0, 1, 7, 8, 40, 100, 500, 900, 990, 999}) {
        auto const length = whole.size() * part / 1000;
        CAPTURE(length, whole.size());
        put_bytes(path, whole.substr(0, length));
        auto const message = complaint(path, 9);
        CAPTURE(message);
        CHECK(message.find(path.string()) != std::string::npos);
    }
}

TEST_CASE("no flipped bit goes unnoticed", "[dataset][mpi]") {
    auto const& world = test::world();
    test::TemporaryDirectory const tmp{"flipped"};
    auto const path = tmp / "x.h5";
    write_block(path, 0, 9);
    auto const whole = read_bytes(path);
    // All bytes take minutes; KAMACITE_TEST_EVERY_BYTE=1 tries them.
    bool const every_byte = std::getenv("KAMACITE_TEST_EVERY_BYTE") != nullptr;
    std::size_t const step = every_byte ? 1 : world.size() == 1 ? 101 : 1499;
    int noticed = 0;
    for (std::size_t i = 0; i < whole.size(); i += step) {
        auto bytes = whole;
        bytes[i] = static_cast<char>(bytes[i] ^ (1 << i % 8));
        CAPTURE(i, whole.size());
        put_bytes(path, bytes);
        auto const message = complaint(path, 9);  // or else the records are right: unused space
        CAPTURE(message);
        if (message.empty()) continue;
        ++noticed;
        CHECK(message.find(path.string()) != std::string::npos);
    }
    CHECK(noticed > 5);
    if (every_byte) WARN(noticed << " of " << whole.size() << " flipped bytes were noticed");
}

TEST_CASE("a damaged segment is named and the others stay readable", "[dataset][mpi]") {
    auto const& world = test::world();
    test::TemporaryDirectory const tmp{"segments"};
    auto const path = tmp / "x.kds";
    write_block(path, 0, 20);
    write_block(path, 20, 23);
    write_block(path, 23, 40);
    auto const listed = dataset::segments(path, world);
    REQUIRE(listed.size() == 3);
    CHECK(listed[1].path == path / "seg-000002.h5");
    CHECK(listed[1].first == 20);
    CHECK(listed[1].records == 3);
    CHECK(dataset::size(path, world) == 40);
    CHECK(same(dataset::read_all(path, world), 0));

    auto bytes = read_bytes(listed[1].path);
    auto const x = test::random_record(21).structure.positions[0].x();
    auto const where = bytes.find(std::string{reinterpret_cast<char const*>(&x), sizeof x});
    REQUIRE(where != std::string::npos);
    bytes[where + 2] = static_cast<char>(bytes[where + 2] ^ 1);
    put_bytes(listed[1].path, bytes);

    std::string message;
    try {
        (void)dataset::read(path, world);
    } catch (DataError const& e) {
        message = e.what();
    }
    CAPTURE(message);
    CHECK(message.find("seg-000002.h5") != std::string::npos);
    CHECK(message.find("atoms/position") != std::string::npos);

    auto const rest = dataset::read_readable(path, world);
    CHECK(world.all_reduce(mpi::Op::sum, int(rest.mine.size())) == 37);
    REQUIRE(rest.damaged.size() == 1);
    CHECK(rest.damaged[0].find("seg-000002.h5") != std::string::npos);
    auto const health = dataset::health_of(path, world, dataset::Depth::all);
    CHECK(health.whole == std::vector{listed[0].path, listed[2].path});
    REQUIRE(health.damaged.size() == 1);
    CHECK(health.damaged[0].find("seg-000002.h5") != std::string::npos);
    CHECK(dataset::health_of(path, world, dataset::Depth::headers).damaged.empty());
    put_bytes(listed[1].path, bytes.substr(0, bytes.size() / 2));
    CHECK(dataset::read_readable(path, world).damaged.size() == 1);
    CHECK(dataset::health_of(path, world, dataset::Depth::headers).damaged.size() == 1);
}

TEST_CASE("a file of another layout than it should have is refused by file and array",
          "[dataset][mpi]") {
    auto const& world = test::world();
    test::TemporaryDirectory const tmp{"layout"};
    // Two records of one and two atoms; what follows is wrong in one place each.
    struct Layout {
        long long records = 2;
        std::vector<long long> offset{0, 1, 3};
        int position_width = 3;
        int has_width = 4;
        double x = 0.5;
        std::uint8_t has_energy = 0, species = 26;
        std::vector<std::string> names{"a", "b"};
    };
    auto const complaint_of = [&](Layout const& l) -> std::string {
        auto file = io::File::create(tmp / "x.h5", world);
        io::write_provenance(file, "dataset", 1, {});
        file.set_attribute("/", "records", l.records);
        file.set_attribute("/", "atoms", 3LL);
        file.set_attribute("/", "content", "xxh64:0123456789abcdef");
        bool const mine = world.is_root();  // rank 0 has all rows
        auto const put = [&]<class T>(std::string const& name, std::vector<T> values, int width) {
            if (!mine) values.clear();
            file.write_rows(name, values, {"1", "test"}, width);
        };
        put("structures/atom_offset", l.offset, 1);
        std::vector<double> cell;
        for (int i = 0; i < 18; ++i) cell.push_back(i % 9 % 4 == 0 ? 3.0 : 0.0);
        put("structures/cell", cell, 9);
        put("structures/pbc", std::vector<std::uint8_t>(6, 1), 3);
        std::vector<std::uint8_t> has(static_cast<std::size_t>(2 * l.has_width), 0);
        has[0] = l.has_energy;
        put("structures/has", has, l.has_width);
        put("structures/fingerprint", std::vector<std::uint64_t>(2, 1), 1);
        std::vector<std::string> const text{"f"};
        for (auto const* const table : {"family", "trajectory"}) {
            put("structures/" + std::string{table} + "_id", std::vector<int>(2, 0), 1);
            file.write_texts("tables/" + std::string{table},
                             std::span<std::string const>{text}.first(mine ? 1 : 0), "test");
        }
        for (auto const* const pool : {"name", "source", "recipe"})
            file.write_pool("structures/" + std::string{pool},
                            mine ? l.names : std::vector<std::string>{}, "test");
        put("atoms/species", std::vector<std::uint8_t>(3, l.species), 1);
        std::vector<double> position{l.x, 0, 0, 0, 0, 0, 1, 1, 1};
        position.resize(static_cast<std::size_t>(l.position_width == 1 ? 9 : 3 * l.position_width));
        put("atoms/position", position, l.position_width);
        file.commit();
        try {
            (void)dataset::read(tmp / "x.h5", world,
                                mpi::Range{0, dataset::size(tmp / "x.h5", world)});
        } catch (DataError const& e) {
            return e.what();
        }
        return "";
    };
    auto const says = [&](std::string const& what, Layout const& layout) {
        auto const message = complaint_of(layout);
        CAPTURE(what, message);
        CHECK(message.find("x.h5") != std::string::npos);
        CHECK(message.find(what) != std::string::npos);
    };
    CHECK(complaint_of({}).empty());
    says("'atoms/position'", {.position_width = 1});
    says("'atoms/position'", {.position_width = 2});
    says("'structures/has'", {.has_width = 2});
    says("'structures/atom_offset'", {.offset = {0, 1, 1LL << 60}});
    says("'structures/atom_offset'", {.offset = {0, 2, 1}});
    says("'structures/atom_offset'", {.offset = {-1, 1, 3}});
    says("'structures/atom_offset'", {.offset = {0, 3}});
    says("'records'", {.records = -5});
    says("position of atom 1", {.x = std::nan("")});
    says("energy", {.has_energy = 1});
    says("structure 0", {.species = 200});
    says("'structures/name'", {.names = {"a"}});
}

TEST_CASE("a missing dataset and a file of another kind are told apart", "[dataset][mpi]") {
    auto const& world = test::world();
    test::TemporaryDirectory const tmp{"missing"};
    CHECK_THROWS_AS(dataset::read(tmp / "nothing.h5", world), MissingError);
    CHECK_THROWS_AS(dataset::read(tmp / "nothing.kds", world), MissingError);
    if (world.is_root()) std::filesystem::create_directories(tmp / "empty.kds");
    world.barrier();
    CHECK_THROWS_AS(dataset::size(tmp / "empty.kds", world), MissingError);
    put_bytes(tmp / "text.h5", "this is not HDF5");
    CHECK_THROWS_AS(dataset::size(tmp / "text.h5", world), DataError);
    CHECK_THROWS_AS(dataset::write(tmp / "x.xyz", world, {}, {}), UsageError);
    {
        auto file = io::File::create(tmp / "model.h5", world);
        io::write_provenance(file, "model", 1, {});
        file.commit();
    }
    std::string message;
    try {
        (void)dataset::size(tmp / "model.h5", world);
    } catch (DataError const& e) {
        message = e.what();
    }
    CHECK(message.find("not a kamacite dataset but a model") != std::string::npos);
}

TEST_CASE("a wrong record is refused by number, name and source, on all ranks", "[dataset][mpi]") {
    auto const& world = test::world();
    test::TemporaryDirectory const tmp{"wrong"};
    std::vector<Record> mine{test::random_record(world.rank())};
    bool const is_last = world.rank() + 1 == world.size();
    if (is_last) mine[0].labels.energy = std::nan("");
    std::string message;
    try {
        dataset::write(tmp / "x.h5", world, mine, {});
    } catch (DataError const& e) {
        message = e.what();
    }
    CAPTURE(message);
    auto const n = std::to_string(world.size());
    CHECK(message.find("record " + n + " ('record " + std::to_string(world.size() - 1) + "'") !=
          std::string::npos);
    CHECK_FALSE(std::filesystem::exists(tmp / "x.h5"));
    mine[0] = test::random_record(0);
    mine[0].labels.properties["a/b"] = 1.0;
    CHECK_THROWS_AS(dataset::write(tmp / "x.h5", world, mine, {}), DataError);
}
