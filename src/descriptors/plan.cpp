#include "plan.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "kamacite/core/element.hpp"
#include "monomials.hpp"

namespace kamacite::detail {
namespace {

/// Collects the functions of one centre, then sorts the channels.
class Builder {
public:
    /// \param kinds  what neighbours there are, in the order of their slots
    Builder(int centre, std::vector<int> const& kinds)
        : centre_{centre},
          kinds_{kinds},
          directed_{std::find(kinds.begin(), kinds.end(), species_of(centre, Direction::down)) !=
                    kinds.end()} {
        plan_.slots.resize(kinds.size());
    }

    void add(RadialFunction const& f) {
        if (f.centre != centre_) return;
        int const column = plan_.size++;
        for (auto const& [slot, z] : slots_of(f.neighbour))
            plan_.radial.push_back({column, channel_of(slot, f.eta, f.shift, f.cutoff), z});
    }

    void add(CompactRadialFunction const& f) {
        if (f.centre != centre_) return;
        int const column = plan_.size++;
        for (auto const& [slot, z] : slots_of(f.neighbour))
            plan_.radial.push_back({column, channel_of(slot, f.radial), z});
    }

    void add(AngularFunction const& f) {
        if (f.centre != centre_) return;
        int const column = plan_.size++;
        for (auto const& p : slot_pairs_of(f.first, f.second)) {
            int const a = channel_of(p.a, f.eta, f.shift, f.cutoff);
            int const b = channel_of(p.b, f.eta, f.shift, f.cutoff);
            reach_near(p, f.cutoff.radius);
            if (has_moment_form(f)) {
                add_wide(f, a, b, p.factor, column);
                continue;
            }
            PairDraft draft{column,        a, b, p.a, p.b, {}, PowerOfCosine{f.lambda, f.zeta},
                            2.0 * p.factor};
            if (f.form == AngularFunction::Form::narrow)
                draft.cross = Gaussian{f.eta, f.shift, f.cutoff};
            pairs_.push_back(draft);
        }
    }

    void add(CompactAngularFunction const& f) {
        if (f.centre != centre_) return;
        int const column = plan_.size++;
        Window angle = f.angular;
        angle.low *= std::numbers::pi / 180.0;
        angle.high *= std::numbers::pi / 180.0;
        for (auto const& p : slot_pairs_of(f.first, f.second)) {
            PairDraft draft{
                column,  channel_of(p.a, f.radial), channel_of(p.b, f.radial), p.a, p.b, {}, angle,
                p.factor};
            if (f.form == CompactAngularFunction::Form::narrow) draft.cross = f.radial;
            reach_near(p, f.radial.high);
            pairs_.push_back(draft);
        }
    }

    void add(PowerFunction const& f) {
        if (f.centre != centre_) return;
        int const column = plan_.size++;
        int const degree = std::max(f.degree, 1);  // degree 0 is not summed by itself
        for (auto const& first : slots_of(f.first))
            for (auto const& second : slots_of(f.second))
                add_to_group(moment_channel(first.first, f.a, degree),
                             moment_channel(second.first, f.b, degree),
                             {legendre_coefficients(f.degree), 0.0}, column);
    }

    void add(TripleFunction const& f) {
        if (f.centre != centre_) return;
        auto const [p, q, s] = f.powers;
        std::array<int, 3> const degrees{p + s, p + q, q + s};
        int const column = plan_.size++;
        auto const channel = [&](std::size_t n, int slot) {
            return moment_channel(slot, f.weights[n], std::max(degrees[n], 1));
        };
        for (auto const& i : slots_of(f.neighbours[0]))
            for (auto const& j : slots_of(f.neighbours[1]))
                for (auto const& k : slots_of(f.neighbours[2]))
                    triples_.push_back(
                        {column,
                         {channel(0, i.first), channel(1, j.first), channel(2, k.first)},
                         f.powers});
    }

    CentrePlan finish() {
        sort_channels();
        for (auto& c : plan_.channels) {
            auto& slot = plan_.slots[index(c.slot)];
            c.near = c.radius <= slot.near;
            c.moments = plan_.n_moments;
            if (c.degree == 0) continue;
            plan_.n_moments += moments_up_to(c.degree);
            slot.degree = std::max(slot.degree, c.degree);
        }
        for (int n = 0; n < static_cast<int>(plan_.channels.size()); ++n) {
            auto const& c = plan_.channels[index(n)];
            if (c.degree == 0) continue;
            auto& families = plan_.families;
            if (families.empty() || families.back().slot != c.slot ||
                families.back().degree != c.degree)
                families.push_back({c.slot, c.degree, n, 0, 0, 0, {}});
            ++families.back().count;
        }
        for (auto& group : plan_.wide) fill_coefficients(group);
        lay_out_families();
        for (auto const& t : triples_) {
            auto const first = [&](int n) { return plan_.channels[index(n)].moments; };
            auto const [a, b, c] = t.channels;
            plan_.triple.push_back(
                {t.column, triple_sum({first(a), first(b), first(c)}, t.powers)});
        }
        plan_.pairs = plan_pairs(pairs_);
        return std::move(plan_);
    }

private:
    /// Polynomial of the cosine of one function of a group, and what it takes off for j = k.
    struct WideTerm {
        std::vector<double> coefficients;
        double diagonal;
    };
    struct TripleDraft {
        int column;
        std::array<int, 3> channels, powers;
    };

