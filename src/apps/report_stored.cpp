#include "report_stored.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "kamacite/core/error.hpp"
#include "kamacite/dataset/store.hpp"
#include "kamacite/io/reader.hpp"
#include "kamacite/model/function_file.hpp"
#include "origin.hpp"
#include "report_data.hpp"

namespace kamacite::apps {
namespace {

namespace fs = std::filesystem;

/// Files of these formats in a directory, sorted; rank 0 looks. Collective.
std::vector<fs::path> files_of_format(mpi::Communicator const& comm, fs::path const& folder,
                                      std::string const& format) {
    std::string found;
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        for (auto const& entry : fs::directory_iterator{folder}) {
            if (entry.path().extension() != ".h5" || !entry.is_regular_file()) continue;
            try {
                io::Reader const reader{entry.path()};
                if (reader.has_attribute("/", "format") && reader.text("/", "format") == format)
                    found += entry.path().string() + '\n';
            } catch (Error const&) {
                // damaged, or of another program: not what is looked for
            }
        }
    });
    comm.broadcast(found);
    std::vector<fs::path> files;
    for (std::size_t begin = 0; begin < found.size(); begin = found.find('\n', begin) + 1)
        files.emplace_back(found.substr(begin, found.find('\n', begin) - begin));
    std::sort(files.begin(), files.end());
    return files;
}

bool same_functions(FunctionSet const& a, FunctionSet const& b) {
    return a.radial == b.radial && a.angular == b.angular && a.compact_radial == b.compact_radial &&
           a.compact_angular == b.compact_angular && a.power == b.power && a.triple == b.triple;
}

void read_predictions(mpi::Communicator const& comm, fs::path const& file, std::string const& hash,
                      StoredFiles& out) {
    auto const segments = dataset::segments(file, comm);
    if (!dataset::holds_predictions(segments.front())) return;
    auto const name = file.filename().string();
    auto const found = segments.front().attributes.find("parents");
    if (hash.empty() || found == segments.front().attributes.end() ||
        found->second.find(hash_in(hash)) == std::string::npos) {
        out.missing.push_back(name + ": predictions of another model");
        return;
    }
    mpi::Range const all{0, comm.is_root() ? segments.front().records : 0};
    out.predictions.push_back({name, dataset::read(file, comm, all)});
}

/// Ranges of the atoms of each element, in those of the training set. One rank only.
StoredDescriptors ranges_of(fs::path const& file, Model const& model) {
    io::Reader const reader{file};
    auto const& elements = model.descriptors().elements();
    auto const species = reader.read<int>("atoms/species");
    auto const values = reader.read_matrix("atoms/descriptors", {0, std::ssize(species)});
    StoredDescriptors stored{file.filename().string(), std::ssize(species), {}, {}};
    for (std::size_t e = 0; e < elements.size(); ++e)
        for (int k = 0; k < model.descriptors().size(elements[e]); ++k) {
            double low = std::numeric_limits<double>::infinity(), high = -low;
            for (std::size_t i = 0; i < species.size(); ++i) {
                if (species[i] != elements[e]) continue;
                low = std::min(low, values(static_cast<Eigen::Index>(i), k));
                high = std::max(high, values(static_cast<Eigen::Index>(i), k));
            }
            if (low > high) continue;  // no atom of this element
            double const from = model.scaling().smallest(static_cast<int>(e), k);
            double const range =
                std::max(model.scaling().largest(static_cast<int>(e), k) - from, 1e-12);
            stored.low.push_back((low - from) / range);
            stored.high.push_back((high - from) / range);
        }
    return stored;
}

}  // namespace

StoredFiles read_stored(mpi::Communicator const& comm, fs::path const& folder, Model const& model,
                        std::string const& hash) {
    StoredFiles out;
    for (auto const& file : files_of_format(comm, folder, "dataset"))
        read_predictions(comm, file, hash, out);
    for (auto const& path : files_of_format(comm, folder, "descriptors")) {
        auto const file = io::File::open(path, comm);
        if (!same_functions(read_functions(file, "functions"), model.descriptors().functions())) {
            out.missing.push_back(path.filename().string() +
                                  ": descriptors by other functions than the model's");
            continue;
        }
        StoredDescriptors stored;
        mpi::all_or_none(comm, [&] {
            if (comm.is_root()) stored = ranges_of(path, model);
        });
        out.descriptors.push_back(std::move(stored));
    }
    return out;
}

