#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace kamacite::report {

/// A table of texts for readers.
struct Table {
    enum class Align { left, right };
    struct Column {
        std::string title;
        Align align = Align::right;
    };
    std::vector<Column> columns;                 ///< no header is shown if no title has a letter
    std::vector<std::vector<std::string>> rows;  ///< as many cells as columns in each
    std::string caption;
};

/// Text with &, <, >, " and ' written so that HTML shows them.
[[nodiscard]] std::string escaped(std::string_view text);

/// One HTML file that needs nothing else: style and pictures are inside, nothing is fetched. It is
/// well-formed XML too. All texts given are plain; they are escaped here.
class Page {
public:
    Page(std::string title, std::string subtitle);

    void section(std::string const& title);  ///< a heading, listed in the contents
    void subsection(std::string const& title);
    void paragraph(std::string const& text);
    void note(std::string const& text);  ///< set apart: a warning, or what is missing
    void table(Table const& table);
    void list(std::vector<std::string> const& items);
    void preformatted(std::string const& text);
    /// Preformatted text that is shown when its title is clicked.
    void details(std::string const& title, std::string const& text);
    void small(std::string const& text);  ///< a remark in small print
    /// Numbers that matter most, in a row of boxes: value over label over remark.
    struct Highlight {
        std::string value, label, remark;
    };
    void highlights(std::vector<Highlight> const& boxes);

    /// A picture with its caption. Pictures that follow each other stand side by side where there
    /// is room.
    /// \param svg  an <svg> element; empty: the caption says that it was not drawn
    /// \param csv  path of the numbers, relative to the page
    void figure(std::string const& svg, std::string const& caption, std::string const& csv);

    [[nodiscard]] std::string html() const;

private:
    void close_figures();

    std::string title_, subtitle_, body_, contents_;
    int sections_ = 0;
    bool in_figures_ = false;
};

}  // namespace kamacite::report
