#include "pair_plan.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

namespace kamacite::detail {
namespace {

constexpr double largest_whole_zeta = 64.0;

std::size_t index(int n) {
    return static_cast<std::size_t>(n);
}

/// Where x is in `all`, to which it is added if it is new.
template <class T>
int place_of(std::vector<T>& all, T const& x) {
    auto const at = std::find(all.begin(), all.end(), x);
    int const n = static_cast<int>(at - all.begin());
    if (at == all.end()) all.push_back(x);
    return n;
}

/// Rows that hold the powers of the bases (1 + λ cos θ)/2, each from two lower ones.
class Powers {
public:
    explicit Powers(PairPlan& plan) : plan_{plan} {}

    int row_of(double lambda, int exponent) {
        if (exponent == 0) return 0;
        auto& have = rows_[lambda];
        if (have.empty()) {
            have[1] = plan_.rows;
            plan_.bases.push_back({plan_.rows++, lambda});
        }
        if (have.contains(exponent)) return have[exponent];
        int low = exponent / 2;
        for (auto const& [e, row] : have)
            if (have.contains(exponent - e)) low = e;
        int const left = row_of(lambda, low);
        int const right = row_of(lambda, exponent - low);
        plan_.steps.push_back({plan_.rows, left, right});
        return have[exponent] = plan_.rows++;
    }

private:
    PairPlan& plan_;
    std::map<double, std::map<int, int>> rows_;  // of each λ and exponent
};

bool is_whole(PowerOfCosine const& p) {
    return p.zeta == std::floor(p.zeta) && p.zeta <= largest_whole_zeta;
}

void lay_out_angles(PairPlan& plan, std::vector<AngleFunction> const& functions) {
    Powers powers{plan};
    plan.angles.resize(functions.size());
    auto const over_powers = [&](auto const& work) {
        for (std::size_t n = 0; n < functions.size(); ++n)
            if (auto const* p = std::get_if<PowerOfCosine>(&functions[n]))
                if (is_whole(*p)) work(*p, plan.angles[n]);
    };
    over_powers([&](PowerOfCosine const& p, PairPlan::Angle& angle) {
        angle.value = powers.row_of(p.lambda, static_cast<int>(p.zeta));
    });
    plan.value_steps = static_cast<int>(plan.steps.size());
    over_powers([&](PowerOfCosine const& p, PairPlan::Angle& angle) {
        angle.slope = powers.row_of(p.lambda, static_cast<int>(p.zeta) - 1);
        angle.slope_factor = 0.5 * p.lambda * p.zeta;
    });
    for (std::size_t n = 0; n < functions.size(); ++n) {
        if (auto const* window = std::get_if<Window>(&functions[n])) {
            plan.angles[n] = {plan.rows, plan.rows + 1, 1.0};
            plan.bumps.push_back({*window, plan.rows, plan.rows + 1});
            plan.rows += 2;
        } else if (auto const& p = std::get<PowerOfCosine>(functions[n]); !is_whole(p)) {
            int const base = powers.row_of(p.lambda, 1);
            plan.angles[n] = {plan.rows + 1, plan.rows, 0.5 * p.lambda * p.zeta};
            plan.roots.push_back({base, plan.rows, plan.rows + 1, p.zeta});
            plan.rows += 2;
        }
    }
}

double reach_of(PairWeight const& w) {
    auto const* window = std::get_if<Window>(&w);
    return window != nullptr ? window->high : std::get<Gaussian>(w).cutoff.radius;
}

int cross_of(PairPlan& plan, std::optional<PairWeight> const& weight) {
    if (!weight) {
        plan.reach = std::numeric_limits<double>::infinity();
        return -1;
    }
    auto const same = [&](PairPlan::Cross const& c) { return c.weight == *weight; };
    auto const at = std::find_if(plan.crosses.begin(), plan.crosses.end(), same);
    int const n = static_cast<int>(at - plan.crosses.begin());
    if (at != plan.crosses.end()) return n;
    PairPlan::Cross cross{*weight, reach_of(*weight), {}, {}};
    if (auto const* g = std::get_if<Gaussian>(&*weight)) {
        cross.full = WeightTable<double>{*g};
        cross.single = WeightTable<float>{*g};
    }
    plan.reach = std::max(plan.reach, cross.reach);
    plan.crosses.push_back(std::move(cross));
    return n;
}

/// A group before it has a place in a block.
struct GroupDraft {
    int product, cross;
    std::set<int> angles;
    struct Column {
        int column, angle;
        double factor;
    };
    std::vector<Column> columns;
};

void add_block(PairPlan& plan, std::span<GroupDraft const> groups) {
    PairPlan::Block block{
        static_cast<int>(plan.groups.size()), static_cast<int>(groups.size()), {}, plan.entries};
    std::set<int> angles;
    for (auto const& g : groups) {
        plan.groups.push_back({g.product, g.cross});
        angles.insert(g.angles.begin(), g.angles.end());
    }
    for (int const n : angles) block.angles.push_back(plan.angles[index(n)]);
    for (int n = 0; n < block.count; ++n)
        for (auto const& c : groups[index(n)].columns) {
            auto const place = std::distance(angles.begin(), angles.find(c.angle));
            int const entry = block.table + PairPlan::width * static_cast<int>(place) + n;
            plan.terms.push_back(
                {c.column, c.factor, entry, plan.angles[index(c.angle)].slope_factor});
        }
    plan.entries += PairPlan::width * static_cast<int>(block.angles.size());
    plan.blocks.push_back(std::move(block));
}

/// The plan of one pair of slots.
PairPlan plan_of(std::span<PairDraft const> drafts) {
    PairPlan plan;
    plan.slot_a = drafts.front().slot_a;
    plan.slot_b = drafts.front().slot_b;
    std::vector<AngleFunction> angles;
    std::vector<GroupDraft> groups;
    for (auto const& d : drafts) {
        int const product = place_of(plan.products, {d.a, d.b});
        int const cross = cross_of(plan, d.cross);
        int const angle = place_of(angles, d.angle);
        auto const same = [&](GroupDraft const& g) {
            return g.product == product && g.cross == cross;
        };
        auto at = std::find_if(groups.begin(), groups.end(), same);
        if (at == groups.end()) at = groups.insert(at, {product, cross, {}, {}});
        at->angles.insert(angle);
        at->columns.push_back({d.column, angle, d.factor});
    }
    lay_out_angles(plan, angles);
    std::stable_sort(groups.begin(), groups.end(),
                     [](GroupDraft const& a, GroupDraft const& b) { return a.angles < b.angles; });
    for (std::size_t n = 0; n < groups.size(); n += PairPlan::width)
        add_block(plan, std::span{groups}.subspan(
                            n, std::min<std::size_t>(PairPlan::width, groups.size() - n)));
    return plan;
}

}  // namespace

std::vector<PairPlan> plan_pairs(std::span<PairDraft const> drafts) {
    std::map<std::pair<int, int>, std::vector<PairDraft>> by_slots;
    for (auto const& d : drafts) by_slots[{d.slot_a, d.slot_b}].push_back(d);
    std::vector<PairPlan> plans;
    for (auto const& [slots, some] : by_slots) plans.push_back(plan_of(some));
    return plans;
}

}  // namespace kamacite::detail
