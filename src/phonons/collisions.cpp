#include "kamacite/phonons/collisions.hpp"

#include <cmath>

#include "kamacite/mpi/communicator.hpp"

namespace kamacite::phonons {

Star::Star(SpaceGroup const& group, Mesh const& of, GridModes const& all)
    : mesh_{of},
      modes_{all},
      grid_{grid_indices(of)},
      sizes_(grid_.size(), 0),
      turns_(of.point_of.size(), Mat3::Zero()),
      kept_(grid_.size(), Mat3::Zero()) {
    std::vector<int> counts(kept_.size(), 0);
    Vec3 const n = mesh_.divisions.cast<double>();
    for (auto const& op : group.operations) {
        // x → W x takes q to W⁻ᵀ q; the operations with Wᵀ are the same set, turned by Rᵀ.
        Mat3 const on_grid =
            n.asDiagonal() * op.rotation.transpose().cast<double>() * n.cwiseInverse().asDiagonal();
        Mat3 const whole = on_grid.array().round().matrix();
        if ((on_grid - whole).cwiseAbs().maxCoeff() > 1e-6) continue;
        for (int const sign : {1, -1})
            for (std::size_t p = 0; p < kept_.size(); ++p) {
                int const to = mesh_.grid_index(sign * whole.cast<int>() * mesh_.cell_of(grid_[p]));
                Mat3 const turn = sign * op.cartesian.transpose();
                if (turns_[std::size_t(to)].isZero()) turns_[std::size_t(to)] = turn;
                if (to != grid_[p]) continue;
                kept_[p] += turn;
                ++counts[p];
            }
    }
    for (std::size_t p = 0; p < kept_.size(); ++p) kept_[p] /= counts[p];
    for (int const p : mesh_.point_of) ++sizes_[std::size_t(p)];
}

/// Gives modes of one frequency their mean: which of their eigenvectors is which does not matter.
template <class T>
void Star::level(std::vector<T>& values, T const& zero) const {
    auto const n = branches();
    for (std::size_t p = 0; p < grid_.size(); ++p)
        for (std::size_t first = 0, end = 1; first < n; first = end++) {
            while (end < n &&
                   modes_.frequencies[mode(p, end)] - modes_.frequencies[mode(p, first)] <
                       1e-5 * thz)
                ++end;
            T mean = zero;
            for (auto b = first; b < end; ++b)
                mean += values[p * n + b] / static_cast<double>(end - first);
            for (auto b = first; b < end; ++b) values[p * n + b] = mean;
        }
}

std::vector<Vec3> Star::spread(std::vector<Vec3> const& irreducible) const {
    auto const n = branches();
    std::vector<Vec3> all;
    for (std::size_t g = 0; g < turns_.size(); ++g)
        for (std::size_t b = 0; b < n; ++b)
            all.push_back(turns_[g] * irreducible[std::size_t(mesh_.point_of[g]) * n + b]);
    return all;
}

/// The mean over the group of vectors, three numbers a mode of the grid.
std::vector<Vec3> Star::fold(std::span<double const> vectors) const {
    auto const n = branches();
    std::vector<Vec3> all(n * grid_.size(), Vec3::Zero());
    for (std::size_t g = 0; g < turns_.size(); ++g)
        for (std::size_t b = 0; b < n; ++b) {
            auto const p = std::size_t(mesh_.point_of[g]);
            auto const* v = &vectors[3 * (g * n + b)];
            all[p * n + b] += turns_[g].transpose() * Vec3(v[0], v[1], v[2]) / sizes_[p];
        }
    for (std::size_t m = 0; m < all.size(); ++m) all[m] = Vec3{kept_[m / n] * all[m]};
    level(all, Vec3{Vec3::Zero()});
    return all;
}

std::vector<double> Star::fold_scalars(std::span<double const> scalars) const {
    auto const n = branches();
    std::vector<double> all(n * grid_.size(), 0.0);
    for (std::size_t g = 0; g < turns_.size(); ++g)
        for (std::size_t b = 0; b < n; ++b) {
            auto const p = std::size_t(mesh_.point_of[g]);
            all[p * n + b] += scalars[g * n + b] / sizes_[p];
        }
    level(all, 0.0);
    return all;
}

Collisions::Collisions(mpi::Communicator const& comm, Star const& star,
                       std::vector<int> const& points, std::vector<PointProcesses> const& processes,
                       std::vector<double> const& sines)
    : comm_{comm}, star_{star}, points_{points}, processes_{processes} {
    using Kind = Process::Kind;
    for (std::size_t k = 0; k < points.size(); ++k)
        for (std::size_t b = 0; b < star.branches(); ++b)
            for (auto const& p : processes[k][b]) {
                double const first = sines[star.mode(std::size_t(points[k]), b)];
                double const whole = p.strength * star.size(std::size_t(points[k]));
                if (p.kind == Kind::isotope)
                    weights_.push_back(whole / (2.0 * 4.0 * first * sines[p.second]));
                else
                    weights_.push_back(whole * (p.kind == Kind::decay ? 0.5 : 1.0) /
                                       (3.0 * 8.0 * first * sines[p.second] * sines[p.third]));
            }
}

std::vector<Vec3> Collisions::operator()(std::vector<Vec3> const& phi) const {
    auto const grid = star_.spread(phi);
    std::vector<double> sums(3 * grid.size(), 0.0);
    auto const add = [&](std::size_t mode, Vec3 const& v) {
        for (std::size_t a = 0; a < 3; ++a) sums[3 * mode + a] += v(Eigen::Index(a));
    };
    each([&](std::size_t first, Process const& p, double weight) {
        if (p.kind == Process::Kind::isotope) {
            Vec3 const apart = weight * (grid[first] - grid[p.second]);
            add(first, apart);
            add(p.second, -apart);
            return;
        }
        Vec3 const sum = weight * (grid[first] + grid[p.second] + grid[p.third]);
        add(first, sum);
        add(p.second, sum);
        add(p.third, sum);
    });
    comm_.all_reduce(mpi::Op::sum, std::span{sums});
    return star_.fold(sums);
}

std::vector<double> Collisions::leaving() const {
    std::vector<double> sums(star_.modes().frequencies.size(), 0.0);
    each([&](std::size_t first, Process const& p, double weight) {
        sums[first] += weight;
        sums[p.second] += weight;
        if (p.kind != Process::Kind::isotope) sums[p.third] += weight;
    });
    comm_.all_reduce(mpi::Op::sum, std::span{sums});
    return star_.fold_scalars(sums);
}

}  // namespace kamacite::phonons
