#include "map_file.hpp"

#include <vector>

#include "kamacite/core/flat.hpp"

namespace kamacite::apps {
namespace {

constexpr int format_version = 1;

}  // namespace

void write_map(std::filesystem::path const& output, mpi::Communicator const& comm, Cell const& cell,
               inference::GridMap const& map, inference::LargeAnswer const& answer,
               io::Provenance const& provenance) {
    auto file = io::File::create(output, comm);
    auto const write = [&](std::string const& name, std::vector<double> values,
                           io::About const& about, int width = 1) {
        if (values.empty()) return;
        if (!comm.is_root()) values.clear();
        file.write_rows(name, values, about, width);
    };
    std::vector<int> parts;
    if (comm.is_root()) parts.assign(map.parts.begin(), map.parts.end());
    file.write_rows("parts", parts,
                    {"1", "along a, b, c; part (i, j, k) is row k + n_c (j + n_b i)"});
    write("cell", row_by_row(cell.rows()), {"angstrom", "lattice vectors a, b, c, row by row"}, 9);
    write("energy", {answer.total.energy}, {"eV", "of the whole"});
    write("map/atoms", map.atoms, {"1", "atoms in the part"});
    write("map/energy", map.energy, {"eV", "mean energy of its atoms; NaN without atoms"});
    write("map/force", map.force, {"eV/angstrom", "root mean square force"});
    write("map/stress", row_by_row(map.stress),
          {"eV/angstrom^3", "minus the virials of its atoms over its volume, row by row"}, 9);
    write("map/moment", map.moment, {"mu_B", "mean magnitude of the magnetic moments"});
    write("map/force_std", map.force_std, {"eV/angstrom", "root mean square spread of forces"});
    write("map/extrapolation", map.extrapolation,
          {"1", "largest: how far outside the training set's range"});
    write("map/extrapolation_grade", map.grade, {"1", "largest D-optimality grade"});
    io::write_provenance(file, "map", format_version, provenance);
    file.commit();
}

}  // namespace kamacite::apps
