#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "kamacite/config/recipe.hpp"

namespace kamacite::config {

/// What `kamacite describe` does.
struct DescribeOptions {
    std::filesystem::path data;  ///< dataset
    std::filesystem::path output{"descriptors.h5"};
    std::vector<std::string> elements{};  ///< symbols; empty: those of the dataset
    Recipe descriptors{};
};

/// Names every key of the input of `describe`.
void fields(Fields& f, DescribeOptions& options);

}  // namespace kamacite::config
