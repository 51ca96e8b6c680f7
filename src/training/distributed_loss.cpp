#include "kamacite/training/distributed_loss.hpp"

#include <exception>

#include "kamacite/mpi/partition.hpp"
#include "kamacite/mpi/tree.hpp"
#include "kamacite/training/setup.hpp"

namespace kamacite::training {
namespace {

/// What a rank adds to the flags if its work failed: more than all other flags together.
constexpr double failure_flag = 1099511627776.0;

}  // namespace

DistributedLoss::DistributedLoss(std::span<Record const> records, LossOptions const& options,
                                 double cutoff, int leaves, double cache)
    : samples_{samples_of(records, options)}, leaves_{leaves}, cache_{records.size(), cache} {
    for (auto const& record : records) costs_.push_back(cost_of(record.structure, cutoff));
    all_ = balanced_parts(costs_, 4 * leaves_);
}

DistributedLoss::Total DistributedLoss::gradient(mpi::Communicator const& comm, Model const& model,
                                                 LossOptions const& options,
                                                 std::span<int const> ids, double flag) {
    std::vector<double> costs;
    for (int const id : ids) costs.push_back(costs_[static_cast<std::size_t>(id)]);
    auto parts = balanced_parts(costs, leaves_);
    for (auto& part : parts)
        for (int& i : part) i = ids[static_cast<std::size_t>(i)];
    return total(comm, model, options, parts, static_cast<int>(model.parameters().size()), flag);
}

std::vector<double> DistributedLoss::errors(mpi::Communicator const& comm, Model const& model,
                                            LossOptions const& options) {
    return total(comm, model, options, all_, 0, 0.0).sums;
}

DistributedLoss::Total DistributedLoss::total(mpi::Communicator const& comm, Model const& model,
                                              LossOptions const& options,
                                              std::vector<std::vector<int>> const& parts,
                                              int parameters, double flag) {
    auto const n_gradient = static_cast<std::size_t>(parameters);
    auto const n_sums = static_cast<std::size_t>(SumLayout{model}.size());
    int const leaves = static_cast<int>(parts.size());
    auto const mine = mpi::block_of(comm.rank(), comm.size(), leaves);
    Matrix rows = Matrix::Zero(mine.size(), static_cast<Eigen::Index>(n_gradient + n_sums + 1));
    // A failure travels with the sum: agreeing on it apart would cost every step a reduction.
    std::exception_ptr error;
    try {
        for (auto leaf = mine.begin; leaf < mine.end; ++leaf) {
            std::vector<Sample> samples;
            for (int const id : parts[static_cast<std::size_t>(leaf)])
                samples.push_back(samples_[static_cast<std::size_t>(id)]);
            std::span const row{rows.row(leaf - mine.begin).data(), n_gradient + n_sums + 1};
            loss(model, options, samples, cache_, row.subspan(n_gradient, n_sums),
                 row.first(n_gradient));
        }
    } catch (...) {
        error = std::current_exception();
    }
    if (mine.size() > 0) rows(0, rows.cols() - 1) = error ? failure_flag : flag;
    auto const sum = mpi::sum_in_tree(comm, std::move(rows), leaves);
    if (sum.back() >= failure_flag)
        mpi::all_or_none(comm, [&] {
            if (error) std::rethrow_exception(error);
        });
    auto const split = sum.begin() + parameters;
    return {{sum.begin(), split}, {split, sum.end() - 1}, sum.back()};
}

}  // namespace kamacite::training
