#include "kamacite/descriptors/pass.hpp"

#include <variant>
#include <vector>

#include "kamacite/core/error.hpp"
#include "kamacite/simd/denormals.hpp"
#include "kernels.hpp"
#include "slots.hpp"

namespace kamacite {

namespace {

/// One work space per atom of a run; what is used in passing they share.
template <class Real>
struct Spaces {
    detail::Scratch<Real> scratch;
    std::vector<detail::Workspace<Real>> of_atoms;

    Spaces() {
        of_atoms.reserve(DescriptorPass::run);
        for (int a = 0; a < DescriptorPass::run; ++a) of_atoms.emplace_back(scratch);
    }
    Spaces(Spaces const&) = delete;
    Spaces& operator=(Spaces const&) = delete;
};

}  // namespace

struct DescriptorPass::State {
    Neighbours const& neighbours;
    detail::Slots slots;
    Precision precision;
    int begin = 0, end = 0;
    std::vector<detail::AtomSum> sums;
    std::variant<Spaces<double>, Spaces<float>> spaces;
};

DescriptorPass::DescriptorPass(Descriptors const& descriptors, Neighbours const& neighbours,
                               std::span<int const> species, Precision precision)
    : state_{new State{.neighbours = neighbours,
                       .slots = {descriptors.plan(), species},
                       .precision = precision,
                       .sums = std::vector<detail::AtomSum>(species.size()),
                       .spaces = {}}} {
    KAMACITE_EXPECTS(static_cast<int>(species.size()) >= neighbours.size());
    if (precision == Precision::mixed) state_->spaces.emplace<Spaces<float>>();
}

DescriptorPass::~DescriptorPass() = default;

void DescriptorPass::prepare(int begin, int end) {
    KAMACITE_EXPECTS(end - begin <= run);
    auto& s = *state_;
    FlushDenormals const flush{s.precision};
    s.begin = begin;
    s.end = end;
    std::visit(
        [&](auto& spaces) {
            for (int i = begin; i < end; ++i) {
                auto& w = spaces.of_atoms[static_cast<std::size_t>(i - begin)];
                auto const& plan = s.slots.plan_of(i);
                detail::gather_atom(plan, s.neighbours.of(i), s.slots.seen_by(i), w);
                detail::prepare_atom(plan, w);
            }
        },
        s.spaces);
}

void DescriptorPass::evaluate(int begin, int end, Eigen::Ref<Matrix> g) {
    KAMACITE_EXPECTS(g.rows() >= end - begin);
    prepare(begin, end);
    auto& s = *state_;
    FlushDenormals const flush{s.precision};
    std::visit(
        [&](auto& spaces) {
            for (int i = begin; i < end; ++i) {
                auto const& plan = s.slots.plan_of(i);
                auto row = g.row(i - begin);
                row.tail(row.size() - plan.size).setZero();
                detail::values_of_atom(plan, spaces.of_atoms[static_cast<std::size_t>(i - begin)],
                                       row.data());
            }
        },
        s.spaces);
}

void DescriptorPass::pull_back(Eigen::Ref<Matrix const> const& dE_dG) {
    auto& s = *state_;
    FlushDenormals const flush{s.precision};
    std::visit(
        [&](auto& spaces) {
            for (int i = s.begin; i < s.end; ++i) {
                auto& w = spaces.of_atoms[static_cast<std::size_t>(i - s.begin)];
                detail::pull_back_atom(s.slots.plan_of(i), w, dE_dG.row(i - s.begin).data());
                detail::scatter_atom(w, i, s.sums.data());
            }
        },
        s.spaces);
}

Descriptors::Pulled DescriptorPass::pulled() const {
    Descriptors::Pulled out;
    out.forces.reserve(state_->sums.size());
    out.virials.reserve(state_->sums.size());
    for (auto const& sum : state_->sums) {
        out.forces.emplace_back(sum.force[0], sum.force[1], sum.force[2]);
        auto& virial = out.virials.emplace_back();
        for (int a = 0; a < 3; ++a)
            for (int b = 0; b < 3; ++b) virial(a, b) = sum.virial[a][b];
    }
    return out;
}

}  // namespace kamacite
