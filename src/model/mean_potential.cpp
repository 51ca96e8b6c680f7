#include "kamacite/model/mean_potential.hpp"

#include <algorithm>

#include "kamacite/core/error.hpp"
#include "kamacite/model/mean.hpp"

namespace kamacite {

MeanPotential::MeanPotential(std::vector<Potential const*> members) : members_{std::move(members)} {
    KAMACITE_EXPECTS(!members_.empty());
}

double MeanPotential::cutoff() const {
    double largest = 0.0;
    for (auto const* member : members_) largest = std::max(largest, member->cutoff());
    return largest;
}

Prediction MeanPotential::predict(Structure const& structure, Neighbours const& neighbours) const {
    auto sum = members_.front()->predict(structure, neighbours);
    for (std::size_t m = 1; m < members_.size(); ++m)
        add(sum, members_[m]->predict(structure, neighbours));
    if (members_.size() > 1) divide(sum, static_cast<double>(members_.size()));
    return sum;
}

}  // namespace kamacite
