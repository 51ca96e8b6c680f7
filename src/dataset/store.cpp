#include "kamacite/dataset/store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "columns.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/dataset/duplicates.hpp"
#include "kamacite/io/hash.hpp"
#include "rows.hpp"
#include "segment_files.hpp"

namespace kamacite::dataset {
namespace {

/// Number of records read at once where only some of them are wanted.
constexpr long long piece = 4096;

void check_records(mpi::Communicator const& comm, std::span<Record const> mine) {
    long long const first = mpi::exclusive_sum(comm, std::ssize(mine));
    mpi::all_or_none(comm, [&] {
        for (std::size_t i = 0; i < mine.size(); ++i) try {
                check(mine[i]);
                check_names(mine[i]);
            } catch (DataError const& e) {
                throw DataError(fmt::format(
                    "record {} ('{}', from {}): {}", first + static_cast<long long>(i) + 1,
                    mine[i].name, mine[i].source.empty() ? "unknown source" : mine[i].source,
                    e.what()));
            }
    });
}

/// Hash of the records of all ranks and their order, independent of how ranks share them.
std::uint64_t hash_records(mpi::Communicator const& comm, std::span<Record const> mine) {
    long long index = mpi::exclusive_sum(comm, std::ssize(mine));
    std::uint64_t sum = 0;
    for (auto const& record : mine)
        sum += io::Hash64{}.add(index++).add(exact_hash(record)).value();
    return comm.all_reduce(mpi::Op::sum, sum);
}

/// The columns as records, checked; `row` is the first. Local.
/// \throws DataError naming the file and the structure
std::vector<Record> checked_records(io::Reader const& reader, Columns const& columns,
                                    long long row) {
    try {
        auto records = to_records(columns);
        for (auto const& record : records) {
            check(record);
            ++row;
        }
        return records;
    } catch (DataError const& e) {
        throw DataError(
            fmt::format("{}: structure {} or one after it (from 0) cannot be used ({}): "
                        "the file was changed after it was written; make it again",
                        reader.path().string(), row, e.what()));
    }
}

/// Reads rows of the dataset that lie in `segment`, if any, and appends them. Local.
void append_rows(Segment const& segment, mpi::Range rows, std::vector<Record>& out) {
    if (rows.begin >= segment.first + segment.records || rows.end <= segment.first) return;
    append_rows(io::Reader{segment.path}, segment, rows, out);
}

void check_range(std::filesystem::path const& path, mpi::Range rows, long long total) {
    if (rows.begin < 0 || rows.begin > rows.end || rows.end > total)
        throw DataError(
            fmt::format("{}: records {} to {} are wanted (it has {}): the indices belong to "
                        "another dataset",
                        path.string(), rows.begin, rows.end - 1, total));
}

/// The segment that holds record `index`.
Segment const& segment_of(std::filesystem::path const& path, std::span<Segment const> all,
                          long long index) {
    check_range(path, {index, index + 1}, records_in(all));
    return *std::ranges::find_if(all,
                                 [&](Segment const& s) { return index < s.first + s.records; });
}

std::vector<Record> read_range(std::filesystem::path const& path, mpi::Communicator const& comm,
                               std::span<Segment const> all, mpi::Range rows) {
    std::vector<Record> records;
    mpi::all_or_none(comm, [&] {
        check_range(path, rows, records_in(all));
        for (auto const& segment : all) append_rows(segment, rows, records);
    });
    return records;
}

}  // namespace

void append_rows(io::Reader const& reader, Segment const& segment, mpi::Range rows,
                 std::vector<Record>& out) {
    mpi::Range const part{std::max(rows.begin - segment.first, 0LL),
                          std::min(rows.end - segment.first, segment.records)};
    auto records = checked_records(reader, read_columns(reader, part), part.begin);
    std::move(records.begin(), records.end(), std::back_inserter(out));
}

void write(std::filesystem::path const& path, mpi::Communicator const& comm,
           std::span<Record const> mine, Provenance const& provenance,
           std::span<AtomColumn const> more) {
    auto const target = target_of(path, comm);
    check_records(comm, mine);
    auto const hash = hash_records(comm, mine);
    auto const columns = to_columns(mine);
    auto const atoms = std::ssize(columns.species);
    auto file = io::File::create(target, comm);
    io::write_provenance(file, format_name, format_version, provenance);
    file.set_attribute("/", "records", comm.all_reduce(mpi::Op::sum, std::ssize(mine) + 0LL));
    file.set_attribute("/", "atoms", comm.all_reduce(mpi::Op::sum, atoms + 0LL));
    file.set_attribute("/", "content", io::render_hash(hash));
    write_columns(file, columns);
    for (auto const& column : more) {
        KAMACITE_EXPECTS(std::ssize(column.values) == atoms);
        file.write_rows("atoms/" + column.name, column.values, {column.unit, column.description});
    }
    file.commit(target == path ? io::Existing::replace : io::Existing::refuse);
}

std::vector<Segment> segments(std::filesystem::path const& path, mpi::Communicator const& comm) {
    std::vector<Segment> found;
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        for (auto const& file : segment_files(path)) found.push_back(inspect(file));
    });
    broadcast(comm, found);
    long long first = 0;
    for (auto& segment : found) {
        segment.first = first;
        first += segment.records;
    }
    return found;
}

