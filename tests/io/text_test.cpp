#include <cstring>
#include <fstream>

#include "kamacite/core/error.hpp"
#include "kamacite/io/atomic_file.hpp"
#include "kamacite/io/hash.hpp"
#include "kamacite/io/provenance.hpp"
#include "kamacite/io/text_blocks.hpp"
#include "support/catch.hpp"
#include "temporary.hpp"

using namespace kamacite;

namespace {

std::string hash_of_text(std::string const& text) {
    return io::render_hash(io::Hash64{}.add(std::as_bytes(std::span{text})).value());
}

std::string content(std::filesystem::path const& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace

TEST_CASE("hashes are those of xxhsum -H64", "[io]") {
    // Computed with libxxhash 0.8.1.
    CHECK(hash_of_text("") == "xxh64:ef46db3751d8e999");
    CHECK(hash_of_text("a") == "xxh64:d24ec4f1a98c6e5b");
    CHECK(hash_of_text("abc") == "xxh64:44bc2cf5ad770999");
    CHECK(hash_of_text("kamacite") == "xxh64:f39eae8564669831");
    std::string digits;
    for (int i = 0; i < 10; ++i) digits += "0123456789";
    CHECK(hash_of_text(digits) == "xxh64:f80e7b96315afffa");
}

TEST_CASE("a hash does not depend on the pieces it was fed in", "[io]") {
    std::string text;
    for (int i = 0; i < 1000; ++i) text += char(i * 7);
    auto const whole = io::Hash64{}.add(std::as_bytes(std::span{text})).value();
    for (std::size_t const piece : {1u, 3u, 8u, 31u, 32u, 33u, 999u}) {
        io::Hash64 hash;
        for (std::size_t i = 0; i < text.size(); i += piece)
            hash.add(std::as_bytes(std::span{text}.subspan(i, std::min(piece, text.size() - i))));
        CAPTURE(piece);
        CHECK(hash.value() == whole);
    }
}

TEST_CASE("text files are written whole, replaced, and hashed as parents", "[io][mpi]") {
    auto const& world = test::world();
    test::TemporaryDirectory const tmp{"text"};
    auto const path = tmp / "deep/er/report.txt";
    io::write_text_file(path, "first", world);
    io::write_text_file(path, std::string(100000, 'x') + "é\n", world);
    CHECK(content(path) == std::string(100000, 'x') + "é\n");
    if (world.is_root())
        CHECK(std::distance(std::filesystem::directory_iterator{path.parent_path()}, {}) == 1);
    CHECK(io::parent(path, world) == path.string() + " " + hash_of_text(content(path)));
    CHECK_THROWS_AS(io::parent(tmp / "nothing", world), MissingError);
    CHECK_THROWS_AS(io::write_text_file(path / "below", "a file is no directory", world),
                    SystemError);
}

TEST_CASE("files say what made them, and other kinds and newer versions are refused", "[io][mpi]") {
    auto const& world = test::world();
    test::TemporaryDirectory const tmp{"kind"};
    if (world.is_root()) setenv("SLURM_JOB_ID", "4711", 1);
    auto file = io::File::create(tmp / "x.h5", world);
    io::write_provenance(file, "model", 3,
                         {"train", "x: 1", {"a h", "b h"}, 18446744073709551615ULL});
    file.commit();
    if (world.is_root()) unsetenv("SLURM_JOB_ID");
    auto const back = io::File::open(tmp / "x.h5", world);
    CHECK(back.text("/", "created_by") == io::program_version());
    CHECK(back.text("/", "parents") == "a h\nb h");
    CHECK(back.text("/", "seed") == "18446744073709551615");
    CHECK(back.text("/", "SLURM_JOB_ID") == "4711");
    CHECK_FALSE(back.has_attribute("/", "SLURM_ARRAY_JOB_ID"));
    io::expect_format(back, "model", 3);
    CHECK_THROWS_AS(io::expect_format(back, "model", 2), DataError);
    CHECK_THROWS_AS(io::expect_format(back, "dataset", 3), DataError);
}

TEST_CASE("a text of many ranks is written by each, in their order", "[io][mpi]") {
    auto const& world = test::world();
    test::TemporaryDirectory const tmp{"blocks"};
    auto const path = tmp / "deep/er/atoms.xyz";
    auto const of_rank = [](int rank) {
        return rank == 1 ? std::string{}
                         : std::string(5000 * static_cast<std::size_t>(rank + 1),
                                       static_cast<char>('a' + rank));
    };
    std::string wanted;
    for (int r = 0; r < world.size(); ++r) wanted += of_rank(r);
    io::write_text_blocks(path, world, "old");
    io::write_text_blocks(path, world, of_rank(world.rank()));
    CHECK(content(path) == wanted);
    io::write_text_blocks(tmp / "empty", world, "");
    CHECK(std::filesystem::file_size(tmp / "empty") == 0);
    if (world.is_root())
        CHECK(std::distance(std::filesystem::directory_iterator{path.parent_path()}, {}) == 1);
    CHECK_THROWS_AS(io::write_text_blocks("/proc/no/such.xyz", world, "x"), SystemError);
}
