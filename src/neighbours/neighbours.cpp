#include "kamacite/neighbours/neighbours.hpp"

#include <cmath>

#include "kamacite/core/error.hpp"

namespace kamacite {

NeighboursOfAtom Neighbours::of(int i) const {
    auto const begin = static_cast<std::size_t>(first_[static_cast<std::size_t>(i)]);
    auto const count = static_cast<std::size_t>(first_[static_cast<std::size_t>(i) + 1]) - begin;
    auto const part = [&](auto const& values) { return std::span{values}.subspan(begin, count); };
    return {part(atom_), part(x_), part(y_), part(z_), part(distance_)};
}

void Neighbours::reserve(int atoms, long long entries) {
    first_.reserve(static_cast<std::size_t>(atoms) + 1);
    atom_.reserve(static_cast<std::size_t>(entries));
    for (auto* values : {&x_, &y_, &z_, &distance_})
        values->reserve(static_cast<std::size_t>(entries));
}

void Neighbours::add(int atom, Vec3 const& vector) {
    atom_.push_back(atom);
    x_.push_back(vector.x());
    y_.push_back(vector.y());
    z_.push_back(vector.z());
    distance_.push_back(vector.norm());
}

void Neighbours::close_atom() {
    first_.push_back(static_cast<long long>(atom_.size()));
}

void Neighbours::add_atom(std::span<int const> atoms, std::span<double const> x,
                          std::span<double const> y, std::span<double const> z) {
    atom_.insert(atom_.end(), atoms.begin(), atoms.end());
    x_.insert(x_.end(), x.begin(), x.end());
    y_.insert(y_.end(), y.begin(), y.end());
    z_.insert(z_.end(), z.begin(), z.end());
    auto const before = distance_.size();
    distance_.resize(atom_.size());
    double* const d = distance_.data() + before;
    for (std::size_t k = 0; k < atoms.size(); ++k)
        d[k] = std::sqrt(x[k] * x[k] + y[k] * y[k] + z[k] * z[k]);
    close_atom();
}

void Neighbours::append(Neighbours const& other) {
    long long const entries_here = entries();
    int const atoms_here = size();
    for (std::size_t i = 1; i < other.first_.size(); ++i)
        first_.push_back(other.first_[i] + entries_here);
    for (int const atom : other.atom_) atom_.push_back(atom + atoms_here);
    auto const join = [](auto& values, auto const& more) {
        values.insert(values.end(), more.begin(), more.end());
    };
    join(x_, other.x_);
    join(y_, other.y_);
    join(z_, other.z_);
    join(distance_, other.distance_);
}

void Neighbours::move(std::span<Vec3 const> displacements) {
    KAMACITE_EXPECTS(static_cast<int>(displacements.size()) >= size());
    Vec3 const* const d = displacements.data();
    int const* const atom = atom_.data();
    double* const x = x_.data();
    double* const y = y_.data();
    double* const z = z_.data();
    double* const distance = distance_.data();
    for (std::size_t i = 0; i + 1 < first_.size(); ++i) {
        double const mine[3] = {d[i].x(), d[i].y(), d[i].z()};
        auto const begin = static_cast<std::size_t>(first_[i]);
        auto const end = static_cast<std::size_t>(first_[i + 1]);
        for (std::size_t k = begin; k < end; ++k) {
            double const* const other = d[atom[k]].data();
            x[k] += other[0] - mine[0];
            y[k] += other[1] - mine[1];
            z[k] += other[2] - mine[2];
        }
        // apart from the loop above, whose reads are scattered: this one is vectorised
        for (std::size_t k = begin; k < end; ++k)
            distance[k] = std::sqrt(x[k] * x[k] + y[k] * y[k] + z[k] * z[k]);
    }
}

}  // namespace kamacite
