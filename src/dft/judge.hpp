#pragma once
#include <array>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kamacite/dft/engine.hpp"
#include "kamacite/dft/outcome.hpp"

namespace kamacite::dft {

/// A text that tells of a failure: lower case, one blank between words.
struct Sign {
    std::string_view text;
    Failure failure;
};

/// A sign that was seen, and the line in which it stands.
struct Sighting {
    Failure failure;
    std::string explanation;
};

/// The first of `signs`, in their order, that a text has. `file` is for the explanation.
[[nodiscard]] std::optional<Sighting> find_sign(std::string_view text, std::string const& file,
                                                std::span<Sign const> signs);

/// What the system says beside the program's own output: in *.err, slurm*.out and *.log of the
/// directory. Disk, memory, time, and programs that cannot be started.
[[nodiscard]] std::optional<Sighting> find_system_sign(std::filesystem::path const& directory);

/// A file, or its last 4 MB if it is larger than 256 MB; nothing if it cannot be read.
[[nodiscard]] std::optional<std::string> content_of(std::filesystem::path const& path);

/// How the atoms that were calculated differ from those that were asked for: elements, cell and
/// positions (modulo the cell) by more than 1e-3 Å. Empty if they do not.
[[nodiscard]] std::string difference_of(Structure const& asked, Structure const& found);

/// Two atoms, or an atom and an image of itself or of another.
struct Pair {
    std::size_t first, second;
    double distance;  ///< [Å]
};

/// All pairs within `far` [Å], images among them, each once: first ≥ second. For small cells.
[[nodiscard]] std::vector<Pair> pairs_within(Structure const& s, double far);

/// Atoms nearer than this are taken as the reason of errors of linear algebra [Å].
inline constexpr double overlap_distance = 1.0;

/// "; atoms 3 and 5 are 0.20 Å apart" for the nearest two within overlap_distance; else empty.
[[nodiscard]] std::string crowding_of(Structure const& s);

/// "; command.err ends with: …" of the first of the files that says something; else empty.
[[nodiscard]] std::string last_words(std::filesystem::path const& directory,
                                     std::span<std::string_view const> files);

/// How the moments that were found differ in kind from those of the start; empty if they do not:
///
///     gone     atoms that started with |m| ≥ 0.5 μ_B have less than 0.3 μ_B on average
///     flipped  of those with |m| ≥ 0.3 μ_B, some have changed sign against the others
[[nodiscard]] std::string collapse_of(Start const& start, std::vector<double> const& moments);

/// A sentence if a program of the command line is not on the path: its first word, and words whose
/// file name begins with `program`.
[[nodiscard]] std::vector<std::string> missing_programs(std::string const& command,
                                                        std::string_view program);

/// An outcome without labels.
[[nodiscard]] Outcome failed(Outcome outcome, Failure failure, std::string explanation);

/// \throws DataError if it is not periodic along all three directions
void require_periodic(Structure const& s, std::string_view program);

}  // namespace kamacite::dft
