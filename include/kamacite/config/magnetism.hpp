#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "kamacite/config/fields.hpp"

namespace kamacite::config {

/// Magnetic properties that `kamacite properties` computes.
struct MagnetismOptions {
    bool wanted = false;

    /// Moments by a model, against the lattice constant and the temperature.
    struct Moments {
        bool wanted = false;
        std::string model{};                   ///< empty: that of the input
        double lowest = 2.75, highest = 2.95;  ///< lattice constants [Å]
        int points = 21;
        std::vector<double> temperatures{};  ///< [K]; empty: no dynamics
        double lattice_constant = 0.0;       ///< [Å] of the dynamics; 0: of the crystal at rest
        int supercell = 3;
        int equilibration = 500, steps = 2000;
    };
    Moments moments{};

    /// Exchange of two elements by shells.
    struct Shells {
        std::vector<std::string> elements{};  ///< none: all, else two
        std::vector<double> couplings{};      ///< J [eV]
    };
    /// Exchange that is fitted to energies of spin configurations.
    struct Fit {
        bool wanted = false;
        std::filesystem::path data{};
        int shells = 2;         ///< of each pair of elements
        double smallest = 0.5;  ///< |m| [μ_B] of a spin that has a direction
    };
    /// Spins with an exchange that is given or fitted.
    struct Spins {
        bool wanted = false;
        std::vector<Shells> shells{};
        Fit fit{};
        bool by_distance = false;
        double alpha = 0.0, delta = 1.0, gamma = 0.0, cutoff = 5.0;  ///< [eV], [Å], 1, [Å]
        std::filesystem::path structure{};                           ///< empty: the crystal
        std::vector<int> sizes{8, 12};                               ///< cells along an edge
        std::vector<double> temperatures{100.0, 200.0, 300.0, 400.0, 500.0,  600.0,
                                         700.0, 800.0, 900.0, 950.0, 1000.0, 1030.0};
        double rescaling = 1.0;  ///< α; 1: classical
        double curie = 0.0;      ///< [K] that M(T) is to have; 0: that of the spins
        int sweeps = 4000, thermalisation = 1000, over_relaxations = 1, replicas = 2;
        long long seed = 1;
    };
    Spins spins{};
};

/// Names the keys of the block `magnetism` of the input of `properties`.
void fields(Fields& f, MagnetismOptions& options);

}  // namespace kamacite::config
