#include "fourier.hpp"

#include <unsupported/Eigen/FFT>

namespace kamacite::transport {

int fast_length(int n) {
    for (n -= n % 2;; n -= 2) {
        int rest = n;
        for (int const p : {2, 3, 5})
            while (rest % p == 0) rest /= p;
        if (rest == 1) return n;
    }
}

std::vector<std::complex<double>> transform(std::vector<double> const& x) {
    Eigen::FFT<double> fft;
    fft.SetFlag(Eigen::FFT<double>::HalfSpectrum);
    std::vector<std::complex<double>> half;
    fft.fwd(half, x);
    return half;
}

std::vector<double> inverse_transform(std::vector<std::complex<double>> const& half) {
    Eigen::FFT<double> fft;
    fft.SetFlag(Eigen::FFT<double>::HalfSpectrum);
    std::vector<double> x;
    fft.inv(x, half);
    return x;
}

}  // namespace kamacite::transport
