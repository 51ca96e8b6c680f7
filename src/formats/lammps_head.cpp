#include "lammps_head.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/formats/text.hpp"

namespace kamacite::formats::lammps {
namespace {

class HeadReader {
public:
    HeadReader(std::string_view text, std::string const& file) : text_{text}, rest_{text} {
        head_.file = file;
    }

    /// \param whole  whether the text goes on behind the first atoms
    Head read(bool whole) {
        first_line();
        std::string_view line;
        while (next(line)) {
            auto const plain = without_comment(line);
            if (plain.empty()) continue;
            if (to_real(words_of(plain).front())) {
                header(plain);
            } else if (!section(plain, comment_of(line), whole)) {
                break;
            }
        }
        if (head_.atoms < 0) refuse(head_.file, line_, "no line 'N atoms' is there");
        if (head_.atoms == 0) refuse(head_.file, line_, "the file has no atoms: 0 are told of");
        if (head_.begin == std::string_view::npos)
            refuse(head_.file, line_, "the file ends without a section Atoms: it was cut off");
        for (int k = 0; k < 3; ++k)
            if (!(head_.rows(k, k) != 0.0 || general_))
                refuse(head_.file, line_,
                       fmt::format("no line '{0}lo {0}hi' with the box is there", "xyz"[k]));
        return std::move(head_);
    }

private:
    bool next(std::string_view& line) {
        if (rest_.empty()) return false;
        ++line_;
        line = next_line(rest_);
        return true;
    }
    void first_line() {
        std::string_view line;
        if (!next(line)) refuse(head_.file, 1, "the file is empty");
        head_.comment = std::string{trimmed(line)};
        auto const at = line.find("units = ");
        if (at == std::string_view::npos) return;
        auto const units = line.substr(at + 8, line.find_first_of(" ,\r", at + 8) - at - 8);
        if (units != "metal" && units != "real")
            refuse(head_.file, 1,
                   fmt::format("units {} (lengths in angstrom, of metal or real, are wanted): "
                               "convert the file",
                               units));
    }
    void header(std::string_view line) {
        auto const words = words_of(line);
        std::vector<double> values;
        for (auto const word : words)
            if (auto const value = to_real(word); value && values.size() < words.size() - 1)
                values.push_back(*value);
            else
                break;
        std::string what;
        for (auto i = values.size(); i < words.size(); ++i)
            what += (what.empty() ? "" : " ") + std::string{words[i]};
        auto const count = [&] {
            auto const n = to_integer(words.front());
            if (!n || *n < 0)
                refuse(head_.file, line_, fmt::format("'{}' is no number of {}", words[0], what));
            return *n;
        };
        if (head_.begin != std::string_view::npos)
            refuse(head_.file, line_,
                   fmt::format("a line of numbers behind the {} atoms that are told of: correct "
                               "their number, or the line",
                               head_.atoms));
        if (!seen_.insert(what).second)
            refuse(head_.file, line_, fmt::format("'{}' is there twice", what));
        if (what == "atoms") {
            head_.atoms = count();
        } else if (what == "atom types") {
            if (count() > 10000) refuse(head_.file, line_, "more than 10,000 types of atoms");
            head_.types.resize(static_cast<std::size_t>(count()));
        } else {
            box(what, values);
        }
    }
    void box(std::string const& what, std::vector<double> const& v) {
        static constexpr std::array<std::string_view, 3> bounds{"xlo xhi", "ylo yhi", "zlo zhi"};
        static constexpr std::array<std::string_view, 3> vectors{"avec", "bvec", "cvec"};
        static constexpr std::array<std::string_view, 17> others{"bonds",
                                                                 "angles",
                                                                 "dihedrals",
                                                                 "impropers",
                                                                 "bond types",
                                                                 "angle types",
                                                                 "dihedral types",
                                                                 "improper types",
                                                                 "ellipsoids",
                                                                 "lines",
                                                                 "triangles",
                                                                 "bodies",
                                                                 "extra bond per atom",
                                                                 "extra angle per atom",
                                                                 "extra dihedral per atom",
                                                                 "extra improper per atom",
                                                                 "extra special per atom"};
        auto const need = [&](std::size_t n) {
            if (v.size() != n)
                refuse(head_.file, line_,
                       fmt::format("{} numbers before '{}', not {}", v.size(), what, n));
        };
        for (int k = 0; k < 3; ++k)
            if (what == bounds[static_cast<std::size_t>(k)]) {
                need(2);
                if (!(v[1] > v[0]))
                    refuse(head_.file, line_, fmt::format("a box from {} to {}", v[0], v[1]));
                head_.corner[k] = v[0];
                head_.rows(k, k) = v[1] - v[0];
            } else if (what == vectors[static_cast<std::size_t>(k)]) {
                need(3);
                general_ = true;
                head_.rows.row(k) << v[0], v[1], v[2];
            }
        if (what == "xy xz yz") {
            need(3);
            head_.rows(1, 0) = v[0];
            head_.rows(2, 0) = v[1];
            head_.rows(2, 1) = v[2];
        } else if (what == "abc origin") {
            need(3);
            head_.corner << v[0], v[1], v[2];
        } else if (std::ranges::find(others, what) == others.end() &&
                   std::ranges::find(bounds, what) == bounds.end() &&
                   std::ranges::find(vectors, what) == vectors.end()) {
            refuse(head_.file, line_,
                   fmt::format("'{}' is nothing that a header of LAMMPS has: correct it", what));
        }
    }
    /// \returns false at the atoms, if nothing behind them is to be read
    bool section(std::string_view name, std::string_view comment, bool whole) {
        if (name == "Atoms") {
            head_.style = std::string{words_of(comment).empty() ? "" : words_of(comment).front()};
            std::string_view line;
            auto after = rest_;
            while (!after.empty() && without_comment(next_line(after)).empty()) {
                rest_ = after;
                ++line_;
            }
            head_.begin = text_.size() - rest_.size();
            head_.line = line_ + 1;
            if (!whole) return false;
            for (long long i = 0; i < head_.atoms; ++i)
                if (!next(line))
                    refuse(head_.file, line_,
                           fmt::format("the file ends after {} of {} atoms: it was cut off", i,
                                       head_.atoms));
            return true;
        }
        bool begun = false;
        for (std::string_view line; next(line);) {
            auto const words = words_of(without_comment(line));
            if (words.empty() && begun) break;
            if (words.empty()) continue;
            begun = true;
            if (name == "Masses") {
                auto& type = type_of(words.front());
                auto const mass = words.size() > 1 ? to_real(words[1]) : std::nullopt;
                if (!mass)
                    refuse(head_.file, line_, "a line of Masses is '<type> <mass> # <symbol>'");
                type.mass = *mass;
                auto const symbol = words_of(comment_of(line));
                if (type.label.empty() && !symbol.empty()) type.label = std::string{symbol.front()};
            } else if (name == "Atom Type Labels" && words.size() > 1) {
                auto const number = to_integer(words[0]);
                if (!number)
                    refuse(head_.file, line_, "a line of Atom Type Labels is '<number> <label>'");
                type_of(words[0]).label = std::string{words[1]};
                head_.labels[std::string{words[1]}] = static_cast<std::size_t>(*number - 1);
            }
        }
        return true;
    }
    Type& type_of(std::string_view word) {
        auto const label = head_.labels.find(word);
        if (label != head_.labels.end()) return head_.types[label->second];
        auto const number = to_integer(word);
        if (!number || *number < 1 || *number > std::ssize(head_.types))
            refuse(head_.file, line_,
                   fmt::format("'{}' is none of the {} atom types", word, head_.types.size()));
        return head_.types[static_cast<std::size_t>(*number - 1)];
    }

