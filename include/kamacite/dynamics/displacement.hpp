#pragma once
#include <optional>
#include <span>
#include <vector>

#include "kamacite/core/types.hpp"
#include "kamacite/mpi/communicator.hpp"

namespace kamacite::dynamics {

/// How far atoms have gone from where they were, by element, without what all have gone together.
///
///     msd_a = 1/N_a Σ_{i∈a} |u_i − U|²,   u_i = r_i − r_i(0),   U = Σ_i m_i u_i / Σ_i m_i
///
/// Atoms are known by their numbers: each rank holds the block mpi::block_of(rank, ranks, atoms),
/// in order, which is what domain::ByNumber::rows() gives of positions that are not wrapped.
class MeanSquaredDisplacement {
public:
    /// \param elements   atomic numbers, each once
    /// \param species    of the atoms of this rank's block
    /// \param reference  r(0) of them [Å], not wrapped
    /// \param drifts     whether the motion of the centre of mass is taken out: not where some
    /// atoms
    ///                   are held, which are a frame of their own
    /// \throws DataError on all ranks if an atom is of another element. Collective.
    MeanSquaredDisplacement(mpi::Communicator const& comm, std::vector<int> elements,
                            std::span<int const> species, std::vector<Vec3> reference,
                            bool drifts = true);

    /// \param positions  r of the atoms of this rank's block [Å], not wrapped, in the same order
    /// \returns msd [Å²] of each element, the same on every rank; 0 for one without atoms.
    /// Collective.
    [[nodiscard]] std::vector<double> of(mpi::Communicator const& comm,
                                         std::span<Vec3 const> positions) const;

    [[nodiscard]] std::vector<int> const& elements() const noexcept { return elements_; }
    /// As given: what a checkpoint keeps.
    [[nodiscard]] std::vector<Vec3> const& reference() const noexcept { return reference_; }

private:
    std::vector<int> elements_;
    std::vector<std::size_t> kinds_;  // of each atom of the block, in elements_
    std::vector<double> masses_;      // of each atom of the block
    std::vector<Vec3> reference_;
    std::vector<double> counts_;  // atoms of each element, of all ranks
    double total_mass_;           // of all ranks
    bool drifts_;
};

/// How fast atoms go away, and how well that is known.
struct Diffusion {
    double coefficient = 0.0;  ///< D [Å²/fs]; of either sign where it is not above its error
    double error = 0.0;        ///< standard error [Å²/fs]
};

/// Diffusion coefficient of a mean squared displacement from one reference.
///
///     D = b/6,   b: slope of the straight line of least squares through msd(t)
///     δD = 1/6 √( Σ_k (b_k − b̄)² / (K (K − 1)) )
///
/// through the second half of the values; b_k are the slopes through K blocks of it, of equal
/// length within one value. What atoms do in one block is independent of what they do in another
/// once the blocks are long against the time between jumps or collisions; the slopes of a random
/// walk then scatter about 6D, and their mean is known as well as b is. A solid has D = 0, not a
/// small D that its error excludes: look at msd(t). \param times   [fs], ascending \param msd [Å²],
/// as many \param blocks  K ≥ 2 \returns nothing if the second half has fewer than three values for
/// each block Source: the first formula: Einstein, Ann. Phys. 322, 549 (1905), in three dimensions.
[[nodiscard]] std::optional<Diffusion> diffusion_of(std::span<double const> times,
                                                    std::span<double const> msd, int blocks = 8);

}  // namespace kamacite::dynamics
