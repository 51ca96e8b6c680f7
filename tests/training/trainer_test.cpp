#include "kamacite/training/trainer.hpp"

#include <filesystem>
#include <fstream>

#include "kamacite/core/error.hpp"
#include "kamacite/model/model_file.hpp"
#include "kamacite/training/checkpoint.hpp"
#include "kamacite/training/distributed_loss.hpp"
#include "kamacite/training/schedule.hpp"
#include "kamacite/training/tao.hpp"
#include "support/catch.hpp"
#include "support/world.hpp"
#include "training/records.hpp"

using namespace kamacite;
using namespace kamacite::training;
namespace fs = std::filesystem;

namespace {

TrainOptions small_options(std::string const& name) {
    TrainOptions o;
    o.directory = fs::temp_directory_path() / ("kamacite_training_" + name);
    Head energy, moment, property;
    energy.hidden = {6, 5};
    moment.kind = Head::Kind::moment;
    moment.hidden = {4};
    property.kind = Head::Kind::property;
    property.hidden = {5};
    property.outputs = {"electrical_resistivity"};
    property.conditions = {"temperature"};
    o.heads = {energy, moment, property};
    StageOptions adam, kalman, newton, polish;
    adam.epochs = 3;
    adam.batch = 7;
    adam.learning_rate = 0.01;
    polish.kind = StageOptions::Kind::lmvm;
    polish.epochs = 4;
    polish.restart = 3;
    kalman.kind = StageOptions::Kind::kalman;
    kalman.epochs = 2;
    kalman.batch = 7;
    kalman.block = 50;
    newton.kind = StageOptions::Kind::brgn;
    newton.epochs = 2;
    newton.inner = 8;
    o.stages = {adam, kalman, newton, polish};
    o.leaves = 6;
    return o;
}

Result run(mpi::Communicator const& comm, TrainOptions const& options, Start start = Start::fresh,
           Hooks const& hooks = {}) {
    auto const records = test::labelled(test::random_model({26, 28}, 5), 26, 0.02);
    return train(comm, test::small_descriptors({26, 28}), std::span{records}.first(20),
                 std::span{records}.last(6), options, {"test", "", {}, options.seed}, start, hooks,
                 Logger::silent());
}

std::vector<double> bits(Model const& model) {
    return {model.parameters().begin(), model.parameters().end()};
}

}  // namespace

TEST_CASE("training gives the same bits on any number of ranks", "[training]") {
    auto const& comm = test::world();
    auto const together = run(comm, small_options("together"));
    auto const alone_comm = comm.split(comm.rank(), 0);
    auto const alone = run(alone_comm, small_options("alone" + std::to_string(comm.rank())));
    CHECK(together.outcome == Result::Outcome::finished);
    CHECK(bits(together.model) == bits(alone.model));
    fs::remove_all(small_options("alone" + std::to_string(comm.rank())).directory);

    auto const kept = load_model(small_options("together").directory / "model.h5", comm);
    CHECK(bits(kept) == bits(together.model));
    std::ifstream curve{small_options("together").directory / "learning_curve.csv"};
    std::string line;
    int lines = 0;
    while (std::getline(curve, line)) ++lines;
    CHECK(lines >= 1 + 3 + 2 + 1);  // a header, five epochs, some iterations
    comm.barrier();
}

TEST_CASE("training that is stopped again and again ends with the same bits", "[training]") {
    auto const& comm = test::world();
    auto const whole = run(comm, small_options("whole"));
    auto const options = small_options("pieces");
    int stops = 0;
    auto start = Start::fresh;
    for (;;) {
        int asked = 0;
        Hooks hooks;
        hooks.stop_requested = [&] { return ++asked > 1 && stops < 6; };
        auto const part = run(comm, options, start, hooks);
        start = Start::resume;
        if (part.outcome == Result::Outcome::stopped) {
            ++stops;
            if (stops == 2) {  // the later of two checkpoints is torn: the earlier one serves
                comm.barrier();
                if (comm.is_root()) {
                    auto const a = options.directory / "checkpoint.a.h5";
                    auto const b = options.directory / "checkpoint.b.h5";
                    bool const a_later =
                        !fs::exists(b) ||
                        (fs::exists(a) && fs::last_write_time(a) > fs::last_write_time(b));
                    fs::resize_file(a_later ? a : b, 1000);
                }
                comm.barrier();
            }
            continue;
        }
        CHECK(bits(part.model) == bits(whole.model));
        break;
    }
    CHECK(stops == 6);
    // Resuming what has finished changes nothing.
    CHECK(bits(run(comm, options, Start::resume).model) == bits(whole.model));
    CHECK_FALSE(fs::exists(options.directory / "model-so-far.h5"));
    comm.barrier();
    // Without a checkpoint that can be read it does not begin from nothing unasked.
    if (comm.is_root())
        for (auto const* name : {"checkpoint.a.h5", "checkpoint.b.h5"})
            fs::resize_file(options.directory / name, 1000);
    comm.barrier();
    CHECK_THROWS_AS(run(comm, options, Start::resume), DataError);
    CHECK(bits(run(comm, options, Start::fresh).model) == bits(whole.model));
}

