#include <fmt/format.h>

#include "sampler.hpp"

namespace kamacite::campaign {
namespace {

using Kind = Verdict::Kind;

std::string nearest_text(Verdict const& v) {
    if (v.nearest < 0) return "nothing to compare with";
    return fmt::format("{:.3g} from {} #{}", v.distance,
                       v.nearest_is_chosen ? "candidate" : "training structure", v.nearest);
}

std::string measures_text(Candidate const& c) {
    std::string text;
    if (c.force_spread) text += fmt::format(", force spread {:.3g} eV/Å", *c.force_spread);
    if (c.energy_spread) text += fmt::format(", energy spread {:.3g} eV/atom", *c.energy_spread);
    if (c.grade) text += fmt::format(", grade {:.3g}", *c.grade);
    return text.empty() ? ", of no known uncertainty" : text;
}

}  // namespace

std::string text_of(Verdict const& v, Candidate const& c, SelectOptions const& options) {
    auto const numbers = fmt::format("score {:.3g}{}", v.score, measures_text(c));
    switch (v.kind) {
        case Kind::chosen:
            return fmt::format("chosen as number {}: {}, {}", v.rank + 1, numbers, nearest_text(v));
        case Kind::filtered: {
            auto const reasons = reasons_against(c.structure, *options.geometry);
            return fmt::format("filtered: {}", fmt::join(reasons, "; "));
        }
        case Kind::known:
            return fmt::format("known: {} (below 1)", numbers);
        case Kind::near_training:
        case Kind::near_chosen:
            return fmt::format("too close to {} #{}: {:.3g} (below {:.3g}); {}",
                               v.nearest_is_chosen ? "candidate" : "training structure", v.nearest,
                               v.distance, options.tolerance, numbers);
        case Kind::beyond_reach:
            return fmt::format("beyond reach: {} (the share of {} is full)", numbers,
                               rounded_share(options.beyond_share, options.count));
        case Kind::family_quota:
            return fmt::format("quota of family '{}' is full: {}, {}", c.family, numbers,
                               nearest_text(v));
        case Kind::trajectory_quota:
            return fmt::format("{} of trajectory '{}' are enough: {}, {}", options.per_trajectory,
                               c.trajectory, numbers, nearest_text(v));
        case Kind::not_needed:
            return fmt::format("{} others come first: {}, {}", options.count, numbers,
                               nearest_text(v));
    }
    return {};
}

}  // namespace kamacite::campaign
