#pragma once
#include <filesystem>
#include <map>
#include <set>
#include <span>
#include <string>

#include "kamacite/campaign/labelling.hpp"

namespace kamacite::apps {

/// Writes labels.csv: a row for each structure with its key, what became of it and what it cost.
/// One rank only.
/// \param taken   from a cache; not of `labelling`
/// \param stored  in the output, of `labelling` or from before
void write_label_table(std::filesystem::path const& path, campaign::Labelling const& labelling,
                       std::span<std::string const> keys,
                       std::map<std::string, Record> const& taken,
                       std::set<std::string> const& stored);

}  // namespace kamacite::apps
