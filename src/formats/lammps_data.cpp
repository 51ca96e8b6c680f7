#include "kamacite/formats/lammps_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <set>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/core/utf8.hpp"
#include "kamacite/formats/text.hpp"
#include "lammps_head.hpp"

namespace kamacite::formats {
namespace {

using lammps::Head;
using lammps::refuse;
using lammps::without_comment;

/// Columns of an atom's line, from 0; image flags may follow.
struct Style {
    std::string_view name;
    std::size_t type, x, columns;
};
constexpr std::array<Style, 9> styles{{{"atomic", 1, 2, 5},
                                       {"charge", 1, 3, 6},
                                       {"molecular", 2, 3, 6},
                                       {"bond", 2, 3, 6},
                                       {"angle", 2, 3, 6},
                                       {"full", 2, 4, 7},
                                       {"sphere", 1, 4, 7},
                                       {"dipole", 1, 3, 9},
                                       {"spin", 1, 2, 9}}};
constexpr std::size_t most_columns = 12;  // of these styles, with image flags

/// Reads lines of atoms.
class AtomReader {
public:
    /// \param first  lines of atoms, the first at least: they tell the style if nothing else does
    AtomReader(Head head, std::string_view first)
        : head_{std::move(head)}, elements_{elements_of(head_)} {
        auto rest = first;
        style_ = style_of(words_of(without_comment(next_line(rest))).size());
    }

    [[nodiscard]] AtomPart read(std::string_view text, long long first) const {
        AtomPart part;
        for (auto line = head_.line + first; !text.empty(); ++line) {
            std::array<std::string_view, most_columns> words;
            std::size_t n = 0;
            auto rest = without_comment(next_line(text));
            while (!rest.empty() && n < most_columns) words[n++] = next_word(rest);
            if (!rest.empty() || (n != style_.columns && n != style_.columns + 3))
                refuse(head_.file, line,
                       fmt::format("{} columns of an atom, where style {} has {}, or {} with image "
                                   "flags",
                                   n, style_.name, style_.columns, style_.columns + 3));
            auto const number = to_integer(words[0]);
            if (!number || *number < 1)
                refuse(head_.file, line, fmt::format("'{}' is no atom's number", words[0]));
            part.numbers.push_back(*number);
            part.species.push_back(element(words[style_.type], line));
            Vec3 r;
            for (int k = 0; k < 3; ++k) {
                auto const word = words[style_.x + static_cast<std::size_t>(k)];
                auto const value = to_real(word);
                if (!value) refuse(head_.file, line, fmt::format("'{}' is no coordinate", word));
                r[k] = *value - head_.corner[k];
            }
            part.positions.push_back(r);
        }
        return part;
    }
    [[nodiscard]] Head const& head() const noexcept { return head_; }
    [[nodiscard]] bool knows_elements() const { return std::ranges::count(elements_, 0) == 0; }

private:
    Style style_of(std::size_t columns) const {
        for (auto const& style : styles)
            if (style.name == head_.style) return style;
        if (head_.style.empty() && (columns == 5 || columns == 8)) return styles.front();
        refuse(head_.file, head_.line,
               head_.style.empty()
                   ? fmt::format("{} columns of an atom: name the atom style in the line 'Atoms', "
                                 "as 'Atoms # charge'",
                                 columns)
                   : fmt::format("atom style {} is not known (atomic, charge, molecular, bond, "
                                 "angle, full, sphere, dipole and spin are): write the data with "
                                 "style atomic",
                                 head_.style));
    }
    int element(std::string_view word, long long line) const {
        std::size_t type = 0;
        if (auto const label = head_.labels.find(word); label != head_.labels.end()) {
            type = label->second;
        } else {
            auto const number = to_integer(word);
            if (!number || *number < 1 || *number > std::ssize(elements_))
                refuse(head_.file, line,
                       fmt::format("'{}' is none of the {} atom types", word, elements_.size()));
            type = static_cast<std::size_t>(*number - 1);
        }
        if (elements_[type] == 0)
            refuse(head_.file, line,
                   fmt::format("nothing tells the element of atom type {}: write it into the "
                               "section Masses, as '{} 55.845 # Fe'",
                               type + 1, type + 1));
        return elements_[type];
    }

    Head head_;
    std::vector<int> elements_;
    Style style_;
};

/// Atoms in the order of their numbers, if these are 1 … N.
void put_in_order(AtomPart& part, std::string const& file) {
    auto const n = part.numbers.size();
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) { return part.numbers[i]; });
    for (std::size_t i = 1; i < n; ++i)
        if (part.numbers[order[i]] == part.numbers[order[i - 1]])
            throw DataError(fmt::format("{}: two atoms have the number {}: number them anew", file,
                                        part.numbers[order[i]]));
    if (n > 0 && part.numbers[order.back()] != std::ssize(part.numbers)) return;
    AtomPart sorted;
    for (auto const i : order) {
        sorted.species.push_back(part.species[i]);
        sorted.positions.push_back(part.positions[i]);
    }
    part = std::move(sorted);
}

/// The lattice vectors turned as LAMMPS wants them: a along x, b in the plane of x and y; those
/// that are so already to the bit.
Mat3 turned(Mat3 const& rows) {
    bool const as_wanted = rows(0, 1) == 0.0 && rows(0, 2) == 0.0 && rows(1, 2) == 0.0 &&
                           rows.diagonal().minCoeff() > 0.0;
    return as_wanted ? rows : Mat3((rows * rows.transpose()).llt().matrixL());
}

