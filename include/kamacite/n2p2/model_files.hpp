#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "kamacite/core/units.hpp"
#include "kamacite/model/model.hpp"
#include "kamacite/mpi/communicator.hpp"

/// \file
/// Models in the format of n2p2 and RuNNer: input.nn, scaling.data, weights.*.data.
///
/// A model that was read is canonical: functions in Å, energies in eV, every normalisation, node
/// normalisation and offset of the scaling folded into the weights, so that writing it and reading
/// it again gives the same bits. Source: documentation of n2p2 2.2, "NNP configuration: keywords".

namespace kamacite::n2p2 {

/// What 1 means in the files, in Å and eV: they do not say it.
struct Units {
    double length = units::angstrom;
    double energy = units::eV;
};

/// A text and what errors call it.
struct Text {
    std::string name;
    std::string text;
};

/// Contents of the files of one model.
struct Files {
    Text settings;                 ///< input.nn
    Text scaling;                  ///< scaling.data
    std::filesystem::path folder;  ///< of the weights, for errors
    std::map<int, Text> weights;   ///< weights.*.data, by atomic number
};

/// Where these files are; weight sets of a committee may share the first two.
struct Places {
    std::filesystem::path settings;
    std::filesystem::path scaling;
    std::filesystem::path weights;  ///< directory

    /// All in one directory.
    [[nodiscard]] static Places in(std::filesystem::path const& directory);
};

/// Whether a directory holds a file weights.*.data.
[[nodiscard]] bool has_weights(std::filesystem::path const& directory);

/// The model that the files describe.
/// \param warnings  keywords that are not known and the like are added, with file and line
/// \throws InputError naming line and keyword of input.nn that is wrong or asks for what is not
///         supported; DataError naming the line of another file; MissingError
[[nodiscard]] Model make_model(Files const& files, Units const& units,
                               std::vector<std::string>& warnings);

/// Reads the files on rank 0 and makes the model on all ranks; errors as make_model(). Collective.
[[nodiscard]] Model read_model(mpi::Communicator const& comm, Places const& places,
                               Units const& units, std::vector<std::string>& warnings);

/// The files of a model by name, in eV and Å, complete for n2p2 and pair_style hdnnp of LAMMPS.
/// \param warnings  what is left out is added
/// \throws DataError naming what the format cannot express: no energy head, functions or
///         activations that it does not have, more than one form of cutoff
[[nodiscard]] std::map<std::string, std::string> texts_of(Model const& model,
                                                          std::vector<std::string>& warnings);

}  // namespace kamacite::n2p2
