#pragma once
#include "kamacite/config/fields.hpp"
#include "kamacite/training/options.hpp"

namespace kamacite::config {

/// Keys of an entry of `stages`.
void stage_fields(Fields& f, training::StageOptions& o);

}  // namespace kamacite::config
