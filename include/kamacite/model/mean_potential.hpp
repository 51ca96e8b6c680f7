#pragma once
#include <vector>

#include "kamacite/potential/potential.hpp"

namespace kamacite {

/// The mean of several potentials of the same quantities: a committee, as dynamics sees it. Of
/// extrapolations and grades the largest counts.
class MeanPotential final : public Potential {
public:
    /// \param members  one at least; must outlive it
    explicit MeanPotential(std::vector<Potential const*> members);

    [[nodiscard]] double cutoff() const override;
    [[nodiscard]] Prediction predict(Structure const& structure,
                                     Neighbours const& neighbours) const override;

private:
    std::vector<Potential const*> members_;
};

}  // namespace kamacite
