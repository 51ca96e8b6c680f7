#include "kamacite/formats/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/core/utf8.hpp"
#include "kamacite/formats/any.hpp"
#include "kamacite/formats/text.hpp"
#include "table_units.hpp"

namespace kamacite::formats {
namespace {

constexpr std::array ignored{"comment",  "note",        "notes",  "reference",       "source",
                             "formula",  "atoms",       "volume", "energy_per_atom", "max_force",
                             "pressure", "mean_moment", "recipe"};
constexpr std::array structural{"lattice_constant", "lattice",    "species", "c",
                                "c_over_a",         "file",       "frame",   "cell",
                                "symbols",          "positions",  "pbc",     "name",
                                "family",           "trajectory", "energy",  "level"};

template <std::size_t N>
bool contains(std::array<char const*, N> const& names, std::string const& name) {
    for (auto const* const n : names)
        if (name == n) return true;
    return false;
}

bool is_absent(std::string_view cell) {
    auto const text = lower(trimmed(cell));
    return text.empty() || text == "nan" || text == "na" || text == "n/a" || text == "null" ||
           text == "none" || text == "-" || text == "#n/a";
}

/// Turns rows into records; holds what rows have in common.
class Reader {
public:
    explicit Reader(Table const& table) : table_{table} {
        for (std::size_t i = 0; i < table.header.size(); ++i) {
            std::string known;
            auto const meaning = meaning_of(table.header[i], known);
            if (!meaning)
                throw DataError(fmt::format(
                    "{}: column '{}' has a unit that does not fit or is not known: write one of {}",
                    table.file, table.header[i], known));
            if (meaning->name.empty() || contains(ignored, meaning->name)) continue;
            if (!columns_.emplace(meaning->name, std::pair{i, *meaning}).second)
                throw DataError(
                    fmt::format("{}: two columns mean {}: the second is '{}': remove or rename one",
                                table.file, meaning->name, table.header[i]));
        }
        if (!columns_.contains("lattice_constant") && !columns_.contains("file") &&
            !columns_.contains("positions"))
            throw DataError(fmt::format(
                "{}: no column says what the structures are: add 'lattice_constant [angstrom]' "
                "(with lattice "
                "and species), or 'file' and 'frame', or 'cell', 'symbols' and 'positions'",
                table.file));
    }

    Record record(std::size_t row) {
        row_ = row;
        try {
            auto record = structure();
            add_texts(record);
            add_numbers(record);
            check(record);
            return record;
        } catch (DataError const& e) {
            std::string const message = e.what();
            if (message.starts_with(place())) throw;
            throw DataError(fmt::format("{}: {}", place(), message));
        }
    }

private:
    [[nodiscard]] std::string place() const {
        return fmt::format("{}:{}", table_.file, table_.lines[row_]);
    }
    [[noreturn]] void refuse(std::string const& message) const {
        throw DataError(fmt::format("{}: {}", place(), message));
    }

    /// The text in a column of this row; empty if there is no such column or nothing in it.
    [[nodiscard]] std::string text(std::string const& column) const {
        auto const found = columns_.find(column);
        if (found == columns_.end()) return {};
        auto const& cell = table_.rows[row_][found->second.first];
        return is_absent(cell) ? std::string{} : cell;
    }
    [[nodiscard]] std::optional<double> number(std::string const& column) const {
        auto const cell = text(column);
        if (cell.empty()) return std::nullopt;
        auto const& [index, meaning] = columns_.find(column)->second;
        auto const value = to_real(trimmed(cell));
        if (!value || !std::isfinite(*value))
            refuse(fmt::format(
                "'{}' in column '{}' is not a number: leave the cell empty where it is unknown",
                cell, table_.header[index]));
        return *value * meaning.factor + meaning.offset;
    }
    [[nodiscard]] double factor(std::string const& column) const {
        auto const found = columns_.find(column);
        return found == columns_.end() ? 1.0 : found->second.second.factor;
    }

    Record structure() {
        if (!text("positions").empty())
            return {inline_structure(), {}, {}, {}, {}, as_utf8(place()), {}};
        if (!text("file").empty()) return referenced();
        if (auto const a = number("lattice_constant"))
            return {crystal(*a), {}, {}, {}, {}, as_utf8(place()), {}};
        refuse("the row says no structure: fill in lattice_constant, file or positions");
    }

