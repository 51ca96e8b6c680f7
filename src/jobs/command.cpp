#include "command.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <initializer_list>
#include <string_view>

extern char** environ;  // NOLINT: POSIX has no other way to the whole of it

namespace kamacite::jobs {
namespace {

std::vector<char*> pointers(std::vector<std::string> const& words) {
    std::vector<char*> result;
    for (auto const& w : words) result.push_back(const_cast<char*>(w.c_str()));  // exec's signature
    result.push_back(nullptr);
    return result;
}

/// A pipe of which both ends close on exec.
struct Pipe {
    std::array<int, 2> ends{-1, -1};
    Pipe() {
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) ends = {-1, -1};
    }
    Pipe(Pipe const&) = delete;
    Pipe& operator=(Pipe const&) = delete;
    ~Pipe() {
        close_end(0);
        close_end(1);
    }
    void close_end(int which) {
        auto& end = ends[static_cast<std::size_t>(which)];
        if (end >= 0) ::close(end);
        end = -1;
    }
};

int spawn(std::vector<std::string> const& words, std::vector<std::string> const& environment,
          Pipe& out, Pipe& err) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out.ends[1], 1);
    posix_spawn_file_actions_adddup2(&actions, err.ends[1], 2);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setpgroup(&attributes, 0);  // a group, so that all of it can be killed
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    auto const arguments = pointers(words);
    auto const variables = pointers(environment);
    pid_t child = -1;
    int const failure = posix_spawnp(&child, words.front().c_str(), &actions, &attributes,
                                     arguments.data(), variables.data());
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return failure == 0 ? child : -1;
}

/// Reads both pipes until both are closed or the deadline has come; says whether it has.
bool read_until(Pipe& out, Pipe& err, CommandResult& result, double deadline) {
    std::array<char, 4096> buffer{};
    std::array<pollfd, 2> wanted{pollfd{out.ends[0], POLLIN, 0}, pollfd{err.ends[0], POLLIN, 0}};
    std::array<std::string*, 2> const texts{&result.out, &result.err};
    while (wanted[0].fd >= 0 || wanted[1].fd >= 0) {
        double const left = deadline - now();
        if (left <= 0.0) return true;
        if (::poll(wanted.data(), wanted.size(), static_cast<int>(1000.0 * left) + 1) <= 0)
            continue;
        for (std::size_t i = 0; i < 2; ++i) {
            if (wanted[i].fd < 0 || wanted[i].revents == 0) continue;
            auto const n = ::read(wanted[i].fd, buffer.data(), buffer.size());
            if (n > 0)
                texts[i]->append(buffer.data(), static_cast<std::size_t>(n));
            else if (n == 0 || errno != EINTR)
                wanted[i].fd = -1;
        }
    }
    return false;
}

/// Waits for a child, until the deadline; says whether it has ended.
bool reap(int child, int& status, double deadline) {
    for (;;) {
        auto const ended = ::waitpid(child, &status, WNOHANG);
        if (ended == child || (ended < 0 && errno != EINTR)) return true;
        if (now() > deadline) return false;
        ::usleep(2000);
    }
}

}  // namespace

std::string CommandResult::message() const {
    if (!started) return "there is no such program";
    auto text = err.empty() ? out : err;
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    for (auto& c : text)
        if (c == '\n') c = ' ';
    if (timed_out) return fmt::format("no answer in time{}{}", text.empty() ? "" : ": ", text);
    return text.empty() ? fmt::format("exit code {}", code) : text;
}

CommandResult run_command(std::vector<std::string> const& words, double seconds,
                          std::vector<std::string> const& environment) {
    CommandResult result;
    Pipe out;
    Pipe err;
    int const child = spawn(words, environment, out, err);
    if (child < 0) return result;
    result.started = true;
    out.close_end(1);
    err.close_end(1);
    double const deadline = now() + seconds;
    int status = 0;
    result.timed_out = read_until(out, err, result, deadline) || !reap(child, status, deadline);
    if (result.timed_out) {
        ::kill(-child, SIGKILL);
        reap(child, status, now() + 5.0);  // stuck in the kernel, it is not waited for
    }
    result.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return result;
}

std::vector<std::string> environment_of_jobs() {
    // mpirun's children have them; so have processes that called MPI_Init on their own
    constexpr std::array<std::string_view, 14> foreign{"OMPI_COMM_",         "OMPI_UNIVERSE_",
                                                       "OMPI_APP_",          "OMPI_ARGV",
                                                       "OMPI_COMMAND",       "OMPI_FILE_",
                                                       "OMPI_FIRST_",        "OMPI_NUM_APP",
                                                       "OMPI_MCA_orte",      "OMPI_MCA_ess",
                                                       "OMPI_MCA_pmix=",     "ORTE_",
                                                       "OMPI_MCA_shmem_RUN", "PMI"};
    std::vector<std::string> result;
    for (char** variable = environ; *variable != nullptr; ++variable) {
        std::string_view const text{*variable};
        bool keep = !text.starts_with("SLURM_") || text.starts_with("SLURM_CONF=");
        for (auto const& prefix : foreign) keep = keep && !text.starts_with(prefix);
        if (keep) result.emplace_back(text);
    }
    return result;
}

int start_detached(std::vector<std::string> const& words, std::string const& directory,
                   std::string const& log, std::vector<std::string> const& environment) {
    auto const arguments = pointers(words);
    auto const variables = pointers(environment);
    auto const child = ::fork();
    if (child != 0) return child;
    // Only calls that are safe after fork in a process with threads.
    ::setsid();
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    for (int const signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGPIPE}) ::signal(signal, SIG_DFL);
    int const empty = ::open("/dev/null", O_RDONLY);
    int const output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
    if (empty < 0 || output < 0 || ::chdir(directory.c_str()) != 0) ::_exit(127);
    ::dup2(empty, 0);
    ::dup2(output, 1);
    ::dup2(output, 2);
    for (int file = 3; file < 1024; ++file) ::close(file);
    ::execve(words.front().c_str(), arguments.data(), variables.data());
    ::_exit(127);
}

double now() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::string time_text(double seconds) {
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

std::string host_name() {
    std::array<char, 256> name{};
    ::gethostname(name.data(), name.size() - 1);
    return name.data();
}

}  // namespace kamacite::jobs
