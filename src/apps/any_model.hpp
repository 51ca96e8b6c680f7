#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kamacite/inference/predict.hpp"
#include "kamacite/potential/embedded_atom.hpp"
#include "models.hpp"
#include "predicted.hpp"

/// \file
/// MODEL where any potential will do: a trained model or committee, or an embedded-atom file.

namespace kamacite::apps {

/// A MODEL of either kind.
class AnyModel {
public:
    explicit AnyModel(Loaded trained);
    AnyModel(EmbeddedAtom potential, std::string name, std::vector<std::string> parents);

    /// The trained model, if it is one.
    [[nodiscard]] Loaded const* trained() const noexcept { return trained_ ? &*trained_ : nullptr; }
    [[nodiscard]] std::vector<std::string> const& parents() const noexcept { return parents_; }
    [[nodiscard]] Abilities const& abilities() const noexcept { return abilities_; }
    [[nodiscard]] double cutoff() const;  ///< [Å]
    /// The members of a committee; one potential else. They live as long as this.
    [[nodiscard]] std::vector<Potential const*> members() const;
    /// Factors of the spread of its members; 1 where it has none.
    [[nodiscard]] Calibration calibration() const;
    [[nodiscard]] bool has_grade() const;  ///< whether its predictions have Prediction::grade
    /// Whether it tells atoms apart by the direction of their moments.
    [[nodiscard]] bool has_directions() const;
    [[nodiscard]] double least_moment() const;  ///< below which an atom has none [μ_B]
    /// \throws DataError if the element is not known
    void expect_element(int species) const;
    /// As inference::answers_of().
    [[nodiscard]] std::vector<inference::Answer> answers_of(std::span<Record const> records) const;

private:
    std::optional<Loaded> trained_;
    std::optional<EmbeddedAtom> embedded_;
    std::string name_;
    std::vector<std::string> parents_;
    Abilities abilities_;
};

/// The text of an embedded-atom file on all ranks, empty if the path is no text. Collective.
/// \throws DataError if it is other text
[[nodiscard]] std::string embedded_atom_text(mpi::Communicator const& comm,
                                             std::filesystem::path const& path);

/// Reads MODEL: a file that begins as setfl does as embedded atoms, all else by load(). Collective.
/// \throws as parse_eam() and load()
[[nodiscard]] AnyModel load_any(Context& context, ModelOptions const& options);

}  // namespace kamacite::apps
