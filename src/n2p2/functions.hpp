#pragma once
// Private to the module: symmetry functions as lines of input.nn, and their order.
#include <array>
#include <string>
#include <vector>

#include "settings.hpp"

namespace kamacite::n2p2 {

/// One line symfunction_short. What a type does not have is zero or empty.
struct Function {
    int type = 0;                     ///< 2, 3, 9, 12, 13, 20 … 25
    int centre = 0;                   ///< atomic number
    std::array<int, 2> neighbours{};  ///< atomic numbers, ascending; 0 0 if weighted
    double cutoff = 0.0;              ///< r_c
    double eta = 0.0, shift = 0.0, zeta = 0.0, lambda = 0.0;  ///< types below 20
    double low = 0.0;                ///< lower end of the radial window, r_c being the upper
    double left = 0.0, right = 0.0;  ///< angular window [degree]
    std::string subtype{};           ///< form of the window: "p1" … "p4a", "e"
    int line = 0;
};

/// The order of n2p2, which numbers the rows of scaling.data and of the first layer's weights.
[[nodiscard]] bool comes_before(Function const& a, Function const& b);

/// Kind of kamacite's functions that a type belongs to, as FunctionSet orders them: 0 radial,
/// 1 angular, 2 compact radial, 3 compact angular.
[[nodiscard]] int kind_of(int type);

/// Place in `sorted` of each column of kamacite's descriptors.
[[nodiscard]] std::vector<std::size_t> columns_of(std::vector<Function> const& sorted);

/// The functions of all elements, each list in n2p2's order.
/// \param elements  atomic numbers, ascending \throws InputError naming the line
[[nodiscard]] std::vector<std::vector<Function>> read_functions(Settings const& settings,
                                                                std::vector<int> const& elements,
                                                                std::vector<std::string>& warnings);

/// Cutoff of the functions below type 20, radius in the unit of the file.
/// \param warnings  an inner part that the form does not use is added
/// \throws InputError naming the line
[[nodiscard]] Cutoff read_cutoff(Settings const& settings, std::vector<std::string>& warnings);

/// Adds a function in Å. \param cutoff  form and inner part
void append(FunctionSet& set, Function const& function, Cutoff cutoff, double length);

/// Functions of one centre, in the order of the columns. \throws DataError naming what n2p2 lacks
[[nodiscard]] std::vector<Function> functions_of(FunctionSet const& set, int centre);

/// The one cutoff form of a set. \throws DataError if there is more than one
[[nodiscard]] Cutoff common_cutoff(FunctionSet const& set);

/// "symfunction_short Fe 2 Fe …"
[[nodiscard]] std::string line_of(Function const& function);

}  // namespace kamacite::n2p2
