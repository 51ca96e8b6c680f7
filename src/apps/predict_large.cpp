#include "predict_large.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "kamacite/core/error.hpp"
#include "kamacite/domain/by_number.hpp"
#include "kamacite/io/hash.hpp"
#include "kamacite/io/provenance.hpp"
#include "kamacite/structure/repeated.hpp"

namespace kamacite::apps {
namespace {

constexpr int prediction_format_version = 1;

/// The single structure of a source, on all ranks. Collective.
Structure unit_of(mpi::Communicator const& comm, Source const& source, AnyModel const& model) {
    if (source.size() != 1)
        throw UsageError(fmt::format(
            "{} has {} structures (--supercell repeats one): give a file of one structure",
            source.path().string(), source.size()));
    auto const records = source.read(comm, {0, 1});
    auto const& unit = records.front().structure;
    mpi::all_or_none(comm, [&] {
        try {
            check(unit);
            for (int const z : unit.species) model.expect_element(z);
        } catch (DataError const& e) {
            throw DataError(source.path().string() + ": " + e.what());
        }
    });
    return unit;
}

/// The numbers of vectors or tensors, one atom after the other; tensors row by row.
template <class T>
std::vector<double> flat(std::vector<T> const& values) {
    std::vector<double> numbers;
    numbers.reserve(values.size() * static_cast<std::size_t>(T::SizeAtCompileTime));
    for (auto const& v : values)
        for (int a = 0; a < v.rows(); ++a)
            for (int b = 0; b < v.cols(); ++b) numbers.push_back(v(a, b));
    return numbers;
}

/// Writes arrays of atoms in the order of their numbers.
class AtomRows {
public:
    AtomRows(io::File& file, domain::ByNumber const& order) : file_{&file}, order_{&order} {}
    void write(std::string const& name, std::vector<double> const& mine, io::About const& about,
               int width = 1) {
        file_->write_rows("atoms/" + name,
                          order_->rows<double>(std::span<double const>{mine}, width), about, width);
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
    file.write_rows("cell", on_root(flat<Mat3>({cell.rows()})),
                    {"angstrom", "lattice vectors a, b, c, one after the other"}, 9);
    std::vector<int> periodic;
    if (root) periodic.assign(cell.periodic().begin(), cell.periodic().end());
    file.write_rows("pbc", periodic, {"1", "periodic along a, b, c"}, 3);
    file.write_rows("energy", on_root({answer.total.energy}), {"eV", "of the whole"});
    file.write_rows("virial", on_root(flat<Mat3>({answer.total.virial})),
                    {"eV", "of the whole, W = -dE/d(strain), row by row"}, 9);
    if (cell.is_periodic())
        file.write_rows("stress", on_root(flat<Mat3>({Mat3{-answer.total.virial / cell.volume()}})),
                        {"eV/angstrom^3", "Cauchy stress, tension positive, row by row"}, 9);
    if (answer.energy_std)
        file.write_rows("energy_std", on_root({*answer.energy_std}),
                        {"eV", "spread of the committee's energies"});
}

}  // namespace

std::array<int, 3> repeats_of(std::string const& text) {
    constexpr int most = 100000;
    std::array<int, 3> n{};
    std::size_t k = 0;
    char const* at = text.data();
    char const* const end = at + text.size();
    for (; k < 3; ++k) {
        auto const [next, failure] = std::from_chars(at, end, n[k]);
        bool const last = k == 2;
        if (failure != std::errc{} || n[k] < 1 || n[k] > most ||
            (last ? next != end : next == end || *next != ','))
            break;
        at = next + 1;
    }
    if (k < 3)
        throw UsageError(
            fmt::format("--supercell {}: copies along a, b and c are three whole "
                        "numbers from 1 to {}, as in 20,20,20",
                        text, most));
    return n;
}

inference::LargeAnswer predict_large(Context& context, AnyModel const& model, Source const& source,
                                     std::array<int, 3> const& repeats,
                                     std::filesystem::path const& output) {
    auto const& comm = context.comm;
    if (output.extension() != ".h5")
        throw UsageError(
            fmt::format("{}: predictions of a supercell go to parallel HDF5: name a .h5 file",
                        output.string()));
    if (!model.abilities().energy)
        throw UsageError("the model has no energies: --supercell needs a model that predicts them");
    auto const unit = unit_of(comm, source, model);
    long long total = unit.size();
    for (int const n : repeats) total *= n;
    auto const cell = repeated(unit.cell, repeats);
    domain::Domain const domain{
        comm,
        cell,
        domain::supercell_atoms(unit, repeats, mpi::block_of(comm.rank(), comm.size(), total)),
        model.cutoff(),
        0.0,
        domain::Lists::as_needed};
    Calibration const factors =
        model.trained() != nullptr ? model.trained()->committee.calibration() : Calibration{};
    auto const answer = inference::answer_of(comm, domain, model.members(), factors);

    auto file = io::File::create(output, comm);
    domain::ByNumber const order{comm, domain.atoms().ids, total};
    file.write_rows("atoms/species",
                    order.rows<int>(std::span<int const>{domain.atoms().species}, 1),
                    {"1", "atomic number"});
    AtomRows rows{file, order};
    auto const& mean = answer.mean;
    rows.write("position", flat(domain.atoms().positions),
               {"angstrom", "Cartesian position, wrapped into the cell"}, 3);
    rows.write("energy", mean.energies, {"eV", "energy of the atom; their sum is the energy"});
    rows.write("force", flat(mean.forces), {"eV/angstrom", "force on the atom"}, 3);
    rows.write("virial", flat(mean.virials),
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
    write_whole(file, cell, answer);
    io::Provenance provenance{"predict", context.command_line, model.parents(), 0};
    provenance.parents.push_back(io::parent(source.path(), comm));
    io::write_provenance(file, "prediction", prediction_format_version, provenance);
    file.commit();
    if (comm.is_root())
        fmt::print("energy {:.10g} eV, {:.6f} eV/atom\n", answer.total.energy,
                   answer.total.energy / static_cast<double>(total));
    return answer;
}

}  // namespace kamacite::apps
