#include "kamacite/config/train.hpp"

#include <fmt/format.h>

#include <set>

#include "kamacite/config/search.hpp"
#include "kamacite/core/element.hpp"
#include "splits.hpp"
#include "stages.hpp"
#include "words.hpp"

namespace kamacite::config {
namespace {

Bounds const positive{1e-12};
Bounds const not_negative{0.0};
Bounds const at_least_one{1.0};

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

std::vector<Fault> model_faults(TrainOptions const& o) {
    std::vector<Fault> faults;
    if (!o.energy && !o.moment && o.property_heads.empty())
        faults.push_back({"",
                          "nothing is predicted: leave out 'energy: false', or give 'moment' or "
                          "'properties'"});
    if (o.energy && !is_smooth(o.energy_head.activation))
        faults.push_back({"energy.activation",
                          "relu is refused for energies (its slope jumps, so forces would be "
                          "discontinuous): choose silu or tanh"});
    std::set<std::string> predicted;
    for (std::size_t i = 0; i < o.property_heads.size(); ++i) {
        auto const& head = o.property_heads[i];
        for (std::size_t k = 0; k < head.outputs.size(); ++k)
            if (!predicted.insert(head.outputs[k]).second)
                faults.push_back(
                    {fmt::format("properties[{}].outputs[{}]", i, k),
                     fmt::format("'{}' is predicted twice: remove one of them", head.outputs[k])});
        for (std::size_t k = 0; k < head.conditions.size(); ++k)
            if (std::count(head.outputs.begin(), head.outputs.end(), head.conditions[k]) > 0)
                faults.push_back({fmt::format("properties[{}].conditions[{}]", i, k),
                                  fmt::format("'{}' is what is to be predicted: remove it from one "
                                              "of the two",
                                              head.conditions[k])});
    }
    return faults;
}

void model_fields(Fields& f, TrainOptions& o) {
    f.optional_section({"energy", "Energies, with forces and stress as their derivatives"},
                       o.energy, [&](Fields& s) { network_fields(s, o.energy_head); });
    f.optional_section(
        {"short_range",
         "Repulsion of nuclei (Ziegler, Biersack, Littmark) that is added, so that atoms which "
         "come "
         "closer than in any data repel each other; networks learn the rest"},
        o.short_range, [&](Fields& s) {
            s.quantity({"outer",
                        "Distance where it has vanished; not given: for each pair of elements the "
                        "shortest in the training set"},
                       o.repulsion.outer, Dimension::length, {0.1, 5.0});
            s.quantity({"inner", "Distance below which it acts in full; not given: 0.6 outer"},
                       o.repulsion.inner, Dimension::length, {0.0, 5.0});
            s.demand([&o]() -> std::vector<Fault> {
                if (!(o.repulsion.inner >= o.repulsion.outer)) return {};
                return {{"outer", fmt::format("{} Å (not above inner, {} Å): raise it",
                                              o.repulsion.outer, o.repulsion.inner)}};
            });
        });
    f.optional_section(
        {"linear",
         "A part of the energies that is linear in the descriptors, found first by ridge "
         "regression "
         "(PETSc KSP lsqr) in the weights of the loss; networks learn the difference to it"},
        o.linear, [&](Fields& s) {
            s.number({"regularizer", "λ of the ridge regression, in units of the loss"},
                     o.baseline.regularizer, not_negative);
            s.integer({"inner", "Products with the Jacobian and its transpose at most"},
                      o.baseline.inner, at_least_one);
        });
    f.optional_section({"moment", "Size |m| of the magnetic moment of each atom"}, o.moment,
                       [&](Fields& s) { network_fields(s, o.moment_head); });
    f.list({"properties", "Properties of whole structures, one network per entry"},
           o.property_heads, [](Fields& s, Head& head) { property_fields(s, head); });
    f.demand([&o] { return model_faults(o); });
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
    f.quantity({"moments_scale", "Error of a moment that one would like to reach"}, o.moments_scale,
               Dimension::moment, positive);
    f.quantity({"moments_huber",
                "Error of a moment beyond which the loss grows straight; 0: squares everywhere"},
               o.moments_huber, Dimension::moment, not_negative);
    f.quantity({"energy_huber",
                "Error per atom beyond which the loss grows straight, against outliers; 0: squares "
                "everywhere"},
               o.energy_huber, Dimension::energy, not_negative);
    f.quantity({"forces_huber", "The same of the length |ΔF| of the error of a force"},
               o.forces_huber, Dimension::force, not_negative);
    f.quantity({"stress_huber", "The same of the size of the error of the virial per atom"},
               o.stress_huber, Dimension::energy, not_negative);
    f.list({"family_scales", "Scales of families in place of the common ones"}, o.family_scales,
           [](Fields& s, training::LossOptions::FamilyScales& scales) {
               s.text({"name", "Name of the family", Key::Need::required, "liquid"}, scales.name);
               s.quantity({"energy_scale", "Its energy_scale; not given: the common one"},
                          scales.energy, Dimension::energy, positive);
               s.quantity({"forces_scale", "Its forces_scale; not given: the common one"},
                          scales.forces, Dimension::force, positive);
               s.quantity({"stress_scale", "Its stress_scale; not given: the common one"},
                          scales.stress, Dimension::energy, positive);
           });
    f.table({"family_weights", "Weight of each family; 1 for those not named", Key::Need::optional,
             "{bcc_strain: 0.5}"},
            o.family_weights, not_negative);
}

/// What the sections demand of each other.
std::vector<Fault> faults_of(TrainOptions const& o) {
    std::vector<Fault> faults;
    if (o.training.stages.empty())
        faults.push_back({"stages", "none given (nothing would be trained): give at least one"});
    if (!o.listed && o.functions_of.empty() && is_empty(o.descriptors))
        faults.push_back(
            {"descriptors", "there is no function: give radial_shifted or angular_eta"});
    if (o.listed && is_empty(o.functions))
        faults.push_back({"functions", "there is none: list some, or leave this section out"});
    if (o.listed && !o.functions_of.empty())
        faults.push_back({"functions_of", "there are 'functions', too: leave out one of the two"});
    auto const& l = o.training.loss;
    if (o.energy && l.energy_weight == 0.0 && l.forces_weight == 0.0 && l.stress_weight == 0.0)
        faults.push_back({"loss",
                          "the weights of energies, forces and stress are all 0, so the "
                          "energy head learns nothing: raise one, or say 'energy: false'"});
    if (o.moment && l.moments_weight == 0.0)
        faults.push_back({"loss.moments_weight",
                          "0, so the moment head learns nothing: raise it, or leave out 'moment'"});
    if (!o.property_heads.empty() && l.properties_weight == 0.0)
        faults.push_back({"loss.properties_weight",
                          "0, so property heads learn nothing: raise it, "
                          "or leave out 'properties'"});
    auto more = repeated_elements(o.elements);
    if (more.empty() && faults.empty() && !o.elements.empty())
        more = faults_of(o, atomic_numbers(o.elements));
    faults.insert(faults.end(), more.begin(), more.end());
    return faults;
}

}  // namespace

void fields(Fields& f, TrainOptions& o) {
    auto& t = o.training;
    f.paths(
        {"data", "Datasets (.h5, .kds) or other readable files with labels", Key::Need::required},
        o.data);
    f.path({"output", "Directory for model.h5, checkpoints and the learning curve"}, t.directory);
    f.section({"split", "Which structures train, validate and test"},
              [&](Fields& s) { split_fields(s, o.split_name, o.split); });
    f.texts({"elements", "Chemical symbols that the model knows; those of the data if empty",
             Key::Need::optional, "[Fe]"},
            o.elements, symbols());
    f.section({"descriptors", "Symmetry functions by a recipe"},
              [&](Fields& s) { fields(s, o.descriptors); });
    f.optional_section({"functions", "Symmetry functions one by one, in place of the recipe"},
                       o.listed, [&](Fields& s) { fields(s, o.functions); });
    f.path(
        {"functions_of",
         "A MODEL, e.g. a directory of n2p2 (in Å), whose symmetry functions are taken in place of "
         "the recipe",
         Key::Need::optional, "path/to/model"},
        o.functions_of);
    using Method = training::SelectionOptions::Method;
    f.optional_section(
        {"selection",
         "Takes the functions of `descriptors` or `functions` as a pool, from which some are "
         "chosen "
         "by their correlations over the atoms of the training set"},
        o.select, [&](Fields& s) {
            s.integer({"count", "Functions of each element that are kept"}, o.selection.count,
                      at_least_one);
            s.choice<Method>(
                {"method", "How they are chosen"}, o.selection.method,
                {{Method::cur, "cur",
                  "those that carry most of the variance that is not linear in others (CUR)"},
                 {Method::farthest, "farthest", "those that are least like one another"}});
        });
    f.section({"model", "What is predicted: networks that do not disturb each other"},
              [&](Fields& s) { model_fields(s, o); });
    f.section({"loss", "What is minimised"}, [&](Fields& s) { loss_fields(s, t.loss); });
    f.optional_section(
        {"committee",
         "Several models that differ in their seed and in what they learn from; their disagreement "
         "is the uncertainty of a prediction"},
        o.committee, [&](Fields& s) {
            s.integer({"members", "How many"}, o.members, {2.0, 64.0});
            s.number({"leave_out",
                      "Part of the training set that each does without, drawn by trajectories as "
                      "the split is; 0: they differ in their seeds alone"},
                     o.leave_out, {0.0, 0.9});
        });
    f.optional_section(
        {"search",
         "Trains with several values of some keys, by groups of ranks beside each other, and keeps "
         "the model of the least validation loss, in the weights of `loss` as they are here"},
        o.search, [&](Fields& s) {
            s.list({"over", "Keys and the values that are tried: every combination"}, o.search_over,
                   [](Fields& entry, SearchKey& key) {
                       entry.text({"key", "Full name of a key of this input", Key::Need::required,
                                   "loss.forces_weight"},
                                  key.key);
                       entry.texts({"values", "Its values, as one would write them",
                                    Key::Need::required, "['1', '10']"},
                                   key.values);
                   });
            s.integer({"trials", "Combinations that are tried, drawn at random; 0: all"}, o.trials,
                      {0.0, 10000.0});
            s.demand([&o] { return search_faults(o); });
        });
    f.list({"stages", "Optimisers, one after the other, each from the best model so far"}, t.stages,
           stage_fields);
    long long seed = static_cast<long long>(t.seed);
    f.integer({"seed", "Seed of first weights and of batches"}, seed, not_negative);
    t.seed = static_cast<std::uint64_t>(seed);
    f.integer({"leaves",
               "Parts that a batch is cut into: at most so many ranks work; the result "
               "depends on it to rounding, on the ranks not at all"},
              t.leaves, {1.0, 4096.0});
    f.quantity({"data_cache",
                "Memory per rank for structures that are kept; the others are read from the data "
                "each time they are needed"},
               o.data_cache, Dimension::memory, not_negative);
    f.quantity({"cache", "Memory per rank for descriptors that are kept"}, t.cache,
               Dimension::memory, not_negative);
    constexpr double second = 1.0e15;  // in fs, as all times of inputs
    double interval = second * t.checkpoint_interval;
    f.quantity({"checkpoint_interval", "Time between checkpoints"}, interval, Dimension::time,
               not_negative);
    t.checkpoint_interval = interval / second;
    f.demand([&o] { return faults_of(o); });
}

std::vector<Fault> faults_of(TrainOptions const& o, std::vector<int> const& elements) {
    if (!o.listed) return {};
    auto faults = faults_of(o.functions, elements);
    for (auto& fault : faults)
        fault.key = fault.key.empty() ? "functions" : "functions." + fault.key;
    return faults;
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

std::optional<training::LinearOptions> linear_of(TrainOptions const& options) {
    if (!options.energy || !options.linear) return std::nullopt;
    return options.baseline;
}

std::optional<training::ShortRangeOptions> short_range_of(TrainOptions const& options) {
    if (!options.energy || !options.short_range) return std::nullopt;
    return options.repulsion;
}

Descriptors descriptors_of(TrainOptions const& options, std::vector<int> const& elements) {
    if (!options.listed) return standard_descriptors(elements, options.descriptors);
    return {elements, functions_of(options.functions, elements)};
}

}  // namespace kamacite::config
