#include "flight.hpp"

#include <algorithm>

namespace kamacite::training {
namespace {

constexpr int atoms_of_flight = 256;

double square(double x) {
    return x * x;
}

}  // namespace

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

std::size_t size_of_flight(std::span<Sample const> samples) {
    std::size_t n = 0;
    for (int atoms = 0; n < samples.size(); ++n) {
        atoms += samples[n].record->structure.size();
        if (n > 0 && atoms > atoms_of_flight) break;
    }
    return n;
}

EnergyWeights weights_of(LossOptions const& options, Sample const& sample, double atoms) {
    double const f = sample.weight;
    return {
        f * sample.energy_factor * options.energy_weight / square(options.energy_scale),
        f * sample.forces_factor * options.forces_weight /
            (3.0 * atoms * square(options.forces_scale)),
        f * sample.stress_factor * options.stress_weight / square(atoms * options.stress_scale)};
}

double moment_weight(LossOptions const& options, Sample const& sample, double atoms) {
    return sample.weight * options.moments_weight / (atoms * square(options.moments_scale));
}

std::span<double> part_of(std::span<double> all, Model::Part const& part) {
    return all.subspan(static_cast<std::size_t>(part.begin),
                       static_cast<std::size_t>(part.network.parameter_count()));
}

std::span<double const> part_of(std::span<double const> all, Model::Part const& part) {
    return all.subspan(static_cast<std::size_t>(part.begin),
                       static_cast<std::size_t>(part.network.parameter_count()));
}

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

std::vector<double> energies_of(Model const& model, int h, Flight const& flight,
                                std::vector<Matrix const*> const& outputs, bool shifted) {
    auto const& head = model.heads()[static_cast<std::size_t>(h)];
    std::vector<double> of_atom(static_cast<std::size_t>(flight.block.atoms()));
    for (std::size_t e = 0; e < outputs.size(); ++e)
        for (std::size_t r = 0; r < flight.rows[e].size(); ++r)
            of_atom[static_cast<std::size_t>(flight.rows[e][r])] =
                (shifted ? head.shift[e] : 0.0) +
                head.scale[0] * (*outputs[e])(static_cast<Eigen::Index>(r), 0);
    std::vector<double> out(flight.samples.size(), 0.0);
    for (std::size_t s = 0; s < out.size(); ++s)
        for (int i = flight.begin(s); i < flight.end(s); ++i)
            out[s] += of_atom[static_cast<std::size_t>(i)];
    return out;
}

Matrix dE_dG_of(Model const& model, Flight const& flight, std::vector<Matrix> const& pulled) {
    Matrix dE_dG = Matrix::Zero(flight.g.rows(), flight.g.cols());
    for (std::size_t e = 0; e < pulled.size(); ++e) {
        auto const& dE_dx = pulled[e];
        auto const inverse =
            model.scaling().inverse.row(static_cast<Eigen::Index>(e)).head(dE_dx.cols());
        for (Eigen::Index r = 0; r < dE_dx.rows(); ++r)
            dE_dG.row(flight.rows[e][static_cast<std::size_t>(r)]).head(dE_dx.cols()) =
                dE_dx.row(r).cwiseProduct(inverse);
    }
    return dE_dG;
}

Matrix dE_dG_of(Model const& model, int h, Flight const& flight,
                std::vector<Network::Tape>& tapes) {
    double const scale = model.heads()[static_cast<std::size_t>(h)].scale[0];
    std::vector<Matrix> pulled;
    for (std::size_t e = 0; e < tapes.size(); ++e) {
        auto const& part = model.part(h, static_cast<int>(e));
        pulled.push_back(
            part.network.pull_back(model.parameters_of(part), tapes[e],
                                   Matrix::Constant(std::ssize(flight.rows[e]), 1, scale)));
    }
    return dE_dG_of(model, flight, pulled);
}

void pull_to_parameters(Model const& model, int h, Flight const& flight,
                        std::vector<Network::Tape> const& tapes, Seeds const& seeds, bool tensors,
                        std::span<double> gradient) {
    auto const& [neighbours, species, first] = flight.block;
    Matrix const g_dot =
        tensors ? model.descriptors().tangent(neighbours, species, seeds.displacement, seeds.strain)
                : Matrix{};
    std::vector<double> energy_of_atom(species.size());
    for (std::size_t s = 0; s < flight.samples.size(); ++s)
        std::fill(energy_of_atom.begin() + flight.begin(s), energy_of_atom.begin() + flight.end(s),
                  seeds.energy[s]);
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
        if (!tensors) {
            part.network.gradient(w, tape, seed, part_of(gradient, part));
            continue;
        }
        Matrix x_dot(n, part.network.inputs());
        auto const inverse = model.scaling().inverse.row(e).head(x_dot.cols());
        for (Eigen::Index r = 0; r < n; ++r)
            x_dot.row(r) = g_dot.row(rows[static_cast<std::size_t>(r)])
                               .head(x_dot.cols())
                               .cwiseProduct(inverse);
        part.network.gradient_along(w, tape, x_dot, seed, Matrix::Constant(n, 1, scale),
                                    part_of(gradient, part));
    }
}

Network::Tape property_forward(Model const& model, int h, Flight const& flight,
                               Network::Order order) {
    auto const& head = model.heads()[static_cast<std::size_t>(h)];
    auto const& part = model.part(h, 0);
    std::vector<Conditions> conditions;
    for (auto const& sample : flight.samples) {
        conditions.push_back(conditions_of(*sample.record));
        for (std::size_t c = 0; c < head.conditions.size(); ++c)
            conditions.back().try_emplace(head.conditions[c], head.condition_centre[c]);
    }
    return part.network.forward(
        model.parameters_of(part),
        model.pooled(head, flight.g, flight.block.species, flight.block.first, conditions), order);
}

std::vector<std::size_t> learned_outputs(Head const& head, Record const& record) {
    auto const given = conditions_of(record);
    for (auto const& name : head.conditions)
        if (!given.contains(name)) return {};
    std::vector<std::size_t> outputs;
    for (std::size_t k = 0; k < head.outputs.size(); ++k)
        if (property_of(record, head.outputs[k]) && std::isfinite(head.shift[k]))
            outputs.push_back(k);
    return outputs;
}

}  // namespace kamacite::training
