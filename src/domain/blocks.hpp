#pragma once
#include "kamacite/neighbours/block_list.hpp"
#include "kamacite/potential/potential.hpp"

namespace kamacite::domain {

/// The atoms of a rank where they are, and the ghosts around them.
struct AtomsAndGhosts {
    Cell const& cell;              ///< without periodicity
    std::span<int const> species;  ///< of the atoms, then of the ghosts
    std::span<Vec3 const> atoms;   ///< positions [Å]
    std::span<Vec3 const> ghosts;  ///< positions [Å]
};

/// What a potential says of a rank's atoms, one block after the other.
class BlockSum {
public:
    /// Numbers of a ghost: a force and a virial.
    static constexpr int width = 12;

    /// All arguments are kept by reference.
    BlockSum(Potential const& potential, AtomsAndGhosts const& all);

    /// \param list  of the atoms that follow those of the last block
    /// \throws what the potential throws
    void add(BlockList const& list);

    /// Of the atoms; forces and virials without the parts that ghosts elsewhere have of them.
    [[nodiscard]] Prediction& mine() noexcept { return mine_; }
    [[nodiscard]] Prediction const& mine() const noexcept { return mine_; }
    [[nodiscard]] std::span<double const> of_ghosts() const noexcept { return of_ghosts_; }
    /// Goes on from what ghosts had before. \param numbers  as many as of_ghosts() has
    void set_ghosts(std::span<double const> numbers) {
        of_ghosts_.assign(numbers.begin(), numbers.end());
    }

private:
    Potential const* potential_;
    AtomsAndGhosts const* all_;
    Structure block_;
    Prediction mine_;
    std::vector<double> of_ghosts_;
};

}  // namespace kamacite::domain
