#pragma once
// Private to the module: networks for predictions.
#include <hwy/aligned_allocator.h>

#include <span>
#include <type_traits>
#include <vector>

#include "kamacite/descriptors/pass.hpp"
#include "kamacite/model/network.hpp"

namespace kamacite::detail {

/// Atoms that go through a network together, each in a lane of its own: whatever the widths of the
/// layers are, no lane of a vector is empty.
inline constexpr int atoms_of_block = DescriptorPass::run;

/// One layer, and what a pass forward leaves of it: matrices of (…, atoms_of_block), row-major.
template <class Real>
struct BlockLayer {
    int inputs, outputs;
    Real const *weights, *biases;  ///< (inputs, outputs) row-major, (outputs)
    Activation activation;         ///< linear for the last layer
    Real *value, *slope;           ///< f(z) and f′(z), (outputs, atoms)
};

/// A network with its weights that predicts blocks of atoms, in double or single precision, in the
/// vector instructions of instruction_set(). Training has Network, which also gives gradients of
/// weights.
template <class Real>
class BlockNetwork {
public:
    /// \param w  parameters as Network has them; kept by reference in double precision
    BlockNetwork(Network const& network, std::span<double const> w);

    [[nodiscard]] int inputs() const noexcept { return layers_.front().inputs; }
    [[nodiscard]] int outputs() const noexcept { return layers_.back().outputs; }

    /// x, (inputs, atoms_of_block): to be filled. Columns that are not needed may hold anything
    /// finite; they are 0 at first.
    [[nodiscard]] Real* input() noexcept { return input_; }

    /// y of x, (outputs, atoms_of_block).
    Real const* forward();

    /// What the last layer is given: values of the last hidden one, or x, after forward().
    [[nodiscard]] Real const* last_inputs() const noexcept {
        return layers_.size() > 1 ? layers_[layers_.size() - 2].value : input_;
    }

    /// ∂(Σ ȳ y)/∂x, (inputs, atoms_of_block), after forward().
    /// \param seed  ȳ, the same for all atoms, one number per output
    Real const* pull_back(std::span<double const> seed);

private:
    std::vector<Real> converted_;  // weights in single precision
    hwy::AlignedFreeUniquePtr<Real[]> memory_;
    Real *input_, *back_[2];
    std::vector<BlockLayer<Real>> layers_;
};

extern template class BlockNetwork<double>;
extern template class BlockNetwork<float>;

}  // namespace kamacite::detail
