#include "kamacite/io/appended_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "kamacite/core/error.hpp"
#include "kamacite/io/write_all.hpp"

namespace kamacite::io {
namespace {

[[noreturn]] void refuse(std::filesystem::path const& path, char const* what) {
    throw SystemError(fmt::format("{} cannot be {} ({}): free space, or choose another place",
                                  path.string(), what, std::strerror(errno)));
}

}  // namespace

bool write_all(int file, std::string_view text) {
    while (!text.empty()) {
        auto const n = ::write(file, text.data(), text.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return false;
        text.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

AppendedFile::AppendedFile(std::filesystem::path path, long long keep)
    : path_{std::move(path)}, size_{keep} {
    file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (file_ < 0) refuse(path_, "opened");
    struct stat is {};
    bool const known = ::fstat(file_, &is) == 0;
    if (known && is.st_size < keep) {
        ::close(file_);
        throw DataError(fmt::format(
            "{} has {} bytes (the checkpoint knows of {}): restore it, or start again with --fresh",
            path_.string(), static_cast<long long>(is.st_size), keep));
    }
    if (!known || ::ftruncate(file_, keep) != 0 || ::lseek(file_, keep, SEEK_SET) < 0) {
        ::close(file_);
        refuse(path_, "cut");
    }
}

AppendedFile::AppendedFile(AppendedFile&& other) noexcept
    : path_{std::move(other.path_)}, file_{std::exchange(other.file_, -1)}, size_{other.size_} {}

AppendedFile::~AppendedFile() {
    if (file_ >= 0) ::close(file_);
}

void AppendedFile::append(std::string_view text) {
    if (!write_all(file_, text)) refuse(path_, "written");
    size_ += static_cast<long long>(text.size());
}

void AppendedFile::sync() {
    if (::fsync(file_) != 0) refuse(path_, "brought to the disk");
}

}  // namespace kamacite::io
