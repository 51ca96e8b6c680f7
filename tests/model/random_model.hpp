#pragma once
#include <limits>

#include "kamacite/model/model.hpp"

namespace kamacite::test {

/// Radial and wide angular functions for every pair and triple of the elements.
inline Descriptors small_descriptors(std::vector<int> const& elements, double cutoff = 4.0) {
    Cutoff const c{CutoffForm::poly3, cutoff, 0.0};
    std::vector<RadialFunction> radial;
    std::vector<AngularFunction> angular;
    for (int const centre : elements) {
        for (int const neighbour : elements)
            for (double const eta : {0.05, 0.4}) radial.push_back({centre, neighbour, eta, 0.5, c});
        for (std::size_t a = 0; a < elements.size(); ++a)
            for (std::size_t b = a; b < elements.size(); ++b)
                for (double const lambda : {-1.0, 1.0})
                    angular.push_back({AngularFunction::Form::wide, centre, elements[a],
                                       elements[b], 0.02, lambda, lambda > 0.0 ? 2.0 : 1.0, 0.0,
                                       c});
    }
    return {elements, {radial, angular}};
}

/// A model with all kinds of heads, random weights and a scaling that keeps its inputs of size one.
inline Model random_model(std::vector<int> const& elements, std::uint64_t seed,
                          Activation activation = Activation::tanh) {
    auto descriptors = small_descriptors(elements);
    auto scaling = Scaling::none(static_cast<int>(elements.size()), descriptors.width());
    RandomStream random{seed, "scaling", 0};
    for (Eigen::Index e = 0; e < scaling.centre.rows(); ++e)
        for (Eigen::Index k = 0; k < scaling.centre.cols(); ++k) {
            scaling.centre(e, k) = 2.0 + random.uniform();
            scaling.inverse(e, k) = 0.2 + 0.1 * random.uniform();
        }
    Head energy, moment, mean, spread;
    energy.hidden = {6, 5};
    energy.activation = activation;
    energy.shift.assign(elements.size(), -3.0);
    energy.scale = {1.7};
    moment.kind = Head::Kind::moment;
    moment.hidden = {4};
    mean.kind = spread.kind = Head::Kind::property;
    mean.hidden = {4, 3};
    mean.outputs = {"magnetic_moment"};
    mean.shift = {2.0};
    mean.scale = {0.3};
    spread.hidden = {5};
    spread.pooling = Head::Pooling::mean_and_variance;
    spread.outputs = {"electrical_resistivity", "thermal_conductivity"};
    spread.conditions = {"temperature"};
    spread.condition_centre = {400.0};
    spread.condition_scale = {200.0};
    spread.shift = {30.0, std::numeric_limits<double>::quiet_NaN()};  // no target for the second
    spread.scale = {10.0, 1.0};
    return Model{std::move(descriptors), std::move(scaling), {energy, moment, mean, spread}, seed};
}

/// The same without what is told of a structure as a whole: energies and moments of atoms.
inline Model random_atom_model(std::vector<int> const& elements, std::uint64_t seed) {
    auto const all = random_model(elements, seed);
    return Model{all.descriptors(), all.scaling(), {all.heads().at(0), all.heads().at(1)}, seed};
}

}  // namespace kamacite::test
