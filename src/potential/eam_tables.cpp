#include "kamacite/potential/eam_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>
#include <optional>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"

namespace kamacite {
namespace {

constexpr long long fewest_points = 5;  // what the slope of a table takes
constexpr long long most_points = 10'000'000;

std::vector<std::string_view> words_of(std::string_view line) {
    constexpr std::string_view blank = " \t\r\f\v";
    std::vector<std::string_view> words;
    for (auto begin = line.find_first_not_of(blank); begin != std::string_view::npos;
         begin = line.find_first_not_of(blank, begin)) {
        auto const end = std::min(line.find_first_of(blank, begin), line.size());
        words.push_back(line.substr(begin, end - begin));
        begin = end;
    }
    return words;
}

template <class T>
std::optional<T> number_in(std::string_view word) {
    if (!word.empty() && word.front() == '+') word.remove_prefix(1);
    T value{};
    auto const [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc{} || end != word.data() + word.size()) return std::nullopt;
    return value;
}

/// The lines of a text one after the other, and where in which file one is.
class Lines {
public:
    Lines(std::string_view text, std::string name) : rest_{text}, name_{std::move(name)} {}

    [[nodiscard]] std::optional<std::string_view> next() {
        if (rest_.empty()) return std::nullopt;
        ++number_;
        auto const end = std::min(rest_.find('\n'), rest_.size());
        auto const line = rest_.substr(0, end);
        rest_.remove_prefix(std::min(end + 1, rest_.size()));
        return line;
    }
    /// Words of the next line that is not blank.
    [[nodiscard]] std::optional<std::vector<std::string_view>> next_words() {
        while (auto const line = next()) {
            auto words = words_of(*line);
            if (!words.empty()) return words;
        }
        return std::nullopt;
    }
    template <class... Args>
    [[noreturn]] void fail(fmt::format_string<Args...> form, Args&&... args) const {
        throw DataError(fmt::format("{}:{}: {}", name_, number_,
                                    fmt::format(form, std::forward<Args>(args)...)));
    }

private:
    std::string_view rest_;
    std::string name_;
    int number_ = 0;
};

/// Counts and steps of the fifth line.
struct Grid {
    std::size_t densities = 0, distances = 0;
};

std::vector<int> parse_elements(Lines& lines) {
    auto const line = lines.next();
    auto const words = words_of(line.value_or(""));
    auto const count = words.empty() ? std::nullopt : number_in<long long>(words[0]);
    if (!count || *count < 1 || *count + 1 != static_cast<long long>(words.size()))
        lines.fail(
            "'{}' is no count of elements with as many symbols, as in '2 Al Fe' (the fourth "
            "line of a setfl file): give an eam/alloy or eam/fs file; a file of one element "
            "in the older format 'funcfl' must be converted",
            line.value_or(""));
    std::vector<int> elements;
    for (std::size_t k = 1; k < words.size(); ++k) {
        int z = 0;
        try {
            z = atomic_number_of(words[k]);
        } catch (DataError const&) {
            lines.fail(
                "element '{}' is unknown (must be a chemical symbol): correct the fourth "
                "line",
                words[k]);
        }
        if (std::find(elements.begin(), elements.end(), z) != elements.end())
            lines.fail("element {} is named twice: correct the fourth line", words[k]);
        elements.push_back(z);
    }
    return elements;
}

Grid parse_grid(Lines& lines, EamTables& tables) {
    auto const line = lines.next();
    auto const words = words_of(line.value_or(""));
    if (words.size() != 5)
        lines.fail(
            "the line has {} words (must be 5: number of densities, their step, number of "
            "distances, their step, cutoff): correct the fifth line",
            words.size());
    auto const count_at = [&](std::size_t k) {
        auto const n = number_in<long long>(words[k]);
        if (!n || *n < fewest_points || *n > most_points)
            lines.fail(
                "number of points is '{}' (must be an integer from {} to {}): correct the "
                "fifth line",
                words[k], fewest_points, most_points);
        return static_cast<std::size_t>(*n);
    };
    auto const positive_at = [&](std::size_t k, char const* what) {
        auto const x = number_in<double>(words[k]);
        if (!x || !std::isfinite(*x) || *x <= 0.0)
            lines.fail("{} is '{}' (must be a positive number): correct the fifth line", what,
                       words[k]);
        return *x;
    };
    Grid const grid{count_at(0), count_at(2)};
    tables.density_step = positive_at(1, "the step of density");
    tables.distance_step = positive_at(3, "the step of distance");
    tables.cutoff = positive_at(4, "the cutoff");
    // Many files say a cutoff one step behind the last point.
    double const end = static_cast<double>(grid.distances) * tables.distance_step;
    if (tables.cutoff > end * (1.0 + 1e-6))
        lines.fail(
            "the cutoff is {} Å, while the tables end at {} Å (must not end before it): "
            "correct the fifth line, or take a complete file",
            tables.cutoff, end);
    return grid;
}

/// Reads numbers until there are `count`; they may be spread over lines in any way, but end with a
/// line.
std::vector<double> parse_values(Lines& lines, std::size_t count, std::string const& what) {
    std::vector<double> values;
    values.reserve(count);
    while (values.size() < count) {
        auto const words = lines.next_words();
        if (!words)
            lines.fail(
                "the file ends after {} of {} numbers of {}: it is cut off, or the counts "
                "of its fifth line are wrong; take a complete file",
                values.size(), count, what);
        for (auto const word : *words) {
            auto const x = number_in<double>(word);
            if (!x || !std::isfinite(*x))
                lines.fail(
                    "'{}' is not a finite number (number {} of {} of {}): the file is "
                    "damaged, or a table before this line has not as many numbers as the "
                    "fifth line says",
                    word, values.size() + 1, count, what);
            values.push_back(*x);
        }
    }
    if (values.size() > count)
        lines.fail(
            "{} has {} numbers (must be {} and end with a line): correct the counts in the "
            "fifth line, or the table",
            what, values.size(), count);
    return values;
}

/// The line before the tables of an element: atomic number, mass, lattice constant, lattice.
void parse_element_line(Lines& lines, std::string_view symbol) {
    auto const words = lines.next_words();
    if (!words) lines.fail("the file ends before the tables of {}: take a complete file", symbol);
    auto const is_number = [&](std::size_t k) {
        return number_in<double>((*words)[k]).has_value();
    };
    if (words->size() < 4 || !is_number(0) || !is_number(1) || !is_number(2) || is_number(3))
        lines.fail(
            "'{}' does not begin the tables of {} (must be atomic number, mass, lattice "
            "constant and lattice): the tables before it have not as many numbers as the "
            "fifth line says",
            fmt::join(*words, " "), symbol);
}

/// How many numbers stand between the line of the first element and that of the second.
std::size_t first_block(Lines lines) {
    std::size_t count = 0;
    (void)lines.next_words();
    while (auto const words = lines.next_words()) {
        if (words->size() >= 4 && !number_in<double>(words->at(3))) break;
        count += words->size();
    }
    return count;
}

EamTables::Kind kind_of(Lines const& lines, std::size_t elements, Grid const& grid) {
    // One element is the same in both; a count that fits neither is found where it goes wrong.
    bool const by_pair = elements > 1 && first_block(lines) > grid.densities + grid.distances;
    return by_pair ? EamTables::Kind::finnis_sinclair : EamTables::Kind::alloy;
}

void parse_tables(Lines& lines, EamTables& tables, Grid const& grid) {
    auto const symbol = [&](std::size_t k) { return symbol_of(tables.elements[k]); };
    bool const by_pair = tables.kind == EamTables::Kind::finnis_sinclair;
    auto const n = tables.elements.size();
    for (std::size_t a = 0; a < n; ++a) {
        parse_element_line(lines, symbol(a));
        tables.embedding.push_back(parse_values(
            lines, grid.densities, fmt::format("the embedding function of {}", symbol(a))));
        for (std::size_t b = 0; b < (by_pair ? n : 1); ++b)
            tables.density.push_back(
                parse_values(lines, grid.distances,
                             by_pair ? fmt::format("the density of {} at {}", symbol(a), symbol(b))
                                     : fmt::format("the density of {}", symbol(a))));
    }
    for (std::size_t a = 0; a < n; ++a)
        for (std::size_t b = 0; b <= a; ++b)
            tables.pair.push_back(
                parse_values(lines, grid.distances,
                             fmt::format("the pair function of {}-{}", symbol(a), symbol(b))));
    if (lines.next_words())
        lines.fail(
            "there are more numbers than {} tables of an {} file hold: correct the counts "
            "of the fifth line; files of other styles (adp, eam/cd, eam/he) are not read",
            tables.embedding.size() + tables.density.size() + tables.pair.size(),
            by_pair ? "eam/fs" : "eam/alloy");
}

std::optional<std::string> text_of(std::filesystem::path const& path, std::streamsize most) {
    std::ifstream file{path, std::ios::binary};
    if (!file || std::filesystem::is_directory(path)) return std::nullopt;
    std::string text;
    if (most > 0) {
        text.resize(static_cast<std::size_t>(most));
        file.read(text.data(), most);
        text.resize(static_cast<std::size_t>(file.gcount()));
    } else {
        text.assign(std::istreambuf_iterator<char>{file}, {});
    }
    return text;
}

}  // namespace

bool looks_like_eam(std::string_view text) {
    Lines lines{text, ""};
    for (int k = 0; k < 3; ++k)
        if (!lines.next()) return false;
    auto const elements = words_of(lines.next().value_or(""));
    auto const grid = words_of(lines.next().value_or(""));
    if (elements.size() < 2 || grid.size() != 5) return false;
    auto const count = number_in<long long>(elements[0]);
    return count && *count + 1 == static_cast<long long>(elements.size()) &&
           !number_in<double>(elements[1]) && std::all_of(grid.begin(), grid.end(), [](auto word) {
               return number_in<double>(word).has_value();
           });
}

bool is_eam_file(std::filesystem::path const& path) {
    constexpr std::streamsize header = 64 << 10;
    auto const text = text_of(path, header);
    return text && looks_like_eam(*text);
}

EamTables parse_eam(std::string_view text, std::string const& name) {
    Lines lines{text, name};
    for (int k = 0; k < 3; ++k) {
        auto const line = lines.next();
        auto const words = words_of(line.value_or(""));
        auto const key = std::find(words.begin(), words.end(), "UNITS:");
        if (k == 0 && key != words.end() && key + 1 != words.end() && key[1] != "metal")
            lines.fail("the units are '{}' (must be 'metal': eV and Å): convert the file", key[1]);
    }
    EamTables tables;
    tables.elements = parse_elements(lines);
    auto const grid = parse_grid(lines, tables);
    tables.kind = kind_of(lines, tables.elements.size(), grid);
    parse_tables(lines, tables, grid);
    return tables;
}

EamTables read_eam(std::filesystem::path const& path) {
    auto const text = text_of(path, 0);
    if (!text)
        throw MissingError(
            fmt::format("{}: the embedded-atom file cannot be read: correct its "
                        "name, or make it readable",
                        path.string()));
    return parse_eam(*text, path.string());
}

}  // namespace kamacite
