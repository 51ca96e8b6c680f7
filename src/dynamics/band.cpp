#include "kamacite/dynamics/band.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/core/flat.hpp"
#include "kamacite/dynamics/fire.hpp"
#include "kamacite/structure/short_lattice.hpp"

namespace kamacite::dynamics {
namespace {

using Numbers = std::vector<double>;

double dot(std::span<double const> a, std::span<double const> b) {
    double sum = 0.0;
    for (std::size_t k = 0; k < a.size(); ++k) sum += a[k] * b[k];
    return sum;
}

Numbers difference(Numbers const& a, Numbers const& b) {
    Numbers d(a.size());
    for (std::size_t k = 0; k < a.size(); ++k) d[k] = a[k] - b[k];
    return d;
}

double longest(std::span<double const> vectors) {
    double square = 0.0;
    for (std::size_t k = 0; k < vectors.size(); k += 3)
        square = std::max(square, dot(vectors.subspan(k, 3), vectors.subspan(k, 3)));
    return std::sqrt(square);
}

/// The images of a band, every rank with its block of all of them; groups evaluate them in turn.
class Band {
public:
    Band(mpi::Communicator const& comm, Groups const& groups, std::vector<Numbers> start,
         MakeImage const& make, BandOptions const& options)
        : comm_{&comm}, groups_{&groups}, options_{options}, images_(start.size()) {
        path_.positions = std::move(start);
        path_.energies.assign(count(), 0.0);
        forces_.assign(count(), Numbers(path_.positions.front().size(), 0.0));
        stays_.assign(path_.positions.front().size(), 0);
        // The ranks of a group fail together, so that what is collective in a group may be in here.
        mpi::all_or_none(comm, [&] {
            for (auto m : mine()) {
                images_[m] = make(path_.positions[m]);
                take(m);
                if (auto const& fixed = images_[m]->freedom().fixed; !fixed.empty())
                    for (std::size_t k = 0; k < stays_.size(); ++k) stays_[k] = fixed[k / 3];
            }
        });
        groups.across.all_reduce(mpi::Op::max, std::span{stays_});
        at_ = path_.positions;
        share();
        path_.steps = 1;
    }

    [[nodiscard]] Path& path() { return path_; }

    /// Forces of the band on the images between the ends.
    std::vector<Numbers> band_forces() {
        std::vector<Numbers> result(count(), Numbers(stays_.size(), 0.0));
        std::vector<Numbers> tangents(count());
        // of each image: τ·τ, F·τ, and the square of the way to the next
        std::vector<double> sums(3 * count(), 0.0);
        for (std::size_t m = 0; m + 1 < count(); ++m) {
            auto const ahead = difference(path_.positions[m + 1], path_.positions[m]);
            sums[3 * m + 2] = dot(ahead, ahead);
            if (m == 0) continue;
            auto const behind = difference(path_.positions[m], path_.positions[m - 1]);
            tangents[m] = improved_tangent(
                ahead, behind, std::span<double const, 3>{path_.energies.data() + m - 1, 3});
            sums[3 * m] = dot(tangents[m], tangents[m]);
            sums[3 * m + 1] = dot(forces_[m], tangents[m]);
        }
        agree(sums);
        path_.way.assign(1, 0.0);
        for (std::size_t m = 0; m + 1 < count(); ++m)
            path_.way.push_back(path_.way.back() + std::sqrt(sums[3 * m + 2]));
        path_.highest =
            static_cast<int>(std::ranges::max_element(path_.energies) - path_.energies.begin());
        double largest = 0.0;
        for (std::size_t m = 1; m + 1 < count(); ++m) {
            if (!(sums[3 * m] > 0.0))
                throw NumericalError(
                    fmt::format("image {} of the path has the atoms where its neighbours have them "
                                "(there is no direction): are both ends the same?",
                                m));
            double const norm = std::sqrt(sums[3 * m]), along = sums[3 * m + 1] / norm;
            double const springs = options_.spring * ((path_.way[m + 1] - path_.way[m]) -
                                                      (path_.way[m] - path_.way[m - 1]));
            bool const climbs = climbing_ && static_cast<int>(m) == path_.highest;
            double const push = ((climbs ? -2.0 * along : springs - along)) / norm;
            for (std::size_t k = 0; k < stays_.size(); ++k)
                result[m][k] = stays_[k] != 0 ? 0.0 : forces_[m][k] + push * tangents[m][k];
            largest = std::max(largest, longest(result[m]));
        }
        path_.largest_force = comm_->all_reduce(mpi::Op::max, largest);
        return result;
    }

