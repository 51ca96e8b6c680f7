#include "blocks.hpp"

#include <algorithm>

#include "kamacite/core/error.hpp"

namespace kamacite::domain {

BlockSum::BlockSum(Potential const& potential, AtomsAndGhosts const& all)
    : potential_{&potential},
      all_{&all},
      block_{all.cell, {}, {}},
      of_ghosts_(all.ghosts.size() * width, 0.0) {
    mine_.forces.assign(all.atoms.size(), Vec3::Zero());
    mine_.virials.assign(all.atoms.size(), Mat3::Zero());
}

void BlockSum::add(BlockList const& list) {
    auto const begin = static_cast<std::size_t>(list.begin);
    auto const listed = static_cast<std::size_t>(list.listed());
    auto const n = all_->atoms.size();
    auto const own = all_->atoms.subspan(begin, listed);
    auto const elements = all_->species.subspan(begin, listed);
    block_.positions.assign(own.begin(), own.end());
    block_.species.assign(elements.begin(), elements.end());
    for (int const other : list.around) {
        auto const i = static_cast<std::size_t>(other);
        block_.positions.push_back(i < n ? all_->atoms[i] : all_->ghosts[i - n]);
        block_.species.push_back(all_->species[i]);
    }
    auto const p =
        potential_->predict(block_, neighbours_of(list, block_.positions, potential_->cutoff()));
    auto const append = [](auto& to, auto const& from) {
        to.insert(to.end(), from.begin(), from.end());
    };
    append(mine_.energies, p.energies);
    append(mine_.moments, p.moments);
    append(mine_.extrapolation, p.extrapolation);
    append(mine_.grade, p.grade);
    KAMACITE_EXPECTS(p.forces.empty() || p.forces.size() == block_.positions.size());
    KAMACITE_EXPECTS(p.virials.size() == p.forces.size());
    for (std::size_t k = 0; k < p.forces.size(); ++k) {
        auto const i = static_cast<std::size_t>(list.number(static_cast<int>(k)));
        if (i < n) {
            mine_.forces[i] += p.forces[k];
            mine_.virials[i] += p.virials[k];
        } else {
            double* const sum = of_ghosts_.data() + (i - n) * width;
            Eigen::Map<Vec3>{sum} += p.forces[k];
            Eigen::Map<Mat3>{sum + 3} += p.virials[k];
        }
    }
}

}  // namespace kamacite::domain
