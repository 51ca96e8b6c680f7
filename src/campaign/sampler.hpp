#pragma once
#include <map>
#include <string>
#include <vector>

#include "kamacite/campaign/select.hpp"
#include "kamacite/mpi/partition.hpp"

namespace kamacite::campaign {

/// How many candidates a share is of how many shall be chosen.
[[nodiscard]] int rounded_share(double share, int count);

/// The verdict as a sentence.
[[nodiscard]] std::string text_of(Verdict const& v, Candidate const& c,
                                  SelectOptions const& options);

/// What ranks tell each other of a candidate.
struct Finding {
    Verdict::Kind kind = Verdict::Kind::not_needed;
    int rank = -1;
    double score = 0.0;
    double weight = 0.0;  // sᵖ
    double distance = std::numeric_limits<double>::infinity();
    long long nearest = -1;
    long long cluster = -1;  // of all that have the same nearest
    char nearest_is_chosen = 0;
    char is_open = 1;  // may still be chosen
};

/// The most promising candidate by its place in the order; −1: there is none.
struct Best {
    double value = -1.0;
    long long place = -1;
};

/// The larger value; among equals the earlier place.
[[nodiscard]] Best better(Best const& a, Best const& b);

/// How many of a kind may be chosen, and how many are.
struct Room {
    int limit = std::numeric_limits<int>::max();
    int taken = 0;
    [[nodiscard]] bool is_full() const { return taken >= limit; }
};

/// Chooses among the candidates in a range of places, of which all ranks together hold the whole.
class Sampler {
public:
    /// \param order  places: numbers of candidates
    Sampler(std::span<Candidate const> all, std::vector<int> const& order, mpi::Range mine,
            SelectOptions const& options);

    /// Filters, scores and compares with the training set, each candidate by itself.
    void judge_alone(Matrix const& known);

    /// Σ sᵖ d of the open candidates of each cluster, as whole numbers: their sum over ranks does
    /// not depend on its order.
    [[nodiscard]] std::vector<long long> cluster_sums() const;

    /// \param cluster  of which candidates are looked at; −1: all
    [[nodiscard]] Best best(long long cluster) const;

    void choose(long long place, int rank);

    [[nodiscard]] std::vector<Finding> const& findings() const { return findings_; }

private:
    [[nodiscard]] Candidate const& candidate(long long place) const {
        return all_[static_cast<std::size_t>(order_[static_cast<std::size_t>(place)])];
    }
    [[nodiscard]] Finding& finding(long long place) {
        return findings_[static_cast<std::size_t>(place - mine_.begin)];
    }
    [[nodiscard]] Finding const& finding(long long place) const {
        return findings_[static_cast<std::size_t>(place - mine_.begin)];
    }
    void compare(Finding& f, Candidate const& c, Matrix const& known);
    void close_full();

    std::span<Candidate const> all_;
    std::vector<int> const& order_;
    mpi::Range mine_;
    SelectOptions const& options_;
    std::vector<Finding> findings_;
    long long known_ = 0;  // rows of the training set: so many clusters before the first is chosen
    Room beyond_;
    std::map<std::string, Room> families_, trajectories_;
};

}  // namespace kamacite::campaign
