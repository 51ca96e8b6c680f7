#include "kamacite/descriptors/flops.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "kamacite/core/element.hpp"
#include "monomials.hpp"
#include "slots.hpp"

namespace kamacite {
namespace {

using detail::CentrePlan;
using detail::moments_of;
using detail::moments_up_to;

constexpr double transcendental = 20.0;  // sin, cos, tanh, acos, log

double flops_of_exp(Precision precision) {
    return precision == Precision::full ? 35.0 : 22.0;
}

/// exp(−η (r − r_s)²) f_c and its slope.
double flops_of_weight(Precision precision) {
    return 3.0 + flops_of_exp(precision) + 1.0 + 5.0;
}

/// f_c and its slope.
double flops_of(CutoffForm form, Precision precision) {
    switch (form) {
        case CutoffForm::hard:
            return 0.0;
        case CutoffForm::cosine:
            return 2.0 * transcendental + 7.0;
        case CutoffForm::tanh3:
        case CutoffForm::tanh3_norm:
            return transcendental + 8.0;
        case CutoffForm::exponential:
            return flops_of_exp(precision) + 12.0;
        case CutoffForm::poly1:
            return 10.0;
        case CutoffForm::poly2:
            return 14.0;
        case CutoffForm::poly3:
            return 17.0;
        case CutoffForm::poly4:
            return 20.0;
    }
    return 0.0;
}

/// A bump and its slope.
double flops_of(Window const& window, Precision precision) {
    return 4.0 + flops_of(window.form, precision);
}

int top_moments(int degree) {
    return moments_of(degree - 1) + moments_of(degree);
}

/// Neighbours of one atom in a slot that matter to some function, and to angular ones.
struct Reach {
    double near = 0.0, far = 0.0;
};

std::vector<Reach> reaches_of(CentrePlan const& plan, NeighboursOfAtom const& list,
                              std::span<int const> slot_of) {
    std::vector<Reach> reaches(plan.slots.size());
    for (std::size_t k = 0; k < list.atom.size(); ++k) {
        auto const s = static_cast<std::size_t>(slot_of[static_cast<std::size_t>(list.atom[k])]);
        reaches[s].near += list.distance[k] < plan.slots[s].near ? 1.0 : 0.0;
        reaches[s].far += list.distance[k] < plan.slots[s].far ? 1.0 : 0.0;
    }
    return reaches;
}

/// What the neighbours of one atom take.
Flops of_neighbours(CentrePlan const& plan, std::vector<Reach> const& reaches,
                    Precision precision) {
    Flops n;
    auto const both = [&](double flops) {
        n.evaluate += flops;
        n.tangent += flops;
    };
    auto const reach = [&](int s) { return reaches[static_cast<std::size_t>(s)]; };
    auto const neighbours_of = [&](int channel) {
        auto const& c = plan.channels[static_cast<std::size_t>(channel)];
        return c.near ? reach(c.slot).near : reach(c.slot).far;
    };
    for (auto const& r : reaches) {
        both(4.0 * r.far);                    // directions
        n.pull_back += (3.0 + 24.0) * r.far;  // slope times direction; forces and virials
        n.tangent += (9.0 + 14.0) * r.far;    // motion; rates of length and direction
    }
    for (auto const& use : plan.cutoffs)
        both(flops_of(use.cutoff.form, precision) * reach(use.slot).far);
    for (int c = 0; c < static_cast<int>(plan.channels.size()); ++c) {
        auto const& channel = plan.channels[static_cast<std::size_t>(c)];
        both((channel.cutoff < 0 ? flops_of(channel.window, precision)
                                 : flops_of_weight(precision)) *
             neighbours_of(c));
        n.pull_back += 4.0 * neighbours_of(c);
        n.tangent += neighbours_of(c);
    }
    for (std::size_t s = 0; s < plan.slots.size(); ++s) {
        if (plan.slots[s].degree == 0) continue;
        double const monomials = moments_up_to(plan.slots[s].degree) - 1.0;
        n.evaluate += monomials * reaches[s].near;
        n.pull_back += (monomials + 19.0) * reaches[s].near;
        n.tangent += (1.0 + 3.0) * monomials * reaches[s].near;
    }
    for (auto const& f : plan.families) {
        double const near = reach(f.slot).near;
        double const products = static_cast<double>(f.count) * top_moments(f.degree);
        double const slopes =
            moments_of(f.degree - 1) + (f.degree > 1 ? moments_of(f.degree - 2) : 0);
        n.evaluate += 2.0 * products * near;
        n.pull_back += (4.0 * products + 2.0 * f.count + 15.0 * slopes) * near;
        n.tangent += 6.0 * products * near;
    }
    for (auto const& r : plan.radial) both(neighbours_of(r.channel));
    for (auto const& g : plan.wide)
        if (g.has_diagonal) both(2.0 * neighbours_of(g.a));  // Σ g²
    return n;
}

/// What an atom takes beyond its lanes: moments to functions and back.
Flops of_moments(CentrePlan const& plan) {
    Flops n;
    for (auto const& c : plan.channels) {
        if (c.degree == 0) continue;
        double const lower = moments_up_to(c.degree - 2);
        n.evaluate += 2.0 * lower;
        n.pull_back += 3.0 * lower;
        n.tangent += 4.0 * lower;
    }
    for (auto const& g : plan.wide) {
        double const moments = moments_up_to(g.degree);
        double const terms = static_cast<double>(g.columns.size()) * (2.0 * (g.degree + 1) + 2.0);
        n.evaluate += 3.0 * moments + terms;
        n.pull_back += 5.0 * moments + terms;
        n.tangent += (g.a == g.b ? 3.0 : 6.0) * moments + terms;
    }
    for (auto const& t : plan.triple) {
        auto const runs = static_cast<double>(t.sum.runs.size());
        auto const products = static_cast<double>(t.sum.third.size());
        n.evaluate += 3.0 * runs + 2.0 * products;
        n.pull_back += 7.0 * runs + 4.0 * products;
        n.tangent += 7.0 * runs + 4.0 * products;
    }
    return n;
}

/// Functions over pairs of neighbours that share a weight: angular ones with their η, r_s, cutoff,
/// compact ones with their radial window. Counted from the functions, not from the plan, so that
/// the count does not depend on how the kernels share work.
struct PairGroup {
    int centre, first, second;  ///< elements, as in AngularFunction
    double low, high;           ///< distances from the centre that count [Å]
    double farthest;            ///< of the two neighbours from each other [Å]
    double nearest;
    double weight;  ///< flops of the weight of r_jk and its slope
    std::vector<detail::AngleFunction> angles;
    double terms = 0.0;   ///< functions
    double shared = 0.0;  ///< flops of what no larger group has: geometry and angular parts
};

/// (1 + λ cos θ)^ζ by squaring, and its slope.
double flops_of_power(double zeta, Precision precision) {
    if (zeta != std::floor(zeta)) return 2.0 + flops_of_exp(precision) + transcendental + 3.0;
    auto const n = static_cast<unsigned>(zeta - 1.0);
    return 2.0 + 3.0 + (n == 0 ? 0 : std::bit_width(n) - 1 + std::popcount(n) - 1);
}

/// A(θ) and dA/d cos θ. θ of a window is counted elsewhere.
double flops_of(detail::AngleFunction const& a, Precision precision) {
    if (auto const* power = std::get_if<detail::PowerOfCosine>(&a))
        return flops_of_power(power->zeta, precision);
    return flops_of(std::get<Window>(a), precision) + 1.0;
}

bool has_windows(PairGroup const& g) {
    return std::any_of(g.angles.begin(), g.angles.end(),
                       [](auto const& a) { return std::holds_alternative<Window>(a); });
}

/// Whether every pair of `inner` is one of `outer` too.
bool covers(PairGroup const& outer, PairGroup const& inner) {
    return outer.centre == inner.centre && outer.first == inner.first &&
           outer.second == inner.second && outer.low <= inner.low && outer.high >= inner.high &&
           outer.nearest <= inner.nearest && outer.farthest >= inner.farthest;
}

/// What depends on the pair alone is counted for one of the groups that want it.
void share(std::vector<PairGroup>& groups, Precision precision) {
    constexpr double geometry = 3.0 + 5.0 + 2.0 + 5.0;    // difference, length, 1/length, cosine
    constexpr double theta = 2.0 + transcendental + 5.0;  // within [−1, 1], acos, −1/sin θ
    for (std::size_t n = 0; n < groups.size(); ++n) {
        auto& g = groups[n];
        std::vector<PairGroup const*> larger;
        for (std::size_t k = 0; k < groups.size(); ++k)
            if (k != n && covers(groups[k], g) && (k < n || !covers(g, groups[k])))
                larger.push_back(&groups[k]);
        auto const elsewhere = [&](auto const& has) {
            return std::any_of(larger.begin(), larger.end(),
                               [&](auto const* l) { return has(*l); });
        };
        g.shared = larger.empty() ? geometry : 0.0;
        if (has_windows(g) && !elsewhere(has_windows)) g.shared += theta;
        for (std::size_t a = 0; a < g.angles.size(); ++a) {
            auto const same = [&](auto const& other) { return other == g.angles[a]; };
            auto const here = g.angles.begin() + static_cast<std::ptrdiff_t>(a);
            if (std::any_of(g.angles.begin(), here, same)) continue;
            if (elsewhere([&](PairGroup const& l) {
                    return std::any_of(l.angles.begin(), l.angles.end(), same);
                }))
                continue;
            g.shared += flops_of(g.angles[a], precision);
        }
    }
}

std::vector<PairGroup> pair_groups(FunctionSet const& functions, Precision precision) {
    std::vector<PairGroup> groups;
    std::vector<AngularFunction> seen;
    for (auto const& f : functions.angular) {
        if (detail::has_moment_form(f)) continue;
        bool const narrow = f.form == AngularFunction::Form::narrow;
        auto at = std::find_if(seen.begin(), seen.end(), [&](auto const& s) {
            return s.form == f.form && s.centre == f.centre && s.first == f.first &&
                   s.second == f.second && s.eta == f.eta && s.shift == f.shift &&
                   s.cutoff == f.cutoff;
        });
        auto const n = static_cast<std::size_t>(at - seen.begin());
        if (at == seen.end()) {
            seen.push_back(f);
            double const weight = flops_of_weight(precision) + flops_of(f.cutoff.form, precision);
            groups.push_back({f.centre,
                              f.first,
                              f.second,
                              0.0,
                              f.cutoff.radius,
                              narrow ? f.cutoff.radius : 2.0 * f.cutoff.radius,
                              0.0,
                              narrow ? weight : 0.0,
                              {}});
        }
        groups[n].angles.emplace_back(detail::PowerOfCosine{f.lambda, f.zeta});
        groups[n].terms += 1.0;
    }
    std::vector<CompactAngularFunction> windows;
    std::size_t const before = groups.size();
    for (auto const& f : functions.compact_angular) {
        bool const narrow = f.form == CompactAngularFunction::Form::narrow;
        auto at = std::find_if(windows.begin(), windows.end(), [&](auto const& s) {
            return s.form == f.form && s.centre == f.centre && s.first == f.first &&
                   s.second == f.second && s.radial == f.radial;
        });
        auto const n = before + static_cast<std::size_t>(at - windows.begin());
        double const bump = flops_of(f.radial, precision);
        if (at == windows.end()) {
            windows.push_back(f);
            groups.push_back({f.centre,
                              f.first,
                              f.second,
                              std::max(0.0, f.radial.low),
                              f.radial.high,
                              narrow ? f.radial.high : 2.0 * f.radial.high,
                              narrow ? std::max(0.0, f.radial.low) : 0.0,
                              narrow ? bump : 0.0,
                              {}});
        }
        groups[n].angles.emplace_back(f.angular);
        groups[n].terms += 1.0;
    }
    share(groups, precision);
    return groups;
}

/// Pairs of neighbours for which a group is nonzero.
/// \param element  what each neighbour is for the centre, by its place in the list
double pairs_of(PairGroup const& g, NeighboursOfAtom const& list, std::vector<int> const& element) {
    std::vector<int> inside;
    for (int k = 0; k < list.size(); ++k) {
        double const r = list.distance[static_cast<std::size_t>(k)];
        if (r > g.low && r < g.high) inside.push_back(k);
    }
    double pairs = 0.0;
    for (std::size_t a = 0; a < inside.size(); ++a)
        for (std::size_t b = a + 1; b < inside.size(); ++b) {
            auto const [low, high] = std::minmax({element[static_cast<std::size_t>(inside[a])],
                                                  element[static_cast<std::size_t>(inside[b])]});
            if (g.first != every_element && (low != g.first || high != g.second)) continue;
            double const r2 = (list.vector(inside[a]) - list.vector(inside[b])).squaredNorm();
            pairs += r2 < g.farthest * g.farthest && r2 >= g.nearest * g.nearest ? 1.0 : 0.0;
        }
    return pairs;
}

Flops of_pairs(PairGroup const& g, double pairs) {
    double const once = g.shared + g.weight;
    Flops n;
    n.evaluate = (once + 2.0 + 2.0 * g.terms) * pairs;
    // the kernels find the pairs again, and so it is counted: storing them would cost more
    n.pull_back = (once + 4.0 * g.terms + 16.0 + 3.0 * 15.0) * pairs;
    n.tangent = (once + 5.0 * g.terms + 37.0) * pairs;
    return n;
}

void add(Flops& to, Flops const& more) {
    to.evaluate += more.evaluate;
    to.pull_back += more.pull_back;
    to.tangent += more.tangent;
}

}  // namespace

Flops count_flops(Descriptors const& descriptors, Neighbours const& neighbours,
                  std::span<int const> species, Precision precision) {
    auto const& plan = descriptors.plan();
    detail::Slots const slots{plan, species};
    auto const groups = pair_groups(descriptors.functions(), precision);
    Flops total;
    for (int i = 0; i < neighbours.size(); ++i) {
        auto const n = static_cast<std::size_t>(i);
        auto const& centre = slots.plan_of(i);
        auto const list = neighbours.of(i);
        add(total, of_neighbours(centre, reaches_of(centre, list, slots.seen_by(i)), precision));
        add(total, of_moments(centre));
        std::vector<int> seen;
        for (int const j : list.atom)
            seen.push_back(descriptors.seen_as(species[n], species[static_cast<std::size_t>(j)]));
        for (auto const& g : groups)
            if (g.centre == element_of(species[n]))
                add(total, of_pairs(g, pairs_of(g, list, seen)));
    }
    return total;
}

}  // namespace kamacite