    [[nodiscard]] std::vector<double> numbers(std::string const& column) const {
        std::string plain = text(column);
        for (char& c : plain)
            if (c == ';' || c == ',' || c == '[' || c == ']') c = ' ';
        std::vector<double> values;
        for (auto const word : words_of(plain)) {
            auto const value = to_real(word);
            if (!value) refuse(fmt::format("'{}' in column {} is not a number", word, column));
            values.push_back(*value * factor(column));
        }
        return values;
    }

    [[nodiscard]] Structure inline_structure() const {
        auto const symbols = text("symbols");
        std::vector<int> species;
        for (auto const symbol : words_of(symbols)) species.push_back(atomic_number_of(symbol));
        auto const flat = numbers("positions");
        if (species.empty() || flat.size() != 3 * species.size())
            refuse(fmt::format("{} numbers in positions for {} symbols (must be 3 per atom)",
                               flat.size(), species.size()));
        std::vector<Vec3> positions;
        for (std::size_t i = 0; i < flat.size(); i += 3)
            positions.emplace_back(flat[i], flat[i + 1], flat[i + 2]);
        auto const cell = numbers("cell");
        if (cell.empty()) return {Cell::around(positions), species, positions};
        if (cell.size() != 9)
            refuse(fmt::format("{} numbers in cell (must be 9: ax ay az bx by bz cx cy cz)",
                               cell.size()));
        Mat3 rows;
        rows << cell[0], cell[1], cell[2], cell[3], cell[4], cell[5], cell[6], cell[7], cell[8];
        std::array periodic{true, true, true};
        auto const pbc_text = text("pbc");
        auto const pbc = words_of(pbc_text);
        for (std::size_t i = 0; i < 3 && !pbc.empty(); ++i) {
            auto const value = pbc.size() == 3 ? to_logical(pbc[i]) : std::nullopt;
            if (!value) refuse(fmt::format("pbc is '{}' (must be three of T and F)", pbc_text));
            periodic[i] = *value;
        }
        return {Cell{rows, periodic}, species, positions};
    }

    /// Primitive cell of the crystal with lattice constant `a` [Å].
    [[nodiscard]] Structure crystal(double a) const {
        auto const lattice =
            text("lattice").empty() ? std::string{"bcc"} : lower(trimmed(text("lattice")));
        auto const symbol = text("species").empty() ? std::string{"Fe"} : text("species");
        int const z = atomic_number_of(trimmed(symbol));
        if (!(a > 0.0)) refuse(fmt::format("lattice constant {} Å (must be positive)", a));
        double const h = a / 2.0;
        Mat3 rows;
        if (lattice == "bcc")
            rows << -h, h, h, h, -h, h, h, h, -h;
        else if (lattice == "fcc")
            rows << 0.0, h, h, h, 0.0, h, h, h, 0.0;
        else if (lattice == "sc")
            rows = a * Mat3::Identity();
        else if (lattice == "hcp")
            return hexagonal(a, z);
        else
            refuse(
                fmt::format("unknown lattice '{}' (known: bcc, fcc, hcp, sc): give the structure "
                            "in a file or inline",
                            lattice));
        return {Cell{rows}, {z}, {Vec3::Zero()}};
    }

    [[nodiscard]] Structure hexagonal(double a, int z) const {
        double const ratio = number("c_over_a").value_or(std::sqrt(8.0 / 3.0));
        double const c = number("c").value_or(ratio * a);
        if (!(c > 0.0)) refuse(fmt::format("c is {} Å (must be positive)", c));
        Mat3 rows;
        rows << a, 0.0, 0.0, -a / 2.0, a * std::sqrt(3.0) / 2.0, 0.0, 0.0, 0.0, c;
        Cell const cell{rows};
        Vec3 const second = cell.to_cartesian(Vec3(1.0 / 3.0, 2.0 / 3.0, 0.5));
        return {cell, {z, z}, {Vec3::Zero(), second}};
    }

    /// The record that a structure file beside the table holds.
    Record referenced() {
        auto path = std::filesystem::path{text("file")};
        if (path.is_relative()) path = std::filesystem::path{table_.file}.parent_path() / path;
        auto const format = guess_format(path);
        if (format == Format::csv || format == Format::xlsx)
            refuse(fmt::format("{} is a table: name a structure file", path.string()));
        auto found = indices_.find(path.string());
        if (found == indices_.end())
            found = indices_.emplace(path.string(), index_any(path, format)).first;
        auto const frame = text("frame").empty() ? std::optional<long long>{0}
                                                 : to_integer(trimmed(text("frame")));
        if (!frame || *frame < 0 || *frame >= found->second.size())
            refuse(fmt::format("frame is '{}' ({} has frames 0 to {})", text("frame"),
                               path.string(), found->second.size() - 1));
        return read_any(found->second, format, {}, *frame, *frame + 1).front();
    }

