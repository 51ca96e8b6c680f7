#include "kamacite/training/kalman.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "covariance.hpp"
#include "kamacite/core/error.hpp"

namespace kamacite::training {
namespace {

static_assert(Kalman::largest_update == measurements);

constexpr long long updates_between_limits = 16;

/// Blocks of at most `largest` parameters that do not cross networks.
std::vector<std::pair<int, int>> blocks_of(Model const& model, int largest) {
    std::vector<std::pair<int, int>> blocks;
    for (auto const& part : model.parts()) {
        int const n = part.network.parameter_count();
        int const pieces = (n + largest - 1) / largest;
        for (int k = 0; k < pieces; ++k) {
            auto const range = mpi::block_of(k, pieces, n);
            blocks.emplace_back(part.begin + static_cast<int>(range.begin),
                                static_cast<int>(range.size()));
        }
    }
    return blocks;
}

std::string name_of_block(std::size_t b) {
    return fmt::format("covariance{:04d}", b);
}

}  // namespace

std::vector<LossOptions> Kalman::kinds_of(LossOptions const& all, Model const& model) {
    struct Kind {
        double LossOptions::*weight;
        Head::Kind head;
    };
    constexpr std::array known = {Kind{&LossOptions::energy_weight, Head::Kind::energy},
                                  Kind{&LossOptions::forces_weight, Head::Kind::energy},
                                  Kind{&LossOptions::stress_weight, Head::Kind::energy},
                                  Kind{&LossOptions::moments_weight, Head::Kind::moment},
                                  Kind{&LossOptions::properties_weight, Head::Kind::property}};
    std::vector<LossOptions> kinds;
    for (auto const& kind : known) {
        if (all.*kind.weight <= 0.0 || !model.has(kind.head)) continue;
        auto& one = kinds.emplace_back(all);
        for (auto const& other : known)
            if (other.weight != kind.weight) one.*other.weight = 0.0;
    }
    return kinds;
}

Kalman::Kalman(StageOptions const& stage, Model const& model, mpi::Communicator const& comm)
    : stage_{stage}, forget_{stage.forget} {
    for (auto const& [begin, size] : blocks_of(model, stage.block))
        parts_.push_back({begin, size, mpi::block_of(comm.rank(), comm.size(), size), {}});
    begin_anew();
}

void Kalman::begin_anew() {
    for (auto& part : parts_) {
        part.p = Matrix::Zero(part.rows.size(), part.size);
        for (Eigen::Index r = 0; r < part.p.rows(); ++r)
            part.p(r, part.rows.begin + r) = stage_.covariance;
    }
}

void Kalman::update(mpi::Communicator const& comm, std::span<double> w, Matrix const& h,
                    Eigen::VectorXd const& y, double rate) {
    auto const n = h.rows();
    KAMACITE_EXPECTS(n <= measurements);
    // P Hᵀ of every block; its rows come from the ranks that have them.
    std::vector<Matrix> ph(parts_.size());
    Matrix innovation = stage_.noise * Matrix::Identity(n, n);
    for (std::size_t b = 0; b < parts_.size(); ++b) {
        auto const& part = parts_[b];
        Matrix h_part = Matrix::Zero(part.size, measurements);
        h_part.leftCols(n) = h.middleCols(part.begin, part.size).transpose();
        Matrix mine;
        multiply(part.p, h_part, mine);
        auto const all = comm.all_gather(
            std::span<double const>{mine.data(), static_cast<std::size_t>(mine.size())});
        ph[b] = Eigen::Map<Matrix const>{all.data(), part.size, measurements};
        innovation.noalias() += h_part.leftCols(n).transpose() * ph[b].leftCols(n);
    }
    Eigen::LDLT<Eigen::MatrixXd> const solver{Eigen::MatrixXd{innovation}};
    Eigen::VectorXd const gain = solver.solve(y);
    for (std::size_t b = 0; b < parts_.size(); ++b) {
        auto& part = parts_[b];
        Eigen::VectorXd const change = ph[b].leftCols(n) * gain;
        for (int k = 0; k < part.size; ++k)
            w[static_cast<std::size_t>(part.begin + k)] -= rate * change[k];
        Matrix gains = Matrix::Zero(measurements, part.size);
        gains.topRows(n) = solver.solve(Eigen::MatrixXd{ph[b].leftCols(n).transpose()});
        Matrix const mine = ph[b].middleRows(part.rows.begin, part.rows.size());
        subtract(part.p, mine, gains, 1.0 / forget_);
        for (Eigen::Index r = 0; r < part.p.rows(); ++r)
            part.p(r, part.rows.begin + r) += stage_.process_noise;
    }
    forget_ = stage_.forget_rate * forget_ + 1.0 - stage_.forget_rate;
    if (++updates_ % updates_between_limits == 0) limit(comm);
}

void Kalman::limit(mpi::Communicator const& comm) {
    for (auto& part : parts_) {
        std::vector<double> mine;
        for (Eigen::Index r = 0; r < part.p.rows(); ++r)
            mine.push_back(part.p(r, part.rows.begin + r));
        auto scale = comm.all_gather(std::span<double const>{mine});
        bool within = true;
        for (double& x : scale) {
            within = within && !(x > stage_.covariance);
            x = x > stage_.covariance ? std::sqrt(stage_.covariance / x) : 1.0;
        }
        if (within) continue;
        Eigen::Map<Eigen::VectorXd const> const columns{scale.data(), part.size};
        for (Eigen::Index r = 0; r < part.p.rows(); ++r)
            part.p.row(r).array() *= columns.transpose().array() * columns[part.rows.begin + r];
    }
}

Optimiser::Step Kalman::step(Objective const& objective, Model& model, std::span<int const> ids,
                             double rate, double flag) {
    Step step;
    std::vector<Eigen::RowVectorXd> slopes;
    std::vector<double> values;
    auto const kinds = kinds_of(objective.options, model);
    auto const all = objective.loss.leaf_gradients(objective.comm, model, kinds, ids, flag);
    step.flags = all.flags;
    auto const samples = static_cast<std::size_t>(SumLayout{model}.samples());
    for (auto const& leaves : all.ways) {
        if (step.sums.empty()) {
            step.sums = leaves.sums;
        } else {
            // Each kind has found its own losses and errors; the structures count once.
            for (std::size_t k = 0; k < step.sums.size(); ++k)
                if (k != samples) step.sums[k] += leaves.sums[k];
        }
        for (Eigen::Index l = 0; l < leaves.losses.size(); ++l)
            if (leaves.losses[l] > 0.0) {  // leaves without such labels measure nothing
                values.push_back(std::sqrt(leaves.losses[l]));
                slopes.emplace_back(leaves.gradients.row(l) / (2.0 * values.back()));
            }
    }
    filter(objective.comm, model.parameters(), slopes, values, rate);
    return step;
}

void Kalman::filter(mpi::Communicator const& comm, std::span<double> w,
                    std::span<Eigen::RowVectorXd const> slopes, std::span<double const> values,
                    double rate) {
    auto const n_parameters = std::ssize(w);
    Eigen::Map<Eigen::VectorXd const> const now{w.data(), n_parameters};
    Eigen::VectorXd const start = now;
    for (std::size_t first = 0; first < values.size(); first += measurements) {
        auto const n = std::min<std::size_t>(measurements, values.size() - first);
        Matrix h(static_cast<Eigen::Index>(n), n_parameters);
        Eigen::VectorXd y(static_cast<Eigen::Index>(n));
        for (std::size_t m = 0; m < n; ++m) {
            auto const row = static_cast<Eigen::Index>(m);
            h.row(row) = slopes[first + m];
            // What the steps before have changed of it already, to first order.
            y[row] = values[first + m] + slopes[first + m].dot(now - start);
        }
        update(comm, w, h, y, rate);
    }
}

std::map<std::string, std::vector<double>> Kalman::shared() const {
    return {{"forget", {forget_}}, {"updates", {static_cast<double>(updates_)}}};
}

std::map<std::string, Matrix> Kalman::rows() const {
    std::map<std::string, Matrix> rows;
    for (std::size_t b = 0; b < parts_.size(); ++b) rows[name_of_block(b)] = parts_[b].p;
    return rows;
}

void Kalman::restore(State const& state) {
    if (state.shared.size() != 2 || !state.shared.contains("forget") ||
        !state.shared.contains("updates"))
        throw DataError("the checkpoint holds no state of a Kalman filter: start with --fresh");
    forget_ = state.shared.at("forget").at(0);
    updates_ = static_cast<long long>(state.shared.at("updates").at(0));
    if (state.rows.empty()) return begin_anew();
    for (std::size_t b = 0; b < parts_.size(); ++b) {
        auto& part = parts_[b];
        auto const found = state.rows.find(name_of_block(b));
        if (found == state.rows.end() || found->second.rows() != part.p.rows() ||
            found->second.cols() != part.p.cols())
            throw DataError(
                "the checkpoint holds a Kalman filter of another model: start with --fresh");
        part.p = found->second;
    }
}

}  // namespace kamacite::training
