#pragma once
#include <string>
#include <vector>

#include "kamacite/model/activation.hpp"

namespace kamacite {

/// One thing that a model predicts, with networks of its own: heads never disturb each other.
///
///     energy    E_i = e0(element i) + scale · NN_element(x_i)          [eV], forces, stress
///     moment    |m_i| = softplus(NN_element(x_i))                      [μ_B], never negative
///     property  p_k = shift_k + scale_k · NN_k(pooled x, conditions)   of the whole structure
///
/// Pooled x has for every element e the sum of x_i over its atoms divided by the number of all
/// atoms, then, if wanted, the same of x_i² minus the square of that; then the conditions.
struct Head {
    enum class Kind : int { energy = 0, moment = 1, property = 2 };
    enum class Pooling : int { mean = 0, mean_and_variance = 1 };

    Kind kind = Kind::energy;
    std::vector<int> hidden = {32, 32};  ///< width of each hidden layer
    Activation activation = Activation::silu;

    /// Hidden layers of one network.
    struct Layers {
        std::vector<int> widths;
        std::vector<Activation> activations;  ///< one per width
        bool operator==(Layers const&) const = default;
    };
    /// In place of `hidden` and `activation` where networks differ: those of each element, in the
    /// order of Descriptors::elements(), or none. Not for property heads.
    std::vector<Layers> layers{};
    [[nodiscard]] Layers layers_of(int element) const;  ///< by its index

    Pooling pooling = Pooling::mean;        ///< property only
    std::vector<std::string> outputs{};     ///< property only: names as in Labels::properties
    std::vector<std::string> conditions{};  ///< property only: further inputs, e.g. "temperature"

    /// Found from the training set. energy: e0 [eV] per element, and one scale [eV]; property: one
    /// shift and one scale per output; conditions enter as (value − centre)/scale.
    std::vector<double> shift{}, scale{};
    std::vector<double> condition_centre{}, condition_scale{};

    bool operator==(Head const&) const = default;
};

[[nodiscard]] std::string name_of(Head::Kind kind);              ///< "energy", "moment", "property"
[[nodiscard]] std::string name_of(Head::Pooling pooling);        ///< "mean", "mean_and_variance"
[[nodiscard]] Head::Kind head_kind_of(std::string const& name);  ///< \throws InputError
[[nodiscard]] Head::Pooling pooling_of(std::string const& name);  ///< \throws InputError

}  // namespace kamacite