    void add_texts(Record& record) const {
        for (auto const& [column, target] : {std::pair{"name", &record.name},
                                             {"family", &record.family},
                                             {"trajectory", &record.trajectory},
                                             {"level", &record.level}})
            if (auto const value = text(column); !value.empty()) *target = value;
    }

    void add_numbers(Record& record) const {
        if (auto const energy = number("energy"))
            record.labels.energy =
                *energy * (columns_.at("energy").second.per_atom ? record.structure.size() : 1);
        for (auto const& [name, column] : columns_)
            if (!contains(structural, name))
                if (auto const value = number(name)) record.labels.properties[name] = *value;
    }

    Table const& table_;
    std::map<std::string, std::pair<std::size_t, ColumnMeaning>> columns_;
    std::map<std::string, FrameIndex> indices_;  // of the files that rows refer to
    std::size_t row_ = 0;
};

}  // namespace

std::vector<Record> records_of(Table const& table, std::size_t first, std::size_t last) {
    KAMACITE_EXPECTS(first <= last && last <= table.rows.size());
    if (table.header.empty()) return {};
    Reader reader{table};
    std::vector<Record> records;
    for (std::size_t i = first; i < last; ++i) records.push_back(reader.record(i));
    return records;
}

Table to_table(std::span<Record const> records) {
    std::map<std::string, std::size_t> properties;
    for (auto const& record : records)
        for (auto const& [name, value] : record.labels.properties) properties.emplace(name, 0);
    Table table;
    table.header = {"name",
                    "family",
                    "trajectory",
                    "source",
                    "formula",
                    "atoms",
                    "volume [angstrom3]",
                    "energy [eV]",
                    "energy_per_atom [eV/atom]",
                    "max_force [eV/angstrom]",
                    "pressure [GPa]",
                    "mean_moment [muB]"};
    bool const has_level =
        std::ranges::any_of(records, [](Record const& r) { return !r.level.empty(); });
    if (has_level) table.header.emplace_back("level");
    for (auto& [name, column] : properties) {
        auto const unit = property_unit(name);
        table.header.push_back(unit == "1" ? name : fmt::format("{} [{}]", name, unit));
    }
    for (auto const* const name : {"pbc", "cell [angstrom]", "symbols", "positions [angstrom]"})
        table.header.emplace_back(name);

    auto const real = [](double value) { return join_reals({&value, 1}); };
    for (auto const& record : records) {
        auto const& [cell, species, positions] = record.structure;
        auto const& labels = record.labels;
        std::vector<std::string> row{record.name,
                                     record.family,
                                     record.trajectory,
                                     record.source,
                                     formula_of(record.structure),
                                     std::to_string(record.structure.size())};
        row.push_back(cell.is_periodic() ? real(cell.volume()) : "");
        row.push_back(labels.energy ? real(*labels.energy) : "");
        row.push_back(labels.energy ? real(*labels.energy / record.structure.size()) : "");
        double force = 0.0, moment = 0.0;
        for (auto const& f : labels.forces) force = std::max(force, f.norm());
        for (double const m : labels.moments) moment += m;
        row.push_back(labels.forces.empty() ? "" : real(force));
        row.push_back(labels.stress ? real(-labels.stress->trace() / 3.0 / units::GPa) : "");
        row.push_back(labels.moments.empty() ? "" : real(moment / record.structure.size()));
        if (has_level) row.push_back(record.level);
        for (auto const& [name, column] : properties) {
            auto const found = labels.properties.find(name);
            row.push_back(found == labels.properties.end() ? "" : real(found->second));
        }
        auto const& p = cell.periodic();
        row.push_back(
            fmt::format("{} {} {}", p[0] ? 'T' : 'F', p[1] ? 'T' : 'F', p[2] ? 'T' : 'F'));
        Mat3 const by_rows = cell.rows().transpose();
        row.push_back(join_reals({by_rows.data(), 9}));
        std::string symbols, places;
        for (int const z : species)
            symbols += fmt::format("{}{}", symbols.empty() ? "" : " ", symbol_of(z));
        for (auto const& r : positions)
            places += (places.empty() ? "" : "; ") + join_reals({r.data(), 3});
        row.push_back(symbols);
        row.push_back(places);
        table.rows.push_back(std::move(row));
        table.lines.push_back(std::ssize(table.rows) + 1);
    }
    return table;
}

}  // namespace kamacite::formats