bool holds_predictions(Segment const& segment) {
    auto const found = segment.attributes.find("command");
    return found != segment.attributes.end() && found->second == predicting_command;
}

std::uint64_t content_hash(std::span<Segment const> segments) {
    io::Hash64 hash;
    for (auto const& segment : segments) hash.add(segment.records).add(segment.content);
    return hash.value();
}

long long size(std::filesystem::path const& path, mpi::Communicator const& comm) {
    return records_in(segments(path, comm));
}

std::vector<Record> read(std::filesystem::path const& path, mpi::Communicator const& comm,
                         mpi::Range rows) {
    return read_range(path, comm, segments(path, comm), rows);
}

std::vector<Record> read(std::filesystem::path const& path, mpi::Communicator const& comm) {
    auto const all = segments(path, comm);
    return read_range(path, comm, all, mpi::block_of(comm.rank(), comm.size(), records_in(all)));
}

std::vector<Record> read(std::filesystem::path const& path, mpi::Communicator const& comm,
                         std::span<long long const> indices) {
    auto const all = segments(path, comm);
    long long const total = records_in(all);
    std::vector<std::size_t> order(indices.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(), [&](auto a, auto b) { return indices[a] < indices[b]; });
    std::vector<std::optional<Record>> found(indices.size());
    mpi::all_or_none(comm, [&] {
        for (auto const index : indices) check_range(path, {index, index + 1}, total);
        for (std::size_t next = 0; next < order.size();) {
            long long const begin = indices[order[next]];
            std::size_t last = next;  // of the wanted records that lie in one piece
            while (last + 1 < order.size() && indices[order[last + 1]] < begin + piece) ++last;
            std::vector<Record> records;
            long long const end = indices[order[last]] + 1;
            for (auto const& segment : all) append_rows(segment, {begin, end}, records);
            for (; next <= last; ++next)
                found[order[next]] =
                    records[static_cast<std::size_t>(indices[order[next]] - begin)];
        }
    });
    std::vector<Record> result;
    for (auto& record : found) result.push_back(std::move(*record));
    return result;
}

long long atoms_of(std::filesystem::path const& path, mpi::Communicator const& comm,
                   long long index) {
    std::vector<long long> atoms(1);
    auto const all = segments(path, comm);
    mpi::all_or_none(comm, [&] {
        auto const& segment = segment_of(path, all, index);
        if (!comm.is_root()) return;
        auto const row = index - segment.first;
        auto const offset = read_offsets(io::Reader{segment.path}, {row, row + 1});
        atoms[0] = offset[1] - offset[0];
    });
    comm.broadcast(atoms);
    return atoms[0];
}

