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

std::filesystem::path directory_of(std::filesystem::path const& path) {
    return path.has_parent_path() ? path.parent_path() : std::filesystem::path{"."};
}

[[noreturn]] void refuse(std::filesystem::path const& path, char const* what, int error) {
    auto const mend =
        error == ENOSPC   ? "the disk is full; make room and run again"
        : error == EFBIG  ? "files may not be that large here; raise the limit ('ulimit -f')"
        : error == EDQUOT ? "the quota is used up; make room and run again"
        : error == EACCES || error == EPERM || error == EROFS
            ? fmt::format("{} may not be written to; change its permissions, or write elsewhere",
                          directory_of(path).string())
            : "check the name and the directory";
    throw SystemError(
        fmt::format("{}: cannot {} ({}): {}", path.string(), what, std::strerror(error), mend));
}

Descriptor open_descriptor(std::filesystem::path const& path, int flags) {
    Descriptor fd{::open(path.c_str(), flags | O_CLOEXEC)};
    if (!fd) refuse(path, "open it", errno);
    return fd;
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

PartFile::PartFile(std::filesystem::path path) : path_{std::move(path)}, part_{part_name(path_)} {
    expect_plain_output(path_);
    make_directories();
    if (Descriptor{::open(part_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)}) return;
    int const error = errno;
    leave_nothing();
    refuse(path_, "make it", error);
}

PartFile::~PartFile() {
    if (!sealed_) leave_nothing();
}

void PartFile::make_directories() {
    auto const directory = directory_of(path_).lexically_normal();
    std::error_code error;
    for (auto d = directory; !d.empty() && !std::filesystem::exists(d, error); d = d.parent_path())
        ++made_;
    std::filesystem::create_directories(directory, error);
    if (error) refuse(directory, "make the directory", error.value());
}

void PartFile::leave_nothing() noexcept {
    ::unlink(part_.c_str());
    auto directory = directory_of(part_).lexically_normal();
    for (int i = 0; i < made_; ++i, directory = directory.parent_path())
        ::rmdir(directory.c_str());  // leaves a directory that others have written to
}

void PartFile::reserve(long long bytes) {
    constexpr long long margin = 256 * 1024;  // for what HDF5 keeps beside the data
    reserved_ += bytes;
    auto const what = fmt::format("make room for {} bytes", reserved_ + margin);
    rlimit limit{};
    if (::getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
        static_cast<unsigned long long>(reserved_ + margin) > limit.rlim_cur)
        refuse(path_, what.c_str(), EFBIG);
    auto const fd = open_descriptor(part_, O_WRONLY);
    struct stat status {};
    struct statvfs disk {};
    constexpr long long unit = 512;  // of st_blocks
    if (::fstat(fd.get(), &status) == 0 && ::fstatvfs(fd.get(), &disk) == 0 && disk.f_blocks > 0 &&
        reserved_ + margin - unit * status.st_blocks >
            static_cast<long long>(disk.f_bavail * disk.f_frsize))
        refuse(path_, what.c_str(), ENOSPC);
#ifdef __linux__
    int error = 0;
    do {
        error = ::fallocate(fd.get(), FALLOC_FL_KEEP_SIZE, 0, reserved_ + margin) == 0 ? 0 : errno;
    } while (error == EINTR);
    if (error == ENOSPC || error == EDQUOT) refuse(path_, what.c_str(), error);
        // Any other error: this file system cannot reserve space, only tell how much there is.
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
