#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kamacite/dft/outcome.hpp"
#include "kamacite/structure/structure.hpp"

namespace kamacite::dft {

/// A magnetic state from which a calculation starts.
struct Start {
    std::string name;  ///< "ferromagnetic", "antiferromagnetic", "nonmagnetic", "predicted"
    std::vector<double> moments;  ///< [μ_B], one per atom, signed; empty: not spin-polarised
};

/// How an attempt differs from the first one, so that it may succeed where that failed. It never
/// changes what the labels mean: the level of theory stays.
struct Remedy {
    int rung = 0;          ///< 0: as the settings say; 1, 2, … up the engine's ladder of mixing
    double seconds = 0.0;  ///< the time the job has; the engine stops itself before. 0: unlimited
    int processes = 1;     ///< over which the program is to run
};

/// A program that labels structures: what it is to be given, how it is started, and what its output
/// says. Knows nothing of jobs. One rank only.
class Engine {
public:
    Engine() = default;
    Engine(Engine const&) = delete;
    Engine& operator=(Engine const&) = delete;
    virtual ~Engine() = default;

    [[nodiscard]] virtual std::string name() const = 0;  ///< "pw", "vasp", "command"

    /// JSON of all that the labels depend on beyond the structure: program, functional, cutoffs,
    /// k-spacing, smearing, hashes of pseudopotentials. Labels of two levels are never mixed. The
    /// same on every machine for the same settings. Which version of the program it was is added to
    /// the level of each label (formats::with_version()).
    [[nodiscard]] virtual std::string level() const = 0;

    /// Files of the directory in which the program is to run, name to content. Local.
    /// \throws DataError if this structure cannot be had from it, e.g. an element without
    ///         pseudopotential; MissingError for a file that obstacles() tells of
    [[nodiscard]] virtual std::map<std::string, std::string> input_files(
        Structure const& structure, Start const& start, Remedy const& remedy) const = 0;

    /// Lines of a bash script that run the program in the working directory, which holds
    /// input_files(). The last one ends with the program's exit code; output goes into files of
    /// that directory.
    [[nodiscard]] virtual std::string script(Remedy const& remedy) const = 0;

    /// Whether the ladder has this rung.
    [[nodiscard]] virtual bool has_rung(int rung) const = 0;

    /// Reads what a calculation left, whatever that is: never throws because of its content.
    /// \param directory  in which it ran
    /// \param structure  that was asked for: positions are compared, forces are in its order
    /// \param start      collapse is judged by it
    [[nodiscard]] virtual Outcome read(std::filesystem::path const& directory,
                                       Structure const& structure, Start const& start) const = 0;

    /// What stands in the way of the first calculation on this machine: a pseudopotential that is
    /// not there, a program that is not on the path. Each a sentence with its mend; empty: nothing.
    [[nodiscard]] virtual std::vector<std::string> obstacles() const = 0;
};

}  // namespace kamacite::dft
