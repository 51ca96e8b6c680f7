#include "block_network.hpp"

#include "kamacite/simd/targets.hpp"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "model/block_network.cpp"
#include <hwy/foreach_target.h>
// after foreach_target.h
#include <hwy/highway.h>

#include "block_network-inl.hpp"

#if HWY_ONCE
#include <new>

#include "kamacite/core/error.hpp"
#include "kamacite/simd/denormals.hpp"

namespace kamacite::detail {
namespace block_network {

HWY_EXPORT(ForwardOfDouble);
HWY_EXPORT(ForwardOfFloat);
HWY_EXPORT(BackOfDouble);
HWY_EXPORT(BackOfFloat);

namespace {

void forward(std::span<BlockLayer<double> const> layers, double const* x) {
    HWY_DYNAMIC_DISPATCH(ForwardOfDouble)(layers, x);
}
void forward(std::span<BlockLayer<float> const> layers, float const* x) {
    FlushDenormals const flush{Precision::mixed};
    HWY_DYNAMIC_DISPATCH(ForwardOfFloat)(layers, x);
}
double const* pull_back(std::span<BlockLayer<double> const> layers, double* const* back) {
    return HWY_DYNAMIC_DISPATCH(BackOfDouble)(layers, back);
}
float const* pull_back(std::span<BlockLayer<float> const> layers, float* const* back) {
    FlushDenormals const flush{Precision::mixed};
    return HWY_DYNAMIC_DISPATCH(BackOfFloat)(layers, back);
}

}  // namespace
}  // namespace block_network

template <class Real>
BlockNetwork<Real>::BlockNetwork(Network const& network, std::span<double const> w) {
    KAMACITE_EXPECTS(static_cast<int>(w.size()) == network.parameter_count());
    Real const* weights = nullptr;
    if constexpr (std::is_same_v<Real, double>) {
        weights = w.data();
    } else {
        converted_.assign(w.begin(), w.end());
        weights = converted_.data();
    }
    auto const& sizes = network.sizes();
    int rows = network.inputs();
    for (std::size_t l = 1; l < sizes.size(); ++l) rows += 2 * sizes[l];
    int const widest = *std::max_element(sizes.begin(), sizes.end());
    auto const count = static_cast<std::size_t>(rows + 2 * widest) * atoms_of_block;
    memory_ = hwy::AllocateAligned<Real>(count);
    if (memory_ == nullptr) throw std::bad_alloc{};
    std::fill_n(memory_.get(), count, Real{0});
    Real* at = memory_.get();
    auto const take = [&](int n) { return std::exchange(at, at + n * atoms_of_block); };
    input_ = take(network.inputs());
    for (auto& b : back_) b = take(widest);
    for (int l = 0; l < network.layers(); ++l) {
        auto const k = static_cast<std::size_t>(l);
        bool const last = l + 1 == network.layers();
        auto* const value = take(sizes[k + 1]);
        layers_.push_back({sizes[k], sizes[k + 1], weights + network.weight_begin(l),
                           weights + network.bias_begin(l),
                           last ? Activation::linear : network.activations()[k], value,
                           take(sizes[k + 1])});
    }
}

template <class Real>
Real const* BlockNetwork<Real>::forward() {
    block_network::forward(std::span<BlockLayer<Real> const>{layers_}, input_);
    return layers_.back().value;
}

template <class Real>
Real const* BlockNetwork<Real>::pull_back(std::span<double const> seed) {
    KAMACITE_EXPECTS(static_cast<int>(seed.size()) == layers_.back().outputs);
    for (std::size_t o = 0; o < seed.size(); ++o)
        std::fill_n(back_[0] + o * atoms_of_block, atoms_of_block, static_cast<Real>(seed[o]));
    return block_network::pull_back(std::span<BlockLayer<Real> const>{layers_}, back_);
}

template class BlockNetwork<double>;
template class BlockNetwork<float>;

}  // namespace kamacite::detail
#endif
