#include "kamacite/kim/particles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "kamacite/core/error.hpp"
#include "kamacite/model/mean.hpp"

namespace kamacite::kim {
namespace {

constexpr std::size_t particles_at_once = 4096;
constexpr double one_point = 1e-6;  // [Å], as find_neighbours() has it

/// Particles that contribute, and behind them the others that are near them.
struct Part {
    Structure structure{Cell{Mat3::Identity(), {false, false, false}}, {}, {}};
    Neighbours neighbours;
    std::vector<int> original;  ///< of each atom, among all particles
};

/// \param place  of each particle in the part, −1 for none; is left as it was
Part part_of(Particles const& particles, std::span<int const> listed, double cutoff,
             ListOf const& list_of, std::vector<int>& place) {
    Part part;
    auto const add = [&](int i) {
        auto const k = static_cast<std::size_t>(i);
        place[k] = static_cast<int>(part.original.size());
        part.original.push_back(i);
        part.structure.species.push_back(particles.species[k]);
        part.structure.positions.push_back(particles.positions[k]);
    };
    for (int const i : listed) add(i);
    for (int const i : listed) {
        Vec3 const& r = particles.positions[static_cast<std::size_t>(i)];
        for (int const j : list_of(i)) {
            auto const k = static_cast<std::size_t>(j);
            Vec3 const vector = particles.positions[k] - r;
            double const squared = vector.squaredNorm();
            if (squared >= cutoff * cutoff) continue;
            if (squared < one_point * one_point)
                throw DataError(fmt::format(
                    "particles {} and {} sit on the same point ({:.6g}, {:.6g}, {:.6g}) Å: remove "
                    "one of them, or correct the cell",
                    i, j, r.x(), r.y(), r.z()));
            if (place[k] < 0) add(j);
            part.neighbours.add(place[k], vector);
        }
        part.neighbours.close_atom();
    }
    for (int const i : part.original) place[static_cast<std::size_t>(i)] = -1;
    return part;
}

Prediction mean_of(std::span<Potential const* const> members, Part const& part) {
    auto mean = members.front()->predict(part.structure, part.neighbours);
    for (auto const* const member : members.subspan(1))
        add(mean, member->predict(part.structure, part.neighbours));
    if (members.size() > 1) divide(mean, static_cast<double>(members.size()));
    return mean;
}

void expect_finite(Prediction const& p, Part const& part) {
    for (std::size_t i = 0; i < p.forces.size(); ++i)
        if (!p.forces[i].allFinite() || (i < p.energies.size() && !std::isfinite(p.energies[i])))
            throw NumericalError(
                fmt::format("the prediction for particle {} is not finite: the model is broken, or "
                            "atoms are so close that its networks overflow",
                            part.original[i]));
}

}  // namespace

Prediction predict(std::span<Potential const* const> members, Particles const& particles,
                   ListOf const& list_of) {
    KAMACITE_EXPECTS(!members.empty());
    auto const n = particles.positions.size();
    KAMACITE_EXPECTS(particles.species.size() == n && particles.contributing.size() == n);
    double cutoff = 0.0;
    for (auto const* const member : members) cutoff = std::max(cutoff, member->cutoff());
    std::vector<int> contributing;
    for (std::size_t i = 0; i < n; ++i)
        if (particles.contributing[i] != 0) contributing.push_back(static_cast<int>(i));

    Prediction all;
    all.energies.assign(n, 0.0);
    all.forces.assign(n, Vec3::Zero());
    all.virials.assign(n, Mat3::Zero());
    std::vector<int> place(n, -1);
    for (std::size_t begin = 0; begin < contributing.size(); begin += particles_at_once) {
        auto const listed = std::span{contributing}.subspan(
            begin, std::min(particles_at_once, contributing.size() - begin));
        auto const part = part_of(particles, listed, cutoff, list_of, place);
        auto const p = mean_of(members, part);
        expect_finite(p, part);
        for (std::size_t i = 0; i < p.energies.size(); ++i)
            all.energies[static_cast<std::size_t>(part.original[i])] = p.energies[i];
        for (std::size_t i = 0; i < p.forces.size(); ++i) {
            auto const to = static_cast<std::size_t>(part.original[i]);
            all.forces[to] += p.forces[i];
            all.virials[to] += p.virials[i];
        }
    }
    return all;
}

}  // namespace kamacite::kim
