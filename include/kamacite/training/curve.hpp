#pragma once
#include <span>
#include <string>
#include <vector>

#include "kamacite/training/loss.hpp"

namespace kamacite::training {

/// The learning curve: rows of numbers, one per epoch, and how they are shown.
class Curve {
public:
    explicit Curve(Model const& model);

    [[nodiscard]] int columns() const noexcept;

    struct Epoch {
        int number;  ///< from 1, in all stages
        int stage;   ///< from 1
        long long steps;
        double rate;
        double seconds;
    };
    /// One row: the epoch, losses per structure, root mean square errors, and the share of each
    /// quantity in the training loss.
    /// \param training, validation  sums as SumLayout says; validation may be empty
    [[nodiscard]] std::vector<double> row(Epoch const& epoch, std::span<double const> training,
                                          std::span<double const> validation) const;

    /// CSV with a header that carries the units.
    [[nodiscard]] std::string csv(std::span<double const> rows) const;

    /// Errors in words, e.g. "energy 5.1 meV/atom  forces 0.081 eV/Å".
    [[nodiscard]] std::string errors(std::span<double const> sums) const;

    /// Errors as a JSON object: name → RMSE in internal units; what has no labels is left out.
    [[nodiscard]] std::string json(std::span<double const> sums) const;

    /// Σ of the losses of all heads per structure; NaN without structures.
    [[nodiscard]] double loss(std::span<double const> sums) const;

    /// Shares of the quantities in the loss in words, e.g. " (energy 40 %, forces 60 %)"; nothing
    /// if there is one alone.
    [[nodiscard]] std::string balance(std::span<double const> sums) const;

private:
    [[nodiscard]] double share(std::span<double const> sums, int quantity) const;

    SumLayout layout_;
};

}  // namespace kamacite::training
