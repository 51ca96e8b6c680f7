#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "kamacite/structure/projection.hpp"
#include "kamacite/structure/record.hpp"

namespace kamacite::formats {

/// What the check of stresses needs of a record: little, so that all ranks can share it.
struct StressSample {
    std::uint64_t kind = 0;          ///< of the elements: kind_of()
    Projection shape{};              ///< of the fractional coordinates: projected_positions()
    double energy = 0.0;             ///< [eV]
    std::array<double, 9> rows{};    ///< lattice vectors [Å], one after the other
    std::array<double, 9> stress{};  ///< [eV/Å³]
};

/// The sample of a periodic record that has energy and stress; nothing otherwise.
[[nodiscard]] std::optional<StressSample> stress_sample_of(Record const& record);

/// Two structures that differ by a homogeneous strain ε = sym(H̄⁻¹ (H₂ − H₁)), H̄ = ½ (H₁ + H₂):
/// fractional coordinates apart by at most 0.005 (root mean square), |ε| < 0.06.
struct StressPair {
    std::size_t first = 0, second = 0;                 ///< samples
    double first_work = 0.0, second_work = 0.0;        ///< V₁σ₁:ε, V₂σ₂:ε [eV]
    double energy = 0.0;                               ///< E₂ − E₁ [eV]
    bool first_counts = false, second_counts = false;  ///< σ:ε/|ε| is above 5 GPa
};

/// Pairs of each sample with up to six others that are next to it in volume, in no order.
[[nodiscard]] std::vector<StressPair> stress_pairs(std::span<StressSample const> samples);

/// Whether the stresses of some structures are what their energies ask for.
struct StressVerdict {
    enum class Kind { cannot_tell, consistent, opposing, wrong_unit };
    Kind kind = Kind::cannot_tell;
    long long judged = 0;               ///< structures that a sign could be told of
    std::vector<std::size_t> opposing;  ///< samples among them with the wrong sign, ascending
    double factor = 1.0;  ///< stress given / stress that the energies ask for; negative: the sign
};

/// Judges the groups of samples that `group_of` tells, −1 for samples that are trusted. For each
/// pair
///
///     E₂ − E₁  against  ½ (s₁ V₁σ₁ + s₂ V₂σ₂) : ε,   s = ±1
///
/// *Sign.* A pair votes on s₁ (s₂) if the best of the four choices is at least four times nearer
/// than any with the other s₁ (s₂), which must be off by 1 meV and by a quarter of the larger work,
/// and σ₁:ε/|ε| is above 5 GPa. A structure opposes if at least two votes are on it, and more than
/// two thirds of them against it. A group is `opposing` if at least two structures of it are, and
/// 5 % of those with two votes; or if of at least four votes on all of it more than two thirds are
/// against it.
///
/// *Unit.* The pairs within a group, and those with trusted samples, tell the factor of its
/// stresses. It is the `wrong_unit` if at least three pairs tell, their median is not within a
/// factor of 3 of 1, and half of them are within a factor of 1.5 of the median.
[[nodiscard]] std::vector<StressVerdict> judge_stress(std::span<StressPair const> pairs,
                                                      std::span<int const> group_of, int groups);

/// The unit that makes stresses `factor` times too large: "GPa", "kbar", "Ry/bohr³" …; empty if it
/// is none that is known.
[[nodiscard]] std::string_view unit_of_factor(double factor);

}  // namespace kamacite::formats