    static std::size_t index(int n) { return static_cast<std::size_t>(n); }

    /// Slots in ascending order, and the product of atomic numbers that weights them or 1.
    struct SlotPair {
        int a, b;
        double factor;
    };

    /// What a function's neighbour stands for: slots, and what each is multiplied with.
    [[nodiscard]] std::vector<std::pair<int, double>> slots_of(int z) const {
        std::vector<std::pair<int, double>> all;
        for (std::size_t slot = 0; slot < kinds_.size(); ++slot) {
            int const kind = kinds_[slot];
            if (z == every_element)
                all.emplace_back(static_cast<int>(slot), element_of(kind));
            else if (z == (directed_ ? kind : element_of(kind)))
                all.emplace_back(static_cast<int>(slot), 1.0);
        }
        return all;
    }

    [[nodiscard]] std::vector<SlotPair> slot_pairs_of(int first, int second) const {
        std::vector<SlotPair> pairs;
        auto const one = slots_of(first);
        auto const other = slots_of(second);
        for (auto const& [a, z_a] : one)
            for (auto const& [b, z_b] : other)
                if (first != second || a <= b)
                    pairs.push_back({std::min(a, b), std::max(a, b), z_a * z_b});
        return pairs;
    }

    void reach_near(SlotPair const& p, double radius) {
        for (int const slot : {p.a, p.b}) {
            auto& near = plan_.slots[index(slot)].near;
            near = std::max(near, radius);
        }
    }

    int channel_of(int slot, double eta, double shift, Cutoff const& cutoff) {
        auto& cutoffs = plan_.cutoffs;
        auto const same = [&](CentrePlan::CutoffUse const& c) {
            return c.slot == slot && c.cutoff == cutoff;
        };
        auto const at = std::find_if(cutoffs.begin(), cutoffs.end(), same);
        int const n = static_cast<int>(at - cutoffs.begin());
        if (at == cutoffs.end()) cutoffs.push_back({slot, cutoff});
        auto& far = plan_.slots[index(slot)].far;
        far = std::max(far, cutoff.radius);

        auto& channels = plan_.channels;
        auto const equal = [&](CentrePlan::Channel const& c) {
            return c.cutoff == n && c.eta == eta && c.shift == shift;
        };
        auto const where = std::find_if(channels.begin(), channels.end(), equal);
        int const channel = static_cast<int>(where - channels.begin());
        if (where == channels.end())
            channels.push_back({slot, n, eta, shift, false, 0, 0, cutoff.radius});
        return channel;
    }

    int channel_of(int slot, Window const& window) {
        auto& far = plan_.slots[index(slot)].far;
        far = std::max(far, window.high);
        auto& channels = plan_.channels;
        auto const equal = [&](CentrePlan::Channel const& c) {
            return c.cutoff < 0 && c.slot == slot && c.window == window;
        };
        auto const where = std::find_if(channels.begin(), channels.end(), equal);
        int const channel = static_cast<int>(where - channels.begin());
        if (where == channels.end())
            channels.push_back({slot, -1, 0.0, 0.0, false, 0, 0, window.high, window});
        return channel;
    }

    /// The channel of a weight whose moments up to a degree are wanted.
    int moment_channel(int slot, Gaussian const& g, int degree) {
        int const channel = channel_of(slot, g.eta, g.shift, g.cutoff);
        auto& c = plan_.channels[index(channel)];
        c.degree = std::max(c.degree, degree);
        auto& near = plan_.slots[index(c.slot)].near;
        near = std::max(near, g.cutoff.radius);
        return channel;
    }

    /// (1 + λ c)^ζ. Each pair of equal elements is met twice in S_n, and j = k once.
    void add_wide(AngularFunction const& f, int a, int b, double weight, int column) {
        int const zeta = static_cast<int>(f.zeta);
        bool const same = a == b;
        double const front = weight * std::pow(2.0, same ? -zeta : 1 - zeta);
        WideTerm term{binomial_coefficients(f.lambda, zeta), 0.0};
        for (double& c : term.coefficients) c *= front;
        if (same) term.diagonal = front * std::pow(1.0 + f.lambda, zeta);
        for (int const n : {a, b}) {
            auto& degree = plan_.channels[index(n)].degree;
            degree = std::max(degree, zeta);
        }
        add_to_group(a, b, std::move(term), column);
    }

