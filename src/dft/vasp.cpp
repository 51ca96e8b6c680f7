#include "kamacite/dft/vasp.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "judge.hpp"
#include "kamacite/core/bash.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/core/utf8.hpp"
#include "kamacite/formats/text.hpp"
#include "kamacite/io/hash.hpp"
#include "level.hpp"
#include "vasp_input.hpp"
#include "vasp_read.hpp"

namespace kamacite::dft {
namespace {

namespace fs = std::filesystem;

/// Keys whose values the labels or their reading stand on.
constexpr std::array ours{"ISPIN",  "MAGMOM", "LORBIT", "NSW",   "IBRION", "ISIF",
                          "ENCUT",  "EDIFF",  "ISMEAR", "SIGMA", "NELM",   "KSPACING",
                          "ICHARG", "ISTART", "LWAVE",  "LCHARG"};

std::string upper(std::string text) {
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

/// The first line of a POTCAR: "PAW_PBE Fe 06Sep2000".
std::string title_of(fs::path const& potcar) {
    std::ifstream in{potcar};
    std::string line;
    std::getline(in, line);
    return as_utf8(formats::trimmed(line));
}

class Vasp final : public Engine {
public:
    explicit Vasp(VaspSettings settings) : settings_{std::move(settings)} {
        for (auto const& [key, value] : std::exchange(settings_.incar, {}))
            settings_.incar[upper(key)] = value;  // VASP reads keys in any case
        for (auto const& [key, value] : settings_.incar)
            if (std::ranges::find(ours, key) != ours.end())
                throw InputError(fmt::format(
                    "INCAR key {} = {} (is set by the program itself): leave it out, or use the "
                    "setting of that name",
                    key, value));
        auto const positive = [](double value, char const* name) {
            if (!(value > 0.0))
                throw InputError(fmt::format("{} is {} (must be positive)", name, value));
        };
        positive(settings_.encut, "encut");
        positive(settings_.ediff, "ediff");
        positive(settings_.sigma, "sigma");
        positive(settings_.nelm, "nelm");
        positive(settings_.k_spacing, "k_spacing");
        if (settings_.k_mesh)
            for (int const n : *settings_.k_mesh) positive(n, "k_mesh");
    }

    [[nodiscard]] std::string name() const override { return "vasp"; }
    [[nodiscard]] std::string level() const override;
    [[nodiscard]] std::map<std::string, std::string> input_files(
        Structure const& structure, Start const& start, Remedy const& remedy) const override {
        return vasp_input_files(settings_, structure, start, remedy);
    }
    [[nodiscard]] std::string script(Remedy const& remedy) const override;
    [[nodiscard]] bool has_rung(int rung) const override {
        return rung >= 0 && rung <= vasp_two_run_rung;
    }
    [[nodiscard]] Outcome read(fs::path const& directory, Structure const& structure,
                               Start const& start) const override {
        return read_vasp(directory, structure, start);
    }
    [[nodiscard]] std::vector<std::string> obstacles() const override;

private:
    VaspSettings settings_;
};

std::string Vasp::level() const {
    nlohmann::json level{{"program", "VASP"},
                         {"ENCUT", settings_.encut},
                         {"EDIFF", settings_.ediff},
                         {"ISMEAR", settings_.ismear},
                         {"SIGMA", settings_.sigma},
                         {"PREC", "Accurate"},
                         {"LASPH", true},
                         {"LREAL", false},
                         {"extra", settings_.incar}};
    for (auto const& [key, value] : settings_.incar) level.erase(key);  // they are in "extra"
    level["mesh"] = settings_.mesh == VaspSettings::Mesh::gamma ? "gamma" : "monkhorst";
    if (settings_.k_mesh)
        level["k_mesh"] = *settings_.k_mesh;
    else
        level["k_spacing_per_angstrom"] = settings_.k_spacing;
    add_starts(level, settings_.starts);
    for (auto const& [element, path] : settings_.potcars)
        level["POTCAR"][element] = {{"title", title_of(path)}, {"hash", io::hash_of_file(path)}};
    return level.dump();
}

std::string Vasp::script(Remedy const& remedy) const {
    auto const command = with_processes(settings_.command, remedy.processes);
    std::string text =
        "rm -f OUTCAR OSZICAR vasprun.xml CHGCAR CHG WAVECAR STOPCAR vasp.out vasp.err\n";
    bool const limited = remedy.seconds > 0.0;
    // Stops after the iteration that is running then. Its sleep ends with it: $! is set with the
    // fork, a variable of ours might not yet be when the signal comes.
    if (limited)
        text += fmt::format(
            "( trap 'kill $!; exit' TERM; sleep {:.0f} & wait $!\n"
            "  echo 'LABORT = .TRUE.' > STOPCAR ) > stopcar.log 2>&1 &\n"
            "watch=$!\n",
            std::max(1.0, 0.95 * remedy.seconds));
    if (remedy.rung >= vasp_two_run_rung)
        text += fmt::format(
            "cp INCAR INCAR.second\ncp INCAR.first INCAR\n"
            "{} > vasp.first.out 2> vasp.first.err || true\n"
            "cp INCAR.second INCAR\nrm -f OUTCAR vasprun.xml\n",
            command);
    if (!limited) return text + fmt::format("{} > vasp.out 2> vasp.err\n", command);
    text += fmt::format("code=0\n{} > vasp.out 2> vasp.err || code=$?\n", command);
    text += "kill \"$watch\" 2> stopcar.log || true\n( exit \"$code\" )\n";
    return text;
}

std::vector<std::string> Vasp::obstacles() const {
    auto found = missing_programs(settings_.command, "vasp");
    if (settings_.potcars.empty())
        found.emplace_back("no POTCAR is given: name one for each element");
    for (auto const& [element, path] : settings_.potcars) {
        std::error_code code;
        if (!fs::is_regular_file(path, code))
            found.push_back(fmt::format("the POTCAR of {}, {}, is not there: check its name",
                                        element, path.string()));
        else if (title_of(path).find(element) == std::string::npos)
            found.push_back(fmt::format("the POTCAR of {}, {}, is entitled '{}': name that of {}",
                                        element, path.string(), title_of(path), element));
    }
    return found;
}

}  // namespace

std::unique_ptr<Engine> make_vasp(VaspSettings settings) {
    return std::make_unique<Vasp>(std::move(settings));
}

}  // namespace kamacite::dft
