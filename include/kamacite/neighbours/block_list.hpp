#pragma once
#include <array>
#include <functional>

#include "kamacite/neighbours/neighbours.hpp"

namespace kamacite {

/// Some consecutive atoms of a structure and who may be near them: lists without vectors, which
/// hold as long as atoms have not moved too far. The atoms of a block are counted from its own
/// first, those that are listed before those around.
struct BlockList {
    int begin = 0, end = 0;   ///< the atoms that are listed, by their numbers in the whole
    std::vector<int> around;  ///< the others that lists may name, by their numbers in the whole
    std::vector<int> first;   ///< first[i] .. first[i + 1]: the entries of listed atom i
    std::vector<int> atom;    ///< of each entry, counted in the block

    [[nodiscard]] int listed() const noexcept { return end - begin; }
    [[nodiscard]] int size() const noexcept { return listed() + static_cast<int>(around.size()); }
    /// The number in the whole of an atom of the block.
    [[nodiscard]] int number(int i) const noexcept {
        return i < listed() ? begin + i : around[static_cast<std::size_t>(i - listed())];
    }
};

/// Atoms without periodicity by bins of space, in which blocks of them find who is near.
class AtomBins {
public:
    /// \param positions  [Å], finite; must outlive the bins
    /// \param cutoff     [Å], positive
    AtomBins(std::span<Vec3 const> positions, double cutoff);

    /// Lists of the atoms begin … end − 1: all pairs within the cutoff, and some that are beyond it
    /// by less than rounding in single precision. The order of entries follows from the positions.
    /// The nearer the atoms of a block are to each other, the fewer are around it.
    /// \param list  replaced; its memory is used again
    /// \throws DataError if two atoms, one of them listed, sit on the same point (below 1e-6 Å)
    void fill(int begin, int end, BlockList& list);

private:
    /// A column of bins near another one, and how many bins up and down matter.
    struct Reach {
        int a, b, c;
    };
    /// Bins of one column, from … to.
    struct Interval {
        int from, to;
    };
    [[nodiscard]] std::array<int, 3> bin_of(Vec3 const& r) const;
    void find_columns(int begin, int end);
    /// Copies the atoms that may be near the block, column by column.
    void gather(int begin, int end, Vec3 const& low, Vec3 const& high, BlockList& list);

    /// Ranges of gathered atoms that may be near those of a bin, as pairs of begin and end.
    /// \returns how many atoms there are in all of them
    std::size_t ranges_around(std::array<int, 3> const& bin, std::vector<int>& ranges) const;

    std::span<Vec3 const> positions_;
    double cutoff_;
    Vec3 origin_, width_;
    std::array<int, 3> bins_{1, 1, 1};
    std::vector<Reach> reach_;
    std::vector<int> first_;    // first_[b] .. first_[b+1]: the atoms of bin b
    std::vector<int> atom_;     // by bin
    std::vector<Vec3> sorted_;  // positions of atom_

    // work space of fill(), kept from block to block
    std::vector<Interval> own_, near_;  // of each column: bins of listed atoms, bins to be searched
    std::vector<int> own_columns_, near_columns_;  // those whose intervals are not empty
    std::vector<int> start_;                       // of each bin, and one more of each column
    std::vector<float> x_, y_, z_;                 // of the atoms gathered
    std::vector<int> place_;                       // of each of them, its number in the block
    std::vector<int> found_;
};

/// The lists of a block with vectors, as a Potential takes them.
/// \param positions  of the atoms of the block [Å], those around behind those listed
/// \param cutoff  [Å]: what is farther is left out
[[nodiscard]] Neighbours neighbours_of(BlockList const& list, std::span<Vec3 const> positions,
                                       double cutoff);

/// Atoms that get vectors to their neighbours at a time: these fit the cache, and the atoms are not
/// so few that most are around others.
inline constexpr int atoms_per_block = 1024;

/// Neighbours of the first atoms of a structure without periodicity, a block of them at a time.
/// \param first   how many atoms get a list, 0 … positions.size()
/// \param cutoff  [Å], positive
/// \param use     called for one block after the other; atoms of the lists are counted in the block
/// \throws DataError as AtomBins::fill()
void neighbours_in_blocks(std::span<Vec3 const> positions, int first, double cutoff,
                          std::function<void(BlockList const&, Neighbours const&)> const& use);

}  // namespace kamacite
