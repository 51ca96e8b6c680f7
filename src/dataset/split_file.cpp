#include <fmt/format.h>

#include <algorithm>

#include "kamacite/core/error.hpp"
#include "kamacite/dataset/split.hpp"
#include "kamacite/io/hash.hpp"
#include "segment_files.hpp"

namespace kamacite::dataset {
namespace {

constexpr char const* split_format = "split";
constexpr int split_version = 1;

/// What stands before the name of a split: directory and beginning of the file name.
std::pair<std::filesystem::path, std::string> prefix_of(std::filesystem::path const& dataset) {
    if (dataset.extension() == ".kds") return {dataset, "split-"};
    return {dataset.parent_path(), dataset.stem().string() + ".split-"};
}

/// Refuses a split that was made for other records than `segments` holds.
void check_belongs(io::File const& file, std::vector<Segment> const& segments) {
    auto const records = file.integer("/", "records");
    auto const content = file.text("/", "content");
    auto const now = io::render_hash(content_hash(segments));
    if (records != records_in(segments))
        throw DataError(
            fmt::format("{}: the split is for {} records (the dataset has {} now): make the "
                        "split again",
                        file.path().string(), records, records_in(segments)));
    if (content != now)
        throw DataError(
            fmt::format("{}: the split is for records with hash {} (those of the dataset "
                        "have {} now, their content has changed): make the split again",
                        file.path().string(), content, now));
}

}  // namespace

std::filesystem::path split_file(std::filesystem::path const& dataset, std::string const& name) {
    auto const [directory, prefix] = prefix_of(dataset);
    return directory / (prefix + name + ".h5");
}

void write_split(std::filesystem::path const& dataset, mpi::Communicator const& comm,
                 std::string const& name, Split const& split, Provenance const& provenance) {
    auto const harmless = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_' || c == '.';
    };
    if (name.empty() || !std::all_of(name.begin(), name.end(), harmless))
        throw InputError(
            fmt::format("split: it cannot be called '{}' (it becomes part of a file name): "
                        "use letters, digits, '-', '_' and '.'",
                        name));
    auto const parts = segments(dataset, comm);
    if (std::ssize(split.sides) != records_in(parts))
        throw DataError(
            fmt::format("{}: the split is for {} records (the dataset has {}): make the split "
                        "from this dataset",
                        dataset.string(), split.sides.size(), records_in(parts)));
    auto file = io::File::create(split_file(dataset, name), comm);
    io::write_provenance(file, split_format, split_version, provenance);
    file.set_attribute("/", "records", records_in(parts));
    file.set_attribute("/", "content", io::render_hash(content_hash(parts)));
    file.set_attribute("/", "description", split.description);
    auto const block = mpi::block_of(comm.rank(), comm.size(), std::ssize(split.sides));
    std::vector<std::uint8_t> mine;
    for (auto i = block.begin; i < block.end; ++i)
        mine.push_back(static_cast<std::uint8_t>(split.sides[static_cast<std::size_t>(i)]));
    file.write_rows("side", mine, {"1", "0 training, 1 validation, 2 test, one per record"});
    file.commit();
}

Split read_split(std::filesystem::path const& dataset, mpi::Communicator const& comm,
                 std::string const& name) {
    auto const parts = segments(dataset, comm);
    auto const names = split_names(dataset, comm);
    if (std::find(names.begin(), names.end(), name) == names.end()) {
        std::string there;
        for (auto const& other : names) there += (there.empty() ? "" : ", ") + other;
        throw MissingError(
            fmt::format("{}: there is no split '{}' (there are: {}): make it, or name another",
                        dataset.string(), name, there.empty() ? "none" : there));
    }
    auto const file = io::File::open(split_file(dataset, name), comm);
    io::expect_format(file, split_format, split_version);
    check_belongs(file, parts);
    Split split;
    split.description = file.text("/", "description");
    for (auto const side : file.read_all<std::uint8_t>("side")) {
        if (side > 2)
            throw DataError(
                fmt::format("{}: side {} is stored (must be 0, 1 or 2): make the split again",
                            file.path().string(), side));
        split.sides.push_back(static_cast<Side>(side));
    }
    return split;
}

std::vector<std::string> split_names(std::filesystem::path const& dataset,
                                     mpi::Communicator const& comm) {
    std::string joined;
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        auto const [given, prefix] = prefix_of(dataset);
        auto const directory = given.empty() ? std::filesystem::path{"."} : given;
        if (!std::filesystem::is_directory(directory)) return;
        for (auto const& entry : std::filesystem::directory_iterator{directory}) {
            auto const file = entry.path().filename().string();
            if (file.starts_with(prefix) && file.ends_with(".h5"))
                joined += file.substr(prefix.size(), file.size() - prefix.size() - 3) + '\0';
        }
    });
    comm.broadcast(joined);
    std::vector<std::string> names;
    for (std::size_t begin = 0; begin < joined.size();) {
        auto const end = joined.find('\0', begin);
        names.push_back(joined.substr(begin, end - begin));
        begin = end + 1;
    }
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace kamacite::dataset
