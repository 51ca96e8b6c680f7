#include "label_track.hpp"

#include <array>

#include "kamacite/core/utf8.hpp"

namespace kamacite::campaign {
namespace {

using Kind = LabelOutcome::Kind;
constexpr std::array names{"accept", "retry", "give_up", "hold"};

Kind kind_of(std::string const& name) {
    for (std::size_t i = 0; i < names.size(); ++i)
        if (name == names[i]) return static_cast<Kind>(i);
    return Kind::give_up;
}

}  // namespace

nlohmann::ordered_json LabelOutcome::json() const {
    return {{"key", key},
            {"start", start},
            {"number", number},
            {"decision", names[static_cast<std::size_t>(kind)]},
            {"text", as_utf8(text)},  // programs say what they like
            {"directory", directory},
            {"name", as_utf8(name)},
            {"energy", energy},
            {"total_moment", moment},
            {"collapsed", collapsed},
            {"iterations", iterations},
            {"node_hours", node_hours},
            {"version", as_utf8(version)},
            {"rung", step.rung},
            {"seconds", step.seconds},
            {"memory", step.memory},
            {"alike", step.alike}};
}

LabelOutcome LabelOutcome::of(nlohmann::json const& j) {
    LabelOutcome o{j.at("key"), j.at("start"), j.at("number"), kind_of(j.at("decision"))};
    o.step = {j.at("rung"), j.at("seconds"), j.at("memory"), j.at("alike")};
    o.text = j.at("text");
    o.directory = j.at("directory");
    o.name = j.value("name", "");
    o.energy = j.at("energy");
    o.moment = j.at("total_moment");
    o.collapsed = j.at("collapsed");
    o.iterations = j.at("iterations");
    o.node_hours = j.at("node_hours");
    o.version = j.value("version", "");
    return o;
}

void Track::add(LabelOutcome const& o) {
    number = o.number;
    last = o;
    step = o.step;
    node_hours += o.node_hours;
    counted += o.kind == Kind::hold ? 0 : 1;
    holds = o.kind == Kind::hold ? holds + 1 : 0;
    switch (o.kind) {
        case Kind::accept:
            phase = Phase::accepted;
            break;
        case Kind::give_up:
            phase = Phase::given_up;
            break;
        case Kind::retry:
        case Kind::hold:
            phase = Phase::to_plan;
            break;
    }
}

void Track::restart(Step const& first) {
    phase = Phase::to_plan;
    counted = holds = 0;
    step = first;
}

}  // namespace kamacite::campaign
