#pragma once
#include <array>
#include <vector>

#include "kamacite/inference/large.hpp"

namespace kamacite::inference {

/// Averages of a prediction over the parts of its cell, n[0] × n[1] × n[2] equal parallelepipeds
/// along its vectors; part (a, b, c) is entry c + n[2] (b + n[1] a). Means of parts without atoms
/// are NaN. Vectors of what the prediction does not have are empty.
struct GridMap {
    std::array<int, 3> parts{1, 1, 1};
    std::vector<double> atoms;                 ///< how many
    std::vector<double> energy;                ///< mean E_i [eV]
    std::vector<double> force;                 ///< root mean square |F_i| [eV/Å]
    std::vector<Mat3> stress;                  ///< −Σ W_i/(volume of the part) [eV/Å³]
    std::vector<double> moment;                ///< mean |m_i| [μ_B]
    std::vector<double> force_std;             ///< root mean square spread [eV/Å]
    std::vector<double> extrapolation, grade;  ///< largest
};

/// \param answer  of the atoms of the domain. \param parts  ≥ 1 each
/// Each atom is in the part where it is, wrapped along periodic directions, at the edge beyond
/// others. \returns the same on every rank. Collective.
[[nodiscard]] GridMap grid_map_of(mpi::Communicator const& comm, domain::Domain const& domain,
                                  LargeAnswer const& answer, std::array<int, 3> const& parts);

}  // namespace kamacite::inference
