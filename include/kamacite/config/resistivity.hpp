#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "kamacite/config/fields.hpp"

namespace kamacite::config {

/// The electrical resistivity that `kamacite properties` adds up. Resistivities in μΩ cm.
struct ResistivityOptions {
    bool wanted = false;
    std::vector<double> temperatures{100.0, 150.0, 200.0, 250.0, 300.0,  350.0, 400.0,
                                     450.0, 500.0, 550.0, 600.0, 650.0,  700.0, 750.0,
                                     800.0, 850.0, 900.0, 950.0, 1000.0, 1040.0};
    double residual = 0.0;
    double phonon = 6.8;
    double reference = 300.0;  ///< [K]
    enum class Spectrum { debye, density } spectrum = Spectrum::debye;
    double debye = 470.0;  ///< [K]
    std::filesystem::path density{};
    int power = 5;
    double disorder = 80.0;
    double asymmetry = 1.0, mixing = 0.0;
    enum class Magnetisation { measured, spins, full } magnetisation = Magnetisation::measured;
    double gruneisen = 1.7;
    std::vector<double> lattice_constants{};  ///< [Å]; empty: that of the crystal alone
    std::filesystem::path lattice_conductivity{};
    /// Learned from labels: log(ρ/ρ of the parts).
    struct Correction {
        bool wanted = false;
        std::filesystem::path labels{};
        std::string source{};
        long long seed = 1;
    };
    Correction correction{};
};

/// Names the keys of the block `resistivity` of the input of `properties`.
void fields(Fields& f, ResistivityOptions& options);

/// What is wrong with the block beside the rest of the input; keys from the top.
/// \param spins  whether the input simulates spins
[[nodiscard]] std::vector<Fault> faults_of(ResistivityOptions const& options,
                                           std::string const& element, std::string const& lattice,
                                           bool spins);

}  // namespace kamacite::config
