#include "kamacite/generate/distance.hpp"

#include <array>
#include <cmath>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"

namespace kamacite::generate {
namespace {

// Pyykkö and Atsumi (2009), pm, Z = 1 … 103.
constexpr std::array<int, last_element> radii_in_pm{
    32,  46,  133, 102, 85,  75,  71,  63,  64,  67,  155, 139, 126, 116, 111, 103, 99,  96,
    196, 171, 148, 136, 134, 122, 119, 116, 111, 110, 112, 118, 124, 121, 121, 116, 114, 117,
    210, 185, 163, 154, 147, 138, 128, 125, 125, 120, 128, 136, 142, 140, 140, 136, 133, 131,
    232, 196, 180, 163, 176, 174, 173, 172, 168, 169, 168, 167, 166, 165, 164, 170, 162, 152,
    146, 137, 131, 129, 122, 123, 124, 133, 144, 144, 151, 145, 147, 142, 223, 201, 186, 175,
    169, 170, 171, 172, 166, 166, 168, 168, 165, 167, 173, 176, 161};

/// Images −n … n along each direction that can lie within `reach` [Å] of an atom whose fractional
/// distance was brought into [−1/2, 1/2].
std::array<int, 3> images_within(Cell const& cell, double reach) {
    std::array<int, 3> n{};
    for (int i = 0; i < 3; ++i) {
        auto const at = static_cast<std::size_t>(i);
        n[at] =
            cell.periodic()[at] ? static_cast<int>(std::floor(reach / cell.height(i) + 0.5)) : 0;
    }
    return n;
}

Vec3 brought_home(Cell const& cell, Vec3 const& d) {
    Vec3 f = cell.to_fractional(d);
    for (int i = 0; i < 3; ++i)
        if (cell.periodic()[static_cast<std::size_t>(i)]) f[i] -= std::round(f[i]);
    return cell.to_cartesian(f);
}

template <class Visit>
void for_images(std::array<int, 3> const& n, Visit const& visit) {
    for (int a = -n[0]; a <= n[0]; ++a)
        for (int b = -n[1]; b <= n[1]; ++b)
            for (int c = -n[2]; c <= n[2]; ++c) visit(Vec3(a, b, c));
}

}  // namespace

Vec3 shortest_vector(Cell const& cell, Vec3 const& from, Vec3 const& to) {
    Vec3 const near = brought_home(cell, to - from);
    Vec3 best = near;
    for_images(images_within(cell, near.norm()), [&](Vec3 const& image) {
        Vec3 const d = near + cell.to_cartesian(image);
        if (d.squaredNorm() < best.squaredNorm() - 1e-9) best = d;
    });
    return best;
}

double covalent_radius(int z) {
    KAMACITE_EXPECTS(z >= 1 && z <= last_element);
    return 0.01 * radii_in_pm[static_cast<std::size_t>(z - 1)];
}

double MinimumDistance::of(int z1, int z2) const {
    return fixed > 0.0 ? fixed : 0.7 * (covalent_radius(z1) + covalent_radius(z2));
}

std::optional<Pair> too_close(Structure const& s, MinimumDistance const& minimum) {
    double reach = 0.0;
    for (int const z : s.species) reach = std::max(reach, minimum.of(z, z));
    auto const images = images_within(s.cell, reach);

    std::optional<Pair> worst;
    double worst_ratio = 1.0;
    for (int i = 0; i < s.size(); ++i)
        for (int j = i; j < s.size(); ++j) {
            auto const first = static_cast<std::size_t>(i);
            auto const second = static_cast<std::size_t>(j);
            double const limit = minimum.of(s.species[first], s.species[second]);
            Vec3 const near = brought_home(s.cell, s.positions[second] - s.positions[first]);
            for_images(images, [&](Vec3 const& image) {
                if (i == j && image == Vec3::Zero()) return;
                double const distance = (near + s.cell.to_cartesian(image)).norm();
                if (distance < worst_ratio * limit) {
                    worst_ratio = distance / limit;
                    worst = Pair{i, j, distance};
                }
            });
        }
    return worst;
}

}  // namespace kamacite::generate
