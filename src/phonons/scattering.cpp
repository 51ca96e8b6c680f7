#include "kamacite/phonons/scattering.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "kamacite/core/error.hpp"
#include "kamacite/phonons/interaction.hpp"
#include "kamacite/phonons/tetrahedra.hpp"
#include "kamacite/phonons/thermodynamics.hpp"

namespace kamacite::phonons {
namespace {

using std::numbers::pi;

constexpr double reach = 6.0;  // widths beyond which a Gaussian is 0

/// δ(w − f) over the grid, by tetrahedra or a Gaussian.
class Delta {
public:
    Delta(Mesh const& mesh, Cell const& cell, Broadening const& broadening)
        : width_{broadening.width}, size_(std::size_t(mesh.divisions.prod())) {
        if (width_ > 0.0) return;
        auto const all = tetrahedra(mesh.divisions, cell);
        for (int g = 0; g < mesh.divisions.prod(); ++g)
            for (auto const& t : all) {
                std::array<std::uint32_t, 4> corners{};
                for (std::size_t k = 0; k < 4; ++k)
                    corners[k] = std::uint32_t(mesh.grid_index(mesh.cell_of(g) + t[k]));
                corners_.push_back(corners);
            }
    }

    /// N times the weight of every grid point in the mean over the grid [fs], for several w.
    void weigh(std::vector<double> const& f, std::vector<double> const& at,
               std::vector<std::vector<double>>& weights) const {
        for (auto& w : weights) w.assign(size_, 0.0);
        if (width_ > 0.0) {
            for (std::size_t n = 0; n < at.size(); ++n)
                for (std::size_t g = 0; g < size_; ++g) {
                    double const y = (at[n] - f[g]) / width_;
                    if (std::abs(y) < reach)
                        weights[n][g] = std::exp(-0.5 * y * y) / (std::sqrt(2.0 * pi) * width_);
                }
            return;
        }
        for (auto const& c : corners_) {
            std::array<double, 4> const here{f[c[0]], f[c[1]], f[c[2]], f[c[3]]};
            auto const [low, high] = std::minmax({here[0], here[1], here[2], here[3]});
            for (std::size_t n = 0; n < at.size(); ++n) {
                if (at[n] < low || at[n] >= high) continue;
                auto const part = delta_weights(here, at[n]);
                for (std::size_t k = 0; k < 4; ++k) weights[n][c[k]] += part[k] / 6.0;
            }
        }
    }

private:
    double width_;
    std::size_t size_;
    std::vector<std::array<std::uint32_t, 4>> corners_;
};

/// What the search for processes is about.
struct Search {
    Harmonic const& crystal;
    Scatterers const& scatterers;
    Mesh const& mesh;
    GridModes const& modes;
    Delta delta;

