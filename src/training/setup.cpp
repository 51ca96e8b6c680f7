#include "kamacite/training/setup.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/mpi/partition.hpp"
#include "kamacite/mpi/tree.hpp"

namespace kamacite::training {
namespace {

constexpr int scaling_leaves = 64;

struct Moments {
    double count = 0.0, sum = 0.0, squares = 0.0;
    void add(double x) {
        count += 1.0;
        sum += x;
        squares += x * x;
    }
    [[nodiscard]] double mean() const { return count > 0.0 ? sum / count : 0.0; }
    [[nodiscard]] double spread() const {
        return count > 0.0 ? std::sqrt(std::max(0.0, squares / count - mean() * mean())) : 0.0;
    }
};

/// A spread that one can divide by: 1 where all values are equal.
double usable(double spread, double size) {
    return spread > 1e-9 * std::max(1.0, std::abs(size)) ? spread : 1.0;
}

void prepare_energy(Head& head, std::vector<int> const& elements, dataset::Records const& records,
                    Logger const& log) {
    head.shift = reference_energies(elements, records);
    Moments energies, forces;
    for (auto const& record : records) {
        if (record.labels.energy) {
            double rest = *record.labels.energy;
            for (int const z : record.structure.species)
                rest -= head.shift[static_cast<std::size_t>(
                    std::find(elements.begin(), elements.end(), element_of(z)) - elements.begin())];
            energies.add(rest / record.structure.size());
        }
        if (record.structure.size() > 1)  // forces of a lone atom vanish by symmetry
            for (auto const& f : record.labels.forces)
                for (double const component : f) forces.add(component);
    }
    if (energies.count == 0.0 && forces.count == 0.0)
        throw DataError(
            "no record of the training set has an energy or forces (the energy head learns from "
            "them): choose other data, or drop the energy head");
    // Over 0.5 Å, a fraction of the distance between atoms, a force changes an energy by this much.
    head.scale = {std::max({energies.spread(), 0.5 * forces.spread(), 1e-3})};
    log.info(
        "energies: spread {:.1f} meV/atom about e0; forces: spread {:.3f} eV/Å; scale {:.3f} eV",
        1e3 * energies.spread(), forces.spread(), head.scale[0]);
}

void prepare_property(Head& head, dataset::Records const& records, Logger const& log) {
    head.shift.clear();
    head.scale.clear();
    for (auto const& name : head.outputs) {
        Moments values;
        for (auto const& record : records)
            if (auto const value = property_of(record, name)) values.add(*value);
        if (values.count == 0.0) {
            log.warn("property '{}' has no value in the training set: it will not be predicted",
                     name);
            head.shift.push_back(std::numeric_limits<double>::quiet_NaN());
            head.scale.push_back(1.0);
        } else {
            head.shift.push_back(values.mean());
            head.scale.push_back(usable(values.spread(), values.mean()));
        }
    }
    if (std::none_of(head.shift.begin(), head.shift.end(),
                     [](double x) { return std::isfinite(x); }))
        throw DataError(fmt::format(
            "no record of the training set has the property '{}', nor another output of its head: "
            "import a table with it, or drop the head",
            head.outputs.front()));
    head.condition_centre.clear();
    head.condition_scale.clear();
    for (auto const& name : head.conditions) {
        Moments values;
        for (auto const& record : records)
            if (auto const found = record.labels.properties.find(name);
                found != record.labels.properties.end())
                values.add(found->second);
        if (values.count == 0.0)
            throw DataError(
                fmt::format("no record of the training set has the condition '{}': import a table "
                            "with it, or remove it from 'conditions'",
                            name));
        head.condition_centre.push_back(values.mean());
        head.condition_scale.push_back(usable(values.spread(), values.mean()));
    }
}

/// Output biases from which moments start at their mean: softplus(b) = mean.
void start_moments(Model& model, int h, dataset::Records const& records) {
    auto const& elements = model.descriptors().elements();
    std::vector<Moments> moments(elements.size());
    for (auto const& record : records)
        for (std::size_t i = 0; i < record.labels.moments.size(); ++i)
            moments[static_cast<std::size_t>(model.element_index(record.structure.species[i]))].add(
                std::abs(record.labels.moments[i]));
    if (std::all_of(moments.begin(), moments.end(), [](auto const& m) { return m.count == 0.0; }))
        throw DataError(
            "no record of the training set has magnetic moments (the moment head learns from "
            "them): choose other data, or drop the moment head");
    for (std::size_t e = 0; e < elements.size(); ++e) {
        auto const& part = model.part(h, static_cast<int>(e));
        int const bias = part.begin + part.network.bias_begin(part.network.layers() - 1);
        double const mean = std::max(moments[e].mean(), 0.01);
        model.parameters()[static_cast<std::size_t>(bias)] = std::log(std::expm1(mean));
    }
}

}  // namespace

dataset::Records directed(dataset::Records const& records, Descriptors const& descriptors) {
    if (!descriptors.has_directions()) return records;
    return records.changed([least = descriptors.least_moment()](std::span<Record> some) {
        for (auto& record : some) {
            if (record.labels.moments.empty())
                throw DataError(fmt::format(
                    "{}: it has no magnetic moments (with 'spins' each structure of the training "
                    "needs them, for their directions): leave it out, or remove 'spins'",
                    record.source.empty() ? "a structure of the training" : record.source));
            direct(record.structure, record.labels.moments, least);
        }
    });
}

std::vector<double> reference_energies(std::vector<int> const& elements,
                                       dataset::Records const& records) {
    auto const n = std::ssize(elements);
    Eigen::MatrixXd normal = Eigen::MatrixXd::Zero(n, n);
    Eigen::VectorXd right = Eigen::VectorXd::Zero(n);
    for (auto const& record : records) {
        if (!record.labels.energy) continue;
        Eigen::VectorXd part = Eigen::VectorXd::Zero(n);
        for (int const z : record.structure.species)
            part[std::find(elements.begin(), elements.end(), element_of(z)) - elements.begin()] +=
                1.0;
        part /= record.structure.size();
        normal += part * part.transpose();
        right += *record.labels.energy / record.structure.size() * part;
    }
    Eigen::VectorXd const e0 = normal.completeOrthogonalDecomposition().solve(right);
    return {e0.data(), e0.data() + n};
}

std::vector<std::vector<int>> balanced_parts(std::span<double const> costs, int parts) {
    KAMACITE_EXPECTS(parts > 0);
    if (parts == 1) {
        std::vector<int> all(costs.size());
        std::iota(all.begin(), all.end(), 0);
        return {all};
    }
    std::vector<int> order(costs.size());
    std::iota(order.begin(), order.end(), 0);
    auto const cost = [&](int i) { return costs[static_cast<std::size_t>(i)]; };
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return cost(a) > cost(b); });

    std::array<int, 2> const share = {(parts + 1) / 2, parts / 2};
    std::array<double, 2> load = {0.0, 0.0};
    std::array<std::vector<int>, 2> side;
    for (int const i : order) {
        bool const right = (load[1] + cost(i)) / share[1] < (load[0] + cost(i)) / share[0];
        load[right ? 1 : 0] += cost(i);
        side[right ? 1 : 0].push_back(i);
    }
    std::vector<std::vector<int>> out;
    for (std::size_t k = 0; k < 2; ++k) {
        std::sort(side[k].begin(), side[k].end());
        std::vector<double> side_costs;
        for (int const i : side[k]) side_costs.push_back(cost(i));
        for (auto& part : balanced_parts(side_costs, share[k])) {
            for (int& i : part) i = side[k][static_cast<std::size_t>(i)];
            out.push_back(std::move(part));
        }
    }
    return out;
}

