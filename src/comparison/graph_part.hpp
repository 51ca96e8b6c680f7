#pragma once
#include <span>
#include <vector>

#include "kamacite/comparison/graph_network.hpp"

/// \file
/// Passes through a crystal graph network of a part of a batch, between whose steps statistics of
/// the whole batch are needed.

namespace kamacite::comparison {

using Row = Eigen::Matrix<double, 1, Eigen::Dynamic>;

/// Mean and 1/√(variance + ε) of each feature, and how many rows (or weights) they are of.
struct Normalisation {
    Row mean, inverse;
    double count = 0.0;
};

/// Σ weight, Σ weight x, Σ weight x² of some rows of x, in one row: those of parts add up.
[[nodiscard]] Normalisation normalisation_of(std::span<double const> sums);

/// The same from running averages: `width` means, then as many variances.
[[nodiscard]] Normalisation normalisation_at_rest(double const* running, int width);

/// Some structures of a batch as one disconnected graph, and what the passes leave behind.
class GraphPart {
public:
    GraphPart(GraphNetwork const& network, std::span<Sample const> samples);

    [[nodiscard]] int structures() const noexcept { return static_cast<int>(samples_.size()); }

    void embed(std::span<double const> w);
    /// z W + b of a convolution, and its sums.
    void mix(std::span<double const> w, int convolution, std::span<double> sums);
    /// What atoms get from their neighbours, and its sums.
    void gather(std::span<double const> w, int convolution, Normalisation const& inner,
                std::span<double> sums);
    /// The features after the convolution.
    void close(std::span<double const> w, int convolution, Normalisation const& outer);
    /// y of each structure.
    [[nodiscard]] std::vector<double> read_out(std::span<double const> w);

    /// Back from ∂loss/∂y, adding to `gradient`, in the opposite order. Each step that crosses a
    /// normalisation leaves its part of the gradient of scale and shift, which the next step needs
    /// of the whole batch.
    void begin_back(std::span<double const> w, std::span<double const> seed,
                    std::span<double> gradient);
    void back_of_close(int convolution, std::span<double> gradient);
    void back_of_gather(std::span<double const> w, int convolution, Normalisation const& outer,
                        std::span<double const> batch_gradient, std::span<double> gradient);
    void back_of_mix(std::span<double const> w, int convolution, Normalisation const& inner,
                     std::span<double const> batch_gradient, std::span<double> gradient);
    void back_of_embedding(std::span<double> gradient) const;

private:
    /// What a convolution leaves behind.
    struct Tape {
        Matrix edges;  ///< z W + b, then normalised: (edges, 2 width)
        Matrix atoms;  ///< sum over neighbours, then normalised: (atoms, width)
    };

    GraphNetwork const& network_;
    std::span<Sample const> samples_;
    std::vector<int> first_atom_;                // of each structure
    std::vector<int> row_, centre_, neighbour_;  // embedding of each atom; ends of each edge
    std::vector<double> weight_;                 // of each edge
    Matrix u_;                                   // (edges, expansion_width)
    std::vector<Matrix> v_;  // (atoms, width) before each convolution, and after the last
    std::vector<Tape> tape_;
    Matrix pooled_;  // (structures, width)
    Network::Tape head_;
    Matrix back_atoms_, back_edges_;  // ∂loss/∂v, ∂loss/∂(normalised z W + b)
};

}  // namespace kamacite::comparison
