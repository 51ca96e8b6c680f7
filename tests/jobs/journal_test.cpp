#include "kamacite/jobs/journal.hpp"

#include <fmt/format.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "io/temporary.hpp"
#include "kamacite/core/error.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using jobs::Journal;

namespace {

std::string text_of(std::filesystem::path const& path) {
    std::ostringstream text;
    text << std::ifstream{path}.rdbuf();
    return text.str();
}

void write(std::filesystem::path const& path, std::string const& text) {
    std::ofstream{path} << text;
}

}  // namespace

TEST_CASE("what was appended is read again, in order") {
    test::TemporaryDirectory const folder{"journal"};
    auto const path = folder / "journal.jsonl";
    {
        Journal journal{path};
        journal.append("a", R"({"x": 1.5, "text": "two\nlines \" ,\"check\":\" é"})");
        journal.append("b", "{}");
    }
    Journal journal{path};
    REQUIRE(journal.entries().size() == 2);
    CHECK(journal.entries()[0].kind == "a");
    CHECK(journal.entries()[0].json == R"({"x":1.5,"text":"two\nlines \" ,\"check\":\" é"})");
    CHECK(journal.entries()[1].number == 2);
    journal.append("c", "{}");
    CHECK(Journal::read(path).size() == 3);
}

TEST_CASE("a line that was cut off anywhere is dropped, from the file too") {
    test::TemporaryDirectory const folder{"journal"};
    auto const path = folder / "journal.jsonl";
    {
        Journal journal{path};
        journal.append("a", R"({"x":1})");
        journal.append("b", R"({"x":2})");
    }
    auto const whole = text_of(path);
    auto const first = whole.find('\n') + 1;
    for (auto size = first; size < whole.size(); ++size) {
        write(path, whole.substr(0, size));
        CHECK(Journal::read(path).size() == 1);
        CHECK(text_of(path).size() == size);  // reading alone changes nothing
        Journal journal{path};
        CHECK(journal.entries().size() == 1);
        CHECK(text_of(path) == whole.substr(0, first));
    }
    SECTION("pages that never reached the disk are zeros") {
        auto zeros = whole;
        std::fill(zeros.begin() + static_cast<std::ptrdiff_t>(first), zeros.end() - 1, '\0');
        write(path, zeros);
        CHECK(Journal{path}.entries().size() == 1);
    }
}

TEST_CASE("damage before the end is told with its line") {
    test::TemporaryDirectory const folder{"journal"};
    auto const path = folder / "journal.jsonl";
    {
        Journal journal{path};
        for (int i = 0; i < 3; ++i) journal.append("a", R"({"x":1})");
    }
    auto const whole = text_of(path);
    auto damaged = whole;
    damaged[whole.find('\n') + 30] ^= 1;
    write(path, damaged);
    try {
        Journal journal{path};
        FAIL("it was read");
    } catch (DataError const& e) {
        CHECK(std::string{e.what()}.find("line 2") != std::string::npos);
    }
    CHECK(text_of(path) == damaged);

    auto const second = whole.find('\n') + 1;  // a line that is missing
    write(path, whole.substr(0, second) + whole.substr(whole.find('\n', second) + 1));
    CHECK_THROWS_AS(Journal{path}, DataError);
}

TEST_CASE("a disk that is full refuses a record whole") {
    test::TemporaryDirectory const folder{"journal"};
    auto const path = folder / "journal.jsonl";
    Journal journal{path};
    journal.append("a", R"({"x":1})");
    auto const before = text_of(path);

    std::signal(SIGXFSZ, SIG_IGN);
    rlimit old{};
    getrlimit(RLIMIT_FSIZE, &old);
    rlimit const tight{before.size() + 20, old.rlim_max};
    setrlimit(RLIMIT_FSIZE, &tight);
    bool refused = false;
    try {
        journal.append("b", R"({"x":2})");
    } catch (SystemError const&) {
        refused = true;
    }
    setrlimit(RLIMIT_FSIZE, &old);
    CHECK(refused);
    CHECK(text_of(path) == before);
    CHECK(journal.entries().size() == 1);
    journal.append("b", R"({"x":2})");
    CHECK(Journal::read(path).size() == 2);
}

TEST_CASE("the same on a file system that is full", "[mount]") {
    test::TemporaryDirectory const folder{"journal"};
    auto const disk = folder / "disk";
    std::filesystem::create_directory(disk);
    if (::mount("none", disk.c_str(), "tmpfs", 0, "size=64k") != 0) {
        WARN("skipped: no file system can be mounted here");
        return;
    }
    {
        Journal journal{disk / "journal.jsonl"};
        std::string const big(1000, 'x');
        int taken = 0;
        try {
            for (;; ++taken) journal.append("a", fmt::format(R"({{"x":"{}"}})", big));
        } catch (SystemError const&) {
        }
        CHECK(taken > 10);
        CHECK(Journal::read(disk / "journal.jsonl").size() == static_cast<std::size_t>(taken));
        CHECK(text_of(disk / "journal.jsonl").back() == '\n');
    }
    CHECK(::umount(disk.c_str()) == 0);
}

TEST_CASE("one driver at a time") {
    test::TemporaryDirectory const folder{"journal"};
    auto const path = folder / "lock";
    {
        jobs::Lock lock{path, 300.0};
        lock.beat();
        CHECK_THROWS_AS((jobs::Lock{path, 0.0}),
                        InputError);  // it lives, however long it is silent
    }
    CHECK_NOTHROW(jobs::Lock{path, 300.0});

    SECTION("a process that was killed holds nothing") {
        auto const child = ::fork();
        if (child == 0) {
            jobs::Lock lock{path, 300.0};
            ::raise(SIGKILL);
        }
        ::waitpid(child, nullptr, 0);
        CHECK_NOTHROW(jobs::Lock{path, 300.0});
    }
    SECTION("another host's does not count if it was this job of Slurm, which was requeued") {
        char const* const id = std::getenv("SLURM_JOB_ID");
        std::string const before = id == nullptr ? "" : id;
        ::setenv("SLURM_JOB_ID", "17", 1);
        auto const held_by = [&](char const* job) {
            write(path,
                  fmt::format(
                      R"({{"host":"elsewhere","process":7,"started":5,"beat":{},"job":"{}"}})",
                      static_cast<double>(std::time(nullptr)) - 10.0, job));
        };
        held_by("18");
        CHECK_THROWS_AS((jobs::Lock{path, 300.0}), InputError);
        held_by("");
        CHECK_THROWS_AS((jobs::Lock{path, 300.0}), InputError);
        held_by("17");
        CHECK_NOTHROW(jobs::Lock{path, 300.0});
        if (id == nullptr)
            ::unsetenv("SLURM_JOB_ID");
        else
            ::setenv("SLURM_JOB_ID", before.c_str(), 1);
    }
    SECTION("another host's counts while it beats") {
        auto const beat = [&](double seconds_ago) {
            write(path, fmt::format(R"({{"host":"elsewhere","process":7,"started":5,"beat":{}}})",
                                    static_cast<double>(std::time(nullptr)) - seconds_ago));
        };
        beat(10.0);
        CHECK_THROWS_AS((jobs::Lock{path, 300.0}), InputError);
        beat(400.0);
        jobs::Lock lock{path, 300.0};
        CHECK(text_of(path).find("taken over from process 7 on elsewhere") != std::string::npos);
        beat(0.0);  // and takes it back
        CHECK_THROWS_AS(lock.beat(), SystemError);
    }
}
