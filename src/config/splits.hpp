#pragma once
#include <string>

#include "kamacite/config/fields.hpp"
#include "kamacite/dataset/split.hpp"

namespace kamacite::config {

/// Keys of the section `split`: how a dataset is divided, and the name of that.
void split_fields(Fields& f, std::string& name, dataset::SplitOptions& split);

}  // namespace kamacite::config
