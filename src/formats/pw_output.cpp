#include "kamacite/formats/pw_output.hpp"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/core/utf8.hpp"
#include "kamacite/formats/text.hpp"

namespace kamacite::formats {
namespace {

constexpr double force_unit = units::rydberg / units::bohr;
constexpr double stress_unit = units::rydberg / (units::bohr * units::bohr * units::bohr);

bool has(std::string_view line, std::string_view part) {
    return line.find(part) != std::string_view::npos;
}

/// The three numbers behind the last "(" or "=" of a line: "a(1) = (  1.0  0.0  0.0 )".
std::optional<Vec3> vector_behind(std::string_view line, char mark) {
    auto const at = line.rfind(mark);
    if (at == std::string_view::npos) return std::nullopt;
    auto const v = leading_reals(line.substr(at + 1), 3);
    if (v.size() != 3) return std::nullopt;
    return Vec3(v[0], v[1], v[2]);
}

/// "  1h 2m" or " 3m 4.50s" [s].
double duration_of(std::string_view text) {
    double seconds = 0.0;
    std::string number;
    for (char const c : text) {
        double const unit = c == 'd' ? 86400 : c == 'h' ? 3600 : c == 'm' ? 60 : c == 's' ? 1 : 0;
        if (unit == 0) {
            if (c != ' ') number += c;
            continue;
        }
        seconds += unit * to_real(number).value_or(0.0);
        number.clear();
    }
    return seconds;
}

class Reader {
public:
    explicit Reader(std::string_view text) : lines_{whole_lines(text)} {}

    ProgramOutput read();

private:
    void read_header(std::size_t i);
    void read_geometry(std::size_t i);
    void read_step(ScfStep& step, std::size_t i);
    void read_axes(std::size_t i);
    void read_sites(std::size_t i);
    void read_new_cell(std::size_t i);
    void read_new_positions(std::size_t i);
    void read_forces(ScfStep& step, std::size_t i) const;
    void read_stress(ScfStep& step, std::size_t i) const;
    void read_moments(ScfStep& step, std::size_t i) const;
    [[nodiscard]] std::optional<Structure> structure() const;
    [[nodiscard]] std::string_view line(std::size_t i) const {
        return i < lines_.size() ? lines_[i] : std::string_view{};
    }

