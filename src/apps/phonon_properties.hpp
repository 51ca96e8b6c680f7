#pragma once
#include "statics.hpp"

namespace kamacite::apps {

/// Adds what the block `phonons` of the input asks for, if it is there: frequencies at special
/// points, thermodynamics, Grüneisen parameters, thermal expansion; curves phonon_bands,
/// phonon_dos, phonon_thermodynamics, thermal_expansion. Files for phonopy go into the directory of
/// the output. Results do not depend on the number of ranks. Collective.
/// \param statics  of the same members; what cannot be computed is told in its notes
void add_phonons(Context& context, config::PropertiesOptions const& options,
                 std::vector<Potential const*> const& members, Statics& statics);

}  // namespace kamacite::apps
