#include "kamacite/io/file.hpp"

#include <unistd.h>

#include "kamacite/core/error.hpp"
#include "kamacite/mpi/partition.hpp"
#include "support/catch.hpp"
#include "temporary.hpp"

using namespace kamacite;

TEST_CASE("rows written by many ranks come back in order", "[io][mpi]") {
    auto const& world = test::world();
    test::TemporaryDirectory const tmp{"rows"};
    int const n_global = GENERATE(0, 1, 3, 17, 5000);
    CAPTURE(n_global);
    auto const mine = mpi::block_of(world.rank(), world.size(), n_global);
    Matrix rows(mine.size(), 3);
    std::vector<int> ids;
    for (Eigen::Index i = 0; i < rows.rows(); ++i) {
        rows.row(i).setConstant(0.1 * double(mine.begin + i));
        ids.push_back(int(mine.begin + i));
    }
    auto const path = tmp / "rows.h5";
    {
        auto file = io::File::create(path, world);
        file.write_rows("atoms/force", rows, {"eV/angstrom", "forces"});
        file.write_rows("ids", ids, {"1", "which"});
        file.commit();
    }
    auto const file = io::File::open(path, world);
    CHECK(file.read_matrix("atoms/force") == rows);
    CHECK(file.read_rows<int>("ids") == ids);
    CHECK(file.rows("ids") == n_global);
    CHECK(file.columns("atoms/force") == 3);
    CHECK(file.text("atoms/force", "unit") == "eV/angstrom");
    auto const all = file.read_all<long long>("ids");
    REQUIRE(std::ssize(all) == n_global);
    for (int i = 0; i < n_global; ++i) CHECK(all[std::size_t(i)] == i);
    if (n_global >= 3) CHECK(file.read_rows<int>("ids", {1, 3}) == std::vector{1, 2});
}

TEST_CASE("one rank may hold all rows and the others none", "[io][mpi]") {
    auto const& world = test::world();
    test::TemporaryDirectory const tmp{"uneven"};
    int const owner = GENERATE(0, 1, 2, 3) % world.size();
    std::vector<double> values;
    if (world.rank() == owner)
        for (int i = 0; i < 300000; ++i) values.push_back(i);  // several chunks
    auto file = io::File::create(tmp / "x.h5", world);
    file.write_rows("x", values, {"1", "numbers"}, 2);
    file.commit();
    auto const back = io::File::open(tmp / "x.h5", world).read_all<double>("x");
    REQUIRE(back.size() == 300000);
    CHECK(back[299999] == 299999.0);
    CHECK(back[131071] == 131071.0);
}

TEST_CASE("every kind of number comes back as it was", "[io][mpi]") {
    auto const& world = test::world();
    test::TemporaryDirectory const tmp{"kinds"};
    auto file = io::File::create(tmp / "x.h5", world);
    auto const r = world.rank();
    file.write_rows("double", std::vector{-1.5e-300 + r}, {"1", ""});
    file.write_rows("int", std::vector{-2147483647 + r}, {"1", ""});
    file.write_rows("long", std::vector{-(1LL << 62) + r}, {"1", ""});
    file.write_rows("byte", std::vector{std::uint8_t(250 + r)}, {"1", ""});
    file.write_rows("hash", std::vector{~std::uint64_t(r)}, {"1", ""});
    file.commit();
    auto const back = io::File::open(tmp / "x.h5", world);
    CHECK(back.read_rows<double>("double") == std::vector{-1.5e-300 + r});
    CHECK(back.read_rows<int>("int") == std::vector{-2147483647 + r});
    CHECK(back.read_rows<long long>("long") == std::vector{-(1LL << 62) + r});
    CHECK(back.read_rows<std::uint8_t>("byte") == std::vector{std::uint8_t(250 + r)});
    CHECK(back.read_rows<std::uint64_t>("hash") == std::vector{~std::uint64_t(r)});
}

TEST_CASE("texts of fixed length and of any length come back as they were", "[io][mpi]") {
    auto const& world = test::world();
    test::TemporaryDirectory const tmp{"texts"};
    std::vector<std::string> const all{"", "Å", "bcc", std::string(5000, 'x'), "μ_B per atom",
                                       "", "z"};
    auto const mine = mpi::block_of(world.rank(), world.size(), std::ssize(all));
    std::vector<std::string> const texts(all.begin() + mine.begin, all.begin() + mine.end);
    auto file = io::File::create(tmp / "x.h5", world);
    file.write_texts("fixed", texts, "texts");
    file.write_pool("pool", texts, "texts");
    file.write_texts("none", {}, "no texts");
    file.write_pool("empty", {}, "no texts");
    file.commit();
    auto const back = io::File::open(tmp / "x.h5", world);
    for (auto const* name : {"fixed", "pool"}) {
        CHECK(back.read_texts(name) == texts);
        CHECK(back.read_all_texts(name) == all);
        CHECK(back.read_texts(name, {2, 3}) == std::vector<std::string>{"bcc"});
        CHECK(back.rows(name) == std::ssize(all));
    }
    CHECK(back.read_all_texts("none").empty());
    CHECK(back.read_all_texts("empty").empty());
}

