#include "comment_line.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kamacite/formats/text.hpp"

namespace kamacite::formats {
namespace {

class Parser {
public:
    Parser(std::string_view line, Place const& place) : line_{line}, place_{place} {}

    std::vector<std::pair<std::string, Value>> keys() {
        std::vector<std::pair<std::string, Value>> info;
        for (skip_blanks(); !at_end(); skip_blanks()) {
            auto key = this->key();
            add(info, std::move(key), value());
        }
        return info;
    }

private:
    [[nodiscard]] bool at_end() const { return at_ == line_.size(); }
    [[nodiscard]] char peek() const { return at_end() ? '\0' : line_[at_]; }
    void skip_blanks() {
        while (!at_end() && is_blank(peek())) ++at_;
    }

    std::string key() {
        if (peek() == '"' || peek() == '\'') return quoted();
        auto const begin = at_;
        while (!at_end() && !is_blank(peek()) && peek() != '=') ++at_;
        if (at_ == begin)
            refuse(place_,
                   fmt::format("'=' without a key in column {} of the comment line", at_ + 1));
        return std::string{line_.substr(begin, at_ - begin)};
    }

    Value value() {
        auto const after_key = at_;
        skip_blanks();
        if (peek() != '=') {
            at_ = after_key;
            return {Value::Style::flag, ""};
        }
        ++at_;
        skip_blanks();
        if (peek() == '"' || peek() == '\'') return {Value::Style::quoted, quoted()};
        if (peek() == '[' || peek() == '{') return {Value::Style::array, bracketed()};
        auto const begin = at_;
        while (!at_end() && !is_blank(peek())) ++at_;
        return {Value::Style::bare, std::string{line_.substr(begin, at_ - begin)}};
    }

    std::string quoted() {
        auto const begin = at_;
        char const quote = line_[at_++];
        std::string text;
        for (; !at_end() && peek() != quote; ++at_) {
            if (peek() == '\\' && at_ + 1 < line_.size()) {
                char const next = line_[at_ + 1];
                if (next == quote || next == '\\' || next == 'n') {
                    text += next == 'n' ? '\n' : next;
                    ++at_;
                    continue;
                }
            }
            text += peek();
        }
        if (at_end())
            refuse(place_,
                   fmt::format("the quote in column {} of the comment line is not closed: the "
                               "line was cut off, or a {} is missing",
                               begin + 1, quote));
        ++at_;
        return text;
    }

    std::string bracketed() {
        auto const begin = at_;
        int depth = 0;
        bool in_quotes = false;
        for (; !at_end(); ++at_) {
            char const c = peek();
            if (c == '"') in_quotes = !in_quotes;
            if (in_quotes) continue;
            if (c == '[' || c == '{') ++depth;
            if ((c == ']' || c == '}') && --depth == 0) {
                ++at_;
                return std::string{line_.substr(begin, at_ - begin)};
            }
        }
        refuse(place_,
               fmt::format("the bracket in column {} of the comment line is not closed: the "
                           "line was cut off, or a bracket is missing",
                           begin + 1));
    }

    void add(std::vector<std::pair<std::string, Value>>& info, std::string key, Value value) const {
        auto const same = std::ranges::find(info, key, &std::pair<std::string, Value>::first);
        if (same == info.end())
            info.emplace_back(std::move(key), std::move(value));
        else if (same->second.text != value.text)
            refuse(place_, fmt::format("key '{}' stands twice, as '{}' and as '{}': remove one",
                                       key, same->second.text, value.text));
    }

    std::string_view line_;
    Place const& place_;
    std::size_t at_ = 0;
};

std::string with_quotes(std::string const& text) {
    std::string result{'"'};
    for (char const c : text) {
        if (c == '"' || c == '\\') result += '\\';
        if (c == '\n')
            result += "\\n";
        else
            result += c;
    }
    return result + '"';
}

std::string text_of(std::string const& key, Value const& value) {
    bool const plain = !key.empty() && key.find_first_of(" \t\"'=") == std::string::npos;
    auto const name = plain ? key : with_quotes(key);
    switch (value.style) {
        case Value::Style::flag:
            return name;
        case Value::Style::quoted:
            return name + '=' + with_quotes(value.text);
        case Value::Style::bare:
        case Value::Style::array:
            break;
    }
    return name + '=' + value.text;
}

}  // namespace

std::vector<std::pair<std::string, Value>> parse_comment_line(std::string_view line,
                                                              Place const& place) {
    return Parser{line, place}.keys();
}

std::string to_comment_line(std::vector<std::pair<std::string, Value>> const& info,
                            std::string const& properties) {
    auto const property_text = "Properties=" + properties;
    bool written = std::ranges::any_of(info, [](auto const& i) { return i.first == "Properties"; });
    std::string line;
    auto const add = [&](std::string const& text) {
        if (!line.empty()) line += ' ';
        line += text;
    };
    if (!written && (info.empty() || info.front().first != "Lattice")) {
        add(property_text);
        written = true;
    }
    for (auto const& [key, value] : info) {
        add(key == "Properties" ? property_text : text_of(key, value));
        if (!written) add(property_text);
        written = true;
    }
    return line;
}

}  // namespace kamacite::formats
