#include "kamacite/generate/short_range_order.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "kamacite/core/error.hpp"

namespace kamacite::generate {
namespace {

/// A site as another sees it.
struct Seen {
    int site;
    std::array<int, 3> image;  ///< of the cell, as the positions are given
    Vec3 vector;               ///< [Å]
    double distance;           ///< [Å]
};

std::vector<Seen> seen_from(Structure const& s, std::vector<Vec3> const& fractional, std::size_t i,
                            double reach) {
    std::vector<Seen> all;
    std::array<int, 3> most{};
    for (std::size_t k = 0; k < 3; ++k)
        if (s.cell.periodic()[k])
            most[k] =
                static_cast<int>(std::floor(reach / s.cell.height(static_cast<int>(k)) + 0.5));
    for (std::size_t j = 0; j < fractional.size(); ++j) {
        Vec3 const f = fractional[j] - fractional[i];
        std::array<int, 3> home{};
        for (int k = 0; k < 3; ++k)
            if (s.cell.periodic()[static_cast<std::size_t>(k)])
                home[static_cast<std::size_t>(k)] = -static_cast<int>(std::lround(f[k]));
        for (int a = home[0] - most[0]; a <= home[0] + most[0]; ++a)
            for (int b = home[1] - most[1]; b <= home[1] + most[1]; ++b)
                for (int c = home[2] - most[2]; c <= home[2] + most[2]; ++c) {
                    if (j == i && a == 0 && b == 0 && c == 0) continue;
                    Vec3 const v = s.cell.to_cartesian(f + Vec3(a, b, c));
                    double const d = v.norm();
                    if (d < reach) all.push_back({static_cast<int>(j), {a, b, c}, v, d});
                }
    }
    return all;
}

constexpr double same_distance = 1e-3;  // Å: perfect sites differ by rounding

std::vector<double> shells_in(std::vector<std::vector<Seen>> const& seen) {
    std::vector<double> distances;
    for (auto const& of_site : seen)
        for (auto const& other : of_site) distances.push_back(other.distance);
    std::sort(distances.begin(), distances.end());
    std::vector<double> shells;
    for (double const d : distances)
        if (shells.empty() || d > shells.back() + same_distance) shells.push_back(d);
    return shells;
}

/// Number of the shell, −1 if it is none of them.
int shell_of(std::vector<double> const& shells, double distance) {
    auto const found =
        std::lower_bound(shells.begin(), shells.end(), distance - 2.0 * same_distance);
    bool const near = found != shells.end() && *found < distance + 2.0 * same_distance;
    return near ? static_cast<int>(found - shells.begin()) : -1;
}

/// A triangle by its corners, each a site and its image relative to that of the first.
using Corners = std::array<std::array<int, 4>, 3>;

/// The same for every corner that one begins at, and either way round.
Corners canonical(Corners const& corners) {
    Corners best{};
    bool first = true;
    for (std::size_t from = 0; from < 3; ++from) {
        Corners moved = corners;
        for (auto& corner : moved)
            for (std::size_t k = 1; k < 4; ++k) corner[k] -= corners[from][k];
        std::rotate(moved.begin(), moved.begin() + static_cast<std::ptrdiff_t>(from), moved.end());
        if (moved[2] < moved[1]) std::swap(moved[1], moved[2]);
        if (first || moved < best) best = moved;
        first = false;
    }
    return best;
}

void add_triangles(Figures& figures, std::vector<std::vector<Seen>> const& seen, int shells) {
    std::map<std::array<int, 3>, int> kinds;
    std::set<Corners> met;
    for (std::size_t i = 0; i < seen.size(); ++i)
        for (std::size_t p = 0; p < seen[i].size(); ++p)
            for (std::size_t q = p + 1; q < seen[i].size(); ++q) {
                auto const &j = seen[i][p], &k = seen[i][q];
                std::array sides{shell_of(figures.distances, j.distance),
                                 shell_of(figures.distances, k.distance),
                                 shell_of(figures.distances, (k.vector - j.vector).norm())};
                std::sort(sides.begin(), sides.end());
                if (sides[0] < 0 || sides[2] >= shells) continue;
                Corners const corners{{{static_cast<int>(i), 0, 0, 0},
                                       {j.site, j.image[0], j.image[1], j.image[2]},
                                       {k.site, k.image[0], k.image[1], k.image[2]}}};
                if (!met.insert(canonical(corners)).second) continue;
                auto const kind = kinds.emplace(sides, static_cast<int>(kinds.size()));
                auto const number = static_cast<int>(figures.triangles.size());
                figures.triangles.push_back(
                    {static_cast<int>(i), j.site, k.site, kind.first->second});
                for (int const site : std::set{static_cast<int>(i), j.site, k.site})
                    figures.triangles_of[static_cast<std::size_t>(site)].push_back(number);
            }
    figures.triangle_kinds = static_cast<int>(kinds.size());
}

/// How often pairs and triangles are of which elements; follows single changes.
class Tally {
public:
    Tally(Figures const& figures, std::vector<int> const& species) : figures_{&figures} {
        auto const sorted = std::set<int>(species.begin(), species.end());
        elements_.assign(sorted.begin(), sorted.end());
        n_ = elements_.size();
        fractions_.assign(n_, 0.0);
        for (int const z : species) {
            kinds_.push_back(static_cast<std::size_t>(
                std::lower_bound(elements_.begin(), elements_.end(), z) - elements_.begin()));
            fractions_[kinds_.back()] += 1.0 / static_cast<double>(species.size());
        }
        pairs_.assign(figures.distances.size(), std::vector<double>(n_ * n_, 0.0));
        triples_.assign(static_cast<std::size_t>(figures.triangle_kinds),
                        std::vector<double>(n_ * n_ * n_, 0.0));
        for (std::size_t i = 0; i < kinds_.size(); ++i)
            for (auto const& other : figures.neighbours[i])
                pair(other.shell, kinds_[i], kind_of(other.site)) += 1.0;
        for (auto const& t : figures.triangles) triple(t) += 1.0;
        for (auto const& of_shell : pairs_) pair_totals_.push_back(sum(of_shell));
        for (auto const& of_kind : triples_) triple_totals_.push_back(sum(of_kind));
    }

