#pragma once
#include <span>
#include <string>
#include <vector>

#include "kamacite/jobs/journal.hpp"

/// \file
/// What a journal tells of labels, read beside the program that writes it.

namespace kamacite::campaign {

/// One line of the life of a structure, for `explain`.
struct LabelEvent {
    std::string time, text;
};

/// A magnetic start of a structure that was given up.
struct LabelNote {
    std::string key, start, text, name;
};

/// The life of a structure, in order.
[[nodiscard]] std::vector<LabelEvent> history_of(std::span<jobs::Journal::Entry const> entries,
                                                 std::string const& key);

/// What was given up and not taken up again, by key and start.
[[nodiscard]] std::vector<LabelNote> given_up_in(std::span<jobs::Journal::Entry const> entries);

}  // namespace kamacite::campaign
