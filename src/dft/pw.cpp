#include "kamacite/dft/pw.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "judge.hpp"
#include "kamacite/core/bash.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/io/hash.hpp"
#include "level.hpp"
#include "pw_input.hpp"
#include "pw_read.hpp"
#include "upf.hpp"

namespace kamacite::dft {
namespace {

namespace fs = std::filesystem;

/// Ten digits: what dividing by a unit leaves behind them is no difference of level.
double rounded(double value) {
    return std::stod(fmt::format("{:.10g}", value));
}

class Pw final : public Engine {
public:
    explicit Pw(PwSettings settings) : settings_{std::move(settings)} {
        auto const positive = [](double value, char const* name) {
            if (!(value > 0.0))
                throw InputError(fmt::format("{} is {} (must be positive)", name, value));
        };
        positive(settings_.ecutwfc, "ecutwfc");
        positive(settings_.k_spacing, "k_spacing");
        positive(settings_.smearing_width, "smearing_width");
        positive(settings_.convergence, "convergence");
        positive(settings_.mixing_beta, "mixing_beta");
        positive(settings_.steps, "steps");
        if (settings_.ecutrho < 4.0 * settings_.ecutwfc * (1.0 - 1e-9))
            throw InputError(fmt::format(
                "ecutrho is {:.4g} Ry (must be at least four times ecutwfc, {:.4g} Ry): raise it; "
                "ultrasoft pseudopotentials want 8 to 12 times",
                settings_.ecutrho / units::rydberg, settings_.ecutwfc / units::rydberg));
        if (settings_.k_mesh)
            for (int const n : *settings_.k_mesh) positive(n, "k_mesh");
        for (auto const& [namelist, lines] : settings_.extra)
            if (namelist != "control" && namelist != "system" && namelist != "electrons")
                throw InputError(fmt::format(
                    "extra lines for namelist '{}': use control, system or electrons", namelist));
        if (auto& directory = settings_.pseudopotential_directory; !directory.empty())
            directory = fs::absolute(directory);
    }

    [[nodiscard]] std::string name() const override { return "pw"; }
    [[nodiscard]] std::string level() const override;
    [[nodiscard]] std::map<std::string, std::string> input_files(
        Structure const& structure, Start const& start, Remedy const& remedy) const override {
        return pw_input_files(settings_, structure, start, remedy);
    }
    [[nodiscard]] std::string script(Remedy const& remedy) const override;
    [[nodiscard]] bool has_rung(int rung) const override {
        return rung >= 0 && rung <= two_run_rung;
    }
    [[nodiscard]] Outcome read(fs::path const& directory, Structure const& structure,
                               Start const& start) const override {
        return read_pw(directory, structure, start);
    }
    [[nodiscard]] std::vector<std::string> obstacles() const override;

private:
    PwSettings settings_;
};

std::string Pw::level() const {
    nlohmann::json level{{"program", "Quantum ESPRESSO pw.x"},
                         {"ecutwfc_Ry", rounded(settings_.ecutwfc / units::rydberg)},
                         {"ecutrho_Ry", rounded(settings_.ecutrho / units::rydberg)},
                         {"smearing", settings_.smearing},
                         {"degauss_Ry", rounded(settings_.smearing_width / units::rydberg)},
                         {"conv_thr_Ry_per_atom", rounded(settings_.convergence / units::rydberg)},
                         {"bands_per_atom", settings_.bands_per_atom},
                         {"extra", settings_.extra}};
    if (settings_.k_mesh)
        level["k_mesh"] = *settings_.k_mesh;
    else
        level["k_spacing_per_angstrom"] = rounded(settings_.k_spacing);
    add_starts(level, settings_.starts);
    for (auto const& [element, file] : settings_.pseudopotentials)
        level["pseudopotentials"][element] = {
            {"file", fs::path{file}.filename().string()},
            {"hash", io::hash_of_file(settings_.pseudopotential_directory / file)}};
    return level.dump();
}

std::string Pw::script(Remedy const& remedy) const {
    auto const command = with_processes(settings_.command, remedy.processes);
    std::string text = "rm -rf scratch pw.out pw.err pw.first.out pw.first.err\n";
    if (remedy.rung >= two_run_rung)
        text += fmt::format("{} -in pw.first.in > pw.first.out 2> pw.first.err || true\n", command);
    text += fmt::format("code=0\n{} -in pw.in > pw.out 2> pw.err || code=$?\n", command);
    return text + "rm -f scratch/*.wfc* scratch/pw.save/wfc*\n( exit \"$code\" )\n";
}

std::vector<std::string> Pw::obstacles() const {
    auto found = missing_programs(settings_.command, "pw.x");
    if (settings_.pseudopotentials.empty())
        found.emplace_back("no pseudopotential is given: name one for each element");
    for (auto const& [element, file] : settings_.pseudopotentials) try {
            (void)valence_of(settings_.pseudopotential_directory / file);
        } catch (Error const& e) {
            found.emplace_back(e.what());
        }
    return found;
}

}  // namespace

std::unique_ptr<Engine> make_pw(PwSettings settings) {
    return std::make_unique<Pw>(std::move(settings));
}

}  // namespace kamacite::dft
