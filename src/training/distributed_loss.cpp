#include "kamacite/training/distributed_loss.hpp"

#include "jacobian.hpp"
#include "kamacite/mpi/partition.hpp"
#include "kamacite/mpi/tree.hpp"
#include "kamacite/training/setup.hpp"

namespace kamacite::training {
namespace {

/// What a rank adds to the flags if its work failed: more than all other flags together.
constexpr double failure_flag = 1099511627776.0;

}  // namespace

DistributedLoss::DistributedLoss(dataset::Records records, LossOptions const& options,
                                 double cutoff, int leaves, double cache)
    : records_{std::move(records)}, leaves_{leaves}, cache_{records_.size(), cache} {
    for (std::size_t i = 0; i < records_.size(); ++i) {
        auto& sample = samples_.emplace_back(sample_of(records_[i], static_cast<int>(i), options));
        costs_.push_back(cost_of(sample.record->structure, cutoff));
        sample.record.reset();
    }
    all_ = balanced_parts(costs_, 4 * leaves_);
}

std::vector<std::vector<int>> DistributedLoss::leaves_of(std::span<int const> ids) const {
    std::vector<double> costs;
    for (int const id : ids) costs.push_back(costs_[static_cast<std::size_t>(id)]);
    auto parts = balanced_parts(costs, leaves_);
    for (auto& part : parts)
        for (int& i : part) i = ids[static_cast<std::size_t>(i)];
    return parts;
}

std::vector<Sample> DistributedLoss::samples_of_part(std::vector<int> const& part) const {
    std::vector<Sample> samples;
    for (int const id : part) {
        auto const i = static_cast<std::size_t>(id);
        samples.push_back(samples_[i]);
        samples.back().record = records_[i];
    }
    return samples;
}

template <class F>
std::vector<double> DistributedLoss::gathered(mpi::Communicator const& comm,
                                              std::vector<std::vector<int>> const& parts,
                                              F const& work) {
    auto const mine = mpi::block_of(comm.rank(), comm.size(), std::ssize(parts));
    std::vector<double> out;
    mpi::all_or_none(comm, [&] {
        for (auto leaf = mine.begin; leaf < mine.end; ++leaf)
            work(samples_of_part(parts[static_cast<std::size_t>(leaf)]), out);
    });
    return comm.all_gather(std::span<double const>{out});
}

std::vector<double> DistributedLoss::residuals(mpi::Communicator const& comm, Model const& model,
                                               LossOptions const& options,
                                               std::span<int const> ids) {
    return gathered(comm, leaves_of(ids),
                    [&](std::vector<Sample> const& samples, std::vector<double>& out) {
                        training::residuals(model, options, samples, cache_, out);
                    });
}

std::vector<double> DistributedLoss::product(mpi::Communicator const& comm, Model const& model,
                                             LossOptions const& options, std::span<int const> ids,
                                             std::span<double const> v) {
    return gathered(comm, leaves_of(ids),
                    [&](std::vector<Sample> const& samples, std::vector<double>& out) {
                        jacobian_product(model, options, samples, cache_, v, out);
                    });
}

std::vector<double> DistributedLoss::transposed(mpi::Communicator const& comm, Model const& model,
                                                LossOptions const& options,
                                                std::span<int const> ids,
                                                std::span<double const> u) {
    auto const parts = leaves_of(ids);
    auto const mine = mpi::block_of(comm.rank(), comm.size(), std::ssize(parts));
    Matrix rows = Matrix::Zero(mine.size(), std::ssize(model.parameters()));
    mpi::all_or_none(comm, [&] {
        long long at = 0;
        for (auto leaf = 0LL; leaf < mine.end; ++leaf) {
            auto const samples = samples_of_part(parts[static_cast<std::size_t>(leaf)]);
            auto const n = residual_count(model, options, samples);
            if (leaf >= mine.begin)
                jacobian_transposed(
                    model, options, samples, cache_,
                    u.subspan(static_cast<std::size_t>(at), static_cast<std::size_t>(n)),
                    {rows.row(leaf - mine.begin).data(), static_cast<std::size_t>(rows.cols())});
            at += n;
        }
    });
    return mpi::sum_in_tree(comm, std::move(rows), static_cast<int>(parts.size()));
}

DistributedLoss::Total DistributedLoss::gradient(mpi::Communicator const& comm, Model const& model,
                                                 LossOptions const& options,
                                                 std::span<int const> ids, double flag) {
    return total(comm, model, options, leaves_of(ids), static_cast<int>(model.parameters().size()),
                 flag);
}

std::vector<double> DistributedLoss::errors(mpi::Communicator const& comm, Model const& model,
                                            LossOptions const& options) {
    return total(comm, model, options, all_, 0, 0.0).sums;
}

Matrix DistributedLoss::rows_of(mpi::Communicator const& comm, Model const& model,
                                std::span<LossOptions const> ways,
                                std::vector<std::vector<int>> const& parts, int parameters,
                                double flag, std::exception_ptr& error) {
    auto const n_gradient = static_cast<std::size_t>(parameters);
    auto const n_sums = static_cast<std::size_t>(SumLayout{model}.size());
    auto const width = ways.size() * (n_gradient + n_sums) + 1;
    auto const mine = mpi::block_of(comm.rank(), comm.size(), std::ssize(parts));
    Matrix rows = Matrix::Zero(mine.size(), static_cast<Eigen::Index>(width));
    try {
        for (auto leaf = mine.begin; leaf < mine.end; ++leaf) {
            auto const samples = samples_of_part(parts[static_cast<std::size_t>(leaf)]);
            std::span row{rows.row(leaf - mine.begin).data(), width};
            std::vector<Counted> counted;
            for (auto const& options : ways) {
                counted.push_back(
                    {&options, row.subspan(n_gradient, n_sums), row.first(n_gradient)});
                row = row.subspan(n_gradient + n_sums);
            }
            losses(model, counted, samples, cache_);
        }
    } catch (...) {
        error = std::current_exception();
    }
    if (mine.size() > 0) rows(0, rows.cols() - 1) = error ? failure_flag : flag;
    return rows;
}

DistributedLoss::Total DistributedLoss::total(mpi::Communicator const& comm, Model const& model,
                                              LossOptions const& options,
                                              std::vector<std::vector<int>> const& parts,
                                              int parameters, double flag) {
    // A failure travels with the sum: agreeing on it apart would cost every step a reduction.
    std::exception_ptr error;
    auto rows = rows_of(comm, model, std::span{&options, 1}, parts, parameters, flag, error);
    auto const sum = mpi::sum_in_tree(comm, std::move(rows), static_cast<int>(parts.size()));
    if (sum.back() >= failure_flag)
        mpi::all_or_none(comm, [&] {
            if (error) std::rethrow_exception(error);
        });
    auto const split = sum.begin() + parameters;
    return {{sum.begin(), split}, {split, sum.end() - 1}, sum.back()};
}

DistributedLoss::LeavesOfWays DistributedLoss::leaf_gradients(mpi::Communicator const& comm,
                                                              Model const& model,
                                                              std::span<LossOptions const> ways,
                                                              std::span<int const> ids,
                                                              double flag) {
    auto const parts = leaves_of(ids);
    auto const n_parameters = std::ssize(model.parameters());
    std::exception_ptr error;
    auto const mine =
        rows_of(comm, model, ways, parts, static_cast<int>(n_parameters), flag, error);
    auto const all = comm.all_gather(
        std::span<double const>{mine.data(), static_cast<std::size_t>(mine.size())});
    Eigen::Map<Matrix const> const rows{all.data(), std::ssize(parts), mine.cols()};
    SumLayout const layout{model};
    LeavesOfWays out;
    for (Eigen::Index l = 0; l < rows.rows(); ++l) out.flags += rows(l, rows.cols() - 1);
    if (out.flags >= failure_flag)
        mpi::all_or_none(comm, [&] {
            if (error) std::rethrow_exception(error);
        });
    for (std::size_t w = 0; w < ways.size(); ++w) {
        auto const begin = static_cast<Eigen::Index>(w) * (n_parameters + layout.size());
        auto const sums = rows.middleCols(begin + n_parameters, layout.size());
        auto& leaves = out.ways.emplace_back(Leaves{
            rows.middleCols(begin, n_parameters), sums.leftCols(layout.heads()).rowwise().sum(),
            std::vector<double>(static_cast<std::size_t>(layout.size()), 0.0)});
        for (Eigen::Index l = 0; l < rows.rows(); ++l)
            for (int k = 0; k < layout.size(); ++k)
                leaves.sums[static_cast<std::size_t>(k)] += sums(l, k);
    }
    return out;
}

}  // namespace kamacite::training
