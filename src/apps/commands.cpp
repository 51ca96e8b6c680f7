#include "commands.hpp"

namespace kamacite::apps {

std::vector<Command> all_commands() {
    return {
        info_command(),     doctor_command(),   init_command(),       schema_command(),
        check_command(),    generate_command(), import_command(),     export_command(),
        describe_command(), train_command(),    evaluate_command(),   compare_command(),
        predict_command(),  md_command(),       relax_command(),      ipi_command(),
        label_command(),    campaign_command(), properties_command(), convert_command(),
        report_command(),   bench_command(),    docs_command(),
    };
}

}  // namespace kamacite::apps
