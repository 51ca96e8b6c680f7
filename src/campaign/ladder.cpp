#include "kamacite/campaign/ladder.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kamacite::campaign {
namespace {

using dft::Failure;
using jobs::State;
using Kind = Decision::Kind;

/// What is to be mended: the scheduler knows better than the output why a program was ended.
Failure cause_of(dft::Outcome const& outcome, jobs::Ended const& ended) {
    auto const seen = outcome.failure.value_or(Failure::unknown);
    bool const just_ends = seen == Failure::killed || seen == Failure::unknown;
    if (ended.state == State::out_of_memory) return Failure::out_of_memory;
    if (ended.state == State::timeout && just_ends) return Failure::out_of_time;
    return seen;
}

Decision more_time(Step step, LadderOptions const& o, std::string const& seen) {
    if (!(step.seconds < o.longest))
        return {Kind::give_up, step,
                fmt::format("{}; {:.3g} h is the longest it may have", seen, o.longest / 3600.0)};
    step.seconds = std::min(o.longest, o.time_factor * step.seconds);
    step.alike = 1;
    return {Kind::retry, step, fmt::format("{}: again with {:.3g} h", seen, step.seconds / 3600.0)};
}

Decision same_again(Step step, std::string const& seen) {
    constexpr int enough = 2;
    if (step.alike >= enough)
        return {Kind::give_up, step, fmt::format("{}, {} times alike", seen, step.alike)};
    ++step.alike;
    return {Kind::retry, step, seen + ": once more"};
}

Decision more_memory(Step step, LadderOptions const& o, std::string const& seen) {
    if (!(step.memory > 0.0) || !(o.most_memory > 0.0)) return same_again(step, seen);
    if (!(step.memory < o.most_memory))
        return {Kind::give_up, step,
                fmt::format("{}; {:.3g} GB is the most it may have", seen, 1e-9 * o.most_memory)};
    step.memory = std::min(o.most_memory, o.memory_factor * step.memory);
    step.alike = 1;
    return {Kind::retry, step, fmt::format("{}: again with {:.3g} GB", seen, 1e-9 * step.memory)};
}

Decision next_rung(Step step, dft::Engine const& engine, std::string const& seen) {
    if (!engine.has_rung(step.rung + 1))
        return {Kind::give_up, step, seen + "; there is no other way to try"};
    ++step.rung;
    step.alike = 1;
    return {Kind::retry, step, fmt::format("{}: again by remedy {}", seen, step.rung)};
}

Decision by_cause(Failure cause, Step const& last, std::string const& seen,
                  dft::Engine const& engine, LadderOptions const& options) {
    switch (cause) {
        case Failure::not_converged:
            return next_rung(last, engine, seen);
        case Failure::out_of_time:
            return more_time(last, options, seen);
        case Failure::out_of_memory:
            return more_memory(last, options, seen);
        case Failure::stopped:
        case Failure::killed:
        case Failure::incomplete:
        case Failure::unknown:
            return same_again(last, seen);
        case Failure::bad_geometry:
        case Failure::bad_input:
        case Failure::wrong_structure:
            return {Kind::give_up, last, seen};
        case Failure::missing_file:
        case Failure::missing_program:
        case Failure::disk_full:
            return {Kind::hold, last, seen};
    }
    return {Kind::give_up, last, seen};
}

}  // namespace

Decision decide(Step const& last, int attempts, dft::Outcome const& outcome,
                jobs::Ended const& ended, dft::Engine const& engine, LadderOptions const& options) {
    auto const cause = cause_of(outcome, ended);
    auto seen = fmt::format("{}{}{}", name_of(cause), outcome.explanation.empty() ? "" : ": ",
                            outcome.explanation);
    if (ended.state == State::cancelled) return {Kind::give_up, last, "cancelled by a person"};
    if (ended.state == State::impossible)
        return {Kind::hold, last, fmt::format("never scheduled: {}", ended.explanation)};
    if (ended.state == State::node_failed)
        return {Kind::give_up, last, fmt::format("nodes fail: {}", ended.explanation)};
    auto decision = by_cause(cause, last, seen, engine, options);
    if (decision.kind == Kind::retry && attempts >= options.attempts)
        return {Kind::give_up, last, fmt::format("{}, and {} attempts are enough", seen, attempts)};
    return decision;
}

}  // namespace kamacite::campaign
