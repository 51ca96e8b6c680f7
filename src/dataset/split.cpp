#include "kamacite/dataset/split.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <map>
#include <numeric>
#include <set>
#include <tuple>
#include <unordered_map>

#include "kamacite/core/error.hpp"
#include "kamacite/core/random.hpp"

namespace kamacite::dataset {
namespace {

constexpr std::array all_sides{Side::train, Side::validation, Side::test};
constexpr std::array<char const*, 3> side_names{"training", "validation", "test"};

/// Records that stay together.
struct Group {
    std::string name;
    std::string family;
    std::vector<std::size_t> records;
    double chance = 0.0;
};

/// Sets that merge, by path halving.
class UnionFind {
public:
    explicit UnionFind(std::size_t n) : parent_(n) {
        std::iota(parent_.begin(), parent_.end(), 0u);
    }
    std::size_t find(std::size_t i) {
        while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
        return i;
    }
    void merge(std::size_t a, std::size_t b) {  // the lower one stands for both
        std::size_t const x = find(a);
        std::size_t const y = find(b);
        parent_[std::max(x, y)] = std::min(x, y);
    }

private:
    std::vector<std::size_t> parent_;
};

/// Records whose numbers are equal, one group for each number that occurs more than once.
std::vector<std::vector<std::size_t>> repetitions(std::vector<std::uint64_t> const& numbers) {
    std::unordered_map<std::uint64_t, std::size_t> first;
    std::vector<std::vector<std::size_t>> groups;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        auto const [found, is_new] = first.try_emplace(numbers[i], groups.size());
        if (is_new) groups.emplace_back();
        groups[found->second].push_back(i);
    }
    std::erase_if(groups, [](auto const& group) { return group.size() < 2; });
    return groups;
}

/// The records of a family that name no trajectory: consecutive ones stand in for one.
struct Unnamed {
    long long records = 0;
    long long seen = 0;  // records that were put into blocks so far

