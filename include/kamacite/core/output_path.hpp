#pragma once
#include <fmt/format.h>

#include <filesystem>

#include "kamacite/core/error.hpp"

namespace kamacite {

/// Refuses a path that a finished file would be renamed to, if that is a device, a pipe or a
/// socket: it would be replaced by a plain file, for root even /dev/null.
/// \throws SystemError naming the path
inline void expect_plain_output(std::filesystem::path const& path) {
    std::error_code error;
    if (std::filesystem::is_other(path, error))
        throw SystemError(
            fmt::format("cannot write {} (it is a device or a pipe, and would be "
                        "replaced by a file): name a file",
                        path.string()));
}

}  // namespace kamacite
