#include "kamacite/config/recipe.hpp"

#include <fmt/format.h>

#include "words.hpp"

namespace kamacite::config {

namespace {

void fields(Fields& f, Recipe::Triple& t) {
    Bounds const power{0.0, 4.0};
    f.integer({"p", "Power of the cosine of the angle between the neighbours of weights a and b"},
              t.p, power);
    f.integer({"q", "Power of that between those of b and c"}, t.q, power);
    f.integer({"s", "Power of that between those of c and a"}, t.s, power);
    using Weights = Recipe::Triple::Weights;
    f.choice<Weights>({"weights", "Which widths a, b and c have"}, t.weights,
                      {{Weights::equal, "equal", "one width for all three: a function per width"},
                       {Weights::all, "all", "every triple of widths: their number is cubed"}});
}

std::vector<Fault> faults_of(Recipe const& r) {
    std::vector<Fault> faults;
    if (r.radial_shifted > 0 && !(r.first_shift < r.cutoff_radial))
        faults.push_back(
            {"first_shift", fmt::format("{} Å (not below cutoff_radial, {} Å): lower it",
                                        r.first_shift, r.cutoff_radial)});
    if (r.zeta.empty() && (!r.angular_eta.empty() || !r.narrow_eta.empty()))
        faults.push_back({"zeta",
                          "none given (angular functions need one): give e.g. [1, 4], or no "
                          "angular_eta and narrow_eta"});
    bool const moments = !r.power_degrees.empty() || !r.triple.empty();
    if (moments && r.moment_eta.empty() && r.angular_eta.empty())
        faults.push_back({"moment_eta",
                          "none given (power and four-body functions need a width): "
                          "give this or angular_eta one"});
    for (auto& fault : repeated_elements(r.spins)) {
        fault.key = "spins";
        faults.push_back(std::move(fault));
    }
    if (r.least_moment > 0.0 && r.spins.empty())
        faults.push_back({"least_moment",
                          "given, but no element has directions: name some under 'spins', or "
                          "remove it"});
    return faults;
}

}  // namespace

bool is_empty(Recipe const& r) {
    bool const angular = !r.zeta.empty() && (!r.angular_eta.empty() || !r.narrow_eta.empty());
    return r.radial_centred + r.radial_shifted == 0 && !angular && r.power_degrees.empty() &&
           r.triple.empty();
}

void cutoff_form(Fields& f, std::string const& doc, CutoffForm& form) {
    f.choice<CutoffForm>(
        {"form", doc}, form,
        {{CutoffForm::cosine, "cosine", "(cos πx + 1)/2"},
         {CutoffForm::tanh3_norm, "tanh3_norm", "tanh³(1 − x), normalised to 1 at the atom"},
         {CutoffForm::tanh3, "tanh3", "tanh³(1 − x)"},
         {CutoffForm::exponential, "exponential", "exp(1 − 1/(1 − x²))"},
         {CutoffForm::poly1, "poly1", "polynomial with 1 continuous derivative"},
         {CutoffForm::poly2, "poly2", "polynomial with 2 continuous derivatives"},
         {CutoffForm::poly3, "poly3", "polynomial with 3 continuous derivatives"},
         {CutoffForm::poly4, "poly4", "polynomial with 4 continuous derivatives"}});
}

void fields(Fields& f, Recipe& recipe) {
    cutoff_form(f, "Cutoff function f_c, 1 at the atom and 0 at the cutoff; x = r/r_c",
                recipe.form);
    f.quantity({"cutoff_radial", "Radius within which radial functions see neighbours"},
               recipe.cutoff_radial, Dimension::length, {1.0, 20.0});
    f.quantity({"cutoff_angular", "Radius within which angular functions see neighbours"},
               recipe.cutoff_angular, Dimension::length, {1.0, 20.0});
    f.integer({"radial_centred", "Number of Gaussians centred on the atom, per pair of elements"},
              recipe.radial_centred, {0, 1000});
    f.integer(
        {"radial_shifted", "Number of Gaussians on a grid of distances, per pair of elements"},
        recipe.radial_shifted, {0, 1000});
    f.quantity({"first_shift", "Where that grid begins: a little below the shortest bond"},
               recipe.first_shift, Dimension::length, {0.0, 20.0});
    f.quantities({"angular_eta", "Widths η of the wide angular functions; none if empty"},
                 recipe.angular_eta, Dimension::inverse_area, {0.0, 1.0e3});
    f.integers({"zeta", "Angular resolutions ζ: every one with every η and with λ = ±1"},
               recipe.zeta, {1, 16});
    f.quantities({"narrow_eta",
                  "Widths η of the narrow angular functions, which also weigh the distance "
                  "between the neighbours and cost more",
                  Key::Need::optional, "[0.01 1/angstrom^2]"},
                 recipe.narrow_eta, Dimension::inverse_area, {0.0, 1.0e3});
    f.quantities({"moment_eta",
                  "Widths η of the weights of power and four-body functions; those of "
                  "angular_eta if empty, which costs least",
                  Key::Need::optional, "[0.02 1/angstrom^2, 0.1 1/angstrom^2]"},
                 recipe.moment_eta, Dimension::inverse_area, {0.0, 1.0e3});
    f.integers({"power_degrees",
                "Degrees l of the power functions Σ_jk g_a g_b P_l(cos θ_jk): every one with "
                "every pair of weights a ≤ b; none if empty",
                Key::Need::optional, "[0, 2, 4]"},
               recipe.power_degrees, {0, 16});
    f.list({"triple",
            "Four-body functions Σ_jkl g_a g_b g_c cos^p θ_jk cos^q θ_kl cos^s θ_lj; {p: 1, q: 1, "
            "s: 1} is the simplest that is not made of others"},
           recipe.triple, [](Fields& s, Recipe::Triple& t) { fields(s, t); });
    f.texts({"spins",
             "Elements whose moments have directions (collinear magnetism): their atoms see "
             "neighbours with the same and with the opposite direction apart; each structure needs "
             "magnetic moments, whose signs are taken",
             Key::Need::optional, "[Fe]"},
            recipe.spins, symbols());
    f.quantity(
        {"least_moment",
         "Moments smaller than this have no direction, and are a third kind of neighbour; 0: "
         "all have that of their sign"},
        recipe.least_moment, Dimension::moment, {0.0, 10.0});
    f.demand([&recipe] { return faults_of(recipe); });
}

}  // namespace kamacite::config
