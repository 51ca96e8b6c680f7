#pragma once
// Private to the module: which attempts go into the next job, and how they are handed over.
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "queue_book.hpp"

namespace kamacite::jobs {

/// Attempts that go together: equal resources, an array of packs.
struct Batch {
    std::vector<std::vector<Item const*>> tasks;
    Job job;               ///< without name
    Resources resources;   ///< of each array task
    int seconds_each = 0;  ///< limit of each attempt; 0: it is the job's
};

/// The next batch of what is planned, in the order in which it was added; nothing if nothing is.
///
/// \param largest  tasks of an array
/// \param passed_over  resources that are not asked for now
/// \param affordable  [node hours] that are left; a batch without attempts says that none fits
[[nodiscard]] std::optional<Batch> next_batch(Book const& book, Limits const& limits, int largest,
                                              std::optional<double> affordable,
                                              std::span<Resources const> passed_over);

/// A name that nobody had before: "<campaign>-<number>-<hash>".
[[nodiscard]] std::string fresh_name(std::string const& campaign, int number,
                                     std::filesystem::path const& root);

/// Writes the files of a job and hands it over, in this order: files, intent, scheduler, receipt.
[[nodiscard]] Receipt hand_over(Book& book, Batch const& batch, std::string const& name,
                                std::filesystem::path const& root, std::string const& setup,
                                Scheduler& scheduler);

}  // namespace kamacite::jobs
