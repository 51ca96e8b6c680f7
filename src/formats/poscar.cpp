#include "kamacite/formats/poscar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/core/utf8.hpp"
#include "kamacite/formats/text.hpp"

namespace kamacite::formats {
namespace {

class Lines {
public:
    Lines(std::string_view text, std::string const& name, long long line = 0)
        : rest_{text}, name_{name}, line_{line} {}

    std::string_view next(char const* what) {
        ++line_;
        if (rest_.empty()) refuse(fmt::format("the file ends where {} is expected", what));
        return next_line(rest_);
    }
    std::string_view next_without_comment(char const* what) {
        auto const line = next(what);
        return line.substr(0, line.find('!'));
    }
    /// The numbers at the beginning of the next line: at least `least`.
    std::vector<double> numbers(char const* what, std::size_t least) {
        auto const line = next_without_comment(what);
        std::vector<double> values;
        for (auto const word : words_of(line)) {
            auto const value = to_real(word);
            if (!value) break;
            values.push_back(*value);
        }
        if (values.size() < least)
            refuse(fmt::format("'{}' stands where {} is expected", trimmed(line), what));
        return values;
    }
    [[noreturn]] void refuse(std::string const& message) const {
        throw DataError(fmt::format("{}:{}: {}", name_, line_, message));
    }
    [[nodiscard]] std::string_view rest() const noexcept { return rest_; }
    [[nodiscard]] long long line() const noexcept { return line_; }  ///< read last, from 1

private:
    std::string_view rest_;
    std::string const& name_;
    long long line_;
};

/// Factors on the three axes. A negative scale is the volume of the cell.
Vec3 scale_of(std::vector<double> const& numbers, Mat3 const& rows, Lines const& lines) {
    if (numbers.size() >= 3 && numbers[0] > 0.0 && numbers[1] > 0.0 && numbers[2] > 0.0)
        return {numbers[0], numbers[1], numbers[2]};
    double const s = numbers[0];
    double const factor = s < 0.0 ? std::cbrt(-s / std::abs(rows.determinant())) : s;
    if (!(factor > 0.0) || !std::isfinite(factor))
        lines.refuse(
            fmt::format("scale factor {} for these lattice vectors (must give a positive "
                        "volume)",
                        s));
    return Vec3::Constant(factor);
}

/// Consecutive atoms of one element.
struct Group {
    int element;
    long long count;
};

std::vector<Group> groups_of(Lines& lines) {
    auto const symbols = words_of(lines.next_without_comment("the line of symbols"));
    if (symbols.empty() || to_integer(symbols.front()))
        lines.refuse("no line of symbols (VASP 4): add one before the counts, e.g. 'Fe Ni'");
    std::vector<Group> groups;
    for (auto const symbol : symbols) try {
            // VASP 6 may append _pv or a hash of the potential: "Fe_pv/1a2b"
            groups.push_back({atomic_number_of(symbol.substr(0, symbol.find_first_of("_/"))), 0});
        } catch (DataError const& e) {
            lines.refuse(e.what());
        }
    auto const counts = words_of(lines.next_without_comment("the line of counts"));
    if (counts.size() != groups.size())
        lines.refuse(
            fmt::format("{} counts for {} symbols (must be equal)", counts.size(), groups.size()));
    for (std::size_t i = 0; i < counts.size(); ++i) {
        auto const count = to_integer(counts[i]);
        if (!count || *count < 0 || *count > 10'000'000'000)
            lines.refuse(fmt::format("'{}' is no number of atoms", counts[i]));
        groups[i].count = *count;
    }
    return groups;
}

/// What stands before the positions.
struct Head {
    std::string file, comment;
    Cell cell;
    Vec3 scale;
    bool direct;
    std::vector<Group> groups;
    long long line;  ///< before that of the first atom

    [[nodiscard]] long long atoms() const {
        long long n = 0;
        for (auto const& group : groups) n += group.count;
        return n;
    }
};

Head read_head(Lines& lines, std::string const& name) {
    std::string const comment{trimmed(lines.next("the comment"))};
    auto const scale_numbers = lines.numbers("the scale factor", 1);
    Mat3 rows;
    for (int i = 0; i < 3; ++i) {
        auto const v = lines.numbers("a lattice vector", 3);
        rows.row(i) << v[0], v[1], v[2];
    }
    Vec3 const scale = scale_of(scale_numbers, rows, lines);
    rows = rows * scale.asDiagonal();
    auto groups = groups_of(lines);

    auto mode = trimmed(lines.next("Direct or Cartesian"));
    if (!mode.empty() && (mode.front() == 'S' || mode.front() == 's'))
        mode = trimmed(lines.next("Direct or Cartesian"));
    char const letter = mode.empty() ? ' ' : lower(mode.substr(0, 1)).front();
    if (letter != 'd' && letter != 'c' && letter != 'k')
        lines.refuse(fmt::format("'{}' stands where Direct or Cartesian is expected", mode));
    try {
        return {name, comment, Cell{rows}, scale, letter == 'd', std::move(groups), lines.line()};
    } catch (DataError const& e) {
        throw DataError(fmt::format("{}: {}", name, e.what()));
    }
}

/// Atoms [first, last).
AtomPart read_positions(Head const& head, Lines& lines, long long first, long long last) {
    AtomPart part;
    auto group = head.groups.begin();
    long long left = first;  // of the group, before `first`
    for (; first < last; ++first) {
        while (left >= group->count) left -= (group++)->count;
        ++left;
        auto const v = lines.numbers("the position of an atom", 3);
        Vec3 const r{v[0], v[1], v[2]};
        part.species.push_back(group->element);
        part.positions.emplace_back(head.direct ? head.cell.to_cartesian(r)
                                                : Vec3(head.scale.cwiseProduct(r)));
    }
    return part;
}

}  // namespace

Record parse_poscar(std::string_view text, std::string const& name) {
    Lines lines{text, name};
    auto const head = read_head(lines, name);
    auto part = read_positions(head, lines, 0, head.atoms());
    Record record{Structure{head.cell, std::move(part.species), std::move(part.positions)},
                  {},
                  head.comment,
                  {},
                  {},
                  as_utf8(name),
                  {}};
    try {
        check(record);
    } catch (DataError const& e) {
        throw DataError(fmt::format("{}: {}", name, e.what()));
    }
    return record;
}

AtomLines poscar_atom_lines(std::filesystem::path const& path) {
    constexpr long long longest_head = 1LL << 20;
    auto const size = static_cast<long long>(std::filesystem::file_size(path));
    auto const name = path.string();
    auto const text = read_bytes(path, 0, std::min(size, longest_head));
    Lines lines{text, name};
    auto const head = read_head(lines, name);
    return {name,
            head.cell,
            head.atoms(),
            std::ssize(text) - std::ssize(lines.rest()),
            size,
            false,
            [head](std::string_view part, long long first) {
                Lines its{part, head.file, head.line + first};
                return read_positions(
                    head, its, first,
                    first + std::ranges::count(part, '\n') + (part.ends_with('\n') ? 0 : 1));
            }};
}

Record read_poscar(std::filesystem::path const& path) {
    return parse_poscar(read_text(path), path.string());
}

std::string to_poscar(Record const& record) {
    auto const& [cell, species, positions] = record.structure;
    if (!cell.is_periodic())
        throw DataError(
            fmt::format("{} is not periodic along all directions (POSCAR is): write it as "
                        "extxyz, or put it into a box",
                        record.source));
    std::string comment = record.name.empty() ? formula_of(record.structure) : record.name;
    for (char& c : comment)
        if (c == '\n') c = ' ';
    std::string text = comment + "\n1.0\n";
    for (int i = 0; i < 3; ++i) {
        Vec3 const v = cell.rows().row(i).transpose();
        text += join_reals({v.data(), 3}) + "\n";
    }
    std::string symbols, counts;
    for (std::size_t i = 0; i < species.size();) {
        std::size_t end = i;
        while (end < species.size() && species[end] == species[i]) ++end;
        symbols += fmt::format("{}{}", i ? " " : "", symbol_of(species[i]));
        counts += fmt::format("{}{}", i ? " " : "", end - i);
        i = end;
    }
    text += symbols + "\n" + counts + "\nCartesian\n";
    for (auto const& r : positions) text += join_reals({r.data(), 3}) + "\n";
    return text;
}

}  // namespace kamacite::formats
