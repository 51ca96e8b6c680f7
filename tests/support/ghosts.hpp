#pragma once
#include <algorithm>
#include <cmath>

#include "kamacite/potential/potential.hpp"
#include "support/catch.hpp"

namespace kamacite::test {

/// Some atoms of a structure and, behind them, every other atom and image near enough to them.
struct WithGhosts {
    Structure structure;  ///< not periodic: images are atoms of their own
    Neighbours neighbours;
    std::vector<int> original;  ///< the atom of the whole structure that each one stands for
};

/// The atoms begin … end − 1 with their ghosts, found by trying every image.
inline WithGhosts with_ghosts(Structure const& s, double cutoff, int begin, int end) {
    WithGhosts out{{Cell{s.cell.rows(), {false, false, false}}, {}, {}}, {}, {}};
    auto const add = [&](int atom, Vec3 const& position) {
        out.structure.species.push_back(s.species[static_cast<std::size_t>(atom)]);
        out.structure.positions.push_back(position);
        out.original.push_back(atom);
    };
    for (int i = begin; i < end; ++i) add(i, s.positions[static_cast<std::size_t>(i)]);
    std::array<int, 3> m{};
    Mat3 const reciprocal = s.cell.rows().inverse();
    Vec3 widest = Vec3::Zero();  // by how many lattice vectors two atoms may be apart
    for (auto const& a : s.positions)
        for (auto const& b : s.positions)
            widest = widest.cwiseMax(((b - a).transpose() * reciprocal).transpose().cwiseAbs());
    for (int k = 0; k < 3; ++k) {
        auto const n = static_cast<std::size_t>(k);
        if (s.cell.periodic()[n])
            m[n] = static_cast<int>(std::ceil(cutoff * reciprocal.col(k).norm() + widest[k]));
    }
    for (int a = -m[0]; a <= m[0]; ++a)
        for (int b = -m[1]; b <= m[1]; ++b)
            for (int c = -m[2]; c <= m[2]; ++c)
                for (int j = 0; j < s.size(); ++j) {
                    bool const home = a == 0 && b == 0 && c == 0;
                    if (home && j >= begin && j < end) continue;
                    Vec3 const r = s.positions[static_cast<std::size_t>(j)] +
                                   s.cell.rows().transpose() * Vec3(a, b, c);
                    auto const owned = std::span{out.structure.positions}.first(
                        static_cast<std::size_t>(end - begin));
                    if (std::any_of(owned.begin(), owned.end(),
                                    [&](Vec3 const& o) { return (o - r).norm() < cutoff; }))
                        add(j, r);
                }
    auto const all =
        out.structure.positions.empty() ? Neighbours{} : find_neighbours(out.structure, cutoff);
    for (int i = 0; i < end - begin; ++i) {
        auto const list = all.of(i);
        out.neighbours.add_atom(list.atom, list.x, list.y, list.z);
    }
    return out;
}

/// Predictions of the parts of a structure, one of them empty, added up: those of the whole.
/// \param predict  of (structure, neighbours)
/// \param tolerance  of each number
/// \returns how many ghosts there were
template <class F>
int check_ghosts(F const& predict, double cutoff, Structure const& s, double tolerance = 1e-10) {
    auto const whole = predict(s, find_neighbours(s, cutoff));
    auto const n = whole.forces.size();
    auto const none = predict(s, Neighbours{});  // nothing but ghosts
    CHECK(none.energies.empty());
    REQUIRE(none.forces.size() == n);
    REQUIRE(none.virials.size() == n);
    for (std::size_t i = 0; i < n; ++i) {
        CHECK(none.forces[i] == Vec3::Zero());
        CHECK(none.virials[i] == Mat3::Zero());
    }
    Prediction sum;
    sum.forces.assign(n, Vec3::Zero());
    sum.virials.assign(n, Mat3::Zero());
    auto const append = [](auto& to, auto const& from) {
        to.insert(to.end(), from.begin(), from.end());
    };
    int const size = s.size();
    std::array<int, 4> const cuts{0, size / 3, size / 3, size};
    std::size_t ghosts = 0;
    for (std::size_t part = 0; part + 1 < cuts.size(); ++part) {
        auto const p = with_ghosts(s, cutoff, cuts[part], cuts[part + 1]);
        auto const q = predict(p.structure, p.neighbours);
        REQUIRE(static_cast<int>(q.energies.size()) == cuts[part + 1] - cuts[part]);
        REQUIRE(q.forces.size() == p.original.size());
        REQUIRE(q.virials.size() == p.original.size());
        append(sum.energies, q.energies);
        append(sum.moments, q.moments);
        append(sum.extrapolation, q.extrapolation);
        append(sum.grade, q.grade);
        ghosts += p.original.size() - q.energies.size();
        for (std::size_t i = 0; i < p.original.size(); ++i) {
            auto const to = static_cast<std::size_t>(p.original[i]);
            sum.forces[to] += q.forces[i];
            sum.virials[to] += q.virials[i];
        }
    }
    REQUIRE(ghosts > 0);
    auto const same = [tolerance](std::vector<double> const& a, std::vector<double> const& b) {
        REQUIRE(a.size() == b.size());
        for (std::size_t i = 0; i < a.size(); ++i) CHECK_THAT(a[i], WithinAbs(b[i], tolerance));
    };
    same(sum.energies, whole.energies);
    same(sum.moments, whole.moments);
    same(sum.extrapolation, whole.extrapolation);
    same(sum.grade, whole.grade);
    for (std::size_t i = 0; i < n; ++i) {
        CHECK((sum.forces[i] - whole.forces[i]).norm() < tolerance);
        CHECK((sum.virials[i] - whole.virials[i]).norm() < tolerance);
    }
    return static_cast<int>(ghosts);
}

/// The same for a potential.
inline int check_ghosts(Potential const& potential, Structure const& s, double tolerance = 1e-10) {
    return check_ghosts([&](Structure const& part,
                            Neighbours const& lists) { return potential.predict(part, lists); },
                        potential.cutoff(), s, tolerance);
}

}  // namespace kamacite::test