    [[nodiscard]] bool is_at_rest() const {
        return path_.largest_force <= options_.force_tolerance &&
               (climbing_ || !options_.climb || path_.highest == 0 ||
                path_.highest + 1 == static_cast<int>(count()));
    }
    /// The highest image begins to climb once the band has found its valley.
    /// \returns whether it has begun now, so that forces are others
    bool let_climb() {
        constexpr double calm = 0.2;  // [eV/Å]
        if (!options_.climb || climbing_) return false;
        climbing_ = path_.largest_force <= std::max(calm, options_.force_tolerance);
        return climbing_;
    }

    void evaluate() {
        ++path_.steps;
        mpi::all_or_none(*comm_, [&] {
            for (auto m : mine()) {
                auto& s = *images_[m];
                auto const way = difference(path_.positions[m], at_[m]);
                auto const here = s.order().of_atoms<double>(std::span<double const>{way}, 3);
                std::vector<Vec3> displacements;
                for (std::size_t k = 0; k < here.size(); k += 3)
                    displacements.emplace_back(here[k], here[k + 1], here[k + 2]);
                s.move(displacements, Mat3::Zero());
                take(m);
            }
        });
        at_ = path_.positions;
        share();
    }

    /// Sums over the ranks of a group, the same to the bit on all ranks of all groups.
    void agree(std::span<double> sums) const {
        mpi::sum_alike(groups_->within, sums);
        groups_->across.broadcast(sums, 0);
    }

    [[nodiscard]] std::size_t count() const { return path_.positions.size(); }

private:
    /// The images that this rank's group evaluates; ends do not move and are evaluated once.
    [[nodiscard]] std::vector<std::size_t> mine() const {
        std::vector<std::size_t> which;
        for (std::size_t m = path_.steps == 0 ? 0 : 1; m < count() - (path_.steps == 0 ? 0 : 1);
             ++m)
            if (static_cast<int>(m) % groups_->count == groups_->mine) which.push_back(m);
        return which;
    }
    void take(std::size_t m) {
        auto const& s = *images_[m];
        forces_[m] = s.order().rows<double>(flat<double>(s.forces()), 3);
        path_.energies[m] = s.standing().energy;
    }
    /// What each group has found of its images, to all.
    void share() {
        for (std::size_t m = path_.steps == 0 ? 0 : 1; m < count() - (path_.steps == 0 ? 0 : 1);
             ++m) {
            int const owner = static_cast<int>(m) % groups_->count;
            groups_->across.broadcast(std::span<double>{forces_[m]}, owner);
            groups_->across.broadcast(std::span<double>{&path_.energies[m], 1}, owner);
        }
    }

