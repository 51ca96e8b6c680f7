#include <numeric>

#include "kamacite/descriptors/descriptors.hpp"
#include "random_sets.hpp"
#include "support/catch.hpp"
#include "support/random_structures.hpp"

using namespace kamacite;

namespace {

/// E = Σ_ik c_ik G_ik: its gradient is the pull-back of c.
struct LinearEnergy {
    Descriptors const& d;
    Matrix c;

    double operator()(Structure const& s) const {
        return c.cwiseProduct(d.evaluate(find_neighbours(s, d.cutoff()), s.species)).sum();
    }
    Descriptors::Pulled pulled(Structure const& s) const {
        return d.pull_back(find_neighbours(s, d.cutoff()), s.species, c);
    }
};

/// Richardson-extrapolated central difference of f at 0, exact to O(h⁴).
template <class F>
double slope_of(F const& f, double h = 2e-3) {
    auto const central = [&](double step) { return (f(step) - f(-step)) / (2.0 * step); };
    return (4.0 * central(0.5 * h) - central(h)) / 3.0;
}

Matrix random_weights(int rows, int columns, unsigned seed) {
    test::Uniform uniform{seed};
    Matrix c(rows, columns);
    for (int i = 0; i < rows; ++i)
        for (int k = 0; k < columns; ++k) c(i, k) = uniform(-1.0, 1.0);
    return c;
}

Mat3 total(std::vector<Mat3> const& virials) {
    return std::accumulate(virials.begin(), virials.end(), Mat3{Mat3::Zero()});
}

void check_forces_and_virial(Descriptors const& d, Structure const& s, unsigned seed) {
    LinearEnergy const energy{d, random_weights(s.size(), d.width(), seed)};
    auto const pulled = energy.pulled(s);
    double scale = 1e-3;
    for (auto const& f : pulled.forces) scale = std::max(scale, f.cwiseAbs().maxCoeff());
    Vec3 sum = Vec3::Zero();
    for (auto const& f : pulled.forces) sum += f;
    CHECK(sum.norm() < 1e-11 * scale * s.size());

    for (int i = 0; i < s.size(); i += 3)
        for (int axis = 0; axis < 3; ++axis) {
            auto const along = [&](double h) {
                auto t = s;
                t.positions[static_cast<std::size_t>(i)][axis] += h;
                return energy(t);
            };
            double const force = pulled.forces[static_cast<std::size_t>(i)][axis];
            CAPTURE(i, axis);
            CHECK_THAT(-slope_of(along), WithinAbs(force, 1e-7 * scale));
        }

    Mat3 const w = total(pulled.virials);
    double const size = std::max(w.cwiseAbs().maxCoeff(), 1e-3);
    for (int a = 0; a < 3; ++a)
        for (int b = 0; b < 3; ++b) {
            auto const along = [&](double h) {
                Mat3 strain = Mat3::Zero();
                strain(a, b) = h;
                return energy(strained(s, strain));
            };
            CAPTURE(a, b);
            CHECK_THAT(-slope_of(along, 5e-4), WithinAbs(w(a, b), 1e-7 * size));
        }
}

Structure one_atom_cell() {
    Mat3 rows;
    rows << -1, 1.1, 1, 1.05, -1, 1, 1, 1, -0.93;
    return Structure{Cell{1.43 * rows}, {26}, {Vec3(0.1, 0.2, 0.3)}};
}

}  // namespace

TEST_CASE("pulled-back forces and virials are derivatives of the energy for every cutoff form",
          "[descriptors][derivatives]") {
    // The hard form is left out: it has no derivative where a neighbour crosses r_c.
    int const form = GENERATE(1, 2, 3, 4, 5, 6, 7, 8);
    CAPTURE(form);
    auto const d =
        test::random_set({26, 28}, {.cutoffs = {static_cast<CutoffForm>(form)}, .radius = 3.8},
                         static_cast<unsigned>(form));
    check_forces_and_virial(d, test::random_alloy(6, {26, 28}, 2), 5);
}

TEST_CASE("pulled-back forces and virials are derivatives of the energy for each kind of function",
          "[descriptors][derivatives]") {
    int const kind = GENERATE(0, 1, 2);
    int const n_elements = GENERATE(1, 3);
    CAPTURE(kind, n_elements);
    std::vector<int> const all{26, 28, 6};
    std::vector<int> const elements(all.begin(), all.begin() + n_elements);
    test::Draw const draw{.radial = kind == 0 || n_elements == 3,
                          .wide = kind == 1,
                          .narrow = kind == 2,
                          .largest_zeta = 8,
                          .radius = 4.0};
    check_forces_and_virial(test::random_set(elements, draw, 3), test::random_alloy(7, elements, 8),
                            6);
}

TEST_CASE("the virial of a cell of one atom is the derivative of its energy with strain",
          "[descriptors][derivatives]") {
    auto const s = one_atom_cell();
    auto const d = test::random_set({26}, {.radius = 6.0}, 12);
    check_forces_and_virial(d, s, 3);
    LinearEnergy const energy{d, random_weights(1, d.width(), 3)};
    CHECK(energy.pulled(s).forces[0].norm() < 1e-12);
}

