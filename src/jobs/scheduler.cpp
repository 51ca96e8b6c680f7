#include "kamacite/jobs/scheduler.hpp"

#include <array>

namespace kamacite::jobs {

namespace {
constexpr std::array<std::string_view, 9> names{"pending",     "running",   "completed",
                                                "failed",      "timeout",   "out of memory",
                                                "node failed", "cancelled", "impossible"};
}  // namespace

std::string_view name_of(State state) {
    return names[static_cast<std::size_t>(state)];
}

std::optional<State> state_named(std::string_view name) {
    for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i] == name) return static_cast<State>(i);
    return std::nullopt;
}

bool has_ended(State state) {
    return state != State::pending && state != State::running && state != State::impossible;
}

}  // namespace kamacite::jobs
