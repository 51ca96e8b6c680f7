#include <algorithm>
#include <nlohmann/json.hpp>

#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/core/utf8.hpp"
#include "kamacite/formats/text.hpp"
#include "kamacite/formats/vasp_output.hpp"

namespace kamacite::formats {
namespace {

constexpr double kbar = 0.1 * units::GPa;

bool has(std::string_view line, std::string_view part) {
    return line.find(part) != std::string_view::npos;
}

class Reader {
public:
    explicit Reader(std::string_view text) : lines_{whole_lines(text)} {}

    ProgramOutput read();

private:
    void read_header(std::size_t i);
    void read_step(std::size_t i);
    void read_cell(std::size_t i);
    void read_positions_and_forces(ScfStep& step, std::size_t i) const;
    void read_stress(ScfStep& step, std::size_t i) const;
    void read_moments(ScfStep& step, std::size_t i) const;
    [[nodiscard]] std::string_view line(std::size_t i) const {
        return i < lines_.size() ? lines_[i] : std::string_view{};
    }

    std::vector<std::string_view> lines_;
    ProgramOutput out_;
    nlohmann::json level_{{"program", "VASP"}, {"POTCAR", nlohmann::json::array()}};
    std::vector<int> kinds_;    // atomic numbers, in the order of POTCAR
    std::vector<int> species_;  // of the atoms
    std::optional<Mat3> cell_;
};

void Reader::read_header(std::size_t i) {
    auto const text = line(i);
    if (out_.version.empty() && has(text, "vasp.")) {
        auto const words = words_of(text.substr(text.find("vasp.")));
        out_.version = words[0].substr(5);
    } else if (has(text, "VRHFIN =")) {
        kinds_.push_back(element_of_label(trimmed(text.substr(text.find('=') + 1))));
    } else if (has(text, "TITEL  =")) {
        level_["POTCAR"].push_back(as_utf8(trimmed(text.substr(text.find('=') + 1))));
    } else if (has(text, "ions per type =")) {
        species_.clear();
        auto rest = text.substr(text.find('=') + 1);
        for (auto const kind : kinds_) {
            auto const n = to_integer(next_word(rest)).value_or(0);
            if (n < 0 || n > 10'000'000) return;
            species_.insert(species_.end(), static_cast<std::size_t>(n), kind);
        }
    } else if (has(text, "ISPIN  =")) {
        out_.spin_polarised = number_after(text, "ISPIN") == 2.0;
    } else if (has(text, "ENCUT  =")) {
        level_["ENCUT"] = number_after(text, "ENCUT").value_or(0.0);
    } else if (has(text, "ISMEAR =")) {
        level_["ISMEAR"] = static_cast<int>(number_after(text, "ISMEAR").value_or(0.0));
        level_["SIGMA"] = number_after(text, "SIGMA").value_or(0.0);
    } else if (has(text, " GGA     =")) {
        auto const words = words_of(text.substr(text.find('=') + 1));
        level_["GGA"] = words.empty() ? "" : as_utf8(words[0]);
    } else if (has(text, "direct lattice vectors")) {
        read_cell(i);
    } else if (has(text, "Elapsed time (sec)")) {
        out_.seconds = number_after(text, "(sec)").value_or(0.0);
    } else if (has(text, "General timing and accounting informations")) {
        out_.ended = true;
    }
}

void Reader::read_cell(std::size_t i) {
    Mat3 rows;
    for (int k = 0; k < 3; ++k) {
        auto const v = leading_reals(line(i + 1 + static_cast<std::size_t>(k)), 3);
        if (v.size() != 3) return;
        rows.row(k) = Vec3(v[0], v[1], v[2]).transpose();
    }
    cell_ = rows;
}

void Reader::read_positions_and_forces(ScfStep& step, std::size_t i) const {
    Structure s{Cell{Mat3::Identity()}, species_, {}};
    std::vector<Vec3> forces;
    for (std::size_t k = 0; k < species_.size(); ++k) {
        auto const v = leading_reals(line(i + 2 + k), 6);  // a line of dashes comes first
        if (v.size() != 6) return;
        s.positions.emplace_back(v[0], v[1], v[2]);
        forces.emplace_back(v[3], v[4], v[5]);
    }
    if (!cell_ || forces.empty()) return;
    try {
        s.cell = Cell{*cell_};
        check(s);
    } catch (DataError const&) {
        return;
    }
    step.structure = std::move(s);
    step.labels.forces = std::move(forces);
}

void Reader::read_stress(ScfStep& step, std::size_t i) const {
    auto rest = trimmed(line(i)).substr(5);  // "in kB"
    auto const p = leading_reals(rest, 7);   // XX YY ZZ XY YZ ZX
    if (p.size() != 6) return;
    Mat3 pressure;
    pressure << p[0], p[3], p[5], p[3], p[1], p[4], p[5], p[4], p[2];
    step.labels.stress = Mat3(-kbar * pressure);
}

/// The column `tot` of
///
///      magnetization (x)
///
///     # of ion       s       p       d       tot
///     ------------------------------------------
///         1       -0.012  -0.025   2.301   2.264
void Reader::read_moments(ScfStep& step, std::size_t i) const {
    std::vector<double> moments;
    for (std::size_t k = i + 1; k < lines_.size() && k < i + 8 + species_.size(); ++k) {
        auto const v = leading_reals(line(k), 8);
        if (v.size() < 3) continue;
        if (v[0] != static_cast<double>(moments.size() + 1)) return;
        moments.push_back(v.back());
        if (moments.size() == species_.size()) break;
    }
    if (moments.size() == species_.size()) step.labels.moments = std::move(moments);
}

void Reader::read_step(std::size_t i) {
    auto const text = line(i);
    if (has(text, "- Iteration ")) {
        // "--- Iteration      2(   7)  ---": of step 2 the 7th
        auto const open = text.find('(');
        auto const number = number_after(text, "Iteration").value_or(0.0);
        if (number > static_cast<double>(out_.steps.size()) && number < 1e8) {
            out_.steps.emplace_back().line = static_cast<long long>(i) + 1;
        }
        if (!out_.steps.empty() && open != std::string_view::npos)
            out_.steps.back().iterations =
                static_cast<int>(number_after(text.substr(open), "(").value_or(0.0));
    }
    if (out_.steps.empty()) return;
    auto& step = out_.steps.back();
    if (has(text, "aborting loop because EDIFF is reached"))
        step.converged = true;
    else if (has(text, "EDIFF was not reached"))
        step.converged = false;
    else if (has(text, "magnetization (x)"))
        read_moments(step, i);
    else if (trimmed(text).starts_with("in kB"))
        read_stress(step, i);
    else if (has(text, "TOTAL-FORCE (eV/Angst)"))
        read_positions_and_forces(step, i);
    else if (has(text, "free  energy   TOTEN"))
        step.labels.energy = number_after(text, "TOTEN");
    else if (has(text, "entropy T*S    EENTRO ="))
        step.smearing_energy = number_after(text, "EENTRO");
    else if (has(text, "number of electron") && has(text, "magnetization"))
        step.total_moment = number_after(text, "magnetization");
}

ProgramOutput Reader::read() {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        read_header(i);
        read_step(i);
    }
    out_.level = level_.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return std::move(out_);
}

}  // namespace

ProgramOutput parse_outcar(std::string_view text) {
    return Reader{text}.read();
}

}  // namespace kamacite::formats
