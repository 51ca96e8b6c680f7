#include <array>

#include "kamacite/core/error.hpp"
#include "kamacite/generate/recipe.hpp"
#include "kamacite/generate/sobol.hpp"

namespace kamacite::generate {
namespace {

/// ε from (ε_xx, ε_yy, ε_zz, ε_yz, ε_xz, ε_xy): tensor components, no factor 2.
Mat3 symmetric(std::array<double, 6> const& e) {
    Mat3 strain;
    strain << e[0], e[5], e[4], e[5], e[1], e[3], e[4], e[3], e[2];
    return strain;
}

}  // namespace

int count(Strains const& strains) {
    int const n = static_cast<int>(strains.amplitudes.size());
    switch (strains.kind) {
        case Strains::Kind::sobol:
            return strains.count;
        case Strains::Kind::elastic:
            return 12 * n;
        case Strains::Kind::isotropic:
            return n;
    }
    return 0;
}

Mat3 strain_of(Strains const& strains, int index) {
    KAMACITE_EXPECTS(index >= 0 && index < count(strains));
    auto const at = static_cast<std::size_t>(index);
    std::array<double, 6> e{};
    switch (strains.kind) {
        case Strains::Kind::sobol:
            e = sobol_point(static_cast<std::uint32_t>(index) + 1);
            for (double& component : e) component = strains.maximum * (2.0 * component - 1.0);
            break;
        case Strains::Kind::elastic: {
            double const amplitude = strains.amplitudes[at / 12] * (at % 2 == 0 ? 1.0 : -1.0);
            std::size_t const voigt = at % 12 / 2;
            e[voigt] = voigt < 3 ? amplitude : 0.5 * amplitude;
            break;
        }
        case Strains::Kind::isotropic:
            e[0] = e[1] = e[2] = strains.amplitudes[at];
            break;
    }
    return symmetric(e);
}

}  // namespace kamacite::generate
