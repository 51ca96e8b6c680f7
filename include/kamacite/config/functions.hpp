#pragma once
#include <string>
#include <vector>

#include "kamacite/config/fields.hpp"
#include "kamacite/descriptors/functions.hpp"

namespace kamacite::config {

/// Symmetry functions given one by one; an element that is left out stands for all of them.
struct ListedFunctions {
    struct Radial {
        std::string centre{}, neighbour{};
        double eta = 0.5;     ///< [1/Å²]
        double shift = 0.0;   ///< [Å]
        double cutoff = 6.5;  ///< [Å]
        CutoffForm form = CutoffForm::poly3;
    };
    struct Angular {
        AngularFunction::Form shape = AngularFunction::Form::wide;
        std::string centre{}, first{}, second{};
        double eta = 0.02;  ///< [1/Å²]
        double lambda = 1.0;
        double zeta = 1.0;
        double shift = 0.0;   ///< [Å]
        double cutoff = 5.3;  ///< [Å]
        CutoffForm form = CutoffForm::poly3;
    };
    /// What a power or four-body function sees of the neighbours of one element.
    struct Weight {
        std::string neighbour{};
        double eta = 0.03;    ///< [1/Å²]
        double shift = 0.0;   ///< [Å]
        double cutoff = 5.3;  ///< [Å]
        CutoffForm form = CutoffForm::poly3;
    };
    struct Power {
        std::string centre{};
        Weight a{}, b{};
        int degree = 2;
    };
    struct Triple {
        std::string centre{};
        Weight a{}, b{}, c{};
        int p = 1, q = 1, s = 1;
    };
    std::vector<Radial> radial{};
    std::vector<Angular> angular{};
    std::vector<Power> power{};
    std::vector<Triple> triple{};
};

/// Keys of the lists (section `functions`).
void fields(Fields& f, ListedFunctions& functions);

/// The functions for a list of elements; where elements that stand for all of them give a function
/// twice, it is taken once.
/// \param elements  atomic numbers
/// \throws InputError if a function names an element that is not among them
[[nodiscard]] FunctionSet functions_of(ListedFunctions const& listed,
                                       std::vector<int> const& elements);

/// What is wrong with the lists for these elements: functions of others, elements without any.
/// Keys are told from the section.
[[nodiscard]] std::vector<Fault> faults_of(ListedFunctions const& listed,
                                           std::vector<int> const& elements);

/// Whether there is no function at all.
[[nodiscard]] bool is_empty(ListedFunctions const& listed);

}  // namespace kamacite::config
