#include "kamacite/dataset/records.hpp"

#include "../io/temporary.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/dataset/store.hpp"
#include "random_records.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using dataset::Records;

namespace {

dataset::Provenance const provenance{"test", "seed: 7", {"a.xyz xxh64:0"}, 7};

/// A source in memory that counts what is read from it.
struct Counted {
    std::vector<Record> all;
    long long calls = 0, records = 0;

    [[nodiscard]] Records::Read read() {
        return [this](mpi::Range rows) {
            ++calls;
            records += rows.size();
            return std::vector<Record>{all.begin() + rows.begin, all.begin() + rows.end};
        };
    }
};

std::vector<long long> first_rows(long long n) {
    std::vector<long long> rows;
    for (long long i = 0; i < n; ++i) rows.push_back(i);
    return rows;
}

}  // namespace

TEST_CASE("records are the same whatever is kept of them, in any order", "[dataset][mpi]") {
    auto const& world = test::world();
    test::TemporaryDirectory const tmp{"records"};
    std::string const name = GENERATE("x.h5", "x.kds");
    for (int const begin : {0, 300})
        if (name == "x.kds" || begin == 0) {
            auto const end = begin == 0 ? 300 : 400;
            auto const block = mpi::block_of(world.rank(), world.size(), end - begin);
            dataset::write(tmp / name, world,
                           test::random_records(begin + int(block.begin), begin + int(block.end)),
                           provenance);
        }
    auto const n = dataset::size(tmp / name, world);
    std::vector<long long> rows;  // not all of them, and not in order
    for (long long i = 0; i < n; i += i % 71 == 3 ? 50 : 1) rows.push_back(i);
    std::swap(rows[5], rows[60]);
    double const bytes = GENERATE(0.0, 2e4, 1e9);
    CAPTURE(name, bytes);
    Records const records{{{dataset::reader_of(tmp / name, world), rows}}, bytes};
    REQUIRE(records.size() == rows.size());

    std::size_t i = 0;
    for (auto const& record : records)
        CHECK(test::same(record, test::random_record(int(rows[i++]))));
    CHECK(i == rows.size());
    // each rank asks for others, and for the same again
    auto at = static_cast<std::size_t>(3 + 5 * world.rank());
    for (int k = 0; k < 40; ++k) {
        at = (at * 31 + 7) % rows.size();
        CHECK(test::same(*records[at], test::random_record(int(rows[at]))));
    }
    std::vector<int> const chosen{9, 2, 30};
    auto const some = records.some(chosen);
    REQUIRE(some.size() == 3);
    for (std::size_t k = 0; k < 3; ++k)
        CHECK(test::same(*some[k], test::random_record(int(rows[std::size_t(chosen[k])]))));
}

TEST_CASE("a loop over records is a stream, and what is kept is not read again", "[dataset]") {
    Counted file{test::random_records(0, 1000)};
    double all = 0.0;
    for (auto const& record : file.all) all += dataset::bytes_of(record);
    auto const loop = [](Records const& records) {
        int atoms = 0;
        for (auto const& record : records) atoms += record.structure.size();
        CHECK(atoms > 0);
    };

    Records const large{{{file.read(), first_rows(1000)}}, 2.0 * all};
    loop(large);
    CHECK(file.calls <= 4);
    CHECK(file.records == 1000);
    loop(large);
    CHECK(file.records == 1000);

    file.calls = file.records = 0;
    Records const none{{{file.read(), first_rows(1000)}}, 0.0};
    loop(none);
    loop(none);
    CHECK(file.calls <= 10);
    CHECK(file.records == 2000);

    // With room for half, about half is found in later loops, and no more than that is held.
    file.calls = file.records = 0;
    Records const half{{{file.read(), first_rows(1000)}}, 0.5 * all};
    std::vector<std::weak_ptr<Record const>> seen;
    for (int k = 0; k < 6; ++k) {
        if (k == 2) file.records = 0;
        seen.clear();
        for (std::size_t i = 0; i < half.size(); ++i) seen.push_back(half[(i * 37) % 1000]);
    }
    CHECK(file.records < 2400);  // 2000 at best, 4000 at worst
    double held = 0.0;
    for (auto const& record : seen)
        if (auto const still = record.lock()) held += dataset::bytes_of(*still);
    CHECK(held < 0.51 * all);
    CHECK(held > 0.3 * all);
}

TEST_CASE("records with other labels are changed wherever they come from", "[dataset]") {
    Counted file{test::random_records(0, 100)};
    auto const add = [](double x) {
        return [x](std::span<Record> some) {
            for (auto& record : some) record.labels.energy = record.labels.energy.value_or(0.0) + x;
        };
    };
    auto const energy = [&](std::size_t i) { return file.all[i].labels.energy.value_or(0.0); };
    std::vector<int> const odd{1, 3, 5, 7, 99, 2};
    for (auto const& all : {Records{file.all}, Records{{{file.read(), first_rows(100)}}, 0.0},
                            Records{{{file.read(), first_rows(100)}}, 1e9}}) {
        auto const once = all.some(odd).changed(add(2.0));
        auto const twice = once.changed(add(0.5));
        for (std::size_t k = 0; k < odd.size(); ++k) {
            auto const i = static_cast<std::size_t>(odd[k]);
            CHECK(once[k]->labels.energy == energy(i) + 2.0);
            CHECK(twice[k]->labels.energy == energy(i) + 2.0 + 0.5);
            CHECK(all[i]->labels.energy == file.all[i].labels.energy);
        }
    }
    CHECK(Records{}.changed(add(1.0)).empty());
}

TEST_CASE("a dataset that was written anew is refused, not read as if it were the old one",
          "[dataset][mpi]") {
    auto const& world = test::world();
    test::TemporaryDirectory const tmp{"anew"};
    auto const write = [&](int begin) {
        auto const block = mpi::block_of(world.rank(), world.size(), 10);
        dataset::write(tmp / "x.h5", world,
                       test::random_records(begin + int(block.begin), begin + int(block.end)),
                       provenance);
    };
    write(0);
    Records const records{{{dataset::reader_of(tmp / "x.h5", world), first_rows(10)}}, 0.0};
    Records const opened{{{dataset::reader_of(tmp / "x.h5", world), first_rows(10)}}, 0.0};
    CHECK(test::same(*opened[3], test::random_record(3)));
    world.barrier();
    write(20);
    CHECK_THROWS_AS(records[3], DataError);
    // one that is open still is what it was
    CHECK(test::same(*opened[5], test::random_record(5)));
}
