#include "kamacite/report/csv.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>

#include "kamacite/core/error.hpp"

namespace kamacite::report {
namespace {

std::string_view bare_name(std::string_view column) {
    return column.substr(0, column.find(" ["));
}

double number_of(std::string_view cell) {
    double value = std::numeric_limits<double>::quiet_NaN();
    while (!cell.empty() && cell.front() == ' ') cell.remove_prefix(1);
    auto const [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    return error == std::errc{} && end == cell.data() + cell.size()
               ? value
               : std::numeric_limits<double>::quiet_NaN();
}

std::string quoted(std::string const& cell) {
    if (cell.find_first_of(",\"\n\r#") == std::string::npos) return cell;
    std::string result = "\"";
    for (char const c : cell) result += c == '"' ? std::string{"\"\""} : std::string{c};
    return result + "\"";
}

/// Splits one record, which may go over several lines where a quoted cell does.
std::vector<std::string> next_row(std::string_view text, std::size_t& at, int& line) {
    std::vector<std::string> row(1);
    bool inside = false;
    for (; at < text.size(); ++at) {
        char const c = text[at];
        if (c == '\n') ++line;
        if (inside) {
            if (c != '"') {
                row.back() += c;
            } else if (at + 1 < text.size() && text[at + 1] == '"') {
                row.back() += '"';
                ++at;
            } else {
                inside = false;
            }
        } else if (c == '"') {
            inside = true;
        } else if (c == ',') {
            row.emplace_back();
        } else if (c == '\n') {
            ++at;
            break;
        } else if (c != '\r') {
            row.back() += c;
        }
    }
    return row;
}

}  // namespace

int CsvTable::find(std::string_view name) const {
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (bare_name(columns[i]) == name) return static_cast<int>(i);
    return -1;
}

std::vector<double> CsvTable::numbers(std::string_view name) const {
    std::vector<double> values;
    for (auto const& cell : texts(name)) values.push_back(number_of(cell));
    return values;
}

std::vector<std::string> CsvTable::texts(std::string_view name) const {
    int const column = find(name);
    if (column < 0) return std::vector<std::string>(static_cast<std::size_t>(rows()));
    return cells[static_cast<std::size_t>(column)];
}

void CsvTable::add(std::string name, std::vector<double> const& values) {
    std::vector<std::string> texts;
    texts.reserve(values.size());
    for (double const v : values) texts.push_back(std::isnan(v) ? "" : fmt::format("{:.10g}", v));
    add(std::move(name), std::move(texts));
}

void CsvTable::add(std::string name, std::vector<std::string> values) {
    KAMACITE_EXPECTS(cells.empty() || values.size() == cells.front().size());
    columns.push_back(std::move(name));
    cells.push_back(std::move(values));
}

CsvTable parse_csv(std::string_view text, std::string const& where) {
    CsvTable table;
    int line = 1;
    for (std::size_t at = 0; at < text.size();) {
        int const first_line = line;
        if (text[at] == '#') {
            std::size_t const end = std::min(text.find('\n', at), text.size());
            table.comments.emplace_back(text.substr(at + 1, end - at - 1));
            at = end + 1;
            ++line;
            continue;
        }
        auto row = next_row(text, at, line);
        if (row.size() == 1 && row.front().empty()) continue;
        if (table.columns.empty()) {
            table.columns = std::move(row);
            table.cells.resize(table.columns.size());
            continue;
        }
        if (row.size() != table.columns.size())
            throw DataError(
                fmt::format("{}:{}: {} cells in a table of {} columns (must be equal): "
                            "write the file again",
                            where, first_line, row.size(), table.columns.size()));
        for (std::size_t i = 0; i < row.size(); ++i) table.cells[i].push_back(std::move(row[i]));
    }
    return table;
}

std::string to_csv(CsvTable const& table) {
    std::string text;
    for (auto const& comment : table.comments) text.append("#").append(comment).append("\n");
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (i != 0) text += ',';
        text += quoted(table.columns[i]);
    }
    text += '\n';
    for (std::size_t row = 0; row < static_cast<std::size_t>(table.rows()); ++row) {
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            if (i != 0) text += ',';
            text += quoted(table.cells[i][row]);
        }
        text += '\n';
    }
    return text;
}

}  // namespace kamacite::report
