#pragma once
#include <exception>
#include <span>
#include <vector>

#include "kamacite/mpi/communicator.hpp"
#include "kamacite/training/loss.hpp"

namespace kamacite::training {

/// The loss over a set of records and its gradient, computed by all ranks together: the same bits
/// on any number of them.
///
/// The records asked for are cut into a fixed number of leaves of about equal cost. Each rank
/// computes the leaves of block_of(rank, size, leaves), and mpi::sum_in_tree adds their rows. A sum
/// by MPI_Allreduce would not do: its order, and so its last bits, depends on the number of ranks,
/// and training makes large differences from last bits.
class DistributedLoss {
public:
    /// \param records  the same on all ranks; each rank reads those of its leaves
    /// \param cutoff   [Å] of the model, from which costs are estimated
    /// \param cache    bytes for descriptors on this rank
    DistributedLoss(dataset::Records records, LossOptions const& options, double cutoff, int leaves,
                    double cache);

    [[nodiscard]] int size() const noexcept { return static_cast<int>(samples_.size()); }
    [[nodiscard]] DescriptorCache& cache() noexcept { return cache_; }

    struct Total {
        std::vector<double> gradient;  ///< of the sum over records; empty if it was not asked for
        std::vector<double> sums;      ///< as SumLayout says
        double flags = 0.0;            ///< sum over ranks of what each passed
    };

    /// Sum over the records `ids`. Collective.
    /// \param flag  a number of this rank's own, less than 2³⁰, that is summed along, e.g. 1 if it
    ///              was asked to stop; ranks without a leaf are not heard
    /// \throws on all ranks what failed on one of them, e.g. DataError if atoms of a record sit on
    ///         one point or the model does not know an element
    [[nodiscard]] Total gradient(mpi::Communicator const& comm, Model const& model,
                                 LossOptions const& options, std::span<int const> ids,
                                 double flag = 0.0);

    /// What gradient() sums, leaf by leaf.
    struct Leaves {
        Matrix gradients;        ///< (leaves, parameters)
        Eigen::VectorXd losses;  ///< of each leaf, over all heads
        std::vector<double> sums;
    };
    /// Leaves for each of several ways to count errors.
    struct LeavesOfWays {
        std::vector<Leaves> ways;
        double flags = 0.0;
    };
    /// The same for each leaf of the records `ids`, and each way to count errors, on every rank.
    /// One exchange for all. Collective. \throws as gradient()
    [[nodiscard]] LeavesOfWays leaf_gradients(mpi::Communicator const& comm, Model const& model,
                                              std::span<LossOptions const> ways,
                                              std::span<int const> ids, double flag = 0.0);

    /// The loss over the records `ids` as Σ r_k², and its Jacobian J = ∂r/∂w as an operator, of
    /// which no row is stored. The order of the residuals depends on the records and leaves alone,
    /// as in loss(); each has the same bits on any number of ranks. Collective. \throws as
    /// gradient(); InputError if energies, forces or stresses are to count by a Huber function
    [[nodiscard]] std::vector<double> residuals(mpi::Communicator const& comm, Model const& model,
                                                LossOptions const& options,
                                                std::span<int const> ids);
    /// J v. \param v  one number per parameter, the same on all ranks
    [[nodiscard]] std::vector<double> product(mpi::Communicator const& comm, Model const& model,
                                              LossOptions const& options, std::span<int const> ids,
                                              std::span<double const> v);
    /// Jᵀ u. \param u  one number per residual, the same on all ranks
    [[nodiscard]] std::vector<double> transposed(mpi::Communicator const& comm, Model const& model,
                                                 LossOptions const& options,
                                                 std::span<int const> ids,
                                                 std::span<double const> u);

    /// Sums over all records, without a gradient. Collective. \throws as gradient()
    [[nodiscard]] std::vector<double> errors(mpi::Communicator const& comm, Model const& model,
                                             LossOptions const& options);

private:
    [[nodiscard]] std::vector<std::vector<int>> leaves_of(std::span<int const> ids) const;
    [[nodiscard]] std::vector<Sample> samples_of_part(std::vector<int> const& part) const;
    /// What work(samples, out) appends, leaf by leaf, on every rank.
    template <class F>
    [[nodiscard]] std::vector<double> gathered(mpi::Communicator const& comm,
                                               std::vector<std::vector<int>> const& parts,
                                               F const& work);
    /// One row for each part that is this rank's: gradient and sums of each way to count, then the
    /// flag. A failure is flagged.
    [[nodiscard]] Matrix rows_of(mpi::Communicator const& comm, Model const& model,
                                 std::span<LossOptions const> ways,
                                 std::vector<std::vector<int>> const& parts, int parameters,
                                 double flag, std::exception_ptr& error);
    Total total(mpi::Communicator const& comm, Model const& model, LossOptions const& options,
                std::vector<std::vector<int>> const& parts, int parameters, double flag);

    dataset::Records records_;
    std::vector<Sample> samples_;  // without their records
    std::vector<double> costs_;
    int leaves_;
    std::vector<std::vector<int>> all_;  // the parts of errors(): more, as they cost nothing
    DescriptorCache cache_;
};

}  // namespace kamacite::training