TEST_CASE("attributes hold texts and numbers of any size", "[io][mpi]") {
    auto const& world = test::world();
    test::TemporaryDirectory const tmp{"attributes"};
    std::string const yaml(200000, 'y');  // more than an HDF5 object header can hold
    auto file = io::File::create(tmp / "x.h5", world);
    file.write_rows("data/x", std::vector{1.0}, {"K", "a temperature"});
    file.set_attribute("data/x", "scale", 0.1);
    file.set_attribute("/", "input", yaml);
    file.set_attribute("/", "count", 1LL << 40);
    file.set_attribute("/", "empty", "");
    file.set_attribute("/", "count", 7);  // replaces
    file.commit();
    auto const back = io::File::open(tmp / "x.h5", world);
    CHECK(back.text("/", "input") == yaml);
    CHECK(back.integer("/", "count") == 7);
    CHECK(back.text("/", "empty").empty());
    CHECK(back.number("data/x", "scale") == 0.1);
    CHECK(back.has_attribute("/", "count"));
    CHECK_FALSE(back.has_attribute("/", "colour"));
    CHECK_THROWS_AS(back.text("/", "colour"), DataError);
    CHECK(back.has("data/x"));
    CHECK_FALSE(back.has("data/y"));
    CHECK_FALSE(back.has("nothing/x"));
    auto const arrays = back.reader().arrays();
    REQUIRE(arrays.size() == 1);
    CHECK(arrays[0].name == "data/x");
    CHECK(arrays[0].unit == "K");
    CHECK(arrays[0].type == "float64");
}

TEST_CASE("attributes of H5MD's groups have variable length and read as others do", "[io][mpi]") {
    auto const& world = test::world();
    test::TemporaryDirectory const tmp{"h5md"};
    std::vector<std::string> const boundary{"periodic", "none", ""};
    auto file = io::File::create(tmp / "x.h5", world);
    file.make_group("h5md/creator");
    file.set_attribute("/h5md/creator", "name", "Eisenhüttenstadt");
    file.set_attribute("/h5md", "version", std::vector<int>{1, 1});
    std::vector<double> const mine(3, 1.0);
    file.write_frames("particles/all/position/value", std::span<double const>{mine}, 1,
                      {"Angstrom", "where"}, 3);
    file.set_attribute("/particles/all", "boundary", boundary);
    file.write_rows("data/x", mine, {"K", "a temperature"});
    file.set_attribute("data/x", "boundary", boundary);
    file.commit();
    auto const back = io::File::open(tmp / "x.h5", world);
    CHECK(back.text("/h5md/creator", "name") == "Eisenhüttenstadt");
    CHECK(back.text("/h5md", "version") == "1, 1");
    CHECK(back.text("particles/all/position/value", "unit") == "Angstrom");
    for (auto const* owner : {"/particles/all", "data/x"})
        CHECK(back.text(owner, "boundary") == "periodic, none, ");
    CHECK(back.reader().attributes("data/x").at("unit") == "K");
}

TEST_CASE("a file that is not committed leaves nothing behind", "[io][mpi]") {
    auto const& world = test::world();
    test::TemporaryDirectory const tmp{"uncommitted"};
    {
        auto file = io::File::create(tmp / "deep/x.h5", world);
        file.write_rows("x", std::vector{1.0}, {"1", ""});
        world.barrier();
        if (world.is_root()) {
            CHECK_FALSE(std::filesystem::exists(tmp / "deep/x.h5"));
            CHECK_FALSE(std::filesystem::is_empty(tmp / "deep"));
        }
        world.barrier();
    }
    world.barrier();
    if (world.is_root()) CHECK(std::filesystem::is_empty(tmp.path()));  // its directory neither
}

TEST_CASE("a directory that may not be written to is named", "[io][mpi]") {
    auto const& world = test::world();
    test::TemporaryDirectory const tmp{"forbidden"};
    uid_t const user = geteuid();
    if (world.is_root()) {
        std::filesystem::create_directory(tmp / "shut");
        std::filesystem::permissions(tmp / "shut", std::filesystem::perms{0555});
        if (user == 0) REQUIRE(seteuid(65534) == 0);  // nobody: root may write anywhere
    }
    for (auto const* name : {"shut/x.h5", "shut/deep/x.h5"}) {
        std::string message;
        try {
            (void)io::File::create(tmp / name, world);
        } catch (SystemError const& e) {
            message = e.what();
        }
        CAPTURE(name, message);
        CHECK(message.find("Permission denied") != std::string::npos);
        CHECK(message.find((tmp / "shut").string() + " may not be written to") != message.npos);
    }
    if (world.is_root() && user == 0) REQUIRE(seteuid(0) == 0);
}

TEST_CASE("commit may replace a file or refuse to", "[io][mpi]") {
    auto const& world = test::world();
    test::TemporaryDirectory const tmp{"existing"};
    auto const write = [&](double value, io::Existing existing) {
        auto file = io::File::create(tmp / "x.h5", world);
        file.write_rows("x", std::vector{value}, {"1", ""});
        file.commit(existing);
    };
    write(1.0, io::Existing::refuse);
    write(2.0, io::Existing::replace);
    CHECK_THROWS_AS(write(3.0, io::Existing::refuse), SystemError);
    CHECK(io::File::open(tmp / "x.h5", world).read_rows<double>("x") == std::vector{2.0});
    world.barrier();
    if (world.is_root())
        CHECK(std::distance(std::filesystem::directory_iterator{tmp.path()}, {}) == 1);
}
