#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kamacite/structure/structure.hpp"

namespace kamacite {

/// Reference values of a structure, from DFT, another potential or a table. Each may be absent.
struct Labels {
    std::optional<double> energy;  ///< [eV] of the whole cell, consistent with the forces
    std::vector<Vec3> forces;      ///< [eV/Å], one per atom, or empty
    std::optional<Mat3> stress;    ///< Cauchy stress [eV/Å³], tension positive (ASE's sign)
    std::vector<double> moments;   ///< [μ_B] signed local moments, one per atom, or empty

    /// Properties of the whole structure by name, in the units of property_unit().
    std::map<std::string, double> properties;
};

/// One row of a dataset: a structure, what is known of it, and where it comes from.
struct Record {
    Structure structure;
    Labels labels;
    std::string name;        ///< free text, e.g. the tag or config_name of the source
    std::string family;      ///< e.g. config_type: "bcc_ev", "vacancy"; errors are told per family
    std::string trajectory;  ///< what must not be torn apart by a split: one MD run, one series
    std::string source;      ///< file and frame, or the recipe's name, that it came from
    std::string recipe;      ///< JSON: how it was generated, with its seed; empty if it was not
    std::string level = {};  ///< of theory: program, functional, cutoffs …; empty if not known
};

/// Unit of a structure-level property as stored and printed: "temperature" K,
/// "thermal_conductivity" W/(m K), "electrical_resistivity" uohm cm, "magnetic_moment" muB/atom,
/// "lattice_constant" angstrom; "1" for a name that is not known.
[[nodiscard]] std::string property_unit(std::string const& name);

/// Checks a record before it is stored or trained on.
/// \throws DataError naming what is wrong: see check(Structure), labels that are not finite or
///         whose length is not the number of atoms, a temperature below zero, texts that are not
///         UTF-8
void check(Record const& record);

}  // namespace kamacite
