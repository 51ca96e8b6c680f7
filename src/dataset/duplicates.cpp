#include "kamacite/dataset/duplicates.hpp"

#include <cmath>
#include <unordered_map>

#include "columns.hpp"
#include "kamacite/io/hash.hpp"

namespace kamacite::dataset {
namespace {

template <class Round>
std::uint64_t hash_physics(Record const& record, Round const& round) {
    io::Hash64 hash;
    auto const add = [&](double value) { hash.add(round(value) + 0.0); };  // −0 becomes 0
    auto const add_mat3 = [&](Mat3 const& m) {
        for (int i = 0; i < 3; ++i)
            for (int j = 0; j < 3; ++j) add(m(i, j));
    };
    auto const& s = record.structure;
    auto const& labels = record.labels;
    add_mat3(s.cell.rows());
    for (bool const p : s.cell.periodic()) hash.add(p);
    hash.add(s.size());
    for (int const z : s.species) hash.add(z);
    for (auto const& r : s.positions)
        for (double const x : r) add(x);
    hash.add(labels.energy.has_value()).add(labels.stress.has_value());
    hash.add(labels.forces.size()).add(labels.moments.size());
    if (labels.energy) add(*labels.energy);
    if (labels.stress) add_mat3(*labels.stress);
    for (auto const& f : labels.forces)
        for (double const x : f) add(x);
    for (double const m : labels.moments) add(m);
    for (auto const& [name, value] : labels.properties) {
        hash.add(name);
        add(value);
    }
    return hash.value();
}

}  // namespace

std::uint64_t fingerprint_of(Record const& record) {
    return hash_physics(record, [](double x) { return std::nearbyint(x * 1e6); });
}

std::uint64_t exact_hash(Record const& record) {
    io::Hash64 hash;
    hash.add(hash_physics(record, [](double x) { return x; }));
    for (auto const* text :
         {&record.name, &record.family, &record.trajectory, &record.source, &record.recipe})
        hash.add(*text);
    return hash.value();
}

std::vector<std::vector<long long>> find_duplicates(std::span<std::uint64_t const> fingerprints) {
    std::unordered_map<std::uint64_t, std::size_t> first;
    std::vector<std::vector<long long>> groups;
    for (std::size_t i = 0; i < fingerprints.size(); ++i) {
        auto const [found, is_new] = first.try_emplace(fingerprints[i], groups.size());
        if (is_new) groups.emplace_back();
        groups[found->second].push_back(static_cast<long long>(i));
    }
    std::erase_if(groups, [](auto const& group) { return group.size() < 2; });
    return groups;
}

}  // namespace kamacite::dataset
