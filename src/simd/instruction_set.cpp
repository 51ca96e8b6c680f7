#include "kamacite/simd/instruction_set.hpp"

#include "kamacite/simd/targets.hpp"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "simd/instruction_set.cpp"
#include <hwy/foreach_target.h>
// after foreach_target.h
#include <hwy/highway.h>

#include "arithmetic-inl.hpp"

#if HWY_ONCE
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>

#include "kamacite/core/error.hpp"

namespace kamacite {
namespace detail::arithmetic {

HWY_EXPORT(Target);
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

namespace {

std::string name_of(int64_t target) {
#if HWY_ARCH_X86
    if (target == HWY_AVX3 || target == HWY_AVX3_DL) return "avx512";
#endif
    if (target == HWY_EMU128 || target == HWY_SCALAR) return "portable";
    std::string name = hwy::TargetName(target);
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return name;
}

void choose(int64_t targets) {
    hwy::SetSupportedTargetsForTest(targets);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

}  // namespace

std::vector<std::string> instruction_sets() {
    std::vector<std::string> names;  // one may stand for several targets
    for (auto const target : hwy::SupportedAndGeneratedTargets())
        if (auto const name = name_of(target); names.empty() || names.back() != name)
            names.push_back(name);
    if (names.empty() || names.back() != "portable") names.emplace_back("portable");
    return names;
}

std::string instruction_set() {
    return name_of(HWY_DYNAMIC_DISPATCH(detail::arithmetic::Target)());
}

UseInstructionSet::UseInstructionSet(std::string const& name) {
    auto const known = instruction_sets();
    if (std::find(known.begin(), known.end(), name) == known.end())
        throw UsageError(
            fmt::format("the instruction set '{}' is not there on this processor: use "
                        "one of {}",
                        name, fmt::join(known, ", ")));
    int64_t wanted = 0;
    for (auto const target : hwy::SupportedAndGeneratedTargets())
        if (name_of(target) == name) wanted |= target;
    choose(wanted != 0 ? wanted : HWY_EMU128);
}

UseInstructionSet::~UseInstructionSet() {
    choose(0);
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
