#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kamacite/core/error.hpp"
#include "networks.hpp"

namespace kamacite::n2p2 {
namespace {

[[noreturn]] void damaged(Text const& file, int line, std::string const& what) {
    throw DataError(fmt::format("{}:{}: {}", file.name, line, what));
}

/// A line that is not a comment.
struct Row {
    std::vector<std::string> words;
    int line;
    bool ended;  ///< by a newline
};

/// Calls work(row) for the rows of a file. \returns the last one \throws DataError if there is none
template <class F>
Row for_each_row(Text const& file, char const* what, F const& work) {
    Row last{{}, 0, true};
    std::string_view rest = file.text;
    for (int line = 1; !rest.empty(); ++line) {
        auto const end = std::min(rest.find('\n'), rest.size());
        Row row{words_of(rest.substr(0, end)), line, end < rest.size()};
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (row.words.empty() || row.words[0][0] == '#') continue;
        work(row);
        last = std::move(row);
    }
    if (last.line == 0)
        throw DataError(fmt::format("{}: there are no {} (a model needs them): copy the file again",
                                    file.name, what));
    return last;
}

/// Refuses a row that no newline ends: nobody sees whether its last number is whole.
void expect_whole(Text const& file, Row const& row) {
    if (!row.ended)
        damaged(file, row.line,
                "the file ends within this line (its last number may be cut off): copy the file "
                "again, or end the line if it is whole");
}

double finite_at(Text const& file, int line, std::string const& word) {
    auto const value = to_real(word);
    if (!value || !std::isfinite(*value))
        damaged(file, line, fmt::format("'{}' is no finite number: the file is damaged", word));
    return *value;
}

/// What n2p2 writes behind each number: a or b, its index, where it leads from and to.
class Labels {
public:
    explicit Labels(Network const& network) : sizes_{network.sizes()} {}

    /// The label of the next number.
    std::vector<std::string> next() {
        auto const inputs = sizes_[layer_];
        auto const outputs = sizes_[layer_ + 1];
        ++index_;
        std::vector<std::string> label;
        if (from_ < inputs)
            label = {"a",          text(index_), text(layer_), text(from_ + 1), text(layer_ + 1),
                     text(to_ + 1)};
        else
            label = {"b", text(index_), text(layer_ + 1), text(to_ + 1)};
        if (++to_ == outputs) {
            to_ = 0;
            if (from_++ == inputs) {
                from_ = 0;
                ++layer_;
            }
        }
        return label;
    }

private:
    template <class T>
    static std::string text(T number) {
        return std::to_string(number);
    }
    std::vector<int> sizes_;
    std::size_t layer_ = 0;
    int from_ = 0, to_ = 0, index_ = 0;
};

}  // namespace

std::vector<double> read_weights(Text const& file, Network const& network) {
    auto const count = static_cast<std::size_t>(network.parameter_count());
    auto const layers = fmt::format("layers of {} nodes", fmt::join(network.sizes(), " "));
    std::vector<double> weights;
    Labels labels{network};
    bool labelled = false;
    auto const last = for_each_row(file, "weights", [&](Row const& row) {
        auto const& [words, line, ended] = row;
        if (weights.size() == count)
            damaged(file, line,
                    fmt::format("there are more than {} weights ({} need that many): the file "
                                "belongs to another input.nn",
                                count, layers));
        if (weights.empty()) labelled = words.size() > 1;
        weights.push_back(finite_at(file, line, words[0]));
        auto const label = labels.next();
        if (labelled ? words.size() <= label.size() : words.size() > 1)
            damaged(file, line,
                    fmt::format("it has {} columns ({}): the file is damaged, copy it again",
                                words.size(),
                                labelled ? fmt::format("the first row has a label, here it needs "
                                                       "{}",
                                                       label.size() + 1)
                                         : "the first row has no label"));
        for (std::size_t k = 1; k < words.size() && k <= label.size(); ++k)
            if (words[k] != label[k - 1])
                damaged(file, line,
                        fmt::format("column {} is '{}' (must be '{}' for {}): the file is damaged "
                                    "or belongs to another input.nn",
                                    k + 1, words[k], label[k - 1], layers));
    });
    if (weights.size() != count)
        damaged(file, last.line,
                fmt::format("there are {} weights ({} need {}): the file is cut off or belongs to "
                            "another input.nn",
                            weights.size(), layers, count));
    if (!labelled) expect_whole(file, last);
    return weights;
}

std::string weights_text(std::span<double const> weights, Network const& network) {
    std::string text =
        "# Weights (a) and biases (b): value, type, index, layer and node they start from, layer "
        "and node\n# they lead to; biases: layer and node.\n";
    Labels labels{network};
    for (double const w : weights)
        text += fmt::format("{:24.16E} {:>5}\n", w, fmt::join(labels.next(), " "));
    return text;
}

std::vector<std::vector<Range>> read_scaling(Text const& file,
                                             std::vector<std::size_t> const& counts) {
    std::vector<std::vector<Range>> all(counts.size());
    std::size_t e = 0;
    std::size_t columns = 0;  // of the first row
    auto const last = for_each_row(file, "rows", [&](Row const& row) {
        auto const& [words, line, ended] = row;
        if (e == counts.size()) {
            if (words.size() == 2) return;  // RuNNer's range of energies
            damaged(file, line,
                    "there are more rows than functions: the file belongs to another "
                    "input.nn");
        }
        if (words.size() < 5 || words.size() > 6)
            damaged(file, line,
                    fmt::format("it has {} columns (needs 5, or 6 with sigma): the file is damaged",
                                words.size()));
        if (columns == 0) columns = words.size();
        if (words.size() != columns)
            damaged(file, line,
                    fmt::format("it has {} columns (the first row has {}): the file is damaged, "
                                "copy it again",
                                words.size(), columns));
        auto& rows = all[e];
        if (to_integer(words[0]) != static_cast<int>(e) + 1 ||
            to_integer(words[1]) != static_cast<int>(rows.size()) + 1)
            damaged(file, line,
                    fmt::format("it is about function {} of element {} (the next is {} of {}): the "
                                "file belongs to another input.nn",
                                words[1], words[0], rows.size() + 1, e + 1));
        auto const limit = [&](std::string const& word) {  // models without a range have none
            auto const value = to_real(word);
            if (value && std::isinf(*value)) return *value;
            return finite_at(file, line, word);
        };
        rows.push_back({limit(words[2]), limit(words[3]), finite_at(file, line, words[4]),
                        words.size() == 6 ? finite_at(file, line, words[5]) : std::nan(""), line});
        if (rows.size() == counts[e]) ++e;
    });
    if (e != counts.size())
        damaged(file, last.line,
                fmt::format("function {} of element {} and those after it are missing: the file is "
                            "cut off or belongs to another input.nn",
                            all[e].size() + 1, e + 1));
    if (last.words.size() > 2) expect_whole(file, last);
    return all;
}

std::string scaling_text(std::vector<std::vector<Range>> const& rows) {
    std::string text =
        "# Element, function, and over the training set: minimum, maximum, centre, width.\n";
    for (std::size_t e = 0; e < rows.size(); ++e)
        for (std::size_t k = 0; k < rows[e].size(); ++k) {
            auto const& r = rows[e][k];
            text += fmt::format("{:10} {:10} {:24.16E} {:24.16E} {:24.16E} {:24.16E}\n", e + 1,
                                k + 1, r.smallest, r.largest, r.mean, r.sigma);
        }
    return text;
}

}  // namespace kamacite::n2p2
