#include "kamacite/training/kalman.hpp"

#include "kamacite/core/random.hpp"
#include "kamacite/simd/instruction_set.hpp"
#include "kamacite/training/distributed_loss.hpp"
#include "support/catch.hpp"
#include "support/world.hpp"
#include "training/records.hpp"

using namespace kamacite;
using namespace kamacite::training;

namespace {

StageOptions stage_of(int block) {
    StageOptions stage;
    stage.kind = StageOptions::Kind::kalman;
    stage.block = block;
    stage.covariance = 0.7;
    stage.noise = 0.3;
    stage.process_noise = 0.01;
    return stage;
}

Matrix random_matrix(Eigen::Index rows, Eigen::Index columns, int which) {
    RandomStream random{5, "slopes", static_cast<std::uint64_t>(which)};
    Matrix m(rows, columns);
    for (Eigen::Index i = 0; i < rows; ++i)
        for (Eigen::Index k = 0; k < columns; ++k) m(i, k) = random.normal();
    return m;
}

Eigen::VectorXd vector_of(Model const& model) {
    return Eigen::Map<Eigen::VectorXd const>{model.parameters().data(),
                                             std::ssize(model.parameters())};
}

}  // namespace

TEST_CASE("a Kalman filter of linear measurements is the regularised least squares",
          "[training][kalman]") {
    // min |w − w₀|²/covariance + Σ (h·w − t)²/noise has a closed form; without forgetting the
    // filter has found it when every measurement has been seen once.
    auto const& comm = test::world();
    auto model = test::random_model({26}, 3);
    int const n = model.parts()[0].network.parameter_count();
    auto stage = stage_of(n);
    stage.forget = stage.forget_rate = 1.0;
    stage.process_noise = 0.0;
    Kalman kalman{stage, model, comm};
    auto const before = vector_of(model);
    Matrix h = Matrix::Zero(40, before.size());
    h.leftCols(n) = random_matrix(40, n, 0);
    Eigen::VectorXd const t = random_matrix(40, 1, 1);
    for (Eigen::Index first = 0; first < 40; first += 16) {
        auto const rows = std::min<Eigen::Index>(16, 40 - first);
        Matrix const some = h.middleRows(first, rows);
        Eigen::VectorXd const y = some * vector_of(model) - t.segment(first, rows);
        kalman.update(comm, model.parameters(), some, y, 1.0);
    }
    Eigen::MatrixXd const a = h.leftCols(n);
    Eigen::MatrixXd const normal =
        Eigen::MatrixXd::Identity(n, n) / stage.covariance + a.transpose() * a / stage.noise;
    Eigen::VectorXd const expected =
        before.head(n) + normal.llt().solve(a.transpose() * (t - h * before) / stage.noise);
    auto const after = vector_of(model);
    CHECK((after.head(n) - expected).norm() < 1e-10 * expected.norm());
    CHECK(after.tail(after.size() - n) == before.tail(after.size() - n));
}

TEST_CASE("the Kalman filter is its textbook form, block by block", "[training][kalman]") {
    auto const& comm = test::world();
    auto const stage = stage_of(17);  // divides nothing
    for (auto const& name : instruction_sets()) {
        CAPTURE(name);
        UseInstructionSet const use{name};
        auto model = test::random_model({26, 28}, 4);
        auto alone_model = model;
        auto const alone_comm = comm.split(comm.rank(), 0);
        Kalman kalman{stage, model, comm}, alone{stage, model, alone_comm};
        auto const n = std::ssize(model.parameters());
        // P of all parameters, of which only blocks of the same network and piece are not zero.
        Eigen::MatrixXd mask = Eigen::MatrixXd::Zero(n, n);
        for (auto const& part : model.parts()) {
            int const size = part.network.parameter_count();
            int const pieces = (size + stage.block - 1) / stage.block;
            for (int k = 0; k < pieces; ++k) {
                auto const range = mpi::block_of(k, pieces, size);
                mask.block(part.begin + range.begin, part.begin + range.begin, range.size(),
                           range.size())
                    .setOnes();
            }
        }
        Eigen::MatrixXd p = stage.covariance * Eigen::MatrixXd::Identity(n, n);
        Eigen::VectorXd w = vector_of(model);
        double forget = stage.forget;
        for (int step = 0; step < 3; ++step) {
            auto const rows = step == 1 ? 5 : 16;
            Matrix const h = random_matrix(rows, n, step);
            Eigen::VectorXd const y = random_matrix(rows, 1, 10 + step);
            kalman.update(comm, model.parameters(), h, y, 0.8);
            alone.update(alone_comm, alone_model.parameters(), h, y, 0.8);
            Eigen::MatrixXd const s =
                stage.noise * Eigen::MatrixXd::Identity(rows, rows) + h * p * h.transpose();
            Eigen::MatrixXd const gain = p * h.transpose() * s.inverse();
            w -= 0.8 * gain * y;
            p = Eigen::MatrixXd{(p - gain * h * p) / forget}.cwiseProduct(mask);
            p.diagonal().array() += stage.process_noise;
            forget = stage.forget_rate * forget + 1.0 - stage.forget_rate;
        }
        CHECK((vector_of(model) - w).norm() < 1e-11 * w.norm());
        CHECK(vector_of(model) == vector_of(alone_model));  // the same bits on any number of ranks
    }
}

