#include "stop.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <limits>
#include <sstream>
#include <vector>

namespace kamacite::apps {
namespace {

constexpr double never = std::numeric_limits<double>::infinity();
constexpr std::array stop_signals{SIGUSR1, SIGUSR2, SIGTERM};

// A signal handler has nothing but a global to write to.
std::sig_atomic_t volatile caught = 0;

extern "C" void kamacite_catch_signal(int signal) {
    caught = signal;
}

std::string environment(char const* name) {
    auto const* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

/// "1-02:03:04", "02:03:04", "03:04": what squeue prints of the time left [s]; infinite if it is
/// something else ("UNLIMITED", "INVALID").
double seconds_of(std::string text) {
    double days = 0.0;
    if (auto const dash = text.find('-'); dash != std::string::npos) {
        days = std::atof(text.substr(0, dash).c_str());
        text = text.substr(dash + 1);
    }
    double seconds = 0.0;
    std::istringstream parts{text};
    for (std::string part; std::getline(parts, part, ':');) {
        if (part.empty() || part.find_first_not_of("0123456789") != std::string::npos) return never;
        seconds = 60.0 * seconds + std::atof(part.c_str());
    }
    return text.empty() ? never : 86400.0 * days + seconds;
}

double left_of_slurm_job() {
    if (auto const end = environment("SLURM_JOB_END_TIME"); !end.empty())
        return std::max(0.0, std::atof(end.c_str()) - static_cast<double>(std::time(nullptr)));
    auto const job = environment("SLURM_JOB_ID");
    if (job.empty() || job.find_first_not_of("0123456789") != std::string::npos) return never;
    auto* const pipe = popen(("squeue -h -j " + job + " -o %L 2>/dev/null").c_str(), "r");
    if (pipe == nullptr) return never;
    std::array<char, 64> line{};
    std::string const text = fgets(line.data(), line.size(), pipe) == nullptr ? "" : line.data();
    pclose(pipe);
    return seconds_of(text.substr(0, text.find_first_of(" \n")));
}

}  // namespace

StopRequest::StopRequest(mpi::Communicator const& comm, double max_hours) : comm_{comm} {
    std::vector<double> limits(2);  // of the job, of the option
    if (comm.is_root())
        limits = {left_of_slurm_job(), max_hours > 0.0 ? 3600.0 * max_hours : never};
    comm.broadcast(limits);
    // of a job that is shorter than most, not so much that nothing is left
    least_margin_ =
        limits[0] <= limits[1] && limits[0] != never ? std::min(120.0, 0.1 * limits[0]) : 0.0;
    seconds_ = std::min(limits[0], limits[1]);
    caught = 0;
    for (int const signal : stop_signals) std::signal(signal, kamacite_catch_signal);
}

StopRequest::~StopRequest() {
    for (int const signal : stop_signals) std::signal(signal, SIG_DFL);
}

bool StopRequest::agreed() const {
    return comm_.all_reduce(mpi::Op::max, asked() ? 1 : 0) == 1;
}

bool StopRequest::asked() const {
    return caught != 0 || seconds_left() <= 0.0;
}

std::string StopRequest::reason() const {
    switch (static_cast<int>(caught)) {
        case 0:
            return seconds_left() <= 0.0 ? "the time limit" : "another rank was asked to";
        case SIGUSR1:
            return "SIGUSR1";
        case SIGUSR2:
            return "SIGUSR2";
        default:
            return "SIGTERM";
    }
}

void StopRequest::checkpoint_took(double seconds) {
    longest_checkpoint_ = std::max(longest_checkpoint_, seconds);
}

void StopRequest::step_took(double seconds) {
    longest_step_ = std::max(longest_step_, seconds);
}

double StopRequest::seconds_left() const {
    double const passed = std::chrono::duration<double>(Clock::now() - start_).count();
    return seconds_ - passed - std::max(least_margin_, 2.0 * longest_checkpoint_ + longest_step_);
}

}  // namespace kamacite::apps
