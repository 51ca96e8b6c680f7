#include "kamacite/formats/stress_check.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <tuple>

#include "kamacite/core/units.hpp"

namespace kamacite::formats {
namespace {

constexpr double largest_strain = 0.06;
constexpr double largest_displacement = 0.005;        // of fractional coordinates, root mean square
constexpr double smallest_stress = 5.0 * units::GPa;  // those of DFT err by half of that
constexpr double smallest_energy = 1e-3;              // [eV]
constexpr int most_partners = 6;
constexpr int most_looked_at = 50;  // per box, for one sample

constexpr double nearer = 4.0;            // than with the other sign, to vote
constexpr int least_votes = 2;            // on a structure
constexpr double least_share = 0.05;      // of the structures of a group
constexpr int least_votes_of_all = 4;     // on all structures of a group together
constexpr std::size_t least_factors = 3;  // pairs that tell the unit
constexpr double nearly_right = 3.0;
constexpr double nearly_same = 1.5;

Mat3 mat3(std::array<double, 9> const& rows) {
    return Eigen::Map<Eigen::Matrix<double, 3, 3, Eigen::RowMajor> const>{rows.data()};
}

std::array<double, 9> array9(Mat3 const& m) {
    return {m(0, 0), m(0, 1), m(0, 2), m(1, 0), m(1, 1), m(1, 2), m(2, 0), m(2, 1), m(2, 2)};
}

double volume_of(StressSample const& s) {
    return std::abs(mat3(s.rows).determinant());
}

/// Nothing if the two are too far apart.
std::optional<StressPair> pair_of(std::span<StressSample const> samples, std::size_t i,
                                  std::size_t j) {
    auto const& first = samples[i];
    auto const& second = samples[j];
    if (distance(first.shape, second.shape) > largest_displacement) return std::nullopt;
    Mat3 const h1 = mat3(first.rows);
    Mat3 const h2 = mat3(second.rows);
    Mat3 const gradient = (0.5 * (h1 + h2)).inverse() * (h2 - h1);
    Mat3 const strain = 0.5 * (gradient + gradient.transpose());
    if (!(strain.norm() < largest_strain)) return std::nullopt;
    auto const work = [&](StressSample const& s) {
        return volume_of(s) * mat3(s.stress).cwiseProduct(strain).sum();
    };
    auto const counts = [&](StressSample const& s) {
        return std::abs(work(s)) > volume_of(s) * strain.norm() * smallest_stress;
    };
    return StressPair{i,
                      j,
                      work(first),
                      work(second),
                      second.energy - first.energy,
                      counts(first),
                      counts(second)};
}

/// Samples of one kind whose first two projections lie in one square, by volume.
using Box = std::vector<std::pair<double, std::size_t>>;
using BoxKey = std::tuple<std::uint64_t, long long, long long>;

BoxKey box_of(StressSample const& s) {
    // Twice the displacement: what is near lies in this box or one beside it.
    double const width = 2.0 * largest_displacement * std::sqrt(double(s.shape.size()));
    return {s.kind, std::llround(s.shape[0] / width), std::llround(s.shape[1] / width)};
}

/// Adds pairs of sample i with those of the box that come after it in volume, the next first.
void add_pairs(std::span<StressSample const> samples, std::size_t i, Box const& box,
               std::vector<StressPair>& found) {
    std::pair const me{volume_of(samples[i]), i};
    auto next = std::upper_bound(box.begin(), box.end(), me);
    int pairs = 0;
    for (int n = 0; next != box.end() && n < most_looked_at && pairs < most_partners; ++next, ++n)
        if (auto const pair = pair_of(samples, i, next->second)) {
            found.push_back(*pair);
            ++pairs;
        }
}

/// Votes of pairs on the sign of one stress.
struct Votes {
    int in_favour = 0, against = 0;
    void add(int vote) {
        in_favour += vote > 0;
        against += vote < 0;
    }
    [[nodiscard]] int total() const { return in_favour + against; }
    [[nodiscard]] bool oppose() const { return against > 2 * in_favour; }
};

/// Which signs of the two stresses a pair asks for: +1, −1, or 0 if it does not tell.
std::pair<int, int> votes_of(StressPair const& pair) {
    std::array<double, 4> off{};  // first sign in bit 0, second in bit 1
    for (unsigned k = 0; k < 4; ++k)
        off[k] = std::abs(pair.energy - 0.5 * ((k & 1U ? -1.0 : 1.0) * pair.first_work +
                                               (k & 2U ? -1.0 : 1.0) * pair.second_work));
    auto const best = static_cast<unsigned>(std::min_element(off.begin(), off.end()) - off.begin());
    double const work = std::max(std::abs(pair.first_work), std::abs(pair.second_work));
    auto const vote = [&](unsigned bit, bool counts) {
        double const other = std::min(off[best ^ bit], off[best ^ 3U]);
        if (!counts || other < std::max(smallest_energy, 0.25 * work) || nearer * off[best] > other)
            return 0;
        return best & bit ? -1 : 1;
    };
    return {vote(1U, pair.first_counts), vote(2U, pair.second_counts)};
}

/// The factor of the stresses of group `group` that a pair tells, if it does.
std::optional<double> factor_of(StressPair const& pair, int first_group, int second_group,
                                int group) {
    double given = pair.first_work + pair.second_work;
    double asked = 2.0 * pair.energy;
    double largest = std::max(std::abs(pair.first_work), std::abs(pair.second_work));
    if (first_group < 0 && second_group == group) {  // what the trusted one does not explain
        given = largest = pair.second_work;
        asked -= pair.first_work;
    } else if (second_group < 0 && first_group == group) {
        given = largest = pair.first_work;
        asked -= pair.second_work;
    } else if (first_group != group || second_group != group) {
        return std::nullopt;
    }
    if (std::abs(asked) < 2.0 * smallest_energy || std::abs(given) < 0.5 * std::abs(largest) ||
        given == 0.0)
        return std::nullopt;
    return given / asked;
}

/// Median of the factors if they agree with each other; 1 otherwise.
double agreed_factor(std::vector<double> factors) {
    if (factors.size() < least_factors) return 1.0;
    std::sort(factors.begin(), factors.end(),
              [](double a, double b) { return std::abs(a) < std::abs(b); });
    double const median = std::abs(factors[factors.size() / 2]);
    auto const same = std::ranges::count_if(factors, [&](double f) {
        return std::abs(f) < nearly_same * median && std::abs(f) * nearly_same > median;
    });
    if (2 * same < std::ssize(factors)) return 1.0;
    auto const negative = std::ranges::count_if(factors, [](double f) { return f < 0.0; });
    return 2 * negative > std::ssize(factors) ? -median : median;
}

/// What the votes on the structures `members`, each of which has some, say of them together.
StressVerdict verdict_of(std::vector<std::size_t> const& members, std::vector<Votes> const& votes) {
    using Kind = StressVerdict::Kind;
    StressVerdict verdict;
    verdict.kind = members.empty() ? Kind::cannot_tell : Kind::consistent;
    verdict.judged = std::ssize(members);
    Votes all;
    long long with_enough = 0;
    for (auto const i : members) {
        all.in_favour += votes[i].in_favour;
        all.against += votes[i].against;
        with_enough += votes[i].total() >= least_votes;
        if (votes[i].total() >= least_votes && votes[i].oppose()) verdict.opposing.push_back(i);
    }
    auto const opposing = static_cast<double>(verdict.opposing.size());
    if (opposing >= 2.0 && opposing >= least_share * static_cast<double>(with_enough))
        verdict.kind = Kind::opposing;
    if (all.total() < least_votes_of_all || !all.oppose()) return verdict;
    verdict.kind = Kind::opposing;
    verdict.opposing.clear();
    for (auto const i : members)
        if (votes[i].oppose()) verdict.opposing.push_back(i);
    return verdict;
}

}  // namespace

std::optional<StressSample> stress_sample_of(Record const& record) {
    auto const& s = record.structure;
    if (!record.labels.energy || !record.labels.stress || !s.cell.is_periodic())
        return std::nullopt;
    return StressSample{kind_of(s), projected_positions(s, Vec3::Ones()), *record.labels.energy,
                        array9(s.cell.rows()), array9(*record.labels.stress)};
}

std::vector<StressPair> stress_pairs(std::span<StressSample const> samples) {
    std::map<BoxKey, Box> boxes;
    for (std::size_t i = 0; i < samples.size(); ++i)
        boxes[box_of(samples[i])].emplace_back(volume_of(samples[i]), i);
    for (auto& [key, box] : boxes) std::sort(box.begin(), box.end());
    std::vector<StressPair> found;
    for (auto const& [key, box] : boxes) {
        auto const [kind, x, y] = key;
        for (auto const& [volume, i] : box)
            for (long long dx = -1; dx <= 1; ++dx)
                for (long long dy = -1; dy <= 1; ++dy)
                    if (auto const near = boxes.find({kind, x + dx, y + dy}); near != boxes.end())
                        add_pairs(samples, i, near->second, found);
    }
    return found;
}

std::vector<StressVerdict> judge_stress(std::span<StressPair const> pairs,
                                        std::span<int const> group_of, int groups) {
    std::vector<Votes> votes(group_of.size());
    std::vector<std::vector<double>> factors(static_cast<std::size_t>(groups));
    for (auto const& pair : pairs) {
        auto const [first, second] = votes_of(pair);
        votes[pair.first].add(first);
        votes[pair.second].add(second);
        int const a = group_of[pair.first];
        int const b = group_of[pair.second];
        if (int const group = std::max(a, b); group >= 0)
            if (auto const factor = factor_of(pair, a, b, group))
                factors[static_cast<std::size_t>(group)].push_back(*factor);
    }
    std::vector<std::vector<std::size_t>> members(factors.size());
    for (std::size_t i = 0; i < votes.size(); ++i)
        if (group_of[i] >= 0 && votes[i].total() > 0)
            members[static_cast<std::size_t>(group_of[i])].push_back(i);
    std::vector<StressVerdict> verdicts;
    for (std::size_t g = 0; g < members.size(); ++g) {
        verdicts.push_back(verdict_of(members[g], votes));
        double const factor = agreed_factor(std::move(factors[g]));
        verdicts.back().factor = factor;
        if (std::abs(factor) > nearly_right || std::abs(factor) * nearly_right < 1.0)
            verdicts.back().kind = StressVerdict::Kind::wrong_unit;
    }
    return verdicts;
}

std::string_view unit_of_factor(double factor) {
    constexpr double bohr3 = units::bohr * units::bohr * units::bohr;
    static constexpr std::array<std::pair<std::string_view, double>, 9> known{
        {{"GPa", 1.0 / units::GPa},
         {"kbar", 10.0 / units::GPa},
         {"MPa", 1e3 / units::GPa},
         {"bar", 1e4 / units::GPa},
         {"Pa", 1e9 / units::GPa},
         {"Ry/bohr³", bohr3 / units::rydberg},
         {"hartree/bohr³", bohr3 / units::hartree},
         {"eV/Å³, but the energies in rydberg", units::rydberg},
         {"eV/Å³, but the energies in hartree", units::hartree}}};
    for (auto const& [name, times] : known)
        if (std::abs(std::log(std::abs(factor) / times)) < std::log(1.3)) return name;
    return {};
}

}  // namespace kamacite::formats
