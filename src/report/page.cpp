#include "kamacite/report/page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kamacite/core/error.hpp"

namespace kamacite::report {
namespace {

constexpr std::string_view style = R"(
:root { --ink: #1d2733; --soft: #5b6875; --line: #d9dee4; --accent: #0b5a8f; --wash: #f5f7f9; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2.5rem 1.5rem 4rem; max-width: 72rem; color: var(--ink);
       background: #fff; font: 15px/1.5 "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif; }
h1 { font-size: 1.7rem; margin: 0; font-weight: 600; }
h2 { font-size: 1.2rem; margin: 2.6rem 0 .6rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line);
     font-weight: 600; }
h3 { font-size: 1rem; margin: 1.6rem 0 .4rem; font-weight: 600; }
p, li { max-width: 48rem; }
.subtitle { color: var(--soft); margin: .2rem 0 1.2rem; }
nav { font-size: .9rem; margin-bottom: 1rem; } nav a { margin-right: 1.1rem; white-space: nowrap; }
a { color: var(--accent); text-decoration: none; } a:hover { text-decoration: underline; }
.scroll { overflow-x: auto; margin: .8rem 0 1.2rem; }
table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; }
caption { caption-side: bottom; text-align: left; color: var(--soft); padding-top: .4rem; font-size: .85rem; }
th, td { padding: .28rem .5rem; text-align: left; border-bottom: 1px solid var(--line); white-space: nowrap; }
tbody tr:first-child td { border-top: 1px solid var(--line); }
th { white-space: normal; font-weight: 600; border-bottom: 1.5px solid var(--ink); vertical-align: bottom; }
th.r, td.r { text-align: right; }
tbody tr:hover { background: var(--wash); }
.note { border-left: 3px solid #d08a00; background: #fdf8ec; padding: .5rem .9rem; margin: .8rem 0; max-width: 48rem; }
.boxes { display: flex; flex-wrap: wrap; gap: .8rem; margin: 1rem 0; }
.box { border-left: 3px solid var(--accent); background: var(--wash); padding: .55rem .9rem; min-width: 9.5rem; }
.box b { display: block; font-size: 1.25rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.box span, .box i { display: block; color: var(--soft); font-size: .82rem; font-style: normal; }
.small { color: var(--soft); font-size: .85rem; }
details { margin: 1rem 0; } summary { cursor: pointer; color: var(--accent); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); gap: 1.2rem 1.6rem; margin: 1rem 0; }
figure { margin: 0; max-width: 44rem; break-inside: avoid; }
figure svg { width: 100%; height: auto; }
figcaption { color: var(--soft); font-size: .85rem; }
pre { background: var(--wash); border: 1px solid var(--line); border-radius: 4px; padding: .7rem .9rem; font-size: .8rem;
      line-height: 1.4; overflow-x: auto; max-height: 32rem; }
footer { margin-top: 3rem; color: var(--soft); font-size: .82rem; }
@media print { body { max-width: none; padding: 0; font-size: 11px; } nav { display: none; } pre { max-height: none; white-space: pre-wrap; } }
)";

}  // namespace

std::string escaped(std::string_view text) {
    std::string result;
    for (char const c : text) {
        switch (c) {
            case '&':
                result += "&amp;";
                break;
            case '<':
                result += "&lt;";
                break;
            case '>':
                result += "&gt;";
                break;
            case '"':
                result += "&quot;";
                break;
            case '\'':
                result += "&#39;";
                break;
            default:
                // control characters have no place in a page
                if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') result += c;
        }
    }
    return result;
}

Page::Page(std::string title, std::string subtitle)
    : title_{std::move(title)}, subtitle_{std::move(subtitle)} {}

void Page::close_figures() {
    if (in_figures_) body_ += "</div>\n";
    in_figures_ = false;
}

void Page::section(std::string const& title) {
    close_figures();
    ++sections_;
    body_ += fmt::format("<h2 id=\"section-{}\">{}</h2>\n", sections_, escaped(title));
    contents_ += fmt::format("<a href=\"#section-{}\">{}</a>\n", sections_, escaped(title));
}

