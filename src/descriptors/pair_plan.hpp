#pragma once
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "kamacite/descriptors/functions.hpp"
#include "lane_block.hpp"

namespace kamacite::detail {

/// Weight of the distance r_jk of two neighbours.
using PairWeight = std::variant<Gaussian, Window>;

/// ((1 + λ cos θ)/2)^ζ, which is in [0, 1] for any ζ
struct PowerOfCosine {
    double lambda, zeta;
    bool operator==(PowerOfCosine const&) const = default;
};

/// Function of the angle of two neighbours; a window is one of θ in radians.
using AngleFunction = std::variant<PowerOfCosine, Window>;

/// A smooth weight as w(r) = y^order q(r), y = 1 − r/r_c, so that it keeps its digits near r_c,
/// with q in lane_block pieces of equal length from 0 to r_c, a polynomial of t = 2 r/length − 2
/// piece − 1 in each.
template <class Real>
struct WeightTable {
    int degree = -1;  ///< −1: too rough for a table
    int order = 0;
    double per_radius = 0.0;         ///< 1/r_c [1/Å]
    double per_piece = 0.0;          ///< 1/length [1/Å]
    std::vector<Real> coefficients;  ///< (degree + 1, lane_block), the highest power first

    WeightTable() = default;
    /// The lowest degree that is exact to rounding, relative to the largest q.
    explicit WeightTable(Gaussian const& g);
};

/// Functions that sum over pairs of neighbours of two slots,
///
///     G = Σ_terms factor Σ_{j<k} g_a(r_ij) g_b(r_ik) w(r_jk) A(θ_jik),
///
/// sorted into what they share. What depends on the pair alone is computed once: products
/// g_a g_b, weights w (`crosses`) and functions A of the angle, held in rows of numbers, one per
/// pair. Functions with the same g_a g_b w are a group; groups with much the same angles are worked
/// on together, `width` at a time (a block).
struct PairPlan {
    static constexpr int width = 4;
    struct Product {
        int a, b;  ///< channels
        bool operator==(Product const&) const = default;
    };
    struct Cross {
        PairWeight weight;
        double reach;  ///< w = 0 beyond [Å]
        WeightTable<double> full;
        WeightTable<float> single;
    };
    struct Base {  ///< row = (1 + λ cos θ)/2
        int row;
        double lambda;
    };
    struct Step {  ///< row_out = row_left row_right
        int out, left, right;
    };
    struct Root {  ///< rows base^(ζ−1) and base^ζ for ζ that are no small whole numbers
        int base, below, value;
        double zeta;
    };
    struct Bump {  ///< rows A(θ) and dA/d cos θ
        Window window;
        int value, slope;
    };
    struct Angle {  ///< A in row `value`, dA/d cos θ = slope_factor row `slope`
        int value, slope;
        double slope_factor;
    };
    struct Group {
        int product;
        int cross;  ///< −1: none
    };
    struct Block {
        int first, count;           ///< groups
        std::vector<Angle> angles;  ///< of any of its groups
        int table;                  ///< its entries in tables of one number per (angle, group)
    };
    struct Term {
        int column;
        double factor;
        int entry;            ///< table + width (place of the angle in the block) + group
        double slope_factor;  ///< of the angle
    };

    int slot_a, slot_b;
    double reach = 0.0;  ///< pairs farther apart do not matter [Å]; infinite if a group has no w
    std::vector<Product> products;
    std::vector<Cross> crosses;
    std::vector<Base> bases;
    std::vector<Step> steps;
    int value_steps = 0;  ///< those that the values need come first
    std::vector<Root> roots;
    std::vector<Bump> bumps;
    std::vector<Angle> angles;
    std::vector<Group> groups;
    std::vector<Block> blocks;
    std::vector<Term> terms;
    int rows = 1;     ///< row 0 is filled with ones
    int entries = 0;  ///< size of a table
};

/// One term of a function, before sorting: the channels' slots are slot_a, slot_b.
struct PairDraft {
    int column;
    int a, b, slot_a, slot_b;
    std::optional<PairWeight> cross;
    AngleFunction angle;
    double factor;
};

/// \returns one plan for each pair of slots that `drafts` name
[[nodiscard]] std::vector<PairPlan> plan_pairs(std::span<PairDraft const> drafts);

}  // namespace kamacite::detail
