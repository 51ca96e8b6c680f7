#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "settings.hpp"

namespace kamacite::n2p2 {
namespace {

// The lists follow n2p2's table of keywords and the RuNNer manual; docs/conventions.md shows them.

/// Read here; may stand on several lines.
constexpr std::array several = {"symfunction_short", "atom_energy", "element_nodes_short",
                                "element_hidden_layers_short", "element_activation_short"};

/// Read here; on one line only, as n2p2 demands.
constexpr std::array single = {"number_of_elements",
                               "elements",
                               "cutoff_type",
                               "cutoff_alpha",
                               "scale_symmetry_functions",
                               "scale_symmetry_functions_sigma",
                               "center_symmetry_functions",
                               "scale_min_short",
                               "scale_max_short",
                               "global_hidden_layers_short",
                               "global_nodes_short",
                               "global_activation_short",
                               "normalize_nodes",
                               "mean_energy",
                               "conv_energy",
                               "conv_length",
                               "nnp_type",
                               "nn_type",
                               "nn_type_short",
                               "nnp_gen"};

/// Words about training, data and output: they leave the model as it is.
constexpr std::array harmless = {
    // n2p2
    "random_seed", "test_fraction", "epochs", "use_short_forces", "rmse_threshold",
    "rmse_threshold_energy", "rmse_threshold_force", "rmse_threshold_charge",
    "rmse_threshold_trials", "rmse_threshold_trials_energy", "rmse_threshold_trials_force",
    "rmse_threshold_trials_charge", "short_energy_error_threshold", "short_force_error_threshold",
    "energy_fraction", "force_fraction", "charge_fraction", "short_energy_fraction",
    "short_force_fraction", "force_energy_ratio", "use_old_weights_short", "use_old_weights_charge",
    "weights_min", "weights_max", "nguyen_widrow_weights_short", "nguyen_widrow_weights_charge",
    "precondition_weights", "main_error_metric", "write_trainpoints", "write_trainforces",
    "write_traincharges", "write_weights_epoch", "write_neuronstats", "write_trainlog",
    "write_symfunctions", "repeated_energy_update", "updater_type", "parallel_mode",
    "jacobian_mode", "update_strategy", "selection_mode", "selection_mode_energy",
    "selection_mode_force", "selection_mode_charge", "task_batch_size_energy",
    "task_batch_size_force", "task_batch_size_charge", "gradient_type", "gradient_eta",
    "gradient_adam_eta", "gradient_adam_beta1", "gradient_adam_beta2", "gradient_adam_epsilon",
    "kalman_type", "kalman_epsilon", "kalman_eta", "kalman_etatau", "kalman_etamax", "kalman_q0",
    "kalman_qtau", "kalman_qmin", "kalman_lambda_short", "kalman_nue_short", "kalman_lambda_charge",
    "kalman_nue_charge", "memorize_symfunc_results", "force_weight", "charge_weight",
    "normalize_data_set",
    // RuNNer
    "runner_mode", "use_short_nn", "optmode_short_energy", "optmode_short_force", "optmode_charge",
    "points_in_memory", "mix_all_points", "fitting_unit", "remove_atom_energies", "bond_threshold",
    "calculate_forces", "calculate_stress", "calculate_hessian", "calculate_final_force",
    "energy_threshold", "force_threshold", "max_energy", "max_force", "write_pdb", "write_xyz",
    "write_pov", "write_pwscf", "write_binding_energy_only", "write_fit_statistics",
    "write_temporary_weights", "write_unformatted", "print_mad", "print_date_and_time",
    "print_force_components", "print_convergence_vector", "debug_mode", "silent_mode",
    "parallel_runner", "joint_energy_force_update", "force_update_scaling", "scale_min_elec",
    "scale_max_elec", "random_number_type", "growth_mode", "dynamic_force_grouping", "use_omp_mkl",
    "read_unformatted", "environment_analysis", "find_contradictions", "weight_analysis",
    "analyze_composition", "analyze_error", "use_noisematrix", "noise_energy", "noise_force",
    "noise_charge", "ion_forces_only", "shuffle_weights_short_atomic",
    "use_systematic_weights_short", "weights_min_ewald", "weights_max_ewald", "weightse_min",
    "weightse_max", "biasweights_min", "biasweights_max", "regularize_fit_param",
    "restrict_weights", "fixed_short_energy_error_threshold", "fixed_short_force_error_threshold",
    "fix_weights", "steepest_descent_step_energy_short", "steepest_descent_step_force_short",
    "kalman_damp_short", "kalman_damp_force", "kalman_damp_charge", "nguyen_widrow_weights_ewald",
    "enforce_max_num_neighbors_atomic",
    // in effect only with use_electrostatics
    "electrostatic_type", "symfunction_electrostatic", "global_symfunction_electrostatic",
    "element_symfunction_electrostatic", "global_hidden_layers_electrostatic",
    "global_nodes_electrostatic", "global_activation_electrostatic",
    "element_hidden_layers_electrostatic", "element_nodes_electrostatic",
    "element_activation_electrostatic", "fixed_charge", "ewald_alpha", "ewald_cutoff", "ewald_kmax",
    "ewald_prec", "screen_electrostatics", "fixed_gausswidth", "use_old_weights_ewald",
    "kalman_lambda_charge_constraint", "kalman_nue_charge_constraint"};

constexpr char const* only_short_range =
    "kamacite reads short-range models: take a model without it";
constexpr char const* no_shorthand = "write out its functions, one line symfunction_short each";

/// Words that change energies and are not supported: keyword, why, mend.
constexpr std::array<std::array<char const*, 3>, 18> refused{{
    {"use_electrostatics", "it adds electrostatic energies", only_short_range},
    {"use_fixed_charges", "it adds electrostatic energies", only_short_range},
    {"use_charge_constraint", "it adds electrostatic energies", only_short_range},
    {"enforce_totcharge", "it adds electrostatic energies", only_short_range},
    {"use_vdw", "it adds dispersion energies", only_short_range},
    {"vdw_type", "it adds dispersion energies", only_short_range},
    {"use_atom_charges", "its descriptors depend on charges", only_short_range},
    {"use_atom_spins", "its descriptors depend on spins", only_short_range},
    {"use_magnetic_moments", "its descriptors depend on spins", only_short_range},
    {"symfunction_charge", "its descriptors depend on charges", only_short_range},
    {"pairsymfunction_short", "it defines a pair network", only_short_range},
    {"global_pairsymfunction_short", "it defines a pair network", only_short_range},
    {"element_pairsymfunction_short", "it defines a pair network", only_short_range},
    {"global_symfunction_short", "it stands for functions of all elements", no_shorthand},
    {"global_symfunction_short_atomic", "it stands for functions of all elements", no_shorthand},
    {"element_symfunction_short", "it stands for functions of all neighbours", no_shorthand},
    {"element_symfunction_short_atomic", "it stands for functions of all neighbours", no_shorthand},
    {"scale_center_symmetry_functions", "n2p2 does not know it",
     "write scale_symmetry_functions and center_symmetry_functions"},
}};

template <class List>
bool contains(List const& list, std::string const& key) {
    return std::find(list.begin(), list.end(), key) != list.end();
}

/// A short-range model of atoms, in the words and numbers of all versions.
void check_type(Settings const& settings, Setting const& setting) {
    constexpr std::array<std::pair<char const*, char const*>, 8> accepted{{{"nnp_type", "0"},
                                                                           {"nnp_type", "2"},
                                                                           {"nnp_type", "2G-HDNNP"},
                                                                           {"nn_type", "0"},
                                                                           {"nn_type", "2"},
                                                                           {"nn_type", "2G-HDNNP"},
                                                                           {"nn_type_short", "1"},
                                                                           {"nnp_gen", "2"}}};
    auto const value = setting.values.empty() ? std::string{} : setting.values[0];
    for (auto const& [key, good] : accepted)
        if (setting.key == key && value == good) return;
    settings.refuse(setting,
                    fmt::format("the type '{}' is not supported (its energy is more than a sum of "
                                "short-range networks): take a model of the second generation",
                                value));
}

}  // namespace

void check_keywords(Settings const& settings, std::vector<std::string>& warnings) {
    for (auto const& setting : settings.lines()) {
        auto const& key = setting.key;
        for (auto const& [word, why, mend] : refused)
            if (key == word)
                settings.refuse(setting, fmt::format("not supported ({}): {}", why, mend));
        if (contains(several, key) || contains(harmless, key)) continue;
        if (!contains(single, key)) {
            warnings.push_back(fmt::format(
                "{}: this keyword is not known and has no effect (n2p2 ignores such keywords): "
                "check its spelling",
                settings.place(setting)));
            continue;
        }
        if (auto const* const first = settings.find(key); first != &setting)
            settings.refuse(setting, fmt::format("it stands on line {} already (once at most): "
                                                 "remove one",
                                                 first->line));
        if (key == "nnp_type" || key == "nn_type" || key == "nn_type_short" || key == "nnp_gen")
            check_type(settings, setting);
    }
}

}  // namespace kamacite::n2p2
