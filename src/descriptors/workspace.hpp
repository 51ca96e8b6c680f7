#pragma once
#include <hwy/aligned_allocator.h>

#include <new>

#include "lane_block.hpp"
#include "plan.hpp"

namespace kamacite::detail {

/// Aligned memory that grows and is never initialised.
template <class Real>
class Buffer {
public:
    /// Room for n numbers. What was there is lost if it has to grow.
    Real* room(std::size_t n) {
        if (n > capacity_) {
            capacity_ = n + n / 4;  // a little more: lists of neighbours differ by a few
            data_ = hwy::AllocateAligned<Real>(capacity_);
            if (data_ == nullptr) throw std::bad_alloc{};
        }
        return data_.get();
    }
    [[nodiscard]] Real* get() const { return data_.get(); }

private:
    hwy::AlignedFreeUniquePtr<Real[]> data_;
    std::size_t capacity_ = 0;
};

/// Neighbours k, a vector of lanes from `k`, that are paired with neighbour j in a batch of pairs.
struct PairPiece {
    int j, k;
    int first;      ///< place of the first of these pairs in the batch
    unsigned mask;  ///< bit n: lane k + n counts
};

/// Force and virial of an atom, padded so that they are added in whole vectors.
struct alignas(32) AtomSum {
    double force[4] = {};      ///< x, y, z, and one that is not used
    double virial[3][4] = {};  ///< row by row
};

/// Memory that the operations use while they run and leave nothing in. Used again for the next
/// atom, so that it stays in the cache and nothing is allocated from the second atom on.
template <class Real>
struct Scratch {
    Buffer<Real> rx, ry, rz;                         ///< motion: rate of r_ij
    Buffer<Real> r_rate, ux_rate, uy_rate, uz_rate;  ///< rates of length and direction
    Buffer<Real> px, py, pz;                         ///< ∂E_i/∂r_ij, from pull-back to scatter
    Buffer<double> pushes;                           ///< (lanes, 4): p as x, y, z, 0
    Buffer<Real> cutoff, cutoff_slope;               ///< (cutoffs, lanes)
    Buffer<Real> g_rate;                             ///< (channels, lanes)
    Buffer<Real> basis, basis_rate;                  ///< monomials of a few vectors of lanes
    Buffer<Real> sums, sums_rate;                    ///< moments, not yet summed over lanes
    Buffer<Real> tables_rate, tables_gradient;       ///< as Workspace::tables
    Buffer<Real> moments_rate, moments_gradient;     ///< as Workspace::moments
    Buffer<Real> dots;                               ///< one row per degree, of one family
    Buffer<Real> line;                               ///< sums over lanes of one family
    Buffer<Real> linear, quadratic;  ///< per channel: ∂E/∂g_j = linear + quadratic g_j + …
    Buffer<Real> mixed;       ///< moments' gradient weighted with the g of a few vectors of lanes
    Buffer<Real> pairs;       ///< batch of pairs of neighbours
    Buffer<Real> pair_rows;   ///< what is computed of a few vectors of them
    Buffer<Real> pair_table;  ///< sums or coefficients of the terms of a PairPlan
    Buffer<Real> dE_dg;       ///< (channels, lanes), of the pairs
    Buffer<Real> pair_pull;   ///< (5, lanes), as PairPull
    std::vector<PairPiece> pieces;  ///< of the batch
    std::vector<int> shell;         ///< of every neighbour, when they are put into lanes
    std::vector<int> shell_count;   ///< neighbours of each shell
};

/// One atom: its neighbours as lanes, slot after slot, and what is computed of them, in double or
/// single precision.
template <class Real>
struct Workspace {
    /// \param s  kept by reference; any number of workspaces may share it
    explicit Workspace(Scratch<Real>& s) : scratch{s} {}

    /// Lanes first … near_last−1 hold the neighbours within the near radius, near_end … last−1
    /// those beyond; lanes up to near_end and end are padding. All but the lasts are multiples of
    /// lane_block.
    struct Slot {
        int first, near_last, near_end, last, end;
        int near_count, count;  ///< neighbours, without the padding
    };
    std::vector<Slot> slots;
    std::vector<int> atom;  ///< which atom each lane is; −1 for padding
    int lanes = 0;

    Buffer<Real> x, y, z, distance, inverse;  ///< r_ij [Å], its length and 1/length
    Buffer<Real> ux, uy, uz;                  ///< r_ij / |r_ij|
    Buffer<Real> g, g_slope;                  ///< (channels, lanes)
    Buffer<Real> tables;                      ///< moments, family by family (n_table)
    Buffer<Real> moments;                     ///< the same channel by channel (n_moments)
    Scratch<Real>& scratch;
};

}  // namespace kamacite::detail
