#include "kamacite/potential/embedded_atom.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"

namespace kamacite {
namespace {

/// h times the slope of the table at each of its points.
std::vector<double> slopes_of(std::vector<double> const& f) {
    auto const n = f.size();
    std::vector<double> g(n);
    g[0] = f[1] - f[0];
    g[1] = 0.5 * (f[2] - f[0]);
    for (std::size_t k = 2; k + 2 < n; ++k)
        g[k] = ((f[k - 2] - f[k + 2]) + 8.0 * (f[k + 1] - f[k - 1])) / 12.0;
    g[n - 2] = 0.5 * (f[n - 1] - f[n - 3]);
    g[n - 1] = f[n - 1] - f[n - 2];
    return g;
}

/// Place of each atom's element among those of the potential.
std::vector<std::size_t> places_of(std::vector<int> const& species,
                                   std::vector<int> const& elements) {
    std::vector<std::size_t> places;
    places.reserve(species.size());
    for (int const z : species) {
        auto const found = std::find(elements.begin(), elements.end(), z);
        if (found == elements.end()) {
            std::vector<std::string_view> known;
            for (int const e : elements) known.push_back(symbol_of(e));
            throw DataError(fmt::format(
                "atom {} is {} (the embedded-atom potential knows {} only): take a potential with "
                "this element, or leave the structure out",
                places.size() + 1, symbol_of(z), fmt::join(known, ", ")));
        }
        places.push_back(static_cast<std::size_t>(found - elements.begin()));
    }
    return places;
}

}  // namespace

EvenSpline::EvenSpline(std::vector<double> const& values, double step)
    : per_step_{1.0 / step}, last_{static_cast<double>(values.size() - 1) * step} {
    KAMACITE_EXPECTS(values.size() >= 5 && step > 0.0);
    auto const g = slopes_of(values);
    cubics_.reserve(values.size() - 1);
    for (std::size_t k = 0; k + 1 < values.size(); ++k) {
        double const d = values[k + 1] - values[k];
        cubics_.push_back(
            {values[k], g[k], 3.0 * d - 2.0 * g[k] - g[k + 1], g[k] + g[k + 1] - 2.0 * d});
    }
}

EvenSpline::Point EvenSpline::at(double x) const noexcept {
    double const steps = x * per_step_;
    auto const last = static_cast<double>(cubics_.size() - 1);
    double const k = std::clamp(std::floor(steps), 0.0, last);
    double const t = std::min(steps - k, 1.0);
    auto const& c = cubics_[static_cast<std::size_t>(k)];
    return {c[0] + t * (c[1] + t * (c[2] + t * c[3])),
            (c[1] + t * (2.0 * c[2] + t * 3.0 * c[3])) * per_step_};
}

EmbeddedAtom::EmbeddedAtom(EamTables const& tables)
    : elements_{tables.elements}, cutoff_{tables.cutoff} {
    auto const n = elements_.size();
    bool const by_pair = tables.kind == EamTables::Kind::finnis_sinclair;
    KAMACITE_EXPECTS(tables.embedding.size() == n && tables.pair.size() == n * (n + 1) / 2);
    KAMACITE_EXPECTS(tables.density.size() == (by_pair ? n * n : n));
    for (std::size_t a = 0; a < n; ++a) {
        embedding_.emplace_back(tables.embedding[a], tables.density_step);
        for (std::size_t b = 0; b < n; ++b) {
            density_.emplace_back(tables.density[by_pair ? a * n + b : a], tables.distance_step);
            auto const [low, high] = std::minmax(a, b);
            pair_.emplace_back(tables.pair[high * (high + 1) / 2 + low], tables.distance_step);
        }
    }
}

Prediction EmbeddedAtom::predict(Structure const& structure, Neighbours const& neighbours) const {
    KAMACITE_EXPECTS(neighbours.size() <= structure.size());
    auto const place = places_of(structure.species, elements_);
    auto const n = elements_.size();
    auto const lists = static_cast<std::size_t>(neighbours.size());
    Prediction result;
    result.energies.assign(lists, 0.0);
    result.forces.assign(place.size(), Vec3::Zero());
    result.virials.assign(place.size(), Mat3::Zero());
    std::vector<double> density_slope, pair_slope;  // ρ' and ½ φ' of each neighbour of one atom
    for (std::size_t i = 0; i < lists; ++i) {
        auto const list = neighbours.of(static_cast<int>(i));
        density_slope.assign(list.atom.size(), 0.0);
        pair_slope.assign(list.atom.size(), 0.0);
        double density = 0.0;
        for (std::size_t k = 0; k < list.atom.size(); ++k) {
            double const r = list.distance[k];
            if (r >= cutoff_) continue;
            auto const b = place[static_cast<std::size_t>(list.atom[k])];
            auto const rho = density_[b * n + place[i]].at(r);
            auto const product = pair_[place[i] * n + b].at(r);  // r φ
            double const phi = product.value / r;
            density += rho.value;
            density_slope[k] = rho.slope;
            result.energies[i] += 0.5 * phi;
            pair_slope[k] = 0.5 * (product.slope - phi) / r;
        }
        auto const& embedding = embedding_[place[i]];
        auto const f = embedding.at(density);
        double const beyond = std::max(0.0, density - embedding.last());
        result.energies[i] += f.value + f.slope * beyond;
        for (std::size_t k = 0; k < list.atom.size(); ++k) {
            double const r = list.distance[k];
            if (r >= cutoff_) continue;
            auto const j = static_cast<std::size_t>(list.atom[k]);
            Vec3 const vector = list.vector(static_cast<int>(k));
            Vec3 const p = (f.slope * density_slope[k] + pair_slope[k]) / r * vector;  // ∂E_i/∂r_ij
            result.forces[i] += p;
            result.forces[j] -= p;
            result.virials[j] -= vector * p.transpose();
        }
    }
    return result;
}

}  // namespace kamacite
