#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "command.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/jobs/journal.hpp"

namespace kamacite::jobs {
namespace {

/// Who holds the lock; host is empty if nobody does.
struct Holder {
    std::string host;
    long long process = 0;
    double started = 0.0, beat = 0.0;
    std::string note{};
    std::string job{};  ///< of Slurm, that it runs in; empty: of none
};

/// The job of Slurm that this process is part of. One that is requeued keeps its number.
std::string own_job() {
    char const* const id = std::getenv("SLURM_JOB_ID");
    return id == nullptr ? "" : id;
}

Holder read_holder(int file) {
    std::array<char, 4096> text{};
    auto const n = ::pread(file, text.data(), text.size(), 0);
    auto const json =
        nlohmann::json::parse(std::string(text.data(), n > 0 ? n : 0), nullptr, false);
    if (!json.is_object()) return {};
    return {json.value("host", ""),  json.value("process", 0LL), json.value("started", 0.0),
            json.value("beat", 0.0), json.value("note", ""),     json.value("job", "")};
}

void write_holder(int file, std::filesystem::path const& path, Holder const& holder) {
    nlohmann::ordered_json const json{{"host", holder.host},
                                      {"process", holder.process},
                                      {"since", time_text(holder.started)},
                                      {"started", holder.started},
                                      {"beat", holder.beat},
                                      {"note", holder.note},
                                      {"job", holder.job}};
    auto text = json.dump() + "\n";
    // one write over what was there, so that nobody reads a half: never shorter than before
    if (text.size() < 512) text.insert(text.size() - 1, 512 - text.size(), ' ');
    auto const n = ::pwrite(file, text.data(), text.size(), 0);
    if (n != static_cast<ssize_t>(text.size()) ||
        ::ftruncate(file, static_cast<off_t>(text.size())) != 0 || ::fdatasync(file) != 0)
        throw SystemError(fmt::format("{}: it cannot be written ({}): make room on the disk",
                                      path.string(), std::strerror(errno)));
}

std::string describe(Holder const& holder) {
    return fmt::format("process {} on {} since {}, last heard of at {}", holder.process,
                       holder.host, time_text(holder.started), time_text(holder.beat));
}

}  // namespace

Lock::Lock(std::filesystem::path path, double stale) : path_{std::move(path)} {
    file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file_ < 0)
        throw SystemError(fmt::format("{}: it cannot be opened ({}): check the permissions",
                                      path_.string(), std::strerror(errno)));
    try {
        bool const free = ::flock(file_, LOCK_EX | LOCK_NB) == 0;
        bool const is_held = !free && errno == EWOULDBLOCK;  // else the file system has no locks
        auto const before = read_holder(file_);
        bool const here = before.host == host_name();
        // On this host the kernel knows; another one's lock it may not see.
        // Slurm runs a job again when its node has died: that driver is this one's last life.
        bool const requeued = !before.job.empty() && before.job == own_job();
        bool const beats = !before.host.empty() && !requeued && now() - before.beat < stale;
        if (is_held || (beats && (!here || !free)))
            throw InputError(fmt::format(
                "{} is locked ({}): wait for it or stop it; two drivers may not run one campaign",
                path_.string(), describe(before)));
        Holder mine{host_name(), ::getpid(), now(), now(), "", own_job()};
        if (!before.host.empty() && !here)
            mine.note = fmt::format("taken over from {}, which was silent for {:.0f} s",
                                    describe(before), now() - before.beat);
        write_holder(file_, path_, mine);
    } catch (...) {
        ::close(file_);
        throw;
    }
}

Lock::~Lock() {
    auto const holder = read_holder(file_);
    bool const mine = holder.host == host_name() && holder.process == ::getpid();
    // an empty file is nobody's; it is not removed, or two could hold two files of one name
    if (mine && ::ftruncate(file_, 0) != 0) errno = 0;
    ::close(file_);
}

void Lock::beat() {
    auto holder = read_holder(file_);
    if (holder.host != host_name() || holder.process != ::getpid())
        throw SystemError(
            fmt::format("{} was taken over ({}): this driver was silent for too long "
                        "and stops, the other goes on",
                        path_.string(), describe(holder)));
    holder.beat = now();
    write_holder(file_, path_, holder);
}

}  // namespace kamacite::jobs
