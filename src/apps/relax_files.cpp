#include "relax_files.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <sstream>

#include "kamacite/config/differences.hpp"
#include "kamacite/config/input.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/io/exists.hpp"
#include "kamacite/io/file.hpp"
#include "origin.hpp"

namespace kamacite::apps {

namespace fs = std::filesystem;

bool has_ended(mpi::Communicator const& comm, fs::path const& result, fs::path const& so_far,
               RunGiven const& given) {
    bool const ended = !given.fresh && io::exists(result, comm) && !io::exists(so_far, comm);
    if (ended && !given.resume)
        throw UsageError(
            fmt::format("{} holds a run already (it would be lost): name another output, or remove "
                        "it with --fresh",
                        result.parent_path().string()));
    return ended;
}

void tell_ended(Context& context, fs::path const& result) {
    context.log.info(
        "{} was written at the end of the run (there is nothing left to do): for other tolerances "
        "name another output, or begin again with --fresh",
        result.string());
    auto const told = text_of(context.comm, result);
    if (context.json && context.comm.is_root()) fmt::print("{}", told);
}

bool goes_on(mpi::Communicator const& comm, fs::path const& file, RunGiven const& given) {
    int there = 0;
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        if (given.fresh) fs::remove(file);
        there = fs::exists(file) ? 1 : 0;
        if (there == 1 && !given.resume)
            throw UsageError(
                fmt::format("{} was left by a relaxation that has not ended (it would be lost): "
                            "go on with --resume, or begin again with --fresh",
                            file.string()));
    });
    return comm.all_reduce(mpi::Op::max, there) == 1;
}

namespace {

/// The options without those that leave the minimum, or the path, as it is.
config::RelaxOptions goal_of(config::RelaxOptions o) {
    config::RelaxOptions const usual;
    o.model.clear();
    o.structure.clear();  // told by its content
    o.path.final.clear();
    o.output = usual.output;
    o.method = usual.method;
    o.petsc = usual.petsc;
    o.stress_tolerance = usual.stress_tolerance;
    o.force_tolerance = usual.force_tolerance;
    o.longest_step = usual.longest_step;
    o.max_steps = usual.max_steps;
    o.path.force_tolerance = usual.path.force_tolerance;
    o.path.climb = usual.path.climb;
    o.path.spring = usual.path.spring;
    return o;
}

std::vector<std::string> hashes_of(std::vector<std::string> const& parents) {
    std::vector<std::string> hashes;
    for (auto const& parent : parents) hashes.push_back(hash_in(parent));
    return hashes;
}

}  // namespace

void expect_same_relaxation(mpi::Communicator const& comm, fs::path const& file,
                            config::RelaxOptions const& options,
                            std::vector<std::string> const& parents) {
    std::istringstream lines{io::File::open(file, comm).text("/", "parents")};
    std::vector<std::string> before;
    for (std::string line; std::getline(lines, line);)
        if (!line.empty()) before.push_back(line);
    std::vector<std::string> found;
    if (hashes_of(before) != hashes_of(parents))
        found.push_back(fmt::format("it came of {}, and now there is {}", fmt::join(before, ", "),
                                    fmt::join(parents, ", ")));
    auto const resolved = options.output / "resolved.yaml";
    if (io::exists(resolved, comm))
        for (auto& key : config::differences(
                 goal_of(config::read_options<config::RelaxOptions>(resolved, "relax", comm)),
                 goal_of(options)))
            found.push_back(std::move(key));
    if (!found.empty())
        throw InputError(
            fmt::format("{} was left by another relaxation: {}: go on with what it began with, "
                        "remove it with --fresh, or name another output",
                        file.string(), fmt::join(found, "; ")));
}

std::string text_of(mpi::Communicator const& comm, fs::path const& file) {
    std::string text;
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        std::ifstream stream{file, std::ios::binary};
        text.assign(std::istreambuf_iterator<char>{stream}, {});
    });
    comm.broadcast(text);
    return text;
}

void remove(mpi::Communicator const& comm, fs::path const& file) {
    mpi::all_or_none(comm, [&] {
        if (comm.is_root()) fs::remove(file);
    });
}

}  // namespace kamacite::apps
