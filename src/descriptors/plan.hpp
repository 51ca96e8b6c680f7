#pragma once
#include <array>
#include <vector>

#include "contractions.hpp"
#include "kamacite/core/element.hpp"
#include "kamacite/descriptors/descriptors.hpp"
#include "pair_plan.hpp"

namespace kamacite::detail {

/// Rows of the tables of families are padded to whole multiples of this many channels.
inline constexpr int channel_block = 8;

/// Whether an angular function is a polynomial of moments: a wide one with a whole ζ up to
/// largest_degree. Others are sums over pairs of neighbours.
[[nodiscard]] bool has_moment_form(AngularFunction const& f);

/// The functions of one centre element, sorted into what they share. Neighbours are held in one
/// slot per element of the set, and more for kinds of it that differ in their direction. A channel
/// is a weight of distance in a slot, a Gaussian g(r) = exp(−η (r − r_s)²) f_c(r) or a window, used
/// by any number of functions.
struct CentrePlan {
    struct CutoffUse {
        int slot;
        Cutoff cutoff;
    };
    struct Channel {
        int slot;
        int cutoff;         ///< index into `cutoffs`; −1: a window
        double eta, shift;  ///< η [1/Å²], r_s [Å]
        bool near;          ///< vanishes beyond the slot's near radius
        int degree;         ///< moments up to this degree are wanted; 0: none
        int moments;        ///< where they start in a table of `n_moments`
        double radius;      ///< g = 0 beyond [Å]
        Window window{};
    };
    /// Channels first … first+count−1 of a slot that want moments of the same degree.
    struct Family {
        int slot, degree, first, count;
        int stride;               ///< of a row of its table: count, padded
        int table;                ///< where its table of moments_up_to(degree) rows starts
        std::vector<int> groups;  ///< members of `wide` whose a = b is one of its channels
    };
    struct Radial {
        int column, channel;
        double factor;  ///< 1, or Z_j of weighted functions
    };
    /// Wide and power functions of one pair of channels:
    ///     G_t = Σ_n coefficient[t][n] S_n − diagonal[t] Σ_j g_j²
    struct Wide {
        int a, b;    ///< channels; a = b if both weights and elements are the same
        int degree;  ///< the largest ζ or l
        std::vector<int> columns;
        std::vector<double> coefficients;  ///< (terms, degree + 1)
        std::vector<double> diagonal;      ///< one per term
        bool has_diagonal;                 ///< any of them is not zero
    };
    /// Four-body function: a sum of products of three of the `n_moments`.
    struct Triple {
        int column;
        TripleSum sum;
    };
    /// Neighbours beyond `far` matter to no function, those beyond `near` to radial ones only.
    struct Slot {
        double near = 0.0, far = 0.0;  ///< [Å]
        int degree = 0;                ///< largest degree of a channel
    };

    std::vector<Slot> slots;
    std::vector<CutoffUse> cutoffs;
    std::vector<Channel> channels;
    std::vector<Family> families;
    std::vector<Radial> radial;
    std::vector<Wide> wide;
    std::vector<Triple> triple;
    std::vector<PairPlan> pairs;
    int n_moments = 0;
    int n_table = 0;              ///< numbers in the tables of all families
    bool mixes_channels = false;  ///< some functions multiply moments of different channels
    int size = 0;                 ///< number of functions
};

/// Plans of all centre elements, and the slot of each species. Slots of elements come first, in
/// the order of Descriptors::elements(), then those of other kinds of neighbours.
struct Plan {
    static constexpr int largest_z = 128;
    std::vector<CentrePlan> centres;  ///< in the order of Descriptors::elements()
    std::vector<int> element_of_slot;

    explicit Plan(Descriptors const& d);

    /// The slot in which an atom is for centres of a direction (of an element that has them).
    /// \returns −1 if the element is not in the set
    [[nodiscard]] int slot_of(Direction centre, int species) const noexcept {
        auto const z = static_cast<std::size_t>(element_of(species));
        if (z >= largest_z) return -1;
        return slots_[static_cast<std::size_t>(centre)]
                     [static_cast<std::size_t>(direction_of(species))][z];
    }

private:
    using OfElements = std::array<int, largest_z>;
    std::array<std::array<OfElements, 3>, 3> slots_{};  // by direction of centre and neighbour
};

}  // namespace kamacite::detail
