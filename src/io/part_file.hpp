#pragma once
// Private to the module: a file on its way to its name. One rank owns it.
#include <filesystem>
#include <string>

#include "kamacite/io/file.hpp"

namespace kamacite::io {

/// Opens directories and files only to bring them to the disk.
/// \throws SystemError naming the path
void sync_to_disk(std::filesystem::path const& path);

/// Gives `from` the name `to` in the same directory and brings both to the disk.
/// \throws SystemError, also if `to` exists and `existing` is refuse
void seal(std::filesystem::path const& from, std::filesystem::path const& to, Existing existing);

/// `path` + ".part-" + 16 hex digits that no other process uses.
[[nodiscard]] std::filesystem::path part_name(std::filesystem::path const& path);

/// A file on its way to its name. Unless it is sealed, nothing is left of it when it is destroyed.
class PartFile {
public:
    /// Makes it, empty, under part_name(path), and the directories that are missing.
    /// \throws SystemError saying what the disk refuses
    explicit PartFile(std::filesystem::path path);
    ~PartFile();
    PartFile(PartFile const&) = delete;
    PartFile& operator=(PartFile const&) = delete;

    [[nodiscard]] std::filesystem::path const& part() const noexcept { return part_; }

    /// Makes sure that the disk has room for `bytes` more, before anybody writes: a write that
    /// fails half-way on one rank alone is much harder to leave.
    /// \throws SystemError saying that the disk is full
    void reserve(long long bytes);
    void seal(Existing existing);

private:
    void make_directories();
    void leave_nothing() noexcept;

    std::filesystem::path path_;
    std::filesystem::path part_;
    int made_ = 0;  // how many directories above it were missing
    long long reserved_ = 0;
    bool sealed_ = false;
};

}  // namespace kamacite::io
