#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>
#include <sstream>

#include "commands.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/io/file.hpp"
#include "kamacite/jobs/slurm.hpp"

namespace kamacite::apps {
namespace {

/// What one examination found.
struct Finding {
    enum class Grade { good, note, bad };
    Grade grade;
    std::string what;    ///< "parallel HDF5"
    std::string result;  ///< what was found
    std::string mend{};  ///< what to do; empty if good
};

using enum Finding::Grade;

std::string environment(char const* name) {
    auto const* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

/// Where a program is that PATH names; empty if nowhere.
std::filesystem::path find_program(std::string const& name) {
    std::istringstream folders{environment("PATH")};
    for (std::string folder; std::getline(folders, folder, ':');) {
        auto const path = std::filesystem::path{folder} / name;
        if (access(path.c_str(), X_OK) == 0 && std::filesystem::is_regular_file(path)) return path;
    }
    return {};
}

Finding examine_ranks(mpi::Communicator const& comm) {
    std::array<char, 256> name{};
    gethostname(name.data(), name.size() - 1);
    auto const hosts = comm.all_gather(std::string{name.data()});
    std::set<std::string> const distinct{hosts.begin(), hosts.end()};
    auto const cores = sysconf(_SC_NPROCESSORS_ONLN);
    auto const result = fmt::format("{} rank(s) on {} host(s), {} cores on {}", comm.size(),
                                    distinct.size(), cores, hosts.front());
    if (comm.size() > cores * static_cast<long>(distinct.size()))
        return {note, "MPI", result,
                "more ranks than cores: they wait for one another; start fewer"};
    bool const launched = !environment("OMPI_COMM_WORLD_SIZE").empty() ||
                          !environment("PMI_RANK").empty() || !environment("PMIX_RANK").empty();
    if (comm.size() == 1 && !environment("SLURM_NTASKS").empty() &&
        environment("SLURM_NTASKS") != "1" && !launched)
        return {
            bad, "MPI", result,
            "Slurm gave several tasks but MPI sees one: start with mpirun or 'srun --mpi=pmix'"};
    return {good, "MPI", result};
}

/// The sum of all ranks must be what it must be, on each of them.
Finding examine_messages(mpi::Communicator const& comm) {
    long long const n = comm.size();
    auto const sum = comm.all_reduce(mpi::Op::sum, static_cast<long long>(comm.rank()));
    bool const right = comm.all_reduce(mpi::Op::min, sum == n * (n - 1) / 2 ? 1 : 0) == 1;
    if (right) return {good, "MPI messages", "a sum over all ranks is right"};
    return {bad, "MPI messages", "a sum over all ranks is wrong",
            "the MPI library is broken: rebuild or reload it"};
}

/// Writes and reads back arrays of which some ranks have no rows, one rank one more, or nobody any.
void try_file(std::filesystem::path const& path, mpi::Communicator const& comm) {
    std::vector<double> mine(static_cast<std::size_t>(comm.rank() % 2 == 0 ? 3 + comm.rank() : 0));
    std::iota(mine.begin(), mine.end(), 100.0 * comm.rank());
    auto const written = comm.all_gather(std::span<double const>{mine});
    {
        auto file = io::File::create(path, comm);
        file.write_rows("numbers", mine, {"1", "numbers of the even ranks"});
        file.write_rows("nothing", std::vector<double>{}, {"1", "no rows at all"});
        file.commit();
    }
    auto const file = io::File::open(path, comm);
    auto const read = file.read_all<double>("numbers");
    auto const part = file.read_rows<double>("numbers");
    auto const joined = comm.all_gather(std::span<double const>{part});
    if (read != written || joined != written || file.rows("nothing") != 0)
        throw SystemError("what was read is not what was written");
}

Finding examine_hdf5(std::filesystem::path const& folder, mpi::Communicator const& comm) {
    std::vector<int> id{comm.is_root() ? static_cast<int>(getpid()) : 0};
    comm.broadcast(id);
    auto const path = folder / fmt::format(".kamacite_doctor_{}.h5", id.front());
    Finding finding{good, "parallel HDF5",
                    fmt::format("written and read in {} by all ranks", folder.string())};
    try {
        try_file(path, comm);
    } catch (Error const& e) {  // File fails on all ranks together
        finding = {bad, "parallel HDF5", e.what(),
                   "give another --dir; if the file system has no locking: export "
                   "HDF5_USE_FILE_LOCKING=FALSE"};
    }
    std::error_code ignored;
    if (comm.is_root()) std::filesystem::remove(path, ignored);
    comm.barrier();
    return finding;
}

Finding examine_locking(std::filesystem::path const& folder) {
    auto const variable = environment("HDF5_USE_FILE_LOCKING");
    auto path = (folder / ".kamacite_doctor_lock_XXXXXX").string();
    int const handle = mkstemp(path.data());
    if (handle < 0)
        return {bad, "file locking", fmt::format("no file can be made in {}", folder.string()),
                "give a directory that may be written to with --dir"};
    bool const works = lockf(handle, F_TLOCK, 0) == 0;
    close(handle);
    std::filesystem::remove(path);
    auto const set = variable.empty() ? "HDF5_USE_FILE_LOCKING is not set"
                                      : fmt::format("HDF5_USE_FILE_LOCKING={}", variable);
    if (works || variable == "FALSE" || variable == "0")
        return {good, "file locking",
                fmt::format("{}; {}", works ? "works" : "does not work, and is not used", set)};
    return {bad, "file locking", fmt::format("does not work; {}", set),
            "export HDF5_USE_FILE_LOCKING=FALSE"};
}

Finding examine_space(std::filesystem::path const& folder) {
    std::error_code error;
    auto const space = std::filesystem::space(folder, error);
    if (error)
        return {bad, "free space", fmt::format("{}: {}", folder.string(), error.message()),
                "give a directory that exists with --dir"};
    double const gigabytes = static_cast<double>(space.available) * 1e-9;
    auto const result = fmt::format("{:.1f} GB in {}", gigabytes, folder.string());
    if (gigabytes < 1.0) return {bad, "free space", result, "make room, or use another directory"};
    return {good, "free space", result};
}

/// "main* (60 min), long (no limit), old (down)": the default has a star.
std::string describe(std::vector<jobs::Partition> const& partitions) {
    std::string list;
    for (auto const& p : partitions) {
        auto const limit = std::isinf(p.seconds) ? std::string{"no limit"}
                                                 : fmt::format("{:.0f} min", p.seconds / 60.0);
        list += fmt::format("{}{}{} ({})", list.empty() ? "" : ", ", p.name,
                            p.is_default ? "*" : "", p.is_up ? limit : "down");
    }
    return list;
}

/// One finding, and another of each thing that is to be mended.
std::vector<Finding> examine_slurm() {
    jobs::SlurmOptions options;
    options.patience = 10.0;
    auto const slurm = jobs::slurm_report(options);
    auto const mend = slurm.mends.empty() ? std::string{} : slurm.mends.front();
    if (!slurm.installed)
        return {{note, "Slurm", "sbatch is not in PATH", "only needed to submit jobs"}};
    if (!slurm.answers) return {{note, "Slurm", slurm.version, mend}};
    std::vector<Finding> findings{
        {good, "Slurm",
         fmt::format("{}; {}; arrays up to {}; ended jobs are known for {:.0f} s", slurm.version,
                     slurm.accounting ? "accounting (sacct) works" : "no accounting (sacct)",
                     slurm.largest_array, slurm.remembers)},
        {good, "partitions", describe(slurm.partitions)}};
    for (auto const& text : slurm.mends)
        findings.push_back({note, "Slurm", "could be better", text});
    return findings;
}

Finding examine_program(std::string const& what, std::vector<std::string> const& names,
                        std::string const& use) {
    std::string found;
    std::string list;
    for (auto const& name : names) {
        list += (list.empty() ? "" : ", ") + name;
        auto const path = find_program(name);
        if (!path.empty()) found += (found.empty() ? "" : ", ") + path.string();
    }
    if (!found.empty()) return {good, what, found};
    return {note, what, fmt::format("none of {} is in PATH", list), use};
}

int tell(Context& context, std::vector<Finding> const& findings) {
    bool const healthy = std::none_of(findings.begin(), findings.end(),
                                      [](auto const& f) { return f.grade == bad; });
    int const code = healthy ? 0 : static_cast<int>(ErrorKind::io);
    if (!context.comm.is_root()) return code;
    static constexpr std::array grades{"good", "note", "bad"};
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (auto const& f : findings) {
        auto const* const grade = grades[static_cast<std::size_t>(f.grade)];
        all.push_back({{"what", f.what}, {"grade", grade}, {"result", f.result}, {"mend", f.mend}});
        if (context.json) continue;
        fmt::print("{:<5} {:<16} {}\n", grade, f.what, f.result);
        if (!f.mend.empty()) fmt::print("{:<22} → {}\n", "", f.mend);
    }
    if (context.json)
        fmt::print("{}\n", nlohmann::ordered_json{{"healthy", healthy}, {"findings", all}}.dump(2));
    return code;
}

int examine(Context& context, std::filesystem::path const& folder) {
    auto const& comm = context.comm;
    std::vector<Finding> findings{examine_ranks(comm), examine_messages(comm)};
    std::error_code unseen;
    int const is_there = comm.is_root() && std::filesystem::is_directory(folder, unseen) ? 1 : 0;
    bool const usable = comm.all_reduce(mpi::Op::max, is_there) == 1;
    if (usable)  // files are tried out in it, but it is not made for that
        findings.push_back(examine_hdf5(folder, comm));
    else
        findings.push_back({bad, "directory",
                            fmt::format("there is no directory {}", folder.string()),
                            "make it, or give another --dir"});
    std::vector<Finding> local;  // what rank 0 alone looks at
    if (comm.is_root()) {
        if (usable) local = {examine_locking(folder), examine_space(folder)};
        for (auto const& finding : examine_slurm()) local.push_back(finding);
        for (auto const& finding :
             {examine_program("DFT programs", {"pw.x", "vasp_std", "vasp", "abinit"},
                              "only needed to label structures"),
              examine_program("gnuplot", {"gnuplot"},
                              "reports have tables but no plots: install gnuplot")})
            local.push_back(finding);
    }
    int const worst = comm.all_reduce(
        mpi::Op::max,
        std::any_of(local.begin(), local.end(), [](auto const& f) { return f.grade == bad; })
            ? static_cast<int>(ErrorKind::io)
            : 0);
    findings.insert(findings.end(), local.begin(), local.end());
    return std::max(worst, tell(context, findings));
}

}  // namespace

Command doctor_command() {
    return {"doctor",
            "Examine MPI, parallel HDF5, locking, Slurm and helper programs; say what to mend",
            [](Arguments const& arguments) {
                auto const folder = std::make_shared<std::string>(".");
                arguments.add("--dir", *folder, "Directory in which files are tried out");
                return [folder](Context& context) { return examine(context, *folder); };
            },
            Command::Json::yes};
}

}  // namespace kamacite::apps
