#include "kamacite/formats/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <system_error>

#include "kamacite/core/error.hpp"
#include "kamacite/core/output_path.hpp"

namespace kamacite::formats {
namespace {

constexpr std::size_t piece = std::size_t{1} << 20;  // bytes per read

std::ifstream open(std::filesystem::path const& path) {
    std::error_code code;
    if (std::filesystem::is_directory(path, code))
        throw MissingError(
            fmt::format("cannot read {} (it is a directory): name a file", path.string()));
    if (std::filesystem::exists(path, code) && !std::filesystem::is_regular_file(path, code))
        throw MissingError(
            fmt::format("cannot read {} (it is no regular file; structures are read more than once "
                        "and by several ranks): write it to a file first",
                        path.string()));
    std::ifstream in{path, std::ios::binary};
    if (!in)
        throw MissingError(fmt::format("cannot read {} ({}): check the name and its permissions",
                                       path.string(), std::strerror(errno)));
    return in;
}

}  // namespace

std::string_view trimmed(std::string_view text) noexcept {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

std::string lower(std::string_view text) {
    std::string result{text};
    for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return result;
}

std::string_view next_line(std::string_view& rest) noexcept {
    auto const end = rest.find('\n');
    auto line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
}

std::vector<std::string_view> whole_lines(std::string_view text) {
    std::vector<std::string_view> lines;
    for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    return lines;
}

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    for (auto word = next_word(text); !word.empty(); word = next_word(text)) words.push_back(word);
    return words;
}

std::optional<double> to_real(std::string_view word) {
    if (word.size() > 1 && word.front() == '+' && word[1] != '-') word.remove_prefix(1);
    double value = 0.0;
    auto const* const end = word.data() + word.size();
    auto const [stop, code] = std::from_chars(word.data(), end, value);
    if (code != std::errc{} || word.empty()) return std::nullopt;
    if (stop == end) return value;
    if (*stop != 'd' && *stop != 'D') return std::nullopt;
    std::string fortran{word};
    fortran[static_cast<std::size_t>(stop - word.data())] = 'e';
    auto const* const fortran_end = fortran.data() + fortran.size();
    auto const again = std::from_chars(fortran.data(), fortran_end, value);
    if (again.ec != std::errc{} || again.ptr != fortran_end) return std::nullopt;
    return value;
}

std::optional<long long> to_integer(std::string_view word) {
    if (word.size() > 1 && word.front() == '+' && word[1] != '-') word.remove_prefix(1);
    long long value = 0;
    auto const* const end = word.data() + word.size();
    auto const [stop, code] = std::from_chars(word.data(), end, value);
    if (code != std::errc{} || stop != end || word.empty()) return std::nullopt;
    return value;
}

std::optional<bool> to_logical(std::string_view word) {
    for (auto const* const yes : {"T", "t", "True", "true", "TRUE", "1"})
        if (word == yes) return true;
    for (auto const* const no : {"F", "f", "False", "false", "FALSE", "0"})
        if (word == no) return false;
    return std::nullopt;
}

void append_real(std::string& out, double value) {
    char digits[40];
    auto const end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    std::string_view const text{digits, static_cast<std::size_t>(end - digits)};
    out += text;
    // A real stays a real for readers that guess types: 3 → 3.0
    if (text.find_first_not_of("-0123456789") == std::string_view::npos) out += ".0";
}

std::string join_reals(std::span<double const> values) {
    std::string text;
    for (double const value : values) {
        if (!text.empty()) text += ' ';
        append_real(text, value);
    }
    return text;
}

LineScanner::LineScanner(std::filesystem::path const& path) : path_{path}, in_{open(path)} {}

bool LineScanner::fill() {
    buffer_.resize(piece);
    in_.read(buffer_.data(), static_cast<std::streamsize>(piece));
    if (in_.bad()) throw SystemError(fmt::format("cannot read {}: check the disk", path_.string()));
    buffer_.resize(static_cast<std::size_t>(in_.gcount()));
    used_ = 0;
    return !buffer_.empty();
}

template <class Take>
bool LineScanner::take_line(Take&& take) {
    if (used_ == buffer_.size() && !fill()) return false;
    for (;;) {
        auto const* const begin = buffer_.data() + used_;
        auto const left = buffer_.size() - used_;
        auto const* const end = static_cast<char const*>(std::memchr(begin, '\n', left));
        auto const length = end ? static_cast<std::size_t>(end - begin) : left;
        take(std::string_view{begin, length});
        auto const eaten = length + (end ? 1 : 0);
        used_ += eaten;
        offset_ += static_cast<long long>(eaten);
        if (end || !fill()) break;
    }
    ++line_;
    return true;
}

bool LineScanner::next(std::string& line) {
    line.clear();
    return take_line([&](std::string_view part) { line += part; });
}

long long LineScanner::skip(long long n) {
    for (long long i = 0; i < n; ++i)
        if (!take_line([](std::string_view) {})) return i;
    return n;
}

std::string read_bytes(std::filesystem::path const& path, long long begin, long long end) {
    auto in = open(path);
    std::string bytes(static_cast<std::size_t>(end - begin), '\0');
    in.seekg(begin);
    in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (in.gcount() != static_cast<std::streamsize>(bytes.size()))
        throw DataError(
            fmt::format("{} became shorter while it was read ({} of {} bytes from {}): "
                        "read it again when nothing writes to it",
                        path.string(), in.gcount(), bytes.size(), begin));
    return bytes;
}

std::string read_text(std::filesystem::path const& path) {
    auto in = open(path);
    std::string text{std::istreambuf_iterator<char>{in}, {}};
    if (in.bad()) throw SystemError(fmt::format("cannot read {}: check the disk", path.string()));
    return text;
}

void write_text(std::filesystem::path const& path, std::string_view text) {
    expect_plain_output(path);
    auto temporary = path;
    temporary += ".part";
    std::ofstream out{temporary, std::ios::binary | std::ios::trunc};
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    out.close();
    std::error_code code;
    if (out) std::filesystem::rename(temporary, path, code);
    if (!out || code) {
        auto const reason = code ? code.message() : std::strerror(errno);
        std::error_code ignored;
        std::filesystem::remove(temporary, ignored);
        throw SystemError(
            fmt::format("cannot write {} ({}): check that the folder exists, has space "
                        "and may be written to",
                        path.string(), reason));
    }
}

}  // namespace kamacite::formats
