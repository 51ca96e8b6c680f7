#include "kamacite/formats/extxyz.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "comment_line.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/formats/frame_lines.hpp"
#include "kamacite/formats/text.hpp"

namespace kamacite::formats {
namespace {

constexpr long long bytes_at_once = 8LL << 20;

int atom_count(std::string_view line, Place const& place) {
    auto const count = to_integer(trimmed(line));
    if (!count || *count < 0 || *count > std::numeric_limits<int>::max())
        refuse(place,
               fmt::format("'{}' stands where the number of atoms is expected: check that the "
                           "frame before has as many atom lines as it says",
                           trimmed(line).substr(0, 60)));
    return static_cast<int>(*count);
}

std::vector<Column> columns_of(std::string_view properties, Place const& place) {
    std::vector<std::string> fields{""};
    for (char const c : properties)
        if (c == ':')
            fields.emplace_back();
        else
            fields.back() += c;
    auto const bad = [&](std::string const& why) {
        refuse(place,
               fmt::format("Properties={} {}: write name:type:width for each column, with type "
                           "S, R, I or L, e.g. species:S:1:pos:R:3",
                           properties, why));
    };
    if (fields.size() % 3 != 0) bad("has an incomplete column");
    std::vector<Column> columns;
    for (std::size_t i = 0; i < fields.size(); i += 3) {
        auto const width = to_integer(fields[i + 2]);
        if (!width || *width < 1 || *width > 100000)
            bad(fmt::format("has '{}' as width of '{}'", fields[i + 2], fields[i]));
        Column column{fields[i], static_cast<int>(*width), {}};
        if (fields[i + 1] == "S")
            column.values = std::vector<std::string>{};
        else if (fields[i + 1] == "R")
            column.values = std::vector<double>{};
        else if (fields[i + 1] == "I")
            column.values = std::vector<long long>{};
        else if (fields[i + 1] == "L")
            column.values = std::vector<char>{};
        else
            bad(fmt::format("has '{}' as type of '{}'", fields[i + 1], fields[i]));
        for (auto const& other : columns)
            if (other.name == column.name) bad(fmt::format("names column '{}' twice", column.name));
        columns.push_back(std::move(column));
    }
    return columns;
}

template <class T>
std::optional<T> to_value(std::string_view word) {
    if constexpr (std::is_same_v<T, std::string>)
        return word.empty() ? std::nullopt : std::optional<std::string>{word};
    else if constexpr (std::is_same_v<T, double>)
        return to_real(word);
    else if constexpr (std::is_same_v<T, long long>)
        return to_integer(word);
    else
        return to_logical(word);
}

/// Reads the words of one column on one atom line.
template <class T>
void read_words(std::vector<T>& values, Column const& column, std::string_view& line,
                long long atom, Place const& place) {
    for (int k = 0; k < column.width; ++k) {
        auto const word = next_word(line);
        auto value = to_value<T>(word);
        if (!value) {
            Place const here{place.file, place.frame, place.line + 2 + atom};
            if (word.empty())
                refuse(here,
                       fmt::format("atom line {} ends before column '{}' is complete: it must "
                                   "have the columns that Properties names",
                                   atom + 1, column.name));
            refuse(here, fmt::format("'{}' is no value of column '{}' (type {})", word, column.name,
                                     column.type()));
        }
        values.push_back(std::move(*value));
    }
}

void read_atom_line(Frame& frame, std::string_view line, long long atom) {
    for (auto& column : frame.columns)
        std::visit([&](auto& values) { read_words(values, column, line, atom, frame.place); },
                   column.values);
    if (auto const word = next_word(line); !word.empty())
        refuse({frame.place.file, frame.place.frame, frame.place.line + 2 + atom},
               fmt::format("atom line {} has '{}' after its last column: name all columns in "
                           "Properties",
                           atom + 1, word));
}

/// The first two lines: all but the values of the columns.
Frame parse_head(std::string_view& rest, Place const& place) {
    Frame frame;
    frame.place = place;
    frame.atoms = atom_count(next_line(rest), place);
    auto const comment = next_line(rest);
    Place const comment_place{place.file, place.frame, place.line + 1};
    frame.info = parse_comment_line(comment, comment_place);
    auto const* const properties = frame.find("Properties");
    frame.columns = columns_of(
        properties ? std::string_view{properties->text} : "species:S:1:pos:R:3", comment_place);
    return frame;
}

Frame parse_frame(std::string_view& rest, Place const& place) {
    auto after_count = rest;
    (void)next_line(after_count);
    bool const has_comment = !after_count.empty();
    auto frame = parse_head(rest, place);
    for (auto& column : frame.columns)
        std::visit(
            [&](auto& v) {
                v.reserve(std::min(
                    static_cast<std::size_t>(frame.atoms) * static_cast<std::size_t>(column.width),
                    rest.size()));
            },
            column.values);
    for (int atom = 0; atom < frame.atoms; ++atom) {
        if (rest.empty())
            refuse(place, fmt::format("the file ends after {} of {} atom lines: it was cut off",
                                      atom, frame.atoms));
        read_atom_line(frame, next_line(rest), atom);
    }
    if (!has_comment) refuse(place, "the file ends before the comment line: it was cut off");
    return frame;
}

/// Skips blank lines; returns how many.
long long skip_blank_lines(std::string_view& rest) {
    long long lines = 0;
    while (!rest.empty()) {
        auto after = rest;
        if (!trimmed(next_line(after)).empty()) break;
        rest = after;
        ++lines;
    }
    return lines;
}

void append_text(std::string& out, Column const& column, std::size_t entry) {
    if (auto const* s = std::get_if<0>(&column.values))
        out += (*s)[entry];
    else if (auto const* r = std::get_if<1>(&column.values))
        append_real(out, (*r)[entry]);
    else if (auto const* i = std::get_if<2>(&column.values))
        out += std::to_string((*i)[entry]);
    else
        out += std::get<3>(column.values)[entry] ? 'T' : 'F';
}

/// Adds the frames of the file; `end` is where the last of them ends.
void find_frames(FrameIndex& index, long long& end) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    LineScanner scanner{index.path};
    std::string line;
    for (;;) {
        auto begin = scanner.offset();
        Place const place{index.path.string(), index.size(), scanner.line()};
        if (!scanner.next(line)) break;
        if (begin == 0 && line.starts_with(byte_order_mark)) {
            begin = std::ssize(byte_order_mark);
            line.erase(0, byte_order_mark.size());
        }
        if (trimmed(line).empty()) continue;
        long long const needed = atom_count(line, place) + 1LL;
        auto const there = scanner.skip(needed);
        if (there < needed)
            refuse(place, fmt::format("the file ends after {} of {} atom lines: it was cut off",
                                      std::max(0LL, there - 1), needed - 1));
        index.offsets.push_back(begin);
        index.lines.push_back(place.line);
        end = scanner.offset();
    }
}

}  // namespace

