#pragma once
#include <span>
#include <vector>

#include "kamacite/structure/structure.hpp"

namespace kamacite {

/// The neighbours of one atom: which atom (several entries may name the same one through different
/// images), the vector r_j − r_i and its length [Å]. All spans have the same length.
struct NeighboursOfAtom {
    std::span<int const> atom;
    std::span<double const> x, y, z;
    std::span<double const> distance;

    [[nodiscard]] int size() const noexcept { return static_cast<int>(atom.size()); }
    [[nodiscard]] Vec3 vector(int k) const {
        auto const n = static_cast<std::size_t>(k);
        return {x[n], y[n], z[n]};
    }
};

/// Neighbours of every atom within a cutoff: one list per atom, end to end (CSR), as a structure of
/// arrays. Every image within the cutoff is an entry of its own, images of the atom itself among
/// them. Entries of one atom are in a fixed order that depends on the structure alone.
class Neighbours {
public:
    Neighbours() = default;

    [[nodiscard]] int size() const noexcept { return static_cast<int>(first_.size()) - 1; }
    [[nodiscard]] long long entries() const noexcept { return first_.back(); }
    [[nodiscard]] NeighboursOfAtom of(int i) const;

    void reserve(int atoms, long long entries);
    void add(int atom, Vec3 const& vector);  ///< one more neighbour of the atom being listed
    void close_atom();                       ///< what add() gives next belongs to the next atom

    /// The whole list of the next atom in one go; the spans have the same length.
    void add_atom(std::span<int const> atoms, std::span<double const> x, std::span<double const> y,
                  std::span<double const> z);

    /// Appends the lists of another structure, whose atoms are counted on from the atoms here:
    /// several structures become one disconnected system, evaluated in one go.
    void append(Neighbours const& other);

    /// Follows atoms that have moved: r_ij becomes r_ij + d_j − d_i, distances likewise. The
    /// entries stay as they are, so a list found within a cutoff and a skin holds until some atom
    /// has moved by half the skin.
    /// \param displacements  d [Å], one per atom that the lists name
    void move(std::span<Vec3 const> displacements);

private:
    std::vector<long long> first_{0};  // first_[i] .. first_[i+1]: the entries of atom i
    std::vector<int> atom_;
    std::vector<double> x_, y_, z_, distance_;
};

/// Neighbours by cell lists: O(N) for large structures, any cell shape, any number of images,
/// any combination of periodic directions.
/// \param cutoff  [Å], positive; pairs with distance < cutoff are listed
/// \throws DataError if two atoms sit on the same point (distance below 1e-6 Å)
[[nodiscard]] Neighbours find_neighbours(Structure const& s, double cutoff);

/// The same by trying every pair and every image: O(N²), the reference for find_neighbours().
[[nodiscard]] Neighbours find_neighbours_all_pairs(Structure const& s, double cutoff);

}  // namespace kamacite
