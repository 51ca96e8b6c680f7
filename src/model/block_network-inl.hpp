// Networks on blocks of atoms, compiled once per instruction set: block_network.cpp.
#include <hwy/contrib/math/math-inl.h>

#include <algorithm>
#include <utility>

#include "block_network.hpp"

HWY_BEFORE_NAMESPACE();
namespace kamacite::detail::block_network {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <class Real>
using Tag = hn::CappedTag<Real, 64 / sizeof(Real)>;
template <class Real>
using Vector = hn::Vec<Tag<Real>>;

template <class Real>
constexpr int lanes() {
    return static_cast<int>(hn::MaxLanes(Tag<Real>{}));
}
/// Vectors that a row of a matrix takes.
template <class Real>
constexpr int vectors = std::max(1, atoms_of_block / lanes<Real>());
/// Rows of a product that the registers hold.
template <class Real>
constexpr int rows_at_once = HWY_TARGET <= HWY_AVX3 ? 8 : std::max(1, 12 / vectors<Real>);

/// Rows first … first + R − 1 of  out = start + Σ_k weight(k) in_k  for all atoms.
/// \param weight  of row r and term k at weights[r row_step + k term_step]
template <class Real, int R>
HWY_INLINE void product_rows(Real const* weights, int row_step, int term_step, Real const* start,
                             Real const* in, int terms, Real* out) {
    Tag<Real> const d;
    constexpr int n = lanes<Real>();
    Vector<Real> sum[R][vectors<Real>];
    for (int r = 0; r < R; ++r)
        for (auto& s : sum[r]) s = hn::Set(d, start == nullptr ? Real{0} : start[r]);
    for (int k = 0; k < terms; ++k) {
        Vector<Real> x[vectors<Real>];
        for (int v = 0; v < vectors<Real>; ++v) x[v] = hn::Load(d, in + k * atoms_of_block + v * n);
        for (int r = 0; r < R; ++r) {
            auto const w = hn::Set(d, weights[r * row_step + k * term_step]);
            for (int v = 0; v < vectors<Real>; ++v) sum[r][v] = hn::MulAdd(w, x[v], sum[r][v]);
        }
    }
    for (int r = 0; r < R; ++r)
        for (int v = 0; v < vectors<Real>; ++v)
            hn::Store(sum[r][v], d, out + r * atoms_of_block + v * n);
}

/// All rows, as many at once as the registers hold, the rest one by one in halves.
template <class Real, int R = rows_at_once<Real>>
HWY_INLINE void product(Real const* weights, int row_step, int term_step, Real const* start,
                        Real const* in, int terms, int rows, Real* out) {
    int r = 0;
    for (; r + R <= rows; r += R)
        product_rows<Real, R>(weights + r * row_step, row_step, term_step,
                              start == nullptr ? nullptr : start + r, in, terms,
                              out + r * atoms_of_block);
    if constexpr (R > 1)
        if (r < rows)
            product<Real, R / 2>(weights + r * row_step, row_step, term_step,
                                 start == nullptr ? nullptr : start + r, in, terms, rows - r,
                                 out + r * atoms_of_block);
}

template <class VT>
struct ValueAndSlope {
    VT value, slope;
};

/// 1/(1 + e⁻ˣ), without overflow.
template <class D, class VT>
HWY_INLINE VT logistic(D d, VT x) {
    VT const one = hn::Set(d, 1);
    VT const e = hn::Exp(d, hn::Neg(hn::Abs(x)));
    VT const small = hn::Div(one, hn::Add(one, e));  // of |x|
    return hn::IfThenElse(hn::Lt(x, hn::Zero(d)), hn::Mul(e, small), small);
}

/// f and f′, as apply() of activation.hpp.
template <Activation activation, class D, class VT>
HWY_INLINE ValueAndSlope<VT> at(D d, VT x) {
    VT const one = hn::Set(d, 1);
    if constexpr (activation == Activation::tanh) {
        VT const e = hn::Exp(d, hn::Mul(hn::Set(d, -2), hn::Abs(x)));
        VT const t = hn::CopySign(hn::Div(hn::Sub(one, e), hn::Add(one, e)), x);
        return {t, hn::NegMulAdd(t, t, one)};
    } else if constexpr (activation == Activation::relu) {
        VT const zero = hn::Zero(d);
        return {hn::Max(x, zero), hn::IfThenElseZero(hn::Gt(x, zero), one)};
    } else if constexpr (activation == Activation::silu) {
        VT const s = logistic(d, x);
        VT const value = hn::Mul(x, s);
        return {value, hn::MulAdd(value, hn::Sub(one, s), s)};
    } else if constexpr (activation == Activation::softplus) {
        VT const e = hn::Exp(d, hn::Neg(hn::Abs(x)));
        return {hn::Add(hn::Max(x, hn::Zero(d)), hn::Log1p(d, e)), logistic(d, x)};
    } else if constexpr (activation == Activation::sigmoid) {
        VT const s = logistic(d, x);
        return {s, hn::Mul(s, hn::Sub(one, s))};
    } else if constexpr (activation == Activation::reversed_sigmoid) {
        VT const s = logistic(d, hn::Neg(x));
        return {s, hn::Mul(s, hn::Sub(s, one))};
    } else if constexpr (activation == Activation::gaussian) {
        VT const value = hn::Exp(d, hn::Mul(hn::Set(d, -0.5), hn::Mul(x, x)));
        return {value, hn::Neg(hn::Mul(x, value))};
    } else if constexpr (activation == Activation::cosine) {
        return {hn::Cos(d, x), hn::Neg(hn::Sin(d, x))};
    } else if constexpr (activation == Activation::exponential) {
        VT const value = hn::Exp(d, hn::Neg(x));
        return {value, hn::Neg(value)};
    } else if constexpr (activation == Activation::square) {
        return {hn::Mul(x, x), hn::Add(x, x)};
    } else {
        static_assert(activation == Activation::linear);
        return {x, one};
    }
}

/// Puts f(z) in the place of z, and f′(z) beside it.
template <Activation activation, class Real>
HWY_INLINE void apply_to(BlockLayer<Real> const& layer) {
    Tag<Real> const d;
    for (int i = 0; i < layer.outputs * atoms_of_block; i += lanes<Real>()) {
        auto const f = at<activation>(d, hn::Load(d, layer.value + i));
        hn::Store(f.value, d, layer.value + i);
        hn::Store(f.slope, d, layer.slope + i);
    }
}

template <class Real, int... A>
HWY_INLINE void apply_activation(BlockLayer<Real> const& layer,
                                 std::integer_sequence<int, A...> const&) {
    (void)((static_cast<int>(layer.activation) == A &&
            (apply_to<static_cast<Activation>(A)>(layer), true)) ||
           ...);
}

template <class Real>
HWY_INLINE void run_forward(std::span<BlockLayer<Real> const> layers, Real const* x) {
    for (std::size_t l = 0; l < layers.size(); ++l) {
        auto const& layer = layers[l];
        product(layer.weights, 1, layer.outputs, layer.biases, x, layer.inputs, layer.outputs,
                layer.value);
        if (l + 1 < layers.size())
            apply_activation(layer, std::make_integer_sequence<int, number_of_activations>{});
        x = layer.value;
    }
}

/// \param back  two matrices as wide as the widest layer; ȳ stands in the first
/// \returns ∂(Σ ȳ y)/∂x, in one of them
template <class Real>
HWY_INLINE Real const* run_back(std::span<BlockLayer<Real> const> layers, Real* const* back) {
    Tag<Real> const d;
    Real *from = back[0], *to = back[1];
    for (auto l = layers.size(); l-- > 0;) {
        auto const& layer = layers[l];
        product<Real>(layer.weights, layer.outputs, 1, nullptr, from, layer.outputs, layer.inputs,
                      to);
        if (l > 0)
            for (int i = 0; i < layer.inputs * atoms_of_block; i += lanes<Real>())
                hn::Store(hn::Mul(hn::Load(d, to + i), hn::Load(d, layers[l - 1].slope + i)), d,
                          to + i);
        std::swap(from, to);
    }
    return from;
}

void ForwardOfDouble(std::span<BlockLayer<double> const> layers, double const* x) {
    run_forward(layers, x);
}
void ForwardOfFloat(std::span<BlockLayer<float> const> layers, float const* x) {
    run_forward(layers, x);
}
double const* BackOfDouble(std::span<BlockLayer<double> const> layers, double* const* back) {
    return run_back(layers, back);
}
float const* BackOfFloat(std::span<BlockLayer<float> const> layers, float* const* back) {
    return run_back(layers, back);
}

}  // namespace HWY_NAMESPACE
}  // namespace kamacite::detail::block_network
HWY_AFTER_NAMESPACE();