FrameIndex index_extxyz(std::filesystem::path const& path, std::string* left_out) {
    FrameIndex index{path, {}, {}};
    long long end = 0;
    try {
        find_frames(index, end);
    } catch (DataError const& e) {
        if (!left_out || index.lines.empty()) throw;
        *left_out = e.what();
    }
    index.offsets.push_back(end);
    return index;
}

std::vector<Frame> read_extxyz(FrameIndex const& index, long long first, long long last) {
    if (last == to_end) last = index.size();
    KAMACITE_EXPECTS(0 <= first && first <= last && last <= index.size());
    std::vector<Frame> frames;
    frames.reserve(static_cast<std::size_t>(last - first));
    auto const at = [&](long long i) { return index.offsets[static_cast<std::size_t>(i)]; };
    while (first < last) {
        long long stop = first + 1;
        while (stop < last && at(stop + 1) - at(first) <= bytes_at_once) ++stop;
        auto const bytes = read_bytes(index.path, at(first), at(stop));
        for (; first < stop; ++first) {
            auto rest = std::string_view{bytes}.substr(static_cast<std::size_t>(
                at(first) - at(stop) + static_cast<long long>(bytes.size())));
            frames.push_back(parse_frame(
                rest, {index.path.string(), first, index.lines[static_cast<std::size_t>(first)]}));
        }
    }
    return frames;
}

std::vector<Frame> read_extxyz(std::filesystem::path const& path, long long first, long long last) {
    return read_extxyz(index_extxyz(path), first, last);
}

std::vector<Frame> parse_extxyz(std::string_view text, std::string const& name) {
    std::vector<Frame> frames;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // byte order mark
    Place place{name, 0, 1};
    for (;;) {
        place.line += skip_blank_lines(text);
        if (text.empty()) return frames;
        frames.push_back(parse_frame(text, place));
        place.line += frames.back().atoms + 2;
        ++place.frame;
    }
}

FrameHead read_frame_head(FrameIndex const& index, long long frame) {
    KAMACITE_EXPECTS(0 <= frame && frame < index.size());
    auto const k = static_cast<std::size_t>(frame);
    auto const begin = index.offsets[k], end = index.offsets[k + 1];
    for (long long length = 1LL << 16;; length *= 4) {  // until it has both lines
        auto const bytes = read_bytes(index.path, begin, std::min(end, begin + length));
        std::string_view const text{bytes};
        auto const first = text.find('\n');
        auto const second = first == std::string_view::npos ? first : text.find('\n', first + 1);
        if (second == std::string_view::npos && begin + length < end) continue;
        auto rest = text.substr(0, second == std::string_view::npos ? text.size() : second + 1);
        auto const size = std::ssize(rest);
        return {parse_head(rest, {index.path.string(), frame, index.lines[k]}), begin + size, end};
    }
}

Frame parse_atom_lines(FrameHead const& head, std::string_view text, long long first) {
    Frame part = head.frame;
    part.atoms = 0;
    for (; !text.empty(); ++part.atoms) read_atom_line(part, next_line(text), first + part.atoms);
    part.place.line += first;
    return part;
}

std::string head_text(Frame const& frame, long long atoms) {
    std::string properties;
    for (auto const& column : frame.columns)
        properties += fmt::format("{}{}:{}:{}", properties.empty() ? "" : ":", column.name,
                                  column.type(), column.width);
    return fmt::format("{}\n{}\n", atoms, to_comment_line(frame.info, properties));
}

std::string atom_lines(Frame const& frame) {
    std::string text;
    for (int atom = 0; atom < frame.atoms; ++atom) {
        bool first = true;
        for (auto const& column : frame.columns)
            for (int k = 0; k < column.width; ++k) {
                if (!first) text += ' ';
                first = false;
                append_text(
                    text, column,
                    static_cast<std::size_t>(atom) * static_cast<std::size_t>(column.width) +
                        static_cast<std::size_t>(k));
            }
        text += '\n';
    }
    return text;
}

std::string to_text(Frame const& frame) {
    return head_text(frame, frame.atoms) + atom_lines(frame);
}

void write_extxyz(std::filesystem::path const& path, std::span<Frame const> frames) {
    std::string text;
    for (auto const& frame : frames) text += to_text(frame);
    write_text(path, text);
}

}  // namespace kamacite::formats
