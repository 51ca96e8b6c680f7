#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "kamacite/core/error.hpp"
#include "kamacite/report/plot.hpp"

extern char** environ;

namespace kamacite::report {
namespace {

/// A directory that is gone when the value is.
class TemporaryDirectory {
public:
    TemporaryDirectory() {
        std::string name = (std::filesystem::temp_directory_path() / "kamacite-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr)
            throw SystemError(
                fmt::format("cannot make a temporary directory {} ({}): set TMPDIR to a "
                            "directory that can be written",
                            name, std::strerror(errno)));
        path_ = name;
    }
    TemporaryDirectory(TemporaryDirectory const&) = delete;
    TemporaryDirectory& operator=(TemporaryDirectory const&) = delete;
    ~TemporaryDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    [[nodiscard]] std::filesystem::path const& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

std::string text_of(std::filesystem::path const& file) {
    std::ostringstream text;
    text << std::ifstream{file, std::ios::binary}.rdbuf();
    return text.str();
}

/// Runs a program with one argument, its complaints going to a file. \returns its exit status
int run(std::string const& program, std::string const& argument,
        std::filesystem::path const& complaints) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, complaints.c_str(),
                                     O_WRONLY | O_CREAT | O_TRUNC, 0600);
    std::string name = program;
    std::string given = argument;
    char* arguments[] = {name.data(), given.data(), nullptr};
    pid_t child = 0;
    int const failed = posix_spawn(&child, program.c_str(), &actions, nullptr, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0)
        throw SystemError(fmt::format("cannot start {} ({})", program, std::strerror(failed)));
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

void replace_all(std::string& text, std::string const& from, std::string const& to) {
    for (std::size_t at = text.find(from); at != std::string::npos;
         at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

}  // namespace

std::optional<Gnuplot> Gnuplot::find() {
    char const* const path = std::getenv("PATH");
    std::istringstream folders{path == nullptr ? "" : path};
    for (std::string folder; std::getline(folders, folder, ':');) {
        std::string const program = folder + "/gnuplot";
        if (access(program.c_str(), X_OK) == 0) return Gnuplot{program};
    }
    return {};
}

std::string Gnuplot::svg(Plot const& plot) const {
    TemporaryDirectory const folder;
    auto const script = folder.path() / "plot.gp";
    auto const picture = folder.path() / "plot.svg";
    auto const complaints = folder.path() / "complaints";
    std::ofstream{script} << gnuplot_script(plot, picture.string());
    int const status = run(program_, script.string(), complaints);
    std::string result = text_of(picture);
    if (status != 0 || result.find("</svg>") == std::string::npos)
        throw SystemError(fmt::format("{} ended with status {} while drawing '{}': {}", program_,
                                      status, plot.id, text_of(complaints)));
    return inline_svg(std::move(result), plot.id + "-");
}

std::string inline_svg(std::string svg, std::string const& prefix) {
    svg.erase(0, svg.find("<svg"));
    for (char const quote : {'"', '\''}) {
        std::string const q{quote};
        replace_all(svg, " id=" + q, " id=" + q + prefix);
        replace_all(svg, "href=" + q + "#", "href=" + q + "#" + prefix);
        replace_all(svg, "url(" + q + "#", "url(" + q + "#" + prefix);
    }
    replace_all(svg, "url(#", "url(#" + prefix);
    while (!svg.empty() && svg.back() == '\n') svg.pop_back();
    return svg;
}

}  // namespace kamacite::report
