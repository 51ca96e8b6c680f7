#include "kamacite/campaign/features.hpp"

#include <algorithm>
#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/mpi/partition.hpp"
#include "kamacite/mpi/tree.hpp"
#include "kamacite/training/setup.hpp"

namespace kamacite::campaign {
namespace {

using Kind = FeatureOptions::Kind;
using Pooling = FeatureOptions::Pooling;

constexpr int leaves = 64;  // parts whose sums are added in an order that does not know ranks
constexpr double least_spread = 0.01;      // of the median
constexpr double least_difference = 0.05;  // between structures, of σ over atoms

int feature_count(Model const& model, int element, Kind kind) {
    if (kind == Kind::descriptors)
        return model.descriptors().size(
            model.descriptors().elements()[static_cast<std::size_t>(element)]);
    int const energy = model.head(Head::Kind::energy);
    KAMACITE_EXPECTS(energy >= 0);
    auto const& sizes = model.part(energy, element).network.sizes();
    return sizes[sizes.size() - 2];
}

int most_features(Model const& model, Kind kind) {
    int most = 0;
    for (int e = 0; e < static_cast<int>(model.descriptors().elements().size()); ++e)
        most = std::max(most, feature_count(model, e, kind));
    return most;
}

/// φ of the atoms of each element, shape (atoms, features).
std::vector<Matrix> atoms_of(Model const& model, Structure const& s, Kind kind) {
    auto const& descriptors = model.descriptors();
    auto const g = descriptors.evaluate(find_neighbours(s, descriptors.cutoff()), s.species);
    auto const rows = rows_by_element(descriptors.elements(), s.species);
    std::vector<Matrix> all;
    for (std::size_t e = 0; e < rows.size(); ++e) {
        int const element = static_cast<int>(e);
        int const n = feature_count(model, element, kind);
        if (rows[e].empty())
            all.emplace_back(0, n);
        else if (kind == Kind::descriptors)
            all.push_back(model.scaled(g, rows[e], element));
        else  // the last feature is the constant 1
            all.push_back(model.features(g, rows[e], element).leftCols(n));
    }
    return all;
}

/// The structure of a record as the model sees it, with the directions of its moments.
Structure seen_by(Model const& model, Record const& record) {
    auto s = record.structure;
    if (model.has_directions()) direct(s, record.labels.moments, model.least_moment());
    return s;
}

double median(std::vector<double> values) {
    auto const middle = values.begin() + std::ssize(values) / 2;
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// Rows of sums: for each element the number of atoms, Σφ, Σφ².
FeatureScale scale_from(std::vector<double> const& sums, Model const& model, Kind kind) {
    auto const elements = std::ssize(model.descriptors().elements());
    Eigen::Index const most = most_features(model, kind);
    FeatureScale scale{Matrix::Zero(elements, most), Matrix::Zero(elements, most), {}};
    auto const* at = sums.data();
    for (Eigen::Index e = 0; e < elements; ++e, at += 1 + 2 * most) {
        int const n = feature_count(model, static_cast<int>(e), kind);
        double const atoms = std::max(at[0], 1.0);
        std::vector<double> sigma;
        for (int k = 0; k < n; ++k) {
            scale.centre(e, k) = at[1 + k] / atoms;
            double const square =
                at[1 + most + k] / atoms - scale.centre(e, k) * scale.centre(e, k);
            sigma.push_back(std::sqrt(std::max(square, 0.0)));
        }
        double const usual = median(sigma);
        for (int k = 0; k < n; ++k) {
            // Σφ² − (Σφ)² leaves some 1e-8 of φ where nothing varies.
            double const s = std::max(sigma[static_cast<std::size_t>(k)], least_spread * usual);
            scale.inverse(e, k) = s > 1e-7 ? 1.0 / s : 1.0;
        }
    }
    return scale;
}

void pool(Matrix const& x, Pooling pooling, std::vector<double>& out) {
    for (Eigen::Index k = 0; k < x.cols(); ++k) {
        bool const absent = x.rows() == 0;
        double const mean = absent ? 0.0 : x.col(k).mean();
        out.push_back(mean);
        if (pooling == Pooling::mean) continue;
        out.push_back(absent ? 0.0 : std::sqrt((x.col(k).array() - mean).square().mean()));
        if (pooling == Pooling::mean_and_spread) continue;
        out.push_back(absent ? 0.0 : x.col(k).minCoeff());
        out.push_back(absent ? 0.0 : x.col(k).maxCoeff());
    }
}

/// What is known before structures are compared: pooled is empty.
FeatureScale atom_scale_of(mpi::Communicator const& comm, Model const& model,
                           dataset::Records const& records, FeatureOptions const& options) {
    auto const parts =
        training::balanced_parts(training::costs_of(records, model.cutoff()), leaves);
    auto const mine = mpi::block_of(comm.rank(), comm.size(), leaves);
    Eigen::Index const most = most_features(model, options.kind);
    Matrix sums =
        Matrix::Zero(mine.size(), std::ssize(model.descriptors().elements()) * (1 + 2 * most));
    mpi::all_or_none(comm, [&] {
        for (long long leaf = mine.begin; leaf < mine.end; ++leaf)
            for (int const r : parts[static_cast<std::size_t>(leaf)]) {
                auto const record = records[static_cast<std::size_t>(r)];
                Eigen::Index at = 0;
                for (auto const& phi : atoms_of(model, seen_by(model, *record), options.kind)) {
                    auto row = sums.row(leaf - mine.begin).segment(at, 1 + 2 * most);
                    row[0] += static_cast<double>(phi.rows());
                    row.segment(1, phi.cols()) += phi.colwise().sum();
                    row.segment(1 + most, phi.cols()) += phi.cwiseAbs2().colwise().sum();
                    at += 1 + 2 * most;
                }
            }
    });
    return scale_from(mpi::sum_in_tree(comm, std::move(sums), leaves), model, options.kind);
}

/// features_of() without the last scale.
std::vector<double> pooled_of(Model const& model, FeatureScale const& scale,
                              Structure const& structure, FeatureOptions const& options) {
    std::vector<double> out;
    auto const all = atoms_of(model, structure, options.kind);
    for (std::size_t e = 0; e < all.size(); ++e) {
        auto const& phi = all[e];
        auto const row = static_cast<Eigen::Index>(e);
        KAMACITE_EXPECTS(scale.centre.cols() >= phi.cols());
        if (all.size() > 1)
            out.push_back(static_cast<double>(phi.rows()) / std::max(structure.size(), 1));
        Matrix const x =
            ((phi.rowwise() - scale.centre.row(row).head(phi.cols())).array().rowwise() *
             scale.inverse.row(row).head(phi.cols()).array())
                .matrix();
        pool(x, options.pooling, out);
    }
    return out;
}

Matrix pooled_of(mpi::Communicator const& comm, Model const& model, FeatureScale const& scale,
                 dataset::Records const& records, FeatureOptions const& options) {
    auto const parts =
        training::balanced_parts(training::costs_of(records, model.cutoff()), comm.size());
    std::vector<double> mine;
    mpi::all_or_none(comm, [&] {
        for (int const r : parts[static_cast<std::size_t>(comm.rank())]) {
            auto const row = pooled_of(
                model, scale, seen_by(model, *records[static_cast<std::size_t>(r)]), options);
            mine.insert(mine.end(), row.begin(), row.end());
        }
    });
    auto const all = comm.all_gather(std::span<double const>{mine});
    auto const rows = std::ssize(records);
    auto const width = rows == 0 ? 0 : std::ssize(all) / rows;
    Matrix matrix(rows, width);
    auto const* at = all.data();
    for (auto const& part : parts)
        for (int const r : part) {
            std::copy(at, at + width, matrix.row(r).data());
            at += width;
        }
    return matrix;
}

Matrix in_units(Matrix pooled, FeatureScale const& scale) {
    for (Eigen::Index k = 0; k < pooled.cols(); ++k)
        pooled.col(k) *= scale.pooled[static_cast<std::size_t>(k)];
    return pooled;
}

}  // namespace

TrainingFeatures training_features_of(mpi::Communicator const& comm, Model const& model,
                                      dataset::Records const& records,
                                      FeatureOptions const& options) {
    KAMACITE_EXPECTS(!records.empty());
    auto scale = atom_scale_of(comm, model, records, options);
    auto pooled = pooled_of(comm, model, scale, records, options);
    for (Eigen::Index k = 0; k < pooled.cols(); ++k) {
        double const variance = (pooled.col(k).array() - pooled.col(k).mean()).square().mean();
        scale.pooled.push_back(1.0 / std::max(std::sqrt(variance), least_difference));
    }
    auto features = in_units(std::move(pooled), scale);
    return {std::move(scale), std::move(features)};
}

std::vector<double> features_of(Model const& model, FeatureScale const& scale,
                                Structure const& structure, FeatureOptions const& options) {
    auto out = pooled_of(model, scale, structure, options);
    KAMACITE_EXPECTS(out.size() == scale.pooled.size());
    for (std::size_t k = 0; k < out.size(); ++k) out[k] *= scale.pooled[k];
    return out;
}

Matrix features_of(mpi::Communicator const& comm, Model const& model, FeatureScale const& scale,
                   dataset::Records const& records, FeatureOptions const& options) {
    return in_units(pooled_of(comm, model, scale, records, options), scale);
}

}  // namespace kamacite::campaign
