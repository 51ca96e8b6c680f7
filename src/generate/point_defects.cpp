#include "kamacite/generate/point_defects.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "joined.hpp"
#include "kamacite/core/error.hpp"

namespace kamacite::generate {
namespace {

constexpr std::array<std::string_view, 6> names{"octahedral",   "tetrahedral",  "dumbbell_100",
                                                "dumbbell_110", "dumbbell_111", "crowdion"};

/// All vectors that arise from (a, b, c) by exchanging coordinates and signs; of each pair ±v one
/// if `signs` is one_of_each_pair.
enum class Signs { all, one_of_each_pair };
std::vector<Vec3> family_of(double a, double b, double c, Signs signs) {
    std::array<double, 3> digits{a, b, c};
    std::sort(digits.begin(), digits.end());
    std::vector<Vec3> family;
    do {
        for (int mask = 0; mask < 8; ++mask) {
            Vec3 v{digits[0], digits[1], digits[2]};
            for (int i = 0; i < 3; ++i)
                if ((mask >> i) & 1) v[i] = -v[i];
            auto const known = [&](Vec3 const& w) {
                return w == v || (signs == Signs::one_of_each_pair && w == -v);
            };
            if (std::none_of(family.begin(), family.end(), known)) family.push_back(v);
        }
    } while (std::next_permutation(digits.begin(), digits.end()));
    return family;
}

template <class T>
T const& pick(std::vector<T> const& items, RandomStream& random) {
    return items[random.below(items.size())];
}

double nearest_distance(Parent const& parent) {
    Vec3 const half = 0.5 * parent.edges;
    if (parent.kind == Parent::Kind::bcc) return std::min(half.norm(), parent.edges.minCoeff());
    return std::min({half.head<2>().norm(), half.tail<2>().norm(), std::hypot(half.x(), half.z())});
}

Vec3 hole_offset(Parent const& parent, Site site, RandomStream& random) {
    bool const bcc = parent.kind == Parent::Kind::bcc;
    auto const offsets = site == Site::octahedral ? family_of(0.5, 0.0, 0.0, Signs::all)
                         : bcc                    ? family_of(0.5, 0.25, 0.0, Signs::all)
                                                  : family_of(0.25, 0.25, 0.25, Signs::all);
    return pick(offsets, random).cwiseProduct(parent.edges);
}

Vec3 dumbbell_direction(Parent const& parent, Site site, RandomStream& random) {
    auto const directions =
        site == Site::dumbbell_100   ? family_of(1.0, 0.0, 0.0, Signs::one_of_each_pair)
        : site == Site::dumbbell_110 ? family_of(1.0, 1.0, 0.0, Signs::one_of_each_pair)
                                     : family_of(1.0, 1.0, 1.0, Signs::one_of_each_pair);
    return pick(directions, random).cwiseProduct(parent.edges).normalized();
}

/// Vector to a neighbour in the close-packed row.
Vec3 row_vector(Parent const& parent, RandomStream& random) {
    bool const bcc = parent.kind == Parent::Kind::bcc;
    auto const rows = bcc ? family_of(0.5, 0.5, 0.5, Signs::one_of_each_pair)
                          : family_of(0.5, 0.5, 0.0, Signs::one_of_each_pair);
    return pick(rows, random).cwiseProduct(parent.edges);
}

void push_away(Structure& s, std::size_t centre, std::size_t also_kept,
               MinimumDistance const& minimum) {
    for (std::size_t j = 0; j < s.positions.size(); ++j) {
        if (j == centre || j == also_kept) continue;
        Vec3 const d = shortest_vector(s.cell, s.positions[centre], s.positions[j]);
        double const limit = minimum.of(s.species[centre], s.species[j]);
        double const distance = d.norm();
        if (distance < limit && distance > 1e-6)
            s.positions[j] += d * (1.1 * limit / distance - 1.0);
    }
}

void open_row(Structure& s, Vec3 const& centre, Vec3 const& row) {
    double const b = row.norm();
    for (auto& r : s.positions) {
        Vec3 const d = shortest_vector(s.cell, centre, r);
        double const x = d.dot(row) / b;
        bool const in_row = (d - x * row / b).norm() < 1e-3 * b;
        if (in_row) r += std::copysign(0.5 * b * std::exp(-std::abs(x) / (1.5 * b)), x) * row / b;
    }
}

/// Atoms at the `shell`-th distance from atom `centre`, among the first n_host that are left.
std::vector<int> shell_around(Structure const& s, std::size_t centre, int n_host, int shell,
                              std::vector<bool> const& gone) {
    std::vector<std::pair<double, int>> others;
    for (int j = 0; j < n_host; ++j) {
        auto const at = static_cast<std::size_t>(j);
        if (at == centre || gone[at]) continue;
        others.emplace_back(shortest_vector(s.cell, s.positions[centre], s.positions[at]).norm(),
                            j);
    }
    std::sort(others.begin(), others.end());
    std::vector<int> found;
    double start = -1.0;
    int number = 0;
    for (auto const& [distance, j] : others) {
        if (start < 0.0 || distance > start + 0.05) {  // rounding, not thermal motion
            ++number;
            start = distance;
        }
        if (number == shell) found.push_back(j);
    }
    return found;
}

}  // namespace

std::vector<std::string> site_names() {
    return {names.begin(), names.end()};
}

std::string_view name_of(Site site) {
    return names[static_cast<std::size_t>(site)];
}

Site site_of(std::string_view name) {
    auto const found = std::find(names.begin(), names.end(), name);
    if (found == names.end())
        throw InputError(
            fmt::format("site '{}' is not known: use one of {}", name, joined(site_names())));
    return static_cast<Site>(found - names.begin());
}

Structure with_interstitial(Structure const& host, Parent const& parent, Site site, int z,
                            double separation, MinimumDistance const& minimum,
                            RandomStream& random) {
    if (parent.kind == Parent::Kind::other)
        throw InputError(
            "interstitial sites are known for lattices derived from bcc and fcc only: "
            "choose such a lattice");
    Structure s = host;
    auto const atom = static_cast<std::size_t>(random.below(s.positions.size()));
    auto const added = s.positions.size();
    std::size_t partner = added;
    Vec3 position = s.positions[atom];
    switch (site) {
        case Site::octahedral:
        case Site::tetrahedral:
            position += hole_offset(parent, site, random);
            break;
        case Site::crowdion: {
            Vec3 const row = row_vector(parent, random);
            position += 0.5 * row;
            open_row(s, position, row);
            break;
        }
        case Site::dumbbell_100:
        case Site::dumbbell_110:
        case Site::dumbbell_111: {
            double const length = separation > 0.0 ? separation : 0.8 * nearest_distance(parent);
            Vec3 const half = 0.5 * length * dumbbell_direction(parent, site, random);
            s.positions[atom] -= half;
            position += half;
            partner = atom;
            break;
        }
    }
    s.positions.push_back(position);
    s.species.push_back(z);
    push_away(s, added, partner, minimum);
    if (partner != added) push_away(s, partner, added, minimum);
    return s;
}

Structure with_vacancies(Structure const& s, int n_host, Vacancies const& vacancies,
                         RandomStream& random) {
    if (vacancies.count < 1 || vacancies.count >= n_host || vacancies.shell < 1)
        throw InputError(
            fmt::format("{} vacancies in shell {} among {} atoms cannot be made: use a "
                        "larger supercell",
                        vacancies.count, vacancies.shell, n_host));
    std::vector<bool> gone(s.positions.size(), false);
    std::size_t last = s.positions.size() - 1;  // the interstitial, for at_interstitial
    for (int v = 0; v < vacancies.count; ++v) {
        bool const anywhere = vacancies.arrangement == Arrangement::random ||
                              (v == 0 && vacancies.arrangement == Arrangement::cluster);
        std::vector<int> candidates;
        if (anywhere) {
            for (int j = 0; j < n_host; ++j)
                if (!gone[static_cast<std::size_t>(j)]) candidates.push_back(j);
        } else {
            candidates = shell_around(s, last, n_host, vacancies.shell, gone);
        }
        if (candidates.empty())
            throw InputError(
                fmt::format("an atom has no neighbours in shell {} among {} atoms: use a "
                            "larger supercell or a nearer shell",
                            vacancies.shell, n_host));
        last = static_cast<std::size_t>(pick(candidates, random));
        gone[last] = true;
    }
    Structure result{s.cell, {}, {}};
    for (std::size_t i = 0; i < s.positions.size(); ++i) {
        if (gone[i]) continue;
        result.positions.push_back(s.positions[i]);
        result.species.push_back(s.species[i]);
    }
    return result;
}

Structure substituted(Structure const& s, std::vector<std::pair<int, int>> const& counts,
                      RandomStream& random) {
    Structure result = s;
    auto const order = permutation(s.size(), random);
    std::size_t next = 0;
    for (auto const& [z, count] : counts)
        for (int i = 0; i < count; ++i) {
            KAMACITE_EXPECTS(next < order.size());
            result.species[static_cast<std::size_t>(order[next++])] = z;
        }
    return result;
}

}  // namespace kamacite::generate
