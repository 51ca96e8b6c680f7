#include "kamacite/dynamics/local_structure.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <span>

#include "kamacite/neighbours/block_list.hpp"

namespace kamacite::dynamics {
namespace {

constexpr std::size_t close_packed = 12, body_centred = 14;  // neighbours looked at
constexpr double tie = 1e-6;                                 // of a distance
constexpr double between_shells = 0.5 * (1.0 + std::numbers::sqrt2);

/// A set of neighbours: bit k is the k-th nearest.
using Set = std::uint32_t;

/// The nearest neighbours of an atom, nearest first: up to one more than any crystal here has.
struct Nearest {
    std::array<Vec3, body_centred + 1> vectors;
    std::array<double, body_centred + 1> distances{};
    std::size_t size = 0;

    /// Whether the n nearest are there, and nearer than all others.
    [[nodiscard]] bool has_shell(std::size_t n) const {
        return size == n || (size > n && distances[n] > distances[n - 1] * (1.0 + tie));
    }
    [[nodiscard]] double sum(std::size_t first, std::size_t last) const {
        double sum = 0.0;
        for (auto k = first; k < last; ++k) sum += distances[k];
        return sum;
    }
};

Nearest nearest_of(NeighboursOfAtom const& all) {
    Nearest nearest;
    auto& d = nearest.distances;
    std::array<int, body_centred + 1> which{};
    for (std::size_t k = 0; k < all.distance.size(); ++k) {
        double const here = all.distance[k];
        if (nearest.size == d.size()) {
            if (here >= d.back()) continue;
        } else {
            ++nearest.size;
        }
        auto place = nearest.size - 1;  // insertion: the list is short, and most are turned away
        for (; place > 0 && d[place - 1] > here; --place) {
            d[place] = d[place - 1];
            which[place] = which[place - 1];
        }
        d[place] = here;
        which[place] = static_cast<int>(k);
    }
    for (std::size_t k = 0; k < nearest.size; ++k) nearest.vectors[k] = all.vector(which[k]);
    return nearest;
}

/// Of each of the n nearest, those of them that are closer to it than the cutoff.
std::array<Set, body_centred> bonds_of(Nearest const& nearest, std::size_t n, double cutoff) {
    std::array<Set, body_centred> bonds{};
    for (std::size_t j = 0; j < n; ++j)
        for (std::size_t k = 0; k < j; ++k)
            if ((nearest.vectors[j] - nearest.vectors[k]).squaredNorm() < cutoff * cutoff) {
                bonds[j] |= Set{1} << k;
                bonds[k] |= Set{1} << j;
            }
    return bonds;
}

/// Atoms of a set that chains of bonds lead to from one of them.
Set chained(Set from, Set within, std::span<Set const> bonds) {
    Set reached = from;
    for (Set next = from; next != 0;) {
        Set found = 0;
        for (Set left = next; left != 0; left &= left - 1)
            found |= bonds[static_cast<std::size_t>(std::countr_zero(left))] & within;
        next = found & ~reached;
        reached |= found;
    }
    return reached;
}

int bonds_within(Set set, std::span<Set const> bonds) {
    int twice = 0;
    for (Set left = set; left != 0; left &= left - 1)
        twice += std::popcount(bonds[static_cast<std::size_t>(std::countr_zero(left))] & set);
    return twice / 2;
}

/// Shared neighbours, bonds between them, bonds in the longest chain: the digits of a number.
int signature(Set shared, std::span<Set const> bonds) {
    int longest = 0;
    for (Set left = shared; left != 0;) {
        Set const chain = chained(left & (~left + 1), shared, bonds);
        longest = std::max(longest, bonds_within(chain, bonds));
        left &= ~chain;
    }
    int const n = std::popcount(shared), m = bonds_within(shared, bonds);
    return n > 9 || m > 9 ? 0 : 100 * n + 10 * m + longest;
}

/// How many of the n nearest have each of two signatures.
std::array<int, 2> count(std::array<Set, body_centred> const& bonds, std::size_t n,
                         std::array<int, 2> const& signatures) {
    std::array<int, 2> counts{};
    for (std::size_t k = 0; k < n; ++k) {
        int const s = signature(bonds[k], bonds);
        for (std::size_t c = 0; c < 2; ++c) counts[c] += s == signatures[c] ? 1 : 0;
    }
    return counts;
}

LocalStructure of_twelve(Nearest const& nearest) {
    double const cutoff = between_shells * nearest.sum(0, close_packed) / 12.0;
    auto const bonds = bonds_of(nearest, close_packed, cutoff);
    auto const [n421, n422] = count(bonds, close_packed, {421, 422});
    if (n421 == 12) return LocalStructure::fcc;
    if (n421 == 6 && n422 == 6) return LocalStructure::hcp;
    if (n421 + n422 > 0) return LocalStructure::other;
    return count(bonds, close_packed, {555, 0})[0] == 12 ? LocalStructure::icosahedral
                                                         : LocalStructure::other;
}

LocalStructure of_fourteen(Nearest const& nearest) {
    double const cutoff = between_shells * 0.5 *
                          (2.0 * std::numbers::inv_sqrt3 * nearest.sum(0, 8) / 8.0 +
                           nearest.sum(8, body_centred) / 6.0);
    auto const [n666, n444] =
        count(bonds_of(nearest, body_centred, cutoff), body_centred, {666, 444});
    return n666 == 8 && n444 == 6 ? LocalStructure::bcc : LocalStructure::other;
}

}  // namespace

std::string_view name_of(LocalStructure structure) {
    constexpr std::array<std::string_view, n_local_structures> names{"other", "bcc", "fcc", "hcp",
                                                                     "icosahedral"};
    return names[static_cast<std::size_t>(structure)];
}

LocalStructure local_structure(NeighboursOfAtom const& neighbours) {
    auto const nearest = nearest_of(neighbours);
    if (nearest.has_shell(close_packed)) {
        auto const found = of_twelve(nearest);
        if (found != LocalStructure::other) return found;
    }
    return nearest.has_shell(body_centred) ? of_fourteen(nearest) : LocalStructure::other;
}

std::vector<LocalStructure> local_structures(Neighbours const& neighbours) {
    std::vector<LocalStructure> result;
    result.reserve(static_cast<std::size_t>(neighbours.size()));
    for (int i = 0; i < neighbours.size(); ++i) result.push_back(local_structure(neighbours.of(i)));
    return result;
}

int most_neighbours(mpi::Communicator const& comm, domain::Domain const& domain, double cutoff) {
    int most = 0;
    mpi::all_or_none(comm, [&] {
        neighbours_in_blocks(domain.structure().positions, domain.owned(), cutoff,
                             [&](BlockList const&, Neighbours const& lists) {
                                 for (int i = 0; i < lists.size(); ++i)
                                     most = std::max(most,
                                                     static_cast<int>(lists.of(i).distance.size()));
                             });
    });
    return comm.all_reduce(mpi::Op::max, most);
}

LocalStructureCounts count_local_structures(mpi::Communicator const& comm,
                                            domain::Domain const& domain, double cutoff) {
    LocalStructureCounts counts{};
    mpi::all_or_none(comm, [&] {
        neighbours_in_blocks(domain.structure().positions, domain.owned(), cutoff,
                             [&](BlockList const&, Neighbours const& lists) {
                                 for (auto const s : local_structures(lists))
                                     ++counts[static_cast<std::size_t>(s)];
                             });
    });
    comm.all_reduce(mpi::Op::sum, std::span<long long>{counts});
    return counts;
}

}  // namespace kamacite::dynamics
