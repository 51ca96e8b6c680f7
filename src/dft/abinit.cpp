#include "kamacite/dft/abinit.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "abinit_input.hpp"
#include "judge.hpp"
#include "kamacite/core/bash.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/io/hash.hpp"
#include "level.hpp"

namespace kamacite::dft {
namespace {

namespace fs = std::filesystem;

constexpr int last_rung = 2;

class Abinit final : public Engine {
public:
    explicit Abinit(AbinitSettings settings) : settings_{std::move(settings)} {
        auto const positive = [](double value, char const* name) {
            if (!(value > 0.0))
                throw InputError(fmt::format("{} is {} (must be positive)", name, value));
        };
        positive(settings_.ecut, "ecut");
        positive(settings_.smearing, "smearing");
        positive(settings_.k_spacing, "k_spacing");
        positive(settings_.broadening, "broadening");
        if (settings_.pawecutdg < settings_.ecut)
            throw InputError(fmt::format("pawecutdg is {} eV (below ecut, {} eV): raise it",
                                         settings_.pawecutdg, settings_.ecut));
        if (!(settings_.window_low < settings_.window_high &&
              4.0 / 3.0 * settings_.window_high <= settings_.highest_frequency))
            throw InputError(fmt::format(
                "the window from {} to {} eV, a third wider for its error, does not lie within the "
                "frequencies, up to {} eV",
                settings_.window_low, settings_.window_high, settings_.highest_frequency));
    }

    [[nodiscard]] std::string name() const override { return "abinit"; }
    [[nodiscard]] std::string level() const override;
    [[nodiscard]] std::map<std::string, std::string> input_files(
        Structure const& structure, Start const& start, Remedy const& remedy) const override {
        return abinit_input_files(settings_, structure, start, remedy);
    }
    [[nodiscard]] std::string script(Remedy const& remedy) const override {
        auto const command = with_processes(settings_.command, remedy.processes);
        std::string text =
            "rm -f abinit.abo* abinit.out abinit.err run_* abinito_* conductivity* conducti.out "
            "conducti.err\n";
        text += fmt::format("{} abinit.abi > abinit.out 2> abinit.err\n", command);
        // the name of the files that abinit makes of the name of its input
        text += "for f in abinito_*; do mv \"$f\" \"run_o_${f#abinito_}\"; done\n";
        text +=
            fmt::format("{} < conducti.files > conducti.out 2> conducti.err\n", settings_.conducti);
        return text;
    }
    [[nodiscard]] bool has_rung(int rung) const override { return rung >= 0 && rung <= last_rung; }
    [[nodiscard]] Outcome read(fs::path const& directory, Structure const& structure,
                               Start const& start) const override {
        return read_abinit(settings_, directory, structure, start);
    }
    [[nodiscard]] std::vector<std::string> obstacles() const override;

private:
    AbinitSettings settings_;
};

std::string Abinit::level() const {
    nlohmann::json level{{"program", "ABINIT"},
                         {"ecut_eV", settings_.ecut},
                         {"pawecutdg_eV", settings_.pawecutdg},
                         {"bands_per_atom", settings_.bands_per_atom},
                         {"smearing_eV", settings_.smearing},
                         {"tolwfr", settings_.convergence},
                         {"broadening_eV", settings_.broadening},
                         {"highest_frequency_eV", settings_.highest_frequency},
                         {"frequencies", settings_.frequencies},
                         {"window_eV", {settings_.window_low, settings_.window_high}},
                         {"extra", settings_.extra}};
    if (settings_.k_mesh)
        level["k_mesh"] = *settings_.k_mesh;
    else
        level["k_spacing_per_angstrom"] = settings_.k_spacing;
    add_starts(level, settings_.starts);
    for (auto const& [element, path] : settings_.potentials)
        level["potentials"][element] = {{"file", path.filename().string()},
                                        {"hash", io::hash_of_file(path)}};
    return level.dump();
}

std::vector<std::string> Abinit::obstacles() const {
    auto found = missing_programs(settings_.command, "abinit");
    for (auto& more : missing_programs(settings_.conducti, "conducti"))
        found.push_back(std::move(more));
    if (settings_.potentials.empty())
        found.emplace_back("no potential is given: name PAW data (XML) for each element");
    for (auto const& [element, path] : settings_.potentials) {
        std::error_code code;
        if (!fs::is_regular_file(path, code))
            found.push_back(fmt::format("the potential of {}, {}, is not there: check its name",
                                        element, path.string()));
    }
    return found;
}

}  // namespace

std::unique_ptr<Engine> make_abinit(AbinitSettings settings) {
    return std::make_unique<Abinit>(std::move(settings));
}

}  // namespace kamacite::dft