report::Table predictions_table(std::span<Record const> records) {
    struct Family {
        long long structures = 0, atoms = 0, outside = 0;
        double farthest = 0.0;
        Spread volume, energy, moment;
    };
    std::map<std::string, Family> families;
    Family all;
    for (auto const& record : records) {
        auto const& s = record.structure;
        auto const& told = record.labels.properties;
        auto const found = told.find("extrapolation");
        double const outside = found == told.end() ? 0.0 : found->second;
        for (auto* family : {&families[record.family], &all}) {
            ++family->structures;
            family->atoms += s.size();
            family->outside += outside > 0.0 ? 1 : 0;
            family->farthest = std::max(family->farthest, outside);
            if (s.cell.is_periodic()) family->volume.add(s.cell.volume() / s.size());
            if (record.labels.energy) family->energy.add(*record.labels.energy / s.size());
            for (double const m : record.labels.moments) family->moment.add(m);
        }
    }
    report::Table table;
    table.columns = {{"family", report::Table::Align::left},
                     {"structures"},
                     {"atoms"},
                     {"V / Å³ per atom"},
                     {"E / meV per atom"},
                     {"|m| / μB"},
                     {"outside"},
                     {"farthest"}};
    auto const add = [&](std::string const& name, Family const& f) {
        table.rows.push_back({name, std::to_string(f.structures), std::to_string(f.atoms),
                              f.volume.text(2), f.energy.text(0, all.energy.low, 1e-3),
                              f.moment.text(2), f.outside == 0 ? "–" : std::to_string(f.outside),
                              f.outside == 0 ? "–" : fmt::format("{:.2g}", f.farthest)});
    };
    for (auto const& [name, family] : families) add(name.empty() ? "(no name)" : name, family);
    if (families.size() > 1) add("all", all);
    table.caption =
        "Predictions; energies E are counted from the lowest. Outside: structures with an atom "
        "whose descriptors are outside the range of the training set; farthest: by how many times "
        "that range at most. Do not trust those unseen.";
    return table;
}

report::Plot descriptors_plot(StoredDescriptors const& stored) {
    using Series = report::Series;
    report::Plot plot;
    plot.id = "descriptors_" + stored.name.substr(0, stored.name.rfind('.'));
    for (char& c : plot.id)
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    plot.x.label = "symmetry function";
    plot.y.label = "value / range of the training set";
    plot.y.low = -1.0;
    plot.y.high = 2.0;
    Series low{"smallest", {}, {}, Series::Style::points};
    Series high{"largest", {}, {}, Series::Style::points};
    Series band{"training set", {}, {}, Series::Style::line};
    long long outside = 0;
    for (std::size_t k = 0; k < stored.low.size(); ++k) {
        double const x = static_cast<double>(k) + 1.0;
        outside += stored.low[k] < 0.0 || stored.high[k] > 1.0 ? 1 : 0;
        low.x.push_back(x);
        low.y.push_back(std::max(stored.low[k], *plot.y.low));
        high.x.push_back(x);
        high.y.push_back(std::min(stored.high[k], *plot.y.high));
    }
    double const end = static_cast<double>(stored.low.size()) + 0.5;
    double const nan = std::numeric_limits<double>::quiet_NaN();
    band.x = {0.5, end, nan, 0.5, end};
    band.y = {0.0, 0.0, nan, 1.0, 1.0};
    plot.x.low = 0.5;
    plot.x.high = end;
    plot.series = {std::move(band), std::move(low), std::move(high)};
    plot.caption = fmt::format(
        "Descriptors in {}, {} atoms: smallest and largest value of each function, counted from "
        "the "
        "smallest of the training set (0) to its largest (1). {} of {} functions leave that range: "
        "there the model extrapolates. What lies farther is drawn at the edge.",
        stored.name, stored.atoms, outside, stored.low.size());
    return plot;
}

}  // namespace kamacite::apps
