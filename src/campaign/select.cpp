#include "kamacite/campaign/select.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <tuple>

#include "kamacite/core/error.hpp"
#include "kamacite/dataset/duplicates.hpp"
#include "kamacite/mpi/partition.hpp"
#include "sampler.hpp"

namespace kamacite::campaign {
namespace {

using Kind = Verdict::Kind;
using Method = SelectOptions::Method;

/// Numbers of the candidates in an order that does not depend on how they were given.
std::vector<int> order_of(std::span<Candidate const> all, std::span<std::uint64_t const> prints) {
    std::vector<int> order(all.size());
    std::iota(order.begin(), order.end(), 0);
    auto const key = [&](int i) {
        auto const& c = all[static_cast<std::size_t>(i)];
        return std::tie(prints[static_cast<std::size_t>(i)], c.family, c.trajectory, c.source);
    };
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return key(a) < key(b); });
    return order;
}

std::uint64_t print_of(Candidate const& c) {
    Record record{c.structure, {}, {}, {}, {}, {}, {}};
    return dataset::fingerprint_of(record);
}

std::vector<Verdict> verdicts_of(std::span<Candidate const> candidates,
                                 std::vector<int> const& order, std::span<Finding const> findings,
                                 SelectOptions const& options) {
    std::vector<Verdict> verdicts(candidates.size());
    for (std::size_t p = 0; p < order.size(); ++p) {
        auto const& f = findings[p];
        auto const i = static_cast<std::size_t>(order[p]);
        verdicts[i] = {f.kind, f.rank, f.score, f.distance, f.nearest, f.nearest_is_chosen != 0,
                       {}};
        verdicts[i].text = text_of(verdicts[i], candidates[i], options);
    }
    return verdicts;
}

void expect_valid(std::span<Candidate const> candidates, Matrix const& known,
                  SelectOptions const& options) {
    KAMACITE_EXPECTS(options.count >= 0 && options.tolerance >= 0.0 && options.score_power >= 0.0);
    for ([[maybe_unused]] auto const& reach :
         {options.force_spread, options.energy_spread, options.grade})
        KAMACITE_EXPECTS(reach.low > 0.0 && reach.high > reach.low);
    for ([[maybe_unused]] auto const& c : candidates) {
        KAMACITE_EXPECTS(c.features.size() == candidates.front().features.size());
        KAMACITE_EXPECTS(known.rows() == 0 || std::ssize(c.features) == known.cols());
    }
}

/// How the ranks agree; one alone need not.
struct Alone {
    static Best best(Best const& mine) { return mine; }
    static void sum(std::span<long long>) {}
};
struct Together {
    mpi::Communicator const& comm;
    [[nodiscard]] Best best(Best const& mine) const {
        Best joined;
        for (auto const& b : mpi::gather_all(comm, std::vector{mine})) joined = better(joined, b);
        return joined;
    }
    void sum(std::span<long long> values) const { comm.all_reduce(mpi::Op::sum, values); }
};

/// The cluster with most to learn in it; −1: they do not count, or there are none.
template <class Ranks>
long long cluster_of(Sampler const& sampler, Method method, Ranks const& ranks) {
    if (method == Method::farthest) return -1;
    auto sums = sampler.cluster_sums();
    ranks.sum(sums);
    auto const largest = std::max_element(sums.begin(), sums.end());
    return largest == sums.end() || *largest == 0 ? -1 : largest - sums.begin();
}

template <class Ranks>
void sample(Sampler& sampler, SelectOptions const& options, Ranks const& ranks) {
    for (int rank = 0; rank < options.count; ++rank) {
        auto const cluster = cluster_of(sampler, options.method, ranks);
        auto const best = ranks.best(sampler.best(cluster));
        if (best.place < 0) return;
        sampler.choose(best.place, rank);
    }
}

}  // namespace

double distance(std::span<double const> a, std::span<double const> b) {
    KAMACITE_EXPECTS(a.size() == b.size());
    if (a.empty()) return 0.0;
    double sum = 0.0;
    for (std::size_t k = 0; k < a.size(); ++k) sum += (a[k] - b[k]) * (a[k] - b[k]);
    return std::sqrt(sum / static_cast<double>(a.size()));
}

std::vector<Verdict> select(std::span<Candidate const> candidates, Matrix const& known,
                            SelectOptions const& options) {
    expect_valid(candidates, known, options);
    std::vector<std::uint64_t> prints;
    for (auto const& c : candidates) prints.push_back(print_of(c));
    auto const order = order_of(candidates, prints);
    Sampler sampler{candidates, order, {0, std::ssize(candidates)}, options};
    sampler.judge_alone(known);
    sample(sampler, options, Alone{});
    return verdicts_of(candidates, order, sampler.findings(), options);
}

std::vector<Verdict> select(mpi::Communicator const& comm, std::span<Candidate const> candidates,
                            Matrix const& known, SelectOptions const& options) {
    expect_valid(candidates, known, options);
    auto const mine = mpi::block_of(comm.rank(), comm.size(), std::ssize(candidates));
    std::vector<std::uint64_t> my_prints;
    for (long long i = mine.begin; i < mine.end; ++i)
        my_prints.push_back(print_of(candidates[static_cast<std::size_t>(i)]));
    auto const order =
        order_of(candidates, comm.all_gather(std::span<std::uint64_t const>{my_prints}));
    Sampler sampler{candidates, order, mine, options};
    mpi::all_or_none(comm, [&] { sampler.judge_alone(known); });
    sample(sampler, options, Together{comm});
    return verdicts_of(candidates, order, mpi::gather_all(comm, sampler.findings()), options);
}

std::vector<int> chosen(std::span<Verdict const> verdicts) {
    std::vector<int> numbers;
    for (std::size_t i = 0; i < verdicts.size(); ++i)
        if (verdicts[i].kind == Kind::chosen) numbers.push_back(static_cast<int>(i));
    std::sort(numbers.begin(), numbers.end(), [&](int a, int b) {
        return verdicts[static_cast<std::size_t>(a)].rank <
               verdicts[static_cast<std::size_t>(b)].rank;
    });
    return numbers;
}

}  // namespace kamacite::campaign