/// Vectors of the same lattice with tilts of at most half an edge.
Mat3 with_small_tilts(Mat3 l) {
    for (auto const& [row, by] : {std::pair{2, 1}, std::pair{1, 0}, std::pair{2, 0}}) {
        double const tilt = l(row, by) / l(by, by);
        if (std::abs(tilt) > 0.5 + 1e-9) l.row(row) -= std::round(tilt) * l.row(by);
    }
    return l;
}

}  // namespace

Record parse_lammps_data(std::string_view text, std::string const& name) {
    auto const head = lammps::read_head(text, name, true);
    auto rest = text.substr(head.begin);
    auto after = rest;
    for (long long i = 0; i < head.atoms; ++i) (void)next_line(after);
    auto const lines = rest.substr(0, rest.size() - after.size());
    auto part = AtomReader{head, lines}.read(lines, 0);
    put_in_order(part, name);
    try {
        auto const& comment = head.comment;
        Record record{
            Structure{Cell{head.rows}, std::move(part.species), std::move(part.positions)},
            {},
            comment.starts_with("LAMMPS data file") ? "" : comment,
            {},
            {},
            as_utf8(name),
            {}};
        check(record);
        return record;
    } catch (DataError const& e) {
        throw DataError(fmt::format("{}: {}", name, e.what()));
    }
}

Record read_lammps_data(std::filesystem::path const& path) {
    return parse_lammps_data(read_text(path), path.string());
}

std::optional<AtomLines> lammps_atom_lines(std::filesystem::path const& path) {
    constexpr long long longest_head = 64LL << 20;
    auto const size = static_cast<long long>(std::filesystem::file_size(path));
    for (long long length = 1LL << 16; length <= longest_head; length *= 4) {
        auto const text = read_bytes(path, 0, std::min(size, length));
        auto at = text.find("\nAtoms");
        for (int i = 0; i < 4 && at != std::string::npos; ++i) at = text.find('\n', at + 1);
        if (at == std::string::npos && length < size) continue;
        if (text.find("\nAtoms") == std::string::npos) return std::nullopt;
        auto const head = lammps::read_head(text, path.string(), false);
        AtomReader const reader{head, std::string_view{text}.substr(head.begin)};
        if (!reader.knows_elements()) return std::nullopt;
        try {
            return AtomLines{path.string(),
                             Cell{head.rows},
                             head.atoms,
                             static_cast<long long>(head.begin),
                             size,
                             true,
                             [reader](std::string_view lines, long long first) {
                                 return reader.read(lines, first);
                             }};
        } catch (DataError const& e) {
            throw DataError(fmt::format("{}: {}", path.string(), e.what()));
        }
    }
    return std::nullopt;
}

bool is_lammps_data(std::filesystem::path const& path) {
    LineScanner scanner{path};
    std::string line;
    if (!scanner.next(line)) return false;
    for (int i = 0; i < 20 && scanner.next(line); ++i) {
        auto const words = words_of(without_comment(line));
        if (words.size() == 2 && words[1] == "atoms" && to_integer(words[0])) return true;
    }
    return false;
}

std::string to_lammps_data(Record const& record) {
    auto const& [cell, species, positions] = record.structure;
    if (!cell.is_periodic())
        throw DataError(
            fmt::format("{} is not periodic along all directions (a data file does not "
                        "say so): write it as extxyz, or put it into a box",
                        record.source));
    if (cell.rows().determinant() < 0.0)
        throw DataError(
            fmt::format("{} has left-handed lattice vectors, which LAMMPS refuses: "
                        "exchange two of them",
                        record.source));
    std::set<int> const elements(species.begin(), species.end());
    Mat3 const rows = turned(cell.rows()), l = with_small_tilts(rows);
    bool const stays = rows == cell.rows();
    std::string comment = record.name.empty() ? formula_of(record.structure) : record.name;
    std::ranges::replace(comment, '\n', ' ');
    auto text =
        fmt::format("{}\n\n{} atoms\n{} atom types\n\n", comment, species.size(), elements.size());
    for (int k = 0; k < 3; ++k)
        text += "0.0 " + join_reals(std::array{l(k, k)}) + fmt::format(" {0}lo {0}hi\n", "xyz"[k]);
    if (l(1, 0) != 0.0 || l(2, 0) != 0.0 || l(2, 1) != 0.0)
        text += join_reals(std::array{l(1, 0), l(2, 0), l(2, 1)}) + " xy xz yz\n";
    text += "\nMasses\n\n";
    int type = 0;
    for (int const z : elements)
        text += fmt::format("{} {:.6g} # {}\n", ++type, mass_of(z) / units::dalton, symbol_of(z));
    text += "\nAtoms # atomic\n\n";
    for (std::size_t i = 0; i < species.size(); ++i) {
        Vec3 const r =
            stays ? positions[i] : Vec3(rows.transpose() * cell.to_fractional(positions[i]));
        text += fmt::format("{} {} ", i + 1,
                            1 + std::distance(elements.begin(), elements.find(species[i])));
        text += join_reals({r.data(), 3}) + "\n";
    }
    return text;
}

}  // namespace kamacite::formats
