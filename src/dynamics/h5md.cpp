#include "kamacite/dynamics/h5md.hpp"

#include <algorithm>

#include "kamacite/core/element.hpp"
#include "kamacite/core/flat.hpp"
#include "kamacite/domain/by_number.hpp"

namespace kamacite::dynamics {
namespace {

constexpr int format_version = 1;
std::string const all{"particles/all"};

void append(auto& to, auto const& from) {
    to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

Frames::Frames(mpi::Communicator const& comm, long long atoms, FrameContents contents)
    : comm_{&comm}, atoms_{atoms}, contents_{contents} {}

void Frames::add(Trajectory const& trajectory) {
    auto const& domain = trajectory.domain();
    auto const& atoms = domain.atoms();
    domain::ByNumber const order{*comm_, atoms.ids, atoms_};
    auto const add_vectors = [&](std::vector<double>& to, std::vector<Vec3> const& values) {
        append(to, order.rows<double>(flat<double>(values), 3));
    };
    add_vectors(positions_, atoms.positions);
    append(images_, order.rows<int>(flat<int>(atoms.images), 3));
    if (contents_.velocities) add_vectors(velocities_, atoms.velocities);
    auto const& now = trajectory.prediction();
    if (contents_.forces) add_vectors(forces_, now.forces);
    if (contents_.moments) append(moments_, order.rows(now.moments));
    species_ = order.rows(atoms.species);
    for (int& z : species_) z = element_of(z);  // as other programs expect
    boundary_.clear();
    for (bool const periodic : domain.cell().periodic())
        boundary_.emplace_back(periodic ? "periodic" : "none");
    if (comm_->is_root()) append(edges_, row_by_row(domain.cell().rows()));
    steps_.push_back(trajectory.step());
    times_.push_back(trajectory.time());
}

double Frames::bytes() const {
    auto const doubles = positions_.size() + velocities_.size() + forces_.size() + moments_.size();
    return comm_->all_reduce(mpi::Op::max, 8.0 * static_cast<double>(doubles) +
                                               4.0 * static_cast<double>(images_.size()));
}

void Frames::write_times(io::File& file, std::string const& name) const {
    bool const root = comm_->is_root();
    file.write_rows(name + "/step", root ? steps_ : std::vector<long long>{},
                    {"", "number of the step"});
    file.write_rows(name + "/time", root ? times_ : std::vector<double>{},
                    {"fs", "time since step 0"});
}

void Frames::write_element(io::File& file, std::string const& name,
                           std::vector<double> const& values, io::About const& about,
                           int columns) const {
    file.write_frames(all + "/" + name + "/value", std::span<double const>{values}, size(), about,
                      columns);
    write_times(file, all + "/" + name);
}

void Frames::write(std::filesystem::path const& path, io::Provenance const& provenance) {
    if (steps_.empty()) return;
    auto file = io::File::create(path, *comm_);
    file.make_group("h5md/author");
    file.make_group("h5md/creator");
    file.set_attribute("/h5md", "version", std::vector<int>{1, 1});
    file.set_attribute("/h5md/author", "name", "unknown");
    file.set_attribute("/h5md/creator", "name", "kamacite");
    file.set_attribute("/h5md/creator", "version", io::program_version());
    write_element(file, "position", positions_,
                  {"Angstrom",
                   "Cartesian position; the path of the atom leads to position + image "
                   "times the edges of the box"},
                  3);
    file.write_frames(all + "/image/value", std::span<int const>{images_}, size(),
                      {"", "how often the atom was taken back along each edge"}, 3);
    write_times(file, all + "/image");
    if (contents_.velocities)
        write_element(file, "velocity", velocities_, {"Angstrom fs-1", "velocity"}, 3);
    if (contents_.forces)
        write_element(file, "force", forces_,
                      {"eV Angstrom-1", "force; zero on atoms that are held"}, 3);
    if (contents_.moments)
        write_element(file, "moment", moments_, {"mu_B", "magnitude of the magnetic moment"}, 1);
    file.write_rows(all + "/species", species_, {"", "atomic number"});
    file.write_frames(all + "/box/edges/value", std::span<double const>{edges_}, size(),
                      {"Angstrom", "vectors a, b, c of the box, one a row"}, 3);
    write_times(file, all + "/box/edges");
    file.set_attribute("/" + all + "/box", "dimension", 3);
    file.set_attribute("/" + all + "/box", "boundary", boundary_);
    io::write_provenance(file, "trajectory", format_version, provenance);
    file.commit();
    for (auto* values : {&times_, &edges_, &positions_, &velocities_, &forces_, &moments_})
        values->clear();
    steps_.clear();
    images_.clear();
}

}  // namespace kamacite::dynamics
