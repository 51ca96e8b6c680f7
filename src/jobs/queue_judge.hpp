#pragma once
// Private to the module: what has become of an attempt that was handed over.
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "queue_book.hpp"

namespace kamacite::jobs {

/// The scheduler's answer, by name and array task.
class Answer {
public:
    explicit Answer(std::optional<std::vector<Status>> answer);

    [[nodiscard]] bool came() const noexcept { return came_; }
    [[nodiscard]] Status const* find(std::string const& name, int task) const;
    /// The id of a job of this name; empty if there is none.
    [[nodiscard]] std::string id_of(std::string const& name) const;

private:
    bool came_;
    std::map<std::pair<std::string, int>, Status> statuses_;
};

/// What to do about an attempt.
struct Verdict {
    enum class Kind {
        wait,       ///< it waits or runs, or nothing is certain yet
        ended,      ///< as `ended` says
        lost,       ///< it is not running and has not ended: hand it over anew
        impossible  ///< its job has to be taken out of the queue
    } kind = Kind::wait;
    Ended ended{};
    std::string reason{};
    double node_hours = 0.0;    ///< that it took so far
    bool still_listed = false;  ///< the scheduler still has it, to no use
};

/// Judges by the job's own file, then the scheduler's answer, then the lack of both.
///
/// \param grace  [s] for which an answer without the job means nothing
[[nodiscard]] Verdict judge(Item& item, Job const& job, std::filesystem::path const& root,
                            Answer const& answer, double grace);

/// An attempt that never ran and never will.
[[nodiscard]] Ended never_ran(Item const& item, State state, std::string const& explanation);

}  // namespace kamacite::jobs
