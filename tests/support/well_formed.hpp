#pragma once
#include <cctype>
#include <string>
#include <vector>

namespace kamacite::test {

/// What is wrong with the nesting of tags in an XML-like text; empty if nothing is.
inline std::string complaint_about_tags(std::string const& text) {
    std::vector<std::string> open;
    for (std::size_t at = text.find('<'); at != std::string::npos; at = text.find('<', at)) {
        if (text.compare(at, 4, "<!--") == 0) {
            at = text.find("-->", at);
            continue;
        }
        std::size_t end = at + 1;
        char quote = 0;
        for (; end < text.size(); ++end) {  // '>' inside an attribute does not end the tag
            char const c = text[end];
            if (quote != 0)
                quote = c == quote ? char{0} : quote;
            else if (c == '"' || c == '\'')
                quote = c;
            else if (c == '>')
                break;
        }
        if (end >= text.size()) return "tag without end: " + text.substr(at, 40);
        bool const closing = text[at + 1] == '/';
        std::size_t const begin = at + (closing ? 2 : 1);
        std::size_t stop = begin;
        while (stop < end && (std::isalnum(static_cast<unsigned char>(text[stop])) != 0 ||
                              text[stop] == ':' || text[stop] == '-'))
            ++stop;
        std::string const name = text.substr(begin, stop - begin);
        if (closing) {
            if (open.empty() || open.back() != name)
                return "</" + name + "> closes <" + (open.empty() ? "" : open.back()) + ">";
            open.pop_back();
        } else if (text[at + 1] != '!' && text[at + 1] != '?' && text[end - 1] != '/') {
            open.push_back(name);
        }
        at = end;
    }
    return open.empty() ? "" : "<" + open.back() + "> is not closed";
}

}  // namespace kamacite::test
