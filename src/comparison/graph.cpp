#include "kamacite/comparison/graph.hpp"

#include <algorithm>
#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/descriptors/cutoff.hpp"
#include "kamacite/neighbours/neighbours.hpp"

namespace kamacite::comparison {
namespace {

constexpr double step = 0.2;         // Å, of the Gaussians and their width
constexpr double same_shell = 1e-6;  // Å
constexpr double flat_part = 0.8;    // of a radius, where the weight is 1

struct Edge {
    double distance;
    int atom;
};

/// Weights of the nearest `count` of sorted edges; the others are removed.
std::vector<double> nearest(std::vector<Edge>& edges, int count) {
    auto const n = static_cast<std::size_t>(count);
    if (edges.size() <= n) return std::vector<double>(edges.size(), 1.0);
    double const last = edges[n - 1].distance;
    auto const below = [&](double bound) {
        return static_cast<std::size_t>(
            std::lower_bound(edges.begin(), edges.end(), bound,
                             [](Edge const& e, double d) { return e.distance < d; }) -
            edges.begin());
    };
    auto const sure = below(last - same_shell), rivals = below(last + same_shell);
    edges.resize(rivals);
    std::vector<double> weights(rivals,
                                static_cast<double>(n - sure) / static_cast<double>(rivals - sure));
    std::fill_n(weights.begin(), sure, 1.0);
    return weights;
}

double weight_at(double distance, double radius) {
    return Cutoff{CutoffForm::poly2, radius, flat_part}.at(distance).f;
}

/// Weights of the neighbours within the atom's own radius; the others are removed.
std::vector<double> smooth(std::vector<Edge>& edges, GraphOptions const& options) {
    auto const end_at = [&](double bound) {
        return std::lower_bound(edges.begin(), edges.end(), bound,
                                [](Edge const& e, double d) { return e.distance < d; });
    };
    auto const excess = [&](double radius) {
        auto const begin = end_at(flat_part * radius), end = end_at(radius);
        double sum = static_cast<double>(begin - edges.begin());
        for (auto e = begin; e != end; ++e) sum += weight_at(e->distance, radius);
        return sum + std::pow(radius / options.cutoff, 3) - options.count;
    };
    double low = 0.0, high = options.cutoff;
    if (excess(high) > 0.0)
        for (int k = 0; k < 60; ++k) {
            double const middle = 0.5 * (low + high);
            (excess(middle) > 0.0 ? high : low) = middle;
        }
    edges.erase(end_at(high), edges.end());
    std::vector<double> weights;
    for (auto const& e : edges) weights.push_back(weight_at(e.distance, high));
    return weights;
}

}  // namespace

Graph graph_of(Structure const& s, GraphOptions const& options) {
    KAMACITE_EXPECTS(options.cutoff > 0.0 && options.count > 1);
    auto const neighbours = find_neighbours(s, options.cutoff);
    Graph graph;
    graph.species = s.species;
    std::vector<Edge> edges;
    for (int i = 0; i < s.size(); ++i) {
        auto const around = neighbours.of(i);
        edges.clear();
        for (int k = 0; k < around.size(); ++k) {
            auto const n = static_cast<std::size_t>(k);
            edges.push_back({around.distance[n], around.atom[n]});
        }
        std::sort(edges.begin(), edges.end(), [](Edge const& a, Edge const& b) {
            return a.distance < b.distance || (a.distance == b.distance && a.atom < b.atom);
        });
        auto const weights = options.kind == GraphOptions::Kind::nearest
                                 ? nearest(edges, options.count)
                                 : smooth(edges, options);
        for (auto const& e : edges) {
            graph.neighbour.push_back(e.atom);
            graph.distance.push_back(e.distance);
        }
        graph.weight.insert(graph.weight.end(), weights.begin(), weights.end());
        graph.first.push_back(graph.edges());
    }
    return graph;
}

void expand(double distance, std::span<double> u) {
    KAMACITE_EXPECTS(u.size() == expansion_width);
    for (int k = 0; k < expansion_width; ++k) {
        double const x = distance / step - k;
        u[static_cast<std::size_t>(k)] = std::abs(x) < 7.0 ? std::exp(-x * x) : 0.0;
    }
}

}  // namespace kamacite::comparison
