#pragma once
#include <array>
#include <vector>

#include "kamacite/descriptors/cutoff.hpp"

namespace kamacite {

/// In place of a neighbour's atomic number: neighbours of every element of the set, each weighted
/// with its atomic number Z_j (and pairs with Z_j Z_k).
/// Source: Gastegger et al., J. Chem. Phys. 148, 241709 (2018).
inline constexpr int every_element = 0;

// Directions of moments (collinear magnetism). In a set with directions of the element Z, its
// neighbours are of kinds, by the product of the directions s = +1, −1, 0 (none) of centre and
// neighbour:
//
//     Z: s_i s_j = +1      −Z: s_i s_j = −1      Z + without_moment: s_i s_j = 0
//
// so that nothing changes if all moments are turned round. Centres of elements without directions
// see neighbours of Z whatever theirs. Centres are written as atomic numbers.
// Source: Eckhoff and Behler, npj Comput. Mater. 7, 170 (2021): their spin augmentation functions
// M+ and M− (for pairs of neighbours ++, −− and +−) are the first two kinds, M0 is their sum.

/// Radial symmetry function of a pair of elements.
///
///     G_i = Σ_j exp(−η (r_ij − r_s)²) f_c(r_ij)          j of element `neighbour`
///
/// With every_element each term is multiplied by Z_j.
/// Source: Behler and Parrinello, Phys. Rev. Lett. 98, 146401 (2007), G²; n2p2 types 2 and 12.
struct RadialFunction {
    int centre;     ///< atomic number
    int neighbour;  ///< atomic number, or every_element
    double eta;     ///< η [1/Å²]
    double shift;   ///< r_s [Å]
    Cutoff cutoff;
    bool operator==(RadialFunction const&) const = default;
};

/// Angular symmetry function of a triple of elements.
///
///     narrow (G⁴, n2p2 type 3):  G_i = 2^(1−ζ) Σ_{j<k} (1 + λ cos θ_jik)^ζ
///                                      exp(−η [(r_ij−r_s)² + (r_ik−r_s)² + (r_jk−r_s)²])
///                                      f_c(r_ij) f_c(r_ik) f_c(r_jk)
///     wide   (G⁵, n2p2 type 9):  the same without the terms of r_jk
///
/// Pairs j, k have the elements `first` and `second` in either order; each pair counts once.
/// With every_element twice each term is multiplied by Z_j Z_k (narrow: n2p2 type 13).
/// Source: Behler, J. Chem. Phys. 134, 074106 (2011).
struct AngularFunction {
    enum class Form : int { narrow = 3, wide = 9 };
    Form form;
    int centre;     ///< atomic number
    int first;      ///< atomic number, ≤ second; or every_element
    int second;     ///< atomic number; every_element if and only if first is
    double eta;     ///< η [1/Å²]
    double lambda;  ///< λ, +1 or −1 as a rule
    double zeta;    ///< ζ ≥ 1; wide functions of whole ζ ≤ 16 cost no sum over pairs
    double shift;   ///< r_s [Å]
    Cutoff cutoff;
    bool operator==(AngularFunction const&) const = default;
};

/// Bump with compact support: C(x) = f(t), t = |x − c|/w, c = (low + high)/2, w = (high − low)/2,
/// and 0 outside (low, high). f is a form of the cutoff functions that falls from f(0) = 1 to
/// f(1) = 0; asymmetric bumps take f(t (2 − t)) instead.
/// Source: Bircher, Singraber, Dellago, Mach. Learn.: Sci. Technol. 2, 035026 (2021).
struct Window {
    double low = 0.0;
    double high = 0.0;
    CutoffForm form = CutoffForm::poly2;  ///< exponential, poly1 … poly4
    bool asymmetric = false;

