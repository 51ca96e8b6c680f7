#include <algorithm>

#include "alloy_tasks.hpp"
#include "kamacite/properties/screw.hpp"

namespace kamacite::apps {

std::vector<Task> screw_tasks(config::PropertiesOptions const& o, Crystal const& crystal,
                              mpi::Communicator const& alone) {
    if (!o.screw) return {};
    auto relax = relax_options(o);
    constexpr double finest = 5e-4;  // eV/Å: energies of meV are differences of relaxed cells
    relax.force_tolerance = std::min(relax.force_tolerance, finest);
    relax.max_steps = std::max(relax.max_steps, 20000);
    auto const images = static_cast<std::size_t>(o.screw_images);
    Task task{3 + (images > 0 ? images + 2 : 0),
              [=, &crystal, &alone, &o](Subject const& p) {
                  properties::ScrewCell const cell{crystal.constant(p), o.screw_columns,
                                                   o.screw_columns / 6 * 4 + 1};
                  auto const e = properties::screw_energies(alone, p, cell, crystal.element,
                                                            o.screw_images, relax);
                  std::vector<double> numbers{e.dipole, e.hard, e.barrier};
                  numbers.insert(numbers.end(), e.valley.begin(), e.valley.end());
                  return numbers;
              },
              screw_name,
              {{"screw_dipole", "eV/b", 1.0, 0}, {"screw_hard_core", "meV/b", 1e-3, 1}}};
    if (images > 0) task.rows.push_back({"screw_peierls_barrier", "meV/b", 1e-3, 2});
    return {task};
}

}  // namespace kamacite::apps
