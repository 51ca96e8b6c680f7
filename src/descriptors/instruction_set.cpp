#include "kamacite/descriptors/instruction_set.hpp"

#include "instruction_sets.hpp"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "descriptors/instruction_set.cpp"
#include <hwy/foreach_target.h>
// after foreach_target.h
#include <hwy/highway.h>

#include "arithmetic-inl.hpp"

#if HWY_ONCE
#include <algorithm>
#include <chrono>

namespace kamacite {
namespace detail::arithmetic {

HWY_EXPORT(Name);
HWY_EXPORT(ChainsOfDouble);
HWY_EXPORT(ChainsOfFloat);
HWY_EXPORT(ProductOfDouble);
HWY_EXPORT(ProductOfFloat);

namespace {

using Clock = std::chrono::steady_clock;

/// The best rate of `work`, which returns its flops, within about a tenth of a second.
template <class F>
double best_rate(F const& work) {
    double best = 0.0;
    auto const end = Clock::now() + std::chrono::milliseconds{100};
    for (auto start = Clock::now(); start < end;) {
        double const flops = work();
        auto const now = Clock::now();
        best = std::max(best, flops / std::chrono::duration<double>(now - start).count());
        start = now;
    }
    return best;
}

template <class Real, class Chains, class Product>
ArithmeticRate rate(Chains const& chains, Product const& product) {
    auto const values = hwy::AllocateAligned<Real>(chain_values<Real>);
    std::fill_n(values.get(), chain_values<Real>, Real{1});
    for (std::size_t k = 0; k < chain_values<Real>; ++k) values[k] += Real(0.01) * Real(k);
    Matrices<Real> m;
    return {best_rate([&] { return chains(20000, values.get()); }),
            best_rate([&] { return product(m); })};
}

}  // namespace
}  // namespace detail::arithmetic

std::string instruction_set() {
    return HWY_DYNAMIC_DISPATCH(detail::arithmetic::Name)();
}

ArithmeticRate measured_arithmetic_rate(Precision precision) {
    using namespace detail::arithmetic;
    if (precision == Precision::mixed)
        return rate<float>([](auto... a) { return HWY_DYNAMIC_DISPATCH(ChainsOfFloat)(a...); },
                           [](auto& m) { return HWY_DYNAMIC_DISPATCH(ProductOfFloat)(m); });
    return rate<double>([](auto... a) { return HWY_DYNAMIC_DISPATCH(ChainsOfDouble)(a...); },
                        [](auto& m) { return HWY_DYNAMIC_DISPATCH(ProductOfDouble)(m); });
}

}  // namespace kamacite
#endif
