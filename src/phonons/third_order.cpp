#include "kamacite/phonons/third_order.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "kamacite/core/error.hpp"
#include "kamacite/phonons/directions.hpp"

namespace kamacite::phonons {
namespace {

using Key = std::array<int, 3>;

/// Operations that leave atom i of the home cell and its displacement as they are.
std::vector<Operation> keeping(std::vector<Operation> const& operations, Displacement const& d) {
    std::vector<Operation> kept;
    for (auto const& op : operations)
        if (op.atom[std::size_t(d.atom)] == d.atom &&
            (op.cartesian * d.vector - d.vector).norm() < 1e-6 * d.vector.norm())
            kept.push_back(op);
    return kept;
}

/// Rotations of those operations that leave atom j too.
std::vector<Mat3> rotations_at(Supercell const& supercell, std::vector<Operation> const& kept,
                               int fixed, int j) {
    std::vector<Mat3> rotations;
    for (auto const& op : kept)
        if (image_of(supercell, op, fixed, j) == j) rotations.push_back(op.cartesian);
    return rotations;
}

std::vector<int> atoms_near(Supercell const& supercell, int i, double cutoff) {
    std::vector<int> near;
    for (int j = 0; j < supercell.size(); ++j)
        if (are_within(supercell, i, j, cutoff)) near.push_back(j);
    return near;
}

double shortest_vector(Cell const& cell) {
    double least = 1e300;
    for (int a = -2; a <= 2; ++a)
        for (int b = -2; b <= 2; ++b)
            for (int c = -2; c <= 2; ++c)
                if (a != 0 || b != 0 || c != 0)
                    least = std::min(least, cell.to_cartesian(Vec3(a, b, c)).norm());
    return least;
}

/// G_jk of the crystal in which displacement n is made: force constants between atoms j near i and
/// all k, 3 × 3 each, at (j, k).
using Rows = std::map<int, std::vector<Mat3>>;

Rows rows_of(ThirdOrderPlan const& plan, std::size_t n, std::span<ForceResult const> forces) {
    auto const& supercell = plan.supercell;
    auto const& first = plan.first[n];
    auto const kept = keeping(plan.operations, first);
    auto const size = static_cast<std::size_t>(supercell.size());
    std::map<int, Mat3> squares;
    Rows rows;
    for (std::size_t p = 0; p < plan.pairs.size(); ++p) {
        auto const& pair = plan.pairs[p];
        if (pair.first != n) continue;
        for (auto const& op : kept) {
            int const j = image_of(supercell, op, first.atom, pair.second);
            auto& row = rows.try_emplace(j, size, Mat3::Zero()).first->second;
            auto& square = squares.try_emplace(j, Mat3::Zero()).first->second;
            Vec3 const v = op.cartesian * pair.vector;
            square += v * v.transpose();
            for (std::size_t k = 0; k < size; ++k)
                row[std::size_t(image_of(supercell, op, first.atom, static_cast<int>(k)))] -=
                    v * (op.cartesian * forces[p].forces[k]).transpose();
        }
    }
    for (auto& [j, row] : rows) {
        Mat3 const inverse = squares.at(j).inverse();
        for (auto& block : row) block = inverse * block;
    }
    return rows;
}

/// A tensor turned: Φ′_αβγ = R_αa R_βb R_γc Φ_abc.
Tensor3 turned(Tensor3 const& t, Mat3 const& r) {
    Tensor3 once = Tensor3::Zero(), twice = Tensor3::Zero(), thrice = Tensor3::Zero();
    for (int a = 0; a < 3; ++a)
        for (int b = 0; b < 3; ++b)
            for (int c = 0; c < 3; ++c)
                for (int x = 0; x < 3; ++x)
                    once(9 * a + 3 * b + c) += r(a, x) * t(9 * x + 3 * b + c);
    for (int a = 0; a < 3; ++a)
        for (int b = 0; b < 3; ++b)
            for (int c = 0; c < 3; ++c)
                for (int x = 0; x < 3; ++x)
                    twice(9 * a + 3 * b + c) += r(b, x) * once(9 * a + 3 * x + c);
    for (int a = 0; a < 3; ++a)
        for (int b = 0; b < 3; ++b)
            for (int c = 0; c < 3; ++c)
                for (int x = 0; x < 3; ++x)
                    thrice(9 * a + 3 * b + c) += r(c, x) * twice(9 * a + 3 * b + x);
    return thrice;
}

/// Φ_ijk of one atom of the unit cell, for j and k near it and each other.
std::map<Key, Tensor3> triples_of(ThirdOrderPlan const& plan, int i, std::vector<int> const& near,
                                  std::span<ForceResult const> forces) {
    auto const& supercell = plan.supercell;
    std::map<Key, Tensor3> sums;
    for (int const j : near)
        for (int const k : near)
            if (are_within(supercell, j, k, plan.cutoff))
                sums.emplace(Key{i, j, k}, Tensor3::Zero());
    Mat3 squares = Mat3::Zero();
    for (std::size_t n = 0; n < plan.first.size(); ++n) {
        if (plan.first[n].atom != i) continue;
        auto const rows = rows_of(plan, n, forces);
        for (auto const& op : plan.operations) {
            if (op.atom[std::size_t(i)] != i) continue;
            Vec3 const u = op.cartesian * plan.first[n].vector;
            squares += u * u.transpose();
            for (int const j : near)
                for (int const k : near) {
                    auto const at = sums.find(
                        {i, image_of(supercell, op, i, j), image_of(supercell, op, i, k)});
                    if (at == sums.end()) continue;
                    Mat3 const g =
                        op.cartesian * rows.at(j)[std::size_t(k)] * op.cartesian.transpose();
                    for (int a = 0; a < 3; ++a)
                        for (int b = 0; b < 3; ++b)
                            for (int c = 0; c < 3; ++c)
                                at->second(9 * a + 3 * b + c) += u(a) * g(b, c);
                }
        }
    }
    Mat3 const inverse = squares.inverse();
    for (auto& [key, t] : sums) {
        Eigen::Map<Eigen::Matrix<double, 3, 9, Eigen::RowMajor>> rows{t.data()};
        rows = inverse * Eigen::Matrix<double, 3, 9>{rows};
    }
    return sums;
}

/// The triple with its atoms in another order, shifted so that the first is in the home cell.
Key ordered(Supercell const& s, Key const& t, std::array<int, 3> const& order) {
    std::array<int, 3> const units{t[0], s.unit_atom(t[1]), s.unit_atom(t[2])};
    std::array<Vec3i, 3> const cells{Vec3i::Zero(), s.cell(t[1]), s.cell(t[2])};
    auto const at = [&](int n) { return std::size_t(order[std::size_t(n)]); };
    return {units[at(0)], s.index(units[at(1)], cells[at(1)] - cells[at(0)]),
            s.index(units[at(2)], cells[at(2)] - cells[at(0)])};
}

/// Index into a tensor whose components are in another order.
int component(std::array<int, 3> const& abc, std::array<int, 3> const& order) {
    return 9 * abc[std::size_t(order[0])] + 3 * abc[std::size_t(order[1])] +
           abc[std::size_t(order[2])];
}

constexpr std::array<std::array<int, 3>, 6> orders{
    {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}};

/// Imposes the six permutations; \returns the largest change.
double permute(Supercell const& s, std::map<Key, Tensor3>& all) {
    auto const before = all;
    double most = 0.0;
    for (auto& [key, t] : all) {
        std::array<Tensor3 const*, 6> others{};
        for (std::size_t n = 0; n < 6; ++n) others[n] = &before.at(ordered(s, key, orders[n]));
        for (int a = 0; a < 3; ++a)
            for (int b = 0; b < 3; ++b)
                for (int c = 0; c < 3; ++c) {
                    double mean = 0.0;
                    for (std::size_t n = 0; n < 6; ++n)
                        mean += (*others[n])(component({a, b, c}, orders[n])) / 6.0;
                    double& mine = t(9 * a + 3 * b + c);
                    most = std::max(most, std::abs(mean - mine));
                    mine = mean;
                }
    }
    return most;
}

/// Σ_k Φ_ijk for all i, j; \returns its largest element. With `mend`, it is taken out evenly.
enum class Mend { no, yes };
double sum_rule(std::map<Key, Tensor3>& all, Mend mend) {
    double most = 0.0;
    for (auto begin = all.begin(); begin != all.end();) {
        auto end = begin;
        Tensor3 sum = Tensor3::Zero();
        int count = 0;
        for (; end != all.end() && end->first[0] == begin->first[0] &&
               end->first[1] == begin->first[1];
             ++end, ++count)
            sum += end->second;
        most = std::max(most, sum.cwiseAbs().maxCoeff());
        if (mend == Mend::yes)
            for (auto t = begin; t != end; ++t) t->second -= sum / count;
        begin = end;
    }
    return most;
}

}  // namespace

double shortest_distance(Supercell const& supercell, int i, int j) {
    Vec3i const from = supercell.cell(i);
    int const moved = supercell.index(supercell.unit_atom(j), supercell.cell(j) - from);
    return supercell.unit()
        .cell.to_cartesian(nearest_images(supercell, supercell.unit_atom(i), moved).front())
        .norm();
}

bool are_within(Supercell const& supercell, int i, int j, double cutoff) {
    constexpr double rounding = 1e-5;  // Å, as of atoms that operations bring together
    return shortest_distance(supercell, i, j) <= cutoff + rounding;
}

void require_third_order_fits(Supercell const& supercell, double cutoff) {
    double const shortest = shortest_vector(supercell.structure().cell);
    if (3.0 * cutoff > shortest)
        throw InputError(fmt::format(
            "the cutoff of third-order force constants is {} Å (at most a third of the shortest "
            "vector of the supercell, {:.2f} Å): lower it, or take a larger supercell",
            cutoff, shortest / 3.0));
}

ThirdOrderPlan plan_third_order(Structure const& unit, Mat3i const& matrix, double cutoff,
                                double distance) {
    auto const operations = operations_on(find_space_group(unit), matrix);
    ThirdOrderPlan plan{Supercell{unit, matrix},
                        operations,
                        cutoff,
                        find_displacements(unit, operations, distance),
                        {}};
    require_third_order_fits(plan.supercell, cutoff);
    for (std::size_t n = 0; n < plan.first.size(); ++n) {
        int const i = plan.first[n].atom;
        auto const kept = keeping(operations, plan.first[n]);
        std::vector<bool> reached(std::size_t(plan.supercell.size()), false);
        for (int const j :
             atoms_near(plan.supercell, plan.supercell.index(i, Vec3i::Zero()), cutoff)) {
            if (reached[std::size_t(j)]) continue;
            for (auto const& op : kept)
                reached[std::size_t(image_of(plan.supercell, op, i, j))] = true;
            for (auto const& d :
                 spanning_directions(unit.cell, rotations_at(plan.supercell, kept, i, j)))
                plan.pairs.push_back({n, j, distance * d});
        }
    }
    return plan;
}

std::vector<ForceJob> force_jobs(ThirdOrderPlan const& plan, Potential const& potential) {
    std::vector<ForceJob> jobs;
    for (auto const& pair : plan.pairs) {
        auto s = displaced(plan.supercell, plan.first[pair.first]);
        s.positions[std::size_t(pair.second)] += pair.vector;
        jobs.push_back({&potential, std::move(s)});
    }
    return jobs;
}

ThirdOrder solve_third_order(ThirdOrderPlan const& plan, std::span<ForceResult const> forces) {
    KAMACITE_EXPECTS(forces.size() == plan.pairs.size());
    auto const& s = plan.supercell;
    std::map<Key, Tensor3> all;
    std::vector<bool> done(std::size_t(s.unit().size()), false);
    for (auto const& d : plan.first) {
        if (done[std::size_t(d.atom)]) continue;
        auto const near = atoms_near(s, s.index(d.atom, Vec3i::Zero()), plan.cutoff);
        auto const mine = triples_of(plan, d.atom, near, forces);
        for (auto const& op : plan.operations) {
            int const i = op.atom[std::size_t(d.atom)];
            if (done[std::size_t(i)]) continue;
            for (auto const& [key, t] : mine)
                all[{i, image_of(s, op, d.atom, key[1]), image_of(s, op, d.atom, key[2])}] =
                    turned(t, op.cartesian);
            done[std::size_t(i)] = true;
        }
    }
    ThirdOrder third{s, {}, {}, 0.0};
    for (auto const& f : forces) third.reach.include(f.reach);
    third.asymmetry.sum = sum_rule(all, Mend::no);
    third.asymmetry.exchange = permute(s, all);
    constexpr int most_turns = 500;
    for (int turn = 0; turn < most_turns && sum_rule(all, Mend::yes) > 1e-9; ++turn)
        (void)permute(s, all);
    third.sum = sum_rule(all, Mend::no);
    for (auto const& [key, t] : all) third.triples.push_back({key[0], key[1], key[2], t});
    return third;
}

}  // namespace kamacite::phonons
