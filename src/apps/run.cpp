#include "run.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <limits>
#include <new>
#include <optional>
#include <stdexcept>
#include <system_error>

#include "build.hpp"
#include "kamacite/config/similar.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/mpi/verdict.hpp"

namespace kamacite::apps {
namespace {

/// Long enough for ranks that compute what leads them to the same error, on a busy machine.
constexpr double patience_of_a_failed_rank = 10.0;

/// What the command line asks for before any command runs: 0 or a UsageError, or nothing.
std::optional<int> parse(CLI::App& app, mpi::Communicator const& world,
                         std::vector<std::string> const& args) {
    std::vector<std::string> names;
    for (auto const* sub : app.get_subcommands([](CLI::App*) { return true; }))
        names.push_back(sub->get_name());
    auto const first = std::find_if(args.begin(), args.end(),
                                    [](auto const& a) { return a.empty() || a[0] != '-'; });
    if (first != args.end() && std::find(names.begin(), names.end(), *first) == names.end()) {
        throw UsageError(fmt::format("'{}' is not a command{}: 'kamacite --help' lists them",
                                     *first, config::did_you_mean(*first, names)));
    }
    try {
        app.parse(
            std::vector<std::string>{args.rbegin(), args.rend()});  // CLI11 takes them from the end
    } catch (CLI::Success const& e) {                               // --help, --version
        if (world.is_root()) (void)app.exit(e);
        return 0;
    } catch (CLI::ParseError const& e) {
        auto const subs = app.get_subcommands();
        throw UsageError(fmt::format("{}: see 'kamacite {}--help'", e.what(),
                                     subs.empty() ? "" : subs.front()->get_name() + " "));
    }
    return std::nullopt;
}

int run_command(mpi::Communicator const& world, std::vector<std::string> const& args) {
    CLI::App app{"Neural-network models of iron from density-functional theory, at scale",
                 "kamacite"};
    Shell shell;
    fill(app, shell);
    if (auto const done = parse(app, world, args)) return *done;

    bool const speaks = world.is_root() || shell.all_ranks_speak;
    Logger log{speaks ? Logger::Voice::speaks : Logger::Voice::silent};
    if (shell.detail) log.show_detail();
    std::string typed = "kamacite";
    for (auto const& a : args) typed += " " + a;
    Context context{world, log, shell.json, typed};
    return shell.chosen(context);
}

struct Outcome {
    int code = 0;
    std::string message;
};

Outcome outcome_of(mpi::Communicator const& world, std::vector<std::string> const& args) {
    auto const internal = static_cast<int>(ErrorKind::internal);
    try {
        return {run_command(world, args), ""};
    } catch (Error const& e) {
        return {static_cast<int>(e.kind()), e.what()};
    } catch (std::bad_alloc const&) {
        return {internal, "out of memory: use more nodes, or fewer ranks on each"};
    } catch (std::length_error const&) {
        return {internal,
                "out of memory (more is asked for than any machine has): is a number in "
                "the input too large?"};
    } catch (std::filesystem::filesystem_error const& e) {
        return {internal, e.what()};
    } catch (std::system_error const& e) {  // {fmt}, when standard output takes no more
        return {static_cast<int>(ErrorKind::io),
                fmt::format("cannot write to standard output ({}): is the disk full?", e.what())};
    } catch (std::exception const& e) {
        return {internal, e.what()};
    } catch (...) {
        return {internal, "unknown exception (a bug): please report it"};
    }
}

}  // namespace

void fill(CLI::App& app, Shell& shell) {
    app.set_version_flag("--version", fmt::format("kamacite {}", build::version));
    app.add_flag("-v,--verbose", shell.detail, "Also tell details");
    app.add_flag("--log-all-ranks", shell.all_ranks_speak,
                 "Every rank writes to standard error, not only rank 0");
    app.require_subcommand(1);
    for (auto const& command : all_commands()) {
        auto* const sub = app.add_subcommand(command.name, command.summary);
        sub->fallthrough();
        if (command.shown == Command::Shown::no) sub->group("");
        auto run_it = command.setup(Arguments{sub});
        if (command.json == Command::Json::yes && sub->get_option_no_throw("--json") == nullptr)
            sub->add_flag("--json", shell.json, "One JSON object on standard output");
        sub->callback([&shell, run_it = std::move(run_it)] { shell.chosen = run_it; });
    }
}

int run(mpi::Communicator const& world, std::vector<std::string> const& args) {
    auto const ends = mpi::Communicator::duplicate(world.raw());  // used for the verdict alone
    auto const outcome = outcome_of(world, args);
    bool const failed = !outcome.message.empty();
    bool const alone = world.size() == 1;
    double const patience =
        failed ? patience_of_a_failed_rank : std::numeric_limits<double>::infinity();

    auto const verdict = mpi::agree_on_end(ends, outcome.code, patience);
    if (!verdict) {
        fmt::print(stderr, "error: rank {} of {}: {}\n", world.rank(), world.size(),
                   outcome.message);
        std::fflush(stderr);
        MPI_Abort(world.raw(), outcome.code);
    }
    if (verdict->culprit == world.rank() && failed) {
        auto const where = world.is_root() || alone ? "" : fmt::format("rank {}: ", world.rank());
        fmt::print(stderr, "error: {}{}\n", where, outcome.message);
        std::fflush(stderr);
    }
    return verdict->code;
}

}  // namespace kamacite::apps
