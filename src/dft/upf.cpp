#include "upf.hpp"

#include <fmt/format.h>

#include <fstream>
#include <string>

#include "kamacite/core/error.hpp"
#include "kamacite/formats/text.hpp"

namespace kamacite::dft {

double valence_of(std::filesystem::path const& path) {
    std::error_code code;
    std::ifstream in{path, std::ios::binary};
    if (!in || !std::filesystem::is_regular_file(path, code))
        throw MissingError(fmt::format(
            "cannot read the pseudopotential {}: check the directory and the name", path.string()));
    std::string line;
    for (int i = 0; i < 5000 && std::getline(in, line); ++i) {
        // version 2: z_valence="8.000000000000e0"; version 1: "   8.00000000000      Z valence"
        if (auto const at = line.find("z_valence"); at != std::string::npos) {
            auto const open = line.find_first_of("\"'", at);
            if (open == std::string::npos) continue;
            auto const close = line.find(line[open], open + 1);
            auto const text = std::string_view{line}.substr(open + 1, close - open - 1);
            if (auto const z = formats::to_real(formats::trimmed(text)); z && *z > 0.0) return *z;
        }
        if (line.find("Z valence") != std::string::npos) {
            std::string_view rest{line};
            if (auto const z = formats::to_real(formats::next_word(rest)); z && *z > 0.0) return *z;
        }
    }
    throw DataError(fmt::format(
        "{} does not tell its number of valence electrons (z_valence): is it a UPF file?",
        path.string()));
}

}  // namespace kamacite::dft
