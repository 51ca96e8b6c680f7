#include "kamacite/formats/frame.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kamacite/core/error.hpp"
#include "kamacite/formats/text.hpp"

namespace kamacite::formats {
namespace {

std::string without_brackets(std::string_view text) {
    std::string plain{text};
    std::replace_if(
        plain.begin(), plain.end(),
        [](char c) { return c == '[' || c == ']' || c == '{' || c == '}' || c == ','; }, ' ');
    return plain;
}

template <class T, class Parse>
std::optional<std::vector<T>> list_of(std::string_view text, Parse parse) {
    std::string const plain = without_brackets(text);
    std::vector<T> values;
    for (auto const word : words_of(plain)) {
        auto const value = parse(word);
        if (!value) return std::nullopt;
        values.push_back(*value);
    }
    if (values.empty()) return std::nullopt;
    return values;
}

}  // namespace

void refuse(Place const& place, std::string const& message) {
    throw DataError(fmt::format("{}:{} (frame {}, counted from 0): {}", place.file, place.line,
                                place.frame, message));
}

std::optional<double> Value::real() const {
    return style == Style::flag ? std::nullopt : to_real(trimmed(text));
}

std::optional<std::vector<double>> Value::reals() const {
    return list_of<double>(text, to_real);
}

std::optional<std::vector<bool>> Value::logicals() const {
    if (style == Style::flag) return std::vector<bool>{true};
    return list_of<bool>(text, to_logical);
}

Value const* Frame::find(std::string_view key) const {
    auto const found = std::ranges::find(info, key, &std::pair<std::string, Value>::first);
    return found == info.end() ? nullptr : &found->second;
}

Column const* Frame::find_column(std::string_view name) const {
    auto const found = std::ranges::find(columns, name, &Column::name);
    return found == columns.end() ? nullptr : &*found;
}

void Frame::set(std::string const& key, Value value) {
    auto const found = std::ranges::find(info, key, &std::pair<std::string, Value>::first);
    if (found != info.end())
        found->second = std::move(value);
    else
        info.emplace_back(key, std::move(value));
}

void Frame::set(std::string const& key, double value) {
    set(key, Value{Value::Style::bare, join_reals({&value, 1})});
}

void Frame::set(std::string const& key, std::span<double const> values) {
    set(key, Value{Value::Style::quoted, join_reals(values)});
}

void Frame::set(std::string const& key, Mat3 const& matrix) {
    Mat3 const by_rows = matrix.transpose();  // Eigen stores columns
    set(key, std::span<double const>{by_rows.data(), 9});
}

void Frame::set(std::string const& key, std::string const& text) {
    bool const bare =
        !text.empty() && text.find_first_of(" \t\r\n\"'=\\[]{},") == std::string::npos;
    set(key, Value{bare ? Value::Style::bare : Value::Style::quoted, text});
}

void Frame::set_column(std::string const& name, int width, std::vector<double> values) {
    KAMACITE_EXPECTS(std::ssize(values) == static_cast<std::ptrdiff_t>(atoms) * width);
    Column column{name, width, std::move(values)};
    auto const found = std::ranges::find(columns, name, &Column::name);
    if (found != columns.end())
        *found = std::move(column);
    else
        columns.push_back(std::move(column));
}

void Frame::set_column(std::string const& name, std::span<Vec3 const> values) {
    std::vector<double> flat;
    flat.reserve(3 * values.size());
    for (auto const& v : values) flat.insert(flat.end(), v.data(), v.data() + 3);
    set_column(name, 3, std::move(flat));
}

}  // namespace kamacite::formats
