#pragma once
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kamacite/dataset/records.hpp"
#include "kamacite/model/model.hpp"
#include "kamacite/structure/property.hpp"
#include "kamacite/training/options.hpp"

namespace kamacite::training {

/// One record as the loss sees it.
struct Sample {
    std::shared_ptr<Record const> record = nullptr;
    double weight = 1.0;  ///< f_s
    int id = 0;           ///< its place in a DescriptorCache
    /// (σ/σ of its family)²
    double energy_factor = 1.0, forces_factor = 1.0, stress_factor = 1.0;
};

/// The sample of a record, with the weight and scales of its family.
[[nodiscard]] Sample sample_of(std::shared_ptr<Record const> record, int id,
                               LossOptions const& options);

/// Samples of records, all of which they hold; ids count from 0.
[[nodiscard]] std::vector<Sample> samples_of(dataset::Records const& records,
                                             LossOptions const& options);

/// Descriptors of samples that this rank has met, up to a limit of memory. They depend on the
/// structure alone, so it does not matter which rank keeps which.
class DescriptorCache {
public:
    DescriptorCache(std::size_t samples, double bytes) : kept_(samples), left_{bytes} {}

    /// \param evaluate  called if the descriptors of `id` are not kept
    template <class F>
    [[nodiscard]] Matrix get(int id, F const& evaluate) {
        auto& kept = kept_[static_cast<std::size_t>(id)];
        if (kept.size() > 0) return kept;
        Matrix g = evaluate();
        double const bytes = static_cast<double>(g.size()) * sizeof(double);
        if (bytes <= left_) {
            left_ -= bytes;
            kept = g;
        }
        return g;
    }
    [[nodiscard]] bool has(int id) const { return kept_[static_cast<std::size_t>(id)].size() > 0; }

private:
    std::vector<Matrix> kept_;
    double left_;
};

/// The conditions of a record: its properties, of which heads take what they name.
[[nodiscard]] Conditions conditions_of(Record const& record);

/// Layout of the sums that loss() makes: one loss per head, then the number of samples, then
/// count and Σ error² for each quantity, then what each adds to the loss. Sums of parts of a set
/// add up.
class SumLayout {
public:
    explicit SumLayout(Model const& model);

    [[nodiscard]] int size() const noexcept {
        return heads_ + 1 + 3 * static_cast<int>(names_.size());
    }
    [[nodiscard]] int heads() const noexcept { return heads_; }
    [[nodiscard]] int samples() const noexcept { return heads_; }  ///< place of their number
    /// "energy" [eV/atom], "forces" [eV/Å] of structures with more than one atom, "stress" [eV/Å³],
    /// "moments" [μ_B], then properties.
    [[nodiscard]] std::vector<std::string> const& names() const noexcept { return names_; }
    [[nodiscard]] int count(int quantity) const noexcept { return heads_ + 1 + 2 * quantity; }
    [[nodiscard]] int squares(int quantity) const noexcept { return heads_ + 2 + 2 * quantity; }
    /// Place of what a quantity adds to the loss.
    [[nodiscard]] int term(int quantity) const noexcept {
        return heads_ + 1 + 2 * static_cast<int>(names_.size()) + quantity;
    }
    [[nodiscard]] int index_of(std::string const& name) const;  ///< −1 if the model lacks it
    /// Loss of a head per structure; 0 if `sums` is empty.
    [[nodiscard]] double loss_of(std::span<double const> sums, int head) const {
        return sums.empty() ? 0.0
                            : sums[static_cast<std::size_t>(head)] /
                                  sums[static_cast<std::size_t>(samples())];
    }

private:
    int heads_;
    std::vector<std::string> names_;
};

/// Adds the loss and errors of `samples` to `sums`, and the gradient of the loss with respect to
/// the model's parameters to `gradient`.
///
/// The gradient needs no ∂G/∂r: with δ_a = −∂L/∂F_a and ε_s = −∂L/∂W_s it is ∂/∂w of
/// Σ (∂L/∂E_s) E_i + Σ_i Ė_i, where Ė_i is the derivative of E_i along (δ, ε): one pull-back and
/// one tangent of the descriptors, one joint reverse pass of the network. Memory: a few hundred
/// atoms.
///
/// \param sums      SumLayout::size() values
/// \param gradient  model.parameters().size() values, or empty: errors only
void loss(Model const& model, LossOptions const& options, std::span<Sample const> samples,
          DescriptorCache& cache, std::span<double> sums, std::span<double> gradient);

/// One way to count errors, and where what it gives is added.
struct Counted {
    LossOptions const* options;
    std::span<double> sums, gradient;
};

/// loss() for several ways to count the errors of the same samples, which share neighbours and
/// descriptors.
void losses(Model const& model, std::span<Counted const> ways, std::span<Sample const> samples,
            DescriptorCache& cache);

}  // namespace kamacite::training
