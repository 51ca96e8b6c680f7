#pragma once
#include <span>
#include <vector>

#include "kamacite/domain/domain.hpp"

namespace kamacite::dynamics {

/// How atoms of one element are spread about those of another, averaged over samples.
struct RadialFunction {
    int centre = 0;         ///< atomic number of the atoms a in the middle
    int other = 0;          ///< of the atoms b about them
    std::vector<double> g;  ///< g_ab, one per bin, ≥ 0
    /// Mean number of atoms b within the outer edge of each bin of an atom a.
    std::vector<double> coordination;
};

/// Distances from 0 to `reach`, in bins of one width.
struct DistanceBins {
    double reach = 10.0;  ///< [Å], positive
    int bins = 200;       ///< positive

    [[nodiscard]] double width() const { return reach / bins; }                     ///< [Å]
    [[nodiscard]] double middle(int bin) const { return (bin + 0.5) * width(); }    ///< [Å]
    [[nodiscard]] double outer_edge(int bin) const { return (bin + 1) * width(); }  ///< [Å]
};

/// Counts the pairs of atoms in bins of their distance.
/// \param s         without periodic directions: atoms, and ghosts for all that is within reach
/// \param first     the first atoms of `s` are centres; all are others
/// \param elements  atomic numbers, each once
/// \param bins      distances d with d < reach count
/// \returns shape (elements, elements, bins): of the element of the centre, of the other, distance
/// \throws DataError if an atom has an element that is not listed, or sits on another one
[[nodiscard]] std::vector<long long> pair_counts(Structure const& s, int first,
                                                 std::span<int const> elements,
                                                 DistanceBins const& bins);

/// Radial distribution functions of all pairs of elements, averaged over samples of a structure
/// that is divided among ranks.
///
///     g_ab(r) = Σ_s n_ab,s(r) / (v(r) Σ_s N_a N_b/V_s),   v = 4π/3 (r₊³ − r₋³)
///
/// n_ab,s counts the pairs of sample s between the edges r₋ and r₊ of a bin, images included; the
/// density is that of each sample, so that g → 1 far away in any fluid, of constant volume or not.
/// With directions that are not periodic V is still the volume of the cell, and g means little.
///
/// The counts are whole numbers, and a pair is measured between the same two positions wherever it
/// is counted: they do not depend on the number of ranks in the least.
class RadialDistribution {
public:
    /// \param elements  atomic numbers, each once
    /// \param bins      the reach may exceed half the cell, and the cutoff of the domain
    RadialDistribution(std::vector<int> elements, DistanceBins bins);

    /// One more sample. Costs about as much as the neighbours within reach. Collective.
    /// \throws DataError on all ranks as pair_counts()
    void sample(mpi::Communicator const& comm, domain::Domain const& domain);

    [[nodiscard]] DistanceBins const& bins() const noexcept { return bins_; }
    [[nodiscard]] long long samples() const noexcept { return samples_; }
    /// Of every element about every element, a · elements + b: g_ab = g_ba but for pairs on
    /// the edge of a bin; the coordination differs. Zero without samples.
    [[nodiscard]] std::vector<RadialFunction> functions() const;

    /// What restore() takes, the same on every rank: whole numbers below 2⁵³ and Σ_s N_a N_b/V_s.
    [[nodiscard]] std::vector<double> state() const;
    /// Goes on where another left off.
    /// \throws DataError if `state` is of other elements or bins
    void restore(std::span<double const> state);

private:
    [[nodiscard]] std::vector<double> head() const;  // what tells whether a state fits

    std::vector<int> elements_;
    DistanceBins bins_;
    long long samples_ = 0;
    std::vector<long long> atoms_;   // Σ_s N_a
    std::vector<double> expected_;   // (elements, elements): Σ_s N_a N_b/V_s [1/Å³]
    std::vector<long long> counts_;  // (elements, elements, bins): Σ_s n_ab,s
};

}  // namespace kamacite::dynamics
