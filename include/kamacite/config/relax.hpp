#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "kamacite/config/fields.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/dynamics/free_structure.hpp"

namespace kamacite::config {

/// What `kamacite relax` does.
struct RelaxOptions {
    std::string model{"iron"};  ///< MODEL: a file, a directory, or the name of a shipped one
    std::filesystem::path structure{};  ///< any readable file
    long long index = 0;                ///< of the structure in it, from 0
    std::vector<int> supercell{1, 1, 1};
    std::filesystem::path output{"relaxed"};

    enum class Method { preconditioned, fire } method = Method::preconditioned;
    std::string petsc{};

    dynamics::CellFreedom cell = dynamics::CellFreedom::fixed;
    double pressure = 0.0;                        ///< [eV/Å³]
    double stress_tolerance = 0.01 * units::GPa;  ///< [eV/Å³]
    double force_tolerance = 1e-3;                ///< [eV/Å]
    double longest_step = 0.2;                    ///< [Å]
    long long max_steps = 5000;                   ///< evaluations

    /// Atoms that stay: those of some elements, those of some numbers, those in a part of the cell.
    struct Fixed {
        std::vector<std::string> elements{};
        std::vector<int> atoms{};  ///< from 1, of the supercell
        bool region = false;
        std::vector<double> low{0.0, 0.0, 0.0}, high{1.0, 1.0, 1.0};  ///< fractional coordinates
    };
    bool some_fixed = false;
    Fixed fixed{};

    /// The path of least energy from `structure` to another one.
    struct Path {
        std::filesystem::path final{};
        long long final_index = 0;
        int images = 7;  ///< between the ends
        bool relax_ends = true;
        bool climb = true;
        double spring = 5.0;            ///< [eV/Å²]
        double force_tolerance = 0.01;  ///< [eV/Å]
    };
    bool some_path = false;
    Path path{};
};

/// Names every key of the input of `relax`.
void fields(Fields& f, RelaxOptions& options);

}  // namespace kamacite::config
