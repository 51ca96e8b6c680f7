#include "kamacite/model/active_set.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "kamacite/core/error.hpp"

namespace kamacite {
namespace {

using Row = Eigen::RowVectorXd;

constexpr double independent = 1e-9;  // length of what is left of a row, of the longest row

/// The largest of some values on this rank; of equals that of the lowest id.
struct Largest {
    double value = -1.0;
    long long id = std::numeric_limits<long long>::max();
    Eigen::Index row = -1, column = -1;

    void offer(double v, long long i, Eigen::Index r, Eigen::Index c = 0) {
        if (v > value || (v == value && i < id)) *this = {v, i, r, c};
    }
};

/// The largest over all ranks, with its row of two matrices. Collective, in one message.
struct Winner {
    double value;
    long long id;
    Eigen::Index column;
    Row first, second;
};
Winner winner_of(mpi::Communicator const& comm, Largest const& mine, Matrix const& first,
                 Matrix const& second) {
    auto const width = static_cast<std::size_t>(3 + first.cols() + second.cols());
    std::vector<double> offer(width, 0.0);
    offer[0] = mine.value;
    std::memcpy(&offer[1], &mine.id, sizeof mine.id);  // travels as bits
    offer[2] = static_cast<double>(mine.column);
    if (mine.row >= 0) {
        std::copy_n(first.row(mine.row).data(), first.cols(), &offer[3]);
        std::copy_n(second.row(mine.row).data(), second.cols(), &offer[3] + first.cols());
    }
    auto const all = comm.all_gather(std::span<double const>{offer});
    double const* best = nullptr;
    long long best_id = 0;
    for (std::size_t at = 0; at < all.size(); at += width) {
        long long id = 0;
        std::memcpy(&id, &all[at + 1], sizeof id);
        if (best != nullptr && !(all[at] > *best || (all[at] == *best && id < best_id))) continue;
        best = &all[at];
        best_id = id;
    }
    return {best[0], best_id, static_cast<Eigen::Index>(best[2]),
            Eigen::Map<Row const>{best + 3, first.cols()},
            Eigen::Map<Row const>{best + 3 + first.cols(), second.cols()}};
}

}  // namespace

ActiveSet find_active_set(mpi::Communicator const& comm, Matrix const& mine,
                          std::vector<long long> const& ids, double tolerance) {
    KAMACITE_EXPECTS(mine.rows() == std::ssize(ids) && tolerance > 1.0);
    ActiveSet set;
    std::vector<Row> active, basis;
    Matrix rest = mine;
    double longest = 0.0;
    while (std::ssize(basis) < mine.cols()) {
        Largest pivot;
        for (Eigen::Index r = 0; r < rest.rows(); ++r)
            pivot.offer(rest.row(r).squaredNorm(), ids[static_cast<std::size_t>(r)], r);
        auto const winner = winner_of(comm, pivot, rest, mine);
        double const length = std::sqrt(std::max(0.0, winner.value));
        if (basis.empty()) longest = length;
        if (!(length > independent * longest)) break;
        Row q = winner.first;
        for (auto const& before : basis) q -= q.dot(before) * before;  // what rounding has left
        q.normalize();
        active.push_back(winner.second);
        set.ids.push_back(winner.id);
        for (Eigen::Index r = 0; r < rest.rows(); ++r) rest.row(r) -= rest.row(r).dot(q) * q;
        basis.push_back(std::move(q));
    }
    auto const rank = std::ssize(basis);
    if (rank == 0) return set;  // no row, or all of them are zero
    Matrix q(mine.cols(), rank), b(rank, rank);
    for (Eigen::Index k = 0; k < rank; ++k)
        q.col(k) = basis[static_cast<std::size_t>(k)].transpose();
    for (Eigen::Index k = 0; k < rank; ++k) b.row(k) = active[static_cast<std::size_t>(k)] * q;
    set.weights = q * b.inverse();
    Matrix c(mine.rows(), rank);
    for (Eigen::Index r = 0; r < mine.rows(); ++r) c.row(r) = mine.row(r) * set.weights;

    auto const most = 100 * rank;  // each swap multiplies the volume by `tolerance` at least
    for (; set.swaps < most; ++set.swaps) {
        Largest worst;
        for (Eigen::Index r = 0; r < c.rows(); ++r)
            for (Eigen::Index k = 0; k < rank; ++k)
                worst.offer(std::abs(c(r, k)), ids[static_cast<std::size_t>(r)], r, k);
        auto const winner = winner_of(comm, worst, c, mine);
        if (winner.value <= tolerance) break;
        auto const j = winner.column;
        Row const& coefficients = winner.first;
        b.row(j) = winner.second * q;
        set.ids[static_cast<std::size_t>(j)] = winner.id;
        Row change = coefficients;
        change[j] -= 1.0;
        for (Eigen::Index r = 0; r < c.rows(); ++r) c.row(r) -= c(r, j) / coefficients[j] * change;
    }
    set.weights = q * b.inverse();
    return set;
}

}  // namespace kamacite
