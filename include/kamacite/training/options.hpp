#pragma once
#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kamacite/model/head.hpp"

namespace kamacite::training {

/// What is minimised: the mean over structures s of
///
///     L_s = f_s [ w_E (ΔE/N)²/σ_E² + w_F Σ|ΔF|²/(3N σ_F²) + w_V |ΔW/N|²/σ_V²
///                 + w_m Σ 2h(Δ|m|)/(N σ_m²) + w_p mean over given properties of (Δp/spread_p)² ]
///
/// W is the virial −σV; h the Huber function, d²/2 for |d| < δ, then δ(|d| − δ/2); f_s the weight
/// of the family. What a record has no label for does not count. A scale σ is the error that one
/// would like to reach, so that terms near 1 are in balance. Source: docs/theory/training.md.
struct LossOptions {
    double energy_weight = 1.0, forces_weight = 1.0;
    double stress_weight = 0.1;  ///< about 1/9: the term is a sum over nine components
    double moments_weight = 1.0, properties_weight = 1.0;
    double energy_scale = 0.002;                   ///< σ_E [eV/atom]
    double forces_scale = 0.050;                   ///< σ_F [eV/Å]
    double stress_scale = 0.020;                   ///< σ_V [eV/atom]
    double moments_scale = 0.050;                  ///< σ_m [μ_B]
    double moments_huber = 0.1;                    ///< δ [μ_B]; 0: plain squares
    std::map<std::string, double> family_weights;  ///< f by family; 1 for those not named

    /// Errors beyond which the loss grows straight, against outliers; 0: squares everywhere. e² is
    /// replaced by 2h(e), with e the error of E/N, |ΔF| of an atom, |ΔW|/N.
    double energy_huber = 0.0;  ///< [eV/atom]
    double forces_huber = 0.0;  ///< [eV/Å]
    double stress_huber = 0.0;  ///< [eV/atom]

    /// Scales of a family in place of the common ones; not finite: the common one.
    struct FamilyScales {
        std::string name{};
        double energy = std::numeric_limits<double>::quiet_NaN();  ///< σ_E [eV/atom]
        double forces = std::numeric_limits<double>::quiet_NaN();  ///< σ_F [eV/Å]
        double stress = std::numeric_limits<double>::quiet_NaN();  ///< σ_V [eV/atom]
    };
    std::vector<FamilyScales> family_scales{};
};

/// One stage of training; stages follow one another, each from where the last one ended.
struct StageOptions {
    enum class Kind : int { adam = 0, lmvm = 1, bqnls = 2, kalman = 3, brgn = 4, lsqr = 5 };
    enum class Schedule : int { constant = 0, cosine = 1 };

    Kind kind = Kind::adam;
    int epochs =
        200;  ///< passes through the training set; for those that take all at once: iterations
    int patience =
        0;  ///< ends the stage after so many epochs without a better validation; 0: never
    double energy_factor = 1.0;  ///< multiplies w_E in this stage
    double forces_factor = 1.0;  ///< multiplies w_F in this stage

    // adam, kalman
    int batch = 16;  ///< structures per step

    // adam
    double learning_rate = 2e-3;
    double final_rate = 1e-5;  ///< of the cosine schedule
    Schedule schedule = Schedule::cosine;
    double warm_up = 0.02;       ///< part of all steps in which the rate rises from 0
    double weight_decay = 1e-6;  ///< of weights, not of biases; decoupled (AdamW)
    double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
    double average = 0.999;  ///< EMA of the parameters, which is what is validated; 0: none
    double clip =
        5.0;  ///< gradient norm of a head at most this times its running mean; 0: no limit

    // kalman
    double step = 0.5;            ///< part of the filter's step that is taken, at the beginning
    double final_step = 0.05;     ///< the same at the end, by a cosine
    int block = 2000;             ///< parameters of one block of the covariance at most
    double covariance = 1.0;      ///< P at the beginning: this times 1
    double process_noise = 1e-9;  ///< q, what every update adds to the variances
    double noise = 1.0;           ///< R, in units of the scales of the loss, squared
    double forget = 0.98;         ///< λ at the beginning
    double forget_rate = 0.9987;  ///< ν

    // lmvm, bqnls
    int restart = 100;  ///< iterations until its memory of the curvature begins anew
    // brgn, lsqr
    double regularizer = 1e-4;  ///< λ, in units of the loss
    int inner = 50;             ///< products with J and Jᵀ in an iteration at most

    // lmvm, bqnls, brgn, lsqr
    std::string petsc;  ///< further PETSc options, e.g. "-tao_ls_type armijo"
};

/// Where the repulsion of atoms that come close is switched off: Zbl::Switch.
struct ShortRangeOptions {
    /// [Å]; not finite: for each pair of elements the shortest distance in the training set, whose
    /// labels are then what the networks learn.
    double outer = std::numeric_limits<double>::quiet_NaN();
    double inner = std::numeric_limits<double>::quiet_NaN();  ///< [Å]; not finite: 0.6 × outer
};

/// A part of the energies that is linear in the descriptors; networks learn the difference to it.
struct LinearOptions {
    double regularizer = 1e-4;  ///< λ of the ridge regression, in units of the loss
    int inner = 300;            ///< products with the Jacobian and its transpose at most
};

/// Choice of some functions from a pool, for each element.
struct SelectionOptions {
    enum class Method : int { cur = 0, farthest = 1 };
    Method method = Method::cur;
    int count = 60;  ///< functions of each element at most
};

/// Everything that training needs beside descriptors and data. No file is read for it.
struct TrainOptions {
    std::vector<Head> heads = {Head{}};
    /// Repulsion beside the networks; they learn the rest.
    std::optional<ShortRangeOptions> short_range;
    std::optional<LinearOptions> linear;
    std::optional<SelectionOptions> selection;  ///< select_functions(); train() takes what it gets
    LossOptions loss;
    std::vector<StageOptions> stages = {StageOptions{}};
    std::uint64_t seed = 1;
    int leaves = 16;  ///< parts of every batch; more ranks than this idle (docs/theory/training.md)
    double cache = 2e9;  ///< bytes per rank for descriptors, of training and of validation each
    std::filesystem::path directory = "training";
    double checkpoint_interval = 300.0;  ///< [s] of wall time
};

}  // namespace kamacite::training
