#include "kamacite/training/loss.hpp"

#include <algorithm>
#include <cmath>

#include "flight.hpp"
#include "kamacite/core/error.hpp"

namespace kamacite::training {
namespace {

double square(double x) {
    return x * x;
}

/// 2h(|d|) of the length of a vector or tensor d, from its square, and what d is multiplied by in
/// the slope 2d.
std::pair<double, double> huber_of_square(double square_of_d, double limit) {
    double const d = std::sqrt(square_of_d);
    if (limit <= 0.0 || d < limit) return {square_of_d, 1.0};
    return {limit * (2.0 * d - limit), limit / d};
}

/// Where errors and losses are summed.
struct Ledger {
    SumLayout const& layout;
    std::span<double> sums;

    void error(int quantity, double squares, double count) {
        sums[static_cast<std::size_t>(layout.count(quantity))] += count;
        sums[static_cast<std::size_t>(layout.squares(quantity))] += squares;
    }
    void loss(int head, int quantity, double value) {
        sums[static_cast<std::size_t>(head)] += value;
        sums[static_cast<std::size_t>(layout.term(quantity))] += value;
    }
};

Seeds energy_errors(Model const& model, LossOptions const& options, Flight const& flight,
                    std::vector<Network::Tape> const& tapes, Descriptors::Pulled const& pulled,
                    int h, Ledger& ledger) {
    std::vector<Matrix const*> outputs;
    for (auto const& tape : tapes) outputs.push_back(&tape.output);
    auto const energies = energies_of(model, h, flight, outputs, true);
    Seeds out{flight.samples.size(), static_cast<std::size_t>(flight.block.atoms())};
    int const energy = ledger.layout.index_of("energy");
    int const forces = ledger.layout.index_of("forces");
    int const stress = ledger.layout.index_of("stress");
    for (std::size_t s = 0; s < flight.samples.size(); ++s) {
        auto const& labels = flight.samples[s].record->labels;
        double const n = flight.atoms(s);
        auto const weights = weights_of(options, flight.samples[s], n);
        if (labels.energy) {
            double const error = (energies[s] - *labels.energy) / n;
            double const weight = weights.energy;
            auto const [value, slope] = huber(error, options.energy_huber);
            ledger.loss(h, energy, weight * value);
            ledger.error(energy, square(error), 1.0);
            out.energy[s] = weight * slope / n;
        }
        if (!labels.forces.empty() && !pulled.forces.empty()) {
            double const weight = weights.forces;
            double squares = 0.0, counted = 0.0;
            for (int i = flight.begin(s); i < flight.end(s); ++i) {
                auto const at = static_cast<std::size_t>(i);
                Vec3 const error = pulled.forces[at] -
                                   labels.forces[static_cast<std::size_t>(i - flight.begin(s))];
                auto const [value, factor] =
                    huber_of_square(error.squaredNorm(), options.forces_huber);
                squares += error.squaredNorm();
                counted += value;
                out.displacement[at] = -2.0 * weight * factor * error;
            }
            ledger.loss(h, forces, weight * counted);
            if (n > 1.0)  // a lone atom has no force by symmetry: it would only dilute the error
                ledger.error(forces, squares, 3.0 * n);
        }
        if (labels.stress && !pulled.virials.empty()) {
            double const volume = flight.samples[s].record->structure.cell.volume();
            Mat3 error = volume * *labels.stress;  // of the virial: W − (−σV)
            for (int i = flight.begin(s); i < flight.end(s); ++i)
                error += pulled.virials[static_cast<std::size_t>(i)];
            double const weight = weights.stress;
            auto const [value, factor] =
                huber_of_square(error.squaredNorm(), n * options.stress_huber);
            ledger.loss(h, stress, weight * value);
            ledger.error(stress, error.squaredNorm() / square(volume), 9.0);
            for (int i = flight.begin(s); i < flight.end(s); ++i)
                out.strain[static_cast<std::size_t>(i)] = -2.0 * weight * factor * error;
        }
    }
    return out;
}

void energy_loss(Model const& model, LossOptions const& options, int h, Flight const& flight,
                 Ledger& ledger, std::span<double> gradient) {
    // Where a gradient is wanted, what has no weight need not be known.
    bool const wanted =
        gradient.empty() || options.forces_weight > 0.0 || options.stress_weight > 0.0;
    bool const tensors =
        wanted &&
        std::any_of(flight.samples.begin(), flight.samples.end(), [](Sample const& sample) {
            return !sample.record->labels.forces.empty() || sample.record->labels.stress;
        });
    bool const along = tensors && !gradient.empty();
    auto tapes =
        forward(model, h, flight, along ? Network::Order::curvatures : Network::Order::slopes);
    auto const& [neighbours, species, first] = flight.block;
    auto const pulled = tensors ? model.descriptors().pull_back(neighbours, species,
                                                                dE_dG_of(model, h, flight, tapes))
                                : Descriptors::Pulled{};
    auto const seeds = energy_errors(model, options, flight, tapes, pulled, h, ledger);
    if (!gradient.empty()) pull_to_parameters(model, h, flight, tapes, seeds, along, gradient);
}

void moment_loss(Model const& model, LossOptions const& options, int h, Flight const& flight,
                 Ledger& ledger, std::span<double> gradient) {
    int const quantity = ledger.layout.index_of("moments");
    std::vector<std::size_t> structure_of(static_cast<std::size_t>(flight.block.atoms()));
    for (std::size_t s = 0; s < flight.samples.size(); ++s)
        std::fill(structure_of.begin() + flight.begin(s), structure_of.begin() + flight.end(s), s);
    auto tapes = forward(model, h, flight, Network::Order::slopes);
    for (int e = 0; e < static_cast<int>(flight.rows.size()); ++e) {
        auto const& rows = flight.rows[static_cast<std::size_t>(e)];
        auto const& tape = tapes[static_cast<std::size_t>(e)];
        Matrix moment, slope;
        apply(Activation::softplus, tape.output, moment, slope);
        Matrix seed = Matrix::Zero(std::ssize(rows), 1);
        for (std::size_t r = 0; r < rows.size(); ++r) {
            auto const s = structure_of[static_cast<std::size_t>(rows[r])];
            auto const& moments = flight.samples[s].record->labels.moments;
            if (moments.empty()) continue;
            auto const row = static_cast<Eigen::Index>(r);
            double const reference =
                std::abs(moments[static_cast<std::size_t>(rows[r] - flight.begin(s))]);
            double const error = moment(row, 0) - reference;
            double const weight = moment_weight(options, flight.samples[s], flight.atoms(s));
            auto const [value, value_slope] = huber(error, options.moments_huber);
            ledger.loss(h, quantity, weight * value);
            ledger.error(quantity, square(error), 1.0);
            seed(row, 0) = weight * value_slope * slope(row, 0);
        }
        auto const& part = model.part(h, e);
        if (!gradient.empty())
            part.network.gradient(model.parameters_of(part), tape, seed, part_of(gradient, part));
    }
}

void property_loss(Model const& model, LossOptions const& options, int h, Flight const& flight,
                   Ledger& ledger, std::span<double> gradient) {
    auto const& head = model.heads()[static_cast<std::size_t>(h)];
    auto const& part = model.part(h, 0);
    auto const tape = property_forward(model, h, flight, Network::Order::slopes);
    Matrix seed = Matrix::Zero(tape.output.rows(), tape.output.cols());
    for (std::size_t s = 0; s < flight.samples.size(); ++s) {
        auto const row = static_cast<Eigen::Index>(s);
        auto const& record = *flight.samples[s].record;
        auto const learned = learned_outputs(head, record);
        for (auto const k : learned) {
            auto const column = static_cast<Eigen::Index>(k);
            double const error =
                tape.output(row, column) -
                (*property_of(record, head.outputs[k]) - head.shift[k]) / head.scale[k];
            double const weight = flight.samples[s].weight * options.properties_weight /
                                  static_cast<double>(learned.size());
            int const quantity = ledger.layout.index_of(head.outputs[k]);
            ledger.loss(h, quantity, weight * square(error));
            ledger.error(quantity, square(error * head.scale[k]), 1.0);
            seed(row, column) = 2.0 * weight * error;
        }
    }
    if (!gradient.empty())
        part.network.gradient(model.parameters_of(part), tape, seed, part_of(gradient, part));
}

}  // namespace

Sample sample_of(std::shared_ptr<Record const> record, int id, LossOptions const& options) {
    auto const& family = record->family;
    auto const found = options.family_weights.find(family);
    Sample sample{.weight = found == options.family_weights.end() ? 1.0 : found->second, .id = id};
    auto const factor = [](double common, double own) {
        return std::isfinite(own) ? square(common / own) : 1.0;
    };
    for (auto const& scales : options.family_scales)
        if (scales.name == family) {
            sample.energy_factor = factor(options.energy_scale, scales.energy);
            sample.forces_factor = factor(options.forces_scale, scales.forces);
            sample.stress_factor = factor(options.stress_scale, scales.stress);
        }
    sample.record = std::move(record);
    return sample;
}

std::vector<Sample> samples_of(dataset::Records const& records, LossOptions const& options) {
    std::vector<Sample> samples;
    for (std::size_t i = 0; i < records.size(); ++i)
        samples.push_back(sample_of(records[i], static_cast<int>(i), options));
    return samples;
}

Conditions conditions_of(Record const& record) {
    return record.labels.properties;
}

SumLayout::SumLayout(Model const& model) : heads_{static_cast<int>(model.heads().size())} {
    for (auto const& head : model.heads()) {
        if (head.kind == Head::Kind::energy)
            names_.insert(names_.end(), {"energy", "forces", "stress"});
        else if (head.kind == Head::Kind::moment)
            names_.emplace_back("moments");
        else
            names_.insert(names_.end(), head.outputs.begin(), head.outputs.end());
    }
}

int SumLayout::index_of(std::string const& name) const {
    auto const found = std::find(names_.begin(), names_.end(), name);
    return found == names_.end() ? -1 : static_cast<int>(found - names_.begin());
}

void losses(Model const& model, std::span<Counted const> ways, std::span<Sample const> samples,
            DescriptorCache& cache) {
    SumLayout const layout{model};
    for (auto const& way : ways) {
        KAMACITE_EXPECTS(static_cast<int>(way.sums.size()) == layout.size());
        KAMACITE_EXPECTS(way.gradient.empty() || way.gradient.size() == model.parameters().size());
        way.sums[static_cast<std::size_t>(layout.samples())] += static_cast<double>(samples.size());
    }
    fly(model, samples, cache, [&](Flight const& flight) {
        for (auto const& [options, sums, gradient] : ways) {
            Ledger ledger{layout, sums};
            for (int h = 0; h < layout.heads(); ++h) {
                switch (model.heads()[static_cast<std::size_t>(h)].kind) {
                    case Head::Kind::energy:
                        energy_loss(model, *options, h, flight, ledger, gradient);
                        break;
                    case Head::Kind::moment:
                        moment_loss(model, *options, h, flight, ledger, gradient);
                        break;
                    case Head::Kind::property:
                        property_loss(model, *options, h, flight, ledger, gradient);
                        break;
                }
            }
        }
    });
}

void loss(Model const& model, LossOptions const& options, std::span<Sample const> samples,
          DescriptorCache& cache, std::span<double> sums, std::span<double> gradient) {
    Counted const one{&options, sums, gradient};
    losses(model, std::span{&one, 1}, samples, cache);
}

}  // namespace kamacite::training
