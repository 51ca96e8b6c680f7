#include "segment_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "columns.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/io/hash.hpp"

namespace kamacite::dataset {
namespace {

/// Number of a segment file name "seg-000017.h5", or −1.
int segment_number(std::string const& name) {
    if (!name.starts_with("seg-") || !name.ends_with(".h5")) return -1;
    int number = -1;
    char const* const end = name.data() + name.size() - 3;
    auto const [stop, error] = std::from_chars(name.data() + 4, end, number);
    return error == std::errc{} && stop == end ? number : -1;
}

std::vector<std::pair<int, std::filesystem::path>> numbered_segments(
    std::filesystem::path const& directory) {
    std::vector<std::pair<int, std::filesystem::path>> found;
    if (!std::filesystem::exists(directory)) return found;
    for (auto const& entry : std::filesystem::directory_iterator{directory})
        if (int const number = segment_number(entry.path().filename().string()); number >= 0)
            found.emplace_back(number, entry.path());
    std::sort(found.begin(), found.end());
    return found;
}

std::uint64_t parse_hash(std::string const& text, std::filesystem::path const& path) {
    std::uint64_t hash = 0;
    char const* const end = text.data() + text.size();
    if (text.starts_with("xxh64:") && std::from_chars(text.data() + 6, end, hash, 16).ptr == end)
        return hash;
    throw DataError(
        fmt::format("{}: attribute 'content' is '{}' (must be xxh64 and 16 hex digits): "
                    "make the file again",
                    path.string(), text));
}

}  // namespace

std::filesystem::path target_of(std::filesystem::path const& path, mpi::Communicator const& comm) {
    std::string target = path.string();
    mpi::all_or_none(comm, [&] {
        if (path.extension() != ".h5" && path.extension() != ".kds")
            throw UsageError(
                fmt::format("{}: a dataset cannot have this name (it must end in .h5, one "
                            "file, or .kds, a directory that can grow): rename it",
                            path.string()));
        if (!comm.is_root() || path.extension() == ".h5") return;
        auto const there = numbered_segments(path);
        target = path / fmt::format("seg-{:06d}.h5", there.empty() ? 1 : there.back().first + 1);
    });
    comm.broadcast(target);
    return target;
}

std::vector<std::filesystem::path> segment_files(std::filesystem::path const& path) {
    if (!std::filesystem::is_directory(path)) return {path};  // Reader says what is wrong with it
    std::vector<std::filesystem::path> files;
    for (auto const& [number, file] : numbered_segments(path)) files.push_back(file);
    if (files.empty())
        throw MissingError(
            fmt::format("{}: there is no segment (seg-000001.h5 …) in this directory "
                        "(nothing was written to it completely): make the dataset again",
                        path.string()));
    return files;
}

Segment inspect(std::filesystem::path const& file) {
    io::Reader const reader{file};
    io::expect_format(reader, format_name, format_version);
    for (auto const* const key : {"records", "atoms"})
        if (auto const count = reader.integer("/", key); count < 0)
            throw DataError(
                fmt::format("{}: attribute '{}' is {} (must not be negative): make the "
                            "file again",
                            file.string(), key, count));
    return {.path = file,
            .records = reader.integer("/", "records"),
            .atoms = reader.integer("/", "atoms"),
            .content = parse_hash(reader.text("/", "content"), file),
            .attributes = reader.attributes("/")};
}

long long records_in(std::span<Segment const> segments) {
    return segments.empty() ? 0 : segments.back().first + segments.back().records;
}

void broadcast(mpi::Communicator const& comm, std::vector<Segment>& segments) {
    std::vector<long long> numbers;
    std::string texts;  // per segment: path, then key and value of each attribute; zero-terminated
    for (auto const& s : segments) {
        numbers.insert(numbers.end(), {s.records, s.atoms, static_cast<long long>(s.content),
                                       std::ssize(s.attributes)});
        texts += s.path.string() + '\0';
        for (auto const& [key, value] : s.attributes) texts += key + '\0' + value + '\0';
    }
    comm.broadcast(numbers);
    comm.broadcast(texts);
    segments.clear();
    std::size_t begin = 0;
    auto const next = [&] {
        auto const end = texts.find('\0', begin);
        auto text = texts.substr(begin, end - begin);
        begin = end + 1;
        return text;
    };
    for (std::size_t i = 0; i < numbers.size(); i += 4) {
        Segment segment{.path = next(),
                        .records = numbers[i],
                        .atoms = numbers[i + 1],
                        .content = static_cast<std::uint64_t>(numbers[i + 2])};
        for (long long k = 0; k < numbers[i + 3]; ++k) {
            auto key = next();
            segment.attributes[key] = next();
        }
        segments.push_back(std::move(segment));
    }
}

void check_names(Record const& record) {
    for (auto const* text : {&record.name, &record.family, &record.trajectory, &record.source,
                             &record.recipe, &record.level})
        if (text->find('\0') != std::string::npos)
            throw DataError(
                "one of its texts has a zero byte in it (files cannot hold that): remove it");
    for (auto const& [name, value] : record.labels.properties)
        if (name.empty() || name == "." ||
            name.find_first_of(std::string_view{"/\0", 2}) != name.npos)
            throw DataError(
                fmt::format("property '{}' has a name that files cannot hold (empty, '.', or "
                            "with '/' in it): rename it",
                            name));
}

}  // namespace kamacite::dataset
