#include "fit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "data.hpp"
#include "kamacite/config/similar.hpp"
#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/dataset/duplicates.hpp"
#include "kamacite/formats/level.hpp"
#include "kamacite/io/hash.hpp"

namespace kamacite::apps {
namespace {

using config::Fault;

constexpr long long piece = 1024;
constexpr long long sample_size = 16;

std::string words_of(Record const& record, std::filesystem::path const& path, long long index) {
    std::string more;
    if (!record.name.empty()) more += fmt::format(", '{}'", record.name);
    if (!record.source.empty() && !record.source.starts_with(path.string()))
        more += fmt::format(", from {}", record.source);
    return fmt::format("structure {} of {}{}", index + 1, path.string(), more);
}

void add(DataSummary& data, Record const& record) {
    auto const index = data.records();
    data.atoms += record.structure.size();
    for (int const z : record.structure.species)
        if (!data.elements.contains(z))
            data.elements.emplace(z, words_of(record, data.path, index));
    data.family.push_back(record.family);
    data.trajectory.push_back(record.trajectory);
    data.fingerprint.push_back(dataset::fingerprint_of(record));
    data.geometry.push_back(dataset::geometry_of(record.structure));
    data.has_energies.push_back(record.labels.energy || !record.labels.forces.empty() ? 1 : 0);
    if (data.has_energies.back() != 0) ++data.levels[record.level];
    data.has_moments.push_back(record.labels.moments.empty() ? 0 : 1);
    for (auto const& [name, value] : record.labels.properties) data.has_property[name];
    for (auto& [name, has] : data.has_property) {
        has.resize(static_cast<std::size_t>(index), 0);
        has.push_back(record.labels.properties.contains(name) ? 1 : 0);
    }
}

std::string listed(std::vector<std::string> const& names) {
    std::string list;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i == 12) return list + ", …";
        list += (i == 0 ? "" : ", ") + names[i];
    }
    return list;
}

void add_family_faults(std::vector<std::string> const& names, std::string const& key,
                       std::vector<std::string> const& families, std::string const& whose,
                       std::vector<Fault>& faults) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (std::find(families.begin(), families.end(), names[i]) != families.end()) continue;
        faults.push_back(
            {fmt::format("split.{}[{}]", key, i),
             fmt::format("'{}' (no structure of {} is of this family){}: name one of {}", names[i],
                         whose, config::did_you_mean(names[i], families), listed(families))});
    }
}

/// Adds the faults of files that are named twice.
void add_twins(std::vector<std::filesystem::path> const& paths, std::vector<Fault>& faults) {
    std::set<std::filesystem::path> seen;
    for (std::size_t i = 0; i < paths.size(); ++i) {
        std::error_code error;
        auto const real = std::filesystem::weakly_canonical(paths[i], error);
        if (!seen.insert(error ? paths[i] : real).second)
            faults.push_back({fmt::format("data[{}]", i),
                              fmt::format("{} is named before (each structure would be trained on "
                                          "twice): name it once",
                                          paths[i].string())});
    }
}

/// What a split of all files together looks at.
dataset::Tags tags_of(std::span<DataSummary const> data) {
    dataset::Tags tags;
    std::vector<dataset::Geometry> geometry;
    for (auto const& one : data) {
        tags.family.insert(tags.family.end(), one.family.begin(), one.family.end());
        tags.trajectory.insert(tags.trajectory.end(), one.trajectory.begin(), one.trajectory.end());
        tags.fingerprint.insert(tags.fingerprint.end(), one.fingerprint.begin(),
                                one.fingerprint.end());
        geometry.insert(geometry.end(), one.geometry.begin(), one.geometry.end());
    }
    tags.geometry = dataset::same_geometry(geometry);
    return tags;
}