void Page::subsection(std::string const& title) {
    close_figures();
    body_ += fmt::format("<h3>{}</h3>\n", escaped(title));
}

void Page::paragraph(std::string const& text) {
    close_figures();
    body_ += fmt::format("<p>{}</p>\n", escaped(text));
}

void Page::note(std::string const& text) {
    close_figures();
    body_ += fmt::format("<div class=\"note\">{}</div>\n", escaped(text));
}

void Page::list(std::vector<std::string> const& items) {
    close_figures();
    body_ += "<ul>\n";
    for (auto const& item : items) body_ += fmt::format("<li>{}</li>\n", escaped(item));
    body_ += "</ul>\n";
}

void Page::preformatted(std::string const& text) {
    close_figures();
    body_ += fmt::format("<pre>{}</pre>\n", escaped(text));
}

void Page::details(std::string const& title, std::string const& text) {
    close_figures();
    body_ += fmt::format("<details><summary>{}</summary><pre>{}</pre></details>\n", escaped(title),
                         escaped(text));
}

void Page::small(std::string const& text) {
    close_figures();
    body_ += fmt::format("<p class=\"small\">{}</p>\n", escaped(text));
}

void Page::highlights(std::vector<Highlight> const& boxes) {
    close_figures();
    body_ += "<div class=\"boxes\">\n";
    for (auto const& [value, label, remark] : boxes)
        body_ += fmt::format("<div class=\"box\"><b>{}</b><span>{}</span><i>{}</i></div>\n",
                             escaped(value), escaped(label), escaped(remark));
    body_ += "</div>\n";
}

void Page::table(Table const& table) {
    close_figures();
    auto const kind = [&](std::size_t column) {
        return table.columns[column].align == Table::Align::right ? " class=\"r\"" : "";
    };
    body_ += "<div class=\"scroll\"><table>\n";
    if (!table.caption.empty())
        body_ += fmt::format("<caption>{}</caption>\n", escaped(table.caption));
    if (std::any_of(table.columns.begin(), table.columns.end(),
                    [](auto const& column) { return !column.title.empty(); })) {
        body_ += "<thead><tr>";
        for (std::size_t i = 0; i < table.columns.size(); ++i)
            body_ += fmt::format("<th{}>{}</th>", kind(i), escaped(table.columns[i].title));
        body_ += "</tr></thead>\n";
    }
    body_ += "<tbody>\n";
    for (auto const& row : table.rows) {
        KAMACITE_EXPECTS(row.size() == table.columns.size());
        body_ += "<tr>";
        for (std::size_t i = 0; i < row.size(); ++i)
            body_ += fmt::format("<td{}>{}</td>", kind(i), escaped(row[i]));
        body_ += "</tr>\n";
    }
    body_ += "</tbody></table></div>\n";
}

void Page::figure(std::string const& svg, std::string const& caption, std::string const& csv) {
    if (!in_figures_) body_ += "<div class=\"figures\">\n";
    in_figures_ = true;
    body_ += "<figure>\n";
    body_ += svg.empty() ? "<div class=\"note\">Not drawn: gnuplot is not installed.</div>" : svg;
    body_ += fmt::format("\n<figcaption>{}", escaped(caption));
    if (!csv.empty()) body_ += fmt::format(" <a href=\"{}\">Numbers (CSV)</a>", escaped(csv));
    body_ += "</figcaption>\n</figure>\n";
}

std::string Page::html() const {
    return fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n"
        "<meta charset=\"utf-8\"/>\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
        "<title>{0}</title>\n<style>{2}</style>\n</head>\n<body>\n<h1>{0}</h1>\n"
        "<p class=\"subtitle\">{1}</p>\n<nav>\n{3}</nav>\n{4}{5}</body>\n</html>\n",
        escaped(title_), escaped(subtitle_), style, contents_, body_,
        in_figures_ ? "</div>\n" : "");
}

}  // namespace kamacite::report
