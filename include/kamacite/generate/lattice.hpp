#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "kamacite/structure/structure.hpp"

namespace kamacite::generate {

/// Crystal structures that can be made. `bct` with c/a from 1 (bcc) to √2 (fcc) and beyond is the
/// Bain path; from B2 on they are compounds of two elements A, B.
enum class Lattice {
    bcc,
    fcc,
    hcp,
    sc,
    diamond,
    A15,
    bct,
    B2,
    L1_0,
    L1_2,
    D0_3,
    cementite,
    Fe2C,
    Fe4C
};

/// Which cell of the crystal: the smallest, or the one along the cube's (or orthogonal) axes.
enum class CellChoice { primitive, conventional };

/// All names that lattice_of() knows, in the order of the enum.
[[nodiscard]] std::vector<std::string> lattice_names();
/// Name of a lattice as lattice_of() reads it.
[[nodiscard]] std::string_view name_of(Lattice lattice);

/// \throws InputError naming what is known if `name` is not a lattice
[[nodiscard]] Lattice lattice_of(std::string_view name);

/// How many elements the lattice takes: 1, or 2 (A, B) for compounds.
[[nodiscard]] int n_elements(Lattice lattice);

/// Whether c/a is free: hcp, bct, L1_0.
[[nodiscard]] bool has_ratio(Lattice lattice);

/// c/a where none is given: √(8/3) for hcp, 1 otherwise.
[[nodiscard]] double ideal_ratio(Lattice lattice);

/// Size and shape of a crystal.
struct Shape {
    double a = 0.0;      ///< lattice constant [Å], positive; of the conventional (cubic) cell
    double ratio = 1.0;  ///< c/a, positive; 1 where the lattice is cubic
};

/// Lattice constant a [Å] at which each atom has `volume` [Å³].
[[nodiscard]] double lattice_constant(Lattice lattice, double volume, double ratio);

/// The perfect crystal: cell vectors and positions as ase.build.bulk(…, cubic=…) gives them; the
/// conventional cell of hcp is the orthogonal one of four atoms. Ordered phases: B2 = AB (CsCl),
/// L1_0 = AB (CuAu, layers along c), L1_2 = A₃B (Cu₃Au), D0_3 = A₃B (Fe₃Al, 16 atoms). Carbides, of
/// one cell, whose inner coordinates and b/a, c/a are the measured ones: cementite = A₃B (Fe₃C,
/// Pnma, 16 atoms), Fe2C = A₂B (η, Pnnm, 6 atoms), Fe4C = A₄B (P4̄3m, 5 atoms).
///
/// \param elements  atomic numbers, n_elements(lattice) of them
/// \throws InputError naming the value that is not positive, or the wrong number of elements
[[nodiscard]] Structure make_lattice(Lattice lattice, Shape const& shape, CellChoice choice,
                                     std::vector<int> const& elements);

/// Which simple lattice the atoms of a crystal occupy when one forgets which element is where, and
/// the edges of its conventional cell [Å]; interstitial sites are counted in these. `other`:
/// neither.
struct Parent {
    enum class Kind { bcc, fcc, other } kind = Kind::other;
    Vec3 edges = Vec3::Zero();
};
/// The parent of a crystal: bcc for bcc, bct, B2, D0_3; fcc for fcc, L1_0, L1_2.
[[nodiscard]] Parent parent_of(Lattice lattice, Shape const& shape);

}  // namespace kamacite::generate
