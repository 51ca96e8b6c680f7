#include "kamacite/dynamics/free_structure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kamacite/core/error.hpp"

namespace kamacite::dynamics {

FreeStructure::FreeStructure(mpi::Communicator const& comm, Potential const& potential,
                             domain::Domain domain, Freedom freedom)
    : comm_{&comm},
      potential_{&potential},
      domain_{std::move(domain)},
      freedom_{std::move(freedom)},
      atoms_{comm.all_reduce(mpi::Op::sum, static_cast<long long>(domain_.owned()))} {
    if (freedom_.cell != CellFreedom::fixed && !domain_.cell().is_periodic())
        throw DataError(
            "the cell is not periodic along all three vectors (what is open has no stress that "
            "could come to rest): relax the atoms alone, with 'cell: fixed'");
    auto const n = static_cast<double>(atoms_);
    cell_length_ = std::sqrt(n) * std::cbrt(domain_.cell().volume() / n);
    first_volume_ = domain_.cell().volume();
    evaluate();
    first_here_ = now_.energies;
    first_ = order_->rows<double>(std::span<double const>{first_here_}, 1);
    change_ = 0.0;
}

void FreeStructure::follow() {
    if (followed_ == domain_.rebuilds()) return;
    order_.emplace(*comm_, domain_.atoms().ids, atoms_);
    int const any = comm_->all_reduce(mpi::Op::max, freedom_.fixed.empty() ? 0 : 1);
    if (any > 0) stays_ = order_->of_atoms<int>(std::span<int const>{freedom_.fixed}, 1);
    if (followed_ >= 0) first_here_ = order_->of_atoms<double>(std::span<double const>{first_}, 1);
    followed_ = domain_.rebuilds();
}

Mat3 FreeStructure::free_part(Mat3 const& tensor) const {
    switch (freedom_.cell) {
        case CellFreedom::isotropic:
            return tensor.trace() / 3.0 * Mat3::Identity();
        case CellFreedom::full:
            return 0.5 * (tensor + tensor.transpose());
        case CellFreedom::fixed:
            break;
    }
    return Mat3::Zero();
}

void FreeStructure::evaluate() {
    follow();
    now_ = domain_.predict(*potential_);
    ++evaluations_;
    auto const n = domain_.atoms().ids.size();
    if (comm_->all_reduce(mpi::Op::max, n > 0 && now_.energies.size() != n ? 1 : 0) > 0)
        throw DataError(
            "the model has no energies and forces (there is nothing to relax by): take one that "
            "predicts them");
    double farthest = 0.0, difference = 0.0;
    bool finite = true;
    for (std::size_t k = 0; k < n; ++k) {
        finite = finite && std::isfinite(now_.energies[k]) && now_.forces[k].allFinite();
        if (stays(k)) now_.forces[k].setZero();
        farthest = std::max(farthest, now_.forces[k].norm());
        if (!first_here_.empty()) difference += now_.energies[k] - first_here_[k];
    }
    bool const all_finite = comm_->all_reduce(mpi::Op::min, finite ? 1 : 0) == 1;
    auto const total = domain::totals(*comm_, now_);
    double const p = freedom_.cell == CellFreedom::fixed ? 0.0 : freedom_.pressure;
    auto& s = standing_;
    s.volume = domain_.cell().volume();
    s.energy = total.energy;
    s.enthalpy = s.energy + p * s.volume;
    s.largest_force = comm_->all_reduce(mpi::Op::max, farthest);
    virial_ = total.virial - p * s.volume * Mat3::Identity();
    s.largest_stress = free_part(virial_).cwiseAbs().maxCoeff() / s.volume;
    change_ = comm_->all_reduce(mpi::Op::sum, difference) + p * (s.volume - first_volume_);
    if (!all_finite || !std::isfinite(s.energy) || !virial_.allFinite())
        throw NumericalError(
            fmt::format("evaluation {} of a relaxation has energies or forces that are not finite: "
                        "are atoms on top of each other?",
                        evaluations_));
}

void FreeStructure::move(std::span<Vec3 const> displacements, Mat3 const& strain) {
    KAMACITE_EXPECTS(strain == Mat3::Zero() || freedom_.cell != CellFreedom::fixed);
    Mat3 const F = Mat3::Identity() + strain;
    std::vector<Vec3> strained;
    strained.reserve(displacements.size());
    for (auto const& d : displacements) strained.emplace_back(F * d);
    domain_.move(strained, F);
    evaluate();
}

}  // namespace kamacite::dynamics
