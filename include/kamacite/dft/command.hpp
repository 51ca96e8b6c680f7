#pragma once
#include <memory>
#include <string>
#include <vector>

#include "kamacite/dft/engine.hpp"

namespace kamacite::dft {

/// Any program or script that labels one extended XYZ file.
struct CommandSettings {
    /// A line of bash. It finds `structure.xyz` (cell, species, positions, and the column
    /// initial_magmoms if the start has moments) in its directory and leaves `labelled.xyz` there
    /// with the same atoms in the same order. {processes}: Remedy::processes.
    std::string command;
    std::string level;            ///< of theory, as the user tells it: a text or JSON
    std::string version_command;  ///< a line that prints the program's version; may be empty
    bool expects_forces = true;   ///< without them there are no labels; energy is always expected
    bool expects_stress = true;
    bool expects_moments = false;
    /// Names as magnetic_starts() takes them: part of the level, as the lowest of them is the
    /// label.
    std::vector<std::string> starts{"ferromagnetic"};
};

/// Labels by a command of the user. Keys and signs of labelled.xyz: docs/reference/formats.md.
/// It has no ladder: what a command can do against failure it does itself.
/// \throws InputError if there is no command or no level
[[nodiscard]] std::unique_ptr<Engine> make_command(CommandSettings settings);

}  // namespace kamacite::dft
