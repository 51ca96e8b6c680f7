#pragma once
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include "kamacite/training/loss.hpp"

/// \file
/// What the loss and its Jacobian have in common: a few records at a time through the networks, and
/// back.

namespace kamacite::training {

/// Records in flight: one disconnected system.
struct Flight {
    std::span<Sample const> samples;
    Block block;  ///< without neighbours where no forces are wanted and the descriptors are cached
    Matrix g;
    std::vector<std::vector<int>> rows;  ///< atoms of each element

    [[nodiscard]] int begin(std::size_t s) const { return block.first[s]; }
    [[nodiscard]] int end(std::size_t s) const { return block.first[s + 1]; }
    [[nodiscard]] int atoms(std::size_t s) const { return end(s) - begin(s); }
};

[[nodiscard]] Flight take_off(Model const& model, std::span<Sample const> samples,
                              DescriptorCache& cache);

/// How many of the first samples fly together: those of a few hundred atoms, one at least.
[[nodiscard]] std::size_t size_of_flight(std::span<Sample const> samples);

/// Calls work(flight) for all samples, some at a time.
template <class F>
void fly(Model const& model, std::span<Sample const> samples, DescriptorCache& cache,
         F const& work) {
    while (!samples.empty()) {
        auto const n = size_of_flight(samples);
        work(take_off(model, samples.first(n), cache));
        samples = samples.subspan(n);
    }
}

/// What multiplies the squares of the errors of E/N, of F and of W of a sample in the loss.
struct EnergyWeights {
    double energy, forces, stress;
};
[[nodiscard]] EnergyWeights weights_of(LossOptions const& options, Sample const& sample,
                                       double atoms);
/// The same of each moment.
[[nodiscard]] double moment_weight(LossOptions const& options, Sample const& sample, double atoms);

/// 2h(d) and its slope: d² near 0, then straight.
[[nodiscard]] inline std::pair<double, double> huber(double d, double limit) {
    if (limit <= 0.0 || std::abs(d) < limit) return {d * d, 2.0 * d};
    return {limit * (2.0 * std::abs(d) - limit), std::copysign(2.0 * limit, d)};
}

/// The part of a vector of all parameters that belongs to one network.
[[nodiscard]] std::span<double> part_of(std::span<double> all, Model::Part const& part);
[[nodiscard]] std::span<double const> part_of(std::span<double const> all, Model::Part const& part);

/// Forward passes of the networks of one head, one per element.
[[nodiscard]] std::vector<Network::Tape> forward(Model const& model, int h, Flight const& flight,
                                                 Network::Order order);

/// Energy of each structure from the tapes of the energy head. \param shifted  with e0
[[nodiscard]] std::vector<double> energies_of(Model const& model, int h, Flight const& flight,
                                              std::vector<Matrix const*> const& outputs,
                                              bool shifted);

/// ∂E_i/∂G_i from ∂y/∂x of the networks of the energy head.
/// \param pulled  of element e, shape (its atoms, inputs), times the head's scale
[[nodiscard]] Matrix dE_dG_of(Model const& model, Flight const& flight,
                              std::vector<Matrix> const& pulled);
/// The same from the tapes.
[[nodiscard]] Matrix dE_dG_of(Model const& model, int h, Flight const& flight,
                              std::vector<Network::Tape>& tapes);

/// ∂L/∂E, −∂L/∂F and −∂L/∂W: what the reverse pass starts from.
struct Seeds {
    Seeds(std::size_t samples, std::size_t atoms)
        : energy(samples, 0.0), displacement(atoms, Vec3::Zero()), strain(atoms, Mat3::Zero()) {}

    std::vector<double> energy;      ///< per structure
    std::vector<Vec3> displacement;  ///< per atom
    std::vector<Mat3> strain;        ///< per atom, the same for all of a structure
};

/// Adds ∂L/∂w of the energy head to `gradient`, from ∂L/∂E, ∂L/∂F and ∂L/∂W held fixed.
/// \param tapes  with curvatures if tensors
/// \param tensors  whether forces and virials count
void pull_to_parameters(Model const& model, int h, Flight const& flight,
                        std::vector<Network::Tape> const& tapes, Seeds const& seeds, bool tensors,
                        std::span<double> gradient);

/// Pass of the network of a property head. Conditions that a record lacks are at their centre.
[[nodiscard]] Network::Tape property_forward(Model const& model, int h, Flight const& flight,
                                             Network::Order order);

/// The outputs of a property head that a record has a value for, if it has all conditions.
[[nodiscard]] std::vector<std::size_t> learned_outputs(Head const& head, Record const& record);

}  // namespace kamacite::training
