#include "sampler.hpp"

#include <algorithm>
#include <cmath>

namespace kamacite::campaign {
namespace {

using Kind = Verdict::Kind;

/// u and its reach, of what is known of a candidate.
struct Measure {
    double value;
    Reach reach;
};

std::vector<Measure> measures_of(Candidate const& c, SelectOptions const& options) {
    std::vector<Measure> measures;
    if (c.force_spread) measures.push_back({*c.force_spread, options.force_spread});
    if (c.energy_spread) measures.push_back({*c.energy_spread, options.energy_spread});
    if (c.grade) measures.push_back({*c.grade, options.grade});
    return measures;
}

bool is_beyond(Candidate const& c, SelectOptions const& options) {
    auto const measures = measures_of(c, options);
    return std::any_of(measures.begin(), measures.end(),
                       [](Measure const& m) { return m.value > m.reach.high; });
}

/// Σ(a − b)², or, as soon as that is certain, some number that is not below `limit`: most
/// structures of a training set are far away.
double square_up_to(double limit, std::span<double const> a, std::span<double const> b) {
    constexpr std::size_t piece = 16;
    double sum = 0.0;
    for (std::size_t begin = 0; begin < a.size() && sum < limit; begin += piece)
        for (std::size_t k = begin; k < std::min(begin + piece, a.size()); ++k)
            sum += (a[k] - b[k]) * (a[k] - b[k]);
    return sum;
}

void close(Finding& f, Kind kind) {
    f.kind = kind;
    f.is_open = 0;
}

/// sᵖ d, or s where there is nothing to be away from.
double promise_of(Finding const& f) {
    return std::isinf(f.distance) ? f.score : f.weight * f.distance;
}

}  // namespace

int rounded_share(double share, int count) {
    return static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * count));
}

Best better(Best const& a, Best const& b) {
    if (a.value != b.value) return a.value > b.value ? a : b;
    if (a.place < 0 || b.place < 0) return a.place < 0 ? b : a;
    return a.place < b.place ? a : b;
}

double score_of(Candidate const& candidate, SelectOptions const& options) {
    auto const measures = measures_of(candidate, options);
    if (measures.empty()) return 1.0;
    double score = 0.0;
    for (auto const& m : measures)
        score = std::max(score, std::min(m.value, m.reach.high) / m.reach.low);
    return score;
}

Sampler::Sampler(std::span<Candidate const> all, std::vector<int> const& order, mpi::Range mine,
                 SelectOptions const& options)
    : all_{all},
      order_{order},
      mine_{mine},
      options_{options},
      findings_(static_cast<std::size_t>(mine.size())),
      beyond_{rounded_share(options.beyond_share, options.count)} {
    for (auto const& [family, quota] : options.quotas)
        families_[family].limit = std::min(quota.number, rounded_share(quota.share, options.count));
}

void Sampler::judge_alone(Matrix const& known) {
    known_ = known.rows();
    for (long long p = mine_.begin; p < mine_.end; ++p) {
        auto& f = finding(p);
        auto const& c = candidate(p);
        f.score = score_of(c, options_);
        f.weight = std::pow(f.score, options_.score_power);
        if (options_.geometry && !reasons_against(c.structure, *options_.geometry).empty())
            close(f, Kind::filtered);
        else if (f.score < 1.0)
            close(f, Kind::known);
        else
            compare(f, c, known);
    }
    close_full();
}

std::vector<long long> Sampler::cluster_sums() const {
    constexpr double unit = 1 << 24, most = 1e6;  // far from overflow for 10⁵ candidates
    std::vector<long long> sums(static_cast<std::size_t>(known_ + options_.count), 0);
    for (auto const& f : findings_)
        if (f.is_open && f.cluster >= 0)
            sums[static_cast<std::size_t>(f.cluster)] +=
                std::llround(unit * std::min(promise_of(f), most));
    return sums;
}

Best Sampler::best(long long cluster) const {
    Best best;
    for (long long p = mine_.begin; p < mine_.end; ++p) {
        auto const& f = finding(p);
        if (f.is_open && (cluster < 0 || f.cluster == cluster))
            best = better(best, {promise_of(f), p});
    }
    return best;
}

void Sampler::choose(long long place, int rank) {
    auto const& winner = candidate(place);
    if (auto const family = families_.find(winner.family); family != families_.end())
        ++family->second.taken;
    if (!winner.trajectory.empty())
        ++trajectories_.try_emplace(winner.trajectory, Room{options_.per_trajectory})
              .first->second.taken;
    if (is_beyond(winner, options_)) ++beyond_.taken;
    if (place >= mine_.begin && place < mine_.end) {
        finding(place).rank = rank;
        close(finding(place), Kind::chosen);
    }
    for (long long p = mine_.begin; p < mine_.end; ++p) {
        auto& f = finding(p);
        if (!f.is_open) continue;
        double const d = distance(candidate(p).features, winner.features);
        if (d >= f.distance) continue;
        f.distance = d;
        f.nearest = order_[static_cast<std::size_t>(place)];
        f.nearest_is_chosen = 1;
        f.cluster = known_ + rank;
        if (d < options_.tolerance) close(f, Kind::near_chosen);
    }
    close_full();
}

void Sampler::compare(Finding& f, Candidate const& c, Matrix const& known) {
    double const width = std::max<double>(static_cast<double>(known.cols()), 1.0);
    double least = std::numeric_limits<double>::infinity();
    for (Eigen::Index row = 0; row < known.rows(); ++row) {
        double const square =
            square_up_to(least, c.features, {known.data() + row * known.cols(), c.features.size()});
        if (square >= least) continue;
        least = square;
        f.nearest = row;
    }
    f.distance = std::sqrt(least / width);
    f.cluster = f.nearest;
    if (f.distance < options_.tolerance) close(f, Kind::near_training);
}

void Sampler::close_full() {
    for (long long p = mine_.begin; p < mine_.end; ++p) {
        auto& f = finding(p);
        if (!f.is_open) continue;
        auto const& c = candidate(p);
        auto const family = families_.find(c.family);
        auto const trajectory = trajectories_.find(c.trajectory);
        if (beyond_.is_full() && is_beyond(c, options_))
            close(f, Kind::beyond_reach);
        else if (family != families_.end() && family->second.is_full())
            close(f, Kind::family_quota);
        else if (trajectory != trajectories_.end() && trajectory->second.is_full())
            close(f, Kind::trajectory_quota);
    }
}

}  // namespace kamacite::campaign
