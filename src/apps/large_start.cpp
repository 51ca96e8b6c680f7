#include "large_start.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "kamacite/core/error.hpp"
#include "kamacite/dataset/store.hpp"
#include "kamacite/structure/repeated.hpp"
#include "large_text.hpp"

namespace kamacite::apps {
namespace {

bool is_prediction(mpi::Communicator const& comm, std::filesystem::path const& path) {
    if (path.extension() != ".h5") return false;
    auto const file = io::File::open(path, comm);
    return file.has_attribute("/", "format") && file.text("/", "format") == "prediction";
}

template <class Work>
void naming(mpi::Communicator const& comm, std::filesystem::path const& path, Work const& work) {
    mpi::all_or_none(comm, [&] {
        try {
            work();
        } catch (DataError const& e) {
            throw DataError(path.string() + ": " + e.what());
        }
    });
}

/// Which structure of a source an index from the beginning, or from the end, means.
long long position_of(Source const& source, long long index) {
    auto const at = index < 0 ? source.size() + index : index;
    if (at < 0 || at >= source.size())
        throw DataError(fmt::format(
            "{} has {} structures (index {} is counted from 0, or from the end if negative): name "
            "one of them",
            source.path().string(), source.size(), index));
    return at;
}

Record record_of(mpi::Communicator const& comm, Source const& source, long long index,
                 AnyModel const& model) {
    auto const at = position_of(source, index);
    auto records = source.read(comm, {at, at + 1});
    auto& unit = records.front().structure;
    naming(comm, source.path(), [&] {
        check(unit);
        if (model.has_directions())
            direct(unit, records.front().labels.moments, model.least_moment());
        for (int const z : unit.species) model.expect_element(z);
    });
    return std::move(records.front());
}

/// A structure of a dataset, repeated: each rank reads its block of the atoms alone. Nothing if it
/// is small and to be repeated, or no dataset is.
std::optional<LargeStructure> read_large_record(mpi::Communicator const& comm, Source const& source,
                                                long long index, std::array<int, 3> const& copies,
                                                AnyModel const& model) {
    constexpr long long small_unit = 1'000'000;  // atoms that are repeated from one rank
    if (!source.is_dataset()) return {};
    bool const alone = copies == std::array<int, 3>{1, 1, 1};
    auto const total = dataset::atoms_of(source.path(), comm, index);
    if (total == 0 || (!alone && total < small_unit)) return {};
    expect_memory(comm, total, copies);
    auto record = dataset::read_shared(source.path(), comm, index);
    auto& mine = record.structure;
    naming(comm, source.path(), [&] {
        for (int const z : mine.species) model.expect_element(z);
    });
    LargeStructure unit{mine.cell, {}, total, record.trajectory};
    unit.atoms.ids.resize(mine.species.size());
    std::iota(unit.atoms.ids.begin(), unit.atoms.ids.end(),
              mpi::block_of(comm.rank(), comm.size(), total).begin);
    unit.atoms.species = std::move(mine.species);
    unit.atoms.positions = std::move(mine.positions);
    return alone ? unit : repeated_blocks(comm, unit, copies);
}

/// A structure of a file repeated, each rank with its block of the atoms by number; at rest.
LargeStructure divided(mpi::Communicator const& comm, Source const& source, long long index,
                       std::array<int, 3> const& copies, AnyModel const& model) {
    if (!model.has_directions()) {  // moments are read with whole structures
        auto const at = position_of(source, index);
        if (auto text = read_large_text(comm, source, at, copies, model)) return std::move(*text);
        if (auto record = read_large_record(comm, source, at, copies, model))
            return std::move(*record);
    }
    auto const record = record_of(comm, source, index, model);
    auto const& unit = record.structure;
    expect_memory(comm, unit.size(), copies);
    long long total = unit.size();
    for (int const n : copies) total *= n;
    return {repeated(unit.cell, copies),
            domain::supercell_atoms(unit, copies, mpi::block_of(comm.rank(), comm.size(), total)),
            total, record.trajectory};
}

}  // namespace

Structure structure_of(mpi::Communicator const& comm, Source const& source, long long index,
                       AnyModel const& model) {
    return record_of(comm, source, index, model).structure;
}

LargeFile::LargeFile(mpi::Communicator const& comm, std::filesystem::path path,
                     std::string const& format)
    : comm_{&comm}, path_{std::move(path)} {
    if (!format.empty() || !is_prediction(comm, path_)) source_.emplace(comm, path_, format);
}

void LargeFile::expect_copies(std::vector<int> const& supercell) const {
    if (!source_ && supercell != std::vector<int>{1, 1, 1})
        throw UsageError(
            fmt::format("{} is taken as it is (its atoms are divided among the ranks): say 1, 1, 1 "
                        "for 'supercell', or repeat the structure that it came from",
                        path_.string()));
}

LargeStructure LargeFile::read(long long index, std::vector<int> const& supercell,
                               AnyModel const& model) const {
    expect_copies(supercell);
    if (!source_) {
        auto whole = read_large(path_, *comm_);
        naming(*comm_, path_, [&] {
            for (int const z : whole.atoms.species) model.expect_element(z);
        });
        return whole;
    }
    std::array<int, 3> copies{};
    std::copy_n(supercell.begin(), 3, copies.begin());
    return divided(*comm_, *source_, index, copies, model);
}

LargeStructure large_start(mpi::Communicator const& comm, std::filesystem::path const& path,
                           long long index, std::vector<int> const& supercell,
                           AnyModel const& model) {
    return LargeFile{comm, path}.read(index, supercell, model);
}

}  // namespace kamacite::apps