    std::string_view text_, rest_;
    Head head_;
    long long line_ = 0;
    bool general_ = false;
    std::set<std::string> seen_;  ///< words of the header
};

std::optional<int> element_called(std::string const& label) {
    for (int z = 1; z <= last_element; ++z)
        if (symbol_of(z) == label) return z;
    return std::nullopt;
}

std::optional<int> element_of_mass(double mass) {
    constexpr double as_written = 0.06;  // [u], 55.8 for iron; cobalt and nickel are 0.24 apart
    std::optional<int> best;
    double least = as_written;
    for (int z = 1; z <= last_element; ++z)
        if (double const off = std::abs(mass_of(z) / units::dalton - mass); off < least) {
            least = off;
            best = z;
        }
    return best;
}

}  // namespace

void refuse(std::string const& file, long long line, std::string const& message) {
    throw DataError(fmt::format("{}:{}: {}", file, line, message));
}

std::string_view without_comment(std::string_view line) {
    return trimmed(line.substr(0, line.find('#')));
}
std::string_view comment_of(std::string_view line) {
    auto const at = line.find('#');
    return at == std::string_view::npos ? std::string_view{} : trimmed(line.substr(at + 1));
}

Head read_head(std::string_view text, std::string const& file, bool whole) {
    return HeadReader{text, file}.read(whole);
}

std::vector<int> elements_of(Head const& head) {
    std::vector<int> elements;
    for (std::size_t i = 0; i < head.types.size(); ++i) {
        auto const& [label, mass] = head.types[i];
        auto const called = element_called(label), weighed = element_of_mass(mass);
        if (called && weighed && *called != *weighed)
            throw DataError(fmt::format(
                "{}: atom type {} is called {} and has the mass of {} ({} u): correct the line in "
                "Masses",
                head.file, i + 1, label, symbol_of(*weighed), mass));
        elements.push_back(called ? *called : weighed.value_or(0));
    }
    return elements;
}

}  // namespace kamacite::formats::lammps
