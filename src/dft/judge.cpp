#include "judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <set>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/core/utf8.hpp"
#include "kamacite/formats/text.hpp"

namespace kamacite::dft {
namespace {

namespace fs = std::filesystem;

constexpr std::array system_signs{
    Sign{"no space left on device", Failure::disk_full},
    Sign{"disk quota exceeded", Failure::disk_full},
    Sign{"oom-kill", Failure::out_of_memory},
    Sign{"oom kill", Failure::out_of_memory},
    Sign{"out of memory", Failure::out_of_memory},
    Sign{"out-of-memory", Failure::out_of_memory},
    Sign{"exceeded memory limit", Failure::out_of_memory},
    Sign{"cannot allocate memory", Failure::out_of_memory},
    Sign{"bad_alloc", Failure::out_of_memory},
    Sign{"insufficient virtual memory", Failure::out_of_memory},
    Sign{"due to time limit", Failure::out_of_time},
    Sign{"walltime", Failure::out_of_time},
    Sign{"command not found", Failure::missing_program},
    Sign{"unable to find the specified executable", Failure::missing_program},
    Sign{"could not find an executable", Failure::missing_program},
    Sign{"error while loading shared libraries", Failure::missing_program},
    Sign{"execve", Failure::missing_program},
    Sign{"execvp", Failure::missing_program},
    Sign{"not enough slots", Failure::missing_program},
};

bool tells_of_system(std::string const& name) {
    return name.ends_with(".err") || name.ends_with(".log") ||
           (name.starts_with("slurm") && name.ends_with(".out"));
}

bool is_on_path(std::string const& word) {
    std::error_code code;
    if (word.find('/') != std::string::npos) return fs::exists(word, code);
    auto const* const path = std::getenv("PATH");
    if (path == nullptr) return true;
    std::string_view rest{path};
    for (;;) {
        auto const end = rest.find(':');
        if (fs::exists(fs::path{rest.substr(0, end)} / word, code)) return true;
        if (end == std::string_view::npos) return false;
        rest.remove_prefix(end + 1);
    }
}

/// How many images along each vector may hold atoms within `far` of one in the cell.
std::array<int, 3> images_within(Cell const& cell, double far) {
    std::array<int, 3> n{};
    for (std::size_t k = 0; k < 3; ++k)
        if (cell.periodic()[k]) n[k] = 1 + static_cast<int>(far / cell.height(static_cast<int>(k)));
    return n;
}

}  // namespace

std::optional<Sighting> find_sign(std::string_view text, std::string const& file,
                                  std::span<Sign const> signs) {
    std::vector<std::string> lines;  // lower case, one blank between words
    for (auto rest = text; !rest.empty();) {
        std::string line;
        for (auto const word : formats::words_of(formats::next_line(rest)))
            line += (line.empty() ? "" : " ") + formats::lower(word);
        lines.push_back(std::move(line));
    }
    for (auto const& sign : signs)
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (lines[i].find(sign.text) == std::string::npos) continue;
            for (std::size_t k = 0; k < i; ++k) (void)formats::next_line(text);
            auto const line = formats::trimmed(formats::next_line(text));
            return Sighting{sign.failure,
                            fmt::format("{}:{}: {}", file, i + 1, as_utf8(line.substr(0, 300)))};
        }
    return std::nullopt;
}

std::optional<Sighting> find_system_sign(fs::path const& directory) {
    std::set<fs::path> files;  // sorted, so that the answer is the same everywhere
    std::error_code code;
    for (fs::directory_iterator i{directory, code}, end; !code && i != end; i.increment(code))
        if (tells_of_system(i->path().filename().string())) files.insert(i->path());
    for (auto const& file : files)
        if (auto const text = content_of(file))
            if (auto seen = find_sign(*text, file.filename().string(), system_signs)) return seen;
    return std::nullopt;
}

std::optional<std::string> content_of(fs::path const& path) {
    std::error_code code;
    if (!fs::is_regular_file(path, code)) return std::nullopt;
    auto const size = fs::file_size(path, code);
    std::ifstream in{path, std::ios::binary};
    if (code || !in) return std::nullopt;
    constexpr std::uintmax_t large = 256u << 20u, tail = 4u << 20u;
    if (size > large) in.seekg(static_cast<std::streamoff>(size - tail));
    return std::string{std::istreambuf_iterator<char>{in}, {}};
}

std::string difference_of(Structure const& asked, Structure const& found) {
    constexpr double tolerance = 1e-3;
    if (asked.species != found.species)
        return fmt::format("the output is of {}, {} was asked for (or another order of atoms)",
                           formula_of(found), formula_of(asked));
    double const cell = (asked.cell.rows() - found.cell.rows()).cwiseAbs().maxCoeff();
    if (cell > tolerance) return fmt::format("the cell differs by up to {:.4f} Å", cell);
    for (std::size_t i = 0; i < asked.positions.size(); ++i) {
        Vec3 f = asked.cell.to_fractional(asked.positions[i] - found.positions[i]);
        for (int k = 0; k < 3; ++k) f[k] -= std::round(f[k]);
        double const apart = asked.cell.to_cartesian(f).norm();
        if (apart > tolerance)
            return fmt::format("atom {} (counted from 0) is {:.4f} Å from where it was asked for",
                               i, apart);
    }
    return {};
}

