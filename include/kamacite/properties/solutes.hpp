#pragma once
#include <string>
#include <vector>

#include "kamacite/properties/migration.hpp"

namespace kamacite::properties {

/// A host crystal that solutes go into.
struct Host {
    generate::Lattice lattice = generate::Lattice::bcc;  ///< bcc or fcc
    int element = 26;
    double a = 0.0;  ///< lattice constant [Å]
    int copies = 4;  ///< of the conventional cell along each edge
};

/// Names of the sites of a solute: substitutional, octahedral, tetrahedral.
[[nodiscard]] std::vector<std::string> solute_sites();

/// Whether a site of this name is between the atoms of the host.
[[nodiscard]] bool is_interstitial(std::string const& site);

/// The host with one atom of `solute`, the last; as placed.
/// \throws InputError if the site is not known or the lattice neither bcc nor fcc
[[nodiscard]] Structure with_solute(Host const& host, int solute, std::string const& site);

/// The same with the nearest, next nearest, … atom of the host missing.
/// \param shell  1: nearest
/// \throws InputError if the cell has no such shell
[[nodiscard]] Structure with_solute_and_vacancy(Host const& host, int solute,
                                                std::string const& site, int shell);

/// A solute at one site, relaxed at fixed cell.
struct SoluteEnergy {
    double solution = 0.0;         ///< E_s [eV]
    std::vector<double> bindings;  ///< E_b with a vacancy in shell 1, 2, … [eV]
};

/// Energy of solution, and binding to a vacancy, of one atom X in a cell of N atoms H of the host,
///
///     substitutional  E_s = E(H_{N−1} X) − (N − 1)/N E(H_N) − μ_X
///     interstitial    E_s = E(H_N X) − E(H_N) − μ_X
///     E_b(s) = E(X) + E(vacancy) − E(X, vacancy in shell s) − E(H_N)
///
/// all at the same cell. E_b > 0: they attract each other.
/// \param reference  μ_X [eV]
/// \param shells     of which bindings are found; 0: none
/// \throws as with_solute(); NumericalError if a relaxation does not come to rest
[[nodiscard]] SoluteEnergy solute_energy(Potential const& potential, Host const& host, int solute,
                                         std::string const& site, double reference, int shells,
                                         dynamics::RelaxOptions const& relax = {});

/// Jump of an interstitial solute from an octahedral site of bcc to the next, over the tetrahedral
/// site between them, by a nudged elastic band with a climbing image at fixed cell.
/// \param alone   of this rank by itself
/// \param images  between the ends
/// \throws InputError if the lattice is not bcc; NumericalError as migration()
[[nodiscard]] Migration octahedral_jump(mpi::Communicator const& alone, Potential const& potential,
                                        Host const& host, int solute, int images,
                                        dynamics::RelaxOptions const& relax = {});

}  // namespace kamacite::properties
