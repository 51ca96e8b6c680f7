#pragma once
#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kamacite::formats {

/// Whether a character separates words or lines.
[[nodiscard]] constexpr bool is_blank(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f' || c == '\n';
}

/// The text without blanks at its ends; the text in lower case (ASCII).
[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;
[[nodiscard]] std::string lower(std::string_view text);

/// The next word of `rest`, cut off from it; empty at the end.
[[nodiscard]] inline std::string_view next_word(std::string_view& rest) noexcept {
    std::size_t begin = 0;
    while (begin < rest.size() && is_blank(rest[begin])) ++begin;
    std::size_t end = begin;
    while (end < rest.size() && !is_blank(rest[end])) ++end;
    auto const word = rest.substr(begin, end - begin);
    rest.remove_prefix(end);
    return word;
}

/// The next line of `rest` without its end, cut off from it.
[[nodiscard]] std::string_view next_line(std::string_view& rest) noexcept;

/// The lines of a text, without their ends; what a last line without an end has is left out.
[[nodiscard]] std::vector<std::string_view> whole_lines(std::string_view text);

/// All words of a text, in order.
[[nodiscard]] std::vector<std::string_view> words_of(std::string_view text);

/// The number that is the whole of `word`; also +1, 1.0d-3, nan. Nothing if it is none.
[[nodiscard]] std::optional<double> to_real(std::string_view word);

/// The same for whole numbers, and for T, F, true, False, 1, 0 …
[[nodiscard]] std::optional<long long> to_integer(std::string_view word);
[[nodiscard]] std::optional<bool> to_logical(std::string_view word);

/// Shortest text that gives the same number back.
void append_real(std::string& out, double value);

/// Numbers as append_real() writes them, with a blank between two.
[[nodiscard]] std::string join_reals(std::span<double const> values);

/// Lines of a file, read in pieces; what an index needs.
class LineScanner {
public:
    /// \throws MissingError if it cannot be opened
    explicit LineScanner(std::filesystem::path const& path);

    [[nodiscard]] long long offset() const noexcept {
        return offset_;
    }                                                                ///< of the next line [byte]
    [[nodiscard]] long long line() const noexcept { return line_; }  ///< of the next line, from 1
    [[nodiscard]] bool next(std::string& line);                      ///< false at the end
    [[nodiscard]] long long skip(long long n);                       ///< lines that there were

private:
    [[nodiscard]] bool fill();
    template <class Take>
    bool take_line(Take&& take);

    std::filesystem::path path_;
    std::ifstream in_;
    std::string buffer_;
    std::size_t used_ = 0;
    long long offset_ = 0;
    long long line_ = 1;
};

/// Bytes [begin, end) of a file, or all of it.
/// \throws MissingError if it cannot be opened, DataError if it is shorter
[[nodiscard]] std::string read_bytes(std::filesystem::path const& path, long long begin,
                                     long long end);

/// All of a file.
/// \throws MissingError
[[nodiscard]] std::string read_text(std::filesystem::path const& path);

/// Writes under a temporary name and renames, so that a file is complete or not there.
/// \throws SystemError
void write_text(std::filesystem::path const& path, std::string_view text);

}  // namespace kamacite::formats
