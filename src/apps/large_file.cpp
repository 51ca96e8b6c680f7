#include "large_file.hpp"

#include <unistd.h>

#include <fmt/format.h>

#include <cmath>
#include <numeric>

#include "kamacite/core/error.hpp"
#include "kamacite/core/flat.hpp"
#include "kamacite/domain/by_number.hpp"
#include "kamacite/structure/repeated.hpp"
#include "kamacite/structure/short_lattice.hpp"
#include "kamacite/structure/structure.hpp"

namespace kamacite::apps {
namespace {

char const* const format = "prediction";
constexpr int format_version = 1;

/// Writes arrays of atoms in the order of their numbers.
class AtomRows {
public:
    AtomRows(io::File& file, domain::ByNumber const& order) : file_{&file}, order_{&order} {}
    void write(std::string const& name, std::span<double const> mine, io::About const& about,
               int width = 1) {
        file_->write_rows("atoms/" + name, order_->rows<double>(mine, width), about, width);
    }

private:
    io::File* file_;
    domain::ByNumber const* order_;
};

void write_whole(io::File& file, Cell const& cell, inference::LargeAnswer const& answer) {
    bool const root = file.comm().is_root();
    auto const on_root = [root](std::vector<double> values) {
        return root ? values : std::vector<double>{};
    };
    file.write_rows("cell", on_root(row_by_row(cell.rows())),
                    {"angstrom", "lattice vectors a, b, c, one after the other"}, 9);
    std::vector<int> periodic;
    if (root) periodic.assign(cell.periodic().begin(), cell.periodic().end());
    file.write_rows("pbc", periodic, {"1", "periodic along a, b, c"}, 3);
    file.write_rows("energy", on_root({answer.total.energy}), {"eV", "of the whole"});
    file.write_rows("virial", on_root(row_by_row(answer.total.virial)),
                    {"eV", "of the whole, W = -dE/d(strain), row by row"}, 9);
    if (cell.is_periodic())
        file.write_rows("stress", on_root(row_by_row(Mat3{-answer.total.virial / cell.volume()})),
                        {"eV/angstrom^3", "Cauchy stress, tension positive, row by row"}, 9);
    if (answer.energy_std)
        file.write_rows("energy_std", on_root({*answer.energy_std}),
                        {"eV", "spread of the committee's energies"});
}

}  // namespace

std::vector<Vec3> positions_to_write(domain::Domain const& domain) {
    auto const& cell = domain.cell();
    auto positions = domain.atoms().positions;
    if (short_lattice(cell).cell.rows() == cell.rows()) return positions;
    for (auto& r : positions) {
        Vec3 f = cell.to_fractional(r);
        for (int k = 0; k < 3; ++k)
            f[k] = cell.periodic()[static_cast<std::size_t>(k)] ? std::floor(f[k]) : 0.0;
        if (f != Vec3::Zero()) r -= cell.to_cartesian(f);
    }
    return positions;
}

void write_large(std::filesystem::path const& output, mpi::Communicator const& comm,
                 domain::Domain const& domain, inference::LargeAnswer const& answer,
                 io::Provenance const& provenance) {
    auto file = io::File::create(output, comm);
    domain::ByNumber const order{comm, domain.atoms().ids, answer.total.atoms};
    file.write_rows("atoms/species", order.rows(domain.atoms().species),
                    {"1", "atomic number, negative: moment down"});
    AtomRows rows{file, order};
    auto const& mean = answer.mean;
    auto const positions = positions_to_write(domain);
    rows.write("position", flat<double>(positions),
               {"angstrom", "Cartesian position, wrapped into the cell"}, 3);
    rows.write("energy", mean.energies, {"eV", "energy of the atom; their sum is the energy"});
    rows.write("force", flat<double>(mean.forces), {"eV/angstrom", "force on the atom"}, 3);
    rows.write("virial", row_by_row(mean.virials),
               {"eV", "virial of the atom, row by row, not symmetric"}, 9);
    auto const write_if_any = [&](char const* name, std::vector<double> const& values,
                                  io::About const& about) {
        int const some = comm.all_reduce(mpi::Op::max, values.empty() ? 0 : 1);
        if (some > 0) rows.write(name, values, about);
    };
    write_if_any("moment", mean.moments, {"mu_B", "magnitude of the magnetic moment"});
    write_if_any("force_std", answer.force_std,
                 {"eV/angstrom", "spread of the committee's forces"});
    write_if_any("extrapolation", mean.extrapolation,
                 {"1", "how far outside the training set's range"});
    write_if_any("extrapolation_grade", mean.grade,
                 {"1", "D-optimality grade of the atom: up to 1 is interpolation"});
    write_whole(file, domain.cell(), answer);
    io::write_provenance(file, format, format_version, provenance);
    file.commit();
}

LargeStructure read_large(std::filesystem::path const& path, mpi::Communicator const& comm) {
    auto const file = io::File::open(path, comm);
    io::expect_format(file, format, format_version);
    auto const rows = file.read_all<double>("cell");
    auto const periodic = file.read_all<int>("pbc");
    auto const positions = file.read_rows<double>("atoms/position");
    domain::Atoms atoms;
    atoms.species = file.read_rows<int>("atoms/species");
    std::optional<Cell> cell;
    auto const total = file.rows("atoms/species");
    mpi::all_or_none(comm, [&] {
        if (rows.size() != 9 || periodic.size() != 3 ||
            positions.size() != 3 * atoms.species.size())
            throw DataError(
                fmt::format("{}: cell or positions have not the shape of one structure: "
                            "make the file again",
                            path.string()));
        Mat3 vectors;
        for (int a = 0; a < 3; ++a)
            for (int b = 0; b < 3; ++b) vectors(a, b) = rows[static_cast<std::size_t>(3 * a + b)];
        cell.emplace(vectors,
                     std::array<bool, 3>{periodic[0] != 0, periodic[1] != 0, periodic[2] != 0});
    });
    auto const begin = mpi::block_of(comm.rank(), comm.size(), total).begin;
    atoms.positions = grouped<Vec3>(positions);
    atoms.ids.resize(atoms.species.size());
    std::iota(atoms.ids.begin(), atoms.ids.end(), begin);
    return {*cell, std::move(atoms), total};
}

void expect_memory(mpi::Communicator const& comm, long long unit,
                   std::array<int, 3> const& copies) {
    auto atoms = static_cast<double>(unit);
    for (int const n : copies) atoms *= n;
    constexpr double least = 64.0;  // bytes of an atom: number, element, position, lists of owners
    double const there = static_cast<double>(::sysconf(_SC_PHYS_PAGES)) *
                         static_cast<double>(::sysconf(_SC_PAGESIZE));
    double const needed = least * atoms / comm.size();
    int const fits = needed < there ? 1 : 0;
    if (comm.all_reduce(mpi::Op::min, fits) == 0)
        throw InputError(
            fmt::format("{:.3g} atoms on {} ranks need {:.3g} GB on each at the very least, more "
                        "than a machine "
                        "here has ({:.3g} GB): repeat the structure less often, or use more ranks",
                        atoms, comm.size(), 1e-9 * needed, 1e-9 * there));
}

LargeStructure repeated_blocks(mpi::Communicator const& comm, LargeStructure const& unit,
                               std::array<int, 3> const& copies) {
    long long total = unit.total;
    for (int const n : copies) total *= n;
    std::vector<long long> ids;
    std::vector<int> species;
    std::vector<Vec3> positions;
    long long copy = 0;
    for (int a = 0; a < copies[0]; ++a)
        for (int b = 0; b < copies[1]; ++b)
            for (int c = 0; c < copies[2]; ++c, ++copy) {
                Vec3 const shift = unit.cell.to_cartesian(Vec3(a, b, c));
                for (std::size_t i = 0; i < unit.atoms.ids.size(); ++i) {
                    ids.push_back(copy * unit.total + unit.atoms.ids[i]);
                    species.push_back(unit.atoms.species[i]);
                    positions.push_back(unit.atoms.positions[i] + shift);
                }
            }
    domain::ByNumber const order{comm, ids, total};
    domain::Atoms atoms;
    atoms.species = order.rows(species);
    atoms.positions = order.rows(std::span<Vec3 const>{positions});
    atoms.ids.resize(atoms.species.size());
    std::iota(atoms.ids.begin(), atoms.ids.end(),
              mpi::block_of(comm.rank(), comm.size(), total).begin);
    return {repeated(unit.cell, copies), std::move(atoms), total, unit.trajectory};
}

}  // namespace kamacite::apps
