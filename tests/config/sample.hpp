#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "kamacite/config/fields.hpp"

namespace kamacite::test {

enum class Mode { careful, fast };

/// Options with one key of every kind.
struct Sample {
    struct Stage {
        int epochs = 10;
        bool operator==(Stage const&) const = default;
    };
    std::filesystem::path data;
    double cutoff = 6.5;
    double pressure = 25.0 * units::GPa;
    double limit = -1.0;  // not given
    std::vector<double> widths{0.05, 1.0 / 3.0};
    int seed = 1;
    long long steps = 5000000000;
    std::vector<int> layers{32, 32};
    std::string title = "no: \"plain\" text";
    std::vector<std::string> names{};
    std::vector<std::filesystem::path> files{"a b.h5"};
    double forces = 0.1;
    std::map<std::string, double> weights{{"bcc ev", 2.0}};
    std::string optimiser = "adam";
    double rate = 1e-3;
    int memory = 10;
    bool with_ema = false;
    double decay = 0.999;
    std::vector<Stage> stages{Stage{4}};
    Mode mode = Mode::careful;
    bool shuffle = true;
    bool operator==(Sample const&) const = default;
};

inline void fields(config::Fields& f, Sample& o) {
    using config::Dimension;
    f.path({"data", "The dataset", config::Key::Need::required}, o.data);
    f.quantity({"cutoff", "How far atoms see"}, o.cutoff, Dimension::length, {1.0, 20.0});
    f.quantity({"pressure", "Pressure"}, o.pressure, Dimension::pressure);
    f.number({"limit", "Largest value; none if absent"}, o.limit, {0.0});
    f.quantities({"widths", "Widths of Gaussians"}, o.widths, Dimension::inverse_area, {0.0});
    f.integer({"seed", "Seed of random numbers"}, o.seed, {0});
    f.integer({"steps", "Number of steps"}, o.steps, {1});
    f.integers({"layers", "Nodes of each layer"}, o.layers, {1, 1000});
    f.text({"title", "Free text"}, o.title);
    f.texts({"names", "Names"}, o.names);
    f.paths({"files", "More files"}, o.files);
    f.section({"loss", "What is minimised"}, [&](config::Fields& s) {
        s.number({"forces", "Weight of forces"}, o.forces, {0.0});
        s.table({"weights", "Weight of a family"}, o.weights, {0.0});
    });
    f.choice({"optimiser", "How it is minimised"}, o.optimiser,
             {{"adam", "first order",
               [&](config::Fields& a) {
                   a.number({"rate", "Step"}, o.rate, {0.0});
               }},
              {"lbfgs", "second order", [&](config::Fields& a) {
                   a.integer({"memory", "Pairs kept"}, o.memory, {1});
               }}});
    f.optional_section({"ema", "Averaged weights"}, o.with_ema, [&](config::Fields& s) {
        s.number({"decay", "Per step"}, o.decay, {0.0, 1.0});
    });
    f.list({"stages", "One after the other"}, o.stages,
           [](config::Fields& s, Sample::Stage& stage) {
               s.integer({"epochs", "Passes over the data"}, stage.epochs, {0});
           });
    f.choice<Mode>({"mode", "Pace"}, o.mode,
                   {{Mode::careful, "careful", "slow"}, {Mode::fast, "fast", "quick"}});
    f.flag({"shuffle", "Whether the order changes"}, o.shuffle);
}

}  // namespace kamacite::test