TEST_CASE("a checkpoint is neither overwritten nor mixed with other options", "[training]") {
    auto const& comm = test::world();
    auto options = small_options("guard");
    (void)run(comm, options);
    CHECK_THROWS_AS(run(comm, options, Start::refuse), UsageError);
    options.loss.energy_scale *= 2.0;
    CHECK_THROWS_AS(run(comm, options, Start::resume), InputError);
    options.loss.energy_scale *= 0.5;
    auto const records = test::labelled(test::random_model({26, 28}, 5), 26, 0.02);
    auto const plain = test::small_descriptors({26, 28});
    auto functions = plain.functions();
    auto const resume = [&] {
        return train(comm, Descriptors{{26, 28}, functions}, std::span{records}.first(20),
                     std::span{records}.last(6), options, {}, Start::resume, {}, Logger::silent());
    };
    CHECK(resume().outcome == Result::Outcome::finished);
    functions.radial[0].cutoff.form = CutoffForm::cosine;
    CHECK_THROWS_AS(resume(), InputError);
    options.stages.clear();
    CHECK_THROWS_AS(run(comm, options), InputError);
    CHECK_THROWS_AS(train(comm, test::small_descriptors({26}), {}, {}, small_options("guard"), {},
                          Start::fresh, {}, Logger::silent()),
                    DataError);
}

TEST_CASE("fewer structures than ranks and leaves are enough", "[training]") {
    auto const& comm = test::world();
    auto options = small_options("few");
    options.heads.resize(1);
    options.leaves = 16;
    auto const records = test::labelled(test::random_model({26, 28}, 5), 2, 0.02);
    auto const result = train(comm, test::small_descriptors({26, 28}), records, {}, options, {},
                              Start::fresh, {}, Logger::silent());
    CHECK(result.outcome == Result::Outcome::finished);
    CHECK(std::isfinite(result.model.parameters()[0]));
}

TEST_CASE("a structure that cannot be evaluated on one rank fails on all", "[training]") {
    auto const& comm = test::world();
    auto records = test::labelled(test::random_model({26, 28}, 5), 12, 0.02);
    records[10].structure.positions[1] = records[10].structure.positions[0];  // validation
    CHECK_THROWS_AS(
        train(comm, test::small_descriptors({26, 28}), std::span<Record const>{records}.first(8),
              std::span<Record const>{records}.last(4), small_options("broken"), {}, Start::fresh,
              {}, Logger::silent()),
        DataError);
    DistributedLoss training{records, {}, 4.0, 6, 1e6};
    std::vector<int> const ids = {1, 2, 10, 4};
    CHECK_THROWS_AS(training.gradient(comm, test::random_model({26, 28}, 5), {}, ids), DataError);
}

TEST_CASE("patience counts anew in every stage", "[training]") {
    auto options = small_options("patience");
    auto& stage = options.stages[0];
    stage.epochs = 10;
    stage.patience = 2;
    stage.learning_rate = 1e-300;  // nothing moves: no epoch but the first is better
    stage.final_rate = 0.0;
    stage.weight_decay = 0.0;
    stage.average = 0.0;
    options.stages = {stage, stage};
    auto const result = run(test::world(), options);
    CAPTURE(result.summary);
    CHECK(result.summary.find("\"epochs\": 5,") != std::string::npos);  // 1 + 2 and 2
}

TEST_CASE("without validation a stage with other weights is judged by them", "[training]") {
    auto const& comm = test::world();
    auto const records = test::labelled(test::random_model({26, 28}, 5), 12, 0.02);
    auto options = small_options("weights");
    options.heads.resize(1);
    options.stages.resize(1);
    auto const after = [&](int stages) {
        options.stages.resize(static_cast<std::size_t>(stages), options.stages[0]);
        options.stages.back().energy_factor = stages == 2 ? 1e4 : 1.0;
        return bits(train(comm, test::small_descriptors({26, 28}), records, {}, options, {},
                          Start::fresh, {}, Logger::silent())
                        .model);
    };
    auto const one = after(1);
    CHECK(after(2) != one);
}

