#pragma once
#include <string>

namespace kamacite {

/// Form of a cutoff function, with the numbers that n2p2 gives them. Below α r_c every form but the
/// two of tanh³ is 1; from there to r_c it falls to 0 as a function of x = (r − α r_c)/(r_c − α
/// r_c). The forms of tanh³ do not use α. Beyond r_c all are 0. Derivatives that are continuous at
/// r_c: none (hard), 1 (cosine), 2 (tanh³), all (exponential), 1, 2, 3, 4 (poly1 … poly4).
///
/// Source: Singraber, Behler, Dellago, J. Chem. Theory Comput. 15, 1827 (2019), and the
/// documentation of n2p2's cutoff types 0 … 8.
enum class CutoffForm : int {
    hard = 0,         ///< 1 up to r_c
    cosine = 1,       ///< ½ [cos(πx) + 1]
    tanh3 = 2,        ///< tanh³(1 − r/r_c)
    tanh3_norm = 3,   ///< tanh³(1 − r/r_c) / tanh³(1), which is 1 at r = 0
    exponential = 4,  ///< exp(1 − 1/(1 − x²))
    poly1 = 5,        ///< (2x − 3) x² + 1
    poly2 = 6,        ///< ((15 − 6x) x − 10) x³ + 1
    poly3 = 7,        ///< (x (x (20x − 70) + 84) − 35) x⁴ + 1
    poly4 = 8,        ///< (x (x ((315 − 70x) x − 540) + 420) − 126) x⁵ + 1
};

/// Cutoff function f_c(r): form, radius r_c and inner radius α r_c.
struct Cutoff {
    CutoffForm form = CutoffForm::poly3;
    double radius = 6.5;  ///< r_c [Å], positive
    double inner = 0.0;   ///< α in [0, 1)

    struct Value {
        double f;      ///< f_c(r)
        double slope;  ///< df_c/dr [1/Å]
    };
    [[nodiscard]] Value at(double r) const;
    bool operator==(Cutoff const&) const = default;
};

[[nodiscard]] std::string name_of(CutoffForm form);                ///< e.g. "poly3"
[[nodiscard]] CutoffForm cutoff_form_of(std::string const& name);  ///< \throws InputError

}  // namespace kamacite
