#include "kamacite/config/search.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>
#include <set>
#include <string_view>

#include "kamacite/config/writers.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/core/random.hpp"

namespace kamacite::config {
namespace {

constexpr long long most_trials = 10'000;

/// Sections that trials share, and keys that would make their errors ones of different quantities.
constexpr std::array fixed = {"data",   "data_cache", "output",
                              "split",  "elements",   "committee",
                              "search", "cache",      "checkpoint_interval"};
constexpr std::array whole = {"model", "model.energy", "model.moment", "model.properties"};

/// The first step of a path: a name, or a place in a list with its brackets; the rest begins with
/// what comes after it.
std::string_view take_step(std::string_view& path) {
    if (path.starts_with('.')) path.remove_prefix(1);
    auto const end = path.starts_with('[') ? std::min(path.find(']'), path.size() - 1) + 1
                                           : std::min(path.find_first_of(".["), path.size());
    auto const step = path.substr(0, end);
    path.remove_prefix(end);
    return step;
}

void set(YAML::Node node, std::string_view path, YAML::Node const& value) {
    auto const step = take_step(path);
    if (step.starts_with('[')) {
        std::size_t place = 0;
        auto const [end, error] =
            std::from_chars(step.data() + 1, step.data() + step.size() - 1, place);
        if (error != std::errc{} || !node.IsSequence() || place >= node.size())
            throw InputError(fmt::format("there is no entry {} in a list of {}", step,
                                         node.IsSequence() ? node.size() : 0));
        if (path.empty())
            node[place] = value;
        else
            set(node[place], path, value);
    } else if (path.empty()) {
        node[std::string{step}] = value;
    } else {
        set(node[std::string{step}], path, value);
    }
}

/// Index of the value of each key in combination number `k`.
std::vector<std::size_t> combination(std::vector<SearchKey> const& over, long long k) {
    std::vector<std::size_t> places(over.size());
    for (std::size_t i = over.size(); i-- > 0;) {
        auto const n = static_cast<long long>(over[i].values.size());
        places[i] = static_cast<std::size_t>(k % n);
        k /= n;
    }
    return places;
}

long long combinations(std::vector<SearchKey> const& over) {
    double const product = std::accumulate(
        over.begin(), over.end(), 1.0,
        [](double n, SearchKey const& key) { return n * static_cast<double>(key.values.size()); });
    return static_cast<long long>(std::min(product, 1e15));
}

std::vector<long long> drawn(long long all, int wanted, std::uint64_t seed) {
    if (wanted == 0 || wanted >= all) {
        std::vector<long long> each(static_cast<std::size_t>(all));
        std::iota(each.begin(), each.end(), 0LL);
        return each;
    }
    std::set<long long> some;
    for (RandomStream random{seed, "search", 0}; std::ssize(some) < wanted;)
        some.insert(static_cast<long long>(random.uniform() * static_cast<double>(all)));
    return {some.begin(), some.end()};
}

}  // namespace

Input with_value(Input const& input, std::string const& key, std::string const& value) {
    try {
        auto root = YAML::Load(input.text);
        set(root, key, YAML::Load(value));
        return {input.file, YAML::Dump(root)};
    } catch (YAML::Exception const& e) {
        throw InputError(
            fmt::format("{}: {} cannot be set to '{}' ({})", input.file, key, value, e.msg));
    } catch (InputError const& e) {
        throw InputError(
            fmt::format("{}: {} cannot be set to '{}' ({})", input.file, key, value, e.what()));
    }
}

std::vector<Fault> search_faults(TrainOptions const& o) {
    std::vector<Fault> faults;
    if (o.committee)
        faults.push_back({"",
                          "search and committee exclude each other: search first, then train a "
                          "committee with what was found"});
    if (o.search_over.empty())
        faults.push_back({"over", "no key is given: name one with its values"});
    for (std::size_t i = 0; i < o.search_over.size(); ++i) {
        auto const& key = o.search_over[i].key;
        auto const top = key.substr(0, key.find_first_of(".["));
        auto const at = fmt::format("over[{}].key", i);
        if (std::find(fixed.begin(), fixed.end(), top) != fixed.end() ||
            std::find(whole.begin(), whole.end(), key) != whole.end())
            faults.push_back({at, fmt::format("'{}' (all trials have it in common): search over "
                                              "other keys, e.g. loss.forces_weight",
                                              key)});
        for (std::size_t j = 0; j < i; ++j)
            if (o.search_over[j].key == key)
                faults.push_back({at, fmt::format("'{}' is there twice: join the values", key)});
    }
    if (faults.empty() && o.trials == 0 && combinations(o.search_over) > most_trials)
        faults.push_back({"trials", fmt::format("{} combinations: say how many are to be drawn",
                                                combinations(o.search_over))});
    return faults;
}

std::vector<Trial> trials_of(Input const& input, TrainOptions const& options) {
    std::vector<Trial> trials;
    auto const& over = options.search_over;
    auto const base = with_value(input, "search", "false");
    for (auto const k : drawn(combinations(over), options.trials, options.training.seed)) {
        Trial trial;
        auto own = base;
        auto const places = combination(over, k);
        std::string words;
        for (std::size_t i = 0; i < over.size(); ++i) {
            trial.values.push_back(over[i].values[places[i]]);
            words += fmt::format("{}{} = {}", i == 0 ? "" : ", ", over[i].key, trial.values[i]);
            own = with_value(own, over[i].key, trial.values[i]);
        }
        own.file = fmt::format("{} with {}", input.file, words);
        parse(own, "train", [&](Fields& f) { fields(f, trial.options); });
        trial.options.training.directory =
            options.training.directory / fmt::format("trial-{}", trials.size() + 1);
        trial.resolved = resolved_input("train", trial.options);
        trials.push_back(std::move(trial));
    }
    return trials;
}

}  // namespace kamacite::config
