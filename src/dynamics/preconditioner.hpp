#pragma once
#include "kamacite/dynamics/relax_domain.hpp"
#include "shared_petsc.hpp"

namespace kamacite::dynamics {

/// The matrix P of relax_preconditioned() with μ = 1, over the atoms in the order of their numbers,
/// and its approximate inverse. Those that stay are rows of the unit matrix.
class Preconditioner {
public:
    /// Collective.
    Preconditioner(FreeStructure const& s, PreconditionerOptions const& options);

    /// Mean distance of nearest neighbours [Å].
    [[nodiscard]] double nearest() const noexcept { return nearest_; }
    /// v·P v without c_stab. \param v  three numbers of each atom of this rank's block. Collective.
    [[nodiscard]] double product(std::span<double const> v) const;
    /// P⁻¹ of three numbers per atom, in place. Collective.
    void solve(std::span<double> v) const;

private:
    mpi::Communicator const* comm_;
    double nearest_ = 0.0, stability_;
    Shared<petsc::MatTraits> matrix_;
    Shared<petsc::VecTraits> right_, left_;
    Shared<petsc::KspTraits> solver_;
};

}  // namespace kamacite::dynamics
