#include "kamacite/config/train.hpp"

namespace kamacite::config {
namespace {

Bounds const positive{1e-12};
Bounds const not_negative{0.0};
Bounds const at_least_one{1.0};
Bounds const part_of_one{0.0, 1.0};

void network_fields(Fields& f, Head& head) {
    f.integers({"hidden", "Width of each hidden layer; none gives a linear model"}, head.hidden,
               at_least_one);
    f.choice<Activation>(
        {"activation", "Function of each hidden unit"}, head.activation,
        {{Activation::silu, "silu", "x/(1 + e⁻ˣ), smooth"},
         {Activation::tanh, "tanh", "tanh x, smooth"},
         {Activation::softplus, "softplus", "ln(1 + eˣ), smooth"},
         {Activation::sigmoid, "sigmoid", "1/(1 + e⁻ˣ), smooth"},
         {Activation::relu, "relu", "max(0, x): refused for energies, whose forces would jump"},
         {Activation::linear, "linear", "x: the model is linear"}});
}

void property_fields(Fields& f, Head& head) {
    head.kind = Head::Kind::property;
    f.texts({"outputs", "Properties that it predicts, as the data name them", Key::Need::required,
             "[thermal_conductivity]"},
            head.outputs);
    f.texts({"conditions", "Properties that it is given as further inputs, e.g. temperature",
             Key::Need::optional, "[temperature]"},
            head.conditions);
    f.choice<Head::Pooling>(
        {"pooling", "What it sees of the descriptors of all atoms"}, head.pooling,
        {{Head::Pooling::mean, "mean", "their mean"},
         {Head::Pooling::mean_and_variance, "mean_and_variance", "their mean and variance"}});
    network_fields(f, head);
}

void model_fields(Fields& f, TrainOptions& o) {
    f.optional_section({"energy", "Energies, with forces and stress as their derivatives"},
                       o.energy, [&](Fields& s) { network_fields(s, o.energy_head); });
    f.optional_section({"moment", "Size |m| of the magnetic moment of each atom"}, o.moment,
                       [&](Fields& s) { network_fields(s, o.moment_head); });
    f.list({"properties", "Properties of whole structures, one network per entry"},
           o.property_heads, [](Fields& s, Head& head) { property_fields(s, head); });
}

void split_fields(Fields& f, TrainOptions& o) {
    f.text({"name",
            "Name under which the split is kept with the dataset; one of this name that is "
            "there already must have been made with the same options, and is used"},
           o.split_name);
    f.choice<dataset::SplitMethod>(
        {"method", "What stays together"}, o.split.method,
        {{dataset::SplitMethod::trajectory, "trajectory",
          "one run of molecular dynamics or one series; every family is on every side"},
         {dataset::SplitMethod::family, "family", "only whole families are held out"},
         {dataset::SplitMethod::random, "random",
          "nothing: errors of similar frames are then too small"}});
    f.texts({"validation_families", "Families that are held out whole for validation",
             Key::Need::optional, "[bcc_rattle4]"},
            o.split.validation_families);
    f.texts({"test_families", "Families that are held out whole for the test", Key::Need::optional,
             "[bcc_strain]"},
            o.split.test_families);
    f.number({"validation", "Fraction (of the other families) that training is judged by"},
             o.split.validation, {0.0, 0.9});
    f.number({"test", "Fraction (of the other families) that training never sees"}, o.split.test,
             {0.0, 0.9});
    f.integer({"block", "Consecutive records that count as one trajectory where none is named"},
              o.split.block, at_least_one);
    long long seed = static_cast<long long>(o.split.seed);
    f.integer({"seed", "Seed of the split"}, seed, not_negative);
    o.split.seed = static_cast<std::uint64_t>(seed);
}

void loss_fields(Fields& f, training::LossOptions& o) {
    f.number({"energy_weight", "Weight of energies"}, o.energy_weight, not_negative);
    f.number({"forces_weight", "Weight of forces"}, o.forces_weight, not_negative);
    f.number({"stress_weight", "Weight of the stress"}, o.stress_weight, not_negative);
    f.number({"moments_weight", "Weight of magnetic moments"}, o.moments_weight, not_negative);
    f.number({"properties_weight", "Weight of properties"}, o.properties_weight, not_negative);
    f.quantity({"energy_scale", "Error per atom that one would like to reach"}, o.energy_scale,
               Dimension::energy, positive);
    f.quantity({"forces_scale", "Error of a force that one would like to reach"}, o.forces_scale,
               Dimension::force, positive);
    f.quantity({"stress_scale", "Error of the virial per atom that one would like to reach"},
               o.stress_scale, Dimension::energy, positive);
    f.number({"moments_scale", "Error of a moment that one would like to reach, in μ_B"},
             o.moments_scale, positive);
    f.number({"moments_huber",
              "Error of a moment, in μ_B, beyond which the loss grows straight; 0: "
              "squares everywhere"},
             o.moments_huber, not_negative);
    f.table({"family_weights", "Weight of each family; 1 for those not named", Key::Need::optional,
             "{bcc_strain: 0.5}"},
            o.family_weights, not_negative);
}

void adam_fields(Fields& f, training::StageOptions& o) {
    using Schedule = training::StageOptions::Schedule;
    f.integer({"batch", "Structures per step"}, o.batch, at_least_one);
    f.number({"learning_rate", "Learning rate after the warm-up"}, o.learning_rate, positive);
    f.choice<Schedule>(
        {"schedule", "How the learning rate goes on"}, o.schedule,
        {{Schedule::cosine, "cosine", "falls as a cosine",
          [&](Fields& s) {
              s.number({"final_rate", "Learning rate at the end"}, o.final_rate, not_negative);
          }},
         {Schedule::constant, "constant", "stays"}});
    f.number({"warm_up", "Part of all steps in which the learning rate rises from 0"}, o.warm_up,
             part_of_one);
    f.number({"weight_decay", "Decay of weights, decoupled (AdamW)"}, o.weight_decay, not_negative);
    f.number({"beta1", "Memory of the mean of the gradient"}, o.beta1, {0.0, 0.999999});
    f.number({"beta2", "Memory of the mean of its square"}, o.beta2, {0.0, 0.99999999});
    f.number({"epsilon", "Added to the root of that"}, o.epsilon, positive);
    f.number({"average", "Memory of the average of parameters that is validated and kept; 0: none"},
             o.average, {0.0, 0.9999999});
    f.number({"clip", "Limit of a gradient in units of its usual norm; 0: none"}, o.clip,
             not_negative);
}

void tao_fields(Fields& f, training::StageOptions& o) {
    f.integer({"restart", "Iterations until its memory of the curvature begins anew"}, o.restart,
              at_least_one);
    f.text({"petsc", "Further options of PETSc, e.g. '-tao_ls_type armijo'",
            Key::Need::optional, "'-tao_ls_type armijo'"},
           o.petsc);
}

void stage_fields(Fields& f, training::StageOptions& o) {
    using Kind = training::StageOptions::Kind;
    f.choice<Kind>(
        {"optimiser", "How parameters are moved"}, o.kind,
        {{Kind::adam, "adam", "steps by batches, with momentum",
          [&](Fields& s) { adam_fields(s, o); }},
         {Kind::lmvm, "lmvm", "limited-memory BFGS of PETSc TAO on all structures at once",
          [&](Fields& s) { tao_fields(s, o); }},
         {Kind::bqnls, "bqnls", "quasi-Newton line search of PETSc TAO on all structures at once",
          [&](Fields& s) { tao_fields(s, o); }}});
    f.integer({"epochs", "Passes through the training set; for lmvm and bqnls iterations"},
              o.epochs, not_negative);
    f.integer({"patience",
               "Ends the stage after so many epochs without a better validation; 0: "
               "never"},
              o.patience, not_negative);
    f.number({"energy_factor", "Multiplies energy_weight in this stage"}, o.energy_factor,
             not_negative);
    f.number({"forces_factor", "Multiplies forces_weight in this stage"}, o.forces_factor,
             not_negative);
}

}  // namespace

void fields(Fields& f, TrainOptions& o) {
    auto& t = o.training;
    f.paths(
        {"data", "Datasets (.h5, .kds) or other readable files with labels", Key::Need::required},
        o.data);
    f.path({"output", "Directory for model.h5, checkpoints and the learning curve"}, t.directory);
    f.section({"split", "Which structures train, validate and test"},
              [&](Fields& s) { split_fields(s, o); });
    f.texts({"elements", "Chemical symbols that the model knows; those of the data if empty",
             Key::Need::optional, "[Fe]"},
            o.elements);
    f.section({"descriptors", "Symmetry functions by a recipe"},
              [&](Fields& s) { fields(s, o.descriptors); });
    f.optional_section({"functions", "Symmetry functions one by one, in place of the recipe"},
                       o.listed, [&](Fields& s) { fields(s, o.functions); });
    f.section({"model", "What is predicted: networks that do not disturb each other"},
              [&](Fields& s) { model_fields(s, o); });
    f.section({"loss", "What is minimised"}, [&](Fields& s) { loss_fields(s, t.loss); });
    f.list({"stages", "Optimisers, one after the other, each from the best model so far"}, t.stages,
           stage_fields);
    long long seed = static_cast<long long>(t.seed);
    f.integer({"seed", "Seed of first weights and of batches"}, seed, not_negative);
    t.seed = static_cast<std::uint64_t>(seed);
    f.integer({"leaves",
               "Parts that a batch is cut into: at most so many ranks work; the result "
               "depends on it to rounding, on the ranks not at all"},
              t.leaves, {1.0, 4096.0});
    f.number({"cache", "Bytes per rank for descriptors that are kept"}, t.cache, not_negative);
    f.number({"checkpoint_interval", "Seconds between checkpoints"}, t.checkpoint_interval,
             not_negative);
}

std::vector<Head> heads_of(TrainOptions const& options) {
    std::vector<Head> heads;
    if (options.energy) heads.push_back(options.energy_head);
    if (options.moment) heads.push_back(options.moment_head);
    for (auto head : options.property_heads) {
        head.kind = Head::Kind::property;
        heads.push_back(std::move(head));
    }
    return heads;
}

Descriptors descriptors_of(TrainOptions const& options, std::vector<int> const& elements) {
    if (!options.listed) return standard_descriptors(elements, options.descriptors);
    return {elements, functions_of(options.functions, elements)};
}

}  // namespace kamacite::config