/// Makes the split of those files that have none yet. Adds what is wrong with it, or with one that
/// is stored.
void divide(Fit& fit, dataset::Tags const& tags, config::TrainOptions const& o,
            std::vector<Fault>& faults) {
    auto const before = faults.size();
    std::string whose;
    bool all_stored = true;
    for (auto const& one : fit.data) {
        whose += (whose.empty() ? "" : ", ") + one.path.string();
        all_stored = all_stored && one.stored;
        if (one.stored && one.stored->description != fit.description)
            faults.push_back(
                {"split",
                 fmt::format("{} holds the split '{}' {} (asked for is: {}): give the new one "
                             "another 'name', restore the options, or delete the file",
                             dataset::split_file(one.path, o.split_name).string(), o.split_name,
                             one.stored->description, fit.description)});
    }
    std::set<std::string> const known(tags.family.begin(), tags.family.end());
    std::vector<std::string> const families(known.begin(), known.end());
    add_family_faults(o.split.validation_families, "validation_families", families, whose, faults);
    add_family_faults(o.split.test_families, "test_families", families, whose, faults);
    if (faults.size() > before) return;
    dataset::Split made;
    try {
        if (!all_stored) made = dataset::split(tags, o.split);
    } catch (InputError const& e) {
        std::string text = e.what();
        if (text.starts_with("split: ")) text = text.substr(7);
        faults.push_back({"split", whose + ": " + text});
        return;
    }
    fit.notes = made.notes;
    for (auto const& one : fit.data) {
        auto const first = std::ssize(fit.sides);
        auto const from = one.stored ? one.stored->sides.begin() : made.sides.begin() + first;
        fit.sides.insert(fit.sides.end(), from, from + one.records());
    }
}

/// The labels of the training side.
struct Learnable {
    bool structures = false, energies = false, moments = false;
    long long without_moments = 0;  ///< structures, of the validation side too
    std::string first_without;      ///< the file of the first of them
    std::map<std::string, bool> property;
};

Learnable learnable_of(Fit const& fit) {
    Learnable all;
    auto side = fit.sides.begin();
    for (auto const& data : fit.data)
        for (std::size_t i = 0; i < data.family.size(); ++i) {
            if (*side != dataset::Side::test && data.has_moments[i] == 0 &&
                all.without_moments++ == 0)
                all.first_without = data.path.string();
            if (*side++ != dataset::Side::train) continue;
            all.structures = true;
            all.energies |= data.has_energies[i] != 0;
            all.moments |= data.has_moments[i] != 0;
            for (auto const& [name, has] : data.has_property) all.property[name] |= has[i] != 0;
        }
    return all;
}

void expect_labels(config::TrainOptions const& o, Learnable const& all) {
    if (!all.structures)
        throw DataError(
            "the training set is empty (nothing to learn from): choose other data or "
            "another split");
    if (o.energy && !all.energies)
        throw DataError(
            "no structure of the training set has an energy or forces (the energy head "
            "learns from them): choose other data, or say 'energy: false'");
    if (o.moment && !all.moments)
        throw DataError(
            "no structure of the training set has magnetic moments (the moment head "
            "learns from them): choose other data, or leave out 'moment'");
    if (!o.listed && !o.descriptors.spins.empty() && all.without_moments > 0)
        throw DataError(fmt::format(
            "{}: {} structures to learn from have no magnetic moments ('descriptors.spins' needs "
            "the directions of those of each): leave them out, or remove 'spins'",
            all.first_without, all.without_moments));
    auto const known = [&](std::string const& name) {
        auto const found = all.property.find(name);
        // moments of atoms give the property of the same name of structures
        return (found != all.property.end() && found->second) ||
               (name == "magnetic_moment" && all.moments);
    };
    for (auto const& head : o.property_heads) {
        if (std::none_of(head.outputs.begin(), head.outputs.end(), known))
            throw DataError(
                fmt::format("no structure of the training set has the property '{}', nor another "
                            "output of its head: import a table with it, or drop the head",
                            head.outputs.front()));
        for (auto const& name : head.conditions)
            if (!all.property.contains(name) || !all.property.at(name))
                throw DataError(
                    fmt::format("no structure of the training set has the condition "
                                "'{}': import a table with it, or remove it from "
                                "'conditions'",
                                name));
    }
}

}  // namespace

