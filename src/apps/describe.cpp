#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>

#include "commands.hpp"
#include "kamacite/config/describe.hpp"
#include "kamacite/config/input.hpp"
#include "kamacite/config/writers.hpp"
#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/dataset/store.hpp"
#include "kamacite/io/file.hpp"
#include "kamacite/model/function_file.hpp"

namespace kamacite::apps {
namespace {

constexpr int descriptors_format_version = 1;
constexpr std::chrono::seconds interval_of_progress{10};

/// Atomic numbers of a dataset, ascending. Collective.
std::vector<int> elements_of(std::vector<Record> const& mine, mpi::Communicator const& comm) {
    std::vector<int> here(last_element + 1);
    for (auto const& r : mine)
        for (int const z : r.structure.species) here[static_cast<std::size_t>(z)] = 1;
    comm.all_reduce(mpi::Op::max, std::span{here});
    std::vector<int> elements;
    for (int z = 1; z <= last_element; ++z)
        if (here[static_cast<std::size_t>(z)] == 1) elements.push_back(z);
    return elements;
}

/// Descriptors of all atoms of these records, one structure after the other.
Matrix describe_all(std::vector<Record> const& records, Descriptors const& descriptors,
                    Logger const& log) {
    Eigen::Index atoms = 0;
    for (auto const& r : records) atoms += r.structure.size();
    Matrix all{atoms, descriptors.width()};
    Eigen::Index row = 0;
    using Clock = std::chrono::steady_clock;
    auto const start = Clock::now();
    auto told = start;
    for (std::size_t i = 0; i < records.size(); ++i) {
        auto s = records[i].structure;
        if (descriptors.has_directions())
            direct(s, records[i].labels.moments, descriptors.least_moment());
        try {
            auto const neighbours = find_neighbours(s, descriptors.cutoff());
            all.middleRows(row, s.size()) = descriptors.evaluate(neighbours, s.species);
        } catch (DataError const& e) {
            throw DataError(fmt::format("structure '{}' from {}: {}", records[i].name,
                                        records[i].source, e.what()));
        }
        row += s.size();
        auto const now = Clock::now();
        if (now - told < interval_of_progress) continue;
        told = now;
        double const done = static_cast<double>(row) / static_cast<double>(atoms);
        std::chrono::duration<double> const passed = now - start;
        log.info("{:.0f} % of this rank's atoms described, {:.0f} s left", 100.0 * done,
                 passed.count() * (1.0 - done) / done);
    }
    return all;
}

/// The functions kind by kind, and which column each fills. Rank 0 has the rows.
void write_functions(io::File& file, Descriptors const& descriptors, bool is_root) {
    kamacite::write_functions(file, "functions", descriptors.functions());
    std::vector<int> column;
    std::map<int, int> next;  // of each centre
    if (is_root)
        descriptors.functions().for_each_kind([&](auto const& kind) {
            for (auto const& f : kind) column.push_back(next[f.centre]++);
        });
    file.write_rows("functions/column", column,
                    {"1",
                     "column of atoms/descriptors that each function fills for atoms of its "
                     "centre: radial, angular, compact_radial, compact_angular, power, triple "
                     "functions in this order"});
}

int describe_dataset(Context& context, std::filesystem::path const& input) {
    auto const& comm = context.comm;
    auto const o = config::read_options<config::DescribeOptions>(input, "describe", comm);
    auto const segments = dataset::segments(o.data, comm);
    auto const records = dataset::read(o.data, comm);
    auto const n_all = comm.all_reduce(mpi::Op::sum, static_cast<long long>(records.size()));
    if (n_all == 0)
        throw DataError(
            fmt::format("{}: holds no structures (there is nothing to describe): "
                        "import or generate some",
                        o.data.string()));

    std::vector<int> elements;
    for (auto const& symbol : o.elements) elements.push_back(atomic_number_of(symbol));
    if (elements.empty()) elements = elements_of(records, comm);
    auto const descriptors = standard_descriptors(elements, o.descriptors);
    context.log.info("{} structures, {} functions per atom at most, cutoff {} Å", n_all,
                     descriptors.width(), descriptors.cutoff());

    Matrix values;
    mpi::all_or_none(comm, [&] { values = describe_all(records, descriptors, context.log); });

    std::vector<int> species;
    std::vector<long long> offsets;
    for (auto const& r : records)
        species.insert(species.end(), r.structure.species.begin(), r.structure.species.end());
    long long next = mpi::exclusive_sum(comm, static_cast<long long>(species.size()));
    for (auto const& r : records) {
        offsets.push_back(next);
        next += r.structure.size();
    }
    if (comm.rank() == comm.size() - 1) offsets.push_back(next);

    auto file = io::File::create(o.output, comm);
    file.write_rows("structures/atom_offset", offsets,
                    {"1", "first row in atoms/ of each structure; one more than structures"});
    file.write_rows("atoms/species", species, {"1", "atomic number"});
    file.write_rows("atoms/descriptors", values,
                    {"1", "symmetry functions; columns beyond those of the element are zero"});
    write_functions(file, descriptors, comm.is_root());
    auto const hash = fmt::format("{:016x}", dataset::content_hash(segments));
    io::write_provenance(file, "descriptors", descriptors_format_version,
                         {"describe",
                          config::resolved_input("describe", o),
                          {fmt::format("{} {}", o.data.string(), hash)}});
    file.set_attribute("/", "dataset_hash", hash);
    file.commit();

    auto const atoms = comm.all_reduce(mpi::Op::sum, static_cast<long long>(species.size()));
    if (comm.is_root())
        fmt::print("{}: {} structures, {} atoms, {} functions\n", o.output.string(), n_all, atoms,
                   descriptors.width());
    return 0;
}

}  // namespace

Command describe_command() {
    return {"describe", "Compute the descriptors of a dataset and store them",
            [](Arguments const& arguments) {
                auto const input = std::make_shared<std::string>();
                arguments.add("input", *input, "Input file (YAML)").required();
                return [input](Context& context) { return describe_dataset(context, *input); };
            }};
}

}  // namespace kamacite::apps
