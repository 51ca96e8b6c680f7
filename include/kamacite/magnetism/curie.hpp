#pragma once
#include "kamacite/magnetism/simulation.hpp"

namespace kamacite::magnetism {

/// U₄ of classical Heisenberg spins in a cube with periodic boundaries at T_c, when it is large.
/// Source: Holm and Janke, Phys. Rev. B 48, 936 (1993).
inline constexpr double critical_binder = 0.6217;

/// Where the curves U₄(T) of two sizes cross.
struct Crossing {
    Estimate temperature;  ///< [K]
    Estimate binder;       ///< U₄ there, of the larger system
};

/// The crossing of two sets of U₄ at the same temperatures: the zero of their difference, by
/// weighted least squares with a parabola (a line for fewer than five points). The error is that of
/// the fit, and larger where the points scatter more about it than their errors say.
/// \param small, large  ascending in temperature, at least three points
/// \throws NumericalError if the difference does not change sign within the temperatures
[[nodiscard]] Crossing binder_crossing(std::span<Observables const> small,
                                       std::span<Observables const> large);

/// Curie temperature and what it was found from.
struct Curie {
    Crossing crossing;
    double mean_field = 0.0;                ///< [K]
    std::vector<Observables> coarse;        ///< of the small system, over a wide range
    std::vector<Observables> small, large;  ///< about the crossing
};

/// How the Curie temperature is sought.
struct CurieOptions {
    RunOptions run;
    int temperatures = 7;  ///< about the crossing, at least three
    double width = 0.03;   ///< of their range: part of T_c on either side
};

/// Curie temperature of a ferromagnet by the crossing of U₄ of two sizes: a coarse search below the
/// mean field's with the small system, for where U₄ falls below critical_binder, then a fine one
/// with both, which moves on to where the difference points if they do not cross there. Systems
/// that are not large enough shift the crossing: two pairs of sizes tell. Collective. \throws
/// NumericalError if there is no transition below the mean field's temperature,
///         or the curves do not cross near it
[[nodiscard]] Curie find_curie(mpi::Communicator const& comm, Exchange const& small,
                               Exchange const& large, CurieOptions const& options);

}  // namespace kamacite::magnetism
