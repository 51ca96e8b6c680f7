#pragma once
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kamacite/io/reader.hpp"
#include "kamacite/mpi/communicator.hpp"

namespace kamacite::io {

/// What an array means; stored beside it as attributes `unit` and `description`.
struct About {
    std::string unit;         ///< e.g. "eV/angstrom"; "1" if dimensionless
    std::string description;  ///< one sentence
};

/// What commit() does if the file exists already.
enum class Existing { replace, refuse };

/// One HDF5 file written or read by all ranks of a communicator.
///
///     auto file = io::File::create("forces.h5", comm);
///     file.write_rows("atoms/force", forces, {"eV/angstrom", "force on each atom"});
///     file.commit();
///
/// Written, it is sealed: it is made under a temporary name beside its own,
/// `<path>.part-<16 hex digits>`, and gets its name in commit(), complete and on the disk. A file
/// that is not committed is removed. Every array with at least one row is chunked and carries
/// fletcher32 checksums. Arrays may have no rows, ranks may have no rows.
///
/// All functions are collective and fail on all ranks together. After a failed write the file is
/// closed and removed; it must not be used any more.
class File {
public:
    /// Starts a new file; missing parent directories are made. Collective.
    /// \throws SystemError if the disk refuses
    [[nodiscard]] static File create(std::filesystem::path path, mpi::Communicator const& comm);

    /// Opens a sealed file for reading; rank 0 looks at it first. Collective.
    /// \throws MissingError if it does not exist; DataError if it is no HDF5 file, truncated or
    /// damaged
    [[nodiscard]] static File open(std::filesystem::path path, mpi::Communicator const& comm);

    ~File();
    File(File&&) noexcept;
    File& operator=(File&&) noexcept;

    [[nodiscard]] std::filesystem::path const& path() const noexcept;
    [[nodiscard]] mpi::Communicator const& comm() const noexcept;

    /// Writes the rows of all ranks, in rank order, as one array. Collective.
    ///
    /// \param name     path inside the file, e.g. "atoms/force"; groups are made
    /// \param values   this rank's rows one after the other; may be empty
    /// \param columns  numbers per row, the same on every rank; 1 makes a one-dimensional array
    /// \throws SystemError if HDF5 or the disk refuses
    template <Element T>
    void write_rows(std::string const& name, std::span<T const> values, About const& about,
                    long long columns = 1);
    template <Element T>
    void write_rows(std::string const& name, std::vector<T> const& values, About const& about,
                    long long columns = 1) {
        write_rows(name, std::span<T const>{values}, about, columns);
    }
    /// A matrix makes a two-dimensional array whatever its number of columns, which must be the
    /// same on all ranks that have rows.
    void write_rows(std::string const& name, Matrix const& rows, About const& about);

    /// Writes an array of shape (frames, rows, columns), or (frames, rows) of one column: what
    /// ranks have of each frame, in rank order. Chunks lie within a frame. Collective.
    ///
    /// \param values  this rank's rows of the first frame, then of the second …
    /// \param frames  at least one, the same on all ranks
    /// \throws SystemError if HDF5 or the disk refuses
    template <Element T>
    void write_frames(std::string const& name, std::span<T const> values, long long frames,
                      About const& about, long long columns = 1);

    /// Writes the texts of all ranks, in rank order, as UTF-8 of fixed length: for short texts of
    /// similar length. Texts must not contain a zero byte. Collective.
    void write_texts(std::string const& name, std::span<std::string const> mine,
                     std::string const& description);

    /// Writes texts of any length as one run of bytes `<name>/text` and where each begins,
    /// `<name>/offset` (one more than texts). Collective.
    void write_pool(std::string const& name, std::span<std::string const> mine,
                    std::string const& description);

    /// Attribute of a group or array that has been written; "/" is the file itself. All ranks pass
    /// the same value. Collective.
    void set_attribute(std::string const& owner, std::string const& key, std::string const& value);
    void set_attribute(std::string const& owner, std::string const& key, char const* value) {
        set_attribute(owner, key, std::string{value});
    }
    void set_attribute(std::string const& owner, std::string const& key, double value);
    void set_attribute(std::string const& owner, std::string const& key, long long value);
    void set_attribute(std::string const& owner, std::string const& key, int value) {
        set_attribute(owner, key, static_cast<long long>(value));
    }

    /// Lists as one attribute: numbers, or texts of fixed length.
    void set_attribute(std::string const& owner, std::string const& key,
                       std::vector<int> const& values);
    void set_attribute(std::string const& owner, std::string const& key,
                       std::vector<std::string> const& values);
    /// A group that is to hold attributes alone; those of arrays are made with them. Collective.
    void make_group(std::string const& name);

    /// Closes the file, brings it to the disk and gives it its name. Collective.
    /// \throws SystemError if the disk refuses, or the name is taken and `existing` is refuse
    void commit(Existing existing = Existing::replace);

    /// This rank's block of rows: block_of(rank, size, rows). Collective.
    template <Element T>
    [[nodiscard]] std::vector<T> read_rows(std::string const& name) const;
    /// The rows [begin, end); each rank may ask for others. Collective.
    template <Element T>
    [[nodiscard]] std::vector<T> read_rows(std::string const& name, mpi::Range rows) const;
    /// All rows, on every rank; rank 0 reads. Collective.
    template <Element T>
    [[nodiscard]] std::vector<T> read_all(std::string const& name) const;

    /// As read_rows() and read_all(), shape (rows, columns). Collective.
    [[nodiscard]] Matrix read_matrix(std::string const& name) const;
    [[nodiscard]] Matrix read_matrix(std::string const& name, mpi::Range rows) const;
    [[nodiscard]] Matrix read_all_matrix(std::string const& name) const;

    /// This rank's block of texts; the texts [begin, end); all texts. Collective.
    [[nodiscard]] std::vector<std::string> read_texts(std::string const& name) const;
    [[nodiscard]] std::vector<std::string> read_texts(std::string const& name,
                                                      mpi::Range rows) const;
    [[nodiscard]] std::vector<std::string> read_all_texts(std::string const& name) const;

    [[nodiscard]] bool has(std::string const& name) const;           ///< Collective.
    [[nodiscard]] long long rows(std::string const& name) const;     ///< Collective.
    [[nodiscard]] long long columns(std::string const& name) const;  ///< Collective.
    [[nodiscard]] bool has_attribute(std::string const& owner,
                                     std::string const& key) const;  ///< Collective.
    [[nodiscard]] std::string text(std::string const& owner,
                                   std::string const& key) const;  ///< Collective.
    [[nodiscard]] double number(std::string const& owner,
                                std::string const& key) const;  ///< Collective.
    [[nodiscard]] long long integer(std::string const& owner,
                                    std::string const& key) const;  ///< Collective.

    /// The file as this rank alone reads it, for work that is not collective; errors are local.
    [[nodiscard]] Reader const& reader() const;

private:
    struct State;
    explicit File(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace kamacite::io
