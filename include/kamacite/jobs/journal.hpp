#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace kamacite::jobs {

/// What happened, in order: a text file of one JSON object a line, each with its number, the time
/// and a checksum, synced to disk before append() returns. One process at a time writes it (Lock).
/// Readable with less; docs/reference/files.md tells the kinds.
class Journal {
public:
    struct Entry {
        long long number = 0;  ///< 1, 2, …
        std::string time;      ///< UTC, ISO 8601
        std::string kind;      ///< e.g. "job.intent"
        std::string json;      ///< the rest, an object
    };

    /// Opens or begins it, and reads what is there. A last line that was cut off by a crash is
    /// dropped, from the file too.
    /// \throws DataError naming the line if one before the last is damaged; SystemError
    explicit Journal(std::filesystem::path path);
    ~Journal();
    Journal(Journal&&) noexcept;

    [[nodiscard]] std::vector<Entry> const& entries() const noexcept { return entries_; }

    /// Adds an entry; when it returns it is on the disk.
    /// \throws SystemError if the disk refuses; then nothing, not half a line, was added
    void append(std::string const& kind, std::string const& json);

    /// Reads one without writing to it, for `status` beside a driver that runs.
    [[nodiscard]] static std::vector<Entry> read(std::filesystem::path const& path);

private:
    std::filesystem::path path_;
    std::vector<Entry> entries_;
    int file_ = -1;
};

/// Who may write a campaign: a file with host, process and heartbeat. Released by the destructor,
/// and by the end of the process on the same host.
class Lock {
public:
    /// \param stale  [s] after which the lock of another host is taken over
    /// \throws InputError naming host, process and time of the holder
    Lock(std::filesystem::path path, double stale);
    Lock(Lock const&) = delete;
    Lock& operator=(Lock const&) = delete;
    ~Lock();

    /// Tells that this process lives.
    /// \throws SystemError if another driver has taken over
    void beat();

private:
    std::filesystem::path path_;
    int file_ = -1;
};

}  // namespace kamacite::jobs
