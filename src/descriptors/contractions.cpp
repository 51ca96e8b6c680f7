#include "contractions.hpp"

#include <algorithm>
#include <map>

#include "monomials.hpp"

namespace kamacite::detail {
namespace {

struct Monomial {
    int x, y, z;
    double multinomial;  ///< (x + y + z)!/(x! y! z!)
};

std::vector<Monomial> monomials_of(int degree) {
    std::vector<Monomial> result;
    auto at = static_cast<std::size_t>(first_moment(degree));
    for (int s = 0; s <= degree; ++s)
        for (int c = 0; c <= s; ++c)
            result.push_back({degree - s, s - c, c, monomial_tables<double>.multinomial[at++]});
    return result;
}

/// Where the product of two monomials stands among the moments of all degrees.
int place_of(Monomial const& a, Monomial const& b) {
    int const s = a.y + b.y + a.z + b.z;
    return first_moment(a.x + b.x + s) + s * (s + 1) / 2 + a.z + b.z;
}

}  // namespace

std::vector<double> legendre_coefficients(int l) {
    std::vector<double> before{1.0};    // P_0
    std::vector<double> now{0.0, 1.0};  // P_1
    if (l == 0) return before;
    for (int n = 1; n < l; ++n) {  // (n + 1) P_(n+1) = (2n + 1) c P_n − n P_(n−1)
        std::vector<double> next(now.size() + 1, 0.0);
        for (std::size_t k = 0; k < now.size(); ++k) next[k + 1] = (2.0 * n + 1.0) * now[k];
        for (std::size_t k = 0; k < before.size(); ++k) next[k] -= n * before[k];
        for (double& c : next) c /= n + 1.0;
        before = std::move(now);
        now = std::move(next);
    }
    return now;
}

std::vector<double> binomial_coefficients(double lambda, int zeta) {
    std::vector<double> result;
    double c = 1.0;
    for (int n = 0; n <= zeta; ++n) {
        result.push_back(c);
        c *= lambda * (zeta - n) / (n + 1);
    }
    return result;
}

TripleSum triple_sum(std::array<int, 3> const& first, std::array<int, 3> const& powers) {
    std::map<std::array<int, 3>, double> products;  // sorted factors → coefficient
    for (auto const& alpha : monomials_of(powers[0]))
        for (auto const& beta : monomials_of(powers[1]))
            for (auto const& gamma : monomials_of(powers[2])) {
                std::array<int, 3> factors{first[0] + place_of(alpha, gamma),
                                           first[1] + place_of(alpha, beta),
                                           first[2] + place_of(beta, gamma)};
                std::sort(factors.begin(), factors.end());
                products[factors] += alpha.multinomial * beta.multinomial * gamma.multinomial;
            }
    TripleSum sum;
    for (auto const& [factors, coefficient] : products) {
        auto& runs = sum.runs;
        if (runs.empty() || runs.back().i != factors[0] || runs.back().j != factors[1])
            runs.push_back({factors[0], factors[1], 0});
        sum.third.push_back(factors[2]);
        sum.coefficient.push_back(coefficient);
        runs.back().end = static_cast<int>(sum.third.size());
    }
    return sum;
}

}  // namespace kamacite::detail
