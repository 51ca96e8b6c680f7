#include "kamacite/structure/structure.hpp"

#include <fmt/format.h>

#include <cmath>
#include <map>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/structure/repeated.hpp"

namespace kamacite {

Structure strained(Structure const& s, Mat3 const& strain) {
    Structure result{s.cell.strained(strain), s.species, s.positions};
    for (auto& r : result.positions) r += strain * r;
    return result;
}

Cell repeated(Cell const& cell, std::array<int, 3> const& n) {
    KAMACITE_EXPECTS(n[0] > 0 && n[1] > 0 && n[2] > 0);
    Mat3 rows = cell.rows();
    for (int i = 0; i < 3; ++i) rows.row(i) *= n[static_cast<std::size_t>(i)];
    return Cell{rows, cell.periodic()};
}

Structure supercell(Structure const& s, std::array<int, 3> const& n) {
    Structure result{repeated(s.cell, n), {}, {}};
    for (int a = 0; a < n[0]; ++a)
        for (int b = 0; b < n[1]; ++b)
            for (int c = 0; c < n[2]; ++c) {
                Vec3 const shift = s.cell.to_cartesian(Vec3(a, b, c));
                for (auto const& r : s.positions) result.positions.emplace_back(r + shift);
                result.species.insert(result.species.end(), s.species.begin(), s.species.end());
            }
    return result;
}

void direct(Structure& s, std::span<double const> moments, double least) {
    if (!moments.empty() && moments.size() != s.species.size())
        throw DataError(fmt::format("structure has {} moments for {} atoms (must be equal)",
                                    moments.size(), s.species.size()));
    for (std::size_t i = 0; i < s.species.size(); ++i) {
        double const m = moments.empty() ? least : moments[i];
        auto const direction = std::abs(m) < least ? Direction::none
                               : m < 0.0           ? Direction::down
                                                   : Direction::up;
        s.species[i] = species_of(element_of(s.species[i]), direction);
    }
}

std::string formula_of(Structure const& s) {
    std::map<int, int> count;
    for (int const z : s.species) ++count[element_of(z)];
    std::string formula;
    for (auto const& [z, n] : count)
        formula += n == 1 ? std::string{symbol_of(z)} : fmt::format("{}{}", symbol_of(z), n);
    return formula;
}

void check(Structure const& s) {
    constexpr double farthest = 1e6;  // [Å] doubles are 1e-10 Å apart there
    if (s.positions.empty()) throw DataError("structure has no atoms: remove it from the input");
    if (s.species.size() != s.positions.size())
        throw DataError(fmt::format("structure has {} species for {} positions (must be equal)",
                                    s.species.size(), s.positions.size()));
    for (std::size_t i = 0; i < s.positions.size(); ++i) {
        (void)symbol_of(s.species[i]);
        auto const& r = s.positions[i];
        if (!r.allFinite())
            throw DataError(
                fmt::format("position of atom {} is ({}, {}, {}) (must be finite): "
                            "correct or remove the structure",
                            i + 1, r.x(), r.y(), r.z()));
        if (r.cwiseAbs().maxCoeff() > farthest)
            throw DataError(fmt::format(
                "position of atom {} is ({}, {}, {}) Å (must be within {:.0e} Å, beyond "
                "which rounding moves atoms): wrap it into the cell, or correct it",
                i + 1, r.x(), r.y(), r.z(), farthest));
    }
}

}  // namespace kamacite
