#include "large_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "kamacite/core/error.hpp"
#include "kamacite/core/flat.hpp"
#include "kamacite/domain/by_number.hpp"
#include "kamacite/formats/atom_lines.hpp"
#include "kamacite/formats/conversion.hpp"
#include "kamacite/formats/frame_lines.hpp"
#include "kamacite/formats/text.hpp"
#include "kamacite/io/text_blocks.hpp"

namespace kamacite::apps {
namespace {

constexpr long long piece = 8LL << 20;        // bytes of text that are parsed at a time
constexpr long long small_unit = 64LL << 20;  // bytes of a structure that is repeated from one rank

/// Calls use(text) for bytes [begin, end) of a file, in pieces that end where a line does.
template <class F>
void for_lines(std::filesystem::path const& path, long long begin, long long end, F const& use) {
    std::string left;  // the beginning of a line whose end is in the next piece
    for (; begin < end; begin = std::min(end, begin + piece)) {
        left += formats::read_bytes(path, begin, std::min(end, begin + piece));
        auto const last = left.rfind('\n');
        auto const whole = begin + piece >= end        ? left.size()
                           : last == std::string::npos ? 0
                                                       : last + 1;
        if (whole > 0) use(std::string_view{left}.substr(0, whole));
        left.erase(0, whole);
    }
}

/// Where the lines of each rank's block begin, and the end of the last: each rank counts the lines
/// of its share of the bytes, and the one that passes the beginning of a block tells where it is.
std::vector<long long> block_starts(mpi::Communicator const& comm, formats::AtomLines const& file) {
    auto const share = mpi::block_of(comm.rank(), comm.size(), file.end - file.begin);
    long long const begin = file.begin + share.begin, end = file.begin + share.end;
    long long lines = 0;
    mpi::all_or_none(comm, [&] {
        for (auto at = begin; at < end; at += piece) {
            auto const bytes = formats::read_bytes(file.file, at, std::min(end, at + piece));
            lines += std::ranges::count(bytes, '\n');
        }
    });
    auto line = mpi::exclusive_sum(comm, lines);  // of the first end of a line from here on
    std::vector<long long> starts(static_cast<std::size_t>(comm.size()) + 1, 0);
    int next = 0;
    auto const first_of = [&](int rank) {
        return rank == comm.size() ? file.atoms
                                   : mpi::block_of(rank, comm.size(), file.atoms).begin;
    };
    while (next <= comm.size() && first_of(next) <= line) ++next;
    mpi::all_or_none(comm, [&] {
        for (auto at = begin; at < end && next <= comm.size(); at += piece) {
            auto const bytes = formats::read_bytes(file.file, at, std::min(end, at + piece));
            for (auto n = bytes.find('\n'); n != std::string::npos; n = bytes.find('\n', n + 1)) {
                ++line;
                for (; next <= comm.size() && first_of(next) == line; ++next)
                    starts[static_cast<std::size_t>(next)] = at + static_cast<long long>(n) + 1;
            }
        }
    });
    comm.all_reduce(mpi::Op::max, std::span<long long>{starts});
    for (int r = 0; r <= comm.size(); ++r)
        if (auto& start = starts[static_cast<std::size_t>(r)]; first_of(r) == 0)
            start = file.begin;
        else if (start == 0)  // the last line has no end, or the file is cut off
            start = file.end;
    return starts;
}

/// LAMMPS' data and POSCAR may go on behind the atoms, but not with a line right after them.
void expect_end(formats::AtomLines const& file, long long end) {
    if (!file.ends_with_blank || end >= file.end) return;
    auto const next = formats::read_bytes(file.file, end, std::min(file.end, end + 4096));
    auto const line = std::string_view{next}.substr(0, next.find('\n'));
    if (!formats::trimmed(line.substr(0, line.find('#'))).empty())
        throw DataError(fmt::format(
            "{}: behind the {} atoms that are told of stands '{}': correct their number", file.file,
            file.atoms, formats::trimmed(line).substr(0, 60)));
}

/// The atoms of this rank's block of the lines, as the file numbers them.
formats::AtomPart read_lines(formats::AtomLines const& file, mpi::Range block, long long begin,
                             long long end, AnyModel const& model) {
    formats::AtomPart atoms;
    auto first = block.begin;
    auto const append = [](auto& all, auto const& part) {
        all.insert(all.end(), part.begin(), part.end());
    };
    for_lines(file.file, begin, end, [&](std::string_view text) {
        auto const part = file.parse(text, first);
        for (int const z : part.species)
            if (atoms.species.empty() || z != atoms.species.back()) try {
                    model.expect_element(z);
                } catch (DataError const& e) {
                    throw DataError(file.file + ": " + e.what());
                }
        append(atoms.species, part.species);
        append(atoms.positions, part.positions);
        append(atoms.numbers, part.numbers);
        first += std::ssize(part.species);
    });
    if (first != block.end)
        throw DataError(fmt::format(
            "{} has {} of the {} lines of atoms {} to {}: it was cut off, or written to while it "
            "was read",
            file.file, first - block.begin, block.size(), block.begin + 1, block.end));
    return atoms;
}

/// Atoms in the order of their numbers if these are 1 … `total`, else as they are. Collective.
void put_in_order(mpi::Communicator const& comm, formats::AtomPart& atoms, long long total,
                  std::string const& file) {
    auto const wrong =
        std::ranges::any_of(atoms.numbers, [&](long long n) { return n < 1 || n > total; });
    if (comm.all_reduce(mpi::Op::max, wrong ? 1 : 0) > 0) return;
    std::vector<long long> ids, counts(static_cast<std::size_t>(comm.size()), 0);
    for (auto const n : atoms.numbers) {
        ids.push_back(n - 1);
        ++counts[static_cast<std::size_t>(mpi::owner_of(n - 1, comm.size(), total))];
    }
    comm.all_reduce(mpi::Op::sum, std::span<long long>{counts});
    auto const twice = [&] {
        throw DataError(file + ": two atoms have the same number: number them anew");
    };
    for (int r = 0; r < comm.size(); ++r)
        if (counts[static_cast<std::size_t>(r)] != mpi::block_of(r, comm.size(), total).size())
            twice();
    domain::ByNumber const order{comm, ids, total};
    auto const sorted = order.rows(ids);
    auto const begin = mpi::block_of(comm.rank(), comm.size(), total).begin;
    mpi::all_or_none(comm, [&] {
        for (std::size_t k = 0; k < sorted.size(); ++k)
            if (sorted[k] != begin + static_cast<long long>(k)) twice();
    });
    atoms.species = order.rows(atoms.species);
    atoms.positions = order.rows(std::span<Vec3 const>{atoms.positions});
}

/// The atoms of this rank's block, and the cell.
LargeStructure read_block(mpi::Communicator const& comm, formats::AtomLines const& file,
                          AnyModel const& model) {
    auto const starts = block_starts(comm, file);
    auto const me = static_cast<std::size_t>(comm.rank());
    auto const block = mpi::block_of(comm.rank(), comm.size(), file.atoms);
    formats::AtomPart part;
    mpi::all_or_none(comm, [&] {
        expect_end(file, starts.back());
        part = read_lines(file, block, starts[me], block.size() == 0 ? starts[me] : starts[me + 1],
                          model);
    });
    if (comm.all_reduce(mpi::Op::max, part.numbers.empty() ? 0 : 1) > 0)
        put_in_order(comm, part, file.atoms, file.file);
    domain::Atoms atoms;
    atoms.species = std::move(part.species);
    atoms.positions = std::move(part.positions);
    atoms.ids.resize(atoms.species.size());
    std::iota(atoms.ids.begin(), atoms.ids.end(), block.begin);
    return {file.cell, std::move(atoms), file.atoms};
}

Record block_record(mpi::Communicator const& comm, domain::Domain const& domain,
                    FrameNames const& names, long long total) {
    domain::ByNumber const order{comm, domain.atoms().ids, total};
    return {{domain.cell(), order.rows(domain.atoms().species),
             order.rows(std::span<Vec3 const>{positions_to_write(domain)})},
            {},
            names.name,
            names.family,
            "",
            "",
            ""};
}

}  // namespace

std::optional<LargeStructure> read_large_text(mpi::Communicator const& comm, Source const& source,
                                              long long index, std::array<int, 3> const& copies,
                                              AnyModel const& model) {
    if (!source.format()) return {};
    std::optional<formats::AtomLines> file;
    mpi::all_or_none(
        comm, [&] { file = formats::atom_lines_of(source.index(), *source.format(), index); });
    bool const alone = copies == std::array<int, 3>{1, 1, 1};
    if (!file || (!alone && file->end - file->begin < small_unit)) return {};
    if (file->atoms == 0) return {};  // refused where it is read whole
    if (alone) return read_block(comm, *file, model);
    expect_memory(comm, file->atoms, copies);
    return repeated_blocks(comm, read_block(comm, *file, model), copies);
}

formats::Frame block_frame(mpi::Communicator const& comm, domain::Domain const& domain,
                           FrameNames const& names, long long total) {
    return formats::to_frame(block_record(comm, domain, names, total));
}

formats::Frame block_frame(mpi::Communicator const& comm, domain::Domain const& domain,
                           FrameNames const& names, inference::LargeAnswer const& answer) {
    auto const& mean = answer.mean;
    domain::ByNumber const order{comm, domain.atoms().ids, answer.total.atoms};
    auto record = block_record(comm, domain, names, answer.total.atoms);
    record.labels.energy = answer.total.energy;
    record.labels.forces = order.rows(std::span<Vec3 const>{mean.forces});
    if (domain.cell().is_periodic())
        record.labels.stress = -answer.total.virial / domain.cell().volume();
    auto const any = [&](std::vector<double> const& values) {
        return comm.all_reduce(mpi::Op::max, values.empty() ? 0 : 1) > 0;
    };
    if (any(mean.moments)) record.labels.moments = order.rows(mean.moments);
    auto frame = formats::to_frame(record);
    if (answer.energy_std) frame.set("energy_std", *answer.energy_std);
    auto const column = [&](char const* name, std::vector<double> const& values) {
        if (any(values)) frame.set_column(name, 1, order.rows(values));
    };
    column("force_std", answer.force_std);
    column("extrapolation", mean.extrapolation);
    column("extrapolation_grade", mean.grade);
    return frame;
}

void write_blocks(std::filesystem::path const& path, mpi::Communicator const& comm,
                  formats::Frame const& block, long long total) {
    std::string text;
    mpi::all_or_none(comm, [&] {
        if (comm.is_root()) text = formats::head_text(block, total);
        text += formats::atom_lines(block);
    });
    io::write_text_blocks(path, comm, text);
}

}  // namespace kamacite::apps
