#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "kamacite/config/alloys.hpp"
#include "kamacite/config/fields.hpp"
#include "kamacite/config/heat_transport.hpp"
#include "kamacite/config/magnetism.hpp"
#include "kamacite/config/phonons.hpp"
#include "kamacite/config/resistivity.hpp"
#include "kamacite/config/warm_elastic.hpp"

namespace kamacite::config {

/// A line of stacking faults: half of the crystal is shifted along `direction` in `plane`.
struct FaultLineOptions {
    std::string plane, direction;  ///< indices, see generate::plane_of()
};
/// "110_1-11"
[[nodiscard]] std::string name_of(FaultLineOptions const& line);

/// What `kamacite properties` computes.
struct PropertiesOptions {
    std::string model{"iron"};  ///< MODEL: a file, a directory, or the name of a shipped one
    std::filesystem::path output{"properties"};
    std::string element{"Fe"};
    std::string lattice{"bcc"};

    double width = 0.06;  ///< of the equation of state: part of the volume on either side
    int points = 25;
    double lowest_volume = 9.0, highest_volume = 14.0;  ///< [Å³/atom] where the minimum is sought

    bool elastic = true;
    double strain = 0.004;

    bool bain = true;
    std::vector<double> ratios{0.70, 0.75, 0.79, 0.88, 0.92, 0.97, 1.00,   1.06, 1.10,
                               1.15, 1.19, 1.24, 1.28, 1.33, 1.37, 1.4142, 1.46, 1.51,
                               1.55, 1.60, 1.63, 1.69, 1.73, 1.78, 1.86,   2.00};

    bool defects = true;
    std::vector<std::string> kinds{"vacancy", "dumbbell_110", "dumbbell_111"};
    int supercell = 4;
    std::vector<std::string> migrating{"vacancy"};
    int images = 5;  ///< of a path between its ends

    bool surfaces = true;
    std::vector<std::string> planes{"100", "110", "111", "211"};
    int layers = 16;

    bool faults = false;
    std::vector<FaultLineOptions> lines;  ///< empty: those of slip in the lattice
    int fault_layers = 24;
    int fault_points = 31;

    bool screw = false;  ///< dislocations, of bcc
    int screw_columns = 15;
    int screw_images = 5;

    AlloyOptions alloys{};
    WarmElasticOptions warm_elastic{};
    PhononOptions phonons;
    MagnetismOptions magnetism{};
    HeatTransportOptions heat_transport{};
    ResistivityOptions resistivity{};

    double force_tolerance = 1e-3;  ///< [eV/Å]
    int max_steps = 2000;
};

/// The lines that are asked for; without any, of bcc {110} and {112} along ⟨111⟩, of fcc {111}
/// along ⟨112⟩.
[[nodiscard]] std::vector<FaultLineOptions> fault_lines(PropertiesOptions const& options);

/// Names every key of the input of `properties`.
void fields(Fields& f, PropertiesOptions& options);

}  // namespace kamacite::config
