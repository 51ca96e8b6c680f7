#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kamacite/campaign/ladder.hpp"
#include "kamacite/core/logger.hpp"
#include "kamacite/dft/engine.hpp"
#include "kamacite/dft/magnetic_starts.hpp"
#include "kamacite/jobs/journal.hpp"
#include "kamacite/jobs/queue.hpp"

namespace kamacite::campaign {

/// How structures are labelled.
struct LabellingOptions {
    std::vector<std::string> starts{"ferromagnetic"};  ///< magnetic_starts(); the lowest is kept
    bool incomplete = false;  ///< a label although starts gave none: the lowest of the others
    dft::StartMoments moments{};
    jobs::Resources resources{};  ///< of the first attempt
    LadderOptions ladder{};
};

/// Name of a structure at a level of theory, the same wherever it comes from: a hash of the last
/// bit of cell and positions, elements, periodicity and level.
[[nodiscard]] std::string label_key(Structure const& structure, std::string const& level);

/// What has become of a structure that is to be labelled.
struct LabelState {
    enum class Kind { waiting, labelled, quarantined } kind = Kind::waiting;
    std::string text;           ///< why it is in quarantine, or what it waits for
    int attempts = 0;           ///< over all starts
    double node_hours = 0.0;    ///< that they took
    std::string start;          ///< of the label that is kept
    bool collapsed = false;     ///< Outcome::collapsed of it
    int iterations = 0;         ///< of self-consistency of it
    double total_moment = 0.0;  ///< [μ_B] of the cell
    std::string version;        ///< of the program
};

/// Labels structures by an engine through a queue: several magnetic starts each, again where they
/// fail as the ladder says, into quarantine where it ends. Everything that happens is in the
/// journal before it has consequences; the labels are in the directories of the attempts until the
/// caller has stored them. One rank only.
class Labelling {
public:
    /// \param queue, engine, journal  must outlive it; the journal is replayed: its records of kind
    ///        "label.*" are its own
    /// \param root     directory of the queue
    /// \param root     directory of the queue
    Labelling(LabellingOptions options, dft::Engine const& engine, jobs::Queue& queue,
              jobs::Journal& journal, std::filesystem::path root, Logger const& log);
    ~Labelling();

    /// Asks for labels of a structure; nothing new if it was asked for since this began. What was
    /// done about it before is known from the journal.
    /// \param predicted  moments for the start "predicted", signed [μ_B]; may be empty
    /// \returns its key
    std::string want(Record const& record, std::vector<double> const& predicted = {});

    /// Adds attempts for all that is wanted and has none on the way. To be called before each
    /// Queue::tick().
    void plan();

    /// To be called by Queue::tick(), to which it adds the next attempt where there is to be one.
    /// \returns false if the attempt is not one of its own
    bool take(jobs::Ended const& ended);

    [[nodiscard]] bool knows(std::string const& key) const;          ///< whether it was asked for
    [[nodiscard]] Record const& wish(std::string const& key) const;  ///< as it was asked for
    [[nodiscard]] LabelState state(std::string const& key) const;
    /// The record with its labels, level and name of the start; nothing unless it is labelled.
    /// Reads the output again, which has to be there still.
    /// \throws DataError if it is not what it was
    [[nodiscard]] std::optional<Record> labelled(std::string const& key) const;

    /// Takes a structure out of quarantine and begins again with the first attempt of its ladder.
    void retry(std::string const& key);

    [[nodiscard]] int waiting() const;              ///< structures that are wanted and not settled
    [[nodiscard]] std::string const& held() const;  ///< why nothing new is begun; empty: it is

private:
    struct Book;
    std::unique_ptr<Book> book_;
};

}  // namespace kamacite::campaign