TEST_CASE("the tangent is the derivative of the descriptors along a motion",
          "[descriptors][derivatives]") {
    int const n_elements = GENERATE(1, 2);
    std::vector<int> const all{26, 28};
    std::vector<int> const elements(all.begin(), all.begin() + n_elements);
    auto const d = test::random_set(elements, {.largest_zeta = 9}, 21);
    auto const s = n_elements == 1 ? one_atom_cell() : test::random_alloy(6, elements, 9);
    test::Uniform uniform{3};
    std::vector<Vec3> motion;
    for (int i = 0; i < s.size(); ++i) motion.push_back(uniform.vector(1.0));
    Mat3 const strain = uniform.matrix(0.3);
    auto const at = [&](double h) {
        auto t = strained(s, h * strain);
        for (std::size_t i = 0; i < motion.size(); ++i) t.positions[i] += h * motion[i];
        return d.evaluate(find_neighbours(t, d.cutoff()), t.species);
    };
    std::vector<Mat3> const strains(motion.size(), strain);
    Matrix const tangent = d.tangent(find_neighbours(s, d.cutoff()), s.species, motion, strains);
    double const h = 1e-3;
    auto const central = [&](double step) { return Matrix((at(step) - at(-step)) / (2.0 * step)); };
    Matrix const expected = (4.0 * central(0.5 * h) - central(h)) / 3.0;
    CHECK((tangent - expected).cwiseAbs().maxCoeff() < 1e-7 * expected.cwiseAbs().maxCoeff());
}

TEST_CASE("tangent and pull-back are adjoint to each other", "[descriptors][derivatives]") {
    int const n_elements = GENERATE(1, 2, 3);
    unsigned const seed = GENERATE(1U, 2U);
    CAPTURE(n_elements, seed);
    std::vector<int> const all{26, 28, 6};
    std::vector<int> const elements(all.begin(), all.begin() + n_elements);
    auto const d = test::random_set(
        elements,
        {.cutoffs = {CutoffForm::poly2, CutoffForm::hard, CutoffForm::cosine}, .largest_zeta = 12},
        seed);
    auto const s = test::random_alloy(9, elements, seed);
    auto const list = find_neighbours(s, d.cutoff());
    Matrix const c = random_weights(s.size(), d.width(), seed);
    test::Uniform uniform{seed};
    std::vector<Vec3> motion;
    for (int i = 0; i < s.size(); ++i) motion.push_back(uniform.vector(1.0));
    Mat3 const strain = uniform.matrix(0.5);
    std::vector<Mat3> const strains(motion.size(), strain);

    // ⟨c, Ġ⟩ = −Σ F_i·δ_i − Σ_ab ε_ab W_ba
    Matrix const tangent = d.tangent(list, s.species, motion, strains);
    auto const pulled = d.pull_back(list, s.species, c);
    double left = 0.0;
    double scale = 0.0;
    for (int i = 0; i < s.size(); ++i)
        for (int k = 0; k < d.size(s.species[static_cast<std::size_t>(i)]); ++k) {
            left += c(i, k) * tangent(i, k);
            scale += std::abs(c(i, k) * tangent(i, k));
        }
    double right = -(strain * total(pulled.virials)).trace();
    for (std::size_t i = 0; i < motion.size(); ++i) right -= pulled.forces[i].dot(motion[i]);
    CHECK_THAT(left, WithinAbs(right, 1e-12 * scale));
}

TEST_CASE("per-atom virials are the ones of the heat flux", "[descriptors][derivatives]") {
    // W_i = Σ_j r_ij ⊗ ∂E_j/∂r_ji: the energies E_j of the others change as atom i moves alone.
    // For a cluster (no images) Σ_j (r_j − r_i) ∂E_j/∂r_i is that sum, by finite differences.
    auto const d = test::random_set({26}, {}, 17);
    Structure s = test::rattled_bcc(1, 5);
    s.cell = Cell{30.0 * Mat3::Identity(), {false, false, false}};
    s.positions.push_back(Vec3(2.5, 0.3, 0.2));
    s.positions.push_back(Vec3(0.1, 2.4, 1.3));
    s.species.assign(s.positions.size(), 26);
    LinearEnergy const energy{d, random_weights(s.size(), d.width(), 2)};
    auto const atom_energies = [&](Structure const& t) {
        Matrix const g = d.evaluate(find_neighbours(t, d.cutoff()), t.species);
        return Eigen::VectorXd{energy.c.cwiseProduct(g).rowwise().sum()};
    };
    auto const pulled = energy.pulled(s);
    for (std::size_t i = 0; i < s.positions.size(); ++i) {
        Mat3 expected = Mat3::Zero();
        for (int axis = 0; axis < 3; ++axis)
            for (std::size_t j = 0; j < s.positions.size(); ++j) {
                if (j == i) continue;
                auto const along = [&](double h) {
                    auto t = s;
                    t.positions[i][axis] += h;
                    return atom_energies(t)[static_cast<Eigen::Index>(j)];
                };
                expected.col(axis) += (s.positions[j] - s.positions[i]) * slope_of(along);
            }
        CHECK((pulled.virials[i] - expected).norm() < 1e-7 * std::max(1.0, expected.norm()));
    }
}
