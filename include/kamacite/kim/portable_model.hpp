#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kamacite/model/committee.hpp"
#include "kamacite/potential/potential.hpp"

/// \file
/// Portable models of the KIM-API: a folder of text that `kim-api-collections-management install`
/// makes into a model which kamacite's driver computes. No part of it needs the KIM-API, and what
/// the driver reads needs neither MPI nor HDF5.

namespace kamacite::kim {

/// By what name portable models ask for the driver.
inline constexpr char const* driver_name = "kamacite_driver";
/// Of the parameters; newer ones are refused.
inline constexpr int parameters_version = 1;

/// The files of a portable model by name: all that energies, forces and virials follow from, number
/// by number. Committees stay committees, of which the driver gives the mean.
/// \param name      of the model: letters, digits and _, no digit first
/// \param warnings  what is left out is added
/// \throws UsageError if the name is another; DataError if there is no energy head, or a number is
///         not finite
[[nodiscard]] std::map<std::string, std::string> texts_of(std::string const& name,
                                                          Committee const& committee,
                                                          std::vector<std::string>& warnings);

/// The same of an embedded-atom potential, whose parameters are the text of its file.
/// \param setfl  as parse_eam() takes it
[[nodiscard]] std::map<std::string, std::string> texts_of(std::string const& name,
                                                          std::string const& setfl);

/// What a driver computes with.
struct PortableModel {
    std::vector<std::unique_ptr<Potential const>> members;  ///< the mean of these, one at least
    std::vector<int> elements;                              ///< atomic numbers
    double cutoff;                                          ///< the largest of the members [Å]

    [[nodiscard]] std::vector<Potential const*> potentials() const;  ///< the members
};

/// Reads parameters back: the same bits in every prediction.
/// \param text  contents of the file \param name  of it, for errors
/// \throws DataError naming the file and what is wrong with it
[[nodiscard]] PortableModel parse_parameters(std::string_view text, std::string const& name);

}  // namespace kamacite::kim
