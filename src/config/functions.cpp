#include "kamacite/config/functions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "kamacite/config/recipe.hpp"
#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/descriptors/rows.hpp"
#include "words.hpp"

namespace kamacite::config {
namespace {

Bounds const positive{1e-12};
Bounds const not_negative{0.0};

void fields(Fields& f, ListedFunctions::Radial& r) {
    f.text({"centre", "Element of the atom that is described; every one if empty",
            Key::Need::optional, "Fe"},
           r.centre, symbols());
    f.text({"neighbour", "Element of the neighbours that count; every one in turn if empty",
            Key::Need::optional, "Fe"},
           r.neighbour, symbols());
    f.quantity({"eta", "Width η of exp(−η (r − r_s)²)"}, r.eta, Dimension::inverse_area,
               not_negative);
    f.quantity({"shift", "Distance r_s"}, r.shift, Dimension::length);
    f.quantity({"cutoff", "Cutoff radius"}, r.cutoff, Dimension::length, positive);
    cutoff_form(f, "Cutoff function, as in `descriptors`", r.form);
}

void fields(Fields& f, ListedFunctions::Angular& a) {
    using Form = AngularFunction::Form;
    f.choice<Form>({"shape", "Whether the distance between the neighbours counts"}, a.shape,
                   {{Form::wide, "wide", "it does not: cost grows with the number of neighbours"},
                    {Form::narrow, "narrow", "it does: cost grows with its square"}});
    f.text({"centre", "Element of the atom that is described; every one if empty",
            Key::Need::optional, "Fe"},
           a.centre, symbols());
    f.text({"first", "Element of one neighbour; every one in turn if empty", Key::Need::optional,
            "Fe"},
           a.first, symbols());
    f.text(
        {"second", "Element of the other; every one in turn if empty", Key::Need::optional, "Fe"},
        a.second, symbols());
    f.quantity({"eta", "Width η of the Gaussians"}, a.eta, Dimension::inverse_area, not_negative);
    f.number({"lambda", "Sign λ of the cosine"}, a.lambda, {-1.0, 1.0});
    f.number({"zeta", "Exponent ζ of (1 + λ cos θ); wide functions cost least with whole ζ up to 16"}, a.zeta,
             {1.0, 256.0});
    f.quantity({"shift", "Distance r_s"}, a.shift, Dimension::length);
    f.quantity({"cutoff", "Cutoff radius"}, a.cutoff, Dimension::length, positive);
    cutoff_form(f, "Cutoff function, as in `descriptors`", a.form);
    f.demand([&a]() -> std::vector<Fault> {
        if (a.shape != Form::wide || (a.zeta == std::floor(a.zeta) && a.zeta <= 16.0)) return {};
        return {
            {"zeta", fmt::format("{} (of a wide function a whole number up to 16): round it, or "
                                 "use 'shape: narrow'",
                                 a.zeta)}};
    });
}

void fields(Fields& f, ListedFunctions::Weight& w) {
    f.text({"neighbour", "Element of the neighbours that count; every one in turn if empty",
            Key::Need::optional, "Fe"},
           w.neighbour, symbols());
    f.quantity({"eta", "Width η of g(r) = exp(−η (r − r_s)²) f_c(r)"}, w.eta,
               Dimension::inverse_area, not_negative);
    f.quantity({"shift", "Distance r_s"}, w.shift, Dimension::length);
    f.quantity({"cutoff", "Cutoff radius"}, w.cutoff, Dimension::length, positive);
    cutoff_form(f, "Cutoff function, as in `descriptors`", w.form);
}

void fields(Fields& f, ListedFunctions::Power& p) {
    f.text({"centre", "Element of the atom that is described; every one if empty",
            Key::Need::optional, "Fe"},
           p.centre, symbols());
    f.section({"a", "Weight of one neighbour"}, [&](Fields& s) { fields(s, p.a); });
    f.section({"b", "Weight of the other"}, [&](Fields& s) { fields(s, p.b); });
    f.integer({"degree", "Degree l of the Legendre polynomial of cos θ"}, p.degree, {0.0, 16.0});
}

void fields(Fields& f, ListedFunctions::Triple& t) {
    f.text({"centre", "Element of the atom that is described; every one if empty",
            Key::Need::optional, "Fe"},
           t.centre, symbols());
    f.section({"a", "Weight of the first neighbour"}, [&](Fields& s) { fields(s, t.a); });
    f.section({"b", "Weight of the second"}, [&](Fields& s) { fields(s, t.b); });
    f.section({"c", "Weight of the third"}, [&](Fields& s) { fields(s, t.c); });
    f.integer({"p", "Power of the cosine of the angle between first and second"}, t.p, {0.0, 4.0});
    f.integer({"q", "Power of that between second and third"}, t.q, {0.0, 4.0});
    f.integer({"s", "Power of that between third and first"}, t.s, {0.0, 4.0});
}

/// The elements that a name stands for: itself, or all.
std::vector<int> stands_for(std::string const& symbol, std::vector<int> const& elements) {
    if (symbol.empty()) return elements;
    int const z = atomic_number_of(symbol);
    if (std::find(elements.begin(), elements.end(), z) == elements.end())
        throw InputError(fmt::format(
            "functions: element {} is not among those of the data: remove the function, or add it "
            "to 'elements'",
            symbol));
    return {z};
}

/// Calls look(key, symbol) for every element that a function names: of its centre first.
template <class Look>
void for_names(ListedFunctions const& listed, Look const& look) {
    auto const entry = [](char const* list, std::size_t i, char const* key) {
        return fmt::format("{}[{}].{}", list, i, key);
    };
    for (std::size_t i = 0; i < listed.radial.size(); ++i) {
        look(entry("radial", i, "centre"), listed.radial[i].centre);
        look(entry("radial", i, "neighbour"), listed.radial[i].neighbour);
    }
    for (std::size_t i = 0; i < listed.angular.size(); ++i) {
        look(entry("angular", i, "centre"), listed.angular[i].centre);
        look(entry("angular", i, "first"), listed.angular[i].first);
        look(entry("angular", i, "second"), listed.angular[i].second);
    }
    for (std::size_t i = 0; i < listed.power.size(); ++i) {
        look(entry("power", i, "centre"), listed.power[i].centre);
        look(entry("power", i, "a.neighbour"), listed.power[i].a.neighbour);
        look(entry("power", i, "b.neighbour"), listed.power[i].b.neighbour);
    }
    for (std::size_t i = 0; i < listed.triple.size(); ++i) {
        look(entry("triple", i, "centre"), listed.triple[i].centre);
        look(entry("triple", i, "a.neighbour"), listed.triple[i].a.neighbour);
        look(entry("triple", i, "b.neighbour"), listed.triple[i].b.neighbour);
        look(entry("triple", i, "c.neighbour"), listed.triple[i].c.neighbour);
    }
}

Gaussian gaussian(ListedFunctions::Weight const& w) {
    return {w.eta, w.shift, {w.form, w.cutoff, 0.0}};
}

/// Numbers that two functions share if and only if they are the same function of the neighbours,
/// written in whatever order.
auto identity_of(AngularFunction const& f) {
    return Rows<AngularFunction>::row_of(f);
}

auto identity_of(PowerFunction const& f) {
    PowerFunction const turned{f.centre, f.second, f.first, f.b, f.a, f.degree};
    return std::min(Rows<PowerFunction>::row_of(f), Rows<PowerFunction>::row_of(turned));
}

auto identity_of(TripleFunction const& f) {
    // p, q, s belong to the sides 01, 12 and 20 of a triangle of the weights
    auto const side = [&](std::size_t a, std::size_t b) {
        return f.powers[a + b == 1 ? 0 : a + b == 3 ? 1 : 2];
    };
    auto least = Rows<TripleFunction>::row_of(f);
    std::array<std::size_t, 3> t{0, 1, 2};
    do {
        TripleFunction const turned{f.centre,
                                    {f.neighbours[t[0]], f.neighbours[t[1]], f.neighbours[t[2]]},
                                    {f.weights[t[0]], f.weights[t[1]], f.weights[t[2]]},
                                    {side(t[0], t[1]), side(t[1], t[2]), side(t[2], t[0])}};
        least = std::min(least, Rows<TripleFunction>::row_of(turned));
    } while (std::next_permutation(t.begin(), t.end()));
    return least;
}

template <class Function>
void add_once(Function const& f, std::vector<Function>& to) {
    auto const same = [&](Function const& g) { return identity_of(g) == identity_of(f); };
    if (std::none_of(to.begin(), to.end(), same)) to.push_back(f);
}

std::vector<RadialFunction> radial_of(ListedFunctions const& listed,
                                      std::vector<int> const& elements) {
    std::vector<RadialFunction> result;
    for (auto const& r : listed.radial)
        for (int const centre : stands_for(r.centre, elements))
            for (int const neighbour : stands_for(r.neighbour, elements))
                result.push_back({centre, neighbour, r.eta, r.shift, {r.form, r.cutoff, 0.0}});
    return result;
}

std::vector<AngularFunction> angular_of(ListedFunctions const& listed,
                                        std::vector<int> const& elements) {
    std::vector<AngularFunction> result;
    for (auto const& a : listed.angular)
        for (int const centre : stands_for(a.centre, elements))
            for (int const first : stands_for(a.first, elements))
                for (int const second : stands_for(a.second, elements))
                    add_once({a.shape,
                              centre,
                              std::min(first, second),
                              std::max(first, second),
                              a.eta,
                              a.lambda,
                              a.zeta,
                              a.shift,
                              {a.form, a.cutoff, 0.0}},
                             result);
    return result;
}

std::vector<PowerFunction> power_of(ListedFunctions const& listed,
                                    std::vector<int> const& elements) {
    std::vector<PowerFunction> result;
    for (auto const& p : listed.power)
        for (int const centre : stands_for(p.centre, elements))
            for (int const a : stands_for(p.a.neighbour, elements))
                for (int const b : stands_for(p.b.neighbour, elements))
                    add_once({centre, a, b, gaussian(p.a), gaussian(p.b), p.degree}, result);
    return result;
}

std::vector<TripleFunction> triple_of(ListedFunctions const& listed,
                                      std::vector<int> const& elements) {
    std::vector<TripleFunction> result;
    for (auto const& t : listed.triple)
        for (int const centre : stands_for(t.centre, elements))
            for (int const a : stands_for(t.a.neighbour, elements))
                for (int const b : stands_for(t.b.neighbour, elements))
                    for (int const c : stands_for(t.c.neighbour, elements))
                        add_once({centre,
                                  {a, b, c},
                                  {gaussian(t.a), gaussian(t.b), gaussian(t.c)},
                                  {t.p, t.q, t.s}},
                                 result);
    return result;
}

}  // namespace

void fields(Fields& f, ListedFunctions& functions) {
    auto const keys = [](Fields& s, auto& function) { fields(s, function); };
    f.list({"radial", "Radial functions"}, functions.radial, keys);
    f.list({"angular", "Angular functions"}, functions.angular, keys);
    f.list({"power", "Power functions Σ_jk g_a g_b P_l(cos θ_jk)"}, functions.power, keys);
    f.list({"triple", "Four-body functions Σ_jkl g_a g_b g_c cos^p θ_jk cos^q θ_kl cos^s θ_lj"},
           functions.triple, keys);
}

FunctionSet functions_of(ListedFunctions const& listed, std::vector<int> const& elements) {
    return {.radial = radial_of(listed, elements),
            .angular = angular_of(listed, elements),
            .power = power_of(listed, elements),
            .triple = triple_of(listed, elements)};
}

std::vector<Fault> faults_of(ListedFunctions const& listed, std::vector<int> const& elements) {
    std::vector<Fault> faults;
    std::set<std::string> centres;
    for_names(listed, [&](std::string const& key, std::string const& symbol) {
        if (key.ends_with("centre")) centres.insert(symbol);
        if (symbol.empty()) return;
        int const z = atomic_number_of(symbol);
        if (std::find(elements.begin(), elements.end(), z) == elements.end())
            faults.push_back({key, fmt::format("{} (the model does not know it): remove the "
                                               "function, or add {} to 'elements'",
                                               symbol, symbol)});
    });
    if (!faults.empty() || centres.contains("")) return faults;
    for (int const z : elements) {
        std::string const symbol{symbol_of(z)};
        if (!centres.contains(symbol))
            faults.push_back(
                {"", fmt::format("none is for atoms of {} (each element needs one): add "
                                 "one with 'centre: {}', or without a centre",
                                 symbol, symbol)});
    }
    return faults;
}

bool is_empty(ListedFunctions const& listed) {
    return listed.radial.empty() && listed.angular.empty() && listed.power.empty() &&
           listed.triple.empty();
}

}  // namespace kamacite::config