DataSummary summarise(mpi::Communicator const& comm, std::filesystem::path const& path,
                      std::string const& split_name) {
    DataSummary data;
    data.path = path;
    Source const source{comm, path, ""};
    if (source.is_dataset() && !split_name.empty()) {
        auto const names = dataset::split_names(path, comm);
        if (std::find(names.begin(), names.end(), split_name) != names.end())
            data.stored = dataset::read_split(path, comm, split_name);
    }
    auto const n = source.size();
    long long sampled = 0;  // the next of the sample is structure sampled · n/size
    auto const size = std::min(sample_size, n);
    for (long long begin = 0; begin < n; begin += piece)
        for (auto& record : source.read(comm, {begin, std::min(begin + piece, n)})) {
            add(data, record);
            if (sampled < size && data.records() - 1 == sampled * n / size) {
                data.sample.push_back(std::move(record));
                ++sampled;
            }
        }
    for (auto& [name, has] : data.has_property) has.resize(static_cast<std::size_t>(n), 0);
    return data;
}

std::vector<Fault> element_faults(std::vector<std::string> const& elements,
                                  std::span<DataSummary const> data) {
    std::vector<Fault> faults;
    if (elements.empty()) return faults;
    std::map<int, std::string> seen;
    for (auto const& one : data) seen.insert(one.elements.begin(), one.elements.end());
    for (auto const& [z, where] : seen) {
        std::string const symbol{symbol_of(z)};
        if (std::find(elements.begin(), elements.end(), symbol) == elements.end())
            faults.push_back({"elements", fmt::format("{} is missing ({} has it): add {} to "
                                                      "'elements', or leave such structures out",
                                                      symbol, where, symbol)});
    }
    for (std::size_t i = 0; i < elements.size(); ++i)
        if (!seen.contains(atomic_number_of(elements[i])))
            faults.push_back({fmt::format("elements[{}]", i),
                              fmt::format("{} (no structure of the data has it, so nothing can be "
                                          "learned of it): remove it",
                                          elements[i])});
    return faults;
}

Fit expect_fit(mpi::Communicator const& comm, config::Input const& input,
               config::TrainOptions const& options) {
    std::vector<Fault> faults;
    add_twins(options.data, faults);
    config::refuse(input, faults);
    Fit fit;
    fit.description = dataset::description_of(options.split);
    for (auto const& path : options.data)
        fit.data.push_back(summarise(comm, path, options.split_name));
    faults = element_faults(options.elements, fit.data);
    if (options.elements.empty()) {
        std::map<int, std::string> seen;
        for (auto const& one : fit.data) seen.insert(one.elements.begin(), one.elements.end());
        std::vector<int> elements;
        for (auto const& [z, where] : seen) elements.push_back(z);
        auto const more = config::faults_of(options, elements);
        faults.insert(faults.end(), more.begin(), more.end());
    }
    auto tags = tags_of(fit.data);
    divide(fit, tags, options, faults);
    config::refuse(input, faults);
    fit.geometry = std::move(tags.geometry);
    std::map<std::string, long long> levels;
    for (auto const& one : fit.data)
        for (auto const& [level, count] : one.levels) levels[level] += count;
    fit.mixture = formats::mixture_of(levels);
    expect_labels(options, learnable_of(fit));
    return fit;
}

void keep_split(Context& context, DataSummary const& data, dataset::Split const& split,
                SplitLabel const& label) {
    context.log.info("{}: {}split '{}'{}: {}", data.path.string(), data.stored ? "" : "new ",
                     label.name, data.stored ? " as stored" : "", split.description);
    if (data.stored || !names_dataset(data.path)) return;
    dataset::write_split(
        data.path, context.comm, label.name, split,
        {label.command, label.input, {io::parent(data.path, context.comm)}, label.seed});
}

std::vector<std::uint8_t> take_part(Context& context, Fit const& fit) {
    std::map<std::uint64_t, dataset::Side> strictest;
    for (std::size_t i = 0; i < fit.sides.size(); ++i) {
        auto& side = strictest[fit.geometry[i]];
        side = std::max(side, fit.sides[i]);
    }
    std::vector<std::uint8_t> takes;
    for (std::size_t i = 0; i < fit.sides.size(); ++i)
        takes.push_back(fit.sides[i] == strictest[fit.geometry[i]] ? 1 : 0);
    auto const left_out = std::count(takes.begin(), takes.end(), 0);
    if (left_out > 0)
        context.log.warn(
            "{} structures are left out: their geometry is held out for validation or test",
            left_out);
    return takes;
}

}  // namespace kamacite::apps
