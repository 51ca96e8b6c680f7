#include "kamacite/dynamics/bond_order.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <numbers>
#include <numeric>

#include "kamacite/core/error.hpp"

namespace kamacite::dynamics {
namespace {

constexpr int largest_l = 12;

/// q_lm for m = 0 … l; q_l,−m is the complex conjugate, up to a sign.
using Moments = std::array<std::complex<double>, largest_l + 1>;

Moments moments_of(NeighboursOfAtom const& neighbours, int l) {
    Moments q{};
    for (int k = 0; k < neighbours.size(); ++k) {
        Vec3 const u = neighbours.vector(k).normalized();
        double const theta = std::acos(std::clamp(u.z(), -1.0, 1.0));
        double const phi = std::atan2(u.y(), u.x());
        for (int m = 0; m <= l; ++m)
            q[static_cast<std::size_t>(m)] +=
                std::sph_legendre(static_cast<unsigned>(l), static_cast<unsigned>(m), theta) *
                std::polar(1.0, m * phi);
    }
    for (auto& x : q) x /= std::max(1, neighbours.size());
    return q;
}

/// √( 4π/(2l + 1) Σ_m |q_lm|² ), with both signs of m.
double invariant(Moments const& q, int l) {
    double sum = std::norm(q[0]);
    for (int m = 1; m <= l; ++m) sum += 2.0 * std::norm(q[static_cast<std::size_t>(m)]);
    return std::sqrt(4.0 * std::numbers::pi / (2 * l + 1) * sum);
}

}  // namespace

double bond_order(NeighboursOfAtom const& neighbours, int l) {
    KAMACITE_EXPECTS(l >= 0 && l <= largest_l);
    return invariant(moments_of(neighbours, l), l);
}

std::vector<double> averaged_bond_order(Neighbours const& neighbours, int l, int first) {
    KAMACITE_EXPECTS(l >= 0 && l <= largest_l);
    KAMACITE_EXPECTS(first >= 0 && first <= neighbours.size());
    std::vector<Moments> own;
    own.reserve(static_cast<std::size_t>(neighbours.size()));
    for (int i = 0; i < neighbours.size(); ++i) own.push_back(moments_of(neighbours.of(i), l));
    std::vector<double> result;
    for (int i = 0; i < first; ++i) {
        auto mean = own[static_cast<std::size_t>(i)];
        auto const around = neighbours.of(i);
        for (int const j : around.atom)
            for (std::size_t m = 0; m < mean.size(); ++m)
                mean[m] += own[static_cast<std::size_t>(j)][m];
        for (auto& x : mean) x /= 1.0 + around.size();
        result.push_back(invariant(mean, l));
    }
    return result;
}

BondOrder mean_bond_order(mpi::Communicator const& comm, domain::Domain const& domain,
                          double cutoff) {
    KAMACITE_EXPECTS(cutoff > 0.0);
    // the neighbours of neighbours: ghosts that are within twice the cutoff
    domain::Atoms atoms{domain.atoms().ids, domain.atoms().species, domain.atoms().positions, {}};
    domain::Domain const wide{comm,         domain.cell(), std::move(atoms),
                              2.0 * cutoff, 0.0,           domain::Lists::as_needed};
    std::array<double, 3> sums{};
    mpi::all_or_none(comm, [&] {
        if (wide.owned() == 0) return;
        auto const lists = find_neighbours(wide.structure(), cutoff);
        auto const q4 = averaged_bond_order(lists, 4, wide.owned());
        auto const q6 = averaged_bond_order(lists, 6, wide.owned());
        sums = {std::accumulate(q4.begin(), q4.end(), 0.0),
                std::accumulate(q6.begin(), q6.end(), 0.0), static_cast<double>(wide.owned())};
    });
    comm.all_reduce(mpi::Op::sum, std::span<double>{sums});
    return {sums[0] / sums[2], sums[1] / sums[2]};
}

}  // namespace kamacite::dynamics