TEST_CASE("training on data made by a known model recovers it", "[training]") {
    auto const& comm = test::world();
    if (comm.size() > 1) return;  // more ranks give the same bits: see above
    auto const teacher = test::random_model({26}, 3);
    auto const records = test::labelled(teacher, 60, 0.0, false);
    TrainOptions options;
    options.directory = fs::temp_directory_path() / "kamacite_training_teacher";
    Head energy, moment;
    energy.hidden = {8, 8};
    energy.activation = Activation::tanh;
    moment.kind = Head::Kind::moment;
    moment.hidden = {8};
    options.heads = {energy, moment};
    options.stages[0].epochs = 60;
    options.stages[0].batch = 8;
    options.stages[0].learning_rate = 0.01;
    options.stages.push_back(options.stages[0]);
    options.stages[1].kind = StageOptions::Kind::lmvm;
    options.stages[1].epochs = 300;
    auto const result =
        train(comm, teacher.descriptors(), std::span{records}.first(50),
              std::span{records}.last(10), options, {}, Start::fresh, {}, Logger::silent());
    double energy_error = 0.0, force_error = 0.0, force_size = 0.0, moment_error = 0.0;
    for (auto const& r : std::span{records}.last(10)) {
        auto const neighbours = find_neighbours(r.structure, teacher.cutoff());
        auto const p = result.model.predict(r.structure, neighbours);
        auto const t = teacher.predict(r.structure, neighbours);
        energy_error =
            std::max(energy_error, std::abs(p.energy() - t.energy()) / r.structure.size());
        for (std::size_t i = 0; i < p.forces.size(); ++i) {
            force_error += (p.forces[i] - t.forces[i]).squaredNorm();
            force_size += t.forces[i].squaredNorm();
            moment_error = std::max(moment_error, std::abs(p.moments[i] - t.moments[i]));
        }
    }
    CAPTURE(energy_error, force_error, force_size, moment_error);
    CHECK(std::sqrt(force_error / force_size) < 0.1);
    CHECK(energy_error < 0.02);
    CHECK(moment_error < 0.05);
}

TEST_CASE("ridge regression finds a linear model in one step", "[training]") {
    auto const& comm = test::world();
    auto teacher_options = small_options("linear");
    teacher_options.heads.resize(1);
    teacher_options.heads[0].hidden = {};
    teacher_options.stages.resize(1);
    teacher_options.stages[0].epochs = 0;
    auto const teacher = run(comm, teacher_options).model;
    auto const records = test::labelled(teacher, 30);
    auto options = teacher_options;
    options.seed = 77;
    options.stages[0].kind = StageOptions::Kind::lsqr;
    options.stages[0].epochs = 2;
    options.stages[0].regularizer = 1e-9;
    options.stages[0].inner = 2000;
    auto const found =
        train(comm, teacher.descriptors(), std::span{records}.first(24), std::span{records}.last(6),
              options, {}, Start::fresh, {}, Logger::silent());
    for (auto const& r : std::span{records}.last(6)) {
        auto const neighbours = find_neighbours(r.structure, teacher.cutoff());
        auto const p = found.model.predict(r.structure, neighbours);
        auto const t = teacher.predict(r.structure, neighbours);
        CHECK_THAT(p.energy() - t.energy(), WithinAbs(0.0, 1e-4 * r.structure.size()));
        for (std::size_t i = 0; i < p.forces.size(); ++i)
            CHECK((p.forces[i] - t.forces[i]).norm() < 1e-3);
    }
}

TEST_CASE("a Kalman filter finds the forces of a model in few epochs", "[training][kalman]") {
    auto const& comm = test::world();
    auto const teacher = test::random_model({26}, 9);
    auto const records = test::labelled(teacher, 60, 0.0, false);
    TrainOptions options;
    options.directory = fs::temp_directory_path() / "kamacite_training_filter";
    options.heads[0].hidden = {8, 8};
    options.heads[0].activation = Activation::tanh;
    options.stages[0].kind = StageOptions::Kind::kalman;
    options.stages[0].epochs = 12;
    options.stages[0].batch = 8;
    options.stages[0].step = 1.0;  // the loss of a small model is nearly quadratic
    auto const result =
        train(comm, teacher.descriptors(), std::span{records}.first(50),
              std::span{records}.last(10), options, {}, Start::fresh, {}, Logger::silent());
    double error = 0.0, size = 0.0;
    for (auto const& r : std::span{records}.last(10)) {
        auto const neighbours = find_neighbours(r.structure, teacher.cutoff());
        auto const p = result.model.predict(r.structure, neighbours);
        auto const t = teacher.predict(r.structure, neighbours);
        for (std::size_t i = 0; i < p.forces.size(); ++i) {
            error += (p.forces[i] - t.forces[i]).squaredNorm();
            size += t.forces[i].squaredNorm();
        }
    }
    CAPTURE(error, size);
    CHECK(std::sqrt(error / size) < 0.1);
}

