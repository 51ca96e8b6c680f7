#include "kamacite/model/model.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"

namespace kamacite {
namespace {

void check_heads(std::vector<Head> const& heads, std::size_t elements) {
    if (heads.empty()) throw InputError("the model has no head: give at least one, e.g. energy");
    for (auto const kind : {Head::Kind::energy, Head::Kind::moment})
        if (std::count_if(heads.begin(), heads.end(),
                          [&](Head const& h) { return h.kind == kind; }) > 1)
            throw InputError(
                fmt::format("the model has two {} heads (one at most): remove one", name_of(kind)));
    for (auto const& head : heads) {
        if (head.kind == Head::Kind::property && head.outputs.empty())
            throw InputError(
                "a property head has no outputs: name them, e.g. outputs: [magnetic_moment]");
        auto const networks = head.kind == Head::Kind::property ? 0 : elements;
        if (!head.layers.empty() && head.layers.size() != networks)
            throw InputError(
                fmt::format("a {} head has layers for {} elements (needs {}): give one set each, "
                            "or none",
                            name_of(head.kind), head.layers.size(), networks));
    }
}

/// What is not given by the training set yet: no shift, scale one.
void fill_defaults(Head& head, std::size_t elements) {
    auto const outputs = head.kind == Head::Kind::property ? head.outputs.size() : 0;
    auto const shifts = head.kind == Head::Kind::energy ? elements : outputs;
    auto const scales = head.kind == Head::Kind::energy ? 1 : outputs;
    if (head.shift.empty()) head.shift.assign(shifts, 0.0);
    if (head.scale.empty()) head.scale.assign(scales, 1.0);
    if (head.condition_centre.empty()) head.condition_centre.assign(head.conditions.size(), 0.0);
    if (head.condition_scale.empty()) head.condition_scale.assign(head.conditions.size(), 1.0);
    KAMACITE_ENSURES(head.shift.size() == shifts && head.scale.size() == scales);
    KAMACITE_ENSURES(head.condition_centre.size() == head.conditions.size());
    KAMACITE_ENSURES(head.condition_scale.size() == head.conditions.size());
}

Network network_of(int inputs, Head::Layers layers, int outputs) {
    layers.widths.insert(layers.widths.begin(), inputs);
    layers.widths.push_back(outputs);
    return {std::move(layers.widths), std::move(layers.activations)};
}

std::string symbols_of(std::vector<int> const& elements) {
    std::string text;
    for (int const z : elements) text += (text.empty() ? "" : ", ") + std::string{symbol_of(z)};
    return text;
}

}  // namespace

Model::Model(Descriptors descriptors, Scaling scaling, std::vector<Head> heads, std::uint64_t seed)
    : descriptors_{std::move(descriptors)}, scaling_{std::move(scaling)}, heads_{std::move(heads)} {
    auto const& elements = descriptors_.elements();
    KAMACITE_EXPECTS(scaling_.centre.rows() == std::ssize(elements) &&
                     scaling_.centre.cols() == descriptors_.width());
    check_heads(heads_, elements.size());
    int begin = 0;
    auto const add = [&](int head, int element, int inputs, int outputs) {
        auto layers = heads_[static_cast<std::size_t>(head)].layers_of(element);
        parts_.push_back({head, element, network_of(inputs, std::move(layers), outputs), begin});
        begin += parts_.back().network.parameter_count();
    };
    for (int h = 0; h < static_cast<int>(heads_.size()); ++h) {
        auto& head = heads_[static_cast<std::size_t>(h)];
        fill_defaults(head, elements.size());
        int all = 0;
        for (int e = 0; e < static_cast<int>(elements.size()); ++e) {
            int const size = descriptors_.size(elements[static_cast<std::size_t>(e)]);
            all += size;
            if (head.kind != Head::Kind::property) add(h, e, size, 1);
        }
        if (head.kind == Head::Kind::property) {
            int const times = head.pooling == Head::Pooling::mean_and_variance ? 2 : 1;
            add(h, 0, times * all + static_cast<int>(head.conditions.size()),
                static_cast<int>(head.outputs.size()));
        }
    }
    parameters_.resize(static_cast<std::size_t>(begin));
    for (std::size_t p = 0; p < parts_.size(); ++p) {
        RandomStream random{seed, "weights", p};
        auto const& network = parts_[p].network;
        network.initialise(
            std::span{parameters_}.subspan(static_cast<std::size_t>(parts_[p].begin),
                                           static_cast<std::size_t>(network.parameter_count())),
            random);
    }
}

void Model::set_linear(Matrix linear) {
    if (linear.size() > 0 && !has(Head::Kind::energy))
        throw InputError("linear adds to energies, but the model has none: leave it out");
    if (linear.size() > 0 && (linear.rows() != std::ssize(descriptors_.elements()) ||
                              linear.cols() != descriptors_.width() + 1))
        throw InputError(fmt::format(
            "the linear part of the model has shape {} × {} (its descriptors need {} × {})",
            linear.rows(), linear.cols(), descriptors_.elements().size(),
            descriptors_.width() + 1));
    linear_ = std::move(linear);
}

void Model::set_short_range(std::optional<Zbl> short_range) {
    if (short_range && !has(Head::Kind::energy))
        throw InputError("short_range repels atoms, but the model has no energies: leave it out");
    if (short_range && short_range->cutoff() > cutoff())
        throw InputError(
            fmt::format("short_range reaches to {} Å, beyond the cutoff of the descriptors, {} Å: "
                        "lower its 'outer'",
                        short_range->cutoff(), cutoff()));
    short_range_ = std::move(short_range);
}

void Model::set_grade(std::vector<Matrix> weights) {
    int const h = head(Head::Kind::energy);
    KAMACITE_EXPECTS(weights.empty() ||
                     (h >= 0 && weights.size() == descriptors_.elements().size()));
    for (std::size_t e = 0; e < weights.size(); ++e) {
        auto const& sizes = part(h, static_cast<int>(e)).network.sizes();
        KAMACITE_EXPECTS(weights[e].size() == 0 ||
                         weights[e].rows() == sizes[sizes.size() - 2] + 1);
    }
    grade_ = std::move(weights);
}

Matrix Model::features(Matrix const& g, std::span<int const> rows, int element) const {
    auto const& network = part(head(Head::Kind::energy), element);
    auto const tape = network.network.forward(parameters_of(network), scaled(g, rows, element));
    auto const& last = tape.value.empty() ? tape.input : tape.value.back();
    Matrix out(last.rows(), last.cols() + 1);
    out.leftCols(last.cols()) = last;
    out.rightCols(1).setOnes();
    return out;
}

int Model::head(Head::Kind kind) const noexcept {
    for (std::size_t h = 0; h < heads_.size(); ++h)
        if (heads_[h].kind == kind) return static_cast<int>(h);
    return -1;
}

int Model::element_index(int species) const {
    auto const& elements = descriptors_.elements();
    auto const found = std::find(elements.begin(), elements.end(), element_of(species));
    if (found == elements.end())
        throw DataError(
            fmt::format("the structure has element {} that the model does not know (it knows {}): "
                        "take a model trained with it, or leave the structure out",
                        symbol_of(species), symbols_of(elements)));
    return static_cast<int>(found - elements.begin());
}

Model::Part const& Model::part(int head, int element) const {
    for (auto const& p : parts_)
        if (p.head == head && p.element == element) return p;
    KAMACITE_EXPECTS(false);
    return parts_.front();
}

std::span<double const> Model::parameters_of(Part const& part) const {
    return std::span{parameters_}.subspan(static_cast<std::size_t>(part.begin),
                                          static_cast<std::size_t>(part.network.parameter_count()));
}

std::vector<char> Model::weight_mask() const {
    std::vector<char> mask(parameters_.size(), 0);
    for (auto const& p : parts_)
        for (int l = 0; l < p.network.layers(); ++l)
            std::fill(mask.begin() + p.begin + p.network.weight_begin(l),
                      mask.begin() + p.begin + p.network.bias_begin(l), 1);
    return mask;
}

void Model::scale(Matrix const& g, std::span<int const> rows, int element, Matrix& x) const {
    int const size = descriptors_.size(descriptors_.elements()[static_cast<std::size_t>(element)]);
    x.resize(std::ssize(rows), size);
    auto const centre = scaling_.centre.row(element).head(size);
    auto const inverse = scaling_.inverse.row(element).head(size);
    for (Eigen::Index r = 0; r < x.rows(); ++r)
        x.row(r) =
            (g.row(rows[static_cast<std::size_t>(r)]).head(size) - centre).cwiseProduct(inverse);
}

Matrix Model::scaled(Matrix const& g, std::span<int const> rows, int element) const {
    Matrix x;
    scale(g, rows, element, x);
    return x;
}

Matrix Model::pooled(Head const& head, Matrix const& g, std::span<int const> species,
                     std::span<int const> first, std::span<Conditions const> conditions) const {
    bool const squares = head.pooling == Head::Pooling::mean_and_variance;
    auto const& elements = descriptors_.elements();
    std::vector<int> column;  // where the pooled x of an element begins
    int all = 0;
    for (int const element : elements) {
        column.push_back(all);
        all += descriptors_.size(element);
    }
    auto const structures = std::ssize(first) - 1;
    int const pooled_size = squares ? 2 * all : all;
    Matrix out = Matrix::Zero(structures, pooled_size + std::ssize(head.conditions));
    for (Eigen::Index s = 0; s < structures; ++s) {
        int const begin = first[static_cast<std::size_t>(s)];
        int const end = first[static_cast<std::size_t>(s) + 1];
        for (int i = begin; i < end; ++i) {
            int const e = element_index(species[static_cast<std::size_t>(i)]);
            int const at = column[static_cast<std::size_t>(e)];
            int const size = descriptors_.size(elements[static_cast<std::size_t>(e)]);
            for (int k = 0; k < size; ++k) {
                double const x = (g(i, k) - scaling_.centre(e, k)) * scaling_.inverse(e, k);
                out(s, at + k) += x;
                if (squares) out(s, all + at + k) += x * x;
            }
        }
        out.row(s).head(pooled_size) /= end - begin;
        if (squares) out.row(s).segment(all, all) -= out.row(s).head(all).cwiseAbs2();
        for (std::size_t c = 0; c < head.conditions.size(); ++c)
            out(s, pooled_size + static_cast<Eigen::Index>(c)) =
                (conditions[static_cast<std::size_t>(s)].at(head.conditions[c]) -
                 head.condition_centre[c]) /
                head.condition_scale[c];
    }
    return out;
}

std::vector<std::vector<int>> rows_by_element(std::vector<int> const& elements,
                                              std::span<int const> species) {
    std::vector<std::vector<int>> rows(elements.size());
    for (std::size_t i = 0; i < species.size(); ++i) {
        auto const found = std::find(elements.begin(), elements.end(), element_of(species[i]));
        if (found == elements.end())
            throw DataError(
                fmt::format("atom {} is {}, an element that the model does not know (it knows {}): "
                            "take a model trained with it",
                            i, symbol_of(species[i]), symbols_of(elements)));
        rows[static_cast<std::size_t>(found - elements.begin())].push_back(static_cast<int>(i));
    }
    return rows;
}

void Block::add(Structure const& structure, Neighbours const& its_neighbours) {
    KAMACITE_EXPECTS(its_neighbours.size() == structure.size());
    neighbours.append(its_neighbours);
    species.insert(species.end(), structure.species.begin(), structure.species.end());
    first.push_back(atoms());
}

}  // namespace kamacite
