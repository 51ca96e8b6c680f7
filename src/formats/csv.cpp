#include <fmt/format.h>

#include <algorithm>

#include "kamacite/core/error.hpp"
#include "kamacite/formats/table.hpp"
#include "kamacite/formats/text.hpp"
#include "table_rows.hpp"

namespace kamacite::formats {
namespace {

/// The separator that the first line which is no comment has most of.
char separator_of(std::string_view text) {
    while (!text.empty()) {
        auto const line = trimmed(next_line(text));
        if (line.empty() || line.starts_with('#') || line.starts_with("\"#")) continue;
        char best = ',';
        for (char const c : {';', '\t'})
            if (std::ranges::count(line, c) > std::ranges::count(line, best)) best = c;
        return best;
    }
    return ',';
}

class Parser {
public:
    Parser(std::string_view text, std::string const& name)
        : rest_{text}, separator_{separator_of(text)}, rows_{name} {}

    Table table() {
        while (at_ < rest_.size()) {
            auto const line = line_;
            if (is_comment()) {
                skip_line();
                continue;
            }
            rows_.add(row(), line);
        }
        return rows_.table();
    }

private:
    [[nodiscard]] bool is_comment() const {
        auto at = at_;
        while (at < rest_.size() && (rest_[at] == ' ' || rest_[at] == '\t')) ++at;
        return at < rest_.size() && rest_[at] == '#';
    }
    void skip_line() {
        auto const end = rest_.find('\n', at_);
        at_ = end == std::string_view::npos ? rest_.size() : end + 1;
        ++line_;
    }
    std::vector<std::string> row() {
        std::vector<std::string> cells;
        for (;;) {
            cells.push_back(cell());
            if (at_ == rest_.size()) break;
            if (rest_[at_++] == '\n') break;
        }
        ++line_;
        return cells;
    }
    /// Up to the separator or the end of the line, which are left standing.
    std::string cell() {
        while (at_ < rest_.size() && rest_[at_] == ' ') ++at_;
        std::string text = at_ < rest_.size() && rest_[at_] == '"' ? quoted() : std::string{};
        auto const begin = at_;
        while (at_ < rest_.size() && rest_[at_] != separator_ && rest_[at_] != '\n') ++at_;
        return text + std::string{trimmed(rest_.substr(begin, at_ - begin))};
    }
    std::string quoted() {
        auto const opened = line_;
        std::string text;
        for (++at_; at_ < rest_.size(); ++at_) {
            if (rest_[at_] == '"') {
                if (at_ + 1 == rest_.size() || rest_[at_ + 1] != '"') {
                    ++at_;
                    return text;
                }
                ++at_;
            }
            if (rest_[at_] == '\n') ++line_;
            text += rest_[at_];
        }
        rows_.refuse(opened, "a quote is not closed: add \" at the end of the cell");
    }

    std::string_view rest_;
    char separator_;
    TableRows rows_;
    std::size_t at_ = 0;
    long long line_ = 1;
};

}  // namespace

void TableRows::refuse(long long line, std::string const& message) const {
    throw DataError(fmt::format("{}:{}: {}", table_.file, line, message));
}

void TableRows::add(std::vector<std::string> cells, long long line) {
    while (!cells.empty() && cells.back().empty()) cells.pop_back();
    if (cells.empty()) return;
    bool const alone = table_.header.empty() || cells.size() == 1;
    if (alone && cells.front().starts_with('#')) return;
    if (table_.header.empty()) {
        table_.header = std::move(cells);
        return;
    }
    if (cells.size() > table_.header.size())
        refuse(line, fmt::format("{} cells for {} columns: put texts with separators into quotes",
                                 cells.size(), table_.header.size()));
    cells.resize(table_.header.size());
    table_.rows.push_back(std::move(cells));
    table_.lines.push_back(line);
}

Table parse_csv(std::string_view text, std::string const& name) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // byte order mark
    return Parser{text, name}.table();
}

Table read_csv(std::filesystem::path const& path) {
    return parse_csv(read_text(path), path.string());
}

std::string to_csv(Table const& table) {
    std::string text;
    auto const add_row = [&](std::vector<std::string> const& cells) {
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (i) text += ',';
            bool const plain = cells[i].find_first_of(",;\t\"\n\r") == std::string::npos &&
                               !cells[i].starts_with('#') && trimmed(cells[i]) == cells[i];
            if (plain) {
                text += cells[i];
                continue;
            }
            text += '"';
            for (char const c : cells[i]) text += c == '"' ? "\"\"" : std::string{c};
            text += '"';
        }
        text += '\n';
    };
    add_row(table.header);
    for (auto const& row : table.rows) add_row(row);
    return text;
}

}  // namespace kamacite::formats
