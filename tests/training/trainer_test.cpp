#include "kamacite/training/trainer.hpp"

#include <filesystem>
#include <fstream>

#include "kamacite/core/error.hpp"
#include "kamacite/model/model_file.hpp"
#include "kamacite/training/checkpoint.hpp"
#include "kamacite/training/distributed_loss.hpp"
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
    StageOptions adam, polish;
    adam.epochs = 3;
    adam.batch = 7;
    adam.learning_rate = 0.01;
    polish.kind = StageOptions::Kind::lmvm;
    polish.epochs = 4;
    polish.restart = 2;
    o.stages = {adam, polish};
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
    CHECK(lines >= 1 + 3 + 1);  // a header, three epochs, some iterations
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
        hooks.stop_requested = [&] { return ++asked > 5 && stops < 6; };
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
    CHECK_THROWS_AS(train(comm, test::small_descriptors({26, 28}), std::span{records}.first(8),
                          std::span{records}.last(4), small_options("broken"), {}, Start::fresh, {},
                          Logger::silent()),
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
    options.stages[1].restart = 100;
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

TEST_CASE("TAO finds the minimum of Rosenbrock's valley, shared by all ranks", "[training]") {
    auto const& comm = test::world();
    int iterations = 0;
    auto const result = minimise(
        comm, std::vector<double>{-1.2, 1.0}, {200, "-tao_lmm_vectors 10"},
        [&](std::span<double const> x, std::span<double> g) {
            double const a = 1.0 - x[0], b = x[1] - x[0] * x[0];
            g[0] = -2.0 * a - 400.0 * x[0] * b;
            g[1] = 200.0 * b;
            return comm.all_reduce(mpi::Op::max, a * a + 100.0 * b * b);
        },
        [&](std::span<double const>) { return ++iterations, false; });
    CHECK_THAT(result.x[0], WithinAbs(1.0, 1e-6));
    CHECK_THAT(result.x[1], WithinAbs(1.0, 1e-6));
    CHECK(iterations > 5);
    auto const stopped = minimise(
        comm, std::vector<double>{3.0}, {200, ""},
        [](std::span<double const> x, std::span<double> g) {
            g[0] = 4.0 * x[0] * x[0] * x[0];
            return x[0] * x[0] * x[0] * x[0];
        },
        [](std::span<double const>) { return true; });
    CHECK(stopped.reason == "CONVERGED_USER");
    CHECK_THROWS_AS(minimise(
                        comm, std::vector<double>{3.0}, {200, ""},
                        [](std::span<double const>, std::span<double>) -> double {
                            throw DataError("on all ranks");
                        },
                        [](std::span<double const>) { return true; }),
                    DataError);
}

TEST_CASE("the learning rate warms up and falls as a cosine", "[training]") {
    StageOptions stage;
    stage.warm_up = 0.1;
    CHECK_THAT(learning_rate(stage, 0, 1000), WithinRel(2e-3 / 100, 1e-12));
    CHECK_THAT(learning_rate(stage, 99, 1000), WithinRel(2e-3, 1e-12));
    CHECK_THAT(learning_rate(stage, 550, 1000), WithinRel(0.5 * (2e-3 + 1e-5), 1e-12));
    CHECK_THAT(learning_rate(stage, 1000, 1000), WithinRel(1e-5, 1e-9));
}
