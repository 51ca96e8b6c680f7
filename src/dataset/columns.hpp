#pragma once
// Private to the module: records as the flat arrays of a file, and back.
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "kamacite/io/file.hpp"
#include "kamacite/structure/record.hpp"

namespace kamacite::dataset {

inline constexpr char const* format_name = "dataset";
inline constexpr int format_version = 2;  // 1: no level of theory

/// A run of records as flat arrays, one entry (or 3, or 9) per structure or atom.
struct Columns {
    std::vector<long long> atoms;  // per structure: how many
    std::vector<double> cell, energy, stress;
    std::vector<std::uint8_t> periodic;  // 3 per structure
    std::vector<std::uint8_t> has;       // 4 per structure: energy, force, stress, moment
    std::vector<std::uint64_t> fingerprint;
    std::vector<std::string> name, family, trajectory, source, recipe, level;
    std::map<std::string, std::vector<double>> properties;  // NaN where absent
    std::vector<std::uint8_t> species;
    std::vector<double> position, force, moment;
};

[[nodiscard]] Columns to_columns(std::span<Record const> records);
[[nodiscard]] std::vector<Record> to_records(Columns const& columns);

/// Writes the columns of all ranks. Collective.
void write_columns(io::File& file, Columns const& mine);

/// Reads structures [begin, end) of one segment. Local.
[[nodiscard]] Columns read_columns(io::Reader const& reader, mpi::Range rows);

/// Where the atoms of these structures lie in a segment: one number more than structures. Local.
[[nodiscard]] std::vector<long long> read_offsets(io::Reader const& reader, mpi::Range rows);

/// Reads structures [begin, end) with those of their atoms alone that are [begin, end) in the
/// segment. Local.
/// \param offset  read_offsets() of these structures
[[nodiscard]] Columns read_columns(io::Reader const& reader, mpi::Range rows,
                                   std::vector<long long> const& offset, mpi::Range atoms);

/// Gives every rank the columns of rank 0. Collective.
void broadcast(mpi::Communicator const& comm, Columns& columns);

/// Texts of a table column (`<name>_id` into `/tables/<name>`), structures [begin, end);
/// empty texts if the file, of an older version, has no such column. Local.
[[nodiscard]] std::vector<std::string> read_table_column(io::Reader const& reader,
                                                         std::string const& name, mpi::Range rows);

/// Hash of everything in a record.
[[nodiscard]] std::uint64_t exact_hash(Record const& record);

}  // namespace kamacite::dataset
