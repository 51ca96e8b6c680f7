#pragma once
#include "kamacite/mpi/partition.hpp"
#include "kamacite/training/optimiser.hpp"

namespace kamacite::training {

/// Extended Kalman filter with a block-diagonal covariance P of the parameters.
///
/// A batch is a few measurements, one for each of its leaves and kinds of label (energies, forces,
/// stress …): the norm y_l = √L_l of the leaf's weighted residuals, of which h_l = ∇L_l/(2 y_l) is
/// the slope. All are taken at the parameters that the step begins with, and used in portions of
/// 16, with rows h_l of H:
///
///     K = P Hᵀ (R + H P Hᵀ)⁻¹,   w ← w − rate · K ỹ,   P ← (P − K H P)/λ + q
///
/// ỹ is y, changed to first order by what the portions before have moved. λ forgets:
/// λ ← ν λ + 1 − ν in each portion. Directions that no measurement sees would grow with 1/λ without
/// end: every 16 portions P ← D P D, with a diagonal D, so that no variance is above `covariance`.
/// The rows of P are cut over the ranks, and no sum depends on how: the result has the same bits on
/// any number of ranks. Memory: 8 n²/ranks bytes for each block of n parameters. Source: Singraber
/// et al., J. Chem. Theory Comput. 15, 3075 (2019), for several streams; Hu et al., PPoPP 2024
/// (doi 10.1145/3627535.3638505), for batches that are reduced first; docs/theory/training.md.
class Kalman final : public Optimiser {
public:
    static constexpr int largest_update = 16;  ///< measurements of an update at most

    /// The kinds of label that a model has a head for, of which each makes measurements of its own,
    /// as the loss that counts them alone.
    [[nodiscard]] static std::vector<LossOptions> kinds_of(LossOptions const& all,
                                                           Model const& model);

    Kalman(StageOptions const& stage, Model const& model, mpi::Communicator const& comm);

    Step step(Objective const& objective, Model& model, std::span<int const> ids, double rate,
              double flag) override;

    /// One update by at most 16 measurements. Collective.
    /// \param h  their slopes, shape (measurements, parameters), the same on all ranks
    /// \param y  their values, which should be 0
    /// \param rate  part of the step that is taken
    void update(mpi::Communicator const& comm, std::span<double> w, Matrix const& h,
                Eigen::VectorXd const& y, double rate);

    [[nodiscard]] std::map<std::string, std::vector<double>> shared() const override;
    [[nodiscard]] std::map<std::string, Matrix> rows() const override;
    void restore(State const& state) override;

private:
    /// This rank's rows of one block of P.
    struct Part {
        int begin = 0, size = 0;  ///< of the parameters
        mpi::Range rows{};
        Matrix p{};  ///< (rows, size)
    };
    void begin_anew();
    /// Scales rows and columns of P so that no variance is above that of the beginning.
    void limit(mpi::Communicator const& comm);
    /// Updates by any number of measurements at the same parameters, portion by portion.
    void filter(mpi::Communicator const& comm, std::span<double> w,
                std::span<Eigen::RowVectorXd const> slopes, std::span<double const> values,
                double rate);

    StageOptions stage_;
    double forget_;
    long long updates_ = 0;
    std::vector<Part> parts_;
};

}  // namespace kamacite::training
