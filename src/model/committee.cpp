#include "kamacite/model/committee.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/model/mean.hpp"

namespace kamacite {
namespace {

std::string elements_text(Model const& model) {
    std::set<int> const elements(model.descriptors().elements().begin(),
                                 model.descriptors().elements().end());
    std::string text;
    for (int const z : elements) text += (text.empty() ? "" : ", ") + std::string{symbol_of(z)};
    return text;
}

std::string quantities_text(Model const& model) {
    std::set<std::string> quantities;
    for (auto const& head : model.heads()) {
        if (head.kind != Head::Kind::property) quantities.insert(name_of(head.kind));
        quantities.insert(head.outputs.begin(), head.outputs.end());
    }
    return fmt::format("{}", fmt::join(quantities, ", "));
}

Spread spread_of(std::vector<std::vector<Prediction>> const& all, std::size_t structure,
                 Prediction const& mean, Calibration const& factors) {
    Spread spread{0.0, std::vector<double>(mean.forces.size(), 0.0)};
    for (auto const& member : all) {
        auto const& p = member[structure];
        double const off = p.energy() - mean.energy();
        spread.energy += off * off;
        for (std::size_t i = 0; i < mean.forces.size(); ++i)
            spread.forces[i] += (p.forces[i] - mean.forces[i]).squaredNorm();
    }
    double const n = static_cast<double>(all.size()) - 1.0;
    spread.energy = factors.energy * std::sqrt(spread.energy / n);
    for (double& f : spread.forces) f = factors.forces * std::sqrt(f / n);
    return spread;
}

/// Mean and spread over the members of what each says of one structure after the other.
std::vector<CommitteePrediction> joined(std::vector<std::vector<Prediction>> const& all,
                                        Calibration const& factors) {
    std::vector<CommitteePrediction> out(all.front().size());
    for (std::size_t s = 0; s < out.size(); ++s) {
        auto& mean = out[s].mean;
        mean = all.front()[s];
        if (all.size() == 1) continue;
        for (std::size_t m = 1; m < all.size(); ++m) add(mean, all[m][s]);
        divide(mean, static_cast<double>(all.size()));
        if (!mean.energies.empty()) out[s].spread = spread_of(all, s, mean, factors);
    }
    return out;
}

}  // namespace

Committee::Committee(std::vector<Model> members, std::vector<std::string> const& names)
    : members_{std::move(members)} {
    if (members_.empty())
        throw DataError("the committee has no member (needs at least one model): name some");
    auto const name = [&](std::size_t m) {
        return m < names.size() ? names[m] : fmt::format("member {}", m + 1);
    };
    for (std::size_t m = 0; m < members_.size(); ++m) {
        cutoff_ = std::max(cutoff_, members_[m].cutoff());
        auto const expect = [&](char const* what, auto const& text) {
            auto const mine = text(members_[m]);
            auto const first = text(members_[0]);
            if (mine == first) return;
            throw DataError(
                fmt::format("{}: it {} {} (the first member, {}: {}): members of a "
                            "committee must agree; remove one of them",
                            name(m), what, mine, name(0), first));
        };
        expect("has the elements", elements_text);
        expect("predicts", quantities_text);
        if (members_[m].has_directions() && members_[0].has_directions())
            expect("has as least moment with a direction, in μ_B,",
                   [](Model const& model) { return fmt::format("{}", model.least_moment()); });
    }
}

bool Committee::has_directions() const {
    return std::any_of(members_.begin(), members_.end(),
                       [](Model const& m) { return m.has_directions(); });
}

double Committee::least_moment() const {
    double least = 0.0;
    for (auto const& m : members_) least = std::max(least, m.least_moment());
    return least;
}

std::vector<CommitteePrediction> Committee::predict(Block const& block,
                                                    std::span<Conditions const> conditions) const {
    std::vector<std::vector<Prediction>> all;
    for (auto const& model : members_) all.push_back(model.predict(block, conditions));
    return joined(all, calibration_);
}

CommitteePrediction Committee::predict(Structure const& structure, Neighbours const& neighbours,
                                       Conditions const& conditions) const {
    std::vector<std::vector<Prediction>> all;
    for (auto const& model : members_)
        all.push_back({model.predict(structure, neighbours, conditions)});
    auto out = joined(all, calibration_).front();
    if (neighbours.size() < structure.size()) out.spread.reset();
    return out;
}

}  // namespace kamacite
