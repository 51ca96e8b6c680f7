#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "kamacite/core/types.hpp"

namespace kamacite::formats {

/// Where a frame was read, for messages and provenance.
struct Place {
    std::string file;
    long long frame = 0;  ///< counted from 0, as ASE's file@frame
    long long line = 0;   ///< counted from 1; the first line of the frame
};

/// Throws DataError "<file>:<line> (frame <n>, counted from 0): <message>".
[[noreturn]] void refuse(Place const& place, std::string const& message);

/// Value of a key of the comment line, kept as it was written so that writing it back loses
/// nothing; the readers below say what it means.
struct Value {
    enum class Style {
        flag,    ///< bare key without "=": true
        bare,    ///< key=value
        quoted,  ///< key="value", escapes resolved in `text`
        array    ///< key=[1, 2], key={1 2}: `text` includes the brackets
    };
    Style style = Style::bare;
    std::string text;

    bool operator==(Value const&) const = default;
    [[nodiscard]] std::optional<double> real() const;                ///< if it is one number
    [[nodiscard]] std::optional<std::vector<double>> reals() const;  ///< if it is a list of numbers
    [[nodiscard]] std::optional<std::vector<bool>> logicals() const;  ///< T, F, true, False, 1, 0 …
};

/// One per-atom quantity: `width` values for each atom, of the type that the variant holds.
struct Column {
    using Values = std::variant<std::vector<std::string>, std::vector<double>,
                                std::vector<long long>, std::vector<char>>;
    std::string name;
    int width = 1;
    Values values;  ///< S, R, I, L in this order; atom i has entries [i·width, (i+1)·width)

    bool operator==(Column const&) const = default;
    [[nodiscard]] char type() const { return "SRIL"[values.index()]; }
};

/// One frame of an extended XYZ file: every key and every column, in the order of the file.
class Frame {
public:
    int atoms = 0;
    std::vector<std::pair<std::string, Value>>
        info;                     ///< keys of the comment line, Lattice included
    std::vector<Column> columns;  ///< species and pos included
    Place place;

    /// The value of `key`, or nullptr. Exact spelling.
    [[nodiscard]] Value const* find(std::string_view key) const;
    [[nodiscard]] Column const* find_column(std::string_view name) const;

    /// Sets a key: in its place if there is one, else at the end.
    void set(std::string const& key, double value);
    void set(std::string const& key, std::span<double const> values);
    void set(std::string const& key, Mat3 const& matrix);  ///< 9 numbers, row after row
    void set(std::string const& key, std::string const& text);

    /// Sets a per-atom column of reals: in its place if there is one, else at the end.
    /// \param values  atoms · width numbers
    void set_column(std::string const& name, int width, std::vector<double> values);
    void set_column(std::string const& name, std::span<Vec3 const> values);  ///< width 3

private:
    void set(std::string const& key, Value value);
};

}  // namespace kamacite::formats