std::string crowding_of(Structure const& s) {
    auto const pairs = pairs_within(s, overlap_distance);
    if (pairs.empty()) return {};
    auto const& p = *std::min_element(pairs.begin(), pairs.end(), [](auto const& a, auto const& b) {
        return a.distance < b.distance;
    });
    return fmt::format("; atoms {} and {} (counted from 0) are {:.2f} Å apart: they overlap",
                       p.second, p.first, p.distance);
}

std::string last_words(fs::path const& directory, std::span<std::string_view const> files) {
    for (auto const name : files) {
        std::string last;
        auto const text = content_of(directory / name).value_or("");
        for (std::string_view rest{text}; !rest.empty();)
            if (auto const line = formats::trimmed(formats::next_line(rest)); !line.empty())
                last = line;
        if (!last.empty())
            return fmt::format("; {} ends with: {}", name, as_utf8(last.substr(0, 300)));
    }
    return {};
}

std::vector<Pair> pairs_within(Structure const& s, double far) {
    auto const& periodic = s.cell.periodic();
    std::vector<Vec3> inside;
    for (auto const& r : s.positions) {
        Vec3 f = s.cell.to_fractional(r);
        for (int k = 0; k < 3; ++k)
            if (periodic[static_cast<std::size_t>(k)]) f[k] -= std::floor(f[k]);
        inside.push_back(s.cell.to_cartesian(f));
    }
    auto const n = images_within(s.cell, far);
    std::vector<Pair> pairs;
    for (int a = -n[0]; a <= n[0]; ++a)
        for (int b = -n[1]; b <= n[1]; ++b)
            for (int c = -n[2]; c <= n[2]; ++c) {
                Vec3 const shift = s.cell.to_cartesian(Vec3(a, b, c));
                for (std::size_t i = 0; i < inside.size(); ++i)
                    for (std::size_t j = 0; j <= i; ++j) {
                        double const d = (inside[j] + shift - inside[i]).norm();
                        bool const itself = i == j && a == 0 && b == 0 && c == 0;
                        if (d < far && !itself) pairs.push_back({i, j, d});
                    }
            }
    return pairs;
}

std::string collapse_of(Start const& start, std::vector<double> const& moments) {
    if (start.moments.size() != moments.size()) return {};
    double sum = 0.0, started = 0.0;
    int magnetic = 0, kept = 0, turned = 0;
    for (std::size_t i = 0; i < moments.size(); ++i) {
        if (std::abs(start.moments[i]) < 0.5) continue;
        ++magnetic;
        sum += std::abs(moments[i]);
        started += std::abs(start.moments[i]);
        if (std::abs(moments[i]) < 0.3) continue;
        (moments[i] * start.moments[i] > 0.0 ? kept : turned) += 1;
    }
    if (magnetic == 0) return {};
    if (sum / magnetic < 0.3)
        return fmt::format(
            "moments are gone: {:.2f} μ_B per magnetic atom on average, started with "
            "{:.2f}",
            sum / magnetic, started / magnetic);
    if (kept > 0 && turned > 0)
        return fmt::format("signs are others than those of the {} start: {} of {} moments turned",
                           start.name, std::min(kept, turned), kept + turned);
    return {};
}

std::vector<std::string> missing_programs(std::string const& command, std::string_view program) {
    std::vector<std::string> missing;
    bool first = true;
    for (auto const view : formats::words_of(command)) {
        std::string const word{view};
        bool const named = fs::path{word}.filename().string().starts_with(program);
        // Variables, assignments and words of the shell are not looked up.
        bool const plain = word.find_first_of("$={}'\"|;&<>()") == std::string::npos &&
                           word != "source" && word != "module" && word != "export" &&
                           word != "cd" && word != "." && word != "eval";
        if ((first || (named && !program.empty())) && plain && !is_on_path(word))
            missing.push_back(
                fmt::format("the program '{}' is not on the path (command: {}): install it, load "
                            "its module, or "
                            "name it with its directory",
                            word, command));
        first = false;
    }
    return missing;
}

Outcome failed(Outcome outcome, Failure failure, std::string explanation) {
    outcome.labels.reset();
    outcome.failure = failure;
    outcome.explanation = std::move(explanation);
    outcome.collapsed = false;
    return outcome;
}

void require_periodic(Structure const& s, std::string_view program) {
    if (!s.cell.is_periodic())
        throw DataError(fmt::format(
            "{} is not periodic along all three directions, which {} needs: put it into a box with "
            "enough vacuum and call that periodic",
            formula_of(s), program));
}

}  // namespace kamacite::dft
