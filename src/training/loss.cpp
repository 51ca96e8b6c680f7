#include "kamacite/training/loss.hpp"

#include <algorithm>
#include <cmath>

#include "kamacite/core/error.hpp"

namespace kamacite::training {
namespace {

constexpr int atoms_of_block = 256;  // atoms in flight

double square(double x) {
    return x * x;
}

/// 2h(d) and its slope: d² near 0, then straight.
std::pair<double, double> huber(double d, double limit) {
    if (limit <= 0.0 || std::abs(d) < limit) return {square(d), 2.0 * d};
    return {limit * (2.0 * std::abs(d) - limit), std::copysign(2.0 * limit, d)};
}

/// 2h(|d|) of the length of a vector or tensor d, from its square, and what d is multiplied by in
/// the slope 2d.
std::pair<double, double> huber_of_square(double square_of_d, double limit) {
    double const d = std::sqrt(square_of_d);
    if (limit <= 0.0 || d < limit) return {square_of_d, 1.0};
    return {limit * (2.0 * d - limit), limit / d};
}

/// Records in flight: one disconnected system.
struct Flight {
    std::span<Sample const> samples;
    Block block;  ///< without neighbours where no forces are wanted and the descriptors are cached
    Matrix g;
    std::vector<std::vector<int>> rows;  ///< atoms of each element

