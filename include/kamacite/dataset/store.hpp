#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "kamacite/dataset/records.hpp"
#include "kamacite/io/provenance.hpp"
#include "kamacite/mpi/communicator.hpp"
#include "kamacite/mpi/partition.hpp"
#include "kamacite/structure/record.hpp"

namespace kamacite::dataset {

/// Where a stored thing comes from; becomes attributes of the file.
using io::Provenance;

/// A number of every atom beside what a record holds, stored as atoms/<name>.
struct AtomColumn {
    std::string name, unit, description;
    std::vector<double> values;  ///< of the atoms of this rank's records, in order

    void add(std::vector<double> const& of_a_record) {
        values.insert(values.end(), of_a_record.begin(), of_a_record.end());
    }
};

/// Provenance::command of a dataset whose labels are predictions of a model.
inline constexpr char const* predicting_command = "predict";

/// Writes the records of all ranks, in rank order, as one sealed file. `path` ends in ".h5": that
/// file, in place of one that was there; or in ".kds": a directory to which one more segment is
/// added. The layout is told in docs/reference/files.md. Collective.
/// \param more  the same names in the same order on all ranks
/// \throws UsageError if the name ends otherwise; DataError naming the record if one fails
///         check(Record); SystemError if HDF5 or the disk refuses
void write(std::filesystem::path const& path, mpi::Communicator const& comm,
           std::span<Record const> mine, Provenance const& provenance,
           std::span<AtomColumn const> more = {});

/// Number of records in a dataset (file or directory of segments). Collective.
/// \throws MissingError, DataError naming the segment that is damaged
[[nodiscard]] long long size(std::filesystem::path const& path, mpi::Communicator const& comm);

/// This rank's block of the records, in the order of the dataset: block_of(rank, size, n).
/// Collective. \throws MissingError, DataError naming the segment and array that are damaged
[[nodiscard]] std::vector<Record> read(std::filesystem::path const& path,
                                       mpi::Communicator const& comm);

/// The records [begin, end) of the dataset; each rank may ask for others. Collective.
/// \throws DataError if they are not within 0 … size
[[nodiscard]] std::vector<Record> read(std::filesystem::path const& path,
                                       mpi::Communicator const& comm, mpi::Range rows);

/// The records with these indices, in this order; each rank may ask for others. Collective.
/// \throws DataError if an index is not in 0 … size − 1
[[nodiscard]] std::vector<Record> read(std::filesystem::path const& path,
                                       mpi::Communicator const& comm,
                                       std::span<long long const> indices);

/// Every record, on every rank; rank 0 reads. Collective.
[[nodiscard]] std::vector<Record> read_all(std::filesystem::path const& path,
                                           mpi::Communicator const& comm);

/// Number of atoms of one record; rank 0 reads. Collective.
/// \throws DataError if there is no such record
[[nodiscard]] long long atoms_of(std::filesystem::path const& path, mpi::Communicator const& comm,
                                 long long index);

/// One record that all ranks share: each has block_of(rank, size, atoms) of its atoms, with their
/// labels, and all that is of the whole structure. Collective.
/// \throws DataError if there is no such record, naming the segment that is damaged, or the atom
///         that cannot be used (check(Structure))
[[nodiscard]] Record read_shared(std::filesystem::path const& path, mpi::Communicator const& comm,
                                 long long index);

/// One sealed file of a dataset.
struct Segment {
    std::filesystem::path path;
    long long first = 0;  ///< index of its first record in the dataset
    long long records = 0;
    long long atoms = 0;
    std::uint64_t content = 0;  ///< hash of its records and their order; not of when or where
    std::map<std::string, std::string> attributes = {};  ///< provenance, as stored
};

/// The segments of a dataset in order; one for a file. Rank 0 reads. Collective.
/// \throws MissingError if there is none; DataError naming the segment that is damaged
[[nodiscard]] std::vector<Segment> segments(std::filesystem::path const& path,
                                            mpi::Communicator const& comm);

/// Whether a segment's labels are predictions: to learn from them would be to learn from oneself.
[[nodiscard]] bool holds_predictions(Segment const& segment);

/// Hash of all records and their order, the same on any number of ranks and for any division into
/// writes that gives the same segments. Collective.
[[nodiscard]] std::uint64_t content_hash(std::span<Segment const> segments);

/// What can be read of a dataset, part of which is damaged.
struct Readable {
    std::vector<Record> mine;          ///< this rank's records of the segments that are whole
    std::vector<std::string> damaged;  ///< one message for each segment that is not, naming it
};

/// Reads every segment that is whole, in blocks over the ranks, and lists the others. Collective.
/// \throws MissingError if there is no segment at all
[[nodiscard]] Readable read_readable(std::filesystem::path const& path,
                                     mpi::Communicator const& comm);

/// How much of a segment health_of() looks at: what it says of itself, or all of it.
enum class Depth { headers, all };

/// Which segments of a dataset are whole.
struct Health {
    std::vector<std::filesystem::path> whole;
    std::vector<std::string> damaged;  ///< one message for each that is not, naming it
};

/// Looks at every segment, the ranks in turn. Collective.
/// \throws MissingError if there is no segment at all
[[nodiscard]] Health health_of(std::filesystem::path const& path, mpi::Communicator const& comm,
                               Depth depth);

/// What a split looks at: one entry per record of the dataset, the same on all ranks.
struct Tags {
    std::vector<std::string> family;
    std::vector<std::string> trajectory;
    std::vector<std::uint64_t> fingerprint;  ///< names the record: fingerprint_of()
    std::vector<std::uint64_t> geometry;     ///< equal for the same geometry: same_geometry()
};

/// Tags of some records. Local.
[[nodiscard]] Tags tags_of(Records const& records);

/// Tags of all records; rank 0 reads. Collective.
[[nodiscard]] Tags read_tags(std::filesystem::path const& path, mpi::Communicator const& comm);

/// What text of a record count_texts() counts.
enum class Text { family, level };

/// How many records of a dataset have each family or level of theory; rank 0 reads. Collective.
[[nodiscard]] std::map<std::string, long long> count_texts(std::filesystem::path const& path,
                                                           mpi::Communicator const& comm,
                                                           Text which);

}  // namespace kamacite::dataset
