#include "kamacite/training/selection.hpp"

#include <algorithm>
#include <numeric>
#include <set>

#include "kamacite/descriptors/recipe.hpp"
#include "support/catch.hpp"
#include "support/world.hpp"
#include "training/records.hpp"

using namespace kamacite;
using namespace kamacite::training;
using Method = SelectionOptions::Method;

namespace {

Matrix random_matrix(int rows, int columns, int stream) {
    Matrix x(rows, columns);
    RandomStream random{5, "x", static_cast<std::uint64_t>(stream)};
    for (double& v : x.reshaped()) v = random.normal();
    return x;
}

Matrix correlations_of(Matrix x) {
    x.rowwise() -= x.colwise().mean().eval();
    for (auto column : x.colwise())
        if (column.norm() > 0.0) column.normalize();
    return x.transpose() * x;
}

/// Part of the variance of all columns that least squares finds in some.
double explained(Matrix x, std::vector<int> const& some) {
    x.rowwise() -= x.colwise().mean().eval();
    for (auto column : x.colwise())
        if (column.norm() > 0.0) column.normalize();
    Eigen::MatrixXd const a = x(Eigen::all, some);
    Eigen::MatrixXd const all = x;
    Eigen::MatrixXd const rest = all - a * a.colPivHouseholderQr().solve(all);
    return 1.0 - rest.squaredNorm() / all.squaredNorm();
}

}  // namespace

TEST_CASE("a choice carries the variance that least squares finds", "[training]") {
    auto const method = GENERATE(Method::cur, Method::farthest);
    // 12 columns made of 5, then one that does not vary
    Matrix x(40, 13);
    x.leftCols(12) =
        random_matrix(40, 5, 1) * random_matrix(5, 12, 2) + 0.05 * random_matrix(40, 12, 3);
    x.col(12).setConstant(3.0);
    auto const c = correlations_of(x);
    double random_best = 0.0, mean = 0.0;
    for (int n = 1; n <= 12; ++n) {
        auto const choice = choose(c, n, method);
        CAPTURE(n);
        REQUIRE(std::ssize(choice.functions) == n);
        CHECK(std::set<int>(choice.functions.begin(), choice.functions.end()).size() ==
              choice.functions.size());
        CHECK(std::find(choice.functions.begin(), choice.functions.end(), 12) ==
              choice.functions.end());
        CHECK_THAT(choice.variance, WithinAbs(explained(x, choice.functions), 1e-9));
    }
    // Five of them are better than five at random are as a rule.
    RandomStream random{9, "sets", 0};
    for (int trial = 0; trial < 100; ++trial) {
        std::vector<int> some(12);
        std::iota(some.begin(), some.end(), 0);
        for (std::size_t k = 0; k < 5; ++k)
            std::swap(
                some[k],
                some[k + static_cast<std::size_t>(random.uniform() * static_cast<double>(12 - k))]);
        some.resize(5);
        double const part = explained(x, some);
        random_best = std::max(random_best, part);
        mean += 0.01 * part;
    }
    auto const five = choose(c, 5, method);
    if (method == Method::cur) {
        CHECK(five.variance > mean);
        CHECK(1.0 - five.variance < 1.5 * (1.0 - random_best));
    } else {
        // Every one is as far from those before it as any could be.
        auto const nearest = [&](int a, std::size_t before) {
            double largest = 0.0;
            for (std::size_t b = 0; b < before; ++b)
                largest = std::max(largest, std::abs(c(a, five.functions[b])));
            return largest;
        };
        for (std::size_t k = 1; k < five.functions.size(); ++k)
            for (int a = 0; a < 12; ++a) CHECK(nearest(five.functions[k], k) <= nearest(a, k));
    }
}

TEST_CASE("columns that are linear in others are not chosen", "[training]") {
    auto const method = GENERATE(Method::cur, Method::farthest);
    Matrix x(30, 8);
    x.leftCols(4) = random_matrix(30, 4, 4);
    x.col(4) = -2.0 * x.col(1);
    x.col(5) = x.col(0) + x.col(2);
    x.col(6) = x.col(3);
    x.col(7) = 0.5 * x.col(3) - x.col(1);
    auto const choice = choose(correlations_of(x), 8, method);
    CHECK(choice.functions.size() == 4);
    CHECK_THAT(choice.variance, WithinAbs(1.0, 1e-9));
}

TEST_CASE("functions are chosen from all atoms of each element, the same on any ranks",
          "[training]") {
    auto const& comm = test::world();
    auto const teacher = test::random_model({26, 28}, 5);
    auto const records = test::labelled(teacher, 13);
    Recipe recipe;
    recipe.radial_centred = 4;
    recipe.radial_shifted = 3;
    auto const pool = standard_descriptors({26, 28}, recipe);
    TrainOptions options;
    options.selection = SelectionOptions{Method::cur, 9};
    auto const all = correlations(comm, pool, records, options.leaves, 1e6);
    auto const alone = correlations(comm.split(comm.rank(), 0), pool, records, options.leaves, 0.0);
    Matrix g[2];
    for (auto const& r : records) {
        auto const of_record =
            pool.evaluate(find_neighbours(r.structure, pool.cutoff()), r.structure.species);
        for (Eigen::Index i = 0; i < of_record.rows(); ++i) {
            auto& rows = g[r.structure.species[static_cast<std::size_t>(i)] == 26 ? 0 : 1];
            rows.conservativeResize(rows.rows() + 1, of_record.cols());
            rows.bottomRows<1>() = of_record.row(i);
        }
    }
    for (std::size_t e = 0; e < 2; ++e) {
        CHECK(all[e] == alone[e]);
        CHECK((all[e] - correlations_of(g[e])).cwiseAbs().maxCoeff() < 1e-7);
    }
    auto const chosen = select_functions(comm, pool, records, options, Logger::silent());
    for (int const z : {26, 28}) CHECK(chosen.size(z) == 9);
    // What is kept are functions of the pool, with the same values.
    auto const& s = records[0].structure;
    auto const before = pool.evaluate(find_neighbours(s, pool.cutoff()), s.species);
    auto const after = chosen.evaluate(find_neighbours(s, pool.cutoff()), s.species);
    for (Eigen::Index i = 0; i < after.rows(); ++i) {
        std::size_t const e = s.species[static_cast<std::size_t>(i)] == 26 ? 0 : 1;
        auto functions = choose(all[e], 9, Method::cur).functions;
        std::sort(functions.begin(), functions.end());
        for (std::size_t k = 0; k < functions.size(); ++k)
            CHECK_THAT(after(i, static_cast<Eigen::Index>(k)),
                       WithinRel(before(i, functions[k]), 1e-12));
    }
}
