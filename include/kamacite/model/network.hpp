#pragma once
#include <span>
#include <vector>

#include "kamacite/core/random.hpp"
#include "kamacite/model/activation.hpp"

namespace kamacite {

/// Shape of a dense feed-forward network; its parameters live elsewhere, in one flat vector w.
///
///     a⁰ = x,   zˡ = aˡ⁻¹ Wˡ + bˡ,   aˡ = f(zˡ),   y = z of the last layer (linear)
///
/// Layer after layer w holds Wˡ, shape (inputs, outputs) row-major, then bˡ. Inputs are blocks of
/// samples, one per row, so that the work is matrix products.
class Network {
public:
    /// \param sizes  inputs, width of each hidden layer …, outputs; all positive
    Network(std::vector<int> sizes, Activation hidden);
    /// \param hidden  of each hidden layer
    Network(std::vector<int> sizes, std::vector<Activation> hidden);

    [[nodiscard]] std::vector<int> const& sizes() const noexcept { return sizes_; }
    [[nodiscard]] std::vector<Activation> const& activations() const noexcept { return hidden_; }
    [[nodiscard]] int inputs() const noexcept { return sizes_.front(); }
    [[nodiscard]] int outputs() const noexcept { return sizes_.back(); }
    [[nodiscard]] int layers() const noexcept { return static_cast<int>(sizes_.size()) - 1; }
    [[nodiscard]] int parameter_count() const noexcept;
    [[nodiscard]] int weight_begin(int layer) const;  ///< place of W of a layer in w
    [[nodiscard]] int bias_begin(int layer) const;    ///< place of b of a layer in w

    /// Fills w with random weights and zero biases: Wˡ normal with variance 1/inputs (Glorot and
    /// Bengio 2010), or 2/inputs if a hidden layer is relu (He et al. 2015).
    void initialise(std::span<double> w, RandomStream& random) const;

    /// What a forward pass leaves behind for the passes back.
    struct Tape {
        Matrix input;                                 ///< x, shape (n, inputs)
        std::vector<Matrix> value, slope, curvature;  ///< f, f′, f″ of each hidden layer
        Matrix output;                                ///< y, shape (n, outputs)
        std::vector<Matrix> sum;                      ///< z of each hidden layer
        Matrix back, back_before;                     ///< scratch of pull_back()
    };
    enum class Order { slopes, curvatures };  ///< curvatures are needed by gradient_along()

    [[nodiscard]] Tape forward(std::span<double const> w, Matrix x,
                               Order order = Order::slopes) const;

    /// The same for tape.input, on a tape that is used again: once it has the size, nothing is
    /// allocated.
    void forward(std::span<double const> w, Tape& tape, Order order = Order::slopes) const;

    /// ∂(Σ ȳ y)/∂x.
    /// \param seed  ȳ, shape (n, outputs)
    /// \returns shape (n, inputs), kept in the tape
    Matrix const& pull_back(std::span<double const> w, Tape& tape, Matrix const& seed) const;

    /// Adds ∂(Σ ȳ y)/∂w to `gradient`.
    void gradient(std::span<double const> w, Tape const& tape, Matrix const& seed,
                  std::span<double> gradient) const;

    /// Adds ∂(Σ ȳ y + Σ s ẏ)/∂w to `gradient`, where ẏ is the derivative of y along ẋ: one tangent
    /// pass and one reverse pass, no Jacobian. With ẋ the motion along force residuals this is the
    /// gradient of a loss over forces (docs/theory/training.md).
    /// \param tape        with curvatures
    /// \param along       ẋ, shape (n, inputs)
    /// \param seed        ȳ, shape (n, outputs)
    /// \param along_seed  s, shape (n, outputs)
    void gradient_along(std::span<double const> w, Tape const& tape, Matrix const& along,
                        Matrix const& seed, Matrix const& along_seed,
                        std::span<double> gradient) const;

    struct Tangent {
        Matrix output;  ///< of y, shape (n, outputs)
        Matrix pulled;  ///< of ∂(Σ ȳ y)/∂x, shape (n, inputs); empty if there was no seed
    };
    /// Derivative of y and of pull_back(seed) along a motion v of the parameters.
    /// \param tape  with curvatures if there is a seed
    /// \param seed  ȳ, shape (n, outputs), or empty
    [[nodiscard]] Tangent along_parameters(std::span<double const> w, Tape const& tape,
                                           std::span<double const> v, Matrix const& seed) const;

    bool operator==(Network const&) const = default;

private:
    std::vector<int> sizes_;
    std::vector<Activation> hidden_;
};

}  // namespace kamacite
