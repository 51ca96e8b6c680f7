#include "kamacite/training/trainer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "kamacite/core/error.hpp"
#include "kamacite/descriptors/rows.hpp"
#include "kamacite/io/hash.hpp"
#include "kamacite/model/model_file.hpp"
#include "kamacite/training/grade.hpp"
#include "kamacite/training/linear.hpp"
#include "kamacite/training/setup.hpp"
#include "kamacite/training/short_range.hpp"
#include "run.hpp"

namespace kamacite::training {
namespace {

constexpr char const* finished_model = "model.h5";
constexpr char const* model_so_far = "model-so-far.h5";

void add(io::Hash64& hash, dataset::Records const& records) {
    hash.add(records.size());
    for (auto const& record : records) {
        for (double const x : record.structure.cell.rows().reshaped()) hash.add(x);
        for (bool const periodic : record.structure.cell.periodic()) hash.add(periodic);
        for (auto const& r : record.structure.positions)
            for (double const x : r) hash.add(x);
        for (int const z : record.structure.species) hash.add(z);
        hash.add(record.family);
        hash.add(record.labels.energy.value_or(0.5));
        for (auto const& f : record.labels.forces)
            for (double const x : f) hash.add(x);
        if (record.labels.stress)
            for (double const x : record.labels.stress->reshaped()) hash.add(x);
        for (double const m : record.labels.moments) hash.add(m);
        for (auto const& [name, value] : record.labels.properties) hash.add(name).add(value);
    }
}

template <class F>
void add_functions(io::Hash64& hash, std::vector<F> const& functions) {
    for (auto const& f : functions)
        for (double const x : Rows<F>::row_of(f)) hash.add(x);
}

void add(io::Hash64& hash, Descriptors const& descriptors) {
    descriptors.functions().for_each_kind([&](auto const& kind) { add_functions(hash, kind); });
}

void add(io::Hash64& hash, TrainOptions const& options) {
    hash.add(options.seed).add(options.leaves);
    if (options.short_range)
        for (double const x : {options.short_range->inner, options.short_range->outer})
            hash.add(std::isfinite(x) ? x : -1.0);
    if (options.linear) hash.add(options.linear->regularizer).add(options.linear->inner);
    for (auto const& head : options.heads) {
        hash.add(static_cast<int>(head.kind)).add(static_cast<int>(head.activation));
        hash.add(static_cast<int>(head.pooling));
        for (int const width : head.hidden) hash.add(width);
        for (auto const& name : head.outputs) hash.add(name);
        for (auto const& name : head.conditions) hash.add(name);
    }
    auto const& l = options.loss;
    for (double const x :
         {l.energy_weight, l.forces_weight, l.stress_weight, l.moments_weight, l.properties_weight,
          l.energy_scale, l.forces_scale, l.stress_scale, l.moments_scale, l.moments_huber,
          l.energy_huber, l.forces_huber, l.stress_huber})
        hash.add(x);
    for (auto const& scales : l.family_scales) {
        hash.add(scales.name);
        for (double const x : {scales.energy, scales.forces, scales.stress})
            hash.add(std::isfinite(x) ? x : -1.0);
    }
    for (auto const& [family, weight] : l.family_weights) hash.add(family).add(weight);
    for (auto const& s : options.stages) {
        for (int const x : {static_cast<int>(s.kind), s.epochs, s.patience, s.batch,
                            static_cast<int>(s.schedule), s.restart, s.block, s.inner})
            hash.add(x);
        for (double const x :
             {s.energy_factor, s.forces_factor, s.learning_rate, s.final_rate, s.warm_up,
              s.weight_decay, s.beta1, s.beta2, s.epsilon, s.average, s.clip, s.step, s.final_step,
              s.regularizer, s.covariance, s.process_noise, s.noise, s.forget, s.forget_rate})
            hash.add(x);
        hash.add(s.petsc);
    }
}

/// Removes a file that need not be there. Collective.
void remove(std::filesystem::path const& file, mpi::Communicator const& comm) {
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        std::error_code error;
        std::filesystem::remove(file, error);
        if (error)
            throw SystemError(
                fmt::format("{}: cannot be removed ({})", file.string(), error.message()));
    });
}

/// Removes what runs that were killed while they wrote have left. Collective.
void remove_leftovers(std::filesystem::path const& directory, mpi::Communicator const& comm) {
    if (comm.is_root()) {
        std::error_code ignored;  // it is a courtesy
        for (auto const& entry : std::filesystem::directory_iterator{directory, ignored}) {
            auto const name = entry.path().filename().string();
            if (name.find(".part-") != std::string::npos) std::filesystem::remove(entry, ignored);
        }
    }
    comm.barrier();
}

