// The layout of docs/reference/files.md: columns to a file and back.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "columns.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/mpi/partition.hpp"

namespace kamacite::dataset {
namespace {

/// The different texts of all ranks, sorted. Collective.
std::vector<std::string> distinct(mpi::Communicator const& comm,
                                  std::set<std::string> const& mine) {
    std::string joined;
    for (auto const& text : mine) joined += text + '\0';
    std::set<std::string> all;
    for (auto const& part : comm.all_gather(joined))
        for (std::size_t begin = 0; begin < part.size();) {
            auto const end = part.find('\0', begin);
            all.insert(part.substr(begin, end - begin));
            begin = end + 1;
        }
    return {all.begin(), all.end()};
}

/// Writes texts that repeat: a table of the different ones, and for each record which it is.
void write_table_column(io::File& file, std::string const& name,
                        std::vector<std::string> const& mine, std::string const& description) {
    auto const table = distinct(file.comm(), {mine.begin(), mine.end()});
    std::vector<int> ids;
    for (auto const& text : mine)
        ids.push_back(
            static_cast<int>(std::lower_bound(table.begin(), table.end(), text) - table.begin()));
    std::span<std::string const> const all{table};
    file.write_texts("tables/" + name, file.comm().is_root() ? all : all.first(0), description);
    file.write_rows("structures/" + name + "_id", ids, {"1", "row of /tables/" + name});
}

/// Does any record of any rank have label number `which`? Collective.
bool anybody_has(mpi::Communicator const& comm, Columns const& mine, std::size_t which) {
    int found = 0;
    for (std::size_t i = which; i < mine.has.size(); i += 4) found |= mine.has[i];
    return comm.all_reduce(mpi::Op::max, found) != 0;
}

void write_atoms(io::File& file, Columns const& mine) {
    auto const& comm = file.comm();
    file.write_rows("atoms/species", mine.species, {"1", "atomic number"});
    file.write_rows("atoms/position", mine.position, {"angstrom", "Cartesian position"}, 3);
    if (anybody_has(comm, mine, 1))
        file.write_rows("atoms/force", mine.force,
                        {"eV/angstrom", "force on the atom; NaN where the record has none"}, 3);
    if (anybody_has(comm, mine, 3))
        file.write_rows("atoms/moment", mine.moment,
                        {"muB", "signed local magnetic moment; NaN where the record has none"});
}

void write_properties(io::File& file, Columns const& mine) {
    std::set<std::string> names;
    for (auto const& [name, column] : mine.properties) names.insert(name);
    constexpr double absent = std::numeric_limits<double>::quiet_NaN();
    for (auto const& name : distinct(file.comm(), names)) {
        auto const found = mine.properties.find(name);
        file.write_rows("properties/" + name,
                        found != mine.properties.end()
                            ? found->second
                            : std::vector<double>(mine.atoms.size(), absent),
                        {property_unit(name), "property of the structure; NaN where unknown"});
    }
}

[[noreturn]] void refuse_shape(io::Reader const& reader, std::string const& name, long long rows,
                               int width) {
    throw DataError(fmt::format(
        "{}: '{}' has {} rows of {} (must be {} rows of {}): the file was changed after it was "
        "written; make it again",
        reader.path().string(), name, reader.rows(name), reader.columns(name), rows, width));
}

/// Refuses an array of another shape than (rows, width).
void expect_shape(io::Reader const& reader, std::string const& name, long long rows, int width) {
    if (reader.rows(name) != rows || reader.columns(name) != width)
        refuse_shape(reader, name, rows, width);
}

/// Refuses offsets of atoms that go back, or beyond the atoms that there are.
void check_offsets(io::Reader const& reader, std::vector<long long> const& offset,
                   long long atoms) {
    for (std::size_t i = 0; i < offset.size(); ++i)
        if (offset[i] < 0 || offset[i] > atoms || (i > 0 && offset[i] < offset[i - 1]))
            throw DataError(fmt::format(
                "{}: 'structures/atom_offset' holds {} after {} (must not go back, and not beyond "
                "the {} atoms): the file was changed after it was written; make it again",
                reader.path().string(), offset[i], i > 0 ? offset[i - 1] : 0, atoms));
}

template <class Number>
void broadcast_vector(mpi::Communicator const& comm, std::vector<Number>& values) {
    std::vector<long long> length{std::ssize(values)};
    comm.broadcast(length);
    values.resize(static_cast<std::size_t>(length[0]));
    comm.broadcast(  // as bytes: MPI need not know every type
        std::span{reinterpret_cast<char*>(values.data()), values.size() * sizeof(Number)});
}

void broadcast_texts(mpi::Communicator const& comm, std::vector<std::string>& texts) {
    std::vector<long long> lengths;
    std::vector<char> letters;
    for (auto const& text : texts) {
        lengths.push_back(std::ssize(text));
        letters.insert(letters.end(), text.begin(), text.end());
    }
    broadcast_vector(comm, lengths);
    broadcast_vector(comm, letters);
    texts.clear();
    auto next = letters.begin();
    for (auto const length : lengths) {
        texts.emplace_back(next, next + length);
        next += length;
    }
}

}  // namespace

void write_columns(io::File& file, Columns const& mine) {
    std::vector<long long> offset;
    if (file.comm().is_root()) offset.push_back(0);
    long long atoms = 0;
    for (long long const n : mine.atoms) atoms += n;
    long long end = mpi::exclusive_sum(file.comm(), atoms);
    for (long long const n : mine.atoms) offset.push_back(end += n);

    file.write_rows("structures/atom_offset", offset,
                    {"1", "structure i has atoms atom_offset[i] to atom_offset[i+1]"});
    file.write_rows("structures/cell", mine.cell,
                    {"angstrom", "lattice vectors a, b, c one after the other"}, 9);
    file.write_rows("structures/pbc", mine.periodic, {"1", "periodic along a, b, c"}, 3);
    file.write_rows("structures/has", mine.has,
                    {"1", "is there an energy, forces, a stress, moments (1) or not (0)"}, 4);
    if (anybody_has(file.comm(), mine, 0))
        file.write_rows("structures/energy", mine.energy,
                        {"eV", "energy of the cell, consistent with the forces; NaN if unknown"});
    if (anybody_has(file.comm(), mine, 2))
        file.write_rows(
            "structures/stress", mine.stress,
            {"eV/angstrom^3", "Cauchy stress xx xy xz yx ... zz, tension positive; NaN if unknown"},
            9);
    file.write_rows("structures/fingerprint", mine.fingerprint,
                    {"1", "hash of geometry and labels rounded to 1e-6: names the record"});
    write_table_column(file, "family", mine.family, "names of the families");
    write_table_column(file, "trajectory", mine.trajectory, "names of the trajectories");
    write_table_column(file, "level", mine.level, "levels of theory of the labels");
    file.write_pool("structures/name", mine.name, "name of each structure");
    file.write_pool("structures/source", mine.source, "where each structure comes from");
    file.write_pool("structures/recipe", mine.recipe, "JSON: how each structure was generated");
    write_atoms(file, mine);
    write_properties(file, mine);
}

std::vector<std::string> read_table_column(io::Reader const& reader, std::string const& name,
                                           mpi::Range rows) {
    if (!reader.has("structures/" + name + "_id"))
        return std::vector<std::string>(static_cast<std::size_t>(rows.size()));
    expect_shape(reader, "structures/" + name + "_id", reader.integer("/", "records"), 1);
    auto const ids = reader.read<int>("structures/" + name + "_id", rows);
    if (ids.empty()) return {};
    auto const table = reader.read_texts("tables/" + name, {0, reader.rows("tables/" + name)});
    std::vector<std::string> texts;
    for (int const id : ids) {
        if (id < 0 || id >= std::ssize(table))
            throw DataError(
                fmt::format("{}: row {} of 'tables/{}' is wanted (it has {}): the file is "
                            "damaged; make it again",
                            reader.path().string(), id, name, table.size()));
        texts.push_back(table[static_cast<std::size_t>(id)]);
    }
    return texts;
}

std::vector<long long> read_offsets(io::Reader const& reader, mpi::Range rows) {
    expect_shape(reader, "structures/atom_offset", reader.integer("/", "records") + 1, 1);
    auto offset = reader.read<long long>("structures/atom_offset", {rows.begin, rows.end + 1});
    check_offsets(reader, offset, reader.integer("/", "atoms"));
    return offset;
}

Columns read_columns(io::Reader const& reader, mpi::Range rows) {
    if (rows.size() == 0) return {};
    auto const offset = read_offsets(reader, rows);
    return read_columns(reader, rows, offset, {offset.front(), offset.back()});
}

Columns read_columns(io::Reader const& reader, mpi::Range rows,
                     std::vector<long long> const& offset, mpi::Range atoms) {
    Columns c;
    auto const records = reader.integer("/", "records");
    auto const all_atoms = reader.integer("/", "atoms");
    auto const n = static_cast<std::size_t>(rows.size());
    auto const n_atoms = static_cast<std::size_t>(atoms.size());
    constexpr double absent = std::numeric_limits<double>::quiet_NaN();
    auto const of_structures = [&]<class T>(std::vector<T>& out, std::string const& name,
                                            int width) {
        expect_shape(reader, name, records, width);
        out = reader.read<T>(name, rows);
    };
    auto const of_atoms = [&]<class T>(std::vector<T>& out, std::string const& name, int width) {
        expect_shape(reader, name, all_atoms, width);
        out = reader.read<T>(name, atoms);
    };
    auto const texts = [&](std::vector<std::string>& out, std::string const& name) {
        if (reader.rows(name) != records) refuse_shape(reader, name, records, 1);
        out = reader.read_texts(name, rows);
    };
    for (std::size_t i = 0; i < n; ++i)
        c.atoms.push_back(
            std::max(0LL, std::min(offset[i + 1], atoms.end) - std::max(offset[i], atoms.begin)));
    of_structures(c.cell, "structures/cell", 9);
    of_structures(c.periodic, "structures/pbc", 3);
    of_structures(c.has, "structures/has", 4);
    c.energy.assign(n, absent);
    c.stress.assign(9 * n, absent);
    if (reader.has("structures/energy")) of_structures(c.energy, "structures/energy", 1);
    if (reader.has("structures/stress")) of_structures(c.stress, "structures/stress", 9);
    of_structures(c.fingerprint, "structures/fingerprint", 1);
    c.family = read_table_column(reader, "family", rows);
    c.trajectory = read_table_column(reader, "trajectory", rows);
    c.level = read_table_column(reader, "level", rows);
    texts(c.name, "structures/name");
    texts(c.source, "structures/source");
    texts(c.recipe, "structures/recipe");
    of_atoms(c.species, "atoms/species", 1);
    of_atoms(c.position, "atoms/position", 3);
    c.force.assign(3 * n_atoms, absent);
    c.moment.assign(n_atoms, absent);
    if (reader.has("atoms/force")) of_atoms(c.force, "atoms/force", 3);
    if (reader.has("atoms/moment")) of_atoms(c.moment, "atoms/moment", 1);
    for (auto const& name : reader.names("properties"))
        of_structures(c.properties[name], "properties/" + name, 1);
    return c;
}

void broadcast(mpi::Communicator const& comm, Columns& c) {
    broadcast_vector(comm, c.atoms);
    for (auto* column : {&c.cell, &c.energy, &c.stress, &c.position, &c.force, &c.moment})
        broadcast_vector(comm, *column);
    for (auto* column : {&c.periodic, &c.has, &c.species}) broadcast_vector(comm, *column);
    broadcast_vector(comm, c.fingerprint);
    for (auto* column : {&c.name, &c.family, &c.trajectory, &c.source, &c.recipe, &c.level})
        broadcast_texts(comm, *column);
    std::vector<std::string> names;
    for (auto const& [name, column] : c.properties) names.push_back(name);
    broadcast_texts(comm, names);
    for (auto const& name : names) broadcast_vector(comm, c.properties[name]);
}

}  // namespace kamacite::dataset
