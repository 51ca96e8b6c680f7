#include "kamacite/formats/input_data.hpp"

#include <fmt/format.h>

#include "comment_line.hpp"
#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/core/utf8.hpp"
#include "kamacite/formats/text.hpp"

namespace kamacite::formats {
namespace {

constexpr long long bytes_at_once = 8LL << 20;

/// Collects the lines between begin and end.
class Builder {
public:
    Builder(InputDataUnits const& units, Place place) : units_{units}, place_{std::move(place)} {}

    void take(std::string_view line, long long number) {
        Place const here{place_.file, place_.frame, number};
        auto rest = line;
        auto const word = next_word(rest);
        if (word == "comment")
            take_comment(trimmed(rest), here);
        else if (word == "lattice")
            take_lattice(words_of(rest), here);
        else if (word == "atom")
            take_atom(words_of(rest), here);
        else if (word == "energy")
            take_energy(words_of(rest), here);
        else if (word == "charge")
            (void)number_of(words_of(rest), 0, here);
        else if (!word.empty())
            refuse(here, fmt::format("unknown keyword '{}' (known: comment, lattice, atom, energy, "
                                     "charge, end)",
                                     word));
    }

    [[nodiscard]] Record record() const {
        if (vectors_ != 0 && vectors_ != 3)
            refuse(place_,
                   fmt::format("{} lattice lines (must be 3, or none for a structure that is "
                               "not periodic)",
                               vectors_));
        try {
            Record record{Structure{vectors_ == 3 ? Cell{lattice_} : Cell::around(positions_),
                                    species_, positions_},
                          labels_,
                          name_,
                          family_,
                          trajectory_,
                          fmt::format("{}@{}", as_utf8(place_.file), place_.frame),
                          {}};
            record.level = level_;
            check(record);
            return record;
        } catch (DataError const& e) {
            refuse(place_, e.what());
        }
    }

private:
    static double number_of(std::vector<std::string_view> const& words, std::size_t i,
                            Place const& here) {
        if (i >= words.size())
            refuse(here, fmt::format("the line ends before number {}: it was cut off", i + 1));
        auto const value = to_real(words[i]);
        if (!value) refuse(here, fmt::format("'{}' stands where a number is expected", words[i]));
        return *value;
    }

    static Vec3 vector_of(std::vector<std::string_view> const& words, std::size_t i,
                          Place const& here) {
        return {number_of(words, i, here), number_of(words, i + 1, here),
                number_of(words, i + 2, here)};
    }

    void take_comment(std::string_view text, Place const& here) {
        auto const word = [&](std::string_view key) -> std::string {
            if (text.find(std::string{key} + '=') == std::string_view::npos) return {};
            try {
                for (auto const& [name, value] : parse_comment_line(text, here))
                    if (name == key) return value.text;
            } catch (DataError const&) {
                return {};  // free text, not keys
            }
            return {};
        };
        family_ = word("config_type");
        trajectory_ = word("trajectory");
        name_ = word("name");
        level_ = word("level");
        if (family_.empty() && trajectory_.empty() && name_.empty() && level_.empty()) name_ = text;
    }

    void take_energy(std::vector<std::string_view> const& words, Place const& here) {
        if (labels_.energy) refuse(here, "a second energy line: remove one");
        if (words.size() > 1)
            refuse(here, fmt::format("{} entries on the energy line (must be one number): remove "
                                     "the others",
                                     words.size()));
        labels_.energy = number_of(words, 0, here) * units_.energy;
    }

    void take_lattice(std::vector<std::string_view> const& words, Place const& here) {
        if (vectors_ == 3) refuse(here, "a fourth lattice line (must be 3): remove one");
        lattice_.row(vectors_++) = vector_of(words, 0, here).transpose() * units_.length;
    }

    void take_atom(std::vector<std::string_view> const& words, Place const& here) {
        if (words.size() != 9)
            refuse(here,
                   fmt::format("atom line has {} entries (must be 9): write x y z symbol charge "
                               "unused fx fy fz",
                               words.size()));
        positions_.push_back(vector_of(words, 0, here) * units_.length);
        try {
            species_.push_back(atomic_number_of(words[3]));
        } catch (DataError const& e) {
            refuse(here, e.what());
        }
        labels_.forces.push_back(vector_of(words, 6, here) * (units_.energy / units_.length));
    }

