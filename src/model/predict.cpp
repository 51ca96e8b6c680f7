#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <deque>
#include <optional>
#include <variant>

#include "block_network.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/descriptors/pass.hpp"
#include "kamacite/model/model.hpp"

namespace kamacite {
namespace {

constexpr int atoms_joined = 256;  // small structures are joined to about this many atoms

using Clock = std::chrono::steady_clock;

double since(Clock::time_point& start) {
    auto const now = Clock::now();
    std::chrono::duration<double> const passed = now - start;
    start = now;
    return passed.count();
}

/// What the networks say of single atoms, and memory that they use again for every run.
struct AtomValues {
    std::vector<double> energies, moments, extrapolation, grade;
    Matrix dE_dG;                        ///< of the atoms of the present run
    std::vector<std::vector<int>> rows;  ///< atoms of the run by element, counted from its first
};

double softplus(double z) {
    return std::max(z, 0.0) + std::log1p(std::exp(-std::abs(z)));
}

/// The networks of all elements for both heads, as the kernels have them.
template <class Real>
class Networks {
public:
    explicit Networks(Model const& model)
        : model_{model},
          energy_{model.head(Head::Kind::energy)},
          moment_{model.head(Head::Kind::moment)} {
        for (int e = 0; e < static_cast<int>(model.descriptors().elements().size()); ++e) {
            add(energy_, e, energies_);
            add(moment_, e, moments_);
            if (!model.grade().empty()) add_grade(model.grade()[static_cast<std::size_t>(e)]);
        }
    }

    /// Runs them for the atoms begin … end − 1, whose descriptors are the rows of g.
    void run(Matrix const& g, std::span<int const> species, int begin, int end, AtomValues& out) {
        out.rows.resize(model_.descriptors().elements().size());
        for (auto& rows : out.rows) rows.clear();
        for (int i = begin; i < end; ++i) {
            int const e = model_.element_index(species[static_cast<std::size_t>(i)]);
            out.rows[static_cast<std::size_t>(e)].push_back(i - begin);
        }
        for (std::size_t e = 0; e < out.rows.size(); ++e) {
            if (out.rows[e].empty()) continue;
            if (energy_ >= 0) run_energy(g, e, begin, out);
            if (moment_ >= 0) run_moment(g, e, begin, out);
        }
    }

private:
    using Block = detail::BlockNetwork<Real>;

    void add(int head, int element, std::vector<Block>& to) {
        if (head < 0) return;
        auto const& part = model_.part(head, element);
        to.emplace_back(part.network, model_.parameters_of(part));
    }

    /// φ W as a network without hidden layers, whose biases are the last row of W.
    void add_grade(Matrix const& weights) {
        int const features = static_cast<int>(weights.rows()) - 1;
        if (features < 1) return grades_.emplace_back().reset();
        grade_weights_.emplace_back(weights.data(), weights.data() + weights.size());
        grades_.emplace_back(
            std::in_place,
            Network{{features, static_cast<int>(weights.cols())}, std::vector<Activation>{}},
            grade_weights_.back());
    }

    /// γ of the atoms whose networks have just run.
    void run_grade(std::size_t e, int begin, AtomValues& out) {
        if (!grades_[e]) return;
        auto& grade = *grades_[e];
        std::copy_n(energies_[e].last_inputs(), grade.inputs() * detail::atoms_of_block,
                    grade.input());
        Real const* c = grade.forward();
        auto const& rows = out.rows[e];
        for (int k = 0; k < grade.outputs(); ++k, c += detail::atoms_of_block)
            for (std::size_t r = 0; r < rows.size(); ++r) {
                auto& gamma = out.grade[static_cast<std::size_t>(begin + rows[r])];
                gamma = std::max(gamma, std::abs(static_cast<double>(c[r])));
            }
    }

    /// Scaled descriptors of the atoms `rows` of element e, one column per atom.
    void fill_input(Matrix const& g, std::size_t e, std::vector<int> const& rows, Block& to) {
        auto const row = static_cast<Eigen::Index>(e);
        double const* centre = model_.scaling().centre.row(row).data();
        double const* inverse = model_.scaling().inverse.row(row).data();
        Real* x = to.input();
        for (int k = 0; k < to.inputs(); ++k, x += detail::atoms_of_block)
            for (std::size_t r = 0; r < rows.size(); ++r)
                x[r] = static_cast<Real>((g(rows[r], k) - centre[k]) * inverse[k]);
    }

    void run_energy(Matrix const& g, std::size_t e, int begin, AtomValues& out) {
        auto const& head = model_.heads()[static_cast<std::size_t>(energy_)];
        auto const& rows = out.rows[e];
        auto& network = energies_[e];
        fill_input(g, e, rows, network);
        Real const* y = network.forward();
        for (std::size_t r = 0; r < rows.size(); ++r)
            out.energies[static_cast<std::size_t>(begin + rows[r])] =
                head.shift[e] + head.scale[0] * static_cast<double>(y[r]);
        if (model_.linear().size() > 0) add_linear(g, e, begin, out);
        if (!grades_.empty()) run_grade(e, begin, out);
        Real const* dE_dx = network.pull_back(std::span{head.scale}.first(1));
        double const* inverse = model_.scaling().inverse.row(static_cast<Eigen::Index>(e)).data();
        for (int k = 0; k < network.inputs(); ++k, dE_dx += detail::atoms_of_block)
            for (std::size_t r = 0; r < rows.size(); ++r)
                out.dE_dG(rows[r], k) = static_cast<double>(dE_dx[r]) * inverse[k];
        if (model_.linear().size() == 0) return;
        auto const beta = model_.linear().row(static_cast<Eigen::Index>(e));
        for (int const row : rows)
            for (int k = 0; k < network.inputs(); ++k) out.dE_dG(row, k) += beta[k] * inverse[k];
    }