void check(TrainOptions const& options, dataset::Records const& training) {
    if (training.empty())
        throw DataError(
            "the training set is empty (nothing to learn from): choose other data or "
            "another split");
    if (options.stages.empty())
        throw InputError("training has no stage: give at least one under 'stages'");
    if (options.leaves < 1)
        throw InputError(fmt::format("leaves is {} (must be positive)", options.leaves));
    for (auto const& stage : options.stages)
        if (stage.epochs < 0 || stage.batch < 1 || stage.restart < 1)
            throw InputError(fmt::format(
                "a stage has epochs {}, batch {}, restart {} (must be 0 or more, 1 or more, 1 or "
                "more): mend it",
                stage.epochs, stage.batch, stage.restart));
}

}  // namespace

Result train(mpi::Communicator const& comm, Descriptors const& descriptors,
             dataset::Records training, dataset::Records validation, TrainOptions const& options,
             io::Provenance const& provenance, Start start, Hooks const& hooks, Logger const& log) {
    check(options, training);
    training = directed(training, descriptors);
    validation = directed(validation, descriptors);
    if (comm.size() > options.leaves)
        log.warn("{} ranks share {} leaves: {} ranks idle; raise 'leaves'", comm.size(),
                 options.leaves, comm.size() - options.leaves);
    auto const expect_family = [&](char const* key, std::string const& family) {
        if (std::none_of(training.begin(), training.end(),
                         [&](Record const& record) { return record.family == family; }))
            log.warn("{}: the training set has no family '{}': misspelt?", key, family);
    };
    for (auto const& [family, weight] : options.loss.family_weights)
        expect_family("family_weights", family);
    for (auto const& scales : options.loss.family_scales)
        expect_family("family_scales", scales.name);
    if (start == Start::refuse && has_checkpoint(options.directory, comm))
        throw UsageError(
            fmt::format("{} holds a checkpoint (it would be overwritten): say --resume "
                        "to go on from it, or --fresh to begin again",
                        options.directory.string()));
    if (start == Start::fresh) {
        remove_checkpoints(options.directory, comm);
        for (auto const* name : {finished_model, model_so_far})
            remove(options.directory / name, comm);
    }

    io::Hash64 hash;
    // This reads all of the data: what cannot be read is found here, by all ranks together.
    mpi::all_or_none(comm, [&] {
        add(hash, training);
        add(hash, validation);
    });
    add(hash, descriptors);
    add(hash, options);

    std::optional<Zbl> short_range;
    if (options.short_range) {
        short_range = short_range_for(training, *options.short_range);
        training = without(*short_range, training);
        validation = without(*short_range, validation);
    }
    Matrix linear;
    if (options.linear) {
        auto const baseline = linear_baseline(comm, descriptors, training, options, log);
        linear = linear_part_of(baseline);
        training = without(baseline, training);
        validation = without(baseline, validation);
    }
    DistributedLoss training_loss{training, options.loss, descriptors.cutoff(), options.leaves,
                                  options.cache};
    auto model = prepare_model(comm, descriptors, training, options, training_loss.cache(), log);
    model.set_short_range(short_range);
    model.set_linear(linear);
    log.info("{} training and {} validation structures, {} parameters", training.size(),
             validation.size(), model.parameters().size());
    std::optional<DistributedLoss> validation_loss;
    if (!validation.empty())
        validation_loss.emplace(validation, options.loss, descriptors.cutoff(), options.leaves,
                                options.cache);

    Run run{comm,          std::move(model),
            training_loss, validation_loss ? &*validation_loss : nullptr,
            options,       io::render_hash(hash.value()),
            hooks,         log};
    if (start == Start::resume) run.resume();
    hooks.begins();
    remove_leftovers(options.directory, comm);
    auto const outcome = run.all_stages();
    auto best = run.best();
    auto const summary = run.summary(best);
    bool const finished = outcome == Result::Outcome::finished;
    if (finished) best.set_grade(grade_of(comm, best, training));
    auto const file = options.directory / (finished ? finished_model : model_so_far);
    save_model(file, comm, best, provenance, summary);
    if (finished) remove(options.directory / model_so_far, comm);
    return {outcome, std::move(best), summary, file};
}

}  // namespace kamacite::training
