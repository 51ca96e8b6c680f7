#pragma once
#include <cstdlib>
#include <sstream>
#include <string>

#include "formats/files.hpp"
#include "kamacite/core/element.hpp"
#include "kamacite/dft/pw.hpp"
#include "kamacite/formats/pw_output.hpp"
#include "kamacite/formats/text.hpp"

namespace kamacite::test {

/// Where the outputs of real runs are; may be absent.
inline std::filesystem::path samples() {
    return std::filesystem::path{KAMACITE_SHARED_DATA} / "samples";
}

/// Copies a sample to a folder, what is compressed unpacked.
inline void unpack(std::string const& name, std::filesystem::path const& to) {
    for (auto const& entry : std::filesystem::directory_iterator{samples() / name}) {
        auto const file = entry.path();
        if (file.extension() == ".gz") {
            auto const line =
                "gzip -dc '" + file.string() + "' > '" + (to / file.stem()).string() + "'";
            REQUIRE(std::system(line.c_str()) == 0);
        } else {
            std::filesystem::copy_file(file, to / file.filename());
        }
    }
}

/// The structure of a pw.in with CELL_PARAMETERS and ATOMIC_POSITIONS in angstrom.
inline std::optional<Structure> structure_of_input(std::string const& text) {
    std::istringstream in{text};
    std::string line;
    Mat3 rows = Mat3::Zero();
    std::vector<int> species;
    std::vector<Vec3> positions;
    while (std::getline(in, line)) {
        if (line.starts_with("CELL_PARAMETERS"))
            for (int i = 0; i < 3; ++i) in >> rows(i, 0) >> rows(i, 1) >> rows(i, 2);
        if (!line.starts_with("ATOMIC_POSITIONS")) continue;
        std::string label;
        Vec3 r;
        while (in >> label >> r[0] >> r[1] >> r[2]) {
            species.push_back(formats::element_of_label(label));
            positions.push_back(r);
        }
        in.clear();
    }
    if (positions.empty() || rows.isZero()) return std::nullopt;
    return Structure{Cell{rows}, species, positions};
}

/// What a sample was asked for: by its input, else by its output.
inline Structure asked_for(std::filesystem::path const& folder) {
    if (auto s = structure_of_input(text_of(folder / "pw.in"))) return *s;
    auto const output = formats::parse_pw_output(text_of(folder / "pw.out"));
    REQUIRE(!output.steps.empty());
    REQUIRE(output.steps.front().structure);
    return *output.steps.front().structure;
}

inline std::filesystem::path pseudopotentials() {
    return "/usr/share/espresso/pseudo";
}

/// Cheap settings for the pseudopotential of eight electrons.
inline dft::PwSettings cheap_settings() {
    dft::PwSettings settings;
    settings.command = "pw.x";
    settings.pseudopotential_directory = pseudopotentials();
    settings.pseudopotentials = {{"Fe", "Fe.pbe-nd-rrkjus.UPF"}};
    settings.ecutwfc = 30.0 * units::rydberg;
    settings.ecutrho = 240.0 * units::rydberg;
    settings.k_mesh = {{2, 2, 2}};
    return settings;
}

}  // namespace kamacite::test
