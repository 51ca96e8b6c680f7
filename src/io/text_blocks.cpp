#include "kamacite/io/text_blocks.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "kamacite/core/error.hpp"
#include "kamacite/io/write_all.hpp"
#include "kamacite/mpi/partition.hpp"
#include "part_file.hpp"

namespace kamacite::io {
namespace {

/// Writes at a place of a file that is there.
void write_at(std::filesystem::path const& file, long long offset, std::string_view text,
              std::filesystem::path const& name) {
    if (text.empty()) return;
    int const fd = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
    bool done = fd >= 0 && ::lseek(fd, offset, SEEK_SET) == offset && write_all(fd, text) &&
                ::fsync(fd) == 0;
    int error = errno;
    if (fd >= 0 && ::close(fd) != 0 && done) {
        done = false;
        error = errno;
    }
    if (!done)
        throw SystemError(fmt::format(
            "{}: cannot write it ({}): make room on the disk, check the permissions of the "
            "directory, and that all ranks see it",
            name.string(), std::strerror(error)));
}

}  // namespace

void write_text_blocks(std::filesystem::path const& path, mpi::Communicator const& comm,
                       std::string_view mine) {
    auto const size = static_cast<long long>(mine.size());
    auto const offset = mpi::exclusive_sum(comm, size);
    auto const total = comm.all_reduce(mpi::Op::sum, size);
    std::unique_ptr<PartFile> part;
    std::string name;
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        part = std::make_unique<PartFile>(path);
        part->reserve(total);
        name = part->part().string();
    });
    comm.broadcast(name);
    mpi::all_or_none(comm, [&] { write_at(name, offset, mine, path); });
    mpi::all_or_none(comm, [&] {
        if (part) part->seal(Existing::replace);
    });
}

}  // namespace kamacite::io
