#pragma once
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kamacite/core/types.hpp"
#include "kamacite/mpi/partition.hpp"

namespace kamacite::io {

/// Numbers that files hold: float64, int32, int64, uint8, uint64.
template <class T>
concept Element = std::same_as<T, double> || std::same_as<T, int> || std::same_as<T, long long> ||
    std::same_as<T, std::uint8_t> || std::same_as<T, std::uint64_t>;

/// What is known of one array in a file without reading it.
struct Array {
    std::string name;              ///< path inside the file, e.g. "atoms/force"
    std::vector<long long> shape;  ///< rows first
    std::string type;              ///< "float64", "int32", "text" …
    std::string unit;              ///< e.g. "eV/angstrom"; empty if none is stored
    std::string description;       ///< one sentence; empty if none is stored
};

/// An HDF5 file opened for reading by one process alone.
///
/// Sealed files never change, so that reading needs no agreement between ranks: each reads what it
/// needs through the operating system. Errors are local, too: where all ranks read, use File, which
/// makes them fail together.
///
/// Everything read is checked (fletcher32); whatever cannot be read as it was written throws
/// DataError naming file and array.
class Reader {
public:
    /// \throws MissingError  if there is no such file or it may not be read
    /// \throws DataError     if it is not HDF5, truncated, or damaged
    explicit Reader(std::filesystem::path path);
    ~Reader();
    Reader(Reader&&) noexcept;
    Reader& operator=(Reader&&) noexcept;

    [[nodiscard]] std::filesystem::path const& path() const noexcept { return path_; }
    [[nodiscard]] bool has(std::string const& name) const;  ///< is there such an array or group?
    [[nodiscard]] std::vector<long long> shape(std::string const& name) const;
    [[nodiscard]] long long rows(
        std::string const& name) const;  ///< first dimension; texts: how many
    [[nodiscard]] long long columns(std::string const& name) const;  ///< product of the others

    /// Rows [begin, end) of an array, row by row; numbers are converted to T.
    template <Element T>
    [[nodiscard]] std::vector<T> read(std::string const& name, mpi::Range rows) const;
    template <Element T>
    [[nodiscard]] std::vector<T> read(std::string const& name) const {
        return read<T>(name, {0, rows(name)});
    }
    /// The same as a matrix, shape (rows, columns).
    [[nodiscard]] Matrix read_matrix(std::string const& name, mpi::Range rows) const;

    /// Texts [begin, end), however they were written (File::write_texts, File::write_pool).
    [[nodiscard]] std::vector<std::string> read_texts(std::string const& name,
                                                      mpi::Range rows) const;

    /// Attributes of a group or array; "/" is the file itself. Numbers are rendered as text.
    [[nodiscard]] std::map<std::string, std::string> attributes(std::string const& owner) const;
    [[nodiscard]] bool has_attribute(std::string const& owner, std::string const& key) const;
    [[nodiscard]] std::string text(std::string const& owner, std::string const& key) const;
    [[nodiscard]] double number(std::string const& owner, std::string const& key) const;
    [[nodiscard]] long long integer(std::string const& owner, std::string const& key) const;

    /// Names of what is in a group, sorted; empty if there is no such group.
    [[nodiscard]] std::vector<std::string> names(std::string const& group) const;

    /// Every array of the file, by name.
    [[nodiscard]] std::vector<Array> arrays() const;

    struct State;

private:
    std::filesystem::path path_;
    std::unique_ptr<State> state_;
};

}  // namespace kamacite::io
