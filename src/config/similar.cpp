#include "kamacite/config/similar.hpp"

#include <algorithm>
#include <utility>

namespace kamacite::config {
namespace {

/// Letters to insert, delete or replace, or neighbours to swap, to make `a` of `b`.
int edits_between(std::string const& a, std::string const& b) {
    std::vector<std::vector<int>> d(a.size() + 1, std::vector<int>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) {
        for (std::size_t j = 0; j <= b.size(); ++j) {
            if (i == 0 || j == 0) {
                d[i][j] = static_cast<int>(i + j);
                continue;
            }
            d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1,
                                d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[a.size()][b.size()];
}

}  // namespace

std::vector<std::string> similar(std::string const& word, std::vector<std::string> const& known) {
    std::vector<std::pair<int, std::string>> found;
    if (word.size() > 60) return {};  // no name: a misplaced text, and costly to compare
    for (auto const& k : known) {
        int const edits = edits_between(word, k);
        bool const begins = word.size() >= 3 && k.starts_with(word);
        if (edits <= std::max(1, static_cast<int>(k.size()) / 3) || begins)
            found.emplace_back(begins ? 0 : edits, k);
    }
    std::sort(found.begin(), found.end());
    if (found.size() > 3) found.resize(3);
    std::vector<std::string> words;
    for (auto const& f : found) words.push_back(f.second);
    return words;
}

std::string did_you_mean(std::string const& word, std::vector<std::string> const& known) {
    std::string meant;
    for (auto const& k : similar(word, known)) meant += (meant.empty() ? "'" : " or '") + k + "'";
    return meant.empty() ? "" : " (did you mean " + meant + "?)";
}

}  // namespace kamacite::config
