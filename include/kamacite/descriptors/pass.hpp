#pragma once
#include <memory>

#include "kamacite/descriptors/descriptors.hpp"
#include "kamacite/simd/precision.hpp"

namespace kamacite {

/// Descriptors of one run of atoms after the other, and gradients pulled back through them while
/// what the values were computed from is still in the cache: nothing is computed twice.
///
///     for (begin, end) { evaluate(begin, end, g); … ∂E/∂G from g …; pull_back(dE_dG); }
class DescriptorPass {
public:
    static constexpr int run = 16;  ///< atoms at a time: their work space fits a core's cache

    /// All arguments are kept by reference. \param species  as Descriptors::evaluate
    /// \throws DataError if an atom's element is not in the set
    DescriptorPass(Descriptors const& descriptors, Neighbours const& neighbours,
                   std::span<int const> species, Precision precision);
    ~DescriptorPass();
    DescriptorPass(DescriptorPass const&) = delete;
    DescriptorPass& operator=(DescriptorPass const&) = delete;

    /// Row a of g becomes G of atom begin + a; end − begin ≤ run.
    /// \param g  at least end − begin rows, width() columns; columns beyond size(e) become zero
    void evaluate(int begin, int end, Eigen::Ref<Matrix> g);

    /// As evaluate() for callers that know the values: only what pull_back() needs.
    void prepare(int begin, int end);

    /// Adds forces and virials of the atoms of the last evaluate() or prepare() to the sums.
    /// \param dE_dG  one row per atom of the run [eV]
    void pull_back(Eigen::Ref<Matrix const> const& dE_dG);

    /// The sums so far: one force and one virial per atom of `species`.
    [[nodiscard]] Descriptors::Pulled pulled() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace kamacite
