#pragma once
#include <filesystem>
#include <string>
#include <string_view>

namespace kamacite::inference {

/// A text file written piece by piece that is complete or not there: it grows under a temporary
/// name beside its own and gets its name in commit(), when it is on the disk. If it is not
/// committed, it is removed. One rank only.
class GrowingFile {
public:
    /// \throws SystemError if it cannot be made
    explicit GrowingFile(std::filesystem::path path);
    GrowingFile(GrowingFile const&) = delete;
    GrowingFile& operator=(GrowingFile const&) = delete;
    ~GrowingFile();

    void append(std::string_view text);  ///< \throws SystemError if the disk refuses
    void commit();                       ///< \throws SystemError if the disk refuses

private:
    [[noreturn]] void fail(char const* what) const;

    std::filesystem::path path_;
    std::string temporary_;
    int file_ = -1;
};

}  // namespace kamacite::inference
