#include "kamacite/generate/distance.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <utility>
#include <vector>

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

int floor_div(int a, int b) {
    return a >= 0 ? a / b : -((b - 1 - a) / b);
}

/// Atoms by boxes about as wide as `reach`: what is within reach of an atom lies in the boxes
/// around its own. Unlike find_neighbours(), it takes atoms on the same point and cells that no
/// matter has, which are what is looked for here.
class Boxes {
public:
    Boxes(Structure const& s, double reach) : cell_{s.cell}, next_(s.positions.size()) {
        auto const fractional = wrap(s);
        Vec3 low = Vec3::Zero();
        Vec3 span = Vec3::Ones();
        for (int k = 0; k < 3; ++k) {
            if (periodic(k)) continue;
            auto const [first, last] =
                std::minmax_element(fractional.begin(), fractional.end(),
                                    [k](Vec3 const& a, Vec3 const& b) { return a[k] < b[k]; });
            low[k] = (*first)[k];
            span[k] = std::max((*last)[k] - low[k], 1e-9);
        }
        Vec3 const length =
            span.cwiseProduct(Vec3(cell_.height(0), cell_.height(1), cell_.height(2)));
        Vec3 n;
        for (double width = reach;; width *= 1.25) {  // not many more boxes than atoms
            n = (length / width).array().floor().max(1.0);
            if (n.prod() <= 2.0 * s.size() + 27.0) break;
        }
        for (int k = 0; k < 3; ++k) {
            auto const at = static_cast<std::size_t>(k);
            n_[at] = static_cast<int>(n[k]);
            around_[at] = 1 + static_cast<int>(reach * n[k] / length[k] + 1e-9);
            if (!periodic(k)) around_[at] = std::min(around_[at], n_[at] - 1);
        }
        box_.resize(fractional.size());
        first_.assign(static_cast<std::size_t>(n.prod()), -1);
        for (auto i = fractional.size(); i-- > 0;) {
            Vec3 const f = (fractional[i] - low).cwiseQuotient(span).cwiseProduct(n);
            for (std::size_t k = 0; k < 3; ++k)
                box_[i][k] = std::clamp(static_cast<int>(f[static_cast<int>(k)]), 0, n_[k] - 1);
            next_[i] = std::exchange(first_[index(box_[i])], static_cast<int>(i));
        }
    }

    /// Visits atoms j ≥ i, or their images, in the boxes around atom i, with their distance [Å],
    /// until one does not want more.
    template <class Visit>
    void visit(int i, Visit const& visit) const {
        auto const at = static_cast<std::size_t>(i);
        std::array<int, 3> begin{};
        std::array<int, 3> end{};
        for (std::size_t k = 0; k < 3; ++k) {
            bool const fixed = !cell_.periodic()[k];
            begin[k] = box_[at][k] - around_[k];
            end[k] = box_[at][k] + around_[k] + 1;
            if (fixed) begin[k] = std::max(begin[k], 0);
            if (fixed) end[k] = std::min(end[k], n_[k]);
        }
        for (int a = begin[0]; a < end[0]; ++a)
            for (int b = begin[1]; b < end[1]; ++b)
                for (int c = begin[2]; c < end[2]; ++c) {
                    std::array const image{floor_div(a, n_[0]), floor_div(b, n_[1]),
                                           floor_div(c, n_[2])};
                    Vec3 const shift = cell_.to_cartesian(Vec3(image[0], image[1], image[2]));
                    std::array const box{a - image[0] * n_[0], b - image[1] * n_[1],
                                         c - image[2] * n_[2]};
                    for (int j = first_[index(box)]; j >= 0;
                         j = next_[static_cast<std::size_t>(j)]) {
                        if (j < i || (j == i && image == std::array{0, 0, 0})) continue;
                        Vec3 const d = positions_[static_cast<std::size_t>(j)] - positions_[at];
                        if (!visit(j, (d + shift).norm())) return;
                    }
                }
    }

private:
    [[nodiscard]] bool periodic(int k) const {
        return cell_.periodic()[static_cast<std::size_t>(k)];
    }
    [[nodiscard]] std::size_t index(std::array<int, 3> const& box) const {
        return static_cast<std::size_t>((box[0] * n_[1] + box[1]) * n_[2] + box[2]);
    }
    /// Fractional positions in the cell along periodic directions; keeps the Cartesian ones.
    std::vector<Vec3> wrap(Structure const& s) {
        std::vector<Vec3> fractional;
        for (auto const& r : s.positions) {
            Vec3 f = cell_.to_fractional(r);
            for (int k = 0; k < 3; ++k)
                if (periodic(k)) f[k] -= std::floor(f[k]);
            fractional.push_back(f);
            positions_.push_back(cell_.to_cartesian(f));
        }
        return fractional;
    }

    Cell cell_;
    std::array<int, 3> n_{}, around_{};  // boxes along each direction; those around one to look at
    std::vector<std::array<int, 3>> box_{};  // of each atom
    std::vector<int> first_{}, next_;        // first atom of each box; the next in that of an atom
    std::vector<Vec3> positions_{};
};

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
    if (s.positions.empty()) return std::nullopt;
    double reach = 0.0;
    for (int const z : std::set<int>(s.species.begin(), s.species.end()))
        reach = std::max(reach, minimum.of(z, z));
    Boxes const boxes{s, reach};

    std::optional<Pair> worst;
    double worst_ratio = 1.0;
    for (int i = 0; i < s.size() && worst_ratio > 0.5; ++i)
        boxes.visit(i, [&](int j, double distance) {
            double const limit = minimum.of(s.species[static_cast<std::size_t>(i)],
                                            s.species[static_cast<std::size_t>(j)]);
            if (distance < worst_ratio * limit) {
                worst_ratio = distance / limit;
                worst = Pair{i, j, distance};
            }
            return worst_ratio > 0.5;
        });
    return worst;
}

}  // namespace kamacite::generate
