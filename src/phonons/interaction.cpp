#include "kamacite/phonons/interaction.hpp"

#include <cmath>
#include <map>
#include <numbers>

#include "kamacite/core/element.hpp"

namespace kamacite::phonons {
namespace {

using Complex = std::complex<double>;

Complex phase(double turns) {
    return std::polar(1.0, 2.0 * std::numbers::pi * turns);
}

}  // namespace

Interaction::Interaction(Harmonic const& crystal, ThirdOrder const& third)
    : branches_{crystal.branches()} {
    auto const& s = third.supercell;
    auto const& unit = crystal.unit();
    for (auto const& r : unit.positions) places_.push_back(unit.cell.to_fractional(r));
    auto const mass = [&](int atom) { return mass_of(unit.species[std::size_t(atom)]); };
    std::map<std::array<int, 2>, std::size_t> at;
    for (auto const& t : third.triples) {
        auto const [found, is_new] = at.try_emplace({t.i, t.k}, thirds_.size());
        if (is_new)
            thirds_.push_back({t.i, s.unit_atom(t.k), nearest_images(s, t.i, t.k).front(), {}});
        int const j = s.unit_atom(t.j), k = s.unit_atom(t.k);
        thirds_[found->second].seconds.push_back(
            {j, nearest_images(s, t.i, t.j).front(),
             t.constants / std::sqrt(mass(t.i) * mass(j) * mass(k))});
    }
}

Interaction::Contracted Interaction::with_second(Vec3 const& q,
                                                 ComplexMatrix const& vectors) const {
    Contracted sums(std::size_t(vectors.cols()),
                    std::vector<Eigen::Matrix3cd>(thirds_.size(), Eigen::Matrix3cd::Zero()));
    std::map<int, Eigen::Matrix<Complex, 27, 1>> by_atom;
    for (std::size_t n = 0; n < thirds_.size(); ++n) {
        by_atom.clear();
        for (auto const& second : thirds_[n].seconds)
            by_atom.try_emplace(second.j, Eigen::Matrix<Complex, 27, 1>::Zero()).first->second +=
                phase(q.dot(second.apart)) * second.constants;
        for (auto const& [j, sum] : by_atom)
            for (Eigen::Index b = 0; b < vectors.cols(); ++b)
                for (int x = 0; x < 3; ++x)
                    for (int y = 0; y < 3; ++y)
                        for (int z = 0; z < 3; ++z)
                            sums[std::size_t(b)][n](x, z) +=
                                sum(9 * x + 3 * y + z) * vectors(3 * j + y, b);
    }
    return sums;
}

std::vector<Complex> Interaction::phases(Vec3 const& q1, Vec3 const& q2, Vec3 const& q3) const {
    std::vector<Complex> all;
    for (auto const& t : thirds_)
        all.push_back(phase(q3.dot(t.apart) + (q1 + q2 + q3).dot(places_[std::size_t(t.i)])));
    return all;
}

ComplexMatrix Interaction::between(std::vector<Eigen::Matrix3cd> const& contracted,
                                   std::span<Complex const> phases) const {
    ComplexMatrix sum = ComplexMatrix::Zero(branches_, branches_);
    for (std::size_t t = 0; t < thirds_.size(); ++t)
        sum.block<3, 3>(3 * thirds_[t].i, 3 * thirds_[t].k) += phases[t] * contracted[t];
    return sum;
}

std::vector<double> grueneisen_parameters(Harmonic const& crystal, ThirdOrder const& third,
                                          Vec3 const& q) {
    auto const& s = third.supercell;
    auto const& unit = crystal.unit();
    auto const mass = [&](int atom) { return mass_of(unit.species[std::size_t(atom)]); };
    ComplexMatrix slope = ComplexMatrix::Zero(crystal.branches(), crystal.branches());
    for (auto const& t : third.triples) {
        int const j = s.unit_atom(t.j);
        Vec3 const r = unit.cell.to_cartesian(nearest_images(s, t.i, t.k).front()) +
                       unit.positions[std::size_t(t.i)];
        Mat3 block;
        for (int a = 0; a < 3; ++a)
            for (int b = 0; b < 3; ++b) block(a, b) = t.constants.segment<3>(9 * a + 3 * b).dot(r);
        slope.block<3, 3>(3 * t.i, 3 * j) += phase(q.dot(nearest_images(s, t.i, t.j).front())) /
                                             std::sqrt(mass(t.i) * mass(j)) * block;
    }
    auto const modes = crystal.modes(q);
    std::vector<double> all;
    for (Eigen::Index b = 0; b < modes.vectors.cols(); ++b) {
        double const w = modes.frequencies[std::size_t(b)];
        all.push_back(w < 1e-3 * thz
                          ? 0.0
                          : -modes.vectors.col(b).dot(slope * modes.vectors.col(b)).real() /
                                (6.0 * w * w));
    }
    return all;
}

}  // namespace kamacite::phonons
