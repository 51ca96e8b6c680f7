#pragma once
#include <map>
#include <string>
#include <vector>

#include "kamacite/neighbours/neighbours.hpp"

namespace kamacite {

/// What a potential says of a structure. Vectors that the potential does not give are empty.
struct Prediction {
    std::vector<double> energies;  ///< E_i [eV], one per atom; their sum is the energy
    std::vector<Vec3> forces;      ///< −∂E/∂r_i [eV/Å], one per atom, ghosts included
    /// Per-atom virial W_i = Σ_j r_ij ⊗ ∂E_j/∂r_ji [eV], 9 components, not symmetric. It is the one
    /// that gives the right heat flux: J = Σ_i v_i e_i + Σ_i W_i · v_i (docs/conventions.md).
    std::vector<Mat3> virials;
    std::vector<double> moments;  ///< m_i [μ_B], one per atom: negative where the species is
    /// How far each atom's surroundings are outside what the potential was made for, in units of
    /// its range: 0 inside (Model::predict).
    std::vector<double> extrapolation;
    /// Extrapolation grade γ of each atom: up to 1 inside of what the potential was made from
    /// (Model::set_grade); empty where it is not known.
    std::vector<double> grade;
    std::map<std::string, double> properties;  ///< of the whole structure, units as property_unit()

    [[nodiscard]] double energy() const;  ///< Σ E_i [eV]
    [[nodiscard]] Mat3 virial() const;    ///< W = Σ W_i = −∂E/∂ε [eV]
    /// Cauchy stress σ = −W/V [eV/Å³], tension positive.
    [[nodiscard]] Mat3 stress(double volume) const;
};

/// How far from what it was made from a potential was asked: the largest of all atoms.
struct Reach {
    double extrapolation = 0.0;  ///< Prediction::extrapolation: 0 inside
    double grade = 0.0;          ///< Prediction::grade, which is never 0; 0: not known

    void include(Prediction const& prediction);
    void include(Reach const& other);
};

/// Energy of a structure as a sum over atoms of a function of their neighbours.
///
/// The lists may cover the first n = neighbours.size() atoms alone. The atoms behind are ghosts:
/// they stand for atoms (or images of atoms) that are listed elsewhere. They have no energy of
/// their own, but they take their part of −∂E/∂r and of the virial of the energies of the first n:
///
///     E = Σ_{i<n} E_i;  energies, moments, extrapolation and grade have n entries,
///     forces and virials structure.size() of them
///
/// What ghosts have, added to the atoms they stand for, gives the forces and virials of the whole;
/// before, those of the first n are parts too. Their sums, virial() and stress(), are complete
/// only when they are added over all parts. Properties of the whole structure are those of the
/// first n atoms.
class Potential {
public:
    Potential() = default;
    Potential(Potential const&) = default;
    Potential& operator=(Potential const&) = default;
    Potential(Potential&&) = default;
    Potential& operator=(Potential&&) = default;
    virtual ~Potential() = default;

    [[nodiscard]] virtual double cutoff() const = 0;  ///< [Å]

    /// \param neighbours  of the first n atoms of `structure`, within at least cutoff(); n may be
    ///        smaller than its size, and 0
    /// \throws DataError if the structure has an element that the potential does not know
    [[nodiscard]] virtual Prediction predict(Structure const& structure,
                                             Neighbours const& neighbours) const = 0;
};

}  // namespace kamacite
