#include "kamacite/formats/stress_sign.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "kamacite/core/random.hpp"

namespace kamacite::formats {
namespace {

constexpr double largest_strain = 0.06;
constexpr double smallest_energy = 1e-3;  // [eV]
constexpr double largest_ratio = 4.0;
constexpr int partners = 6;  // next ones in volume that a sample is compared with

/// Fraction of the lattice vector in steps of 1e-3. The shift keeps common fractions (1/2, 1/3,
/// 1/16) away from the edge between two steps.
long long step_of(double fraction) {
    return static_cast<long long>(std::floor((fraction - std::floor(fraction)) * 1000.0 + 0.314)) %
           1000;
}

double volume_of(StressSample const& s) {
    return std::abs(s.rows.determinant());
}

/// +1, −1: energies follow the stress, or its negative; 0: the pair does not tell.
int judge(StressSample const& first, StressSample const& second) {
    Mat3 const mean = 0.5 * (first.rows + second.rows);
    Mat3 const gradient = mean.inverse() * (second.rows - first.rows);
    Mat3 const strain = 0.5 * (gradient + gradient.transpose());
    if (!(strain.norm() < largest_strain)) return 0;
    Mat3 const work = 0.5 * (volume_of(first) * first.stress + volume_of(second) * second.stress);
    double const expected = work.cwiseProduct(strain).sum();
    double const found = second.energy - first.energy;
    double const low = std::min(std::abs(expected), std::abs(found));
    double const high = std::max(std::abs(expected), std::abs(found));
    if (low < smallest_energy || high > largest_ratio * low) return 0;
    return (expected > 0.0) == (found > 0.0) ? 1 : -1;
}

}  // namespace

std::optional<StressSample> stress_sample_of(Record const& record) {
    auto const& s = record.structure;
    if (!record.labels.energy || !record.labels.stress || !s.cell.is_periodic())
        return std::nullopt;
    std::string kind;
    Vec3 const origin = s.cell.to_fractional(s.positions.front());
    for (std::size_t i = 0; i < s.positions.size(); ++i) {
        Vec3 const f = s.cell.to_fractional(s.positions[i]) - origin;
        kind += std::to_string(s.species[i]);
        for (int k = 0; k < 3; ++k) kind += ' ' + std::to_string(step_of(f[k]));
        kind += '\n';
    }
    return StressSample{hash_of(kind), *record.labels.energy, s.cell.rows(), *record.labels.stress};
}

StressSign check_stress_sign(std::span<StressSample const> samples) {
    std::map<std::uint64_t, std::vector<StressSample const*>> kinds;
    for (auto const& sample : samples) kinds[sample.kind].push_back(&sample);
    StressSign sign;
    for (auto& [kind, members] : kinds) {
        std::ranges::sort(members, {}, [](auto const* s) { return volume_of(*s); });
        for (std::size_t i = 0; i < members.size(); ++i)
            for (std::size_t j = i + 1; j < std::min(members.size(), i + 1 + partners); ++j) {
                int const judgement = judge(*members[i], *members[j]);
                sign.agreeing += judgement > 0;
                sign.opposing += judgement < 0;
            }
    }
    int const decisive = sign.agreeing + sign.opposing;
    if (decisive >= 2 && sign.opposing > 2 * sign.agreeing)
        sign.verdict = StressSign::Verdict::contradiction;
    else if (decisive >= 2 && sign.agreeing > sign.opposing)
        sign.verdict = StressSign::Verdict::consistent;
    return sign;
}

}  // namespace kamacite::formats