    [[nodiscard]] std::vector<int> const& elements() const { return elements_; }
    [[nodiscard]] std::size_t kind(std::size_t site) const { return kinds_[site]; }
    [[nodiscard]] std::vector<std::size_t> const& kinds() const { return kinds_; }
    [[nodiscard]] double alpha(std::size_t shell, std::size_t a, std::size_t b) const {
        return 1.0 -
               pairs_[shell][a * n_ + b] / (pair_totals_[shell] * fractions_[a] * fractions_[b]);
    }

    void exchange(std::size_t i, std::size_t j) {
        auto const of_i = kinds_[i], of_j = kinds_[j];
        set(i, of_j);
        set(j, of_i);
    }

    [[nodiscard]] double distance_from_random() const {
        double q = 0.0;
        for (std::size_t s = 0; s < pairs_.size(); ++s)
            for (std::size_t a = 0; a < n_; ++a)
                for (std::size_t b = 0; b < n_; ++b) {
                    double const x = alpha(s, a, b);
                    q += fractions_[a] * fractions_[b] * x * x / static_cast<double>(s + 1);
                }
        for (std::size_t t = 0; t < triples_.size(); ++t)
            for (std::size_t a = 0; a < n_; ++a)
                for (std::size_t b = a; b < n_; ++b)
                    for (std::size_t c = b; c < n_; ++c) {
                        double const orders = a == c ? 1.0 : (a == b || b == c ? 3.0 : 6.0);
                        double const p = orders * fractions_[a] * fractions_[b] * fractions_[c];
                        double const x =
                            triples_[t][(a * n_ + b) * n_ + c] / (triple_totals_[t] * p) - 1.0;
                        q += p * x * x / 3.0;
                    }
        return q;
    }

private:
    [[nodiscard]] static double sum(std::vector<double> const& values) {
        double total = 0.0;
        for (double const v : values) total += v;
        return total;
    }
    [[nodiscard]] std::size_t kind_of(int site) const {
        return kinds_[static_cast<std::size_t>(site)];
    }
    [[nodiscard]] double& pair(int shell, std::size_t a, std::size_t b) {
        return pairs_[static_cast<std::size_t>(shell)][a * n_ + b];
    }
    [[nodiscard]] double& triple(Figures::Triangle const& t) {
        std::array corners{kind_of(t.a), kind_of(t.b), kind_of(t.c)};
        std::sort(corners.begin(), corners.end());
        return triples_[static_cast<std::size_t>(t.kind)]
                       [(corners[0] * n_ + corners[1]) * n_ + corners[2]];
    }
    /// Takes away, or adds, all that a site is part of. A site and its image are in the list of
    /// the site from either side, two different sites in a list each.
    void count(std::size_t i, double sign) {
        for (auto const& other : figures_->neighbours[i]) {
            auto const kind = kind_of(other.site);
            pair(other.shell, kinds_[i], kind) += sign;
            if (static_cast<std::size_t>(other.site) != i)
                pair(other.shell, kind, kinds_[i]) += sign;
        }
        for (int const t : figures_->triangles_of[i])
            triple(figures_->triangles[static_cast<std::size_t>(t)]) += sign;
    }
    void set(std::size_t i, std::size_t kind) {
        count(i, -1.0);
        kinds_[i] = kind;
        count(i, 1.0);
    }

