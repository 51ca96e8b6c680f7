#pragma once
#include <span>
#include <vector>

#include "kamacite/core/types.hpp"

namespace kamacite {

/// Centre and spread of the descriptors over a training set, per element; networks see
/// x = (G − centre)/σ. Descriptors that hardly vary (σ < 1e-6 of their size) are switched off: x =
/// 0. All matrices have shape (n_elements, width), rows in the order of Descriptors::elements().
struct Scaling {
    Matrix centre;    ///< mean of G
    Matrix inverse;   ///< 1/σ, or 0 for a descriptor that is switched off
    Matrix smallest;  ///< range of G in the training set, for warnings of extrapolation
    Matrix largest;

    /// x = G: for tests and for models whose descriptors are scaled elsewhere.
    [[nodiscard]] static Scaling none(int elements, int width);
};

/// Sums over atoms from which a Scaling follows; those of parts of a data set add up.
class ScalingSums {
public:
    ScalingSums(std::vector<int> elements, int width);

    /// \param g  descriptors, shape (n_atoms, width); \param species  atomic numbers
    void add(Matrix const& g, std::span<int const> species);

    /// The sums in one row: count, ΣG, ΣG² of every element. Rows of parts of the
    /// data add up (mpi::sum_in_tree).
    [[nodiscard]] std::vector<double> const& sums() const noexcept { return sums_; }
    /// [−min …, max …], to be reduced by max over parts.
    [[nodiscard]] std::vector<double> const& extremes() const noexcept { return extremes_; }

    /// \throws DataError naming an element without atoms
    [[nodiscard]] static Scaling scaling(std::vector<int> const& elements, int width,
                                         std::span<double const> sums,
                                         std::span<double const> extremes);

private:
    std::vector<int> elements_;
    int width_;
    std::vector<double> sums_;
    std::vector<double> extremes_;
};

}  // namespace kamacite