    [[nodiscard]] int begin(std::size_t s) const { return block.first[s]; }
    [[nodiscard]] int end(std::size_t s) const { return block.first[s + 1]; }
    [[nodiscard]] int atoms(std::size_t s) const { return end(s) - begin(s); }
};

Flight take_off(Model const& model, std::span<Sample const> samples, DescriptorCache& cache) {
    bool const forces = model.has(Head::Kind::energy);
    Flight flight{samples, {}, {}, {}};
    std::vector<Matrix> parts;
    for (auto const& sample : samples) {
        auto const& structure = sample.record->structure;
        Neighbours neighbours;
        if (forces || !cache.has(sample.id))
            neighbours = find_neighbours(structure, model.cutoff());
        parts.push_back(cache.get(sample.id, [&] {
            return model.descriptors().evaluate(neighbours, structure.species);
        }));
        if (forces) {
            flight.block.add(structure, neighbours);
        } else {
            auto& block = flight.block;
            block.species.insert(block.species.end(), structure.species.begin(),
                                 structure.species.end());
            block.first.push_back(block.atoms());
        }
    }
    flight.g.resize(flight.block.atoms(), model.descriptors().width());
    for (std::size_t s = 0; s < parts.size(); ++s)
        flight.g.middleRows(flight.begin(s), flight.atoms(s)) = parts[s];
    flight.rows = rows_by_element(model.descriptors().elements(), flight.block.species);
    return flight;
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

std::span<double> gradient_of(std::span<double> gradient, Model::Part const& part) {
    return gradient.subspan(static_cast<std::size_t>(part.begin),
                            static_cast<std::size_t>(part.network.parameter_count()));
}

/// Forward passes of the networks of one head, one per element.
std::vector<Network::Tape> forward(Model const& model, int h, Flight const& flight,
                                   Network::Order order) {
    std::vector<Network::Tape> tapes;
    for (int e = 0; e < static_cast<int>(flight.rows.size()); ++e) {
        auto const& part = model.part(h, e);
        auto const& rows = flight.rows[static_cast<std::size_t>(e)];
        tapes.push_back(part.network.forward(model.parameters_of(part),
                                             model.scaled(flight.g, rows, e), order));
    }
    return tapes;
}

/// ∂E_i/∂G_i from the tapes of the energy head.
Matrix dE_dG_of(Model const& model, int h, Flight const& flight,
                std::vector<Network::Tape>& tapes) {
    double const scale = model.heads()[static_cast<std::size_t>(h)].scale[0];
    Matrix dE_dG = Matrix::Zero(flight.g.rows(), flight.g.cols());
    for (int e = 0; e < static_cast<int>(tapes.size()); ++e) {
        auto const& part = model.part(h, e);
        auto const& rows = flight.rows[static_cast<std::size_t>(e)];
        auto const dE_dx =
            part.network.pull_back(model.parameters_of(part), tapes[static_cast<std::size_t>(e)],
                                   Matrix::Constant(std::ssize(rows), 1, scale));
        auto const inverse = model.scaling().inverse.row(e).head(dE_dx.cols());
        for (Eigen::Index r = 0; r < dE_dx.rows(); ++r)
            dE_dG.row(rows[static_cast<std::size_t>(r)]).head(dE_dx.cols()) =
                dE_dx.row(r).cwiseProduct(inverse);
    }
    return dE_dG;
}

/// ∂L/∂E, −∂L/∂F and −∂L/∂W: what the reverse pass starts from.
struct Residuals {
    std::vector<double> energy;      ///< per structure
    std::vector<Vec3> displacement;  ///< per atom
    std::vector<Mat3> strain;        ///< per atom, the same for all of a structure
};

Residuals energy_residuals(Model const& model, LossOptions const& options, Flight const& flight,
                           std::vector<Network::Tape> const& tapes,
                           Descriptors::Pulled const& pulled, int h, Ledger& ledger) {
    auto const& head = model.heads()[static_cast<std::size_t>(h)];
    auto const n_atoms = static_cast<std::size_t>(flight.block.atoms());
    std::vector<double> energies(n_atoms);
    for (std::size_t e = 0; e < tapes.size(); ++e)
        for (std::size_t r = 0; r < flight.rows[e].size(); ++r)
            energies[static_cast<std::size_t>(flight.rows[e][r])] =
                head.shift[e] + head.scale[0] * tapes[e].output(static_cast<Eigen::Index>(r), 0);

    Residuals out{std::vector<double>(flight.samples.size(), 0.0),
                  std::vector<Vec3>(n_atoms, Vec3::Zero()),
                  std::vector<Mat3>(n_atoms, Mat3::Zero())};
    int const energy = ledger.layout.index_of("energy");
    int const forces = ledger.layout.index_of("forces");
    int const stress = ledger.layout.index_of("stress");
    for (std::size_t s = 0; s < flight.samples.size(); ++s) {
        auto const& labels = flight.samples[s].record->labels;
        double const f = flight.samples[s].weight;
        double const n = flight.atoms(s);
        if (labels.energy) {
            double predicted = 0.0;
            for (int i = flight.begin(s); i < flight.end(s); ++i)
                predicted += energies[static_cast<std::size_t>(i)];
            double const error = (predicted - *labels.energy) / n;
            double const weight = f * flight.samples[s].energy_factor * options.energy_weight /
                                  square(options.energy_scale);
            auto const [value, slope] = huber(error, options.energy_huber);
            ledger.loss(h, energy, weight * value);
            ledger.error(energy, square(error), 1.0);
            out.energy[s] = weight * slope / n;
        }
        if (!labels.forces.empty() && !pulled.forces.empty()) {
            double const weight = f * flight.samples[s].forces_factor * options.forces_weight /
                                  (3.0 * n * square(options.forces_scale));
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
            double const weight = f * flight.samples[s].stress_factor * options.stress_weight /
                                  square(n * options.stress_scale);
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
    auto const residuals = energy_residuals(model, options, flight, tapes, pulled, h, ledger);
    if (gradient.empty()) return;

    Matrix const g_dot = along ? model.descriptors().tangent(
                                     neighbours, species, residuals.displacement, residuals.strain)
                               : Matrix{};
    std::vector<double> energy_of_atom(species.size());
    for (std::size_t s = 0; s < flight.samples.size(); ++s)
        std::fill(energy_of_atom.begin() + flight.begin(s), energy_of_atom.begin() + flight.end(s),
                  residuals.energy[s]);
    double const scale = model.heads()[static_cast<std::size_t>(h)].scale[0];
    for (int e = 0; e < static_cast<int>(flight.rows.size()); ++e) {
        auto const& rows = flight.rows[static_cast<std::size_t>(e)];
        auto const& part = model.part(h, e);
        auto const& tape = tapes[static_cast<std::size_t>(e)];
        auto const w = model.parameters_of(part);
        auto const n = std::ssize(rows);
        Matrix seed(n, 1);
        for (Eigen::Index r = 0; r < n; ++r)
            seed(r, 0) =
                scale * energy_of_atom[static_cast<std::size_t>(rows[static_cast<std::size_t>(r)])];
        if (!along) {
            part.network.gradient(w, tape, seed, gradient_of(gradient, part));
            continue;
        }
        Matrix x_dot(n, part.network.inputs());
        auto const inverse = model.scaling().inverse.row(e).head(x_dot.cols());
        for (Eigen::Index r = 0; r < n; ++r)
            x_dot.row(r) = g_dot.row(rows[static_cast<std::size_t>(r)])
                               .head(x_dot.cols())
                               .cwiseProduct(inverse);
        part.network.gradient_along(w, tape, x_dot, seed, Matrix::Constant(n, 1, scale),
                                    gradient_of(gradient, part));
    }
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
            double const weight = flight.samples[s].weight * options.moments_weight /
                                  (flight.atoms(s) * square(options.moments_scale));
            auto const [value, value_slope] = huber(error, options.moments_huber);
            ledger.loss(h, quantity, weight * value);
            ledger.error(quantity, square(error), 1.0);
            seed(row, 0) = weight * value_slope * slope(row, 0);
        }
        auto const& part = model.part(h, e);
        if (!gradient.empty())
            part.network.gradient(model.parameters_of(part), tape, seed,
                                  gradient_of(gradient, part));
    }
}

void property_loss(Model const& model, LossOptions const& options, int h, Flight const& flight,
                   Ledger& ledger, std::span<double> gradient) {
    auto const& head = model.heads()[static_cast<std::size_t>(h)];
    auto const& part = model.part(h, 0);
    std::vector<Conditions> conditions;
    std::vector<char> known;  // whether all conditions of a sample are given
    for (auto const& sample : flight.samples) {
        conditions.push_back(conditions_of(*sample.record));
        known.push_back(1);
        for (std::size_t c = 0; c < head.conditions.size(); ++c)
            if (conditions.back().try_emplace(head.conditions[c], head.condition_centre[c]).second)
                known.back() = 0;
    }
    auto const tape = part.network.forward(
        model.parameters_of(part),
        model.pooled(head, flight.g, flight.block.species, flight.block.first, conditions));
    Matrix seed = Matrix::Zero(tape.output.rows(), tape.output.cols());
    for (std::size_t s = 0; s < flight.samples.size(); ++s) {
        if (known[s] == 0) continue;
        auto const row = static_cast<Eigen::Index>(s);
        std::vector<std::pair<std::size_t, double>> errors;  // output and error / scale
        for (std::size_t k = 0; k < head.outputs.size(); ++k)
            if (auto const value = property_of(*flight.samples[s].record, head.outputs[k]);
                value && std::isfinite(head.shift[k]))
                errors.emplace_back(k, tape.output(row, static_cast<Eigen::Index>(k)) -
                                           (*value - head.shift[k]) / head.scale[k]);
        for (auto const& [k, error] : errors) {
            double const weight = flight.samples[s].weight * options.properties_weight /
                                  static_cast<double>(errors.size());
            int const quantity = ledger.layout.index_of(head.outputs[k]);
            ledger.loss(h, quantity, weight * square(error));
            ledger.error(quantity, square(error * head.scale[k]), 1.0);
            seed(row, static_cast<Eigen::Index>(k)) = 2.0 * weight * error;
        }
    }
    if (!gradient.empty())
        part.network.gradient(model.parameters_of(part), tape, seed, gradient_of(gradient, part));
}

}  // namespace

std::vector<Sample> samples_of(std::span<Record const> records, LossOptions const& options) {
    std::vector<Sample> samples;
    for (auto const& record : records) {
        auto const found = options.family_weights.find(record.family);
        auto& sample = samples.emplace_back(
            &record, found == options.family_weights.end() ? 1.0 : found->second,
            static_cast<int>(samples.size()));
        auto const factor = [](double common, double own) {
            return std::isfinite(own) ? square(common / own) : 1.0;
        };
        for (auto const& scales : options.family_scales)
            if (scales.name == record.family) {
                sample.energy_factor = factor(options.energy_scale, scales.energy);
                sample.forces_factor = factor(options.forces_scale, scales.forces);
                sample.stress_factor = factor(options.stress_scale, scales.stress);
            }
    }
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

void loss(Model const& model, LossOptions const& options, std::span<Sample const> samples,
          DescriptorCache& cache, std::span<double> sums, std::span<double> gradient) {
    SumLayout const layout{model};
    KAMACITE_EXPECTS(static_cast<int>(sums.size()) == layout.size());
    KAMACITE_EXPECTS(gradient.empty() || gradient.size() == model.parameters().size());
    Ledger ledger{layout, sums};
    sums[static_cast<std::size_t>(layout.samples())] += static_cast<double>(samples.size());
    std::size_t begin = 0;
    while (begin < samples.size()) {
        std::size_t end = begin;
        for (int atoms = 0; end < samples.size(); ++end) {
            atoms += samples[end].record->structure.size();
            if (end > begin && atoms > atoms_of_block) break;
        }
        auto const flight = take_off(model, samples.subspan(begin, end - begin), cache);
        for (int h = 0; h < layout.heads(); ++h) {
            switch (model.heads()[static_cast<std::size_t>(h)].kind) {
                case Head::Kind::energy:
                    energy_loss(model, options, h, flight, ledger, gradient);
                    break;
                case Head::Kind::moment:
                    moment_loss(model, options, h, flight, ledger, gradient);
                    break;
                case Head::Kind::property:
                    property_loss(model, options, h, flight, ledger, gradient);
                    break;
            }
        }
        begin = end;
    }
}

}  // namespace kamacite::training
