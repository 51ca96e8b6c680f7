#pragma once
#include "command.hpp"

/// \file
/// One function per command, each defined in the file of its name.

namespace kamacite::apps {

[[nodiscard]] Command info_command();
[[nodiscard]] Command doctor_command();
[[nodiscard]] Command init_command();
[[nodiscard]] Command schema_command();
[[nodiscard]] Command check_command();
[[nodiscard]] Command generate_command();
[[nodiscard]] Command import_command();
[[nodiscard]] Command export_command();
[[nodiscard]] Command describe_command();
[[nodiscard]] Command train_command();
[[nodiscard]] Command evaluate_command();
[[nodiscard]] Command compare_command();
[[nodiscard]] Command predict_command();
[[nodiscard]] Command relax_command();
[[nodiscard]] Command label_command();
[[nodiscard]] Command campaign_command();
[[nodiscard]] Command md_command();
[[nodiscard]] Command properties_command();
[[nodiscard]] Command convert_command();
[[nodiscard]] Command report_command();
[[nodiscard]] Command bench_command();
[[nodiscard]] Command ipi_command();
[[nodiscard]] Command docs_command();

}  // namespace kamacite::apps
