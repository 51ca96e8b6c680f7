#include "kamacite/io/atomic_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>

#include "kamacite/core/error.hpp"
#include "part_file.hpp"

namespace kamacite::io {

void write_text_file(std::filesystem::path const& path, std::string_view text) {
    PartFile part{path};
    errno = 0;
    std::ofstream out{part.part(), std::ios::binary};
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    out.close();
    if (!out)
        throw SystemError(
            fmt::format("{}: cannot write it ({}): make room on the disk and check the "
                        "permissions of the directory",
                        path.string(), std::strerror(errno)));
    part.seal(Existing::replace);
}

void write_text_file(std::filesystem::path const& path, std::string_view text,
                     mpi::Communicator const& comm) {
    mpi::all_or_none(comm, [&] {
        if (comm.is_root()) write_text_file(path, text);
    });
}

void write_text_directory(std::filesystem::path const& path,
                          std::map<std::string, std::string> const& files) {
    namespace fs = std::filesystem;
    fs::path whole = fs::absolute(path).lexically_normal();
    if (!whole.has_filename()) whole = whole.parent_path();  // a slash at the end
    auto const part = part_name(whole);
    try {
        for (auto const& [name, text] : files) write_text_file(part / name, text);
        sync_to_disk(part);
        fs::rename(part, whole);
        sync_to_disk(whole.parent_path());
    } catch (...) {
        std::error_code ignored;
        fs::remove_all(part, ignored);
        try {
            throw;
        } catch (fs::filesystem_error const& e) {
            throw SystemError(
                fmt::format("{}: the directory cannot be made ({}): name one that is not there, or "
                            "is empty, and check permissions",
                            path.string(), e.code().message()));
        }
    }
}

}  // namespace kamacite::io
