#pragma once
#include <memory>

#include "kamacite/domain/domain.hpp"

namespace kamacite::domain {

/// Domain::predict(), to the bit, made a part at a time: a prediction that takes hours can be kept
/// between two parts, and gone on with later.
///
///     PredictionInParts prediction{comm, domain, potential};
///     while (!prediction.done()) prediction.advance();
///     auto const p = prediction.finish();
class PredictionInParts {
public:
    /// Nothing is predicted yet. All arguments must outlive it, and the domain must not move.
    /// Collective. \param potential  with a cutoff of at most the domain's
    PredictionInParts(mpi::Communicator const& comm, Domain const& domain,
                      Potential const& potential);
    ~PredictionInParts();
    PredictionInParts(PredictionInParts const&) = delete;
    PredictionInParts& operator=(PredictionInParts const&) = delete;

    [[nodiscard]] bool done() const noexcept;     ///< whether all atoms are; the same on all ranks
    [[nodiscard]] double share() const noexcept;  ///< of the work that is done, 0 … 1
    /// Predicts the next atoms, some 4,000 on each rank. Collective.
    /// \throws what the potential throws, on all ranks
    void advance();
    /// What there is when all is done, with what ghosts have elsewhere. Collective.
    [[nodiscard]] Prediction finish();

    /// All parts and finish(), with one agreement among ranks. Collective. \throws as advance()
    [[nodiscard]] static Prediction at_once(mpi::Communicator const& comm, Domain const& domain,
                                            Potential const& potential);

    /// What this rank has so far. Numbers without a meaning elsewhere: for restore() of the same
    /// atoms on as many ranks.
    [[nodiscard]] std::vector<double> state() const;
    /// Takes up the state of all ranks from after the same part. Not collective.
    /// \throws DataError if it is not of this domain
    void restore(std::span<double const> state);

private:
    struct Work;
    std::unique_ptr<Work> work_;
};

}  // namespace kamacite::domain
