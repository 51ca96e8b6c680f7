#pragma once
#include <span>

#include "kamacite/descriptors/pass.hpp"

namespace kamacite {

/// Floating-point operations of the three operations on descriptors.
struct Flops {
    double evaluate = 0.0;   ///< DescriptorPass::evaluate: values, and what the pull-back needs
    double pull_back = 0.0;  ///< DescriptorPass::pull_back, scatter to forces and virials included
    double tangent = 0.0;    ///< Descriptors::tangent
};

/// Counts the arithmetic that one call for all atoms of `neighbours` asks for.
///
/// An addition, multiplication, division, square root, minimum or maximum counts one, a fused
/// multiply-add two, exp what its polynomial takes (35, in single precision 22), sin, cos, tanh
/// and acos 20. Counted are:
///
/// * per neighbour within reach: its direction, the cutoff functions, each channel's weight and
///   slope, the monomials of its direction, their products with the weights of every channel
///   (the two top degrees only), the same backwards, and the sums of forces and virials;
/// * per atom: contractions of moments to functions and back;
/// * narrow and compact functions by what the mathematics asks for: one exponential or bump per
///   neighbour and per pair that is nonzero, and one distance, one angle and one of each power of
///   the cosine or bump of the angle per pair, whichever functions share it.
///
/// Not counted: padded lanes, sums over the lanes of a vector, comparisons, conversions, integers.
/// \param species  as Descriptors::evaluate
[[nodiscard]] Flops count_flops(Descriptors const& descriptors, Neighbours const& neighbours,
                                std::span<int const> species, Precision precision);

}  // namespace kamacite
