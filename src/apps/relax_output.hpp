#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "kamacite/dynamics/free_structure.hpp"
#include "kamacite/inference/large.hpp"
#include "kamacite/structure/cell_shape.hpp"

/// \file
/// What a relaxation tells: its steps, and what a structure is at its beginning and end.

namespace kamacite::apps {

/// The steps of a relaxation, one row each.
class Course {
public:
    /// Goes on from the table of an earlier part; empty: there is none.
    /// \throws DataError naming `where` if it is no such table
    explicit Course(std::string const& earlier = "", std::string const& where = "");

    void add(dynamics::Standing const& standing, long long evaluations);
    [[nodiscard]] std::string csv() const;
    /// Evaluations of earlier parts.
    [[nodiscard]] long long before() const noexcept { return before_; }

private:
    std::vector<double> evaluations_, energy_, enthalpy_, force_, stress_, volume_;
    long long before_ = 0;
};

/// A structure in numbers that people know.
struct Look {
    dynamics::Standing standing;
    CellShape cell{};
    double density = 0.0;  ///< [g/cm³]; NaN if the cell has an open side
};

/// Collective.
[[nodiscard]] Look look_at(dynamics::FreeStructure const& s);

}  // namespace kamacite::apps
