#include "settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "kamacite/core/error.hpp"

namespace kamacite::n2p2 {
namespace {

constexpr std::string_view blanks = " \t\r\v\f\n";

std::string_view without_plus(std::string_view word) {
    return word.size() > 1 && word[0] == '+' && word[1] != '-' ? word.substr(1) : word;
}

template <class T>
std::optional<T> to_number(std::string_view word) {
    word = without_plus(word);
    T value{};
    auto const [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc{} || end != word.data() + word.size()) return std::nullopt;
    return value;
}

}  // namespace

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    for (std::size_t at = text.find_first_not_of(blanks); at != std::string_view::npos;) {
        auto const end = std::min(text.find_first_of(blanks, at), text.size());
        words.emplace_back(text.substr(at, end - at));
        at = text.find_first_not_of(blanks, end);
    }
    return words;
}

std::optional<double> to_real(std::string_view word) {
    return to_number<double>(word);
}
std::optional<int> to_integer(std::string_view word) {
    return to_number<int>(word);
}

Settings::Settings(Text const& file) : name_{file.name} {
    std::string_view rest = file.text;
    for (int line = 1; !rest.empty(); ++line) {
        auto const end = std::min(rest.find('\n'), rest.size());
        auto const text = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        auto words = words_of(text.substr(0, text.find_first_of("#!")));
        if (words.empty()) continue;
        auto key = std::move(words.front());
        words.erase(words.begin());
        lines_.push_back({std::move(key), std::move(words), line});
    }
}

Setting const* Settings::find(std::string_view key) const {
    auto const found =
        std::find_if(lines_.begin(), lines_.end(), [&](Setting const& s) { return s.key == key; });
    return found == lines_.end() ? nullptr : &*found;
}

std::vector<Setting const*> Settings::all(std::string_view key) const {
    std::vector<Setting const*> found;
    for (auto const& s : lines_)
        if (s.key == key) found.push_back(&s);
    return found;
}

Setting const& Settings::get(std::string_view key) const {
    if (auto const* found = find(key)) return *found;
    refuse(fmt::format("the keyword {} is missing (a model needs it): add it", key));
}

double Settings::real(Setting const& setting, std::size_t argument) const {
    if (argument >= setting.values.size())
        refuse(setting, fmt::format("it has {} arguments (argument {} must be a number): add it",
                                    setting.values.size(), argument + 1));
    auto const value = to_real(setting.values[argument]);
    if (!value || !std::isfinite(*value))
        refuse(setting, fmt::format("'{}' is no number (argument {} must be one): correct it",
                                    setting.values[argument], argument + 1));
    return *value;
}

int Settings::integer(Setting const& setting, std::size_t argument) const {
    if (argument >= setting.values.size())
        refuse(setting,
               fmt::format("it has {} arguments (argument {} must be a whole number): add it",
                           setting.values.size(), argument + 1));
    auto const value = to_integer(setting.values[argument]);
    if (!value)
        refuse(setting, fmt::format("'{}' is no whole number (argument {} must be one): correct it",
                                    setting.values[argument], argument + 1));
    return *value;
}

double Settings::real_or(std::string_view key, double otherwise) const {
    auto const* const setting = find(key);
    return setting == nullptr ? otherwise : real(*setting, 0);
}

std::string Settings::place(Setting const& setting) const {
    return fmt::format("{}:{}: {}", name_, setting.line, setting.key);
}

void Settings::refuse(Setting const& setting, std::string const& what) const {
    throw InputError(fmt::format("{}: {}", place(setting), what));
}

void Settings::refuse(std::string const& what) const {
    throw InputError(fmt::format("{}: {}", name_, what));
}

}  // namespace kamacite::n2p2
