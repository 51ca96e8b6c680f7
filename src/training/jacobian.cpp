#include "jacobian.hpp"

#include <algorithm>

#include "flight.hpp"
#include "kamacite/core/error.hpp"

namespace kamacite::training {
namespace {

/// Which labels of a sample make residuals of the energy head.
struct Labels {
    bool energy, forces, stress;
};

Labels labels_of(LossOptions const& options, Sample const& sample) {
    auto const& labels = sample.record->labels;
    return {labels.energy && options.energy_weight > 0.0,
            !labels.forces.empty() && options.forces_weight > 0.0,
            labels.stress && options.stress_weight > 0.0};
}

bool tensors_of(LossOptions const& options, Flight const& flight) {
    return std::any_of(flight.samples.begin(), flight.samples.end(), [&](Sample const& sample) {
        auto const labels = labels_of(options, sample);
        return labels.forces || labels.stress;
    });
}

void refuse_huber(LossOptions const& options) {
    if (options.energy_huber > 0.0 || options.forces_huber > 0.0 || options.stress_huber > 0.0)
        throw InputError(
            "energy_huber, forces_huber and stress_huber must be 0 where a sum of squares is "
            "minimised: set them to 0, or choose another optimiser");
}

/// Appends what energies, forces and virials of a flight make of themselves: √weight times each,
/// minus the labels if `errors`.
void append_energy(LossOptions const& options, Flight const& flight,
                   std::vector<double> const& energies, Descriptors::Pulled const& pulled,
                   bool errors, std::vector<double>& out) {
    for (std::size_t s = 0; s < flight.samples.size(); ++s) {
        auto const& record = *flight.samples[s].record;
        double const n = flight.atoms(s);
        auto const weights = weights_of(options, flight.samples[s], n);
        auto const has = labels_of(options, flight.samples[s]);
        if (has.energy)
            out.push_back(std::sqrt(weights.energy) *
                          (energies[s] - (errors ? *record.labels.energy : 0.0)) / n);
        if (has.forces)
            for (int i = flight.begin(s); i < flight.end(s); ++i) {
                Vec3 f = pulled.forces[static_cast<std::size_t>(i)];
                if (errors)
                    f -= record.labels.forces[static_cast<std::size_t>(i - flight.begin(s))];
                for (double const x : f) out.push_back(std::sqrt(weights.forces) * x);
            }
        if (has.stress) {
            Mat3 w = Mat3::Zero();
            if (errors) w = record.structure.cell.volume() * *record.labels.stress;
            for (int i = flight.begin(s); i < flight.end(s); ++i)
                w += pulled.virials[static_cast<std::size_t>(i)];
            for (double const x : w.reshaped()) out.push_back(std::sqrt(weights.stress) * x);
        }
    }
}

std::vector<Network::Tape> energy_forward(Model const& model, int h, Flight const& flight,
                                          bool tensors) {
    return forward(model, h, flight, tensors ? Network::Order::curvatures : Network::Order::slopes);
}

void energy_residuals(Model const& model, LossOptions const& options, int h, Flight const& flight,
                      std::vector<double>& out) {
    auto tapes = forward(model, h, flight, Network::Order::slopes);
    std::vector<Matrix const*> outputs;
    for (auto const& tape : tapes) outputs.push_back(&tape.output);
    auto const pulled =
        tensors_of(options, flight)
            ? model.descriptors().pull_back(flight.block.neighbours, flight.block.species,
                                            dE_dG_of(model, h, flight, tapes))
            : Descriptors::Pulled{};
    append_energy(options, flight, energies_of(model, h, flight, outputs, true), pulled, true, out);
}

void energy_product(Model const& model, LossOptions const& options, int h, Flight const& flight,
                    std::span<double const> v, std::vector<double>& out) {
    bool const tensors = tensors_of(options, flight);
    double const scale = model.heads()[static_cast<std::size_t>(h)].scale[0];
    std::vector<Network::Tangent> tangents;
    auto const tapes = energy_forward(model, h, flight, tensors);
    for (std::size_t e = 0; e < tapes.size(); ++e) {
        auto const& part = model.part(h, static_cast<int>(e));
        Matrix seed;
        if (tensors) seed = Matrix::Constant(std::ssize(flight.rows[e]), 1, scale);
        tangents.push_back(part.network.along_parameters(model.parameters_of(part), tapes[e],
                                                         part_of(v, part), seed));
    }
    std::vector<Matrix const*> outputs;
    std::vector<Matrix> slopes;
    for (auto& tangent : tangents) {
        outputs.push_back(&tangent.output);
        slopes.push_back(std::move(tangent.pulled));
    }
    auto const pulled =
        tensors ? model.descriptors().pull_back(flight.block.neighbours, flight.block.species,
                                                dE_dG_of(model, flight, slopes))
                : Descriptors::Pulled{};
    append_energy(options, flight, energies_of(model, h, flight, outputs, false), pulled, false,
                  out);
}

/// \param at  of u; moved on
void energy_transposed(Model const& model, LossOptions const& options, int h, Flight const& flight,
                       double const*& at, std::span<double> gradient) {
    Seeds seeds{flight.samples.size(), static_cast<std::size_t>(flight.block.atoms())};
    for (std::size_t s = 0; s < flight.samples.size(); ++s) {
        double const n = flight.atoms(s);
        auto const weights = weights_of(options, flight.samples[s], n);
        auto const has = labels_of(options, flight.samples[s]);
        if (has.energy) seeds.energy[s] = std::sqrt(weights.energy) * *at++ / n;
        if (has.forces)
            for (int i = flight.begin(s); i < flight.end(s); ++i)
                for (double& x : seeds.displacement[static_cast<std::size_t>(i)])
                    x = -std::sqrt(weights.forces) * *at++;
        if (has.stress) {
            Mat3 strain;
            for (double& x : strain.reshaped()) x = -std::sqrt(weights.stress) * *at++;
            for (int i = flight.begin(s); i < flight.end(s); ++i)
                seeds.strain[static_cast<std::size_t>(i)] = strain;
        }
    }
    bool const tensors = tensors_of(options, flight);
    pull_to_parameters(model, h, flight, energy_forward(model, h, flight, tensors), seeds, tensors,
                       gradient);
}

/// Calls visit(e, row, k, r, slope) for every moment with a label: its element and row there, its
/// residual and what that changes with the network's output.
template <class F>
void each_moment(LossOptions const& options, Flight const& flight,
                 std::vector<Network::Tape> const& tapes, F const& visit) {
    for (std::size_t e = 0; e < tapes.size(); ++e) {
        Matrix moment, slope;
        apply(Activation::softplus, tapes[e].output, moment, slope);
        std::size_t s = 0;
        for (std::size_t r = 0; r < flight.rows[e].size(); ++r) {
            int const i = flight.rows[e][r];
            while (i >= flight.end(s)) ++s;
            auto const& moments = flight.samples[s].record->labels.moments;
            if (moments.empty()) continue;
            auto const row = static_cast<Eigen::Index>(r);
            double const error =
                moment(row, 0) - std::abs(moments[static_cast<std::size_t>(i - flight.begin(s))]);
            double const root =
                std::sqrt(moment_weight(options, flight.samples[s], flight.atoms(s)));
            auto const [value, value_slope] = huber(error, options.moments_huber);
            double const size = std::sqrt(value);
            visit(e, row, root * std::copysign(size, error),
                  root * slope(row, 0) * (size > 0.0 ? std::abs(value_slope) / (2.0 * size) : 1.0));
        }
    }
}

/// Calls visit(row, column, r, slope) for every property with a value.
template <class F>
void each_property(Head const& head, LossOptions const& options, Flight const& flight,
                   Matrix const& output, F const& visit) {
    for (std::size_t s = 0; s < flight.samples.size(); ++s) {
        auto const& record = *flight.samples[s].record;
        auto const learned = learned_outputs(head, record);
        for (auto const k : learned) {
            auto const row = static_cast<Eigen::Index>(s);
            auto const column = static_cast<Eigen::Index>(k);
            double const target =
                (*property_of(record, head.outputs[k]) - head.shift[k]) / head.scale[k];
            double const root = std::sqrt(flight.samples[s].weight * options.properties_weight /
                                          static_cast<double>(learned.size()));
            visit(row, column, root * (output(row, column) - target), root);
        }
    }
}

bool counts(LossOptions const& options, Head const& head) {
    if (head.kind == Head::Kind::moment) return options.moments_weight > 0.0;
    return head.kind == Head::Kind::energy || options.properties_weight > 0.0;
}

}  // namespace

void residuals(Model const& model, LossOptions const& options, std::span<Sample const> samples,
               DescriptorCache& cache, std::vector<double>& out) {
    refuse_huber(options);
    fly(model, samples, cache, [&](Flight const& flight) {
        for (int h = 0; h < static_cast<int>(model.heads().size()); ++h) {
            auto const& head = model.heads()[static_cast<std::size_t>(h)];
            if (!counts(options, head)) continue;
            if (head.kind == Head::Kind::energy) {
                energy_residuals(model, options, h, flight, out);
            } else if (head.kind == Head::Kind::moment) {
                each_moment(options, flight, forward(model, h, flight, Network::Order::slopes),
                            [&](auto, auto, double r, double) { out.push_back(r); });
            } else {
                auto const tape = property_forward(model, h, flight, Network::Order::slopes);
                each_property(head, options, flight, tape.output,
                              [&](auto, auto, double r, double) { out.push_back(r); });
            }
        }
    });
}

void jacobian_product(Model const& model, LossOptions const& options,
                      std::span<Sample const> samples, DescriptorCache& cache,
                      std::span<double const> v, std::vector<double>& out) {
    refuse_huber(options);
    fly(model, samples, cache, [&](Flight const& flight) {
        for (int h = 0; h < static_cast<int>(model.heads().size()); ++h) {
            auto const& head = model.heads()[static_cast<std::size_t>(h)];
            if (!counts(options, head)) continue;
            auto const along = [&](Network::Tape const& tape, int e) {
                auto const& part = model.part(h, e);
                return part.network
                    .along_parameters(model.parameters_of(part), tape, part_of(v, part), {})
                    .output;
            };
            if (head.kind == Head::Kind::energy) {
                energy_product(model, options, h, flight, v, out);
            } else if (head.kind == Head::Kind::moment) {
                auto const tapes = forward(model, h, flight, Network::Order::slopes);
                std::vector<Matrix> dots;
                for (int e = 0; e < static_cast<int>(tapes.size()); ++e)
                    dots.push_back(along(tapes[static_cast<std::size_t>(e)], e));
                each_moment(options, flight, tapes,
                            [&](std::size_t e, Eigen::Index row, double, double slope) {
                                out.push_back(slope * dots[e](row, 0));
                            });
            } else {
                auto const tape = property_forward(model, h, flight, Network::Order::slopes);
                auto const dot = along(tape, 0);
                each_property(head, options, flight, tape.output,
                              [&](Eigen::Index row, Eigen::Index column, double, double slope) {
                                  out.push_back(slope * dot(row, column));
                              });
            }
        }
    });
}

void jacobian_transposed(Model const& model, LossOptions const& options,
                         std::span<Sample const> samples, DescriptorCache& cache,
                         std::span<double const> u, std::span<double> gradient) {
    refuse_huber(options);
    double const* at = u.data();
    fly(model, samples, cache, [&](Flight const& flight) {
        for (int h = 0; h < static_cast<int>(model.heads().size()); ++h) {
            auto const& head = model.heads()[static_cast<std::size_t>(h)];
            if (!counts(options, head)) continue;
            if (head.kind == Head::Kind::energy) {
                energy_transposed(model, options, h, flight, at, gradient);
            } else if (head.kind == Head::Kind::moment) {
                auto const tapes = forward(model, h, flight, Network::Order::slopes);
                std::vector<Matrix> seeds;
                for (auto const& tape : tapes)
                    seeds.push_back(Matrix::Zero(tape.output.rows(), tape.output.cols()));
                each_moment(options, flight, tapes,
                            [&](std::size_t e, Eigen::Index row, double, double slope) {
                                seeds[e](row, 0) = slope * *at++;
                            });
                for (int e = 0; e < static_cast<int>(tapes.size()); ++e) {
                    auto const& part = model.part(h, e);
                    auto const k = static_cast<std::size_t>(e);
                    part.network.gradient(model.parameters_of(part), tapes[k], seeds[k],
                                          part_of(gradient, part));
                }
            } else {
                auto const& part = model.part(h, 0);
                auto const tape = property_forward(model, h, flight, Network::Order::slopes);
                Matrix seed = Matrix::Zero(tape.output.rows(), tape.output.cols());
                each_property(head, options, flight, tape.output,
                              [&](Eigen::Index row, Eigen::Index column, double, double slope) {
                                  seed(row, column) = slope * *at++;
                              });
                part.network.gradient(model.parameters_of(part), tape, seed,
                                      part_of(gradient, part));
            }
        }
    });
    KAMACITE_EXPECTS(at == u.data() + u.size());
}

long long residual_count(Model const& model, LossOptions const& options,
                         std::span<Sample const> samples) {
    long long n = 0;
    for (auto const& sample : samples) {
        long long const atoms = sample.record->structure.size();
        for (auto const& head : model.heads()) {
            if (!counts(options, head)) continue;
            if (head.kind == Head::Kind::energy) {
                auto const has = labels_of(options, sample);
                n += (has.energy ? 1 : 0) + (has.forces ? 3 * atoms : 0) + (has.stress ? 9 : 0);
            } else if (head.kind == Head::Kind::moment) {
                n += sample.record->labels.moments.empty() ? 0 : atoms;
            } else {
                n += std::ssize(learned_outputs(head, *sample.record));
            }
        }
    }
    return n;
}

}  // namespace kamacite::training
