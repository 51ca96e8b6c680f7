#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "functions.hpp"
#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/io/provenance.hpp"
#include "networks.hpp"

namespace kamacite::n2p2 {
namespace {

/// A number whose inverse is exactly `inverse`, if there is one; else the nearest.
double inverted(double inverse) {
    double const nearest = 1.0 / inverse;
    double down = nearest, up = nearest;
    for (int step = 0; step < 3; ++step) {
        for (double const x : {down, up})
            if (1.0 / x == inverse) return x;
        down = std::nextafter(down, 0.0);
        up = std::nextafter(up, HUGE_VAL);
    }
    return nearest;
}

/// Functions of one element in n2p2's order, and the column of each.
struct Ordered {
    std::vector<Function> functions;
    std::vector<std::size_t> columns;
};

Ordered ordered(FunctionSet const& set, int element) {
    Ordered out;
    auto const all = functions_of(set, element);
    for (std::size_t k = 0; k < all.size(); ++k) out.columns.push_back(k);
    std::stable_sort(out.columns.begin(), out.columns.end(),
                     [&](std::size_t a, std::size_t b) { return comes_before(all[a], all[b]); });
    for (auto const k : out.columns) out.functions.push_back(all[k]);
    return out;
}

/// Row of scaling.data, and the factor that the weights of the function take instead.
std::pair<Range, double> range_of(Scaling const& scaling, int element, std::size_t column) {
    auto const k = static_cast<Eigen::Index>(column);
    double const inverse = scaling.inverse(element, k);
    bool const off = inverse == 0.0;
    double const sigma = off ? 1.0 : inverted(inverse);
    Range const range{scaling.smallest(element, k), scaling.largest(element, k),
                      scaling.centre(element, k), sigma, 0};
    bool const exact = !off && 1.0 / sigma == inverse;
    return {range, exact ? 1.0 : inverse * sigma};
}

/// One element of the model as files have it.
struct Element {
    int number;
    Ordered order;
    std::vector<Range> ranges;
    std::vector<double> weights;
};

Element element_of(Model const& model, int head, int e) {
    Element out;
    out.number = model.descriptors().elements()[static_cast<std::size_t>(e)];
    out.order = ordered(model.descriptors().functions(), out.number);
    auto const& part = model.part(head, e);
    auto const w = model.parameters_of(part);
    out.weights.assign(w.begin(), w.end());
    auto const outputs = static_cast<std::size_t>(part.network.sizes()[1]);
    for (std::size_t row = 0; row < out.order.columns.size(); ++row) {
        auto const column = out.order.columns[row];
        auto const [range, factor] = range_of(model.scaling(), e, column);
        out.ranges.push_back(range);
        for (std::size_t o = 0; o < outputs; ++o)
            out.weights[row * outputs + o] = factor * w[column * outputs + o];
    }
    double const scale = model.heads()[static_cast<std::size_t>(head)].scale[0];
    int const last = part.network.weight_begin(part.network.layers() - 1);
    for (auto i = static_cast<std::size_t>(last); i < out.weights.size(); ++i)
        out.weights[i] *= scale;
    return out;
}

void warn_of_losses(Model const& model, std::vector<std::string>& warnings) {
    for (auto const& head : model.heads())
        if (head.kind != Head::Kind::energy)
            warnings.push_back(
                fmt::format("the {} head is left out: n2p2 has energies only", name_of(head.kind)));
    if (auto const& zbl = model.short_range())
        warnings.push_back(fmt::format(
            "the repulsion of atoms nearer than {:.3g} Å is left out, which n2p2 does "
            "not have: add it beside the networks (in LAMMPS 'pair_style hybrid/overlay' "
            "with zbl), or train with 'short_range: false'",
            zbl->cutoff()));
}

}  // namespace

std::map<std::string, std::string> texts_of(Model const& model,
                                            std::vector<std::string>& warnings) {
    if (model.linear().size() > 0)
        throw DataError(
            "the energies have a linear part beside the networks, which n2p2 does not have: train "
            "without 'linear'");
    int const h = model.head(Head::Kind::energy);
    if (h < 0)
        throw DataError(
            "the model cannot be written for n2p2 (it has no energy head): train one with it");
    auto const& head = model.heads()[static_cast<std::size_t>(h)];
    auto const& elements = model.descriptors().elements();
    std::vector<int> order(elements.size());  // n2p2 sorts elements by atomic number
    for (std::size_t e = 0; e < order.size(); ++e) order[e] = static_cast<int>(e);
    std::sort(order.begin(), order.end(), [&](int a, int b) {
        return elements[static_cast<std::size_t>(a)] < elements[static_cast<std::size_t>(b)];
    });
    std::vector<int> numbers;
    std::vector<Head::Layers> layers;
    std::string symbols, energies, functions;
    std::vector<std::vector<Range>> ranges;
    std::map<std::string, std::string> files;
    for (int const e : order) {
        auto const element = element_of(model, h, e);
        numbers.push_back(element.number);
        layers.push_back(head.layers_of(e));
        symbols += fmt::format(" {}", symbol_of(element.number));
        energies += fmt::format("atom_energy {} {}\n", symbol_of(element.number),
                                head.shift[static_cast<std::size_t>(e)]);
        for (auto const& f : element.order.functions) functions += line_of(f) + "\n";
        ranges.push_back(element.ranges);
        files[fmt::format("weights.{:03}.data", element.number)] =
            weights_text(element.weights, model.part(h, e).network);
    }
    auto const cutoff = common_cutoff(model.descriptors().functions());
    files["input.nn"] = fmt::format(
        "# Written by {}. Units: eV and angstrom.\n"
        "number_of_elements {}\nelements{}\n{}cutoff_type {} {}\n"
        "scale_symmetry_functions_sigma\nscale_min_short 0.0\nscale_max_short 1.0\n{}{}",
        io::program_version(), order.size(), symbols, energies, static_cast<int>(cutoff.form),
        cutoff.inner, lines_of(layers, numbers, warnings), functions);
    files["scaling.data"] = scaling_text(ranges);
    warn_of_losses(model, warnings);
    return files;
}

}  // namespace kamacite::n2p2
