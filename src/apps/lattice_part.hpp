#pragma once
#include <filesystem>
#include <map>
#include <vector>

#include "command.hpp"
#include "kamacite/properties/equation_of_state.hpp"
#include "kamacite/report/csv.hpp"

namespace kamacite::apps {

/// A table that another program, or another block, has written. Collective.
/// \throws MissingError if there is none; DataError if it lacks one of the columns
[[nodiscard]] report::CsvTable read_table(Context& context, std::filesystem::path const& path,
                                          std::vector<std::string> const& columns);

/// Conductivity of the lattice between the rows of a table: along temperatures at each lattice
/// constant, and between lattice constants, straight lines; nothing beyond them.
class LatticePart {
public:
    /// \param path  CSV with columns temperature [K], conductivity [W/m/K], and where there are
    /// some
    ///              lattice constant [angstrom], error, error and spread of conductivity; empty:
    ///              none
    /// \throws what read_table() throws; DataError naming the row if temperatures do not ascend
    /// Collective.
    LatticePart(Context& context, std::filesystem::path const& path);

    [[nodiscard]] bool given() const noexcept { return !curves_.empty(); }
    /// Whether it tells lattice constants: one, or several.
    [[nodiscard]] bool tells() const noexcept { return tells_; }
    /// Whether it knows more than one lattice constant.
    [[nodiscard]] bool follows() const noexcept { return curves_.size() > 1; }
    /// \param constant     [Å]; without meaning where the table tells none
    /// \param temperature  [K]
    /// \returns κ [W/m/K] and its error; NaN beyond the table
    [[nodiscard]] properties::Estimate at(double constant, double temperature) const;

private:
    struct Curve {
        std::vector<double> temperatures;
        std::vector<properties::Estimate> kappa;
        [[nodiscard]] properties::Estimate at(double temperature) const;
    };
    std::map<double, Curve> curves_;  // by lattice constant
    bool tells_ = false;
};

}  // namespace kamacite::apps
