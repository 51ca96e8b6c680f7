#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kamacite/descriptors/pass.hpp"
#include "kamacite/model/head.hpp"
#include "kamacite/model/network.hpp"
#include "kamacite/model/scaling.hpp"
#include "kamacite/potential/zbl.hpp"

namespace kamacite {

/// Further inputs of a property head by name, in the units of property_unit(), e.g. temperature.
using Conditions = std::map<std::string, double>;

/// Several structures as one disconnected system, so that kernels and matrix products see hundreds
/// of atoms at a time.
struct Block {
    Neighbours neighbours;
    std::vector<int> species;
    std::vector<int> first{0};  ///< structure s has the atoms first[s] … first[s+1] − 1

    [[nodiscard]] int structures() const noexcept { return static_cast<int>(first.size()) - 1; }
    [[nodiscard]] int atoms() const noexcept { return static_cast<int>(species.size()); }
    void add(Structure const& structure, Neighbours const& its_neighbours);
};

/// Wall time of the parts of a prediction [s].
struct Seconds {
    double descriptors = 0.0;  ///< gathering the neighbours and evaluating
    double networks = 0.0;     ///< scaling, forward and backward
    double gradients = 0.0;    ///< pull-back to forces and virials
};

/// Behler–Parrinello model: descriptors, their scaling, and heads with networks per element.
///
/// All parameters stand in one flat vector: head after head, element after element.
class Model final : public Potential {
public:
    /// Random weights, drawn from RandomStream{seed, "weights", index of the network}.
    /// \throws InputError if there is no head, two of one kind (energy, moment), a property head
    ///         without outputs, or layers for another number of elements
    Model(Descriptors descriptors, Scaling scaling, std::vector<Head> heads, std::uint64_t seed);

    [[nodiscard]] double cutoff() const override { return descriptors_.cutoff(); }

    /// Energies, forces, virials if there is an energy head; moments and properties likewise.
    /// Properties that need conditions are left out. extrapolation tells how far the descriptors of
    /// each atom lie outside the range of the training set, in units of that range, the largest
    /// over the descriptors; what their rounding may make of a value at the end of it is inside.
    [[nodiscard]] Prediction predict(Structure const& structure,
                                     Neighbours const& neighbours) const override;

    /// The same with conditions; properties whose conditions are not all given are left out.
    [[nodiscard]] Prediction predict(Structure const& structure, Neighbours const& neighbours,
                                     Conditions const& conditions) const;

    /// The same, telling where the time went.
    [[nodiscard]] Prediction predict(Structure const& structure, Neighbours const& neighbours,
                                     Seconds& seconds) const;

    /// What the kernels of predict() compute with; not stored with the model.
    [[nodiscard]] Precision precision() const noexcept { return precision_; }
    void set_precision(Precision precision) noexcept { precision_ = precision; }

    /// Repulsion that is added to the networks' energies, with its forces and virials, or none.
    [[nodiscard]] std::optional<Zbl> const& short_range() const noexcept { return short_range_; }
    /// \throws InputError if there is no energy head, or it reaches beyond cutoff()
    void set_short_range(std::optional<Zbl> short_range);

    /// A part of the energies that is linear in the scaled descriptors, added to the networks':
    ///
    ///     E_i += β_e0 + Σ_k β_ek x_ik,   x = (G − centre)/σ
    ///
    /// Shape (elements, width + 1) [eV], β_e0 last; or empty.
    [[nodiscard]] Matrix const& linear() const noexcept { return linear_; }
    /// \throws InputError if there is no energy head, or it has another shape
    void set_linear(Matrix linear);

    /// Extrapolation grade by D-optimality. The features φ of an atom are the values of the last
    /// hidden layer of its energy network (its scaled descriptors where there is none) and 1, of
    /// which the energy is a linear function; the training set has atoms, as many as φ has
    /// dimensions, of which those of any training atom are combinations φ = Σ_k c_k φ_k with
    /// |c_k| ≤ 1.01. γ = max_k |c_k|, c = φ W; above 1 the energy of an atom is extrapolated.
    /// Empty, or W per element, shape (features, rank); 0 × 0 for an element that is not known.
    /// Source: Podryabinkin and Shapeev, Comput. Mater. Sci. 140, 171 (2017).
    [[nodiscard]] std::vector<Matrix> const& grade() const noexcept { return grade_; }
    void set_grade(std::vector<Matrix> weights);
    /// Features φ of the atoms `rows` of one element, shape (rows, features).
    /// \param g  descriptors, shape (n_atoms, width)
    [[nodiscard]] Matrix features(Matrix const& g, std::span<int const> rows, int element) const;

