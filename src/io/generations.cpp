#include "kamacite/io/generations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "kamacite/core/error.hpp"
#include "kamacite/io/exists.hpp"
#include "kamacite/io/provenance.hpp"

namespace kamacite::io {

Generations::Generations(std::filesystem::path directory, mpi::Communicator const& comm,
                         std::string fingerprint, std::string format, int version)
    : directory_{std::move(directory)},
      comm_{&comm},
      fingerprint_{std::move(fingerprint)},
      format_{std::move(format)},
      version_{version} {}

std::filesystem::path Generations::path(long long serial) const {
    return directory_ / (serial % 2 == 0 ? "checkpoint.a.h5" : "checkpoint.b.h5");
}

void Generations::write(long long serial, std::string const& command,
                        std::function<void(File&)> const& fill) const {
    auto file = File::create(path(serial), *comm_);
    write_provenance(file, format_, version_, {command, "", {}, 0});
    file.set_attribute("/", "fingerprint", fingerprint_);
    file.set_attribute("/", "serial", serial);
    fill(file);
    file.commit();
}

bool Generations::read_latest(std::function<void(File const&)> const& read,
                              Logger const& log) const {
    std::vector<std::pair<long long, File>> found;
    std::string damaged;
    auto const unless_damaged = [&](auto const& work) {
        try {
            work();
            return true;
        } catch (DataError const& error) {
            damaged += std::string{error.what()} + "; ";
            return false;
        }
    };
    for (int const generation : {0, 1}) {
        if (!exists(path(generation), *comm_)) continue;
        (void)unless_damaged([&] {
            auto file = File::open(path(generation), *comm_);
            expect_format(file, format_, version_);
            if (!fingerprint_.empty() && file.text("/", "fingerprint") != fingerprint_)
                throw InputError(fmt::format(
                    "{}: the checkpoint was made with other data or options (the run cannot go on "
                    "from it): restore the input, or start again with --fresh",
                    path(generation).string()));
            auto const serial = file.integer("/", "serial");
            found.emplace_back(serial, std::move(file));
        });
    }
    std::ranges::sort(found, {}, [](auto const& f) { return -f.first; });
    bool const done = std::ranges::any_of(
        found, [&](auto const& f) { return unless_damaged([&] { read(f.second); }); });
    if (!done && !damaged.empty())
        throw DataError(fmt::format(
            "{}no checkpoint of {} can be read (the run would begin from nothing): restore one, "
            "or begin again with --fresh",
            damaged, directory_.string()));
    if (!damaged.empty()) log.warn("{}passed over", damaged);
    return done;
}

bool Generations::any() const {
    bool const a = exists(path(0), *comm_);
    bool const b = exists(path(1), *comm_);
    return a || b;
}

void Generations::remove() const {
    mpi::all_or_none(*comm_, [&] {
        if (!comm_->is_root()) return;
        for (int const generation : {0, 1}) {
            std::error_code error;
            std::filesystem::remove(path(generation), error);
            if (error)
                throw SystemError(fmt::format("{}: cannot be removed ({})",
                                              path(generation).string(), error.message()));
        }
    });
}

}  // namespace kamacite::io
