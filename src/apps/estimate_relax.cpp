#include "estimate_relax.hpp"

#include <numbers>

#include "any_model.hpp"
#include "data.hpp"
#include "kamacite/model/mean_potential.hpp"
#include "relax_start.hpp"

namespace kamacite::apps {

Estimates estimate_relax(Context& context, config::RelaxOptions const& options) {
    ModelOptions given;
    given.path = options.model;
    auto const model = load_any(context, given);
    auto one = options;  // the cell that is repeated
    one.supercell = {1, 1, 1};
    auto const unit = start_of(context.comm, one, model);
    long long atoms = unit.total;
    for (int const n : options.supercell) atoms *= n;

    double const n = static_cast<double>(atoms);
    double const reach = model.cutoff() + 0.5;  // with the skin of the lists
    double const density = static_cast<double>(unit.total) / unit.cell.volume();
    double const neighbours = unit.cell.is_periodic()
                                  ? 4.0 / 3.0 * std::numbers::pi * reach * reach * reach * density
                                  : 60.0;
    // Lists; positions, forces, virials and what exchanges hold of them; BFGS, its matrix and the
    // levels of multigrid: as measured for 128,000 atoms, docs/howto/relax_structures.md.
    double const images = options.some_path ? options.path.images + 2.0 : 1.0;
    bool const matrix = options.method == config::RelaxOptions::Method::preconditioned;
    double const bytes = n * (images * (60.0 * neighbours + 1200.0) + (matrix ? 3000.0 : 0.0));
    Estimates e;
    e.numbers.push_back({"atoms", n, "", "atoms of the structure"});
    if (options.some_path) e.numbers.push_back({"images", images, "", "images, with the ends"});
    e.numbers.push_back(
        {"memory", bytes * 1e-6, "MB", "memory of all ranks together, about, beside the model's"});
    return e;
}

}  // namespace kamacite::apps
