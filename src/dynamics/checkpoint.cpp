#include "kamacite/dynamics/checkpoint.hpp"

#include <algorithm>
#include <sstream>

#include "kamacite/core/error.hpp"
#include "kamacite/core/flat.hpp"
#include "kamacite/domain/by_number.hpp"

namespace kamacite::dynamics {
namespace {

constexpr int format_version = 1;

std::string names_of(std::map<std::string, std::vector<double>> const& values) {
    std::string names;
    for (auto const& [name, unused] : values) names += name + " ";
    return names;
}

}  // namespace

Checkpoint checkpoint_of(mpi::Communicator const& comm, Trajectory const& trajectory,
                         long long atoms) {
    auto const& domain = trajectory.domain();
    auto const& mine = domain.atoms();
    domain::ByNumber const order{comm, mine.ids, atoms};
    Checkpoint c;
    c.step = trajectory.step();
    c.cell = domain.cell().rows();
    c.periodic = domain.cell().periodic();
    auto const block = mpi::block_of(comm.rank(), comm.size(), atoms);
    for (auto id = block.begin; id < block.end; ++id) c.atoms.ids.push_back(id);
    c.atoms.species = order.rows(mine.species);
    c.atoms.positions = order.rows(mine.positions);
    c.atoms.velocities = order.rows(mine.velocities);
    c.atoms.images = order.rows(mine.images);
    c.atoms.marks = order.rows(mine.marks);
    c.state = trajectory.state();
    return c;
}

void write_checkpoint(io::Generations const& where, Checkpoint const& c) {
    where.write(c.serial, "md", [&](io::File& file) {
        auto const on_root = [&](std::vector<double> const& values) {
            return file.comm().is_root() ? values : std::vector<double>{};
        };
        file.set_attribute("/", "step", c.step);
        file.write_rows("cell", on_root({c.cell.data(), c.cell.data() + 9}),
                        {"angstrom", "lattice vectors as they lie in memory"});
        file.write_rows("periodic", on_root({c.periodic.begin(), c.periodic.end()}),
                        {"1", "whether a, b, c repeat"});
        file.write_rows("state", on_root(c.state), {"1", "thermostats and barostats"});
        file.write_rows("atoms/species", c.atoms.species,
                        {"1", "atomic number, negative: moment down"});
        file.write_rows("atoms/marks", c.atoms.marks, {"1", "1: held"});
        file.write_rows("atoms/position", flat<double>(c.atoms.positions),
                        {"angstrom", "Cartesian position"}, 3);
        file.write_rows("atoms/velocity", flat<double>(c.atoms.velocities),
                        {"angstrom/fs", "velocity"}, 3);
        file.write_rows("atoms/images", flat<int>(c.atoms.images),
                        {"1", "how often taken back along the vectors of the cell"}, 3);
        for (auto const& [name, values] : c.numbers)
            file.write_rows("numbers/" + name, on_root(values), {"1", "of an observer"});
        for (auto const& [name, values] : c.vectors)
            file.write_rows("vectors/" + name, values, {"1", "of an observer, per atom"}, 3);
        file.set_attribute("/", "numbers", names_of(c.numbers));
        file.set_attribute("/", "vectors", names_of(c.vectors));
    });
}

std::optional<Checkpoint> read_checkpoint(io::Generations const& where, Logger const& log) {
    Checkpoint c;
    auto const read = [&](io::File const& file) {
        c = {};
        c.step = file.integer("/", "step");
        c.serial = file.integer("/", "serial");
        auto const cell = file.read_all<double>("cell");
        auto const periodic = file.read_all<double>("periodic");
        if (cell.size() != 9 || periodic.size() != 3)
            throw DataError(file.path().string() + ": the cell is not complete");
        std::copy_n(cell.begin(), 9, c.cell.data());
        for (std::size_t k = 0; k < 3; ++k) c.periodic[k] = periodic[k] != 0.0;
        c.state = file.read_all<double>("state");
        c.atoms.species = file.read_rows<int>("atoms/species");
        c.atoms.marks = file.read_rows<int>("atoms/marks");
        c.atoms.positions = grouped<Vec3>(file.read_rows<double>("atoms/position"));
        c.atoms.velocities = grouped<Vec3>(file.read_rows<double>("atoms/velocity"));
        c.atoms.images = grouped<std::array<int, 3>>(file.read_rows<int>("atoms/images"));
        auto const& comm = file.comm();
        auto const block = mpi::block_of(comm.rank(), comm.size(), file.rows("atoms/species"));
        for (auto id = block.begin; id < block.end; ++id) c.atoms.ids.push_back(id);
        std::istringstream numbers{file.text("/", "numbers")}, vectors{file.text("/", "vectors")};
        for (std::string name; numbers >> name;)
            c.numbers[name] = file.read_all<double>("numbers/" + name);
        for (std::string name; vectors >> name;)
            c.vectors[name] = file.read_rows<double>("vectors/" + name);
    };
    if (!where.read_latest(read, log)) return {};
    return c;
}

io::Generations checkpoints_in(std::filesystem::path const& directory,
                               mpi::Communicator const& comm, std::string const& fingerprint) {
    return {directory, comm, fingerprint, "dynamics checkpoint", format_version};
}

}  // namespace kamacite::dynamics
