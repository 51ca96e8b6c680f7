#include "kamacite/jobs/local.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "command.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/io/atomic_file.hpp"

namespace kamacite::jobs {
namespace {

namespace fs = std::filesystem;

// Runs a job and writes down how it ended. Who it is comes first: a job that is not written down
// does not run. `begun` is made either by it or by a scheduler that has given it up.
// $1: directory of the job, $2: its script, $3: time limit [s], $4: directory to run in
constexpr char const* keeper = R"bash(
job=$1
me=$BASHPID
stat=$(<"/proc/$me/stat")
rest=(${stat##*) })
mkdir "$job/begun" || exit 0
# the place for its end, as the disk may be full by then
printf '%200s\n' '' >"$job/begun/reserved" && sync "$job/begun/reserved" || exit 0
printf '{"process":%d,"started":%d,"boot":"%s","time":%d}\n' "$me" "${rest[19]}" \
    "$(</proc/sys/kernel/random/boot_id)" "$(date +%s)" >"$job/begun/part" &&
    sync "$job/begun/part" && mv "$job/begun/part" "$job/begun/process" || exit 0
begin=$SECONDS interrupted=0
cd "$4" || exit 0
# Who cancels before `process` is there finds nobody to signal.
if [[ -e $job/cancelled ]]; then
    (exit 143) &
else
    (trap - TERM; exec timeout -k 30 "$3" /bin/bash "$2") &
fi
payload=$!
trap 'interrupted=1; kill -TERM "$payload" 2>/dev/null' TERM
while interrupted=0; wait "$payload"; code=$?; [[ $interrupted -eq 1 ]]; do :; done
late=false
[[ $3 -gt 0 && $((SECONDS - begin)) -ge $3 ]] && late=true
# What the script left behind in this session must not go on unseen.
for process in /proc/[0-9]*; do
    { read -r stat <"$process/stat"; } 2>/dev/null || continue
    rest=(${stat##*) })
    [[ ${rest[3]} -eq $me && ${process#/proc/} -ne $me && ${rest[1]} -ne $me ]] && kill -KILL "${process#/proc/}" 2>/dev/null
done
cancelled=false
[[ -e $job/cancelled ]] && cancelled=true
end=$(printf '{"code":%d,"late":%s,"cancelled":%s,"seconds":%d}' "$code" "$late" "$cancelled" $((SECONDS - begin)))
for try in 1 2 3 4 5 6 7 8 9 10; do
    printf '%-200s\n' "$end" 1<>"$job/begun/reserved" && sync "$job/begun/reserved" &&
        mv "$job/begun/reserved" "$job/begun/ended" && break
    sleep 3
done
)bash";

nlohmann::json json_in(fs::path const& path) {
    std::ifstream in{path};
    std::ostringstream text;
    text << in.rdbuf();
    return nlohmann::json::parse(text.str(), nullptr, false);
}

std::string first_line(fs::path const& path) {
    std::ifstream in{path};
    std::string line;
    std::getline(in, line);
    return line;
}

/// What /proc says of a process.
struct Process {
    char state = 'Z';  ///< Z: none, or one that has ended
    int parent = 0, session = 0;
    long long started = 0;  ///< [ticks] after the boot
};

Process look_at(long long id) {
    auto const line = first_line(fmt::format("/proc/{}/stat", id));
    auto const name_ends = line.rfind(") ");
    Process p;
    if (name_ends == std::string::npos) return p;
    std::istringstream fields{line.substr(name_ends + 2)};
    int group = 0;
    std::string skipped;
    fields >> p.state >> p.parent >> group >> p.session;
    for (int i = 7; i < 22; ++i) fields >> skipped;
    fields >> p.started;
    return p;
}

class Local final : public Scheduler {
public:
    Local(int slots, fs::path const& directory)
        : slots_{slots}, directory_{fs::absolute(directory).lexically_normal()} {}

    [[nodiscard]] std::string name() const override { return "local"; }
    [[nodiscard]] bool has_room(Resources const& r) override {
        int busy = 0;
        if (!obstacles(r).empty()) return true;  // it has to be told
        for (auto const& [job, cores] : running()) busy += cores;
        return busy + r.processes * r.threads <= slots_;
    }
    [[nodiscard]] Receipt submit(Submission const& submission) override;
    [[nodiscard]] std::optional<std::vector<Status>> ask(std::string const& prefix) override;
    void cancel(std::string const& id, std::string const& name) override;
    [[nodiscard]] int largest_array() override { return 1; }
    [[nodiscard]] std::vector<std::string> obstacles(Resources const& r) override {
        if (r.processes * r.threads <= slots_) return {};
        return {
            fmt::format("a job needs {} cores, but {} may be used on this machine: lower "
                        "processes or threads, or raise jobs.cores",
                        r.processes * r.threads, slots_)};
    }

private:
    /// Of the directory, which is made with the first job.
    [[nodiscard]] fs::directory_iterator entries() const {
        return fs::exists(directory_) ? fs::directory_iterator{directory_}
                                      : fs::directory_iterator{};
    }
    /// Jobs that run, with the cores that they use.
    [[nodiscard]] std::map<std::string, int> running();
    [[nodiscard]] std::optional<Status> look(fs::path const& job);
    [[nodiscard]] static bool lives(nlohmann::json const& process);
    static void end_session(nlohmann::json const& process, int signal);

    int slots_;
    fs::path directory_;
    bool has_keeper_ = false;  // what begins jobs is written, in the version of this program
    std::map<std::string, Status> ended_;  // they change no more
    std::vector<int> children_;            // of this process, to be reaped
};

bool Local::lives(nlohmann::json const& process) {
    if (process.value("boot", "") != first_line("/proc/sys/kernel/random/boot_id")) return false;
    auto const p = look_at(process.value("process", 0LL));
    return p.state != 'Z' && p.state != 'X' && p.started == process.value("started", -1LL);
}

/// Signals every process of the job's session, which no other can have while one of them lives.
void Local::end_session(nlohmann::json const& process, int signal) {
    auto const session = process.value("process", 0LL);
    if (process.value("boot", "") != first_line("/proc/sys/kernel/random/boot_id")) return;
    for (auto const& entry : fs::directory_iterator{"/proc"}) {
        auto const id = std::atoll(entry.path().filename().c_str());
        if (id <= 1) continue;
        auto const p = look_at(id);
        if (p.session == session && p.started >= process.value("started", 0LL))
            ::kill(static_cast<pid_t>(id), signal);
    }
}

std::optional<Status> Local::look(fs::path const& job) {
    auto const name = job.filename().string();
    if (auto const known = ended_.find(name); known != ended_.end()) return known->second;
    auto const record = json_in(job / "job.json");
    if (!record.is_object()) return std::nullopt;
    Status status{name, name, 0, State::running, "", 0.0};
    // No keeper yet: it was started a moment ago, or never. In time nobody will begin it any more.
    std::error_code there;
    if (!fs::exists(job / "begun")) {
        status.state = State::pending;
        if (now() - record.value("time", 0.0) < 10.0) return status;
        if (fs::create_directory(job / "begun", there))
            io::write_text_file(job / "begun" / "given_up", "");
    }
    if (fs::exists(job / "begun" / "given_up")) return std::nullopt;
    auto const process = json_in(job / "begun" / "process");
    if (!process.is_object()) {
        if (now() - record.value("time", 0.0) < 20.0) return status;
        io::write_text_file(job / "begun" / "given_up", "");  // it died before it could begin
        return std::nullopt;
    }
    bool const alive = lives(process);
    auto const ended = json_in(job / "begun" / "ended");  // after the process: it may end meanwhile
    status.seconds = now() - process.value("time", now());
    if (ended.is_object()) {
        int const code = ended.value("code", 0);
        status.seconds = ended.value("seconds", 0.0);
        status.state = ended.value("cancelled", false) ? State::cancelled
                       : ended.value("late", false)    ? State::timeout
                       : code == 0                     ? State::completed
                                                       : State::failed;
        status.reason = fmt::format("exit code {}", code);
    } else if (!alive) {
        end_session(process, SIGKILL);
        status.state = fs::exists(job / "cancelled") ? State::cancelled : State::node_failed;
        status.reason = "its process vanished";
    }
    if (has_ended(status.state)) ended_[name] = status;
    return status;
}

std::map<std::string, int> Local::running() {
    std::map<std::string, int> result;
    for (auto const& entry : entries()) {
        auto const name = entry.path().filename().string();
        if (!entry.is_directory() || ended_.contains(name)) continue;
        auto const status = look(entry.path());
        if (!status || has_ended(status->state)) continue;
        result[name] = json_in(entry.path() / "job.json").value("cores", 1);
    }
    return result;
}

Receipt Local::submit(Submission const& s) {
    using enum Receipt::Kind;
    KAMACITE_EXPECTS(s.count == 1);
    auto const needed = obstacles(s.resources);
    if (!needed.empty()) return {refused, "", needed.front()};
    if (!has_room(s.resources)) return {later, "", "all slots are in use"};
    auto const job = directory_ / s.name;
    try {
        if (fs::exists(job)) return {unknown, "", "a job of this name was started before"};
        nlohmann::json const record{{"time", now()},
                                    {"cores", s.resources.processes * s.resources.threads},
                                    {"script", fs::absolute(s.script).string()}};
        if (!has_keeper_) io::write_text_file(directory_ / "keeper.sh", keeper);
        has_keeper_ = true;
        io::write_text_file(job / "job.json", record.dump());
    } catch (std::exception const& e) {
        std::error_code ignored;
        fs::remove_all(job, ignored);
        return {later, "", e.what()};
    }
    auto environment = environment_of_jobs();
    environment.push_back("KAMACITE_JOB=" + s.name);
    int const child =
        start_detached({"/bin/bash", (directory_ / "keeper.sh").string(), job.string(),
                        fs::absolute(s.script).string(), fmt::format("{:.0f}", s.resources.seconds),
                        fs::absolute(s.directory).string()},
                       directory_.string(), (job / "log").string(), environment);
    if (child < 0) return {unknown, "", "no process can be started"};
    children_.push_back(child);
    return {accepted, s.name, ""};
}

std::optional<std::vector<Status>> Local::ask(std::string const& prefix) {
    std::erase_if(children_, [](int child) { return ::waitpid(child, nullptr, WNOHANG) != 0; });
    std::vector<Status> result;
    try {
        for (auto const& entry : entries()) {
            if (!entry.is_directory() || !entry.path().filename().string().starts_with(prefix))
                continue;
            if (auto status = look(entry.path())) result.push_back(std::move(*status));
        }
    } catch (SystemError const&) {  // a full disk
        return std::nullopt;
    }
    return result;
}

void Local::cancel(std::string const& id, std::string const& name) {
    if (id != name) return;
    auto const job = directory_ / id;
    auto const status = look(job);
    if (!status || has_ended(status->state)) return;
    io::write_text_file(job / "cancelled", "");
    auto const process = json_in(job / "begun" / "process");
    if (process.is_object() && lives(process))
        ::kill(static_cast<pid_t>(process.value("process", 0LL)), SIGTERM);
}

}  // namespace

std::unique_ptr<Scheduler> make_local(int slots, fs::path directory) {
    return std::make_unique<Local>(slots, directory);
}

}  // namespace kamacite::jobs