    [[nodiscard]] std::size_t branches() const { return std::size_t(modes.branches); }
    /// −q − q′.
    [[nodiscard]] int last(int g1, int g2) const {
        return mesh.grid_index(-mesh.cell_of(g1) - mesh.cell_of(g2));
    }
    [[nodiscard]] double omega(std::size_t mode) const { return modes.frequencies[mode]; }
    [[nodiscard]] std::vector<double> omegas(int g) const {
        std::vector<double> all;
        for (std::size_t b = 0; b < branches(); ++b)
            all.push_back(omega(std::size_t(g) * branches() + b));
        return all;
    }
    void add_pairs(int g1, PointProcesses& lists) const;
    void add_isotopes(int g1, PointProcesses& lists) const;
};

/// Pairs λ′, λ″ of all modes of a point, with δ alone as strength, by grid point of λ′.
void Search::add_pairs(int g1, PointProcesses& lists) const {
    auto const n = branches();
    int const total = mesh.divisions.prod();
    auto const at = omegas(g1);
    std::vector<std::vector<double>> weights(n);
    std::vector<double> sums(std::size_t(total), 0.0);
    using Kind = Process::Kind;
    for (std::size_t b2 = 0; b2 < n; ++b2)
        for (std::size_t b3 = 0; b3 < n; ++b3)
            for (auto const kind : {Kind::decay, Kind::absorption}) {
                double const sign = kind == Kind::decay ? 1.0 : -1.0;
                for (int g = 0; g < total; ++g)
                    sums[std::size_t(g)] = omega(std::size_t(last(g1, g)) * n + b3) +
                                           sign * omega(std::size_t(g) * n + b2);
                delta.weigh(sums, at, weights);
                for (std::size_t b1 = 0; b1 < n; ++b1) {
                    if (at[b1] < still) continue;
                    for (int g = 0; g < total; ++g) {
                        double const w = weights[b1][std::size_t(g)];
                        auto const second = std::size_t(g) * n + b2,
                                   third = std::size_t(last(g1, g)) * n + b3;
                        if (w > 0.0 && omega(second) > still && omega(third) > still)
                            lists[b1].push_back(
                                {std::uint32_t(second), std::uint32_t(third), kind, w});
                    }
                }
            }
    for (auto& list : lists)
        std::stable_sort(list.begin(), list.end(),
                         [](auto const& a, auto const& b) { return a.second < b.second; });
}

/// The modes of one frequency that branch b of a grid point belongs to: first and last + 1.
std::pair<Eigen::Index, Eigen::Index> equals(GridModes const& modes, int g, Eigen::Index b) {
    auto const* w = &modes.frequencies[std::size_t(g) * std::size_t(modes.branches)];
    auto first = b, end = b + 1;
    while (first > 0 && w[b] - w[first - 1] < 1e-5 * thz) --first;
    while (end < modes.branches && w[end] - w[b] < 1e-5 * thz) ++end;
    return {first, end};
}

/// Gives the rows, of the branches of one grid point, and columns, of another, that belong to modes
/// of one frequency their means: which of their eigenvectors is which does not matter.
void level(Matrix& squares, GridModes const& modes, int rows, int columns) {
    for (Eigen::Index b = 0, end = 0; b < squares.rows(); b = end) {
        end = equals(modes, rows, b).second;
        if (end - b == 1) continue;
        Eigen::RowVectorXd const mean = squares.middleRows(b, end - b).colwise().mean();
        squares.middleRows(b, end - b).rowwise() = mean;
    }
    for (Eigen::Index b = 0, end = 0; b < squares.cols(); b = end) {
        end = equals(modes, columns, b).second;
        if (end - b == 1) continue;
        Eigen::VectorXd const mean = squares.middleCols(b, end - b).rowwise().mean();
        squares.middleCols(b, end - b).colwise() = mean;
    }
}

/// Σ_i g_i |e*_i·e′_i|² of all branches of one grid point and of another.
Matrix overlaps(Scatterers const& scatterers, GridModes const& modes, int g1, int g2) {
    Matrix sum = Matrix::Zero(modes.branches, modes.branches);
    for (std::size_t i = 0; i < scatterers.isotopes.size(); ++i) {
        auto const row = Eigen::Index(3 * i);
        sum += scatterers.isotopes[i] *
               Matrix{(modes.vectors[std::size_t(g1)].middleRows<3>(row).adjoint() *
                       modes.vectors[std::size_t(g2)].middleRows<3>(row))
                          .cwiseAbs2()};
    }
    level(sum, modes, g1, g2);
    return sum;
}

void Search::add_isotopes(int g1, PointProcesses& lists) const {
    auto const n = branches();
    int const total = mesh.divisions.prod();
    auto const at = omegas(g1);
    std::vector<std::vector<double>> weights(n);
    std::vector<double> f(std::size_t(total), 0.0);
    std::vector<Matrix> squares;
    for (int g = 0; g < total; ++g) squares.push_back(overlaps(scatterers, modes, g1, g));
    for (std::size_t b2 = 0; b2 < n; ++b2) {
        for (int g = 0; g < total; ++g) f[std::size_t(g)] = omega(std::size_t(g) * n + b2);
        delta.weigh(f, at, weights);
        for (std::size_t b1 = 0; b1 < n; ++b1)
            for (int g = 0; g < total && at[b1] > still; ++g) {
                double const w = weights[b1][std::size_t(g)];
                if (w <= 0.0 || f[std::size_t(g)] < still) continue;
                auto const mode = std::uint32_t(std::size_t(g) * n + b2);
                lists[b1].push_back(
                    {mode, mode, Process::Kind::isotope,
                     0.5 * pi / total * at[b1] * f[std::size_t(g)] * w *
                         squares[std::size_t(g)](Eigen::Index(b1), Eigen::Index(b2))});
            }
    }
}

/// |A|² of one irreducible point, one point q′ and the third that follows: per branch of q′, those
/// of q and q″. Made as they are asked for.
class Squares {
public:
    Squares(Interaction const& interaction, Mesh const& mesh, GridModes const& modes,
            std::array<int, 3> points, Interaction::Contracted const& contracted)
        : interaction_{interaction},
          mesh_{mesh},
          modes_{modes},
          points_{points},
          contracted_{contracted},
          known_(contracted.size()) {}

