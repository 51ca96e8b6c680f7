#include <fmt/format.h>

#include <optional>

#include "functions.hpp"
#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"

namespace kamacite::n2p2 {

namespace {

std::string subtype_of(Window const& w) {
    if (w.form == CutoffForm::exponential) return "e";
    return fmt::format("p{}{}", 1 + static_cast<int>(w.form) - static_cast<int>(CutoffForm::poly1),
                       w.asymmetric ? "a" : "");
}

[[noreturn]] void cannot(std::string const& what, char const* mend) {
    throw DataError(fmt::format("the model cannot be written for n2p2 ({}): {}", what, mend));
}

void expect_element(int neighbour) {
    if (direction_of(neighbour) != Direction::up)
        cannot("it tells neighbours apart by the direction of their moments",
               "train a model without 'spins'");
}

void add(std::vector<Function>& out, RadialFunction const& f) {
    expect_element(f.neighbour);
    Function one;
    one.type = f.neighbour == every_element ? 12 : 2;
    one.neighbours = {f.neighbour, 0};
    one.cutoff = f.cutoff.radius;
    one.eta = f.eta;
    one.shift = f.shift;
    out.push_back(one);
}

void add(std::vector<Function>& out, AngularFunction const& f) {
    bool const wide = f.form == AngularFunction::Form::wide;
    expect_element(f.first);
    expect_element(f.second);
    if (wide && f.first == every_element)
        cannot("it has wide angular functions of every element, for which n2p2 has no type",
               "use narrow ones, or name the elements");
    Function one;
    one.type = wide ? 9 : f.first == every_element ? 13 : 3;
    one.neighbours = {f.first, f.second};
    one.cutoff = f.cutoff.radius;
    one.eta = f.eta;
    one.shift = f.shift;
    one.zeta = f.zeta;
    one.lambda = f.lambda;
    out.push_back(one);
}

void add(std::vector<Function>& out, CompactRadialFunction const& f) {
    Function one;
    one.type = f.neighbour == every_element ? 23 : 20;
    one.neighbours = {f.neighbour, 0};
    one.low = f.radial.low;
    one.cutoff = f.radial.high;
    one.subtype = subtype_of(f.radial);
    out.push_back(one);
}

void add(std::vector<Function>& out, CompactAngularFunction const& f) {
    if (f.radial.form != f.angular.form || f.angular.asymmetric)
        cannot("it has compact functions whose windows of distance and angle have different forms",
               "give both one form");
    Function one;
    one.type = (f.form == CompactAngularFunction::Form::wide ? 22 : 21) +
               (f.first == every_element ? 3 : 0);
    one.neighbours = {f.first, f.second};
    one.low = f.radial.low;
    one.cutoff = f.radial.high;
    one.left = f.angular.low;
    one.right = f.angular.high;
    one.subtype = subtype_of(f.radial);
    out.push_back(one);
}

[[noreturn]] void add(std::vector<Function>&, PowerFunction const&) {
    cannot("it has power functions, for which n2p2 has no type",
           "train a model with radial and angular functions");
}

[[noreturn]] void add(std::vector<Function>&, TripleFunction const&) {
    cannot("it has triple functions, for which n2p2 has no type",
           "train a model with radial and angular functions");
}

}  // namespace

std::vector<Function> functions_of(FunctionSet const& set, int centre) {
    std::vector<Function> functions;
    set.for_each_kind([&](auto const& kind) {
        for (auto const& f : kind)
            if (f.centre == centre) {
                add(functions, f);
                functions.back().centre = centre;
            }
    });
    return functions;
}

Cutoff common_cutoff(FunctionSet const& set) {
    std::optional<Cutoff> common;
    auto const take = [&](Cutoff const& c) {
        if (!common) common = c;
        if (c.form != common->form || c.inner != common->inner)
            cannot(fmt::format("its functions have two cutoff functions, {} with α = {} and {} "
                               "with α = {}, n2p2 has one for all",
                               name_of(common->form), common->inner, name_of(c.form), c.inner),
                   "give all functions one form");
    };
    for (auto const& f : set.radial) take(f.cutoff);
    for (auto const& f : set.angular) take(f.cutoff);
    return common.value_or(Cutoff{CutoffForm::tanh3, 0.0, 0.0});
}

std::string line_of(Function const& f) {
    auto line = fmt::format("symfunction_short {} {}", symbol_of(f.centre), f.type);
    bool const radial = kind_of(f.type) % 2 == 0;
    for (int const z : f.neighbours)
        if (z != 0) line += fmt::format(" {}", symbol_of(z));
    if (!(f.type >= 20)) {
        line += fmt::format(" {}", f.eta);
        if (radial || f.type == 13) line += fmt::format(" {}", f.shift);
        if (!radial) line += fmt::format(" {} {}", f.lambda, f.zeta);
        line += fmt::format(" {}", f.cutoff);
        if ((f.type == 3 || f.type == 9) && f.shift != 0.0) line += fmt::format(" {}", f.shift);
        return line;
    }
    line += fmt::format(" {} {}", f.low, f.cutoff);
    if (!radial) line += fmt::format(" {} {}", f.left, f.right);
    return line + " " + f.subtype;
}

}  // namespace kamacite::n2p2
