#include "kamacite/inference/kernel_bench.hpp"

#include <time.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/inference/machine.hpp"

namespace kamacite::inference {
namespace {

constexpr double motion = 1e-4;  // [Å]: nothing may be the same as in the step before
constexpr int fewest_steps = 5;

using Clock = std::chrono::steady_clock;

double since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

double cpu_seconds() {
    timespec t{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

std::vector<Vec3> random_motion(int atoms) {
    std::vector<Vec3> d;
    RandomStream random{1, "motion of bench kernel", 0};
    for (int i = 0; i < atoms; ++i) d.push_back(motion * random.normal3());
    return d;
}

struct Sums {
    double energy;
    Vec3 force;
    Mat3 virial;
};

struct Step {
    StepParts parts;
    double wall, work, cpu;
    Sums sums;
};

Sums summed(mpi::Communicator const& comm, Sums const& mine) {
    std::array<double, 13> all{};
    all[0] = mine.energy;
    std::copy_n(mine.force.data(), 3, all.data() + 1);
    std::copy_n(mine.virial.data(), 9, all.data() + 4);
    comm.all_reduce(mpi::Op::sum, std::span<double>{all});
    return {all[0], Vec3{all[1], all[2], all[3]}, Mat3{Eigen::Map<Mat3 const>(all.data() + 4)}};
}

/// Energy, force and virial of this rank's structure, by one model.
Sums sums_of(Prediction const& p) {
    Sums sums{p.energy(), Vec3::Zero(), p.virial()};
    for (auto const& f : p.forces) sums.force += f;
    return sums;
}

Step one_step(mpi::Communicator const& comm, Committee const& committee, Structure const& structure,
              Neighbours& neighbours, std::span<Vec3 const> displacements) {
    Step step{};
    auto const cpu = cpu_seconds();
    auto const start = Clock::now();
    neighbours.move(displacements);
    step.parts.neighbours = since(start);
    Sums mine{0.0, Vec3::Zero(), Mat3::Zero()};
    for (auto const& model : committee.members()) {
        Seconds seconds;
        auto const sums = sums_of(model.predict(structure, neighbours, seconds));
        mine.energy += sums.energy / committee.size();
        mine.force += sums.force / committee.size();
        mine.virial += sums.virial / committee.size();
        step.parts.descriptors += seconds.descriptors;
        step.parts.networks += seconds.networks;
        step.parts.gradients += seconds.gradients;
    }
    step.work = since(start);
    step.cpu = cpu_seconds() - cpu;
    step.sums = summed(comm, mine);
    step.wall = since(start);
    step.parts.communication = step.wall - step.work;
    step.parts.rest = 0.0;
    step.parts.rest = std::max(0.0, step.wall - step.parts.sum());
    return step;
}

double median(std::vector<double> values) {
    auto const middle = values.begin() + std::ssize(values) / 2;
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// Every step as long as on its slowest rank. Collective.
std::vector<double> slowest(mpi::Communicator const& comm, std::vector<Step> const& steps,
                            double Step::*which) {
    std::vector<double> values;
    for (auto const& s : steps) values.push_back(s.*which);
    comm.all_reduce(mpi::Op::max, std::span{values});
    return values;
}

StepParts shares_of(mpi::Communicator const& comm, std::vector<Step> const& steps) {
    std::array<double StepParts::*, 6> const members{
        &StepParts::neighbours, &StepParts::descriptors,   &StepParts::networks,
        &StepParts::gradients,  &StepParts::communication, &StepParts::rest};
    StepParts all;
    for (auto const member : members) {
        for (auto const& s : steps) all.*member += s.parts.*member;
        all.*member = comm.all_reduce(mpi::Op::sum, all.*member);
    }
    double const sum = all.sum();
    for (auto const member : members) all.*member /= sum;
    return all;
}

/// A weight is multiplied and added once forward and once back.
double network_flops(Model const& model, Structure const& structure) {
    int const head = model.head(Head::Kind::energy);
    double flops = 0.0;
    for (int const z : structure.species)
        flops += 4.0 * model.part(head, model.element_index(z)).network.parameter_count();
    return flops;
}

PrecisionErrors errors_of_member(Model const& model, Structure const& structure,
                                 Neighbours const& neighbours) {
    Model other = model;
    other.set_precision(Precision::full);
    auto const exact = other.predict(structure, neighbours);
    other.set_precision(Precision::mixed);
    auto const mixed = other.predict(structure, neighbours);
    double const atoms = structure.size();
    double const volume = structure.cell.volume();
    PrecisionErrors e;
    e.energy = std::abs(mixed.energy() - exact.energy()) / atoms;
    for (std::size_t i = 0; i < exact.energies.size(); ++i) {
        e.energy_atom = std::max(e.energy_atom, std::abs(mixed.energies[i] - exact.energies[i]));
        Vec3 const off = mixed.forces[i] - exact.forces[i];
        e.force_rms += off.squaredNorm();
        e.force_size += exact.forces[i].squaredNorm();
        e.force_largest = std::max(e.force_largest, off.cwiseAbs().maxCoeff());
    }
    e.force_rms = std::sqrt(e.force_rms / (3.0 * atoms));
    e.force_size = std::sqrt(e.force_size / (3.0 * atoms));
    e.stress = (mixed.stress(volume) - exact.stress(volume)).cwiseAbs().maxCoeff();
    return e;
}

}  // namespace

KernelTimes time_kernel(mpi::Communicator const& comm, Committee const& committee,
                        Structure const& structure, double seconds) {
    if (!committee.members().front().has(Head::Kind::energy))
        throw DataError("the model has no energy head (there are no forces to time): name another");
    for (int const z : structure.species) (void)committee.element_index(z);
    auto const there = random_motion(structure.size());
    auto back = there;
    for (auto& d : back) d = -d;

    auto const start = Clock::now();
    auto neighbours = find_neighbours(structure, committee.cutoff());
    KernelTimes times;
    times.search = comm.all_reduce(mpi::Op::max, since(start));
    times.atoms = structure.size();
    double const atoms = static_cast<double>(times.atoms);
    auto const entries = static_cast<double>(neighbours.entries());
    times.neighbours = entries / atoms;
    // moved: atom, and x, y, z read and written, distance written; read again: all of them
    times.bytes = entries * ((4.0 + 6.0 * 8.0 + 8.0) + (4.0 + 4.0 * 8.0));
    for (auto const& model : committee.members()) {
        auto const flops =
            count_flops(model.descriptors(), neighbours, structure.species, model.precision());
        times.descriptor_flops.evaluate += flops.evaluate;
        times.descriptor_flops.pull_back += flops.pull_back;
        times.descriptor_flops.tangent += flops.tangent;
        times.network_flops += network_flops(model, structure);
    }

    MemoryGrowth const growth;
    std::vector<Vec3> const still(there.size(), Vec3::Zero());
    auto const first = one_step(comm, committee, structure, neighbours, still);
    double const all_atoms = atoms * comm.size();
    times.energy = first.sums.energy / all_atoms;
    times.stress = -first.sums.virial / (structure.cell.volume() * comm.size());
    double const estimate = comm.all_reduce(mpi::Op::max, first.wall);
    times.steps = std::max(fewest_steps, static_cast<int>(std::ceil(seconds / estimate)));
    std::vector<Step> steps;
    for (int n = 0; n < times.steps; ++n)
        steps.push_back(
            one_step(comm, committee, structure, neighbours, n % 2 == 0 ? there : back));

    auto const walls = slowest(comm, steps, &Step::wall);
    times.median = median(walls);
    times.best = *std::min_element(walls.begin(), walls.end());
    times.work = median(slowest(comm, steps, &Step::work));
    auto const cpus = slowest(comm, steps, &Step::cpu);
    times.cpu = median(cpus);
    times.cpu_best = *std::min_element(cpus.begin(), cpus.end());
    times.shares = shares_of(comm, steps);
    double const grown = comm.all_reduce(mpi::Op::max, growth.largest().value_or(-1.0));
    bool const told = comm.all_reduce(mpi::Op::min, growth.largest() ? 1 : 0) == 1;
    if (told) times.memory = grown / atoms;
    return times;
}

PrecisionErrors errors_of_mixed(Committee const& committee, Structure const& structure) {
    auto const neighbours = find_neighbours(structure, committee.cutoff());
    PrecisionErrors worst;
    for (auto const& model : committee.members()) {
        auto const e = errors_of_member(model, structure, neighbours);
        for (auto const member : {&PrecisionErrors::energy, &PrecisionErrors::energy_atom,
                                  &PrecisionErrors::force_rms, &PrecisionErrors::force_largest,
                                  &PrecisionErrors::stress, &PrecisionErrors::force_size})
            worst.*member = std::max(worst.*member, e.*member);
    }
    return worst;
}

}  // namespace kamacite::inference
