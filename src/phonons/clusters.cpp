#include "kamacite/phonons/clusters.hpp"

#include <algorithm>
#include <map>

#include "kamacite/core/error.hpp"
#include "kamacite/phonons/directions.hpp"
#include "kamacite/phonons/third_order.hpp"

namespace kamacite::phonons {
namespace {

using Atoms = std::vector<int>;
using Eigen::MatrixXd;

int components(int order) {
    return order == 2 ? 9 : 27;
}

/// R ⊗ R, or R ⊗ R ⊗ R: what a rotation does to the components of a tensor.
MatrixXd on_tensor(Mat3 const& r, int order) {
    MatrixXd product = r;
    for (int n = 1; n < order; ++n) {
        MatrixXd larger{3 * product.rows(), 3 * product.cols()};
        for (Eigen::Index a = 0; a < product.rows(); ++a)
            for (Eigen::Index b = 0; b < product.cols(); ++b)
                larger.block<3, 3>(3 * a, 3 * b) = product(a, b) * r;
        product = std::move(larger);
    }
    return product;
}

/// Which component of a tensor becomes component c if its atoms are put in another order.
int source_of(int c, Atoms const& order) {
    int const n = static_cast<int>(order.size());
    Atoms axes(order.size());
    for (int m = n - 1, rest = c; m >= 0; --m, rest /= 3)
        axes[std::size_t(order[std::size_t(m)])] = rest % 3;
    int source = 0;
    for (int const axis : axes) source = 3 * source + axis;
    return source;
}

/// The cluster with its atoms in another order, shifted so that the first is in the home cell.
Atoms ordered(Supercell const& s, Atoms const& atoms, Atoms const& order) {
    auto const unit = [&](int m) { return m == 0 ? atoms[0] : s.unit_atom(atoms[std::size_t(m)]); };
    auto const cell = [&](int m) -> Vec3i {
        return m == 0 ? Vec3i::Zero() : Vec3i{s.cell(atoms[std::size_t(m)])};
    };
    Atoms all{unit(order[0])};
    for (std::size_t m = 1; m < order.size(); ++m)
        all.push_back(s.index(unit(order[m]), cell(order[m]) - cell(order[0])));
    return all;
}

Atoms image_of(Supercell const& s, Operation const& op, Atoms const& atoms) {
    Atoms all{op.atom[std::size_t(atoms[0])]};
    for (std::size_t m = 1; m < atoms.size(); ++m)
        all.push_back(image_of(s, op, atoms[0], atoms[m]));
    return all;
}

/// All clusters within the cutoff.
std::vector<Atoms> clusters_within(Supercell const& s, int order, double cutoff) {
    int const units = s.unit().size();
    std::vector<std::vector<bool>> near(std::size_t(units),
                                        std::vector<bool>(std::size_t(s.size())));
    for (int i = 0; i < units; ++i)
        for (int j = 0; j < s.size(); ++j)
            near[std::size_t(i)][std::size_t(j)] =
                are_within(s, s.index(i, Vec3i::Zero()), j, cutoff);
    std::vector<Atoms> all;
    for (int i = 0; i < units; ++i)
        for (int j = 0; j < s.size(); ++j) {
            if (!near[std::size_t(i)][std::size_t(j)]) continue;
            if (order == 2) {
                all.push_back({i, j});
                continue;
            }
            for (int k = 0; k < s.size(); ++k) {
                int const apart = s.index(s.unit_atom(k), s.cell(k) - s.cell(j));
                if (near[std::size_t(i)][std::size_t(k)] &&
                    near[std::size_t(s.unit_atom(j))][std::size_t(apart)])
                    all.push_back({i, j, k});
            }
        }
    return all;
}

/// What becomes of a cluster, and of its tensor.
struct Image {
    Atoms atoms;
    MatrixXd turn;
};

/// The tensors that a set of operations, a group, leaves as they are: an orthonormal basis.
MatrixXd invariant(MatrixXd const& mean) {
    Eigen::SelfAdjointEigenSolver<MatrixXd> const solved{0.5 * (mean + mean.transpose())};
    Eigen::Index count = 0;  // the mean over a group is a projection: eigenvalues are 0 or 1
    for (double const e : solved.eigenvalues()) count += e > 0.5 ? 1 : 0;
    return solved.eigenvectors().rightCols(count);
}

/// All images of one cluster under a group of operations and exchanges.
std::vector<Image> images_of(Supercell const& s, std::vector<Operation> const& operations,
                             std::vector<MatrixXd> const& turns, Atoms const& atoms) {
    std::vector<Image> all;
    Atoms order(atoms.size());
    for (std::size_t m = 0; m < order.size(); ++m) order[m] = static_cast<int>(m);
    do {
        std::vector<int> source;
        for (int c = 0; c < components(static_cast<int>(atoms.size())); ++c)
            source.push_back(source_of(c, order));
        for (std::size_t n = 0; n < operations.size(); ++n)
            all.push_back({ordered(s, image_of(s, operations[n], atoms), order),
                           turns[n](source, Eigen::all)});
    } while (std::next_permutation(order.begin(), order.end()));
    return all;
}

/// What the sum rule leaves: rows of the rule are sums over the last atom of clusters that agree in
/// the others.
MatrixXd null_space(std::vector<Cluster> const& clusters, int parameters) {
    if (parameters == 0) return {0, 0};
    MatrixXd squares = MatrixXd::Zero(parameters, parameters);
    for (auto begin = clusters.begin(); begin != clusters.end();) {
        MatrixXd sum = MatrixXd::Zero(begin->map.rows(), parameters);
        auto end = begin;
        for (; end != clusters.end() &&
               std::equal(end->atoms.begin(), end->atoms.end() - 1, begin->atoms.begin());
             ++end)
            sum.middleCols(end->first, end->map.cols()) += end->map;
        squares += sum.transpose() * sum;
        begin = end;
    }
    Eigen::SelfAdjointEigenSolver<MatrixXd> const solved{squares};
    double const most = solved.eigenvalues()(parameters - 1);
    Eigen::Index count = 0;
    while (count < parameters && solved.eigenvalues()(count) < 1e-9 * most) ++count;
    return solved.eigenvectors().leftCols(count);
}

}  // namespace

ClusterBasis make_basis(Supercell const& supercell, std::vector<Operation> const& operations,
                        int order, double cutoff) {
    KAMACITE_EXPECTS(order == 2 || order == 3);
    if (order == 3) require_third_order_fits(supercell, cutoff);
    std::vector<MatrixXd> turns;
    for (auto const& op : operations) turns.push_back(on_tensor(op.cartesian, order));
    ClusterBasis basis;
    std::map<Atoms, Cluster> all;
    int parameters = 0;
    auto const within = clusters_within(supercell, order, cutoff);
    for (auto const& atoms : within) {
        if (all.contains(atoms)) continue;
        auto const images = images_of(supercell, operations, turns, atoms);
        MatrixXd mean = MatrixXd::Zero(components(order), components(order));
        double keep = 0.0;
        for (auto const& image : images)
            if (image.atoms == atoms) {
                mean += image.turn;
                keep += 1.0;
            }
        MatrixXd const kept = invariant(mean / keep);
        for (auto const& image : images)
            if (!all.contains(image.atoms))
                all.emplace(image.atoms, Cluster{image.atoms, parameters, image.turn * kept});
        parameters += static_cast<int>(kept.cols());
        ++basis.orbits;
    }
    KAMACITE_ENSURES(all.size() == within.size());
    for (auto& [atoms, cluster] : all) basis.clusters.push_back(std::move(cluster));
    basis.free = null_space(basis.clusters, parameters);
    return basis;
}

}  // namespace kamacite::phonons
