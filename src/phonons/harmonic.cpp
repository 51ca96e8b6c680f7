#include "kamacite/phonons/harmonic.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "kamacite/core/element.hpp"

namespace kamacite::phonons {
namespace {

constexpr double turn = 2.0 * std::numbers::pi;

/// The vectors of modes first … last − 1, which have one frequency, mixed so that a small step
/// along `direction` splits them.
void split(ComplexMatrix& vectors, int first, int last,
           std::array<ComplexMatrix, 3> const& gradient, Vec3 const& direction) {
    auto block = vectors.middleCols(first, last - first);
    ComplexMatrix const along =
        direction(0) * gradient[0] + direction(1) * gradient[1] + direction(2) * gradient[2];
    Eigen::SelfAdjointEigenSolver<ComplexMatrix> const solved{block.adjoint() * along * block};
    block = ComplexMatrix{block * solved.eigenvectors()};
}

}  // namespace

std::vector<Vec3> nearest_images(Supercell const& supercell, int i, int j) {
    auto const& unit = supercell.unit();
    auto const& cell = supercell.structure().cell;
    Vec3 const r = supercell.structure().positions[std::size_t(j)] - unit.positions[std::size_t(i)];
    Vec3 x = cell.to_fractional(r);
    x -= Vec3{x.array().round()};
    double reach = 0.0;  // nothing nearer than this is missed
    for (int k = 0; k < 3; ++k) reach += 0.5 * cell.rows().row(k).norm();
    Vec3i most;
    for (int k = 0; k < 3; ++k)
        most(k) = static_cast<int>(std::floor(reach / cell.height(k) + 0.5));
    std::vector<Vec3> near;
    double least = reach + 1.0;
    for (int a = -most(0); a <= most(0); ++a)
        for (int b = -most(1); b <= most(1); ++b)
            for (int c = -most(2); c <= most(2); ++c) {
                Vec3 const v = cell.to_cartesian(x + Vec3(a, b, c));
                if (v.norm() > least + 1e-5) continue;
                if (v.norm() < least - 1e-5) {
                    near.clear();
                    least = v.norm();
                }
                near.push_back(unit.cell.to_fractional(v));
            }
    return near;
}

Harmonic::Harmonic(ForceConstants constants) : constants_{std::move(constants)} {
    auto const& supercell = constants_.supercell;
    for (int i = 0; i < unit().size(); ++i)
        for (int j = 0; j < supercell.size(); ++j) {
            int const k = supercell.unit_atom(j);
            auto const near = nearest_images(supercell, i, j);
            double const mass = std::sqrt(mass_of(unit().species[std::size_t(i)]) *
                                          mass_of(unit().species[std::size_t(k)]));
            for (auto const& apart : near)
                terms_.push_back(
                    {i, k, apart,
                     constants_.block(i, j) / (mass * static_cast<double>(near.size()))});
        }
}

ComplexMatrix Harmonic::dynamical_matrix(Vec3 const& q) const {
    ComplexMatrix d = ComplexMatrix::Zero(branches(), branches());
    for (auto const& t : terms_)
        d.block<3, 3>(3 * t.i, 3 * t.j) += std::polar(1.0, turn * q.dot(t.apart)) * t.block;
    return 0.5 * (d + d.adjoint());
}

std::array<ComplexMatrix, 3> Harmonic::gradient(Vec3 const& q) const {
    std::array<ComplexMatrix, 3> g;
    g.fill(ComplexMatrix::Zero(branches(), branches()));
    for (auto const& t : terms_) {
        auto const factor = std::complex{0.0, 1.0} * std::polar(1.0, turn * q.dot(t.apart));
        Vec3 const r = unit().cell.to_cartesian(t.apart);
        for (int a = 0; a < 3; ++a)
            g[std::size_t(a)].block<3, 3>(3 * t.i, 3 * t.j) += factor * r(a) * t.block;
    }
    for (auto& part : g) part = ComplexMatrix{0.5 * (part + part.adjoint())};
    return g;
}

Modes Harmonic::modes(Vec3 const& q) const {
    Eigen::SelfAdjointEigenSolver<ComplexMatrix> const solved{dynamical_matrix(q)};
    Modes modes{{}, solved.eigenvectors()};
    for (double const square : solved.eigenvalues())
        modes.frequencies.push_back(square < 0.0 ? -std::sqrt(-square) : std::sqrt(square));
    return modes;
}

std::vector<Vec3> Harmonic::velocities(Vec3 const& q, Modes const& modes) const {
    auto const slopes = gradient(q);
    auto vectors = modes.vectors;
    Vec3 const direction = Vec3(1.0, std::numbers::sqrt2, std::numbers::sqrt3).normalized();
    int const n = branches();
    for (int first = 0; first < n;) {
        int last = first + 1;
        while (last < n &&
               modes.frequencies[std::size_t(last)] - modes.frequencies[std::size_t(first)] <
                   1e-5 * thz)
            ++last;
        if (last - first > 1) split(vectors, first, last, slopes, direction);
        first = last;
    }
    std::vector<Vec3> found(std::size_t(n), Vec3::Zero());
    for (int m = 0; m < n; ++m) {
        double const omega = modes.frequencies[std::size_t(m)];
        if (std::abs(omega) < 1e-3 * thz) continue;
        for (int a = 0; a < 3; ++a)
            found[std::size_t(m)](a) =
                vectors.col(m).dot(slopes[std::size_t(a)] * vectors.col(m)).real() / (2.0 * omega);
    }
    return found;
}

}  // namespace kamacite::phonons
