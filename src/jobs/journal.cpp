#include "kamacite/jobs/journal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string_view>
#include <utility>

#include "command.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/io/hash.hpp"

namespace kamacite::jobs {
namespace {

constexpr std::string_view mark = ",\"check\":\"";

std::string check_of(std::string_view text) {
    io::Hash64 hash;
    hash.add(std::as_bytes(std::span{text.data(), text.size()}));
    return fmt::format("{:016x}", hash.value());
}

std::string line_of(Journal::Entry const& entry) {
    auto const text = fmt::format(R"({{"number":{},"time":"{}","kind":{},"data":{})", entry.number,
                                  entry.time, nlohmann::json(entry.kind).dump(), entry.json);
    return fmt::format("{}{}{}\"}}\n", text, mark, check_of(text));
}

/// What is wrong with a line, or nothing.
std::string parse(std::string_view line, long long number, Journal::Entry& entry) {
    auto const at = line.rfind(mark);
    if (at == std::string_view::npos) return "it has no checksum";
    if (line.substr(at + mark.size()) != check_of(line.substr(0, at)) + "\"}")
        return "its checksum does not match";
    auto const json = nlohmann::ordered_json::parse(line, nullptr, false);
    if (!json.is_object() || !json.contains("data")) return "it is not JSON";
    entry = {json.value("number", 0LL), json.value("time", ""), json.value("kind", ""),
             json.at("data").dump()};
    if (entry.number != number)
        return fmt::format("its number is {}, but {} is due", entry.number, number);
    return "";
}

/// Entries of a text, and how many of its bytes they take: what a crash cut off is left out.
std::pair<std::vector<Journal::Entry>, std::size_t> parse_all(std::string const& text,
                                                              std::filesystem::path const& path) {
    std::vector<Journal::Entry> entries;
    std::size_t begin = 0;
    while (begin < text.size()) {
        auto const end = text.find('\n', begin);
        if (end == std::string::npos) break;
        auto const line = std::string_view{text}.substr(begin, end - begin);
        Journal::Entry entry;
        auto const number = static_cast<long long>(entries.size()) + 1;
        auto const wrong = parse(line, number, entry);
        bool const is_last = end + 1 == text.size();
        // a page that never reached the disk reads as zeros, before a newline that did
        if (!wrong.empty() && is_last && line.find('\0') != std::string_view::npos) break;
        if (!wrong.empty())
            throw DataError(fmt::format("{}: line {} is damaged ({}): restore the file from a copy",
                                        path.string(), number, wrong));
        entries.push_back(std::move(entry));
        begin = end + 1;
    }
    return {std::move(entries), begin};
}

std::string text_of(std::filesystem::path const& path) {
    std::ifstream in{path, std::ios::binary};
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

SystemError refusal(std::filesystem::path const& path, char const* what, int why) {
    return SystemError(
        fmt::format("{}: it cannot be {} ({}): make room on the disk and check the "
                    "permissions of the directory",
                    path.string(), what, std::strerror(why)));
}

}  // namespace

Journal::Journal(std::filesystem::path path) : path_{std::move(path)} {
    file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (file_ < 0) throw refusal(path_, "opened", errno);
    try {
        auto [entries, size] = parse_all(text_of(path_), path_);
        entries_ = std::move(entries);
        if (::ftruncate(file_, static_cast<off_t>(size)) != 0)
            throw refusal(path_, "cut after its last whole line", errno);
        if (::fsync(file_) != 0) throw refusal(path_, "brought to the disk", errno);
        // its name too has to be on the disk
        auto const parent = std::filesystem::absolute(path_).parent_path();
        int const directory = ::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (directory >= 0) {
            ::fsync(directory);
            ::close(directory);
        }
    } catch (...) {
        ::close(file_);
        throw;
    }
}

Journal::~Journal() {
    if (file_ >= 0) ::close(file_);
}

Journal::Journal(Journal&& other) noexcept
    : path_{std::move(other.path_)},
      entries_{std::move(other.entries_)},
      file_{std::exchange(other.file_, -1)} {}

void Journal::append(std::string const& kind, std::string const& json) {
    Entry entry{static_cast<long long>(entries_.size()) + 1, time_text(now()), kind,
                nlohmann::ordered_json::parse(json).dump()};  // on one line, and JSON at all
    auto const line = line_of(entry);
    struct stat before {};
    if (::fstat(file_, &before) != 0) throw refusal(path_, "examined", errno);
    std::size_t written = 0;
    int why = 0;
    while (written < line.size() && why == 0) {
        auto const n = ::write(file_, line.data() + written, line.size() - written);
        if (n > 0) written += static_cast<std::size_t>(n);
        if (n < 0 && errno != EINTR) why = errno;
        if (n == 0) why = ENOSPC;
    }
    if (why == 0 && ::fdatasync(file_) != 0) why = errno;
    if (why != 0) {
        if (::ftruncate(file_, before.st_size) == 0) {
            ::fdatasync(file_);
        } else {  // half a line is left: nothing may follow it; the next process cuts it off
            ::close(file_);
            file_ = -1;
        }
        throw refusal(path_, "added to", why);
    }
    entries_.push_back(std::move(entry));
}

std::vector<Journal::Entry> Journal::read(std::filesystem::path const& path) {
    return parse_all(text_of(path), path).first;
}

}  // namespace kamacite::jobs
