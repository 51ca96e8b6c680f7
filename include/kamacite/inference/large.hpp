#pragma once
#include <optional>

#include "kamacite/domain/prediction_in_parts.hpp"
#include "kamacite/io/file.hpp"
#include "kamacite/model/committee.hpp"

namespace kamacite::inference {

/// What the members of a model say of one structure that ranks share.
struct LargeAnswer {
    Prediction mean;                   ///< of the atoms that this rank owns, in their order
    std::vector<double> force_std;     ///< spread of their forces [eV/Å]; empty for one member
    domain::Totals total;              ///< of the whole, on every rank
    std::optional<double> energy_std;  ///< spread of the energy [eV]; absent for one member
};

/// answer_of(), to the bit, made a part at a time, so that it can be kept between two parts and
/// gone on with by another run of the program.
class LargePrediction {
public:
    /// Nothing is predicted yet. Arguments as those of answer_of(), which must outlive it.
    LargePrediction(mpi::Communicator const& comm, domain::Domain const& domain,
                    std::vector<Potential const*> members, Calibration const& factors);

    [[nodiscard]] bool done() const noexcept { return energies_.size() == members_.size(); }
    [[nodiscard]] double share() const noexcept;  ///< of the work that is done, 0 … 1
    /// Predicts the next atoms of a member. Collective. \throws as answer_of()
    void advance();
    /// Once all is done. Collective.
    [[nodiscard]] LargeAnswer answer();

    /// Writes what there is so far. Collective. \throws SystemError if the disk refuses
    void save(io::File& file) const;
    /// Goes on from what save() wrote. On as many ranks the answer has the bits that it would have
    /// had; on others it is the same up to rounding, and the member that was on its way begins
    /// anew. \returns whether it did not have to. Collective. \throws DataError if it is of other
    /// atoms
    bool restore(io::File const& file);

private:
    void take(Prediction prediction);

    mpi::Communicator const* comm_;
    domain::Domain const* domain_;
    std::vector<Potential const*> members_;
    Calibration factors_;
    long long atoms_;  // of all ranks
    std::optional<domain::PredictionInParts> now_;
    std::vector<double> energies_;  // of the members that are done
    Prediction sum_;                // of theirs
    // running mean and sum of squares of each force: no member's forces are kept
    std::vector<Vec3> mean_;
    std::vector<double> squares_;
};

/// The members one after the other over the same domain; spreads as Spread has them.
/// \param members  one at least; none has property heads that need conditions
/// \param domain   with a cutoff not below theirs
/// \param factors  by which spreads are multiplied. Collective.
/// \throws what Domain::predict() throws; NumericalError if a prediction is not finite
[[nodiscard]] LargeAnswer answer_of(mpi::Communicator const& comm, domain::Domain const& domain,
                                    std::span<Potential const* const> members,
                                    Calibration const& factors);

}  // namespace kamacite::inference
