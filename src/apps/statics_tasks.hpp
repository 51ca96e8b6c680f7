#pragma once
#include <functional>
#include <string>
#include <vector>

#include "kamacite/config/properties.hpp"
#include "kamacite/dynamics/relax.hpp"
#include "kamacite/mpi/communicator.hpp"
#include "kamacite/potential/potential.hpp"
#include "kamacite/properties/equation_of_state.hpp"

/// \file
/// The calculations of static properties, each the work of one rank with one member.

namespace kamacite::apps {

/// A property that a task gives: which of its numbers, and in which unit it is told.
struct TaskRow {
    std::string name, unit;
    double in_unit;
    std::size_t number;
};

/// A member as a calculation sees it: it remembers how far it was asked, and where the crystal is
/// at rest.
class Subject final : public Potential {
public:
    /// \param volume  of the crystal at rest [Å³/atom]; NaN where it is yet to be found
    Subject(Potential const& potential, double volume) : potential_{potential}, volume_{volume} {}
    [[nodiscard]] double cutoff() const override { return potential_.cutoff(); }
    [[nodiscard]] Prediction predict(Structure const& s, Neighbours const& n) const override {
        auto p = potential_.predict(s, n);
        reach_.include(p);
        return p;
    }
    [[nodiscard]] Reach const& reach() const noexcept { return reach_; }
    /// The same for searches on the way, far from what is found: not remembered.
    [[nodiscard]] Potential const& unwatched() const noexcept { return potential_; }
    [[nodiscard]] double volume() const noexcept { return volume_; }

private:
    Potential const& potential_;
    double volume_;
    mutable Reach reach_;
};

/// Numbers that one calculation with one member gives: as many as it says, and all are NaN if it
/// failed. How far the member was asked is put behind them.
struct Task {
    std::size_t size;
    std::function<std::vector<double>(Subject const&)> work;
    std::string name;
    std::vector<TaskRow> rows{};  ///< none: they are known by its name
    bool is_compound = false;     ///< has compound_shape
};

/// How the options have structures relaxed.
[[nodiscard]] dynamics::RelaxOptions relax_options(config::PropertiesOptions const& options);

/// E₀, V₀, B, B′, their errors, the residual, and the energies and pressures of the curve.
[[nodiscard]] Task equation_task(config::PropertiesOptions const& options,
                                 properties::Lattice lattice, int element);
constexpr std::size_t at_volume = 2;  ///< where it puts V₀

/// What every further calculation begins with: the crystal at rest.
struct Crystal {
    properties::Lattice lattice;
    int element;

    [[nodiscard]] double constant(Subject const& member) const {
        return properties::lattice_constant(lattice, {member.volume(), 0.0}).value;
    }
};

// How tasks are named beside "elastic", "bain" and point defects, with what their numbers are.
inline constexpr char const* surface_prefix = "surface_";       ///< γ, γ as cut
inline constexpr char const* migration_prefix = "migration_";   ///< E_m
inline constexpr char const* screw_name = "screw_dislocation";  ///< in rows, then the way
inline constexpr std::size_t compound_shape = 6;  ///< of compounds, whose rows are before it
inline constexpr std::size_t compound_numbers_count = 7;
inline constexpr char const* fault_prefix = "fault_";  ///< unstable, stable, γ(u), γ as cut

/// All that the options ask for but the equation of state.
/// \param alone    of this rank by itself; outlives the tasks, as `crystal` does
[[nodiscard]] std::vector<Task> tasks_of(config::PropertiesOptions const& options,
                                         Crystal const& crystal, mpi::Communicator const& alone);

}  // namespace kamacite::apps
