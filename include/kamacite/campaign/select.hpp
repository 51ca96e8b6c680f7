#pragma once
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kamacite/campaign/candidate.hpp"
#include "kamacite/campaign/geometry_filter.hpp"
#include "kamacite/mpi/communicator.hpp"

namespace kamacite::campaign {

/// Range of a measure of uncertainty: below `low` there is nothing to learn, above `high` the
/// structure is probably one that no simulation should reach.
struct Reach {
    double low = 1.0;                                       ///< positive
    double high = std::numeric_limits<double>::infinity();  ///< above low
};

/// How many candidates of a family may be chosen; the smaller of both counts.
struct Quota {
    double share = 1.0;                            ///< of SelectOptions::count, rounded
    int number = std::numeric_limits<int>::max();  ///< of candidates
};

/// What to choose.
struct SelectOptions {
    int count = 100;  ///< candidates, at most
    enum class Method {
        largest_cluster,  ///< candidates belong to what is nearest of all that is known or chosen;
                          ///< the next is in the cluster of the largest Σ sᵖ d
        farthest,         ///< the next is that of the largest sᵖ d: outliers first
    } method = Method::largest_cluster;
    double score_power = 0.5;  ///< p ≥ 0: how much the score counts beside what is new
    std::map<std::string, Quota> quotas{};  ///< by family; others are not limited
    Reach force_spread{0.1, 2.0};           ///< [eV/Å]
    Reach energy_spread{0.005, 0.1};        ///< [eV/atom]
    Reach grade{2.0, 10.0};
    double beyond_share = 0.1;  ///< of count, rounded: candidates above a `high`
    double tolerance = 0.05;    ///< distance of features within which structures are the same
    int per_trajectory = std::numeric_limits<int>::max();  ///< candidates of one trajectory
    std::optional<GeometryLimits> geometry = GeometryLimits{};
};

/// What became of a candidate.
struct Verdict {
    enum class Kind {
        chosen,
        filtered,          ///< refused by reasons_against()
        known,             ///< score below 1
        near_training,     ///< within the tolerance of a structure of the training set
        near_chosen,       ///< within the tolerance of one that was chosen before
        beyond_reach,      ///< above a `high`, when the share of those was full
        family_quota,      ///< when that of its family was full
        trajectory_quota,  ///< when that of its trajectory was full
        not_needed,        ///< others were chosen first
    };
    Kind kind = Kind::not_needed;
    int rank = -1;       ///< 0, 1, … of those chosen, in the order of choice
    double score = 0.0;  ///< score_of()
    double distance = std::numeric_limits<double>::infinity();  ///< of features, to `nearest`
    long long nearest = -1;  ///< row of the training set or number of a candidate; −1: nothing
    bool nearest_is_chosen = false;  ///< whether `nearest` counts candidates
    std::string text;                ///< the verdict as a sentence, with the numbers
};

/// How much there is to learn from a candidate,
///
///     s = max_q min(u_q, high_q) / low_q,   u: force spread, energy spread, grade
///
/// over what is known of it; 1 if nothing is. Below 1 it is known.
[[nodiscard]] double score_of(Candidate const& candidate, SelectOptions const& options);

/// Root mean square difference of two vectors of features, of equal length.
[[nodiscard]] double distance(std::span<double const> a, std::span<double const> b);

/// Chooses what to label, one candidate after the other, within quotas: in the cluster that
/// SelectOptions::method says, that of the largest sᵖ d, score and distance from all that is known
/// or chosen; the first of all, if nothing is known, is that of the largest score. What is chosen
/// depends neither on the order of the candidates nor on ranks: among equals the fingerprint
/// decides. Source of the clusters: Holzmüller, Zaverkin, Kästner, Steinwart, J. Mach. Learn. Res.
/// 24, 164 (2023), with sᵖ d in place of d².
///
/// \param known  features of the training set, shape (structures, features); may have no rows
/// \returns one verdict per candidate
[[nodiscard]] std::vector<Verdict> select(std::span<Candidate const> candidates,
                                          Matrix const& known, SelectOptions const& options);

/// The same by several ranks, with the same result to the last bit. Collective.
/// \param candidates, known  the same on all ranks
[[nodiscard]] std::vector<Verdict> select(mpi::Communicator const& comm,
                                          std::span<Candidate const> candidates,
                                          Matrix const& known, SelectOptions const& options);

/// Numbers of the chosen candidates, in the order of choice.
[[nodiscard]] std::vector<int> chosen(std::span<Verdict const> verdicts);

}  // namespace kamacite::campaign
