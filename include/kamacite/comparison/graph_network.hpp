#pragma once
#include <span>
#include <vector>

#include "kamacite/comparison/graph.hpp"
#include "kamacite/core/random.hpp"
#include "kamacite/model/network.hpp"
#include "kamacite/mpi/communicator.hpp"

namespace kamacite::comparison {

/// Sizes of a crystal graph network.
struct GraphShape {
    std::vector<int> elements{};  ///< atomic numbers that it knows, each once
    int width = 64;               ///< features of an atom
    int convolutions = 3;
    int hidden = 128;    ///< width of the dense layer after pooling
    int conditions = 0;  ///< numbers given of the whole structure, e.g. its temperature
};

/// A structure as the network sees it. What the pointers name must live as long.
struct Sample {
    Graph const* graph = nullptr;
    std::span<double const> conditions{};
    double target = 0.0;
};

/// A batch is cut into this many parts at most, whatever the number of ranks: sums over a batch
/// have one order. More ranks than that have nothing to do.
inline constexpr int parts_of_a_batch = 8;

/// Crystal graph convolutional network, which predicts one number of a structure.
///
///     v_i⁰   = row of the element of i in an embedding
///     z_ij   = v_i ⊕ v_j ⊕ u_ij                                    u: expand()
///     v_i    ← softplus(v_i + BN(Σ_j w_ij σ(BN(z_ij W_f + b_f)) ⊙ softplus(BN(z_ij W_s + b_s))))
///     y      = softplus((softplus(mean_i v_i) ⊕ conditions) W_h + b_h) W_o + b_o
///
/// w_ij are the weights of the edges, BN is batch normalisation with a scale and a shift per
/// feature,
///
///     BN(x) = γ (x − m)/√(s² + 1e-5) + β
///
/// In training mean m and variance s² are those of the batch, over the structures of all ranks;
/// edges count with their weights, so that one of weight 0 is as good as none. In predictions they
/// are running averages of these (a tenth of each batch; of s² n/(n−1), n edges or atoms), so that
/// a prediction does not hang on what is predicted beside it. Conditions join after the first
/// softplus, as they need none.
///
/// Parameters live elsewhere, in one flat vector w; so do the running averages, in `statistics`.
/// Source: Xie and Grossman, Phys. Rev. Lett. 120, 145301 (2018). Different from it: an embedding
/// of the elements that occur in place of 92 given features of each, weights of edges.
class GraphNetwork {
public:
    explicit GraphNetwork(GraphShape shape);

    [[nodiscard]] GraphShape const& shape() const noexcept { return shape_; }
    [[nodiscard]] int parameter_count() const noexcept { return count_; }
    [[nodiscard]] int statistics_count() const noexcept;

    /// Weights normal with variance 1/inputs (embedding: 1), shifts 0, scales 1.
    void initialise(std::span<double> w, RandomStream& random) const;
    [[nodiscard]] std::vector<double> initial_statistics() const;  ///< means 0, variances 1

    /// Loss of a batch, (1/n) Σ (y − target)², in training.
    struct Step {
        double loss = 0.0;
        std::vector<double> gradient;    ///< ∂loss/∂w, complete on every rank
        std::vector<double> statistics;  ///< running averages after this batch
    };
    /// The same numbers, to the last bit, on any number of ranks.
    /// \param batch  the whole of it on every rank, not empty
    /// \throws DataError if a graph has an element that the network does not know
    /// Collective.
    [[nodiscard]] Step gradient(mpi::Communicator const& comm, std::span<double const> w,
                                std::span<double const> statistics,
                                std::span<Sample const> batch) const;

    /// y of each sample, from the running averages. Local.
    /// \throws DataError as gradient()
    [[nodiscard]] std::vector<double> predict(std::span<double const> w,
                                              std::span<double const> statistics,
                                              std::span<Sample const> samples) const;

    /// Places in w of the parameters of one convolution.
    struct Places {
        int own, other,
            edge;  ///< W of v_i, of v_j: (width, 2 width); of u: (41, 2 width); f, then s
        int bias;  ///< 2 width
        int inner_scale, inner_shift;  ///< of the normalisation of z W + b: 2 width each
        int outer_scale, outer_shift;  ///< of that of the sum: width each
    };
    [[nodiscard]] Places places_of(int convolution) const;
    [[nodiscard]] int head_begin() const noexcept;  ///< place of the dense layers
    [[nodiscard]] Network const& head() const noexcept { return head_; }
    /// Rows of the embedding for the atoms of a graph. \throws DataError
    [[nodiscard]] std::vector<int> rows_of(Graph const& graph) const;

private:
    GraphShape shape_;
    Network head_;
    int count_ = 0;
};

}  // namespace kamacite::comparison
