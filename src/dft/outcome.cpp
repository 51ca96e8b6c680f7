#include "kamacite/dft/outcome.hpp"

namespace kamacite::dft {

std::string_view name_of(Failure failure) {
    switch (failure) {
        case Failure::not_converged:
            return "not converged";
        case Failure::out_of_time:
            return "out of time";
        case Failure::stopped:
            return "stopped";
        case Failure::out_of_memory:
            return "out of memory";
        case Failure::killed:
            return "killed";
        case Failure::bad_geometry:
            return "bad geometry";
        case Failure::bad_input:
            return "bad input";
        case Failure::missing_file:
            return "missing file";
        case Failure::missing_program:
            return "missing program";
        case Failure::wrong_structure:
            return "wrong structure";
        case Failure::incomplete:
            return "incomplete";
        case Failure::disk_full:
            return "disk full";
        case Failure::unknown:
            break;
    }
    return "unknown";
}

}  // namespace kamacite::dft
