#include "reference.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "kamacite/core/element.hpp"

namespace kamacite::detail {
namespace {

/// exp(−η (r − r_s)²) f_c(r) and its slope.
Cutoff::Value weight(double eta, double shift, Cutoff const& cutoff, double r) {
    auto const c = cutoff.at(r);
    double const gauss = std::exp(-eta * (r - shift) * (r - shift));
    return {gauss * c.f, gauss * (c.slope - 2.0 * eta * (r - shift) * c.f)};
}

struct Sum {
    double g = 0.0;
    double scale = 0.0;
    std::vector<Vec3> dg;
};

/// What a neighbour of an element is multiplied with; 0 if it does not count.
double share(int wanted, int z) {
    if (wanted == every_element) return element_of(z);
    return wanted == z ? 1.0 : 0.0;
}

/// The same for two neighbours.
double share(int first, int second, int z_j, int z_k) {
    if (first == every_element) return static_cast<double>(element_of(z_j)) * element_of(z_k);
    bool const match = (z_j == first && z_k == second) || (z_j == second && z_k == first);
    return match ? 1.0 : 0.0;
}

/// Σ_j g(r_j) over neighbours of an element. \param g  value and slope at a distance
template <class G>
Sum sum_over_neighbours(int element, G const& g, NeighboursOfAtom const& list,
                        std::span<int const> species) {
    Sum sum{0.0, 0.0, std::vector<Vec3>(list.atom.size(), Vec3::Zero())};
    for (std::size_t j = 0; j < list.atom.size(); ++j) {
        double const part = share(element, species[static_cast<std::size_t>(list.atom[j])]);
        if (part == 0.0) continue;
        auto const w = g(list.distance[j]);
        sum.g += part * w.f;
        sum.scale += std::abs(part * w.f);
        sum.dg[j] = part * w.slope / list.distance[j] * list.vector(static_cast<int>(j));
    }
    return sum;
}

Sum sum_of(RadialFunction const& f, NeighboursOfAtom const& list, std::span<int const> species) {
    auto const g = [&](double r) { return weight(f.eta, f.shift, f.cutoff, r); };
    return sum_over_neighbours(f.neighbour, g, list, species);
}

Sum sum_of(CompactRadialFunction const& f, NeighboursOfAtom const& list,
           std::span<int const> species) {
    return sum_over_neighbours(
        f.neighbour, [&](double r) { return f.radial.at(r); }, list, species);
}

/// The factors of one pair: g of r_j, r_k and r_jk, and A of cos θ; `largest` is that of A.
struct PairFactors {
    Cutoff::Value j, k, jk, angle;
    double largest;
};

/// Σ_{j<k} of products of such factors. \param factors  of (r_j, r_k, r_jk, cos θ)
template <class F>
Sum sum_over_pairs(int first, int second, F const& factors, NeighboursOfAtom const& list,
                   std::span<int const> species) {
    Sum sum{0.0, 0.0, std::vector<Vec3>(list.atom.size(), Vec3::Zero())};
    for (std::size_t j = 0; j < list.atom.size(); ++j)
        for (std::size_t k = j + 1; k < list.atom.size(); ++k) {
            double const part =
                share(first, second, species[static_cast<std::size_t>(list.atom[j])],
                      species[static_cast<std::size_t>(list.atom[k])]);
            if (part == 0.0) continue;
            double const r_j = list.distance[j];
            double const r_k = list.distance[k];
            Vec3 const u_j = list.vector(static_cast<int>(j)) / r_j;
            Vec3 const u_k = list.vector(static_cast<int>(k)) / r_k;
            Vec3 const across = list.vector(static_cast<int>(k)) - list.vector(static_cast<int>(j));
            double const cosine = u_j.dot(u_k);
            auto const p = factors(r_j, r_k, across.norm(), cosine);
            double const weights = part * p.j.f * p.k.f * p.jk.f;
            sum.g += weights * p.angle.f;
            sum.scale += std::abs(weights * p.largest);
            double const turn = weights * p.angle.slope;
            double const along = part * p.angle.f;
            Vec3 const cross = along * p.j.f * p.k.f * p.jk.slope / across.norm() * across;
            sum.dg[j] += turn / r_j * (u_k - cosine * u_j) +
                         along * p.j.slope * p.k.f * p.jk.f * u_j - cross;
            sum.dg[k] += turn / r_k * (u_j - cosine * u_k) +
                         along * p.j.f * p.k.slope * p.jk.f * u_k + cross;
        }
    return sum;
}

Sum sum_of(AngularFunction const& f, NeighboursOfAtom const& list, std::span<int const> species) {
    double const front = std::pow(2.0, 1.0 - f.zeta);
    bool const narrow = f.form == AngularFunction::Form::narrow;
    auto const g = [&](double r) { return weight(f.eta, f.shift, f.cutoff, r); };
    auto const factors = [&](double r_j, double r_k, double r_jk, double cosine) {
        double const base = std::max(1.0 + f.lambda * cosine, 0.0);  // rounding may go below zero
        Cutoff::Value const angle{front * std::pow(base, f.zeta),
                                  front * f.zeta * f.lambda * std::pow(base, f.zeta - 1.0)};
        return PairFactors{g(r_j), g(r_k), narrow ? g(r_jk) : Cutoff::Value{1.0, 0.0}, angle, 2.0};
    };
    return sum_over_pairs(f.first, f.second, factors, list, species);
}

Sum sum_of(CompactAngularFunction const& f, NeighboursOfAtom const& list,
           std::span<int const> species) {
    double const degree = std::numbers::pi / 180.0;
    bool const narrow = f.form == CompactAngularFunction::Form::narrow;
    auto const factors = [&](double r_j, double r_k, double r_jk, double cosine) {
        double const c = std::clamp(cosine, -1.0, 1.0);
        double const sine = std::sqrt((1.0 - c) * (1.0 + c));
        auto const a = f.angular.at(std::acos(c) / degree);
        // in line the direction of the slope has no meaning, and most windows none either
        double const slope = sine > 0.0 ? -a.slope / degree / sine : 0.0;
        auto const one = Cutoff::Value{1.0, 0.0};
        return PairFactors{f.radial.at(r_j),
                           f.radial.at(r_k),
                           narrow ? f.radial.at(r_jk) : one,
                           {a.f, slope},
                           1.0};
    };
    return sum_over_pairs(f.first, f.second, factors, list, species);
}

/// P_l(x) and its derivative.
Cutoff::Value legendre(int l, double x) {
    Cutoff::Value before{1.0, 0.0};
    Cutoff::Value now{x, 1.0};
    if (l == 0) return before;
    for (int n = 1; n < l; ++n) {
        Cutoff::Value const next{((2 * n + 1) * x * now.f - n * before.f) / (n + 1),
                                 before.slope + (2 * n + 1) * now.f};
        before = now;
        now = next;
    }
    return now;
}

Cutoff::Value weight(Gaussian const& g, double r) {
    return weight(g.eta, g.shift, g.cutoff, r);
}

/// A neighbour seen with one weight.
struct Seen {
    std::size_t entry;
    double r;
    Vec3 u;
    Cutoff::Value g;
};

std::vector<Seen> seen_by(Gaussian const& g, int element, NeighboursOfAtom const& list,
                          std::span<int const> species) {
    std::vector<Seen> result;
    for (std::size_t j = 0; j < list.atom.size(); ++j)
        if (species[static_cast<std::size_t>(list.atom[j])] == element) {
            double const r = list.distance[j];
            result.push_back({j, r, list.vector(static_cast<int>(j)) / r, weight(g, r)});
        }
    return result;
}

/// Adds the gradient of factor · cos θ_jk.
void add_cosine(double factor, Seen const& j, Seen const& k, std::vector<Vec3>& dg) {
    double const cosine = j.u.dot(k.u);
    dg[j.entry] += factor / j.r * (k.u - cosine * j.u);
    dg[k.entry] += factor / k.r * (j.u - cosine * k.u);
}

Sum sum_of(PowerFunction const& f, NeighboursOfAtom const& list, std::span<int const> species) {
    Sum sum{0.0, 0.0, std::vector<Vec3>(list.atom.size(), Vec3::Zero())};
    auto const second = seen_by(f.b, f.second, list, species);
    for (auto const& j : seen_by(f.a, f.first, list, species))
        for (auto const& k : second) {
            auto const p = legendre(f.degree, j.u.dot(k.u));
            sum.g += j.g.f * k.g.f * p.f;
            sum.scale += std::abs(j.g.f * k.g.f);
            sum.dg[j.entry] += j.g.slope * k.g.f * p.f * j.u;
            sum.dg[k.entry] += j.g.f * k.g.slope * p.f * k.u;
            add_cosine(j.g.f * k.g.f * p.slope, j, k, sum.dg);
        }
    return sum;
}

/// x^n and its derivative.
Cutoff::Value power(double x, int n) {
    return {std::pow(x, n), n == 0 ? 0.0 : n * std::pow(x, n - 1)};
}

Sum sum_of(TripleFunction const& f, NeighboursOfAtom const& list, std::span<int const> species) {
    Sum sum{0.0, 0.0, std::vector<Vec3>(list.atom.size(), Vec3::Zero())};
    auto const second = seen_by(f.weights[1], f.neighbours[1], list, species);
    auto const third = seen_by(f.weights[2], f.neighbours[2], list, species);
    for (auto const& j : seen_by(f.weights[0], f.neighbours[0], list, species))
        for (auto const& k : second)
            for (auto const& l : third) {
                auto const jk = power(j.u.dot(k.u), f.powers[0]);
                auto const kl = power(k.u.dot(l.u), f.powers[1]);
                auto const lj = power(l.u.dot(j.u), f.powers[2]);
                double const g = j.g.f * k.g.f * l.g.f;
                double const angles = jk.f * kl.f * lj.f;
                sum.g += g * angles;
                sum.scale += std::abs(g);
                sum.dg[j.entry] += angles * j.g.slope * k.g.f * l.g.f * j.u;
                sum.dg[k.entry] += angles * j.g.f * k.g.slope * l.g.f * k.u;
                sum.dg[l.entry] += angles * j.g.f * k.g.f * l.g.slope * l.u;
                add_cosine(g * jk.slope * kl.f * lj.f, j, k, sum.dg);
                add_cosine(g * jk.f * kl.slope * lj.f, k, l, sum.dg);
                add_cosine(g * jk.f * kl.f * lj.slope, l, j, sum.dg);
            }
    return sum;
}

}  // namespace

ReferenceOfAtom reference_of_atom(Descriptors const& descriptors, int centre,
                                  NeighboursOfAtom const& list, std::span<int const> species) {
    ReferenceOfAtom result;
    auto const take = [&](Sum sum) {
        result.g.push_back(sum.g);
        result.scale.push_back(sum.scale);
        result.dg.push_back(std::move(sum.dg));
    };
    std::vector<int> seen;
    for (int const z : species) seen.push_back(descriptors.seen_as(centre, z));
    descriptors.functions().for_each_kind([&](auto const& kind) {
        for (auto const& f : kind)
            if (f.centre == element_of(centre)) take(sum_of(f, list, seen));
    });
    return result;
}

}  // namespace kamacite::detail
