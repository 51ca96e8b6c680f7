#pragma once
// Private to the module: what is known of one magnetic start of one structure.
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "kamacite/campaign/ladder.hpp"

namespace kamacite::campaign {

/// What came of an attempt, as the journal has it.
struct LabelOutcome {
    std::string key, start;
    int number = 0;  ///< of the attempt
    enum class Kind { accept, retry, give_up, hold } kind = Kind::accept;
    Step step{};              ///< with which to go on
    std::string text{};       ///< what was seen
    std::string directory{};  ///< of the output
    std::string name{};       ///< of the structure, for people
    double energy = 0.0;      ///< [eV]
    double moment = 0.0;      ///< of the cell [μ_B]
    bool collapsed = false;
    int iterations = 0;
    double node_hours = 0.0;
    std::string version{};  ///< of the program

    [[nodiscard]] nlohmann::ordered_json json() const;
    [[nodiscard]] static LabelOutcome of(nlohmann::json const& json);
};

/// One start of one structure, from all outcomes so far.
struct Track {
    enum class Phase { to_plan, on_way, accepted, given_up } phase = Phase::to_plan;
    int number = 0;   ///< of the last attempt that has ended
    int counted = 0;  ///< attempts that count against the ladder
    int holds = 0;    ///< one after the other, until now
    double node_hours = 0.0;
    Step step{};  ///< of the next one
    LabelOutcome last{};

    void add(LabelOutcome const& outcome);
    /// Begins again at `first`; the numbers of attempts go on.
    void restart(Step const& first);
};

}  // namespace kamacite::campaign
