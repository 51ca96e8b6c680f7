#pragma once
#include <span>
#include <vector>

#include "kamacite/training/loss.hpp"

namespace kamacite::training {

/// The loss of samples as a sum of squares, L = Σ r_k(w)², and the Jacobian J_kp = ∂r_k/∂w_p as an
/// operator: none of its rows is stored.
///
/// Residuals come flight by flight, head by head, sample by sample: √w_E ΔE/N, then √w_F ΔF, then
/// √w_V ΔW; √(2 w_m h(Δ|m|)) with the sign of Δ|m|; √w_p Δp. What has no label or no weight has
/// none. Source: as loss().
///
/// \throws InputError if energies, forces or stresses are to count by their Huber function, which
/// is no
///         square of something linear

/// Appends r of the samples to `out`.
void residuals(Model const& model, LossOptions const& options, std::span<Sample const> samples,
               DescriptorCache& cache, std::vector<double>& out);

/// Appends J v to `out`. \param v  one number per parameter
void jacobian_product(Model const& model, LossOptions const& options,
                      std::span<Sample const> samples, DescriptorCache& cache,
                      std::span<double const> v, std::vector<double>& out);

/// Adds Jᵀ u to `gradient`. \param u  one number per residual of these samples
void jacobian_transposed(Model const& model, LossOptions const& options,
                         std::span<Sample const> samples, DescriptorCache& cache,
                         std::span<double const> u, std::span<double> gradient);

/// Residuals of the samples.
[[nodiscard]] long long residual_count(Model const& model, LossOptions const& options,
                                       std::span<Sample const> samples);

}  // namespace kamacite::training
