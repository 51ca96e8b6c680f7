#pragma once
#include <filesystem>
#include <string_view>

namespace kamacite::io {

/// A text file that grows while it is read by others, such as a table of a run: what was written
/// before a crash stays, and a run that goes on cuts it where its checkpoint was. One rank only.
class AppendedFile {
public:
    /// \param keep  bytes from its beginning that stay, 0: it begins anew. Directories above it
    /// must
    ///              be there
    /// \throws SystemError if it cannot be opened; DataError if it is shorter than `keep`
    AppendedFile(std::filesystem::path path, long long keep);
    AppendedFile(AppendedFile&&) noexcept;
    AppendedFile& operator=(AppendedFile&&) = delete;
    ~AppendedFile();

    void append(std::string_view text);  ///< \throws SystemError if the disk refuses
    void sync();                         ///< To the disk. \throws SystemError if it refuses
    [[nodiscard]] long long size() const noexcept { return size_; }  ///< [bytes]

private:
    std::filesystem::path path_;
    int file_ = -1;
    long long size_ = 0;
};

}  // namespace kamacite::io
