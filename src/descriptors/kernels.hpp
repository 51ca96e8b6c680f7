#pragma once
#include "workspace.hpp"

namespace kamacite::detail {

/// The operations for one atom, whose neighbours have been gathered into `w`, in double or single
/// precision. Each picks the widest vector instructions that the processor has.

/// Puts the neighbours of an atom into lanes: slot after slot, near ones first.
/// \param slot_of  slot of every atom that `list` names
template <class Real>
void gather_atom(CentrePlan const& plan, NeighboursOfAtom const& list, std::span<int const> slot_of,
                 Workspace<Real>& w);

/// Adds forces and virials that ∂E_i/∂r_ij gives to atom i and its neighbours, after
/// pull_back_atom(): +p to i, −p to j, and −r_ij ⊗ p to the virial of j.
template <class Real>
void scatter_atom(Workspace<Real>& w, int i, AtomSum* sums);

/// \param g  the values of the functions of the centre, plan.size of them
template <class Real>
void evaluate_atom(CentrePlan const& plan, Workspace<Real>& w, double* g);

/// Computes what values_of_atom() and pull_back_atom() need and leaves it in `w`.
template <class Real>
void prepare_atom(CentrePlan const& plan, Workspace<Real>& w);

/// The values of the functions, after prepare_atom().
template <class Real>
void values_of_atom(CentrePlan const& plan, Workspace<Real>& w, double* g);

/// Fills w.px, w.py, w.pz with ∂E_i/∂r_ij [eV/Å] of every lane, after prepare_atom().
/// \param dE_dG  plan.size of them
template <class Real>
void pull_back_atom(CentrePlan const& plan, Workspace<Real>& w, double const* dE_dG);

/// Fills the scratch's rx, ry, rz with the motion ṙ_ij = δ_j − δ_i + ε r_ij of every lane; padding
/// has one too, any finite one.
template <class Real>
void move_atom(Workspace<Real>& w, int i, std::span<Vec3 const> displacements, Mat3 const& strain);

/// After move_atom().
/// \param rate  the derivatives of the functions of the centre, plan.size of them
template <class Real>
void tangent_atom(CentrePlan const& plan, Workspace<Real>& w, double* rate);

}  // namespace kamacite::detail
