#include "kamacite/inference/grid_map.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kamacite/core/error.hpp"

namespace kamacite::inference {
namespace {

/// The part that each atom of this rank is in.
std::vector<std::size_t> parts_of(domain::Domain const& domain, std::array<int, 3> const& n) {
    std::vector<std::size_t> result;
    result.reserve(domain.atoms().positions.size());
    for (auto const& r : domain.atoms().positions) {
        Vec3 f = domain.cell().to_fractional(r);
        std::size_t part = 0;
        for (int k = 0; k < 3; ++k) {
            auto const along = static_cast<std::size_t>(k);
            if (domain.cell().periodic()[along]) f[k] -= std::floor(f[k]);
            int const at = static_cast<int>(std::floor(std::clamp(f[k], 0.0, 1.0) * n[along]));
            part = part * static_cast<std::size_t>(n[along]) +
                   static_cast<std::size_t>(std::min(at, n[along] - 1));
        }
        result.push_back(part);
    }
    return result;
}

}  // namespace

GridMap grid_map_of(mpi::Communicator const& comm, domain::Domain const& domain,
                    LargeAnswer const& answer, std::array<int, 3> const& parts) {
    KAMACITE_EXPECTS(std::ranges::all_of(parts, [](int n) { return n > 0; }));
    auto const part = parts_of(domain, parts);
    auto const count = static_cast<std::size_t>(parts[0]) * static_cast<std::size_t>(parts[1]) *
                       static_cast<std::size_t>(parts[2]);
    GridMap map;
    map.parts = parts;
    map.atoms.assign(count, 0.0);
    for (auto const p : part) map.atoms[p] += 1.0;
    comm.all_reduce(mpi::Op::sum, std::span<double>{map.atoms});
    // Ranks without atoms have none of the vectors: what any rank has, all have.
    auto const anyone = [&](auto const& values) {
        return comm.all_reduce(mpi::Op::max, values.empty() ? 0 : 1) > 0;
    };
    auto const sum = [&](auto const& values, auto const& term) {
        std::vector<double> total;
        if (!anyone(values)) return total;
        total.assign(count, 0.0);
        for (std::size_t i = 0; i < part.size(); ++i) total[part[i]] += term(values[i]);
        comm.all_reduce(mpi::Op::sum, std::span<double>{total});
        for (std::size_t p = 0; p < count; ++p)
            total[p] = map.atoms[p] > 0.0 ? total[p] / map.atoms[p]
                                          : std::numeric_limits<double>::quiet_NaN();
        return total;
    };
    auto const largest = [&](std::vector<double> const& values) {
        std::vector<double> most;
        if (!anyone(values)) return most;
        most.assign(count, -1.0);
        for (std::size_t i = 0; i < part.size(); ++i)
            most[part[i]] = std::max(most[part[i]], values[i]);
        comm.all_reduce(mpi::Op::max, std::span<double>{most});
        for (std::size_t p = 0; p < count; ++p)
            if (!(map.atoms[p] > 0.0)) most[p] = std::numeric_limits<double>::quiet_NaN();
        return most;
    };
    auto const root = [](std::vector<double> squares) {
        for (double& x : squares) x = std::sqrt(x);
        return squares;
    };
    auto const& mean = answer.mean;
    auto const same = [](double x) { return x; };
    auto const square = [](double x) { return x * x; };
    map.energy = sum(mean.energies, same);
    map.force = root(sum(mean.forces, [](Vec3 const& f) { return f.squaredNorm(); }));
    map.moment = sum(mean.moments, same);
    map.force_std = root(sum(answer.force_std, square));
    map.extrapolation = largest(mean.extrapolation);
    map.grade = largest(mean.grade);
    std::vector<double> virials(9 * count, 0.0);
    for (std::size_t i = 0; i < part.size() && !mean.virials.empty(); ++i)
        for (Eigen::Index k = 0; k < 9; ++k)
            virials[9 * part[i] + static_cast<std::size_t>(k)] += mean.virials[i].data()[k];
    comm.all_reduce(mpi::Op::sum, std::span<double>{virials});
    double const volume = domain.cell().volume() / static_cast<double>(count);
    for (std::size_t p = 0; p < count; ++p)
        map.stress.emplace_back(-Eigen::Map<Mat3 const>(virials.data() + 9 * p) / volume);
    return map;
}

}  // namespace kamacite::inference