    [[nodiscard]] double operator()(std::size_t b1, std::size_t b2, std::size_t b3) {
        if (known_[b2].size() == 0) find(Eigen::Index(b2));
        return known_[b2](Eigen::Index(b1), Eigen::Index(b3));
    }

private:
    void find(Eigen::Index b2) {
        auto const [g1, g2, g3] = points_;
        if (phases_.empty())
            phases_ = interaction_.phases(mesh_.grid_point(g1), mesh_.grid_point(g2),
                                          mesh_.grid_point(g3));
        auto const [first, end] = equals(modes_, g2, b2);
        Matrix mean = Matrix::Zero(modes_.branches, modes_.branches);
        for (auto b = first; b < end; ++b) {
            ComplexMatrix const a = modes_.vectors[std::size_t(g1)].transpose() *
                                    interaction_.between(contracted_[std::size_t(b)], phases_) *
                                    modes_.vectors[std::size_t(g3)];
            mean += a.cwiseAbs2() / static_cast<double>(end - first);
        }
        level(mean, modes_, g1, g3);
        for (auto b = first; b < end; ++b) known_[std::size_t(b)] = mean;
    }
    Interaction const& interaction_;
    Mesh const& mesh_;
    GridModes const& modes_;
    std::array<int, 3> points_;
    Interaction::Contracted const& contracted_;
    std::vector<std::complex<double>> phases_{};
    std::vector<Matrix> known_;
};

}  // namespace

GridModes grid_modes(Harmonic const& crystal, Mesh const& mesh) {
    GridModes all{crystal.branches(), {}, {}, {}};
    for (int g = 0; g < mesh.divisions.prod(); ++g) {
        auto const q = mesh.grid_point(g);
        auto modes = crystal.modes(q);
        if (modes.frequencies.front() < -still)
            throw NumericalError(fmt::format(
                "the crystal is unstable at q = ({:.3f}, {:.3f}, {:.3f}), {:.2f} THz (imaginary): "
                "it has no conductivity of phonons; look at phonon_bands.csv",
                q(0), q(1), q(2), modes.frequencies.front() / thz));
        for (double const w : modes.frequencies) all.frequencies.push_back(w);
        auto const velocities = crystal.velocities(q, modes);
        auto const n = velocities.size();
        for (std::size_t first = 0, end = 1; first < n; first = end++) {
            while (end < n && modes.frequencies[end] - modes.frequencies[first] < 1e-5 * thz) ++end;
            Vec3 mean = Vec3::Zero();
            for (auto b = first; b < end; ++b)
                mean += velocities[b] / static_cast<double>(end - first);
            all.velocities.insert(all.velocities.end(), end - first, mean);
        }
        all.vectors.push_back(std::move(modes.vectors));
    }
    return all;
}

std::vector<int> grid_indices(Mesh const& mesh) {
    std::vector<int> all;
    for (auto const& q : mesh.points)
        all.push_back(mesh.grid_index(
            q.cwiseProduct(mesh.divisions.cast<double>()).array().round().matrix().cast<int>()));
    return all;
}

std::vector<PointProcesses> find_processes(Harmonic const& crystal, Scatterers const& scatterers,
                                           Mesh const& mesh, GridModes const& modes,
                                           std::vector<int> const& points,
                                           Broadening const& broadening) {
    Interaction const interaction{crystal, scatterers.third};
    Search const search{crystal, scatterers, mesh, modes,
                        Delta{mesh, crystal.unit().cell, broadening}};
    auto const n = search.branches();
    auto const grid = grid_indices(mesh);
    std::vector<PointProcesses> all(points.size(), PointProcesses(n));
    for (std::size_t p = 0; p < points.size(); ++p)
        search.add_pairs(grid[std::size_t(points[p])], all[p]);

    int const total = mesh.divisions.prod();
    double const factor = pi * h_bar / (4.0 * total);
    std::vector<std::vector<std::size_t>> next(points.size(), std::vector<std::size_t>(n, 0));
    for (int g2 = 0; g2 < total; ++g2) {
        auto const q2 = mesh.grid_point(g2);
        auto const contracted = interaction.with_second(q2, modes.vectors[std::size_t(g2)]);
        for (std::size_t p = 0; p < points.size(); ++p) {
            int const g1 = grid[std::size_t(points[p])], g3 = search.last(g1, g2);
            Squares squares{interaction, mesh, modes, {g1, g2, g3}, contracted};
            for (std::size_t b1 = 0; b1 < n; ++b1) {
                auto& list = all[p][b1];
                for (auto& at = next[p][b1];
                     at < list.size() && list[at].second / n == std::size_t(g2); ++at) {
                    auto& process = list[at];
                    process.strength *=
                        factor * squares(b1, process.second % n, process.third % n) /
                        (search.omega(std::size_t(g1) * n + b1) * search.omega(process.second) *
                         search.omega(process.third));
                }
            }
        }
    }
    if (!scatterers.isotopes.empty())
        for (std::size_t p = 0; p < points.size(); ++p)
            search.add_isotopes(grid[std::size_t(points[p])], all[p]);
    return all;
}

}  // namespace kamacite::phonons