    std::vector<std::string_view> lines_;
    ProgramOutput out_;
    nlohmann::json level_{{"program", "Quantum ESPRESSO pw.x"}};
    std::size_t atoms_ = 0;
    double alat_ = 0.0;  // [Å]
    std::optional<Mat3> cell_;
    std::vector<int> species_;
    std::vector<Vec3> positions_;
};

void Reader::read_header(std::size_t i) {
    auto const text = line(i);
    if (has(text, "Program PWSCF")) {
        auto const words = words_of(text);
        if (words.size() > 2)
            out_.version = words[2].starts_with("v.") ? words[2].substr(2) : words[2];
    } else if (has(text, "number of atoms/cell")) {
        auto const n = number_after(text, "number of atoms/cell").value_or(0.0);
        atoms_ = n > 0 && n < 1e7 ? static_cast<std::size_t>(n) : 0;
    } else if (has(text, "lattice parameter (alat)")) {
        alat_ = number_after(text, "(alat)").value_or(0.0) * units::bohr;
    } else if (has(text, "celldm(1)=")) {  // the same with more digits
        alat_ = number_after(text, "celldm(1)=").value_or(0.0) * units::bohr;
    } else if (has(text, "kinetic-energy cutoff")) {
        level_["ecutwfc_Ry"] = number_after(text, "cutoff").value_or(0.0);
    } else if (has(text, "charge density cutoff")) {
        level_["ecutrho_Ry"] = number_after(text, "cutoff").value_or(0.0);
    } else if (has(text, "Exchange-correlation=")) {
        auto const words = words_of(text.substr(text.find('=') + 1));
        std::string functional;
        for (auto const word : words)
            functional += (functional.empty() ? "" : " ") + std::string{word};
        level_["functional"] = as_utf8(functional);
    } else if (has(text, "PseudoPot. #") && has(text, "read from file")) {
        auto const path = trimmed(line(i + 1));
        auto const sum = line(i + 2);
        level_["pseudopotentials"][as_utf8(path.substr(path.rfind('/') + 1))] =
            has(sum, "MD5 check sum:") ? as_utf8(trimmed(sum.substr(sum.find(':') + 1))) : "";
    } else if (has(text, "number of k points=") && has(text, "width (Ry)=")) {
        auto const comma = text.find("smearing");
        auto words = words_of(text.substr(text.find('=') + 1, comma - text.find('=') - 1));
        level_["smearing"] = words.size() > 1 ? as_utf8(words[1]) : "";
        level_["degauss_Ry"] = number_after(text, "width (Ry)=").value_or(0.0);
    } else if (has(text, "Starting magnetic structure")) {
        out_.spin_polarised = true;
    } else if (has(text, "JOB DONE.")) {
        out_.ended = true;
    } else if (trimmed(text).starts_with("PWSCF        :")) {
        auto const cpu = text.find("CPU"), wall = text.find("WALL");
        if (cpu != std::string_view::npos && wall != std::string_view::npos && wall > cpu)
            out_.seconds = duration_of(text.substr(cpu + 3, wall - cpu - 3));
    }
}

void Reader::read_axes(std::size_t i) {
    Mat3 rows;
    for (int k = 0; k < 3; ++k) {
        auto const row = vector_behind(line(i + 1 + static_cast<std::size_t>(k)), '(');
        if (!row) return;
        rows.row(k) = alat_ * row->transpose();
    }
    cell_ = rows;
}

void Reader::read_sites(std::size_t i) {
    species_.clear();
    positions_.clear();
    for (std::size_t k = 1; k <= atoms_ && i + k < lines_.size(); ++k) {
        auto const words = words_of(line(i + k));
        auto const at = vector_behind(line(i + k), '(');
        if (words.size() < 2 || !at) return;
        species_.push_back(element_of_label(words[1]));
        positions_.emplace_back(alat_ * *at);
    }
}

void Reader::read_new_cell(std::size_t i) {
    double unit = units::angstrom;
    if (has(line(i), "bohr")) unit = units::bohr;
    if (has(line(i), "alat")) {
        auto const told = number_after(line(i), "alat");
        unit = told ? *told * units::bohr : alat_;
    }
    Mat3 rows;
    for (int k = 0; k < 3; ++k) {
        auto const v = leading_reals(line(i + 1 + static_cast<std::size_t>(k)), 3);
        if (v.size() != 3) return;
        rows.row(k) = unit * Vec3(v[0], v[1], v[2]).transpose();
    }
    cell_ = rows;
}

void Reader::read_new_positions(std::size_t i) {
    std::vector<int> species;
    std::vector<Vec3> positions;
    bool const crystal = has(line(i), "crystal");
    double unit = units::angstrom;
    if (has(line(i), "bohr")) unit = units::bohr;
    if (has(line(i), "alat")) unit = alat_;
    for (std::size_t k = 1; k <= atoms_; ++k) {
        auto rest = line(i + k);
        species.push_back(element_of_label(next_word(rest)));
        auto const v = leading_reals(rest, 3);
        if (v.size() != 3 || (crystal && !cell_)) return;
        Vec3 const r(v[0], v[1], v[2]);
        positions.emplace_back(crystal ? Vec3(cell_->transpose() * r) : Vec3(unit * r));
    }
    species_ = std::move(species);
    positions_ = std::move(positions);
}

void Reader::read_geometry(std::size_t i) {
    auto const text = line(i);
    if (has(text, "crystal axes: (cart. coord. in units of alat)"))
        read_axes(i);
    else if (has(text, "site n.") && has(text, "positions (alat units)"))
        read_sites(i);
    else if (text.starts_with("CELL_PARAMETERS"))
        read_new_cell(i);
    else if (text.starts_with("ATOMIC_POSITIONS"))
        read_new_positions(i);
}

std::optional<Structure> Reader::structure() const {
    if (!cell_ || positions_.empty() || positions_.size() != atoms_) return std::nullopt;
    try {
        Structure s{Cell{*cell_}, species_, positions_};
        check(s);
        return s;
    } catch (DataError const&) {
        return std::nullopt;
    }
}

void Reader::read_forces(ScfStep& step, std::size_t i) const {
    std::vector<Vec3> forces;
    // Programs for graphics cards print other lines in between.
    for (std::size_t k = i + 1; k < lines_.size() && k < i + 30 + 2 * atoms_; ++k) {
        if (!has(line(k), "force =")) continue;
        auto const number = number_after(line(k), "atom");
        auto const force = vector_behind(line(k), '=');
        if (!force || number != static_cast<double>(forces.size() + 1)) return;
        forces.emplace_back(force_unit * *force);
        if (forces.size() == atoms_) break;
    }
    if (forces.size() == atoms_) step.labels.forces = std::move(forces);
}

void Reader::read_stress(ScfStep& step, std::size_t i) const {
    Mat3 pressure;
    int rows = 0;
    for (std::size_t k = i + 1; k < lines_.size() && k < i + 30 && rows < 3; ++k) {
        auto const v = leading_reals(line(k), 6);
        if (v.size() == 6) pressure.row(rows++) = Vec3(v[0], v[1], v[2]).transpose();
    }
    if (rows == 3) step.labels.stress = Mat3(-stress_unit * pressure);
}

void Reader::read_moments(ScfStep& step, std::size_t i) const {
    std::vector<double> moments;
    for (std::size_t k = i + 1; k <= i + atoms_ && k < lines_.size(); ++k) {
        auto const number = number_after(line(k), "atom");
        auto const moment = number_after(line(k), "magn");
        if (!moment || number != static_cast<double>(k - i)) return;
        moments.push_back(*moment);
    }
    if (moments.size() == atoms_) step.labels.moments = std::move(moments);
}

void Reader::read_step(ScfStep& step, std::size_t i) {
    auto const text = line(i);
    if (text.starts_with("!") && has(text, "total energy")) {
        if (auto const e = number_after(text, "total energy"))
            step.labels.energy = *e * units::rydberg;
    } else if (has(text, "iteration #")) {
        step.iterations = static_cast<int>(number_after(text, "iteration #").value_or(0.0));
    } else if (has(text, "smearing contrib. (-TS)")) {
        if (auto const e = number_after(text, "(-TS)")) step.smearing_energy = *e * units::rydberg;
    } else if (has(text, "total magnetization")) {
        step.total_moment = number_after(text, "total magnetization");
        out_.spin_polarised = true;
    } else if (has(text, "absolute magnetization")) {
        step.absolute_moment = number_after(text, "absolute magnetization");
    } else if (has(text, "convergence has been achieved")) {
        step.converged = true;
    } else if (has(text, "convergence NOT achieved")) {
        step.converged = false;
    } else if (has(text, "Magnetic moment per site")) {
        read_moments(step, i);
    } else if (has(text, "Forces acting on atoms")) {
        read_forces(step, i);
    } else if (has(text, "total   stress")) {
        read_stress(step, i);
    }
}

ProgramOutput Reader::read() {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        if (has(line(i), "Self-consistent Calculation")) {
            auto& step = out_.steps.emplace_back();
            step.structure = structure();
            step.line = static_cast<long long>(i) + 1;
            continue;
        }
        read_header(i);
        read_geometry(i);
        if (!out_.steps.empty()) read_step(out_.steps.back(), i);
    }
    out_.level = level_.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return std::move(out_);
}

}  // namespace

ProgramOutput parse_pw_output(std::string_view text) {
    return Reader{text}.read();
}

Record read_pw_output(std::filesystem::path const& path) {
    auto usable = usable_steps(parse_pw_output(read_text(path)), path.string());
    if (usable.records.empty())
        throw DataError(fmt::format("{}: there are no labels in it", usable.left_out));
    return std::move(usable.records.back());
}

}  // namespace kamacite::formats
