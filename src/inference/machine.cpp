#include "kamacite/inference/machine.hpp"

#include <malloc.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <vector>

#include "kamacite/core/types.hpp"

namespace kamacite::inference {
namespace {

using Clock = std::chrono::steady_clock;

/// Best rate of `work`, which does `amount` of something, of several tries.
template <class F>
double best_rate(double amount, F const& work) {
    double best = 0.0;
    for (int n = 0; n < 8; ++n) {
        auto const start = Clock::now();
        work();
        std::chrono::duration<double> const seconds = Clock::now() - start;
        best = std::max(best, amount / seconds.count());
    }
    return best;
}

template <class Real>
double eigen_product_rate() {
    constexpr int n = 512;
    using Square = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    Square const a = Square::Constant(n, n, Real(0.5));
    Square const b = Square::Constant(n, n, Real(1.0 / n));
    Square c = Square::Zero(n, n);
    return best_rate(2.0 * n * n * n, [&] { c.noalias() += a * b; });
}

double bandwidth() {
    std::size_t const n = (64U << 20U) / sizeof(double);
    std::vector<double> a(n, 0.0), b(n, 1.0), c(n, 2.0);
    return best_rate(24.0 * static_cast<double>(n), [&] {
        double* const out = a.data();
        double const* const left = b.data();
        double const* const right = c.data();
        for (std::size_t i = 0; i < n; ++i) out[i] = left[i] + 0.5 * right[i];
    });
}

/// A line "<key> <number> kB" of /proc/self/status [B].
std::optional<double> status_of(std::string const& key) {
    std::ifstream status{"/proc/self/status"};
    for (std::string line; std::getline(status, line);) {
        if (line.rfind(key, 0) != 0) continue;
        double kilobytes = 0.0;
        if (std::istringstream{line.substr(key.size())} >> kilobytes) return 1024.0 * kilobytes;
    }
    return std::nullopt;
}

}  // namespace

std::string processor_name() {
    std::ifstream info{"/proc/cpuinfo"};
    for (std::string line; std::getline(info, line);) {
        auto const colon = line.find(": ");
        if (line.rfind("model name", 0) == 0 && colon != std::string::npos)
            return line.substr(colon + 2);
    }
    return "unknown";
}

MachineRates measured_rates(Precision precision) {
    return {
        measured_arithmetic_rate(precision),
        precision == Precision::full ? eigen_product_rate<double>() : eigen_product_rate<float>(),
        bandwidth()};
}

MemoryGrowth::MemoryGrowth() {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
    std::ofstream reset{"/proc/self/clear_refs"};
    reset << "5" << std::flush;  // the high-water mark becomes what is resident now
    if (reset) before_ = status_of("VmRSS:");
}

std::optional<double> MemoryGrowth::largest() const {
    auto const peak = status_of("VmHWM:");
    if (!before_ || !peak) return std::nullopt;
    return std::max(0.0, *peak - *before_);
}

}  // namespace kamacite::inference