    [[nodiscard]] long long block(int longest) const {
        return std::clamp<long long>(records / 8, 1, longest);
    }
};

/// Name of the group of each record before duplicates are looked at.
std::vector<std::string> group_names(Tags const& tags, SplitOptions const& options) {
    std::map<std::string, Unnamed> families;
    for (std::size_t i = 0; i < tags.family.size(); ++i)
        if (tags.trajectory[i].empty()) ++families[tags.family[i]].records;
    // A block is a makeshift: a geometry that occurs twice leaves it, instead of tying two blocks.
    std::set<std::size_t> repeated;
    for (auto const& same : repetitions(tags.geometry)) repeated.insert(same.begin(), same.end());
    std::vector<std::string> names;
    for (std::size_t i = 0; i < tags.family.size(); ++i) {
        auto const& name = tags.family[i];
        bool const has_run = !tags.trajectory[i].empty();
        bool const alone = !has_run && repeated.contains(i);
        if (options.method == SplitMethod::random || alone)
            names.push_back(fmt::format("{}|record {:016x}", name, tags.fingerprint[i]));
        else if (has_run)
            names.push_back(fmt::format("{}|trajectory {}", name, tags.trajectory[i]));
        else {
            auto& family = families[name];
            names.push_back(
                fmt::format("{}|block {}", name, family.seen++ / family.block(options.block)));
        }
    }
    return names;
}

std::vector<Group> find_groups(Tags const& tags, SplitOptions const& options) {
    auto const names = group_names(tags, options);
    UnionFind sets{names.size()};
    std::map<std::string, std::size_t> first;
    for (std::size_t i = 0; i < names.size(); ++i)
        sets.merge(first.try_emplace(names[i], i).first->second, i);
    for (auto const& same : repetitions(tags.geometry))
        for (auto const i : same) sets.merge(same.front(), i);

    std::map<std::size_t, Group> groups;
    for (std::size_t i = 0; i < names.size(); ++i) {
        auto& group = groups[sets.find(i)];
        if (group.records.empty() || names[i] < group.name) {  // whatever the order of records
            group.name = names[i];
            group.family = tags.family[i];
        }
        group.records.push_back(i);
    }
    std::vector<Group> result;
    for (auto& [representative, group] : groups) {
        group.chance = RandomStream{options.seed, "split", hash_of(group.name)}.uniform();
        result.push_back(std::move(group));
    }
    return result;
}

using Fractions = std::array<double, 3>;

/// Deals groups to the sides so that each gets its fraction of the records: large ones first, each
/// to the side that lacks most; at least one group to every side that wants any.
void deal(std::vector<Group const*> groups, Fractions const& fractions, std::vector<Side>& sides) {
    std::sort(groups.begin(), groups.end(), [](Group const* a, Group const* b) {
        auto const size_a = std::bit_width(a->records.size());  // similar sizes: within 2 ×
        auto const size_b = std::bit_width(b->records.size());
        return std::tuple{-static_cast<int>(size_a), a->chance, a->name} <
               std::tuple{-static_cast<int>(size_b), b->chance, b->name};
    });
    double total = 0.0;
    for (auto const* group : groups) total += static_cast<double>(group->records.size());
    Fractions lack{};
    std::array<bool, 3> waits{};  // wants records and has none
    for (std::size_t s = 0; s < 3; ++s) {
        lack[s] = fractions[s] * total;
        waits[s] = fractions[s] > 0.0;
    }
    for (std::size_t g = 0; g < groups.size(); ++g) {
        auto const waiting = std::count(waits.begin(), waits.end(), true);
        bool const must_wait = static_cast<long>(groups.size() - g) <= waiting;
        std::size_t best = 3;
        for (std::size_t s = 0; s < 3; ++s)
            if (fractions[s] > 0.0 && (!must_wait || waits[s]) &&
                (best == 3 || lack[s] > lack[best]))
                best = s;
        for (auto const record : groups[g]->records) sides[record] = all_sides[best];
        lack[best] -= static_cast<double>(groups[g]->records.size());
        waits[best] = false;
    }
}

void check_options(SplitOptions const& options) {
    if (!(options.validation >= 0.0 && options.test >= 0.0 &&
          options.validation + options.test < 1.0))
        throw InputError(
            fmt::format("split: fractions of validation {} and test {} are given (each must "
                        "be in 0 … 1 and some must be left to train): choose for example 0.1",
                        options.validation, options.test));
    if (options.block < 1)
        throw InputError(fmt::format("split: block is {} (must be positive): choose for example 20",
                                     options.block));
}

void check_sides(std::vector<Side> const& sides, std::array<bool, 3> const& wanted) {
    for (std::size_t s = 0; s < 3; ++s)
        if (wanted[s] && std::find(sides.begin(), sides.end(), all_sides[s]) == sides.end())
            throw InputError(
                fmt::format("split: nothing is left for {} ({} records do not divide into enough "
                            "groups; trajectories that have a name are never torn): choose "
                            "smaller blocks, other families, a fraction of zero, or method "
                            "'random' if the records are independent",
                            side_names[s], sides.size()));
}

std::string list(std::set<std::string> const& names) {
    std::string text;
    for (auto const& name : names) text += (text.empty() ? "'" : ", '") + name + "'";
    return text;
}

/// The side of each record by its family alone: train unless the family is held out.
std::vector<Side> held_out_sides(Tags const& tags, SplitOptions const& options) {
    std::set<std::string> const known(tags.family.begin(), tags.family.end());
    std::map<std::string, Side> held_out;
    for (auto const& [names, side] : {std::pair{&options.validation_families, Side::validation},
                                      std::pair{&options.test_families, Side::test}})
        for (auto const& name : *names) {
            if (!known.contains(name))
                throw InputError(
                    fmt::format("split: there is no family '{}' to hold out: choose from {}", name,
                                list(known)));
            if (auto const [at, is_new] = held_out.emplace(name, side);
                !is_new && at->second != side)
                throw InputError(
                    fmt::format("split: family '{}' is named for validation and for test "
                                "(it can be held out once): remove it from one",
                                name));
        }
    std::vector<Side> sides(tags.family.size(), Side::train);
    for (std::size_t i = 0; i < tags.family.size(); ++i)
        if (auto const at = held_out.find(tags.family[i]); at != held_out.end())
            sides[i] = at->second;
    return sides;
}

/// Says of which families everything is trained on, because they have too few groups.
void note_undivided(std::vector<Group const*> const& groups, Split& split) {
    std::set<std::string> families;
    for (auto const* group : groups) families.insert(group->family);
    if (!families.empty())
        split.notes.push_back(
            fmt::format("of {} everything is trained on (fewer than three trajectories or groups "
                        "that must not be torn)",
                        list(families)));
}

Split split_by_groups(Tags const& tags, SplitOptions const& options) {
    check_options(options);
    Fractions const fractions{1.0 - options.validation - options.test, options.validation,
                              options.test};
    auto const groups = find_groups(tags, options);
    std::map<std::string, std::vector<Group const*>> families;
    Split result{held_out_sides(tags, options), {}, {}};
    for (auto const& group : groups) {
        auto side = Side::train;  // one record of a family that is held out takes its group along
        for (auto const record : group.records) side = std::max(side, result.sides[record]);
        for (auto const record : group.records) result.sides[record] = side;
        if (side == Side::train) families[group.family].push_back(&group);
    }
    std::vector<Group const*> rest;  // of families with fewer than three groups
    for (auto const& [family, members] : families)
        if (members.size() >= 3)
            deal(members, fractions, result.sides);
        else
            rest.insert(rest.end(), members.begin(), members.end());
    bool lacking = false;
    for (std::size_t s = 1; s < 3; ++s)
        lacking |= fractions[s] > 0.0 && result.indices(all_sides[s]).empty();
    if (lacking) deal(rest, fractions, result.sides);
    if (!lacking && (fractions[1] > 0.0 || fractions[2] > 0.0)) note_undivided(rest, result);
    if (!tags.family.empty())
        check_sides(result.sides,
                    {true, options.validation > 0.0 || !options.validation_families.empty(),
                     options.test > 0.0 || !options.test_families.empty()});
    return result;
}

Split split_by_family(Tags const& tags, SplitOptions const& options) {
    if (options.validation_families.empty() && options.test_families.empty() &&
        !tags.family.empty())
        throw InputError(fmt::format(
            "split: method 'family' names no family to hold out (all would be trained on): name "
            "some of {} for validation or for the test, or choose method 'trajectory'",
            list({tags.family.begin(), tags.family.end()})));
    Split result{held_out_sides(tags, options), {}, {}};
    for (auto const& same : repetitions(tags.geometry)) {
        auto side = Side::train;
        for (auto const i : same) side = std::max(side, result.sides[i]);
        for (auto const i : same) result.sides[i] = side;
    }
    check_sides(result.sides,
                {true, !options.validation_families.empty(), !options.test_families.empty()});
    return result;
}

std::string describe(SplitOptions const& options) {
    auto const names = [](auto const& v) { return list({v.begin(), v.end()}); };
    if (options.method == SplitMethod::family)
        return fmt::format("by family; validation: {}; test: {}",
                           names(options.validation_families), names(options.test_families));
    std::string held_out;
    if (!options.validation_families.empty())
        held_out += "; all for validation: " + names(options.validation_families);
    if (!options.test_families.empty())
        held_out += "; all for the test: " + names(options.test_families);
    return fmt::format(
               "by {}; validation {}, test {}, seed {}{}",
               options.method == SplitMethod::random ? "record" : "trajectory", options.validation,
               options.test, options.seed,
               options.method == SplitMethod::random
                   ? ""
                   : fmt::format(", blocks of {} where no trajectory is named", options.block)) +
           held_out;
}

}  // namespace

std::vector<long long> Split::indices(Side side) const {
    std::vector<long long> found;
    for (std::size_t i = 0; i < sides.size(); ++i)
        if (sides[i] == side) found.push_back(static_cast<long long>(i));
    return found;
}

Split split(Tags const& tags, SplitOptions const& options) {
    KAMACITE_EXPECTS(tags.family.size() == tags.trajectory.size());
    KAMACITE_EXPECTS(tags.family.size() == tags.fingerprint.size());
    KAMACITE_EXPECTS(tags.family.size() == tags.geometry.size());
    auto result = options.method == SplitMethod::family ? split_by_family(tags, options)
                                                        : split_by_groups(tags, options);
    result.description = describe(options);
    return result;
}

std::string description_of(SplitOptions const& options) {
    return describe(options);
}

SplitMethod split_method(std::string const& name) {
    if (name == "family") return SplitMethod::family;
    if (name == "trajectory") return SplitMethod::trajectory;
    if (name == "random") return SplitMethod::random;
    throw InputError(fmt::format(
        "split: method '{}' is not known: choose from 'family', 'trajectory', 'random'", name));
}

}  // namespace kamacite::dataset
