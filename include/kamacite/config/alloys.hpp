#pragma once
#include <string>
#include <vector>

#include "kamacite/config/fields.hpp"

namespace kamacite::config {

/// A compound of `kamacite properties`.
struct CompoundOptions {
    std::string lattice;
    std::vector<std::string> elements;  ///< A and B
};

/// What an atom of an element has where no other is.
struct ReferenceOptions {
    std::string element;
    enum class Kind { crystal, energy } kind = Kind::crystal;
    std::string lattice{"bcc"};  ///< of the crystal, relaxed by the model
    double energy = 0.0;         ///< [eV]
};

/// A foreign atom in the crystal.
struct SoluteOptions {
    std::string element;
    std::vector<std::string> sites{"substitutional"};
    int binding_shells = 0;  ///< of a vacancy beside it, at every site
    bool jump = false;       ///< from an octahedral site to the next
};

/// Compounds and solutes of `kamacite properties`.
struct AlloyOptions {
    bool wanted = false;
    std::vector<ReferenceOptions> references{};
    std::vector<CompoundOptions> compounds{};
    std::vector<SoluteOptions> solutes{};
    int supercell = 4;  ///< conventional cells of the host along each edge
    int images = 5;
};

/// Names the keys of the block `alloys` of the input of `properties`.
void fields(Fields& f, AlloyOptions& options);

/// The reference of an element: the given one, or the crystal itself for its own element.
/// \throws InputError if there is none
[[nodiscard]] ReferenceOptions reference_of(AlloyOptions const& options, std::string const& element,
                                            std::string const& host,
                                            std::string const& host_lattice);

/// What is wrong with the block beside the rest of the input; keys from the top.
[[nodiscard]] std::vector<Fault> faults_of(AlloyOptions const& options, std::string const& element,
                                           std::string const& lattice);

}  // namespace kamacite::config
