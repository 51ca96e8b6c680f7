#include "checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "monomials.hpp"

namespace kamacite::detail {
namespace {

/// Speaks of one function: "radial function 3 of Fe".
class Complaint {
public:
    Complaint(char const* kind, std::size_t index)
        : who_{fmt::format("{} function {}", kind, index + 1)} {}

    void demand(bool holds, std::string const& what, char const* mend) const {
        if (!holds) throw InputError(fmt::format("{}: {}: {}", who_, what, mend));
    }
    /// One neighbour element, or every_element.
    void neighbour(std::vector<int> const& elements, int z) const {
        if (z != every_element) element(elements, z);
    }
    /// Two neighbour elements in ascending order, or every_element twice.
    void neighbours(std::vector<int> const& elements, int first, int second) const {
        demand((first == every_element) == (second == every_element),
               fmt::format("neighbour elements are {}, {} (weighted functions have neither)", first,
                           second),
               "name both elements or none");
        neighbour(elements, first);
        neighbour(elements, second);
        demand(first <= second,
               fmt::format("neighbour elements are {}, {} (must be in ascending order)", first,
                           second),
               "swap them");
    }
    void window(Window const& w, char const* what) const {
        demand(std::isfinite(w.low) && std::isfinite(w.high) && w.low < w.high,
               fmt::format("the {} window is [{}, {}] (must have a width)", what, w.low, w.high),
               "correct it");
        demand(w.form == CutoffForm::exponential ||
                   (w.form >= CutoffForm::poly1 && w.form <= CutoffForm::poly4),
               fmt::format("the {} window has the form {}", what, name_of(w.form)),
               "use exponential or poly1 … poly4");
    }
    void element(std::vector<int> const& elements, int z) const {
        if (std::find(elements.begin(), elements.end(), element_of(z)) != elements.end()) return;
        throw InputError(
            fmt::format("{}: element {} is not among the elements of the set: add it "
                        "there, or remove the function",
                        who_, element_of(z)));
    }
    void radial_part(double eta, double shift, Cutoff const& cutoff) const {
        demand(eta >= 0.0 && std::isfinite(eta),
               fmt::format("η is {} /Å² (must not be negative)", eta), "correct it");
        demand(std::isfinite(shift), fmt::format("r_s is {} Å (must be finite)", shift),
               "correct it");
        demand(cutoff.radius > 0.0 && std::isfinite(cutoff.radius),
               fmt::format("the cutoff radius is {} Å (must be positive)", cutoff.radius),
               "correct it");
        demand(cutoff.inner >= 0.0 && cutoff.inner < 1.0,
               fmt::format("the inner cutoff α is {} (must be in [0, 1))", cutoff.inner),
               "correct it");
        (void)name_of(cutoff.form);
    }

private:
    std::string who_;
};

std::vector<int> neighbours_of(RadialFunction const& f) {
    return {f.neighbour};
}
std::vector<int> neighbours_of(CompactRadialFunction const& f) {
    return {f.neighbour};
}
template <class Pair>
std::vector<int> neighbours_of(Pair const& f) {
    return {f.first, f.second};
}
std::vector<int> neighbours_of(TripleFunction const& f) {
    return {f.neighbours.begin(), f.neighbours.end()};
}

/// Opposite to a centre can be only what has a direction, if the centre has one.
template <class Function>
void check_directions(Complaint const& say, std::vector<int> const& directed, Function const& f) {
    say.demand(f.centre > 0 && f.centre < without_moment, fmt::format("the centre is {}", f.centre),
               "centres are written without direction");
    bool const centre = std::find(directed.begin(), directed.end(), f.centre) != directed.end();
    for (int const z : neighbours_of(f))
        if (direction_of(z) != Direction::up && !centre)
            say.demand(false,
                       fmt::format("it sees neighbours {} by the direction of their moments, but "
                                   "its centre {} has none",
                                   symbol_of(z), symbol_of(f.centre)),
                       "give the centre a direction too, or take the neighbour without sign");
}

void check_one(Complaint const& say, std::vector<int> const& elements, RadialFunction const& f) {
    say.neighbour(elements, f.neighbour);
    say.radial_part(f.eta, f.shift, f.cutoff);
}

void check_one(Complaint const& say, std::vector<int> const& elements, AngularFunction const& f) {
    say.neighbours(elements, f.first, f.second);
    say.radial_part(f.eta, f.shift, f.cutoff);
    say.demand(std::isfinite(f.lambda) && std::abs(f.lambda) <= 1.0,
               fmt::format("λ is {} (must be in [−1, 1])", f.lambda), "use +1 or −1");
    say.demand(f.zeta >= 1.0 && std::isfinite(f.zeta), fmt::format("ζ is {} (must be ≥ 1)", f.zeta),
               "correct it");
}

void check_one(Complaint const& say, std::vector<int> const& elements,
               CompactRadialFunction const& f) {
    say.neighbour(elements, f.neighbour);
    say.window(f.radial, "radial");
    say.demand(f.radial.high > 0.0, fmt::format("the window ends at {} Å", f.radial.high),
               "move it to positive distances");
}

void check_one(Complaint const& say, std::vector<int> const& elements,
               CompactAngularFunction const& f) {
    say.neighbours(elements, f.first, f.second);
    say.window(f.radial, "radial");
    say.window(f.angular, "angular");
    say.demand(f.radial.high > 0.0, fmt::format("the window ends at {} Å", f.radial.high),
               "move it to positive distances");
    say.demand(!f.angular.asymmetric, "the angular window is asymmetric",
               "only radial ones may be");
}

void check_one(Complaint const& say, std::vector<int> const& elements, PowerFunction const& f) {
    say.element(elements, f.first);
    say.element(elements, f.second);
    for (auto const& g : {f.a, f.b}) say.radial_part(g.eta, g.shift, g.cutoff);
    say.demand(f.degree >= 0 && f.degree <= largest_degree,
               fmt::format("the degree is {} (must be 0 … {})", f.degree, largest_degree),
               "correct it");
}

void check_one(Complaint const& say, std::vector<int> const& elements, TripleFunction const& f) {
    for (int const z : f.neighbours) say.element(elements, z);
    for (auto const& g : f.weights) say.radial_part(g.eta, g.shift, g.cutoff);
    for (int const p : f.powers)
        say.demand(p >= 0 && p <= largest_power,
                   fmt::format("a power is {} (must be 0 … {})", p, largest_power), "correct it");
}

char const* kind_of(RadialFunction const&) {
    return "radial";
}
char const* kind_of(AngularFunction const&) {
    return "angular";
}
char const* kind_of(CompactRadialFunction const&) {
    return "compact radial";
}
char const* kind_of(CompactAngularFunction const&) {
    return "compact angular";
}
char const* kind_of(PowerFunction const&) {
    return "power";
}
char const* kind_of(TripleFunction const&) {
    return "triple";
}

}  // namespace

std::vector<int> directed_elements(FunctionSet const& functions) {
    std::set<int> found;
    functions.for_each_kind([&](auto const& kind) {
        for (auto const& f : kind)
            for (int const z : neighbours_of(f))
                if (direction_of(z) != Direction::up) found.insert(element_of(z));
    });
    return {found.begin(), found.end()};
}

void check_functions(std::vector<int> const& elements, FunctionSet const& functions,
                     double least_moment) {
    if (!(least_moment >= 0.0) || !std::isfinite(least_moment))
        throw InputError(
            fmt::format("the least moment with a direction is {} μ_B (must not be negative): "
                        "correct it",
                        least_moment));
    if (elements.empty())
        throw InputError(
            "the set of symmetry functions has no elements (needs at least one): name them");
    for (std::size_t i = 0; i < elements.size(); ++i)
        if (std::count(elements.begin(), elements.end(), elements[i]) > 1)
            throw InputError(fmt::format("element {} is listed twice: remove one", elements[i]));
    auto const directed = directed_elements(functions);
    std::vector<int> centres;
    functions.for_each_kind([&](auto const& kind) {
        for (std::size_t i = 0; i < kind.size(); ++i) {
            Complaint const say{kind_of(kind[i]), i};
            say.element(elements, kind[i].centre);
            check_directions(say, directed, kind[i]);
            check_one(say, elements, kind[i]);
            centres.push_back(kind[i].centre);
        }
    });
    for (int const z : elements)
        if (std::find(centres.begin(), centres.end(), z) == centres.end())
            throw InputError(fmt::format(
                "element {} has no symmetry function: give it some, or remove it", symbol_of(z)));
}

}  // namespace kamacite::detail
