#include "kamacite/generate/lattice.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <numbers>

#include "joined.hpp"
#include "kamacite/core/error.hpp"

namespace kamacite::generate {
namespace {

struct Entry {
    Lattice lattice;
    std::string_view name;
};
constexpr std::array<Entry, 14> entries{{{Lattice::bcc, "bcc"},
                                         {Lattice::fcc, "fcc"},
                                         {Lattice::hcp, "hcp"},
                                         {Lattice::sc, "sc"},
                                         {Lattice::diamond, "diamond"},
                                         {Lattice::A15, "A15"},
                                         {Lattice::bct, "bct"},
                                         {Lattice::B2, "B2"},
                                         {Lattice::L1_0, "L1_0"},
                                         {Lattice::L1_2, "L1_2"},
                                         {Lattice::D0_3, "D0_3"},
                                         {Lattice::cementite, "cementite"},
                                         {Lattice::Fe2C, "Fe2C"},
                                         {Lattice::Fe4C, "Fe4C"}}};

/// Cell vectors and atoms in fractional coordinates; kind 0 is A, 1 is B.
struct Basis {
    Mat3 rows;
    std::vector<Vec3> fractions;
    std::vector<int> kinds{};
};

Mat3 rows_of(Vec3 const& a, Vec3 const& b, Vec3 const& c) {
    Mat3 rows;
    rows << a.transpose(), b.transpose(), c.transpose();
    return rows;
}

Mat3 body_centred(double a, double c) {
    return 0.5 * rows_of({-a, a, c}, {a, -a, c}, {a, a, -c});
}

Mat3 face_centred(double a) {
    return 0.5 * rows_of({0.0, a, a}, {a, 0.0, a}, {a, a, 0.0});
}

Mat3 box(double a, double b, double c) {
    return Vec3(a, b, c).asDiagonal();
}

std::vector<Vec3> const face_points{
    {0.0, 0.0, 0.0}, {0.0, 0.5, 0.5}, {0.5, 0.0, 0.5}, {0.5, 0.5, 0.0}};

/// Fe₃C, Pnma: A on 8d and 4c, B on 4c; at 320 K of Wood et al., J. Appl. Cryst. 37, 82 (2004)
/// (AMCSD 0019114): a, b, c = 5.081, 6.755, 4.515 Å, 7.696 g/cm³.
Basis cementite(double a) {
    Basis basis{box(a, 6.755 / 5.081 * a, 4.515 / 5.081 * a), {}};
    auto const general = Vec3(0.1845, 0.0584, 0.3330);
    for (double const y : {general.y(), 0.5 - general.y()}) {
        double const x = general.x(), z = general.z();
        for (auto const& f : {Vec3(x, y, z), Vec3(0.5 - x, 1.0 - y, 0.5 + z),
                              Vec3(1.0 - x, 1.0 - y, 1.0 - z), Vec3(0.5 + x, y, 0.5 - z)})
            basis.fractions.push_back(f);
    }
    basis.kinds.assign(8, 0);
    auto const in_plane = [&](double x, double z, int kind) {
        for (auto const& f : {Vec3(x, 0.25, z), Vec3(0.5 - x, 0.75, 0.5 + z),
                              Vec3(1.0 - x, 0.75, 1.0 - z), Vec3(0.5 + x, 0.25, 0.5 - z)}) {
            basis.fractions.emplace_back(f.array() - f.array().floor());
            basis.kinds.push_back(kind);
        }
    };
    in_plane(0.0347, 0.8373, 0);
    in_plane(0.8974, 0.4502, 1);
    return basis;
}

/// η-Fe₂C, Pnnm: A on 4g, B on 2a; a, b, c = 4.704, 4.318, 2.830 Å, as AFLOW's AB2_oP6_58_a_g has
/// it: Mehl et al., Comput. Mater. Sci. 136, S1 (2017).
Basis eta_carbide(double a) {
    double const x = 2.0 / 3.0, y = 0.25;
    return {box(a, 4.318 / 4.704 * a, 2.830 / 4.704 * a),
            {Vec3::Zero(), Vec3::Constant(0.5), Vec3(x, y, 0.0), Vec3(1.0 - x, 1.0 - y, 0.0),
             Vec3(x - 0.5, 0.5 - y, 0.5), Vec3(1.5 - x, 0.5 + y, 0.5)},
            {1, 1, 0, 0, 0, 0}};
}

/// Fe₄C, P4̄3m: A on 4e, x = 0.265, B on 1a; AFLOW's AB4_cP5_215_a_e, same source.
Basis carbide_in_fcc(double a) {
    double const x = 0.265, y = 1.0 - x;
    return {box(a, a, a),
            {Vec3::Zero(), Vec3(x, x, x), Vec3(y, y, x), Vec3(y, x, y), Vec3(x, y, y)},
            {1, 0, 0, 0, 0}};
}

Basis primitive(Lattice lattice, double a, double c) {
    Vec3 const origin = Vec3::Zero();
    Vec3 const quarter = Vec3::Constant(0.25);
    Vec3 const half = Vec3::Constant(0.5);
    double const sqrt3 = std::numbers::sqrt3;
    switch (lattice) {
        case Lattice::bcc:
            return {body_centred(a, a), {origin}};
        case Lattice::bct:
            return {body_centred(a, c), {origin}};
        case Lattice::fcc:
            return {face_centred(a), {origin}};
        case Lattice::sc:
            return {box(a, a, a), {origin}};
        case Lattice::diamond:
            return {face_centred(a), {origin, quarter}};
        case Lattice::hcp:
            return {rows_of({a, 0.0, 0.0}, {-0.5 * a, 0.5 * sqrt3 * a, 0.0}, {0.0, 0.0, c}),
                    {origin, {1.0 / 3.0, 2.0 / 3.0, 0.5}}};
        case Lattice::A15:
            return {box(a, a, a),
                    {origin,
                     half,
                     {0.25, 0.0, 0.5},
                     {0.75, 0.0, 0.5},
                     {0.5, 0.25, 0.0},
                     {0.5, 0.75, 0.0},
                     {0.0, 0.5, 0.25},
                     {0.0, 0.5, 0.75}}};
        case Lattice::B2:
            return {box(a, a, a), {origin, half}, {0, 1}};
        case Lattice::L1_0:
            return {rows_of({0.5 * a, -0.5 * a, 0.0}, {0.5 * a, 0.5 * a, 0.0}, {0.0, 0.0, c}),
                    {origin, half},
                    {0, 1}};
        case Lattice::L1_2:
            return {box(a, a, a), face_points, {1, 0, 0, 0}};
        case Lattice::D0_3:
            return {face_centred(a), {origin, quarter, half, 3.0 * quarter}, {1, 0, 0, 0}};
        case Lattice::cementite:
            return cementite(a);
        case Lattice::Fe2C:
            return eta_carbide(a);
        case Lattice::Fe4C:
            return carbide_in_fcc(a);
    }
    return {};
}

Basis conventional(Lattice lattice, double a, double c) {
    Vec3 const origin = Vec3::Zero();
    Vec3 const half = Vec3::Constant(0.5);
    switch (lattice) {
        case Lattice::bcc:
        case Lattice::bct:
            return {box(a, a, c), {origin, half}};
        case Lattice::fcc:
            return {box(a, a, a), face_points};
        case Lattice::L1_0:
            return {box(a, a, c), face_points, {0, 1, 1, 0}};
        case Lattice::hcp:
            return {box(a, std::numbers::sqrt3 * a, c),
                    {origin, {0.5, 0.5, 0.0}, {0.5, 1.0 / 6.0, 0.5}, {0.0, 2.0 / 3.0, 0.5}}};
        case Lattice::diamond:
        case Lattice::D0_3: {
            Basis basis{box(a, a, a), {}};
            int const n = lattice == Lattice::diamond ? 2 : 4;  // atoms along the body diagonal
            for (auto const& f : face_points)
                for (int i = 0; i < n; ++i) {
                    Vec3 g = f.array() + 0.25 * i;
                    g = g.array() - g.array().floor();
                    basis.fractions.push_back(g);
                    basis.kinds.push_back(lattice == Lattice::D0_3 && i == 0 ? 1 : 0);
                }
            return basis;
        }
        case Lattice::sc:
        case Lattice::A15:
        case Lattice::B2:
        case Lattice::L1_2:
        case Lattice::cementite:
        case Lattice::Fe2C:
        case Lattice::Fe4C:
            return primitive(lattice, a, c);
    }
    return {};
}

}  // namespace

std::vector<std::string> lattice_names() {
    std::vector<std::string> names;
    for (auto const& entry : entries) names.emplace_back(entry.name);
    return names;
}

std::string_view name_of(Lattice lattice) {
    return entries[static_cast<std::size_t>(lattice)].name;
}

Lattice lattice_of(std::string_view name) {
    for (auto const& entry : entries)
        if (entry.name == name) return entry.lattice;
    throw InputError(
        fmt::format("lattice '{}' is not known: use one of {}", name, joined(lattice_names())));
}

int n_elements(Lattice lattice) {
    return lattice >= Lattice::B2 ? 2 : 1;
}

bool has_ratio(Lattice lattice) {
    return lattice == Lattice::hcp || lattice == Lattice::bct || lattice == Lattice::L1_0;
}

double ideal_ratio(Lattice lattice) {
    return lattice == Lattice::hcp ? std::sqrt(8.0 / 3.0) : 1.0;
}

double lattice_constant(Lattice lattice, double volume, double ratio) {
    auto const unit = primitive(lattice, 1.0, ratio);
    double const volume_at_one =
        std::abs(unit.rows.determinant()) / static_cast<double>(unit.fractions.size());
    return std::cbrt(volume / volume_at_one);
}

Structure make_lattice(Lattice lattice, Shape const& shape, CellChoice choice,
                       std::vector<int> const& elements) {
    if (!(shape.a > 0.0))
        throw InputError(fmt::format("lattice constant is {} Å (must be positive)", shape.a));
    if (!(shape.ratio > 0.0))
        throw InputError(fmt::format("c/a is {} (must be positive)", shape.ratio));
    if (std::ssize(elements) != n_elements(lattice))
        throw InputError(
            fmt::format("{} elements are given for {} (must be {}): one for a simple "
                        "lattice, two for an ordered phase",
                        elements.size(), name_of(lattice), n_elements(lattice)));
    double const c = shape.a * shape.ratio;
    auto const basis = choice == CellChoice::primitive ? primitive(lattice, shape.a, c)
                                                       : conventional(lattice, shape.a, c);
    Structure s{Cell{basis.rows}, {}, {}};
    for (std::size_t i = 0; i < basis.fractions.size(); ++i) {
        int const kind = basis.kinds.empty() ? 0 : basis.kinds[i];
        s.species.push_back(elements[static_cast<std::size_t>(kind)]);
        s.positions.push_back(s.cell.to_cartesian(basis.fractions[i]));
    }
    return s;
}

Parent parent_of(Lattice lattice, Shape const& shape) {
    double const a = shape.a;
    switch (lattice) {
        case Lattice::bcc:
        case Lattice::bct:
        case Lattice::B2:
            return {Parent::Kind::bcc, {a, a, a * shape.ratio}};
        case Lattice::D0_3:
            return {Parent::Kind::bcc, Vec3::Constant(0.5 * a)};
        case Lattice::fcc:
        case Lattice::L1_0:
        case Lattice::L1_2:
            return {Parent::Kind::fcc, {a, a, a * shape.ratio}};
        default:
            return {};
    }
}

}  // namespace kamacite::generate