    void add_to_group(int a, int b, WideTerm term, int column) {
        if (a > b) std::swap(a, b);  // S_n does not know which of the two is which
        auto const same = [&](CentrePlan::Wide const& g) { return g.a == a && g.b == b; };
        auto const at = std::find_if(plan_.wide.begin(), plan_.wide.end(), same);
        auto const n = at - plan_.wide.begin();
        if (at == plan_.wide.end()) {
            plan_.wide.push_back({a, b, 0, {}, {}, {}, false});
            terms_.emplace_back();
        }
        auto& group = plan_.wide[static_cast<std::size_t>(n)];
        group.degree = std::max(group.degree, static_cast<int>(term.coefficients.size()) - 1);
        group.columns.push_back(column);
        terms_[static_cast<std::size_t>(n)].push_back(std::move(term));
    }

    /// By slot, those with the highest degree first, so that families are contiguous.
    void sort_channels() {
        std::vector<int> order(plan_.channels.size());
        for (std::size_t n = 0; n < order.size(); ++n) order[n] = static_cast<int>(n);
        std::stable_sort(order.begin(), order.end(), [&](int i, int j) {
            auto const& a = plan_.channels[index(i)];
            auto const& b = plan_.channels[index(j)];
            return a.slot != b.slot ? a.slot < b.slot : a.degree > b.degree;
        });
        std::vector<int> place(order.size());
        std::vector<CentrePlan::Channel> sorted;
        for (std::size_t n = 0; n < order.size(); ++n) {
            place[index(order[n])] = static_cast<int>(n);
            sorted.push_back(plan_.channels[index(order[n])]);
        }
        plan_.channels = std::move(sorted);
        for (auto& r : plan_.radial) r.channel = place[index(r.channel)];
        for (auto& g : plan_.wide) {
            g.a = place[index(g.a)];
            g.b = place[index(g.b)];
        }
        for (auto& t : triples_)
            for (int& n : t.channels) n = place[index(n)];
        for (auto& p : pairs_) {
            p.a = place[index(p.a)];
            p.b = place[index(p.b)];
        }
    }

    void lay_out_families() {
        for (auto& family : plan_.families) {
            family.stride = (family.count + channel_block - 1) / channel_block * channel_block;
            family.table = plan_.n_table;
            plan_.n_table += moments_up_to(family.degree) * family.stride;
            for (std::size_t k = 0; k < plan_.wide.size(); ++k) {
                auto const& group = plan_.wide[k];
                if (group.a == group.b && group.a >= family.first &&
                    group.a < family.first + family.count)
                    family.groups.push_back(static_cast<int>(k));
            }
        }
        plan_.mixes_channels =
            !triples_.empty() || std::any_of(plan_.wide.begin(), plan_.wide.end(),
                                             [](auto const& group) { return group.a != group.b; });
    }

    void fill_coefficients(CentrePlan::Wide& group) const {
        auto const which = static_cast<std::size_t>(&group - plan_.wide.data());
        for (auto const& t : terms_[which]) {
            auto& all = group.coefficients;
            all.insert(all.end(), t.coefficients.begin(), t.coefficients.end());
            all.resize(all.size() + index(group.degree + 1) - t.coefficients.size(), 0.0);
            group.diagonal.push_back(t.diagonal);
            group.has_diagonal = group.has_diagonal || t.diagonal != 0.0;
        }
    }

    int centre_;
    std::vector<int> const& kinds_;  // of each slot
    bool directed_;                  // whether the centre has a direction
    CentrePlan plan_;
    std::vector<std::vector<WideTerm>> terms_;  // of each group of plan_.wide
    std::vector<TripleDraft> triples_;
    std::vector<PairDraft> pairs_;
};

}  // namespace

bool has_moment_form(AngularFunction const& f) {
    return f.form == AngularFunction::Form::wide && f.zeta == std::floor(f.zeta) &&
           f.zeta <= largest_degree;
}

Plan::Plan(Descriptors const& d) {
    auto kinds = d.elements();
    for (auto const direction : {Direction::down, Direction::none})
        for (int const z : d.elements())
            if (d.has_directions(z) && (direction == Direction::down || d.least_moment() > 0.0))
                kinds.push_back(species_of(z, direction));
    auto const place = [&](int kind) {
        return static_cast<int>(std::find(kinds.begin(), kinds.end(), kind) - kinds.begin());
    };
    for (int const kind : kinds) element_of_slot.push_back(place(element_of(kind)));
    auto const directed =
        std::find_if(kinds.begin(), kinds.end(), [](int kind) { return kind < 0; });
    for (auto const centre : {Direction::up, Direction::down, Direction::none})
        for (auto const direction : {Direction::up, Direction::down, Direction::none}) {
            auto& slots =
                slots_[static_cast<std::size_t>(centre)][static_cast<std::size_t>(direction)];
            slots.fill(-1);
            // any element that has directions: those of the centre's own do not matter
            int const from = directed == kinds.end() ? 0 : -*directed;
            for (int const z : d.elements())
                slots.at(static_cast<std::size_t>(z)) =
                    place(d.seen_as(species_of(from, centre), species_of(z, direction)));
        }
    for (int const z : d.elements()) {
        Builder builder{z, kinds};
        d.functions().for_each_kind([&](auto const& kind) {
            for (auto const& f : kind) builder.add(f);
        });
        centres.push_back(builder.finish());
    }
}

}  // namespace kamacite::detail