    /// Many structures at once, in blocks of a few hundred atoms: much faster than one by one when
    /// they are small. Finds the neighbours itself.
    /// \param conditions  one per structure, or none at all
    [[nodiscard]] std::vector<Prediction> predict(
        std::span<Structure const> structures, std::span<Conditions const> conditions = {}) const;

    /// One block; the common core of the functions above.
    [[nodiscard]] std::vector<Prediction> predict(
        Block const& block, std::span<Conditions const> conditions = {}) const;

    /// extrapolation of predict() alone.
    [[nodiscard]] std::vector<double> extrapolation(Structure const& structure,
                                                    Neighbours const& neighbours) const;

    [[nodiscard]] Descriptors const& descriptors() const noexcept { return descriptors_; }
    [[nodiscard]] Scaling const& scaling() const noexcept { return scaling_; }
    [[nodiscard]] std::vector<Head> const& heads() const noexcept { return heads_; }
    /// Whether it tells atoms apart by the direction of their moments.
    [[nodiscard]] bool has_directions() const noexcept { return descriptors_.has_directions(); }
    [[nodiscard]] double least_moment() const noexcept { return descriptors_.least_moment(); }
    [[nodiscard]] bool has(Head::Kind kind) const noexcept { return head(kind) >= 0; }
    [[nodiscard]] int head(Head::Kind kind) const noexcept;  ///< its index, −1 if there is none
    [[nodiscard]] int element_index(int species) const;      ///< \throws DataError if not known

    [[nodiscard]] std::span<double const> parameters() const noexcept { return parameters_; }
    [[nodiscard]] std::span<double> parameters() noexcept { return parameters_; }
    /// Whether each parameter is a weight (not a bias): only those decay.
    [[nodiscard]] std::vector<char> weight_mask() const;

    /// A network of head h and where its parameters stand. Property heads have one network
    /// (element = 0).
    struct Part {
        int head;
        int element;  ///< index in descriptors().elements()
        Network network;
        int begin;  ///< its parameters are parameters()[begin … begin + parameter_count()−1]
    };
    [[nodiscard]] std::vector<Part> const& parts() const noexcept { return parts_; }
    [[nodiscard]] Part const& part(int head, int element) const;
    [[nodiscard]] std::span<double const> parameters_of(Part const& part) const;

    /// Scaled descriptors x = (G − centre)/σ of the atoms `rows` of one element.
    /// \param g  shape (n_atoms, width); \returns shape (rows, size of the element)
    [[nodiscard]] Matrix scaled(Matrix const& g, std::span<int const> rows, int element) const;
    /// The same into a matrix that is used again.
    void scale(Matrix const& g, std::span<int const> rows, int element, Matrix& x) const;

    /// Inputs of a property head for each structure, shape (n_structures, inputs).
    /// \param first  atoms of the structures, as Block::first
    [[nodiscard]] Matrix pooled(Head const& head, Matrix const& g, std::span<int const> species,
                                std::span<int const> first,
                                std::span<Conditions const> conditions) const;

private:
    [[nodiscard]] std::vector<Prediction> predict(Neighbours const& neighbours,
                                                  std::span<int const> species,
                                                  std::span<int const> first,
                                                  std::span<Conditions const> conditions,
                                                  Seconds* seconds) const;

    [[nodiscard]] double outside(Eigen::Ref<Matrix const> const& g, int row, int element) const;

    Precision precision_ = Precision::full;
    std::optional<Zbl> short_range_;
    Matrix linear_;
    std::vector<Matrix> grade_;
    Descriptors descriptors_;
    Scaling scaling_;
    std::vector<Head> heads_;
    std::vector<Part> parts_;
    std::vector<double> parameters_;
};

/// Atoms of each element, in order: rows_by_element(…)[e] are those of elements[e].
/// \throws DataError naming an element that is not in `elements`
[[nodiscard]] std::vector<std::vector<int>> rows_by_element(std::vector<int> const& elements,
                                                            std::span<int const> species);

}  // namespace kamacite
