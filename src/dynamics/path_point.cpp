#include "path_point.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace kamacite::dynamics {
namespace {

double longest_way(mpi::Communicator const& comm, std::span<double const> from,
                   std::span<double const> to) {
    double farthest = 0.0;
    for (std::size_t k = 0; k < from.size(); k += 3)
        farthest = std::max(farthest, std::hypot(to[k] - from[k], to[k + 1] - from[k + 1],
                                                 to[k + 2] - from[k + 2]));
    return comm.all_reduce(mpi::Op::max, farthest);
}

}  // namespace

PathPoint::PathPoint(FreeStructure& s) : s_{&s}, change_at_start_{s.enthalpy_change()} {
    auto const& comm = s.comm();
    atom_numbers_ =
        3 * static_cast<std::size_t>(mpi::block_of(comm.rank(), comm.size(), s.atoms()).size());
    bool const last = comm.rank() == comm.size() - 1;
    at_.assign(atom_numbers_ + (last ? 9 : 0), 0.0);
    accepted_ = at_;
    accepted_gradient_.assign(at_.size(), 0.0);
    evaluate();
    accept();
}

Mat3 PathPoint::strain_of(std::vector<double> const& x) const {
    std::array<double, 9> u{};
    if (x.size() > atom_numbers_)
        std::copy_n(x.begin() + static_cast<std::ptrdiff_t>(atom_numbers_), 9, u.begin());
    s_->comm().broadcast(std::span<double>{u}, s_->comm().size() - 1);
    return Eigen::Map<Mat3 const>(u.data()) / s_->cell_length();
}

double PathPoint::stride(std::vector<double> const& to) const {
    constexpr double lever = 10.0;  // [Å]: a strain of 0.02 counts as 0.2 Å
    double strain = 0.0;
    for (std::size_t k = atom_numbers_; k < to.size(); ++k)
        strain = std::max(strain, std::abs(to[k] - accepted_[k]) / s_->cell_length());
    return std::max(longest_way(s_->comm(), std::span{accepted_}.first(atom_numbers_),
                                std::span{to}.first(atom_numbers_)),
                    s_->comm().all_reduce(mpi::Op::max, lever * strain));
}

double PathPoint::far_from_start() const {
    std::vector<double> const start(atom_numbers_, 0.0);
    return longest_way(s_->comm(), start, std::span{at_}.first(atom_numbers_));
}

void PathPoint::go_to(std::vector<double> const& to) {
    int const there = to == at_ ? 1 : 0;
    if (s_->comm().all_reduce(mpi::Op::min, there) == 1) return;
    std::vector<double> way(atom_numbers_);
    for (std::size_t k = 0; k < atom_numbers_; ++k) way[k] = to[k] - at_[k];
    auto const here = s_->order().of_atoms<double>(std::span<double const>{way}, 3);
    std::vector<Vec3> displacements;
    displacements.reserve(here.size() / 3);
    for (std::size_t k = 0; k < here.size(); k += 3)
        displacements.emplace_back(F_ * Eigen::Map<Vec3 const>(here.data() + k));
    Mat3 strain = Mat3::Zero();
    if (s_->freedom().cell != CellFreedom::fixed) {
        Mat3 const F = Mat3::Identity() + strain_of(to);
        strain = F * F_.inverse() - Mat3::Identity();
        F_ = F;
    }
    at_ = to;
    s_->move(displacements, strain);
    evaluate();
}

void PathPoint::evaluate() {
    std::vector<double> flat;
    flat.reserve(3 * s_->forces().size());
    for (auto const& f : s_->forces()) {
        Vec3 const g = -(F_.transpose() * f);
        flat.insert(flat.end(), g.data(), g.data() + 3);
    }
    gradient_ = s_->order().rows<double>(std::span<double const>{flat}, 3);
    Mat3 const u =
        -s_->free_part(s_->enthalpy_virial() * F_.inverse().transpose()) / s_->cell_length();
    if (at_.size() > atom_numbers_) gradient_.insert(gradient_.end(), u.data(), u.data() + 9);

    double work = 0.0;
    for (std::size_t k = 0; k < at_.size(); ++k)
        work += 0.5 * (gradient_[k] + accepted_gradient_[k]) * (at_[k] - accepted_[k]);
    work = s_->comm().all_reduce(mpi::Op::sum, work);
    double const direct = s_->enthalpy_change() - change_at_start_ - accepted_change_;
    // rounding of an atom's energy, and much more: the work is as good for steps so small
    double const hidden = 1e-10 * std::sqrt(static_cast<double>(s_->atoms()));
    value_ = accepted_value_ + (std::abs(direct) < hidden ? work : direct);
}

void PathPoint::accept() {
    accepted_ = at_;
    accepted_gradient_ = gradient_;
    accepted_value_ = value_;
    accepted_change_ = s_->enthalpy_change() - change_at_start_;
}

}  // namespace kamacite::dynamics