    Figures const* figures_;
    std::vector<int> elements_{};
    std::size_t n_ = 0;
    std::vector<std::size_t> kinds_{};  // of each site: place of its element
    std::vector<double> fractions_{}, pair_totals_{}, triple_totals_{};
    std::vector<std::vector<double>> pairs_{}, triples_{};  // whole numbers
};

std::pair<std::size_t, std::size_t> unlike_sites(Tally const& tally, RandomStream& random) {
    auto const n = tally.kinds().size();
    for (;;) {
        auto const i = static_cast<std::size_t>(random.below(n));
        auto const j = static_cast<std::size_t>(random.below(n));
        if (tally.kind(i) != tally.kind(j)) return {i, j};
    }
}

}  // namespace

Figures figures_of(Structure const& sites, int shells, int triangle_shells) {
    KAMACITE_EXPECTS(shells >= 1 && triangle_shells >= 0 && triangle_shells <= shells);
    std::vector<Vec3> fractional;
    for (auto const& r : sites.positions) fractional.push_back(sites.cell.to_fractional(r));
    auto const n = fractional.size();
    double reach = 1.5 * std::cbrt(sites.cell.volume() / static_cast<double>(n));
    for (int attempt = 0; attempt < 20; ++attempt, reach *= 1.25) {
        std::vector<std::vector<Seen>> seen;
        for (std::size_t i = 0; i < n; ++i) seen.push_back(seen_from(sites, fractional, i, reach));
        auto found = shells_in(seen);
        if (std::ssize(found) <= shells) continue;  // the last may be cut off by the reach
        found.resize(static_cast<std::size_t>(shells));
        Figures figures;
        figures.distances = std::move(found);
        figures.triangles_of.resize(n);
        for (auto& of_site : seen) {
            std::erase_if(of_site, [&](Seen const& other) {
                return shell_of(figures.distances, other.distance) < 0;
            });
            auto& list = figures.neighbours.emplace_back();
            for (auto const& other : of_site)
                list.push_back({other.site, shell_of(figures.distances, other.distance)});
            std::erase_if(of_site, [&](Seen const& other) {
                return shell_of(figures.distances, other.distance) >= triangle_shells;
            });
        }
        if (triangle_shells > 0) add_triangles(figures, seen, triangle_shells);
        return figures;
    }
    throw InputError(fmt::format(
        "atoms have no {} shells of neighbours within {:.0f} Å: ask for fewer", shells, reach));
}

std::vector<ShortRangeOrder> warren_cowley(Figures const& figures,
                                           std::vector<int> const& species) {
    Tally const tally{figures, species};
    auto const& z = tally.elements();
    std::vector<ShortRangeOrder> all;
    for (std::size_t a = 0; a < z.size(); ++a)
        for (std::size_t b = a + 1; b < z.size(); ++b) {
            auto& order = all.emplace_back(ShortRangeOrder{{z[a], z[b]}, {}});
            for (std::size_t s = 0; s < figures.distances.size(); ++s)
                order.values.push_back(tally.alpha(s, a, b));
        }
    return all;
}

double distance_from_random(Figures const& figures, std::vector<int> const& species) {
    return Tally{figures, species}.distance_from_random();
}

std::vector<int> quasi_random(Figures const& figures, std::vector<int> species, int sweeps,
                              RandomStream& random) {
    KAMACITE_EXPECTS(species.size() == figures.neighbours.size() && sweeps > 0);
    Tally tally{figures, species};
    if (tally.elements().size() < 2) return species;
    double q = tally.distance_from_random();
    auto const trial = [&] {
        auto const [i, j] = unlike_sites(tally, random);
        tally.exchange(i, j);
        return std::pair{i, j};
    };
    double scale = 0.0;  // mean |ΔQ|
    constexpr int samples = 100;
    for (int k = 0; k < samples; ++k) {
        auto const [i, j] = trial();
        scale += std::abs(tally.distance_from_random() - q) / samples;
        tally.exchange(i, j);
    }
    constexpr double coldest = 1e-3, none = 1e-12;
    auto const steps = static_cast<long long>(sweeps) * std::ssize(species);
    auto best = tally.kinds();
    double lowest = q;
    for (long long step = 0; step < steps && lowest > none && scale > 0.0; ++step) {
        double const theta =
            scale * std::pow(coldest, static_cast<double>(step) / static_cast<double>(steps));
        auto const [i, j] = trial();
        double const now = tally.distance_from_random();
        if (now > q && random.uniform() >= std::exp((q - now) / theta)) {
            tally.exchange(i, j);
            continue;
        }
        q = now;
        if (q >= lowest) continue;
        lowest = q;
        best = tally.kinds();
    }
    for (std::size_t i = 0; i < species.size(); ++i) species[i] = tally.elements()[best[i]];
    return species;
}

}  // namespace kamacite::generate