    /// C(x) and dC/dx.
    [[nodiscard]] Cutoff::Value at(double x) const;
    bool operator==(Window const&) const = default;
};

/// Radial function with compact support: G_i = Σ_j C(r_ij); with every_element Σ_j Z_j C(r_ij).
/// Source: as Window; n2p2 types 20 and 23.
struct CompactRadialFunction {
    int centre;     ///< atomic number
    int neighbour;  ///< atomic number, or every_element
    Window radial;  ///< [Å]; low may be negative
    bool operator==(CompactRadialFunction const&) const = default;
};

/// Angular function with compact support.
///
///     narrow (n2p2 types 21, 24):  G_i = Σ_{j<k} C(r_ij) C(r_ik) C(r_jk) A(θ_jik)
///     wide   (n2p2 types 22, 25):  the same without C(r_jk)
///
/// Elements as in AngularFunction. Source: as Window.
struct CompactAngularFunction {
    enum class Form : int { narrow = 21, wide = 22 };
    Form form;
    int centre;      ///< atomic number
    int first;       ///< atomic number, ≤ second; or every_element
    int second;      ///< atomic number; every_element if and only if first is
    Window radial;   ///< C [Å]
    Window angular;  ///< A [degrees]; never asymmetric
    bool operator==(CompactAngularFunction const&) const = default;
};

/// Weight of a neighbour by its distance, g(r) = exp(−η (r − r_s)²) f_c(r).
struct Gaussian {
    double eta;    ///< η [1/Å²]
    double shift;  ///< r_s [Å]
    Cutoff cutoff;
    bool operator==(Gaussian const&) const = default;
};

/// Power function: two weights, which may differ, and a Legendre polynomial of the angle.
///
///     G_i = Σ_j Σ_k g_a(r_ij) g_b(r_ik) P_l(cos θ_jik)      j of `first`, k of `second`
///
/// All ordered pairs count, j = k among them: G is Σ_m c_lm^a c_lm^b 4π/(2l+1) of the expansion of
/// the neighbour density in spherical harmonics. Costs no work per neighbour where the wide
/// functions use the same weights. Source: Bartók, Kondor, Csányi, Phys. Rev. B 87, 184115 (2013);
/// Drautz, Phys. Rev. B 99, 014104 (2019).
struct PowerFunction {
    int centre;  ///< atomic number
    int first;   ///< atomic number of the neighbours that a weighs
    int second;  ///< atomic number of those that b weighs
    Gaussian a, b;
    int degree;  ///< l, 0 … 16
    bool operator==(PowerFunction const&) const = default;
};

/// Four-body function: a contraction of three moments of the neighbourhood.
///
///     G_i = Σ_j Σ_k Σ_l g_a(r_ij) g_b(r_ik) g_c(r_il) cos^p θ_jk cos^q θ_kl cos^s θ_lj
///
/// j, k, l have the elements neighbours[0 … 2]; cos θ_jk = u_j·u_k with u = r/|r|. All ordered
/// triples count. Written with moments M^(n) = Σ_j g_j u_j ⊗ … ⊗ u_j it costs no loop over triples:
/// for (p, q, s) = (1, 1, 1) it is tr(M_a M_b M_c) of the second moments.
/// Source: Shapeev, Multiscale Model. Simul. 14, 1153 (2016), for the contractions.
struct TripleFunction {
    int centre;
    std::array<int, 3> neighbours;
    std::array<Gaussian, 3> weights;
    std::array<int, 3> powers;  ///< p, q, s ≥ 0, at most 4 each
    bool operator==(TripleFunction const&) const = default;
};

/// Functions of every kind, of any centres.
struct FunctionSet {
    std::vector<RadialFunction> radial{};
    std::vector<AngularFunction> angular{};
    std::vector<CompactRadialFunction> compact_radial{};
    std::vector<CompactAngularFunction> compact_angular{};
    std::vector<PowerFunction> power{};
    std::vector<TripleFunction> triple{};
    /// Calls work(functions) for the vector of each kind, in the order of the members, which is the
    /// order of the columns of a descriptor.
    template <class F>
    void for_each_kind(F const& work) const {
        visit(*this, work);
    }
    template <class F>
    void for_each_kind(F const& work) {
        visit(*this, work);
    }

private:
    template <class Self, class F>
    static void visit(Self& self, F const& work) {
        work(self.radial);
        work(self.angular);
        work(self.compact_radial);
        work(self.compact_angular);
        work(self.power);
        work(self.triple);
    }
};

}  // namespace kamacite
