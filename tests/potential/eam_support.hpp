#pragma once
#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include "kamacite/core/element.hpp"
#include "kamacite/potential/embedded_atom.hpp"

namespace kamacite::test {

/// How a made-up setfl file looks.
struct EamShape {
    bool by_pair = true;  ///< Finnis-Sinclair, else alloy
    std::vector<std::string> elements{"Fe", "Cr"};
    int densities = 2000, distances = 2000;
    double density_end = 60.0, cutoff = 4.6;
};

/// A setfl file of smooth functions that differ for every element and pair:
///   F = −A √(ρ + 0.1) + B ρ², ρ = C (1 − r/r_c)⁴ r², φ = D (e^(−2 (r − 2.4)) − e^(2.4 − r)) (1 −
///   r/r_c)³
inline std::string eam_text(EamShape const& shape = {}) {
    auto const n = static_cast<int>(shape.elements.size());
    double const dr = shape.cutoff / (shape.distances - 1);
    double const drho = shape.density_end / (shape.densities - 1);
    std::string text = "made up\nfor a test\nUNITS are metal\n" + std::to_string(n);
    for (auto const& e : shape.elements) text += " " + e;
    text += fmt::format("\n{} {:.17g} {} {:.17g} {:.17g}\n", shape.densities, drho, shape.distances,
                        dr, shape.cutoff);
    auto const table = [&](int points, auto const& f) {
        for (int k = 0; k < points; ++k)
            text += fmt::format("{:.17g}{}", f(k), k % 5 == 4 || k == points - 1 ? '\n' : ' ');
    };
    auto const fade = [&](double r) { return std::max(0.0, 1.0 - r / shape.cutoff); };
    for (int a = 0; a < n; ++a) {
        text += fmt::format("{} {} 2.86 bcc\n", atomic_number_of(shape.elements[std::size_t(a)]),
                            50 + a);
        table(shape.densities, [&](int k) {
            double const rho = k * drho;
            return -(1.2 + 0.3 * a) * (std::sqrt(rho + 0.1) - std::sqrt(0.1)) + 1e-3 * rho * rho;
        });
        for (int b = 0; b < (shape.by_pair ? n : 1); ++b)
            table(shape.distances, [&](int k) {
                double const r = k * dr;
                return (4.0 + 1.1 * a + 0.7 * b) * std::pow(fade(r), 4) * r * r;
            });
    }
    for (int a = 0; a < n; ++a)
        for (int b = 0; b <= a; ++b)
            table(shape.distances, [&](int k) {
                double const r = k * dr;
                double const x = std::exp(2.4 - r);
                return (0.6 + 0.2 * a + 0.1 * b) * (x * x - x) * std::pow(fade(r), 3) * r;
            });
    return text;
}

/// A directory that goes with the object.
class Scratch {
public:
    Scratch() {
        path_ = std::filesystem::temp_directory_path() /
                fmt::format("kamacite_eam_{}_{}", ::getpid(), std::random_device{}());
        std::filesystem::create_directories(path_);
    }
    Scratch(Scratch const&) = delete;
    Scratch& operator=(Scratch const&) = delete;
    ~Scratch() { std::filesystem::remove_all(path_); }
    [[nodiscard]] std::filesystem::path file(std::string const& name,
                                             std::string const& text) const {
        std::ofstream{path_ / name} << text;
        return path_ / name;
    }
    [[nodiscard]] std::filesystem::path const& path() const { return path_; }

private:
    std::filesystem::path path_;
};

/// Whether Debian's LAMMPS can be asked.
inline bool has_lammps() {
    return std::system("command -v lmp >/dev/null 2>&1") == 0;
}

/// What LAMMPS says of a structure with a setfl file. The cell has the rows (x,0,0), (x,y,0),
/// (x,y,z); its periodic directions are the structure's.
inline Prediction ask_lammps(Structure const& s, std::filesystem::path const& potential,
                             EamTables const& tables) {
    Scratch const scratch;
    auto const& h = s.cell.rows();
    std::string data = fmt::format(
        "structure\n\n{} atoms\n{} atom types\n\n0 {:.17g} xlo xhi\n0 {:.17g} ylo yhi\n0 {:.17g} "
        "zlo zhi\n",
        s.size(), tables.elements.size(), h(0, 0), h(1, 1), h(2, 2));
    bool const tilted = h(1, 0) != 0.0 || h(2, 0) != 0.0 || h(2, 1) != 0.0;
    if (tilted)
        data += fmt::format("{:.17g} {:.17g} {:.17g} xy xz yz\n", h(1, 0), h(2, 0), h(2, 1));
    data += "\nAtoms # atomic\n\n";
    for (int i = 0; i < s.size(); ++i) {
        auto const k = static_cast<std::size_t>(i);
        std::size_t type = 0;
        while (tables.elements[type] != s.species[k]) ++type;
        auto const& r = s.positions[k];
        data += fmt::format("{} {} {:.17g} {:.17g} {:.17g}\n", i + 1, type + 1, r[0], r[1], r[2]);
    }
    std::string names;
    for (int const z : tables.elements) names += fmt::format(" {}", symbol_of(z));
    auto const periodic = s.cell.periodic();
    auto const edge = [&](std::size_t a) { return periodic[a] ? "p" : "f"; };
    std::string const input = fmt::format(
        "units metal\natom_style atomic\natom_modify map array\nboundary {} {} {}\nbox tilt large\n"
        "read_data data\npair_style eam/{}\npair_coeff * * {}{}\ncompute e all pe/atom\n"
        "compute p all pressure NULL virial\nthermo_style custom step pe c_p[1]\n"
        "dump d all custom 1 atoms id fx fy fz c_e\ndump_modify d sort id format float %.16g\n"
        "run 0\nprint \"$(c_p[1]:%.16g) $(c_p[2]:%.16g) $(c_p[3]:%.16g) $(c_p[4]:%.16g) "
        "$(c_p[5]:%.16g) $(c_p[6]:%.16g)\" file pressure\n",
        edge(0), edge(1), edge(2), tables.kind == EamTables::Kind::finnis_sinclair ? "fs" : "alloy",
        potential.string(), names);
    (void)scratch.file("data", data);
    (void)scratch.file("in", input);
    // A clean environment: this process may be one of an MPI job, LAMMPS is not of it.
    auto const line = fmt::format(
        "cd '{}' && env -i PATH=\"$PATH\" HOME=. OMP_NUM_THREADS=1 lmp -in in > out 2>&1",
        scratch.path().string());
    if (std::system(line.c_str()) != 0) {
        std::ifstream out{scratch.path() / "out"};
        throw std::runtime_error(std::string(std::istreambuf_iterator<char>{out}, {}));
    }
    Prediction p;
    std::ifstream atoms{scratch.path() / "atoms"};
    std::string skipped;
    for (int k = 0; k < 9; ++k) std::getline(atoms, skipped);
    int id = 0;
    Vec3 f;
    for (double e = 0.0; atoms >> id >> f[0] >> f[1] >> f[2] >> e;) {
        p.energies.push_back(e);
        p.forces.push_back(f);
    }
    std::ifstream pressure{scratch.path() / "pressure"};
    Mat3 w;
    pressure >> w(0, 0) >> w(1, 1) >> w(2, 2) >> w(0, 1) >> w(0, 2) >> w(1, 2);
    constexpr double lammps_bar = 1.6021765e6;  // bar Å³ per eV, as LAMMPS has it
    w.triangularView<Eigen::StrictlyLower>() = w.transpose();
    p.virials.assign(1, Mat3(w * std::abs(s.cell.volume()) / lammps_bar));
    return p;
}

}  // namespace kamacite::test