    InputDataUnits units_;
    Place place_;
    Mat3 lattice_ = Mat3::Zero();
    int vectors_ = 0;
    std::vector<int> species_;
    std::vector<Vec3> positions_;
    Labels labels_;
    std::string name_, family_, trajectory_, level_;
};

Record parse_structure(std::string_view text, InputDataUnits const& units, Place place) {
    auto number = place.line;
    Builder builder{units, std::move(place)};
    (void)next_line(text);  // begin
    while (!text.empty()) {
        auto const line = next_line(text);
        if (trimmed(line) == "end") return builder.record();
        builder.take(line, ++number);
    }
    throw DataError(
        "input.data changed while it was read: read it again when nothing writes to it");
}

/// Adds the structures of the file; `end` is where the last of them ends.
void find_structures(FrameIndex& index, long long& end) {
    LineScanner scanner{index.path};
    std::string line;
    long long begin = -1;  // of the structure that has no end yet
    long long begin_line = 0;
    for (;;) {
        auto const offset = scanner.offset();
        Place const place{index.path.string(), index.size(), scanner.line()};
        if (!scanner.next(line)) break;
        auto const word = trimmed(line);
        if (word == "begin") {
            if (begin >= 0) refuse(place, "begin inside a structure: the one before has no end");
            begin = offset;
            begin_line = place.line;
        } else if (word == "end") {
            if (begin < 0) refuse(place, "end without begin: remove it");
            index.offsets.push_back(begin);
            index.lines.push_back(begin_line);
            begin = -1;
            end = scanner.offset();
        } else if (begin < 0 && !word.empty() && word.front() != '#') {
            refuse(place, fmt::format("'{}' outside of a structure: put it between begin and end",
                                      word.substr(0, 60)));
        }
    }
    if (begin >= 0)
        refuse({index.path.string(), index.size(), begin_line},
               "the file ends before the structure's end: it was cut off");
}

}  // namespace

FrameIndex index_input_data(std::filesystem::path const& path, std::string* left_out) {
    FrameIndex index{path, {}, {}};
    long long end = 0;
    try {
        find_structures(index, end);
    } catch (DataError const& e) {
        if (!left_out || index.lines.empty()) throw;
        *left_out = e.what();
    }
    index.offsets.push_back(end);
    return index;
}

std::vector<Record> read_input_data(FrameIndex const& index, InputDataUnits const& units,
                                    long long first, long long last) {
    if (last == to_end) last = index.size();
    KAMACITE_EXPECTS(0 <= first && first <= last && last <= index.size());
    std::vector<Record> records;
    records.reserve(static_cast<std::size_t>(last - first));
    auto const at = [&](long long i) { return index.offsets[static_cast<std::size_t>(i)]; };
    while (first < last) {
        long long stop = first + 1;
        while (stop < last && at(stop + 1) - at(first) <= bytes_at_once) ++stop;
        auto const begin = at(first);
        auto const bytes = read_bytes(index.path, begin, at(stop));
        for (; first < stop; ++first)
            records.push_back(parse_structure(
                std::string_view{bytes}.substr(static_cast<std::size_t>(at(first) - begin)), units,
                {index.path.string(), first, index.lines[static_cast<std::size_t>(first)]}));
    }
    return records;
}

std::vector<Record> read_input_data(std::filesystem::path const& path, InputDataUnits const& units,
                                    long long first, long long last) {
    return read_input_data(index_input_data(path), units, first, last);
}

std::string to_input_data(Record const& record, InputDataUnits const& units) {
    auto const& [cell, species, positions] = record.structure;
    auto const& labels = record.labels;
    auto const& periodic = cell.periodic();
    bool const some = periodic[0] || periodic[1] || periodic[2];
    if (some && !cell.is_periodic())
        throw DataError(
            fmt::format("{} is periodic along only some directions (input.data knows all or "
                        "none): write it as extxyz",
                        record.source));
    if (labels.forces.empty())
        throw DataError(
            fmt::format("{} has no forces (an atom line of input.data cannot leave them out, "
                        "and zeros would be labels): write it as extxyz",
                        record.source));
    Frame keys;
    if (!record.name.empty()) keys.set("name", record.name);
    if (!record.family.empty()) keys.set("config_type", record.family);
    if (!record.trajectory.empty()) keys.set("trajectory", record.trajectory);
    if (!record.level.empty()) keys.set("level", record.level);
    auto comment = to_comment_line(keys.info, "");
    comment.erase(0, std::string_view{"Properties= "}.size());
    std::string text = "begin\n";
    if (!comment.empty()) text += "comment " + comment + "\n";
    auto const line = [](char const* keyword, Vec3 const& v) {
        return keyword + join_reals({v.data(), 3});
    };
    for (int i = 0; i < 3 && some; ++i)
        text += line("lattice ", cell.rows().row(i).transpose() / units.length) + "\n";
    double const force = units.energy / units.length;
    for (std::size_t i = 0; i < positions.size(); ++i)
        text += line("atom ", positions[i] / units.length) +
                fmt::format(" {} 0.0 0.0 ", symbol_of(species[i])) +
                line("", labels.forces[i] / force) + "\n";
    if (labels.energy) {
        double const energy = *labels.energy / units.energy;
        text += "energy " + join_reals({&energy, 1}) + "\n";
    }
    return text + "charge 0.0\nend\n";
}

}  // namespace kamacite::formats
