#pragma once
#include <string>

#include "support/random_structures.hpp"

namespace kamacite::test {

/// Iron in a shape that domains may have trouble with: "bulk", "tiny", "one atom", "cluster" (open
/// on all sides), "slab" (with vacuum), "skewed" (tilted lattice vectors), "void" for all else.
inline Structure structure_of(std::string const& kind) {
    if (kind == "bulk") return rattled_bcc(5, 1);
    if (kind == "tiny") return rattled_bcc(1, 2);
    if (kind == "one atom") {
        auto s = rattled_bcc(1, 3);
        s.species.pop_back();
        s.positions.pop_back();
        return s;
    }
    if (kind == "cluster") {
        auto s = rattled_bcc(3, 4);
        s.cell = Cell{s.cell.rows(), {false, false, false}};
        return s;
    }
    if (kind == "slab") {
        auto s = rattled_bcc(4, 5);
        Mat3 rows = s.cell.rows();
        rows.row(2) *= 3.0;
        s.cell = Cell{rows};
        return s;
    }
    if (kind == "skewed") {
        auto s = rattled_bcc(3, 6);
        Mat3 rows = s.cell.rows();  // another choice of lattice vectors: the same crystal
        rows.row(1) += rows.row(0);
        rows.row(2) -= 2.0 * rows.row(1);
        s.cell = Cell{rows};
        return s;
    }
    auto s = rattled_bcc(6, 7);  // a sphere is missing
    Vec3 const centre = s.cell.to_cartesian(Vec3::Constant(0.5));
    Structure left{s.cell, {}, {}};
    for (std::size_t i = 0; i < s.positions.size(); ++i) {
        if ((s.positions[i] - centre).norm() < 6.0) continue;
        left.positions.push_back(s.positions[i]);
        left.species.push_back(26);
    }
    return left;
}

}  // namespace kamacite::test
