#include "kamacite/dynamics/radial.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/neighbours/block_list.hpp"
#include "kinds.hpp"

namespace kamacite::dynamics {
namespace {

constexpr double slack = 1.0 + 1e-9;  // the bins decide what is within reach, not the search

}  // namespace

std::vector<long long> pair_counts(Structure const& s, int first, std::span<int const> elements,
                                   DistanceBins const& bins) {
    KAMACITE_EXPECTS(bins.reach > 0.0 && bins.bins > 0);
    KAMACITE_EXPECTS(first >= 0 && first <= s.size());
    auto const kinds = kinds_of(s.species, elements, "radial distribution functions");
    auto const n = static_cast<std::size_t>(bins.bins);
    std::vector<long long> counts(elements.size() * elements.size() * n, 0);
    double const per_length = bins.bins / bins.reach;
    auto const kind_of = [&](BlockList const& block, int i) {
        return kinds[static_cast<std::size_t>(block.number(i))];
    };
    auto const count = [&](BlockList const& block, Neighbours const& lists) {
        for (int i = 0; i < lists.size(); ++i) {
            auto const of = lists.of(i);
            auto const centre = kind_of(block, i);
            for (std::size_t k = 0; k < of.atom.size(); ++k) {
                // not of.distance, whose last bit depends on how many atoms are searched
                double const d =
                    std::sqrt(of.x[k] * of.x[k] + of.y[k] * of.y[k] + of.z[k] * of.z[k]);
                auto const bin = static_cast<std::size_t>(d * per_length);
                if (bin >= n) continue;
                ++counts[(centre * elements.size() + kind_of(block, of.atom[k])) * n + bin];
            }
        }
    };
    neighbours_in_blocks(s.positions, first, bins.reach * slack, count);
    return counts;
}

RadialDistribution::RadialDistribution(std::vector<int> elements, DistanceBins bins)
    : elements_{std::move(elements)},
      bins_{bins},
      atoms_(elements_.size(), 0),
      expected_(elements_.size() * elements_.size(), 0.0),
      counts_(expected_.size() * static_cast<std::size_t>(bins.bins), 0) {
    KAMACITE_EXPECTS(bins.reach > 0.0 && bins.bins > 0);
}

void RadialDistribution::sample(mpi::Communicator const& comm, domain::Domain const& domain) {
    domain::Atoms atoms{domain.atoms().ids, domain.atoms().species, domain.atoms().positions, {}};
    domain::Domain const wide{comm, domain.cell(),           std::move(atoms), bins_.reach * slack,
                              0.0,  domain::Lists::as_needed};
    std::vector<long long> now;
    mpi::all_or_none(comm, [&] {
        now = pair_counts(wide.structure(), wide.owned(), elements_, bins_);
        for (int const z : elements_) now.push_back(std::ranges::count(wide.atoms().species, z));
    });
    comm.all_reduce(mpi::Op::sum, std::span{now});
    auto const n = elements_.size();
    auto const here = std::span{now}.last(n);
    for (std::size_t k = 0; k < counts_.size(); ++k) counts_[k] += now[k];
    for (std::size_t a = 0; a < n; ++a) {
        atoms_[a] += here[a];
        for (std::size_t b = 0; b < n; ++b)
            expected_[a * n + b] += static_cast<double>(here[a]) * static_cast<double>(here[b]) /
                                    domain.cell().volume();
    }
    ++samples_;
}

std::vector<RadialFunction> RadialDistribution::functions() const {
    std::vector<RadialFunction> result;
    auto const n = elements_.size();
    for (std::size_t pair = 0; pair < n * n; ++pair) {
        RadialFunction f{elements_[pair / n], elements_[pair % n], {}, {}};
        auto const centres = static_cast<double>(std::max(1LL, atoms_[pair / n]));
        long long within = 0;
        for (int bin = 0; bin < bins_.bins; ++bin) {
            auto const count = counts_[pair * static_cast<std::size_t>(bins_.bins) +
                                       static_cast<std::size_t>(bin)];
            double const outer = bins_.outer_edge(bin), inner = bins_.width() * bin;
            double const shell =
                4.0 / 3.0 * std::numbers::pi * (outer * outer * outer - inner * inner * inner);
            within += count;
            f.g.push_back(expected_[pair] > 0.0
                              ? static_cast<double>(count) / (shell * expected_[pair])
                              : 0.0);
            f.coordination.push_back(static_cast<double>(within) / centres);
        }
        result.push_back(std::move(f));
    }
    return result;
}

std::vector<double> RadialDistribution::head() const {
    std::vector<double> head{bins_.reach, static_cast<double>(bins_.bins)};
    head.insert(head.end(), elements_.begin(), elements_.end());
    return head;
}

std::vector<double> RadialDistribution::state() const {
    auto state = head();
    state.push_back(static_cast<double>(samples_));
    for (auto const n : atoms_) state.push_back(static_cast<double>(n));
    state.insert(state.end(), expected_.begin(), expected_.end());
    for (auto const n : counts_) state.push_back(static_cast<double>(n));
    return state;
}

void RadialDistribution::restore(std::span<double const> state) {
    auto const expected = head();
    auto const length = expected.size() + 1 + atoms_.size() + expected_.size() + counts_.size();
    if (state.size() != length || !std::ranges::equal(expected, state.first(expected.size())))
        throw DataError(fmt::format(
            "state of radial distribution functions has {} numbers (must have {}, of the elements "
            "and distances of this run): go on with the input that the run was begun with",
            state.size(), length));
    auto from = state.begin() + static_cast<std::ptrdiff_t>(expected.size());
    samples_ = static_cast<long long>(*from++);
    for (auto& n : atoms_) n = static_cast<long long>(*from++);
    for (auto& x : expected_) x = *from++;
    for (auto& n : counts_) n = static_cast<long long>(*from++);
}

}  // namespace kamacite::dynamics
