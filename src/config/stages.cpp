#include "stages.hpp"

namespace kamacite::config {
namespace {

Bounds const positive{1e-12};
Bounds const not_negative{0.0};
Bounds const at_least_one{1.0};
Bounds const part_of_one{0.0, 1.0};

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

void kalman_fields(Fields& f, training::StageOptions& o) {
    f.integer({"batch", "Structures per step"}, o.batch, at_least_one);
    f.number({"step", "Part of the filter's step that is taken, at the beginning"}, o.step,
             {1e-6, 1.0});
    f.number({"final_step", "The same at the end, reached by a cosine"}, o.final_step, {0.0, 1.0});
    f.integer({"block", "Parameters of one block of the covariance at most"}, o.block,
              at_least_one);
    f.number({"covariance", "Variance of the parameters at the beginning"}, o.covariance, positive);
    f.number({"process_noise", "What every update adds to the variances of the parameters"},
             o.process_noise, not_negative);
    f.number({"noise", "Variance of a measurement, in units of the scales of the loss"}, o.noise,
             positive);
    f.number({"forget", "Factor λ by which the covariance is divided, at the beginning"}, o.forget,
             {0.5, 1.0});
    f.number({"forget_rate", "How slowly λ approaches 1: λ ← ν λ + 1 − ν"}, o.forget_rate,
             {0.0, 1.0});
}

void tao_fields(Fields& f, training::StageOptions& o) {
    f.integer({"restart", "Iterations until its memory of the curvature begins anew"}, o.restart,
              at_least_one);
    f.text({"petsc", "Further options of PETSc, e.g. '-tao_ls_type armijo'", Key::Need::optional,
            "'-tao_ls_type armijo'"},
           o.petsc);
}

void least_squares_fields(Fields& f, training::StageOptions& o) {
    f.number({"regularizer",
              "λ of ½ λ |change of the parameters|², in units of the loss; for lsqr "
              "of the parameters themselves"},
             o.regularizer, not_negative);
    f.integer({"inner", "Products with the Jacobian and its transpose in an iteration at most"},
              o.inner, at_least_one);
    f.text({"petsc", "Further options of PETSc, e.g. '-tao_brgn_subsolver_tao_ls_type unit'",
            Key::Need::optional, "'-tao_brgn_subsolver_tao_ls_type unit'"},
           o.petsc);
}

}  // namespace

void stage_fields(Fields& f, training::StageOptions& o) {
    using Kind = training::StageOptions::Kind;
    f.choice<Kind>(
        {"optimiser", "How parameters are moved"}, o.kind,
        {{Kind::adam, "adam", "steps by batches, with momentum",
          [&](Fields& s) { adam_fields(s, o); }},
         {Kind::kalman, "kalman",
          "extended Kalman filter: steps by batches, weighted by the covariance of parameters",
          [&](Fields& s) { kalman_fields(s, o); }},
         {Kind::lmvm, "lmvm", "limited-memory BFGS of PETSc TAO on all structures at once",
          [&](Fields& s) { tao_fields(s, o); }},
         {Kind::bqnls, "bqnls", "quasi-Newton line search of PETSc TAO on all structures at once",
          [&](Fields& s) { tao_fields(s, o); }},
         {Kind::brgn, "brgn",
          "Gauss–Newton of PETSc TAO with a proximal regulariser, on all structures at once; the "
          "Jacobian is an operator",
          [&](Fields& s) { least_squares_fields(s, o); }},
         {Kind::lsqr, "lsqr",
          "ridge regression of the linearised model by PETSc KSP: a model without hidden layers in "
          "one step",
          [&](Fields& s) { least_squares_fields(s, o); }}});
    f.integer({"epochs",
               "Passes through the training set; for those that take all structures at once "
               "iterations"},
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

}  // namespace kamacite::config
