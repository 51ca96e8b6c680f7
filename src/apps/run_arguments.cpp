#include "run_arguments.hpp"

namespace kamacite::apps {

training::Start RunGiven::start() const {
    return resume  ? training::Start::resume
           : fresh ? training::Start::fresh
                   : training::Start::refuse;
}

std::shared_ptr<RunGiven> add_run_arguments(Arguments const& arguments, RunWords const& words) {
    auto given = std::make_shared<RunGiven>();
    arguments.add("input", given->input, "Input file (YAML)").required();
    auto const resume = arguments.flag("--resume", given->resume, words.resume);
    arguments.flag("--fresh", given->fresh, words.fresh).excludes(resume);
    arguments.add("--max-hours", given->max_hours, words.max_hours).between(0.0, 1e6);
    return given;
}

}  // namespace kamacite::apps