    void add_linear(Matrix const& g, std::size_t e, int begin, AtomValues& out) {
        auto const row = static_cast<Eigen::Index>(e);
        auto const beta = model_.linear().row(row);
        auto const centre = model_.scaling().centre.row(row);
        auto const inverse = model_.scaling().inverse.row(row);
        auto const n = energies_[e].inputs();
        for (int const r : out.rows[e])
            out.energies[static_cast<std::size_t>(begin + r)] +=
                beta[beta.size() - 1] + ((g.row(r).head(n) - centre.head(n)).array() *
                                         inverse.head(n).array() * beta.head(n).array())
                                            .sum();
    }

    void run_moment(Matrix const& g, std::size_t e, int begin, AtomValues& out) {
        auto const& rows = out.rows[e];
        auto& network = moments_[e];
        fill_input(g, e, rows, network);
        Real const* y = network.forward();
        for (std::size_t r = 0; r < rows.size(); ++r)
            out.moments[static_cast<std::size_t>(begin + rows[r])] =
                softplus(static_cast<double>(y[r]));
    }

    Model const& model_;
    int energy_, moment_;  // heads; −1: none
    std::vector<Block> energies_, moments_;
    std::deque<std::vector<double>> grade_weights_;  // stay where they are
    std::vector<std::optional<Block>> grades_;       // of each element; none: its γ is 0
};

using AnyNetworks = std::variant<Networks<double>, Networks<float>>;

AnyNetworks networks_of(Model const& model) {
    if (model.precision() == Precision::mixed) return Networks<float>{model};
    return Networks<double>{model};
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
    KAMACITE_EXPECTS(neighbours.size() <= static_cast<int>(species.size()));
    // ghosts are not listed and stand behind the others, in one structure alone
    auto const n = static_cast<std::size_t>(neighbours.size());
    bool const ghosts = n < species.size();
    KAMACITE_EXPECTS(!ghosts || first.size() == 2);
    bool const properties = has(Head::Kind::property);
    AtomValues values;
    values.energies.resize(has(Head::Kind::energy) ? n : 0);
    values.moments.resize(has(Head::Kind::moment) ? n : 0);
    values.extrapolation.reserve(n);
    values.grade.resize(grade_.empty() ? 0 : n);
    values.dE_dG = Matrix::Zero(DescriptorPass::run, descriptors_.width());
    Matrix all(properties ? neighbours.size() : 0, descriptors_.width());
    Matrix g(DescriptorPass::run, descriptors_.width());
    DescriptorPass pass{descriptors_, neighbours, species, precision_};
    auto networks = networks_of(*this);
    Seconds spent;
    auto start = Clock::now();
    for (int begin = 0; begin < static_cast<int>(n); begin += DescriptorPass::run) {
        int const end = std::min(static_cast<int>(n), begin + DescriptorPass::run);
        pass.evaluate(begin, end, g);
        spent.descriptors += since(start);
        std::visit([&](auto& some) { some.run(g, species, begin, end, values); }, networks);
        for (int i = begin; i < end; ++i)
            values.extrapolation.push_back(
                outside(g, i - begin, element_index(species[static_cast<std::size_t>(i)])));
        if (properties) all.middleRows(begin, end - begin) = g.topRows(end - begin);
        spent.networks += since(start);
        if (!values.energies.empty()) pass.pull_back(values.dE_dG);
        spent.gradients += since(start);
    }
    if (seconds != nullptr) *seconds = spent;

    std::optional<Prediction> pairs;
    if (short_range_) {
        pairs = short_range_->predict(species, neighbours);
        for (std::size_t i = 0; i < n; ++i) values.energies[i] += pairs->energies[i];
    }
    std::vector<Prediction> predictions(first.size() - 1);
    auto const hand_out = [&](auto const& from, auto member) {
        if (from.empty()) return;
        for (std::size_t s = 0; s < predictions.size(); ++s)
            predictions[s].*member = part_of(from, first[s], first[s + 1]);
    };
    hand_out(values.energies, &Prediction::energies);
    if (has(Head::Kind::energy)) {  // ghosts have forces, if none, even where no atom is listed
        auto pulled = pass.pulled();
        for (std::size_t i = 0; pairs && i < species.size(); ++i) {
            pulled.forces[i] += pairs->forces[i];
            pulled.virials[i] += pairs->virials[i];
        }
        if (ghosts) {
            predictions.front().forces = std::move(pulled.forces);
            predictions.front().virials = std::move(pulled.virials);
        } else {
            hand_out(pulled.forces, &Prediction::forces);
            hand_out(pulled.virials, &Prediction::virials);
        }
    }
    for (std::size_t i = 0; i < values.moments.size(); ++i)
        if (species[i] < 0) values.moments[i] = -values.moments[i];
    hand_out(values.moments, &Prediction::moments);
    hand_out(values.extrapolation, &Prediction::extrapolation);
    hand_out(values.grade, &Prediction::grade);
    if (n == 0) return predictions;  // nothing to take a mean of
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
    std::array const first = {0, neighbours.size()};
    return std::move(
        predict(neighbours, structure.species, first, std::span{&conditions, 1}, nullptr).front());
}

Prediction Model::predict(Structure const& structure, Neighbours const& neighbours,
                          Seconds& seconds) const {
    std::array const first = {0, neighbours.size()};
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
               (end == begin || block.atoms() + structures[end].size() <= atoms_joined)) {
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
    for (int i = 0; i < neighbours.size(); ++i)
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
