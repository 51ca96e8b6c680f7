#include "kamacite/training/linear.hpp"

#include <numeric>

#include "kamacite/training/curve.hpp"
#include "kamacite/training/gauss_newton.hpp"
#include "kamacite/training/setup.hpp"
#include "labels.hpp"

namespace kamacite::training {

namespace {

/// Takes a multiple of a model's predictions from the labels.
void subtract(Model const& model, double factor, std::span<Record> records) {
    std::vector<Structure> structures;
    for (auto const& record : records) structures.push_back(record.structure);
    auto const predictions = model.predict(structures);
    for (std::size_t r = 0; r < records.size(); ++r)
        subtract_prediction(predictions[r], factor, records[r]);
}

}  // namespace

Model linear_baseline(mpi::Communicator const& comm, Descriptors const& descriptors,
                      dataset::Records const& records, TrainOptions const& options,
                      Logger const& log) {
    auto linear = options;
    Head head;
    head.hidden = {};
    linear.heads = {head};
    linear.loss.energy_huber = linear.loss.forces_huber = linear.loss.stress_huber = 0.0;
    DistributedLoss loss{records, linear.loss, descriptors.cutoff(), linear.leaves, linear.cache};
    auto model = prepare_model(comm, descriptors, records, linear, loss.cache(), Logger::silent());
    StageOptions stage;
    stage.kind = StageOptions::Kind::lsqr;
    stage.regularizer = options.linear->regularizer;
    stage.inner = options.linear->inner;
    std::vector<int> all(records.size());
    std::iota(all.begin(), all.end(), 0);
    auto const step = GaussNewton{stage}.step({comm, loss, linear.loss}, model, all, 0.0, 0.0);
    log.info("linear baseline, training: {}", Curve{model}.errors(step.sums));
    return model;
}

Matrix linear_part_of(Model const& baseline) {
    auto const& descriptors = baseline.descriptors();
    auto const& head = baseline.heads().front();
    Matrix out = Matrix::Zero(std::ssize(descriptors.elements()), descriptors.width() + 1);
    for (Eigen::Index e = 0; e < out.rows(); ++e) {
        auto const& part = baseline.part(0, static_cast<int>(e));
        auto const w = baseline.parameters_of(part);
        for (int k = 0; k < part.network.inputs(); ++k)
            out(e, k) = head.scale[0] * w[static_cast<std::size_t>(k)];
        out(e, out.cols() - 1) =
            head.shift[static_cast<std::size_t>(e)] +
            head.scale[0] * w[static_cast<std::size_t>(part.network.bias_begin(0))];
    }
    return out;
}

dataset::Records without(Model const& model, dataset::Records const& records) {
    return records.changed([model](std::span<Record> some) { subtract(model, 1.0, some); });
}

dataset::Records for_networks(Model const& model, dataset::Records const& records) {
    if (!model.short_range() && model.linear().size() == 0) return records;
    auto networks = model;
    networks.set_short_range(std::nullopt);
    networks.set_linear({});
    return records.changed([model, networks](std::span<Record> some) {
        subtract(model, 1.0, some);
        subtract(networks, -1.0, some);
    });
}

}  // namespace kamacite::training
