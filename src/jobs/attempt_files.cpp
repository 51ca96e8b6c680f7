#include "attempt_files.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string_view>

#include "command.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/io/atomic_file.hpp"

namespace kamacite::jobs {

namespace fs = std::filesystem;

std::optional<Claim> read_claim(fs::path const& attempt, int generation) {
    std::ifstream in{attempt / fmt::format("claim.{}", generation) / "owner"};
    Claim claim;
    std::string time;
    if (!std::getline(in, claim.owner)) return std::nullopt;
    if (std::getline(in, time)) std::from_chars(time.data(), time.data() + time.size(), claim.time);
    return claim;
}

Claim take_claim(fs::path const& attempt, int generation) {
    if (auto const claim = read_claim(attempt, generation)) return *claim;
    auto const part = attempt / fmt::format(".claim.{}.queue.{}", generation, ::getpid());
    io::write_text_file(part / "owner", fmt::format("queue\n{:.0f}\n", now()));
    std::error_code refused;  // expected where a job was faster
    fs::rename(part, attempt / fmt::format("claim.{}", generation), refused);
    if (refused) fs::remove_all(part, refused);
    auto const claim = read_claim(attempt, generation);
    if (!claim)
        throw SystemError(
            fmt::format("{}: the attempt cannot be claimed: check the permissions of "
                        "the directory and the room on the disk",
                        attempt.string()));
    return *claim;
}

std::optional<Sentinel> read_sentinel(fs::path const& attempt, int generation) {
    auto const prefix = fmt::format("ended.{}.", generation);
    std::optional<Sentinel> last;
    std::error_code unreadable;
    for (auto const& entry : fs::directory_iterator{attempt, unreadable}) {
        auto const name = entry.path().filename().string();
        if (!name.starts_with(prefix)) continue;
        std::ifstream in{entry.path()};
        std::ostringstream text;
        text << in.rdbuf();
        auto const json = nlohmann::json::parse(text.str(), nullptr, false);
        if (!json.is_object()) continue;
        Sentinel const found{json.value("restart", 0),  json.value("exit_code", 0),
                             json.value("told", false), json.value("out_of_time", false),
                             json.value("begin", 0.0),  json.value("end", 0.0),
                             json.value("job", ""),     json.value("node", ""),
                             json.value("run", "")};
        // one that ended of itself says more than any that was told to
        bool const better = !last || (last->told && !found.told) ||
                            (last->told == found.told && found.restart > last->restart);
        if (better) last = found;
    }
    return last;
}

}  // namespace kamacite::jobs