TEST_CASE("leaves of a batch add up to its gradient", "[training][kalman]") {
    auto const& comm = test::world();
    auto const model = test::random_model({26, 28}, 5);
    auto const records = test::labelled(model, 12, 0.1);
    LossOptions const options;
    DistributedLoss loss{records, options, model.cutoff(), 6, 1e9};
    std::vector<int> const ids = {0, 3, 4, 7, 8, 9, 11};
    auto const total = loss.gradient(comm, model, options, ids, 1.0);
    // two ways to count errors at once: each as if it were alone
    auto other = options;
    other.forces_weight = 0.0;
    std::vector<LossOptions> const ways{options, other};
    auto const found = loss.leaf_gradients(comm, model, ways, ids, 1.0);
    CHECK(found.flags == total.flags);
    REQUIRE(found.ways.size() == 2);
    for (std::size_t w = 0; w < 2; ++w) {
        auto const alone = loss.gradient(comm, model, ways[w], ids, 1.0);
        auto const& leaves = found.ways[w];
        CHECK(leaves.gradients.rows() == 6);
        Eigen::VectorXd const sum = leaves.gradients.colwise().sum().transpose();
        auto const expected =
            Eigen::Map<Eigen::VectorXd const>{alone.gradient.data(), std::ssize(alone.gradient)};
        CHECK((sum - expected).norm() < 1e-12 * expected.norm());
        REQUIRE(leaves.sums.size() == alone.sums.size());
        for (std::size_t k = 0; k < alone.sums.size(); ++k)
            CHECK(std::abs(leaves.sums[k] - alone.sums[k]) <= 1e-12 * std::abs(alone.sums[k]));
        SumLayout const layout{model};
        double losses = 0.0;
        for (int k = 0; k < layout.heads(); ++k) losses += alone.sums[static_cast<std::size_t>(k)];
        CHECK(std::abs(leaves.losses.sum() - losses) < 1e-12 * losses);
    }
}

TEST_CASE("only labels that a model has a head for are measured", "[training][kalman]") {
    LossOptions options;
    auto const model = test::random_model({26, 28}, 5);
    std::size_t expected = 0;
    if (model.has(Head::Kind::energy)) expected += 3;
    if (model.has(Head::Kind::moment)) expected += 1;
    if (model.has(Head::Kind::property)) expected += 1;
    CHECK(Kalman::kinds_of(options, model).size() == expected);
    Head energy;
    Model const bare{model.descriptors(), model.scaling(), {energy}, 1};
    auto const kinds = Kalman::kinds_of(options, bare);
    REQUIRE(kinds.size() == 3);
    CHECK(kinds[1].forces_weight == options.forces_weight);
    CHECK((kinds[1].energy_weight == 0.0 && kinds[1].moments_weight == 0.0));
    options.stress_weight = 0.0;
    CHECK(Kalman::kinds_of(options, bare).size() == 2);
}

TEST_CASE("forgetting inflates no variance beyond that of the beginning", "[training][kalman]") {
    auto const& comm = test::world();
    auto model = test::random_model({26, 28}, 6);
    auto stage = stage_of(23);
    stage.forget = 0.8;
    stage.forget_rate = 1.0;
    Kalman kalman{stage, model, comm};
    auto const n = std::ssize(model.parameters());
    Matrix h = Matrix::Zero(4, n);
    h.leftCols(3) = random_matrix(4, 3, 0);  // of all others nothing is ever learned
    Eigen::VectorXd const y = random_matrix(4, 1, 1);
    for (int k = 0; k < 64; ++k) kalman.update(comm, model.parameters(), h, y, 1.0);
    double largest = 0.0;
    for (auto const& [name, p] : kalman.rows())
        if (p.size() > 0) largest = std::max(largest, p.cwiseAbs().maxCoeff());
    largest = comm.all_reduce(mpi::Op::max, largest);
    CHECK(largest <= stage.covariance * (1.0 + 1e-12));  // 0.7 · 0.8⁻⁶⁴ = 10⁶ otherwise
    CHECK(largest > 0.99 * stage.covariance);
}
