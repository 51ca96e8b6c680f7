#pragma once
#include <fmt/format.h>

#include <string>
#include <vector>

#include "kamacite/core/element.hpp"
#include "kamacite/core/random.hpp"
#include "kamacite/n2p2/model_files.hpp"

namespace kamacite::test {

/// A small model of H and O in the format of n2p2, put together from parts that tests may change.
struct Sample {
    /// Rows of scaling.data.
    struct Range {
        double smallest, largest, mean, sigma;
    };
    std::vector<int> elements = {1, 8};  ///< ascending
    std::string general =
        "number_of_elements 2\nelements O H  # any order\ncutoff_type 2 0.0\n"
        "scale_symmetry_functions_sigma\n";
    std::string network =
        "global_hidden_layers_short 2\nglobal_nodes_short 4 3\nglobal_activation_short t p l\n";
    /// Without "symfunction_short", not in order.
    std::vector<std::string> functions;
    std::vector<std::vector<int>> sizes;  ///< of the networks of each element
    std::vector<std::vector<Range>> ranges;
    std::vector<std::vector<double>> weights;

    [[nodiscard]] n2p2::Files files() const {
        n2p2::Files files;
        files.folder = "sample";
        files.settings.name = "sample/input.nn";
        files.settings.text = general + network;
        for (auto const& f : functions) files.settings.text += "symfunction_short " + f + "\n";
        files.scaling.name = "sample/scaling.data";
        for (std::size_t e = 0; e < ranges.size(); ++e)
            for (std::size_t k = 0; k < ranges[e].size(); ++k) {
                auto const& r = ranges[e][k];
                files.scaling.text += fmt::format("{} {} {} {} {} {}\n", e + 1, k + 1, r.smallest,
                                                  r.largest, r.mean, r.sigma);
            }
        for (std::size_t e = 0; e < elements.size(); ++e) {
            auto& file = files.weights[elements[e]];
            file.name = fmt::format("sample/weights.{:03}.data", elements[e]);
            for (double const w : weights[e]) file.text += fmt::format("{}\n", w);
        }
        return files;
    }
    [[nodiscard]] Model model(n2p2::Units const& units = {}) const {
        std::vector<std::string> warnings;
        return n2p2::make_model(files(), units, warnings);
    }
};

inline std::size_t weights_of(std::vector<int> const& sizes) {
    std::size_t n = 0;
    for (std::size_t l = 0; l + 1 < sizes.size(); ++l)
        n += static_cast<std::size_t>((sizes[l] + 1) * sizes[l + 1]);
    return n;
}

/// Draws ranges and weights for networks of these hidden layers.
inline void fill(Sample& sample, std::vector<std::vector<int>> const& hidden) {
    sample.ranges.assign(sample.elements.size(), {});
    sample.weights.assign(sample.elements.size(), {});
    sample.sizes.assign(sample.elements.size(), {});
    RandomStream random{5, "n2p2", 0};
    for (std::size_t e = 0; e < sample.elements.size(); ++e) {
        auto const symbol = std::string{symbol_of(sample.elements[e])} + " ";
        int n = 0;
        for (auto const& f : sample.functions) n += f.starts_with(symbol) ? 1 : 0;
        for (int k = 0; k < n; ++k) {
            double const low = random.uniform();
            sample.ranges[e].push_back(
                {low, low + 1.0 + random.uniform(), low + 0.5, 0.3 + random.uniform()});
        }
        auto& sizes = sample.sizes[e];
        sizes = {n};
        sizes.insert(sizes.end(), hidden[e].begin(), hidden[e].end());
        sizes.push_back(1);
        for (std::size_t i = 0; i < weights_of(sizes); ++i)
            sample.weights[e].push_back(random.normal());
    }
}

/// With functions of types 2, 3 and 9.
inline Sample water() {
    Sample sample;
    sample.functions = {"H 3 O H 0.01 1 1 6",     "H 2 O 0.1 0 6",       "O 9 H H 0.02 -1 2 5.5",
                        "H 3 H H 0.01 -1 1 6",    "H 2 H 0.1 0 6",       "O 2 H 0.2 0.3 5",
                        "H 2 H 0.05 0.5 6",       "H 3 H H 0.01 1 4 6",  "O 2 O 0.2 0.3 5",
                        "H 3 O O 0.01 1 1 6 0.2", "H 9 H O 0.02 1 2 6",  "O 3 H O 0.03 1 2 5.5",
                        "H 2 H 0.3 0 5",          "O 3 O O 0.03 1 3.5 6"};
    fill(sample, {{4, 3}, {4, 3}});
    return sample;
}

/// A few molecules in a box shorter than twice the cutoff.
inline Structure wet_box() {
    Mat3 rows;
    rows << 6.0, 0.0, 0.2, 0.1, 5.5, 0.0, -0.3, 0.0, 6.2;
    return {Cell{rows},
            {8, 1, 1, 8, 1, 1},
            {{0.1, 0.2, 0.3},
             {0.9, 0.7, 0.2},
             {-0.5, 1.0, 0.4},
             {3.1, 2.9, 3.0},
             {3.7, 3.6, 3.3},
             {2.6, 3.2, 3.8}}};
}

}  // namespace kamacite::test