double cost_of(Structure const& structure, double cutoff) {
    double const n = structure.size();
    double const sphere = 4.0 / 3.0 * std::numbers::pi * cutoff * cutoff * cutoff;
    double neighbours = n * sphere / structure.cell.volume();
    if (!structure.cell.is_periodic()) neighbours = std::min(neighbours, n - 1.0);
    return n * (1.0 + neighbours);
}

std::vector<double> costs_of(dataset::Records const& records, double cutoff) {
    std::vector<double> costs;
    for (auto const& record : records) costs.push_back(cost_of(record.structure, cutoff));
    return costs;
}

Scaling find_scaling(mpi::Communicator const& comm, Descriptors const& descriptors,
                     dataset::Records const& records, DescriptorCache& cache) {
    auto const parts = balanced_parts(costs_of(records, descriptors.cutoff()), scaling_leaves);
    auto const mine = mpi::block_of(comm.rank(), comm.size(), scaling_leaves);
    auto const& elements = descriptors.elements();
    int const width = descriptors.width();

    ScalingSums const none{elements, width};
    Matrix sums = Matrix::Zero(mine.size(), std::ssize(none.sums()));
    std::vector<double> extremes = none.extremes();
    mpi::all_or_none(comm, [&] {
        for (auto leaf = mine.begin; leaf < mine.end; ++leaf) {
            ScalingSums part{elements, width};
            for (int const id : parts[static_cast<std::size_t>(leaf)]) {
                auto const record = records[static_cast<std::size_t>(id)];
                auto const& structure = record->structure;
                part.add(cache.get(id,
                                   [&] {
                                       return descriptors.evaluate(
                                           find_neighbours(structure, descriptors.cutoff()),
                                           structure.species);
                                   }),
                         structure.species);
            }
            std::copy(part.sums().begin(), part.sums().end(), sums.row(leaf - mine.begin).data());
            for (std::size_t k = 0; k < extremes.size(); ++k)
                extremes[k] = std::max(extremes[k], part.extremes()[k]);
        }
    });
    auto const total = mpi::sum_in_tree(comm, std::move(sums), scaling_leaves);
    comm.all_reduce(mpi::Op::max, std::span{extremes});
    return ScalingSums::scaling(elements, width, total, extremes);
}

Model prepare_model(mpi::Communicator const& comm, Descriptors const& descriptors,
                    dataset::Records const& records, TrainOptions const& options,
                    DescriptorCache& cache, Logger const& log) {
    for (auto const& record : records)  // names the element that descriptors lack
        (void)rows_by_element(descriptors.elements(), record.structure.species);
    auto heads = options.heads;
    for (auto& head : heads) {
        if (head.kind == Head::Kind::energy && !is_smooth(head.activation))
            throw InputError(
                "activation 'relu' is refused for the energy head (its slope jumps, so forces "
                "would be discontinuous and second derivatives zero): choose silu or tanh");
        if (head.kind == Head::Kind::energy)
            prepare_energy(head, descriptors.elements(), records, log);
        else if (head.kind == Head::Kind::property)
            prepare_property(head, records, log);
    }
    Model model{descriptors, find_scaling(comm, descriptors, records, cache), std::move(heads),
                options.seed};
    if (int const h = model.head(Head::Kind::moment); h >= 0) start_moments(model, h, records);
    return model;
}

}  // namespace kamacite::training
