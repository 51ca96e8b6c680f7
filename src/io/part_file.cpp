#include "part_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <random>

#include "kamacite/core/error.hpp"
#include "kamacite/core/handle.hpp"
#include "kamacite/core/output_path.hpp"

namespace kamacite::io {
namespace {

struct DescriptorTraits {
    using type = int;
    static type null() noexcept { return -1; }
    static void close(type fd) noexcept { ::close(fd); }
    static constexpr bool collective = false;
};

using Descriptor = Handle<DescriptorTraits>;

[[noreturn]] void refuse(std::filesystem::path const& path, char const* what, int error) {
    auto const mend = error == ENOSPC ? "the disk is full; make room and run again"
                      : error == EFBIG
                          ? "files may not be that large here; raise the limit ('ulimit -f')"
                      : error == EDQUOT ? "the quota is used up; make room and run again"
                                        : "check the directory and its permissions";
    throw SystemError(
        fmt::format("{}: cannot {} ({}): {}", path.string(), what, std::strerror(error), mend));
}

Descriptor open_descriptor(std::filesystem::path const& path, int flags) {
    Descriptor fd{::open(path.c_str(), flags | O_CLOEXEC)};
    if (!fd) refuse(path, "open it", errno);
    return fd;
}

std::filesystem::path directory_of(std::filesystem::path const& path) {
    return path.has_parent_path() ? path.parent_path() : std::filesystem::path{"."};
}

}  // namespace

void sync_to_disk(std::filesystem::path const& path) {
    auto const fd = open_descriptor(path, O_RDONLY);
    // Some file systems cannot sync a directory (EINVAL) and need not.
    if (::fsync(fd.get()) != 0 && errno != EINVAL && errno != EROFS) refuse(path, "sync it", errno);
}

void seal(std::filesystem::path const& from, std::filesystem::path const& to, Existing existing) {
    sync_to_disk(from);
    if (existing == Existing::replace) {
        if (std::rename(from.c_str(), to.c_str()) != 0) refuse(to, "give the file its name", errno);
    } else if (::link(from.c_str(), to.c_str()) == 0) {  // unlike rename, it fails if `to` exists
        ::unlink(from.c_str());
    } else if (errno == EEXIST) {
        throw SystemError(
            fmt::format("{}: the file exists already (another program may have written it "
                        "just now): run again",
                        to.string()));
    } else {  // no hard links on this file system
        if (std::filesystem::exists(to)) refuse(to, "write it again", EEXIST);
        if (std::rename(from.c_str(), to.c_str()) != 0) refuse(to, "give the file its name", errno);
    }
    sync_to_disk(directory_of(to));
}

std::filesystem::path part_name(std::filesystem::path const& path) {
    std::random_device device;
    auto const clock = std::chrono::steady_clock::now().time_since_epoch().count();
    auto const unique = (static_cast<unsigned long long>(device()) << 32 | device()) ^
                        static_cast<unsigned long long>(clock) ^
                        (static_cast<unsigned long long>(::getpid()) << 40);
    auto part = path;
    part += fmt::format(".part-{:016x}", unique);
    return part;
}

PartFile::PartFile(std::filesystem::path part, std::filesystem::path path)
    : part_{std::move(part)}, path_{std::move(path)} {
    expect_plain_output(path_);
}

PartFile::~PartFile() {
    if (!sealed_) ::unlink(part_.c_str());
}

void PartFile::reserve(long long bytes) {
    constexpr long long margin = 256 * 1024;  // for what HDF5 keeps beside the data
    reserved_ += bytes;
    auto const what = fmt::format("write {} more bytes", bytes);
    rlimit limit{};
    if (::getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
        static_cast<unsigned long long>(reserved_ + margin) > limit.rlim_cur)
        refuse(path_, what.c_str(), EFBIG);
    struct statvfs disk {};
    if (::statvfs(directory_of(part_).c_str(), &disk) == 0 && disk.f_blocks > 0 &&
        static_cast<unsigned long long>(bytes) > disk.f_bavail * disk.f_frsize)
        refuse(path_, what.c_str(), ENOSPC);
#ifdef __linux__
    auto const fd = open_descriptor(part_, O_WRONLY);
    int status = 0;
    do {
        status = ::fallocate(fd.get(), FALLOC_FL_KEEP_SIZE, 0, reserved_ + margin);
    } while (status != 0 && errno == EINTR);
    if (status != 0 && (errno == ENOSPC || errno == EDQUOT)) refuse(path_, what.c_str(), errno);
        // Any other error: this file system cannot reserve space, and the write itself will tell.
#endif
}

void PartFile::seal(Existing existing) {
    {
        auto const fd = open_descriptor(part_, O_WRONLY);
        struct stat status {};
        if (::fstat(fd.get(), &status) != 0 || ::ftruncate(fd.get(), status.st_size) != 0)
            refuse(part_, "give back reserved space", errno);
    }
    io::seal(part_, path_, existing);
    sealed_ = true;
}

}  // namespace kamacite::io
