#pragma once
#include <filesystem>

#include "kamacite/phonons/conductivity.hpp"
#include "phonon_crystals.hpp"
#include "statics.hpp"

namespace kamacite::apps {

/// A number of every member, in its unit, and its numerical error.
struct MemberNumbers {
    std::vector<double> values, errors;
    void add(double value, double error) {
        values.push_back(value);
        errors.push_back(error);
    }
};

/// Mean, spread and error over the members.
[[nodiscard]] StaticValue value_of(std::string name, std::string unit, MemberNumbers const& numbers,
                                   Reach const& reach);

/// Adds the columns "name [unit]" and, of several members, "spread of name [unit]".
/// \param rows  [member][row]
void add_columns(report::CsvTable& table, std::string const& name, std::string const& unit,
                 std::vector<std::vector<double>> const& rows);

/// What the parts of add_phonons() share.
struct PhononWork {
    config::PropertiesOptions const& options;
    std::vector<MemberCrystals> const& members;
    Statics& statics;
    Structure unit;  ///< cell of the first member
    phonons::SpaceGroup group;

    [[nodiscard]] Reach reach() const;       ///< of all members, at rest
    [[nodiscard]] Reach grid_reach() const;  ///< the same with all volumes
    [[nodiscard]] phonons::Mesh mesh(double length) const;
    [[nodiscard]] std::vector<double> temperatures() const;
    /// For the files of other programs of a member, from 0.
    [[nodiscard]] std::filesystem::path folder_of(std::size_t member) const;
};

/// Density of states, thermodynamics at the volume at rest.
void add_thermodynamics(PhononWork& work);
/// Thermal conductivity against temperature, and what it is made of. Collective.
/// \throws InputError as phonons::plan_third_order() and phonons::mass_variance()
/// \returns third-order force constants of every member
std::vector<phonons::ThirdOrder> add_conductivity(Context& context, PhononWork& work,
                                                  std::vector<Potential const*> const& members);
/// The same at the lattice constants that are asked for: curve phonon_conductivity_lattice. The
/// cutoff of third order goes with the lattice constant, so that the same triples count.
/// Collective. \throws as add_conductivity()
void add_conductivity_of_lattices(Context& context, PhononWork& work,
                                  std::vector<Potential const*> const& members);
/// What a conductivity is computed with, but for temperatures.
[[nodiscard]] phonons::ConductivitySettings conductivity_settings(PhononWork const& work);
/// fc2.hdf5, fc3.hdf5 and phono3py_params.yaml. Collective. \throws SystemError as the disk
void write_phono3py(Context& context, std::filesystem::path const& folder,
                    phonons::ForceConstants const& second, phonons::ThirdOrder const& third);
/// Frequencies at a temperature, and the conductivity there if it is wanted. Collective.
/// \param thirds  at rest, of every member; none if no conductivity is wanted
/// \throws InputError as phonons::fit_cells()
void add_regression(Context& context, PhononWork& work,
                    std::vector<Potential const*> const& members,
                    std::vector<phonons::ThirdOrder> const& thirds);
/// Lattice constant, expansion, bulk modulus and heat capacity against temperature.
void add_expansion(PhononWork& work);

}  // namespace kamacite::apps
