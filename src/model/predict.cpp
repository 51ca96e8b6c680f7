#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/descriptors/pass.hpp"
#include "kamacite/model/model.hpp"

namespace kamacite {
namespace {

constexpr int atoms_of_block = 256;  // small structures are joined to about this many atoms

using Clock = std::chrono::steady_clock;

double since(Clock::time_point& start) {
    auto const now = Clock::now();
    std::chrono::duration<double> const passed = now - start;
    start = now;
    return passed.count();
}

/// What the networks say of single atoms, and memory that they use again for every run.
struct AtomValues {
    std::vector<double> energies, moments, extrapolation;
    Matrix dE_dG;                        ///< of the atoms of the present run
    std::vector<std::vector<int>> rows;  ///< atoms of the run by element, counted from its first
    Network::Tape energy_tape, moment_tape;
    Matrix seed, moment, moment_slope;
};

/// Runs the energy network for the atoms `rows` of element e of a run that starts at `begin`;
/// their scaled descriptors are in the tape.
void run_energy(Model const& model, int h, int e, std::span<int const> rows, int begin,
                AtomValues& out) {
    auto const& head = model.heads()[static_cast<std::size_t>(h)];
    auto const& part = model.part(h, e);
    auto const w = model.parameters_of(part);
    auto& tape = out.energy_tape;
    part.network.forward(w, tape);
    out.seed.resize(std::ssize(rows), 1);
    out.seed.setConstant(head.scale[0]);
    auto const& dy_dx = part.network.pull_back(w, tape, out.seed);
    for (std::size_t r = 0; r < rows.size(); ++r) {
        auto const row = static_cast<Eigen::Index>(r);
        out.energies[static_cast<std::size_t>(begin + rows[r])] =
            head.shift[static_cast<std::size_t>(e)] + head.scale[0] * tape.output(row, 0);
        out.dE_dG.row(rows[r]).head(dy_dx.cols()) =
            dy_dx.row(row).cwiseProduct(model.scaling().inverse.row(e).head(dy_dx.cols()));
    }
}

/// The same for the moments.
void run_moment(Model const& model, int h, int e, std::span<int const> rows, int begin,
                AtomValues& out) {
    auto const& part = model.part(h, e);
    part.network.forward(model.parameters_of(part), out.moment_tape);
    apply(Activation::softplus, out.moment_tape.output, out.moment, out.moment_slope);
    for (std::size_t r = 0; r < rows.size(); ++r)
        out.moments[static_cast<std::size_t>(begin + rows[r])] =
            out.moment(static_cast<Eigen::Index>(r), 0);
}

/// Runs the networks of both heads for the atoms begin … end − 1, whose descriptors are the rows
/// of g.
void run_networks(Model const& model, Matrix const& g, std::span<int const> species, int begin,
                  int end, AtomValues& out) {
    int const energy = model.head(Head::Kind::energy);
    int const moment = model.head(Head::Kind::moment);
    out.rows.resize(model.descriptors().elements().size());
    for (auto& rows : out.rows) rows.clear();
    for (int i = begin; i < end; ++i) {
        int const e = model.element_index(species[static_cast<std::size_t>(i)]);
        out.rows[static_cast<std::size_t>(e)].push_back(i - begin);
    }
    for (int e = 0; e < static_cast<int>(out.rows.size()); ++e) {
        auto const& rows = out.rows[static_cast<std::size_t>(e)];
        if (rows.empty()) continue;
        if (energy >= 0) {
            model.scale(g, rows, e, out.energy_tape.input);
            run_energy(model, energy, e, rows, begin, out);
        }
        if (moment >= 0) {
            model.scale(g, rows, e, out.moment_tape.input);
            run_moment(model, moment, e, rows, begin, out);
        }
    }
}

bool has_all(Conditions const& given, std::vector<std::string> const& wanted) {
    return std::all_of(wanted.begin(), wanted.end(),
                       [&](std::string const& name) { return given.contains(name); });
}

void add_properties(Model const& model, int h, Matrix const& g, std::span<int const> species,
                    std::span<int const> first, std::span<Conditions const> conditions,
                    std::vector<Prediction>& predictions) {
    auto const& head = model.heads()[static_cast<std::size_t>(h)];
    auto const& part = model.part(h, 0);
    for (std::size_t at = 0; at < predictions.size(); ++at) {
        if (!head.conditions.empty() &&
            (conditions.empty() || !has_all(conditions[at], head.conditions)))
            continue;
        auto const x =
            model.pooled(head, g, species, first.subspan(at, 2),
                         head.conditions.empty() ? conditions : conditions.subspan(at, 1));
        auto const tape = part.network.forward(model.parameters_of(part), x);
        for (std::size_t k = 0; k < head.outputs.size(); ++k) {
            if (!std::isfinite(head.shift[k])) continue;  // no target was ever given for it
            predictions[at].properties[head.outputs[k]] =
                head.shift[k] + head.scale[k] * tape.output(0, static_cast<Eigen::Index>(k));
        }
    }
}

template <class T>
std::vector<T> part_of(std::vector<T> const& values, int begin, int end) {
    return {values.begin() + begin, values.begin() + end};
}

}  // namespace

std::vector<Prediction> Model::predict(Neighbours const& neighbours, std::span<int const> species,
                                       std::span<int const> first,
                                       std::span<Conditions const> conditions,
                                       Seconds* seconds) const {
    KAMACITE_EXPECTS(conditions.empty() || conditions.size() + 1 == first.size());
    auto const n = species.size();
    bool const properties = has(Head::Kind::property);
    AtomValues values;
    values.energies.resize(has(Head::Kind::energy) ? n : 0);
    values.moments.resize(has(Head::Kind::moment) ? n : 0);
    values.extrapolation.reserve(n);
    values.dE_dG = Matrix::Zero(DescriptorPass::run, descriptors_.width());
    Matrix all(properties ? std::ssize(species) : 0, descriptors_.width());
    Matrix g(DescriptorPass::run, descriptors_.width());
    DescriptorPass pass{descriptors_, neighbours, species, precision_};
    Seconds spent;
    auto start = Clock::now();
    for (int begin = 0; begin < static_cast<int>(n); begin += DescriptorPass::run) {
        int const end = std::min(static_cast<int>(n), begin + DescriptorPass::run);
        pass.evaluate(begin, end, g);
        spent.descriptors += since(start);
        run_networks(*this, g, species, begin, end, values);
        for (int i = begin; i < end; ++i)
            values.extrapolation.push_back(
                outside(g, i - begin, element_index(species[static_cast<std::size_t>(i)])));
        if (properties) all.middleRows(begin, end - begin) = g.topRows(end - begin);
        spent.networks += since(start);
        if (!values.energies.empty()) pass.pull_back(values.dE_dG);
        spent.gradients += since(start);
    }
    if (seconds != nullptr) *seconds = spent;

    std::vector<Prediction> predictions(first.size() - 1);
    auto const hand_out = [&](auto const& from, auto member) {
        if (from.empty()) return;
        for (std::size_t s = 0; s < predictions.size(); ++s)
            predictions[s].*member = part_of(from, first[s], first[s + 1]);
    };
    hand_out(values.energies, &Prediction::energies);
    if (!values.energies.empty()) {
        auto const pulled = pass.pulled();
        hand_out(pulled.forces, &Prediction::forces);
        hand_out(pulled.virials, &Prediction::virials);
    }
    hand_out(values.moments, &Prediction::moments);
    hand_out(values.extrapolation, &Prediction::extrapolation);
    for (int h = 0; h < static_cast<int>(heads_.size()); ++h)
        if (heads_[static_cast<std::size_t>(h)].kind == Head::Kind::property)
            add_properties(*this, h, all, species, first, conditions, predictions);
    return predictions;
}

std::vector<Prediction> Model::predict(Block const& block,
                                       std::span<Conditions const> conditions) const {
    return predict(block.neighbours, block.species, block.first, conditions, nullptr);
}

Prediction Model::predict(Structure const& structure, Neighbours const& neighbours,
                          Conditions const& conditions) const {
    KAMACITE_EXPECTS(neighbours.size() == structure.size());
    std::array const first = {0, structure.size()};
    return std::move(
        predict(neighbours, structure.species, first, std::span{&conditions, 1}, nullptr).front());
}

Prediction Model::predict(Structure const& structure, Neighbours const& neighbours,
                          Seconds& seconds) const {
    std::array const first = {0, structure.size()};
    return std::move(predict(neighbours, structure.species, first, {}, &seconds).front());
}

Prediction Model::predict(Structure const& structure, Neighbours const& neighbours) const {
    return predict(structure, neighbours, Conditions{});
}

std::vector<Prediction> Model::predict(std::span<Structure const> structures,
                                       std::span<Conditions const> conditions) const {
    KAMACITE_EXPECTS(conditions.empty() || conditions.size() == structures.size());
    std::vector<Prediction> out;
    out.reserve(structures.size());
    std::size_t begin = 0;
    while (begin < structures.size()) {
        Block block;
        std::size_t end = begin;
        while (end < structures.size() &&
               (end == begin || block.atoms() + structures[end].size() <= atoms_of_block)) {
            block.add(structures[end], find_neighbours(structures[end], cutoff()));
            ++end;
        }
        auto const part = conditions.empty() ? conditions : conditions.subspan(begin, end - begin);
        for (auto& p : predict(block, part)) out.push_back(std::move(p));
        begin = end;
    }
    return out;
}

std::vector<double> Model::extrapolation(Structure const& structure,
                                         Neighbours const& neighbours) const {
    auto const g = descriptors_.evaluate(neighbours, structure.species);
    std::vector<double> out;
    for (int i = 0; i < structure.size(); ++i)
        out.push_back(outside(g, i, element_index(structure.species[static_cast<std::size_t>(i)])));
    return out;
}

double Model::outside(Eigen::Ref<Matrix const> const& g, int row, int element) const {
    double const rounding = precision_ == Precision::full ? 1e-12 : 1e-5;
    double farthest = 0.0;
    int const size = descriptors_.size(descriptors_.elements()[static_cast<std::size_t>(element)]);
    for (int k = 0; k < size; ++k) {
        double const low = scaling_.smallest(element, k);
        double const high = scaling_.largest(element, k);
        double const value = g(row, k);
        if (value >= low && value <= high) continue;
        double const off = std::max(low - value, value - high);
        if (off <= rounding * std::max(std::abs(low), std::abs(high))) continue;
        // a descriptor that did not vary has no range to measure by
        farthest = std::max(farthest, off / std::max(high - low, 1e-12));
    }
    return farthest;
}

}  // namespace kamacite
