#include "pw_input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "judge.hpp"
#include "k_points.hpp"
#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/formats/text.hpp"
#include "upf.hpp"

namespace kamacite::dft {
namespace {

/// What pw.x calls a species: one element, with moments of one sign.
struct Kind {
    int element = 0;
    int sign = 0;
    int atoms = 0;
    double moment = 0.0;   // [μ_B] mean of its atoms
    double valence = 0.0;  // electrons
    std::string label, file;
};

/// Which of the two runs of the last rung an input is for.
enum class Run { only, first, second };

int sign_of(double moment) {
    constexpr double nothing = 0.01;  // μ_B
    return moment > nothing ? 1 : moment < -nothing ? -1 : 0;
}

class Writer {
public:
    Writer(PwSettings const& settings, Structure const& structure, Start const& start,
           Remedy const& remedy);

    [[nodiscard]] std::string text(Run run) const;

private:
    void find_kinds();
    [[nodiscard]] std::string control(Run run) const;
    [[nodiscard]] std::string system(Run run) const;
    [[nodiscard]] std::string electrons(Run run) const;
    [[nodiscard]] std::string cards() const;
    [[nodiscard]] std::string extra(std::string const& namelist) const;
    [[nodiscard]] int bands() const;

    PwSettings const& settings_;
    Structure const& structure_;
    Start const& start_;
    Remedy const& remedy_;
    std::vector<Kind> kinds_;
    std::vector<std::size_t> kind_of_atom_;
    bool polarised_ = false;
};

Writer::Writer(PwSettings const& settings, Structure const& structure, Start const& start,
               Remedy const& remedy)
    : settings_{settings}, structure_{structure}, start_{start}, remedy_{remedy} {
    require_periodic(structure, "pw.x");
    KAMACITE_EXPECTS(start.moments.empty() || std::ssize(start.moments) == structure.size() + 0L);
    // With spin but without any moment pw.x stays where it is, or refuses: that is nspin = 1.
    polarised_ = std::ranges::any_of(start.moments, [](double m) { return sign_of(m) != 0; });
    find_kinds();
}

void Writer::find_kinds() {
    for (std::size_t i = 0; i < structure_.species.size(); ++i) {
        double const moment = polarised_ ? start_.moments[i] : 0.0;
        auto const found = std::ranges::find_if(kinds_, [&](Kind const& k) {
            return k.element == structure_.species[i] && k.sign == sign_of(moment);
        });
        kind_of_atom_.push_back(static_cast<std::size_t>(found - kinds_.begin()));
        if (found == kinds_.end())
            kinds_.push_back({structure_.species[i], sign_of(moment), 0, 0.0, 0.0, {}, {}});
        auto& kind = kinds_[kind_of_atom_.back()];
        kind.moment += moment;
        ++kind.atoms;
    }
    std::map<int, int> number;  // of kinds of an element so far
    for (auto& kind : kinds_) {
        std::string const symbol{symbol_of(kind.element)};
        auto const file = settings_.pseudopotentials.find(symbol);
        if (file == settings_.pseudopotentials.end())
            throw DataError(
                fmt::format("{} has {}, for which no pseudopotential is given: add one "
                            "to the pseudopotentials",
                            formula_of(structure_), symbol));
        kind.file = file->second;
        kind.valence = valence_of(settings_.pseudopotential_directory / kind.file);
        kind.moment /= kind.atoms;
        auto const same = std::ranges::count(kinds_, kind.element, &Kind::element);
        kind.label = same > 1 ? fmt::format("{}{}", symbol, ++number[kind.element]) : symbol;
    }
}

int Writer::bands() const {
    double sum = 0.0;
    for (auto const& kind : kinds_)
        sum += kind.atoms * (settings_.bands_per_atom > 0.0 ? settings_.bands_per_atom
                                                            : 0.5 * kind.valence + 2.5);
    return static_cast<int>(std::ceil(sum)) + std::max(1, 4 - structure_.size());
}

std::string Writer::extra(std::string const& namelist) const {
    auto const found = settings_.extra.find(namelist);
    return found == settings_.extra.end() ? "" : found->second + "\n";
}

std::string Writer::control(Run run) const {
    // Of the first run the density must stay.
    std::string const disk_io = run == Run::first ? "low" : settings_.disk_io;
    auto text = fmt::format(
        "&CONTROL\n  calculation = 'scf'\n  prefix = 'pw'\n  outdir = './scratch'\n"
        "  pseudo_dir = '{}'\n  tprnfor = {}\n  tstress = {}\n  disk_io = '{}'\n",
        settings_.pseudopotential_directory.string(), run == Run::first ? ".false." : ".true.",
        run == Run::first ? ".false." : ".true.", disk_io);
    // The program needs some time to write what it has.
    double const share = run == Run::only ? 0.95 : run == Run::first ? 0.5 : 0.45;
    if (remedy_.seconds > 0.0)
        text += fmt::format("  max_seconds = {:.0f}\n", std::max(1.0, share * remedy_.seconds));
    return text + extra("control") + "/\n";
}

std::string Writer::system(Run run) const {
    double const width = settings_.smearing_width * (run == Run::first ? 3.0 : 1.0);
    auto text = fmt::format(
        "&SYSTEM\n  ibrav = 0\n  nat = {}\n  ntyp = {}\n  ecutwfc = {:.10g}\n  ecutrho = {:.10g}\n"
        "  nbnd = {}\n  occupations = 'smearing'\n  smearing = '{}'\n  degauss = {:.10g}\n",
        structure_.size(), kinds_.size(), settings_.ecutwfc / units::rydberg,
        settings_.ecutrho / units::rydberg, bands(), settings_.smearing, width / units::rydberg);
    text += polarised_ ? "  nspin = 2\n" : "  nspin = 1\n";
    for (std::size_t k = 0; polarised_ && k < kinds_.size(); ++k)
        text += fmt::format("  starting_magnetization({}) = {:.6f}\n", k + 1,
                            std::clamp(kinds_[k].moment / kinds_[k].valence, -1.0, 1.0));
    return text + extra("system") + "/\n";
}

std::string Writer::electrons(Run run) const {
    struct Rung {
        double beta;
        double steps;
        char const* lines;
    };
    constexpr Rung ladder[] = {
        {1.0, 1.0, ""},
        {0.5, 1.5, ""},
        {0.5, 1.5, "  mixing_mode = 'local-TF'\n  mixing_ndim = 12\n"},
        {0.4, 1.5, "  mixing_ndim = 12\n  diagonalization = 'cg'\n"},
        {0.4, 2.0, "  mixing_ndim = 12\n"},
    };
    auto const& rung = ladder[std::clamp(remedy_.rung, 0, two_run_rung)];
    auto text = fmt::format(
        "&ELECTRONS\n  conv_thr = {:.6g}\n  electron_maxstep = {}\n  mixing_beta = {:.6g}\n{}",
        settings_.convergence * structure_.size() / units::rydberg,
        static_cast<int>(settings_.steps * rung.steps), settings_.mixing_beta * rung.beta,
        rung.lines);
    if (run == Run::second) text += "  startingpot = 'file'\n";
    return text + extra("electrons") + "/\n";
}

std::string Writer::cards() const {
    std::string text = "ATOMIC_SPECIES\n";
    for (auto const& kind : kinds_)
        text += fmt::format("  {} {:.6f} {}\n", kind.label, mass_of(kind.element) / units::dalton,
                            kind.file);
    text += "CELL_PARAMETERS angstrom\n";
    for (int k = 0; k < 3; ++k) {
        Vec3 const v = structure_.cell.rows().row(k).transpose();
        text += fmt::format("  {}\n", formats::join_reals({v.data(), 3}));
    }
    text += "ATOMIC_POSITIONS angstrom\n";
    for (std::size_t i = 0; i < structure_.positions.size(); ++i)
        text += fmt::format("  {} {}\n", kinds_[kind_of_atom_[i]].label,
                            formats::join_reals({structure_.positions[i].data(), 3}));
    auto const n =
        settings_.k_mesh ? *settings_.k_mesh : k_points(structure_.cell, settings_.k_spacing);
    return text + fmt::format("K_POINTS automatic\n  {} {} {} 0 0 0\n", n[0], n[1], n[2]);
}

std::string Writer::text(Run run) const {
    return control(run) + system(run) + electrons(run) + cards();
}

}  // namespace

std::map<std::string, std::string> pw_input_files(PwSettings const& settings,
                                                  Structure const& structure, Start const& start,
                                                  Remedy const& remedy) {
    Writer const writer{settings, structure, start, remedy};
    if (remedy.rung < two_run_rung) return {{"pw.in", writer.text(Run::only)}};
    return {{"pw.first.in", writer.text(Run::first)}, {"pw.in", writer.text(Run::second)}};
}

}  // namespace kamacite::dft