TEST_CASE("a step that explodes is rolled back, and hopeless training is given up", "[training]") {
    auto const& comm = test::world();
    auto options = small_options("explosion");
    options.stages.resize(1);
    options.stages[0].learning_rate = 1e200;  // any step ends in NaN, however often halved
    options.stages[0].warm_up = 0.0;
    options.stages[0].clip = 0.0;
    CHECK_THROWS_AS(run(comm, options), NumericalError);
    options.stages[0].learning_rate = 0.01;
    CHECK(run(comm, options).outcome == Result::Outcome::finished);
}

TEST_CASE("batches whose losses differ by orders of magnitude are no divergence", "[training]") {
    auto const& comm = test::world();
    auto options = small_options("weights_apart");
    options.heads.resize(1);
    options.stages.resize(1);
    options.stages[0].batch = 1;
    options.loss.family_weights = {{"odd", 1e-9}};
    for (unsigned const seed : {1u, 2u, 3u, 4u}) {
        CAPTURE(seed);
        options.seed = seed;
        CHECK(run(comm, options).outcome == Result::Outcome::finished);
    }
}

TEST_CASE("TAO finds the minimum of Rosenbrock's valley, shared by all ranks", "[training]") {
    auto const& comm = test::world();
    auto const valley = [&](std::span<double const> x, std::span<double> g) {
        double const a = 1.0 - x[0], b = x[1] - x[0] * x[0];
        g[0] = -2.0 * a - 400.0 * x[0] * b;
        g[1] = 200.0 * b;
        return comm.all_reduce(mpi::Op::max, a * a + 100.0 * b * b);
    };
    char const* const type = GENERATE("lmvm", "bqnls");
    CAPTURE(type);
    std::vector<double> x = {-1.2, 1.0};
    TaoState state;
    int iterations = 0;
    while (minimise_once(comm, x, state, {type, 60, "-tao_ls_type armijo"}, valley).empty())
        REQUIRE(++iterations < 200);
    CHECK(iterations > 5);
    CHECK_THAT(x[0], WithinAbs(1.0, 1e-6));
    CHECK_THAT(x[1], WithinAbs(1.0, 1e-6));

    for (auto const* wrong : {"-tao_lmm_vectors 20", "-tao_type nonsense", "vectors"}) {
        CAPTURE(wrong);
        x = {-1.2, 1.0};
        state = {};
        CHECK_THROWS_AS(minimise_once(comm, x, state, {type, 50, wrong}, valley), InputError);
    }
    state = {};
    CHECK_THROWS_AS(minimise_once(comm, x, state, {},
                                  [](std::span<double const>, std::span<double>) -> double {
                                      throw DataError("on all ranks");
                                  }),
                    DataError);
}

TEST_CASE("one iteration after the other is the minimisation as a whole", "[training]") {
    auto const& comm = test::world();
    std::vector<std::vector<double>> asked;
    auto const bowl = [&](std::span<double const> x, std::span<double> g) {
        asked.emplace_back(x.begin(), x.end());
        double value = 0.0;
        for (std::size_t k = 0; k < x.size(); ++k) {
            double const stiff = 1.0 + 10.0 * static_cast<double>(k);
            value += stiff * std::pow(x[k] - 1.0, 2) + std::pow(x[k], 4);
            g[k] = 2.0 * stiff * (x[k] - 1.0) + 4.0 * std::pow(x[k], 3);
        }
        return value;
    };
    auto const run = [&](int restart, int copy_after) {
        std::vector<double> x(12, -2.0);
        TaoState state;
        asked.clear();
        for (int k = 0; k < 8; ++k) {
            (void)minimise_once(comm, x, state, {"lmvm", restart, ""}, bowl);
            if (k == copy_after) state = TaoState{state};  // all there is
        }
        return x;
    };
    auto const x = run(100, -1);
    auto const n_asked = asked.size();
    CHECK(n_asked < 8 * 4);  // nothing is asked twice
    CHECK(run(100, 3) == x);
    CHECK(asked.size() == n_asked);
    double best = 0.0, memoryless = 0.0;
    std::vector<double> g(12);
    best = bowl(x, g);
    memoryless = bowl(run(1, -1), g);
    CHECK(best < memoryless);  // the memory helps
}

TEST_CASE("the learning rate warms up and falls as a cosine", "[training]") {
    StageOptions stage;
    stage.warm_up = 0.1;
    CHECK_THAT(learning_rate(stage, 0, 1000), WithinRel(2e-3 / 100, 1e-12));
    CHECK_THAT(learning_rate(stage, 99, 1000), WithinRel(2e-3, 1e-12));
    CHECK_THAT(learning_rate(stage, 550, 1000), WithinRel(0.5 * (2e-3 + 1e-5), 1e-12));
    CHECK_THAT(learning_rate(stage, 1000, 1000), WithinRel(1e-5, 1e-9));
}
