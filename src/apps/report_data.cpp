#include "report_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "kamacite/core/error.hpp"

namespace kamacite::apps {
namespace {

struct Family {
    std::array<long long, 3> sides{};
    long long structures = 0, atoms = 0, with_forces = 0;
    Spread volume, energy, moment;
    double largest_force = 0.0;

    void add(Record const& record) {
        auto const& s = record.structure;
        auto const& labels = record.labels;
        ++structures;
        atoms += s.size();
        if (s.cell.is_periodic()) volume.add(s.cell.volume() / s.size());
        if (labels.energy) energy.add(*labels.energy / s.size());
        for (double const m : labels.moments) moment.add(std::abs(m));
        double largest = 0.0;
        for (auto const& f : labels.forces) largest = std::max(largest, f.norm());
        if (largest > 1e-6) ++with_forces;  // else they vanish by symmetry
        largest_force = std::max(largest_force, largest);
    }
};

}  // namespace

std::string Spread::text(int decimals, double origin, double factor) const {
    if (low > high) return "–";
    return fmt::format("{:.{}f} … {:.{}f}", (low - origin) / factor, decimals,
                       (high - origin) / factor, decimals);
}

report::Table files_table(std::span<DataFile const> files) {
    report::Table table;
    table.columns = {{"file", report::Table::Align::left},
                     {"structures"},
                     {"atoms"},
                     {"split", report::Table::Align::left},
                     {"content", report::Table::Align::left}};
    auto const count = [](long long n) { return n == 0 ? "–" : std::to_string(n); };
    for (auto const& file : files)
        table.rows.push_back({file.path, count(file.structures), count(file.atoms),
                              file.split.empty() ? "–" : file.split, file.hash});
    for (auto const& file : files)
        if (!file.how.empty())
            table.caption +=
                fmt::format("{}Split '{}' of {}: {}.", table.caption.empty() ? "" : " ", file.split,
                            file.path, file.how);
    return table;
}

report::Table data_table(std::span<Record const> records, std::span<dataset::Side const> sides) {
    KAMACITE_EXPECTS(sides.empty() || sides.size() == records.size());
    std::map<std::string, Family> families;
    Family all;
    for (std::size_t i = 0; i < records.size(); ++i) {
        for (auto* family : {&families[records[i].family], &all}) {
            family->add(records[i]);
            if (!sides.empty()) ++family->sides[static_cast<std::size_t>(sides[i])];
        }
    }
    report::Table table;
    table.columns = {{"family", report::Table::Align::left}, {"structures"}, {"atoms"}};
    if (!sides.empty())
        for (auto const* side : {"train", "validate", "test"}) table.columns.push_back({side});
    for (auto const* title :
         {"with forces", "largest / eV/Å", "V / Å³ per atom", "E / meV per atom", "|m| / μB"})
        table.columns.push_back({title});
    auto const add = [&](std::string const& name, Family const& f) {
        std::vector<std::string> row{name, std::to_string(f.structures), std::to_string(f.atoms)};
        if (!sides.empty())
            for (auto const n : f.sides) row.push_back(n == 0 ? "–" : std::to_string(n));
        row.push_back(f.with_forces == 0 ? "–" : std::to_string(f.with_forces));
        row.push_back(f.with_forces == 0 ? "–" : fmt::format("{:.2f}", f.largest_force));
        row.push_back(f.volume.text(2));
        row.push_back(f.energy.text(0, all.energy.low, 1e-3));
        row.push_back(f.moment.text(2));
        table.rows.push_back(std::move(row));
    };
    for (auto const& [name, family] : families) add(name.empty() ? "(no name)" : name, family);
    add("all", all);
    table.caption =
        "Energies E are counted from the lowest; V is the volume, |m| the local moment. With "
        "forces: structures with any force above "
        "10⁻⁶ eV/Å; the others have none by symmetry, or no label.";
    return table;
}

}  // namespace kamacite::apps