    mpi::Communicator const* comm_;
    Groups const* groups_;
    BandOptions options_;
    Path path_;
    std::vector<std::unique_ptr<FreeStructure>> images_;  // of this rank's group; others are empty
    std::vector<Numbers> at_, forces_;
    std::vector<int> stays_;  // of each coordinate
    bool climbing_ = false;
};

}  // namespace

Groups groups_of(mpi::Communicator const& comm, int most) {
    KAMACITE_EXPECTS(most > 0);
    int count = 1;
    for (int n = 1; n <= std::min(most, comm.size()); ++n)
        if (comm.size() % n == 0) count = n;
    int const size = comm.size() / count;
    return {count, comm.rank() / size, comm.split(comm.rank() / size, comm.rank()),
            comm.split(comm.rank() % size, comm.rank())};
}

std::vector<std::vector<double>> straight_path(Cell const& cell, std::span<double const> from,
                                               std::span<double const> to, int images) {
    KAMACITE_EXPECTS(from.size() == to.size() && images > 0);
    auto const lattice = short_lattice(cell);
    std::vector<Numbers> path(static_cast<std::size_t>(images) + 2,
                              Numbers(from.begin(), from.end()));
    for (std::size_t k = 0; k < from.size(); k += 3) {
        Vec3 const r{from[k], from[k + 1], from[k + 2]}, end{to[k], to[k + 1], to[k + 2]};
        Vec3 const way = lattice.nearest(end - r);
        for (std::size_t m = 0; m < path.size(); ++m) {
            double const part = static_cast<double>(m) / (images + 1.0);
            for (std::size_t a = 0; a < 3; ++a) path[m][k + a] += part * way[static_cast<int>(a)];
        }
    }
    return path;
}

std::vector<double> improved_tangent(std::span<double const> ahead, std::span<double const> behind,
                                     std::span<double const, 3> energies) {
    double const before = energies[0], here = energies[1], after = energies[2];
    double a = 1.0, b = 0.0;  // weights of the ways ahead and behind
    if (after < here && here < before) {
        a = 0.0;
        b = 1.0;
    } else if (!(after > here && here > before)) {
        double const up = std::abs(after - here), down = std::abs(before - here);
        a = after > before ? std::max(up, down) : std::min(up, down);
        b = after > before ? std::min(up, down) : std::max(up, down);
        if (a + b == 0.0) a = b = 1.0;  // a flat path: the mean of both
    }
    Numbers tangent(ahead.size());
    for (std::size_t k = 0; k < ahead.size(); ++k) tangent[k] = a * ahead[k] + b * behind[k];
    return tangent;
}

Path relax_band(mpi::Communicator const& comm, Groups const& groups,
                std::vector<std::vector<double>> start, MakeImage const& image,
                BandOptions const& options, AfterBandStep const& after_step) {
    KAMACITE_EXPECTS(start.size() >= 3);
    Band band{comm, groups, std::move(start), image, options};
    auto& path = band.path();
    std::vector<Numbers> velocities(band.count(), Numbers(path.positions.front().size(), 0.0));
    Fire fire;
    while (true) {
        auto forces = band.band_forces();
        if (band.let_climb()) forces = band.band_forces();
        bool const stop = after_step(path);
        path.end = band.is_at_rest() ? End::at_rest : stop ? End::stopped : End::out_of_evaluations;
        if (path.end != End::out_of_evaluations || path.steps >= options.most_steps)
            return std::move(path);
        std::array<double, 3> sums{};
        for (std::size_t m = 1; m + 1 < band.count(); ++m) {
            sums[0] += dot(forces[m], velocities[m]);
            sums[1] += dot(velocities[m], velocities[m]);
            sums[2] += dot(forces[m], forces[m]);
        }
        band.agree(sums);
        auto const [keep, push, dt] = fire.next(sums[0], sums[1], sums[2]);
        double fastest = 0.0;
        for (std::size_t m = 1; m + 1 < band.count(); ++m) {
            for (std::size_t k = 0; k < velocities[m].size(); ++k)
                velocities[m][k] = keep * velocities[m][k] + push * forces[m][k];
            fastest = std::max(fastest, longest(velocities[m]));
        }
        double const step = dt * comm.all_reduce(mpi::Op::max, fastest);
        double const scale = step > options.longest_step ? options.longest_step / step : 1.0;
        for (std::size_t m = 1; m + 1 < band.count(); ++m)
            for (std::size_t k = 0; k < velocities[m].size(); ++k)
                path.positions[m][k] += scale * dt * velocities[m][k];
        band.evaluate();
    }
}

}  // namespace kamacite::dynamics