Record read_shared(std::filesystem::path const& path, mpi::Communicator const& comm,
                   long long index) {
    auto const all = segments(path, comm);
    std::optional<Record> mine;
    mpi::all_or_none(comm, [&] {
        auto const& segment = segment_of(path, all, index);
        auto const row = index - segment.first;
        io::Reader const reader{segment.path};
        auto const offset = read_offsets(reader, {row, row + 1});
        auto const block = mpi::block_of(comm.rank(), comm.size(), offset[1] - offset[0]);
        mine = std::move(to_records(read_columns(reader, {row, row + 1}, offset,
                                                 {offset[0] + block.begin, offset[0] + block.end}))
                             .front());
        if (block.size() > 0) try {
                check(mine->structure);
            } catch (DataError const& e) {
                throw DataError(fmt::format(
                    "{}: structure {} (from 0), of its atoms from {} on: {}: the file was changed "
                    "after it was written; make it again",
                    reader.path().string(), row, block.begin + 1, e.what()));
            }
    });
    return std::move(*mine);
}

std::vector<Record> read_all(std::filesystem::path const& path, mpi::Communicator const& comm) {
    std::vector<Record> records;
    for (auto const& segment : segments(path, comm)) {
        Columns columns;
        mpi::all_or_none(comm, [&] {
            if (!comm.is_root()) return;
            io::Reader const reader{segment.path};
            columns = read_columns(reader, {0, segment.records});
            (void)checked_records(reader, columns, 0);
        });
        broadcast(comm, columns);
        auto part = to_records(columns);
        std::move(part.begin(), part.end(), std::back_inserter(records));
    }
    return records;
}

Readable read_readable(std::filesystem::path const& path, mpi::Communicator const& comm) {
    Readable result;
    std::vector<Segment> files;
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        for (auto const& file : segment_files(path)) files.push_back({.path = file});
    });
    broadcast(comm, files);
    for (auto const& file : files) try {
            auto const part = read(file.path, comm);
            result.mine.insert(result.mine.end(), part.begin(), part.end());
        } catch (DataError const& e) {  // on all ranks alike
            result.damaged.emplace_back(e.what());
        }
    return result;
}

Health health_of(std::filesystem::path const& path, mpi::Communicator const& comm, Depth depth) {
    std::vector<Segment> files;
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        for (auto const& file : segment_files(path)) files.push_back({.path = file});
    });
    broadcast(comm, files);
    Health health;
    for (std::size_t i = 0; i < files.size(); ++i) {
        std::string complaint;
        mpi::all_or_none(comm, [&] {
            if (static_cast<int>(i % static_cast<std::size_t>(comm.size())) != comm.rank()) return;
            try {
                auto const segment = inspect(files[i].path);
                for (long long n = 0; depth == Depth::all && n < segment.records; n += piece) {
                    std::vector<Record> records;
                    append_rows(segment, {n, std::min(n + piece, segment.records)}, records);
                }
            } catch (DataError const& e) {
                complaint = e.what();
            }
        });
        std::string told;
        for (auto const& text : comm.all_gather(complaint)) told += text;
        if (told.empty())
            health.whole.push_back(files[i].path);
        else
            health.damaged.push_back(told);
    }
    return health;
}

Tags tags_of(Records const& records) {
    Tags tags;
    std::vector<Geometry> geometries;
    for (auto const& record : records) {
        tags.family.push_back(record.family);
        tags.trajectory.push_back(record.trajectory);
        tags.fingerprint.push_back(fingerprint_of(record));
        geometries.push_back(geometry_of(record.structure));
    }
    tags.geometry = same_geometry(geometries);
    return tags;
}

Tags read_tags(std::filesystem::path const& path, mpi::Communicator const& comm) {
    return tags_of(read_all(path, comm));
}

std::map<std::string, long long> count_texts(std::filesystem::path const& path,
                                             mpi::Communicator const& comm, Text which) {
    std::map<std::string, long long> counts;
    auto const all = segments(path, comm);
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        for (auto const& segment : all) {
            io::Reader const reader{segment.path};
            auto const texts = read_table_column(reader, which == Text::family ? "family" : "level",
                                                 {0, segment.records});
            for (auto const& text : texts) ++counts[text];
        }
    });
    std::string names;
    std::vector<long long> numbers;
    for (auto const& [name, count] : counts) {
        names += name + '\0';
        numbers.push_back(count);
    }
    comm.broadcast(names);
    comm.broadcast(numbers);
    counts.clear();
    std::size_t begin = 0;
    for (auto const count : numbers) {
        auto const end = names.find('\0', begin);
        counts[names.substr(begin, end - begin)] = count;
        begin = end + 1;
    }
    return counts;
}

}  // namespace kamacite::dataset
