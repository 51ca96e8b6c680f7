#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/neighbours/neighbours.hpp"
#include "wrapped.hpp"

namespace kamacite {

Neighbours find_neighbours_all_pairs(Structure const& s, double cutoff) {
    KAMACITE_EXPECTS(cutoff > 0.0);
    // Images that can matter: those whose lattice planes come within the cutoff of any two atoms,
    // which lie up to `spread` cells apart.
    Vec3 low = Vec3::Zero();
    Vec3 high = Vec3::Zero();
    for (int i = 0; i < s.size(); ++i) {
        Vec3 const f = s.cell.to_fractional(s.positions[static_cast<std::size_t>(i)]);
        low = i == 0 ? f : low.cwiseMin(f);
        high = i == 0 ? f : high.cwiseMax(f);
    }
    std::array<int, 3> images{};
    for (std::size_t k = 0; k < 3; ++k) {
        int const axis = static_cast<int>(k);
        double const reach = cutoff / s.cell.height(axis) + high[axis] - low[axis];
        images[k] = s.cell.periodic()[k] ? static_cast<int>(std::ceil(reach)) : 0;
    }

    Neighbours result;
    for (int i = 0; i < s.size(); ++i) {
        for (int j = 0; j < s.size(); ++j)
            for (int a = -images[0]; a <= images[0]; ++a)
                for (int b = -images[1]; b <= images[1]; ++b)
                    for (int c = -images[2]; c <= images[2]; ++c) {
                        if (i == j && a == 0 && b == 0 && c == 0) continue;
                        Vec3 const r = (s.positions[static_cast<std::size_t>(j)] -
                                        s.positions[static_cast<std::size_t>(i)]) +
                                       s.cell.to_cartesian(Vec3(a, b, c));
                        double const d = r.norm();
                        if (d < detail::coincidence) detail::throw_coincident(i, j, d);
                        if (d < cutoff) result.add(j, r);
                    }
        result.close_atom();
    }
    return result;
}

}  // namespace kamacite
