#pragma once
#include <vector>

#include "kamacite/config/fields.hpp"

namespace kamacite::config {

/// What `kamacite properties` computes of the vibrations of the crystal.
struct PhononOptions {
    bool wanted = false;
    double supercell_edge = 16.0;  ///< [Å], at least
    double displacement = 0.01;    ///< [Å]
    double mesh_length = 40.0;     ///< [Å]: wave vectors are 2π over this apart, at most
    double highest_temperature = 1000.0, temperature_step = 20.0;  ///< [K]
    bool files = true;                                             ///< that phonopy reads

    bool conductivity = false;
    double triple_cutoff = 5.0;              ///< [Å]
    double triple_displacement = 0.03;       ///< [Å]
    double conductivity_mesh_length = 30.0;  ///< [Å], as mesh_length
    std::vector<double> conductivity_temperatures{100.0, 200.0, 300.0, 400.0, 500.0,
                                                  600.0, 700.0, 800.0, 900.0, 1000.0};  ///< [K]
    enum class Method { relaxation_time, iterative } method = Method::iterative;
    bool isotopes = true;
    std::vector<double> conductivity_constants{};  ///< [Å] beside that at rest
    bool phono3py = false;  ///< write its files
    double smearing = 0.0;  ///< ħ times the width of a Gaussian for δ [eV]; 0: tetrahedra

    bool regression = false;
    double regression_temperature = 300.0;  ///< [K]
    int cells = 32, iterations = 3;
    double second_cutoff = -1.0;  ///< [Å]; not given: all pairs of the supercell
    double third_cutoff = -1.0;   ///< [Å]; not given: that of the conductivity
    long long seed = 1;
    enum class Statistics { quantum, classical } statistics = Statistics::quantum;

    bool expansion = true;
    /// Over the volume at rest.
    std::vector<double> volumes{0.97, 0.98, 0.99, 1.00, 1.01, 1.02, 1.03, 1.04, 1.05, 1.06};
};

/// Names every key of the block `phonons`.
void fields(Fields& f, PhononOptions& options);

}  // namespace kamacite::config
