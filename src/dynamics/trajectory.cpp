#include "kamacite/dynamics/trajectory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "kamacite/core/error.hpp"
#include "kamacite/dynamics/heat_field.hpp"

namespace kamacite::dynamics {
namespace {

bool drives_heat(Ensemble const& ensemble) {
    return ensemble.heat_field != Vec3::Zero();
}

}  // namespace

Trajectory::Trajectory(mpi::Communicator const& comm, Potential const& potential,
                       domain::Domain domain, double dt, Ensemble ensemble, long long step,
                       std::span<double const> state)
    : comm_{&comm},
      potential_{&potential},
      domain_{std::move(domain)},
      dt_{dt},
      ensemble_{std::move(ensemble)},
      step_{step},
      first_volume_{domain_.cell().volume()} {
    KAMACITE_EXPECTS(dt > 0.0);
    KAMACITE_EXPECTS(domain_.atoms().velocities.size() == domain_.atoms().positions.size());
    follow_atoms();
    auto const& marks = domain_.atoms().marks;
    std::array<long long, 2> counts{domain_.owned(),
                                    std::ssize(marks) - std::ranges::count(marks, 0)};
    comm.all_reduce(mpi::Op::sum, std::span<long long>{counts});
    held_ = counts[1];
    keeps_momentum_ = ensemble_.keeps_momentum() && held_ == 0 && counts[0] > 1;
    freedoms_ = 3 * (counts[0] - held_) - (keeps_momentum_ ? 3 : 0);
    if (freedoms_ <= 0)
        throw DataError("no atom may move (all are held): there is no motion to follow");
    bool const cell_moves = !std::holds_alternative<FixedCell>(ensemble_.barostat);
    if (cell_moves && !domain_.cell().is_periodic())
        throw DataError(
            "the cell is not periodic along all three directions (a pressure acts on a cell that "
            "is): leave out the barostat, or correct the structure");
    if (drives_heat(ensemble_)) {
        if (!keeps_momentum_ || cell_moves)
            throw DataError(
                "a heat field acts where the momentum is not conserved, or the cell changes (its "
                "power would not be that on the heat flux): hold no atom, take 'nose_hoover' or "
                "'rescaling' and a fixed cell");
        total_mass_ =
            comm.all_reduce(mpi::Op::sum, std::accumulate(masses_.begin(), masses_.end(), 0.0));
    }
    auto const n = static_cast<double>(freedoms_);
    if (auto const* chain = std::get_if<NoseHoover>(&ensemble_.thermostat))
        chain_.emplace(n, *chain);
    if (auto const* motion = std::get_if<MartynaTobiasKlein>(&ensemble_.barostat)) {
        KAMACITE_EXPECTS(chain_.has_value());
        cell_.emplace(*motion, n, std::get<NoseHoover>(ensemble_.thermostat).temperature);
    }
    if (!state.empty()) {
        given_ = comm.is_root() ? state[0] : 0.0;
        first_volume_ = state[1];
        auto rest = state.subspan(2);
        auto const take = [&rest](auto& part) {
            if (!part) return;
            auto const length = part->state().size();
            part->restore(rest.first(length));
            rest = rest.subspan(length);
        };
        take(chain_);
        take(cell_);
        KAMACITE_EXPECTS(rest.empty());
    }
    forces();
}

void Trajectory::follow_atoms() {
    mpi::all_or_none(*comm_, [&] { masses_ = masses_of(domain_.atoms().species); });
    rebuilds_ = domain_.rebuilds();
}

void Trajectory::hold() {
    if (held_ == 0) return;
    auto const v = domain_.velocities();
    auto const& marks = domain_.atoms().marks;
    for (std::size_t i = 0; i < marks.size(); ++i) {
        if (marks[i] == 0) continue;
        v[i].setZero();
        if (i < now_.forces.size()) now_.forces[i].setZero();
    }
}

void Trajectory::forces() {
    now_ = domain_.predict(*potential_);
    hold();
}

Trajectory::Sums Trajectory::sums() const {
    Sums total;
    total.kinetic = kinetic_tensor(domain_.atoms().velocities, masses_);
    total.virial = now_.virial();
    std::vector<double> numbers(18);
    std::copy_n(total.kinetic.data(), 9, numbers.begin());
    std::copy_n(total.virial.data(), 9, numbers.begin() + 9);
    mpi::sum_alike(*comm_, numbers);
    std::copy_n(numbers.begin(), 9, total.kinetic.data());
    std::copy_n(numbers.begin() + 9, 9, total.virial.data());
    return total;
}

void Trajectory::scale(double factor) {
    for (auto& v : domain_.velocities()) v *= factor;
}

void Trajectory::chain_acts(Sums& now) {
    double const T = ensemble_.temperature(step_);
    if (cell_) cell_->exchange_heat(T, 0.5 * dt_);
    double const factor = chain_->advance(now.twice_kinetic(), T, 0.5 * dt_);
    scale(factor);
    now.kinetic *= factor * factor;
}

void Trajectory::push_cell(Sums const& now) {
    cell_->push(now.pi(), now.twice_kinetic(), domain_.cell().volume(), ensemble_.pressure(step_),
                0.5 * dt_);
}

void Trajectory::kick_driven(Half half) {
    auto const v = domain_.velocities();
    std::vector<Vec3> at{v.begin(), v.end()};
    // the field's forces go by the velocities at the end of the step, not in its middle
    if (half == Half::second) kick(at, now_.forces, masses_, 0.5 * dt_);
    driving_.resize(v.size());
    mpi::all_or_none(*comm_,
                     [&] { driving_forces(now_, at, masses_, ensemble_.heat_field, driving_); });
    Vec3 const mine = std::accumulate(driving_.begin(), driving_.end(), Vec3{Vec3::Zero()});
    std::vector<double> sums{mine.x(), mine.y(), mine.z()};
    mpi::sum_alike(*comm_, sums);
    take_total_away(driving_, masses_, {sums[0], sums[1], sums[2]}, total_mass_);
    for (std::size_t i = 0; i < v.size(); ++i) {
        Vec3 const before = v[i];
        v[i] += 0.5 * dt_ / masses_[i] * (now_.forces[i] + driving_[i]);
        given_ += 0.25 * dt_ * driving_[i].dot(before + v[i]);
    }
}

void Trajectory::kick_half(Half half) {
    if (drives_heat(ensemble_)) return kick_driven(half);
    auto const v = domain_.velocities();
    if (!cell_) {
        kick(v, now_.forces, masses_, 0.5 * dt_);
        return;
    }
    Mat3 const friction = cell_->friction(0.25 * dt_);
    for (auto& u : v) u = friction * u;
    kick(v, now_.forces, masses_, 0.5 * dt_);
    for (auto& u : v) u = friction * u;
}

/// By the barostat in this step; with CellRescaling velocities follow it.
Mat3 Trajectory::strain() {
    if (cell_) return cell_->strain(dt_);
    auto const* const bath = std::get_if<CellRescaling>(&ensemble_.barostat);
    if (bath == nullptr) return Mat3::Identity();
    auto target = *bath;
    target.pressure = ensemble_.pressure(step_);
    Mat3 const strain = rescaling_strain(sums().pi(), domain_.cell().volume(), first_volume_,
                                         ensemble_.temperature(step_), target, dt_, step_);
    Mat3 const slower = exponential(-strain);
    for (auto& v : domain_.velocities()) v = slower * v;
    return exponential(strain);
}

void Trajectory::move() {
    Mat3 const F = strain();
    auto const v = domain_.velocities();
    if (auto const* bath = std::get_if<Langevin>(&ensemble_.thermostat)) {
        displacements_.assign(v.size(), Vec3::Zero());
        drift(displacements_, v, 0.5 * dt_);
        auto now = *bath;
        now.temperature = ensemble_.temperature(step_);
        double const before = kinetic_energy(v, masses_);
        exchange_heat(v, masses_, domain_.atoms().ids, now, dt_, step_);
        hold();
        given_ += kinetic_energy(v, masses_) - before;
        drift(displacements_, v, 0.5 * dt_);
        domain_.move(displacements_, F);
    } else if (cell_) {
        Mat3 const half = cell_->strain(0.5 * dt_);
        displacements_.resize(v.size());
        for (std::size_t i = 0; i < v.size(); ++i) displacements_[i] = dt_ * (half * v[i]);
        domain_.move(displacements_, F);
    } else {
        domain_.drift(dt_, F);
    }
    if (domain_.rebuilds() != rebuilds_) follow_atoms();
}

void Trajectory::rescale_velocities() {
    auto const* const bath = std::get_if<Rescaling>(&ensemble_.thermostat);
    if (bath == nullptr) return;
    auto now = *bath;
    now.temperature = ensemble_.temperature(step_);
    double const kinetic = 0.5 * sums().twice_kinetic();
    double const factor = rescaling_factor(kinetic, freedoms_, now, dt_, step_);
    scale(factor);
    if (comm_->is_root()) given_ += (factor * factor - 1.0) * kinetic;
}

void Trajectory::advance() {
    if (chain_) {
        auto now = sums();
        chain_acts(now);
        if (cell_) push_cell(now);
    }
    kick_half(Half::first);
    try {
        move();
    } catch (NumericalError const& error) {
        throw NumericalError(fmt::format("step {}: {}", step_ + 1, error.what()));
    }
    forces();
    kick_half(Half::second);
    if (chain_) {
        auto now = sums();
        if (cell_) push_cell(now);
        chain_acts(now);
    }
    rescale_velocities();
    ++step_;
}

Thermo Trajectory::thermo() const {
    auto const& velocities = domain_.atoms().velocities;
    auto const flux = heat_flux(now_, velocities, masses_);
    auto const all = sums();
    std::array<double, 8> parts{now_.energy(), given_};
    std::copy_n(flux.convective.data(), 3, parts.data() + 2);
    std::copy_n(flux.virial.data(), 3, parts.data() + 5);
    comm_->all_reduce(mpi::Op::sum, std::span<double>{parts});
    Thermo t;
    t.step = step_;
    t.potential_energy = parts[0];
    t.kinetic_energy = 0.5 * all.twice_kinetic();
    t.temperature = temperature(t.kinetic_energy, freedoms_);
    t.stress = -all.pi() / domain_.cell().volume();
    t.heat_flux = {Vec3{parts[2], parts[3], parts[4]}, Vec3{parts[5], parts[6], parts[7]}};
    if (std::holds_alternative<CellRescaling>(ensemble_.barostat)) return t;
    double const T = ensemble_.temperature(step_);
    t.conserved = t.energy() - parts[1];
    if (chain_) *t.conserved += chain_->energy(T);
    if (cell_)
        *t.conserved += cell_->energy(T) + ensemble_.pressure(step_) * domain_.cell().volume();
    return t;
}

void Trajectory::stop_drift() {
    if (held_ > 0) return;
    Vec3 const mine = momentum(domain_.atoms().velocities, masses_);
    std::vector<double> sums{mine.x(), mine.y(), mine.z(),
                             std::accumulate(masses_.begin(), masses_.end(), 0.0)};
    mpi::sum_alike(*comm_, sums);
    remove_drift(domain_.velocities(), Vec3{sums[0], sums[1], sums[2]}, sums[3]);
}

void Trajectory::refresh() {
    domain_.refresh();
    follow_atoms();
    double const all = comm_->all_reduce(mpi::Op::sum, given_);
    given_ = comm_->is_root() ? all : 0.0;
    forces();
}

std::vector<double> Trajectory::state() const {
    std::vector<double> all{comm_->all_reduce(mpi::Op::sum, given_), first_volume_};
    auto const append = [&all](auto const& part) {
        if (!part) return;
        auto const numbers = part->state();
        all.insert(all.end(), numbers.begin(), numbers.end());
    };
    append(chain_);
    append(cell_);
    return all;
}

}  // namespace kamacite::dynamics
