#include "kamacite/inference/growing_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "kamacite/core/error.hpp"
#include "kamacite/core/output_path.hpp"
#include "kamacite/io/write_all.hpp"

namespace kamacite::inference {

void GrowingFile::fail(char const* what) const {
    throw SystemError(
        fmt::format("cannot {} {} ({}): check that the directory exists and can be "
                    "written, and that the disk has room",
                    what, path_.string(), std::strerror(errno)));
}

GrowingFile::GrowingFile(std::filesystem::path path)
    : path_{std::move(path)}, temporary_{path_.string() + ".part-XXXXXX"} {
    expect_plain_output(path_);
    file_ = mkstemp(temporary_.data());
    if (file_ < 0) fail("make");
    mode_t const mask = umask(0);  // mkstemp gives 0600; the file shall have the usual rights
    umask(mask);
    (void)fchmod(file_, 0666 & ~mask);
}

GrowingFile::~GrowingFile() {
    if (file_ < 0) return;
    close(file_);
    unlink(temporary_.c_str());
}

void GrowingFile::append(std::string_view text) {
    if (!io::write_all(file_, text)) fail("write");
}

void GrowingFile::commit() {
    if (fsync(file_) != 0) fail("sync");
    if (std::rename(temporary_.c_str(), path_.c_str()) != 0) fail("name");
    close(file_);
    file_ = -1;
    auto const parent = path_.has_parent_path() ? path_.parent_path() : std::filesystem::path{"."};
    int const folder = open(parent.c_str(), O_RDONLY | O_DIRECTORY);
    if (folder >= 0) {
        (void)fsync(folder);
        close(folder);
    }
}

}  // namespace kamacite::inference
