#include "kamacite/descriptors/descriptors.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checks.hpp"
#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/descriptors/pass.hpp"
#include "kernels.hpp"
#include "slots.hpp"

namespace kamacite {

namespace {

double radius_of(RadialFunction const& f) {
    return f.cutoff.radius;
}
double radius_of(AngularFunction const& f) {
    return f.cutoff.radius;
}
double radius_of(CompactRadialFunction const& f) {
    return f.radial.high;
}
double radius_of(CompactAngularFunction const& f) {
    return f.radial.high;
}
double radius_of(PowerFunction const& f) {
    return std::max(f.a.cutoff.radius, f.b.cutoff.radius);
}
double radius_of(TripleFunction const& f) {
    double radius = 0.0;
    for (auto const& g : f.weights) radius = std::max(radius, g.cutoff.radius);
    return radius;
}

}  // namespace

Descriptors::Descriptors(std::vector<int> elements, FunctionSet functions, double least_moment)
    : elements_{std::move(elements)},
      functions_{std::move(functions)},
      least_moment_{least_moment} {
    directed_ = detail::directed_elements(functions_);
    detail::check_functions(elements_, functions_, least_moment_);
    functions_.for_each_kind([&](auto const& kind) {
        for (auto const& f : kind) cutoff_ = std::max(cutoff_, radius_of(f));
    });
    for (int const z : elements_) width_ = std::max(width_, size(z));
    plan_ = std::make_shared<detail::Plan const>(*this);
}

int Descriptors::size(int species) const {
    int const element = element_of(species);
    std::ptrdiff_t n = 0;
    functions_.for_each_kind([&](auto const& kind) {
        n += std::count_if(kind.begin(), kind.end(),
                           [element](auto const& f) { return f.centre == element; });
    });
    return static_cast<int>(n);
}

bool Descriptors::has_directions(int element) const {
    return std::find(directed_.begin(), directed_.end(), element) != directed_.end();
}

int Descriptors::seen_as(int centre_species, int species) const {
    int const z = element_of(species);
    if (!has_directions(z) || !has_directions(element_of(centre_species))) return z;
    auto const centre = direction_of(centre_species);
    auto const neighbour = direction_of(species);
    if (least_moment_ > 0.0 && (centre == Direction::none || neighbour == Direction::none))
        return species_of(z, Direction::none);
    bool const opposite = (centre == Direction::down) != (neighbour == Direction::down);
    return species_of(z, opposite ? Direction::down : Direction::up);
}

Matrix Descriptors::evaluate(Neighbours const& neighbours, std::span<int const> species) const {
    KAMACITE_EXPECTS(static_cast<int>(species.size()) >= neighbours.size());
    detail::Slots const slots{*plan_, species};
    Matrix g = Matrix::Zero(neighbours.size(), width_);
    detail::Scratch<double> scratch;
    detail::Workspace<double> w{scratch};
    for (int i = 0; i < neighbours.size(); ++i) {
        auto const& plan = slots.plan_of(i);
        detail::gather_atom(plan, neighbours.of(i), slots.seen_by(i), w);
        detail::evaluate_atom(plan, w, g.row(i).data());
    }
    return g;
}

Descriptors::Pulled Descriptors::pull_back(Neighbours const& neighbours,
                                           std::span<int const> species,
                                           Matrix const& dE_dG) const {
    KAMACITE_EXPECTS(static_cast<int>(species.size()) >= neighbours.size());
    KAMACITE_EXPECTS(dE_dG.rows() == neighbours.size() && dE_dG.cols() == width_);
    DescriptorPass pass{*this, neighbours, species, Precision::full};
    for (int begin = 0; begin < neighbours.size(); begin += DescriptorPass::run) {
        int const end = std::min(neighbours.size(), begin + DescriptorPass::run);
        pass.prepare(begin, end);
        pass.pull_back(dE_dG.middleRows(begin, end - begin));
    }
    return pass.pulled();
}

Matrix Descriptors::tangent(Neighbours const& neighbours, std::span<int const> species,
                            std::span<Vec3 const> displacements,
                            std::span<Mat3 const> strains) const {
    KAMACITE_EXPECTS(static_cast<int>(species.size()) >= neighbours.size());
    KAMACITE_EXPECTS(displacements.size() == species.size());
    KAMACITE_EXPECTS(static_cast<int>(strains.size()) >= neighbours.size());
    detail::Slots const slots{*plan_, species};
    Matrix rate = Matrix::Zero(neighbours.size(), width_);
    detail::Scratch<double> scratch;
    detail::Workspace<double> w{scratch};
    for (int i = 0; i < neighbours.size(); ++i) {
        auto const& plan = slots.plan_of(i);
        detail::gather_atom(plan, neighbours.of(i), slots.seen_by(i), w);
        detail::move_atom(w, i, displacements, strains[static_cast<std::size_t>(i)]);
        detail::tangent_atom(plan, w, rate.row(i).data());
    }
    return rate;
}

}  // namespace kamacite
