#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace kamacite::formats {

/// Where the frames of a text file begin, so that ranks can read disjoint parts of it.
struct FrameIndex {
    std::filesystem::path path;
    std::vector<long long>
        offsets;  ///< byte at which frame i begins; one more for the end of the last
    std::vector<long long> lines;  ///< line at which frame i begins, counted from 1
    std::string left_out = {};     ///< calculations of an output that cannot be used, and why

    [[nodiscard]] long long size() const noexcept { return static_cast<long long>(lines.size()); }
};

/// As the last frame: up to the end of the file.
inline constexpr long long to_end = -1;

}  // namespace kamacite::formats
