#include "kamacite/properties/elastic.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "kamacite/core/error.hpp"

namespace kamacite::properties {
namespace {

using Vec6 = Eigen::Matrix<double, 6, 1>;

constexpr std::array<std::pair<int, int>, 6> voigt{
    {{0, 0}, {1, 1}, {2, 2}, {1, 2}, {0, 2}, {0, 1}}};

Mat3 strain_of(int j, double size) {
    auto const [a, b] = voigt[static_cast<std::size_t>(j)];
    Mat3 strain = Mat3::Zero();
    strain(a, b) += size / 2.0;  // a diagonal element is met twice, a shear is ε_4 = 2 ε_yz
    strain(b, a) += size / 2.0;
    return strain;
}

Mat3 stress_of(Potential const& potential, Structure const& s) {
    return potential.predict(s, find_neighbours(s, potential.cutoff())).stress(s.cell.volume());
}

Vec6 stress_under(Potential const& potential, Structure const& s, Mat3 const& strain,
                  dynamics::RelaxOptions const& relax) {
    auto distorted = strained(s, strain);
    if (distorted.size() > 1) {
        auto relaxed = dynamics::relax_positions(potential, std::move(distorted), relax);
        if (!relaxed.converged)
            throw NumericalError(
                fmt::format("elastic constants: the atoms of a strained cell do not come to rest "
                            "({} steps, force {:.2g} eV/Å): raise the tolerance",
                            relaxed.steps, relaxed.largest_force));
        distorted = std::move(relaxed.structure);
    }
    auto const stress = stress_of(potential, distorted);
    Vec6 result;
    for (int i = 0; i < 6; ++i) {
        auto const [a, b] = voigt[static_cast<std::size_t>(i)];
        result[i] = (stress(a, b) + stress(b, a)) / 2.0;
    }
    return result;
}

Mat6 differences(Potential const& potential, Structure const& s, double size,
                 dynamics::RelaxOptions const& relax) {
    Mat6 c;
    for (int j = 0; j < 6; ++j)
        c.col(j) = (stress_under(potential, s, strain_of(j, size), relax) -
                    stress_under(potential, s, strain_of(j, -size), relax)) /
                   (2.0 * size);
    return c;
}

}  // namespace

bool ElasticConstants::stable() const {
    Mat6 const symmetric = (c + c.transpose()) / 2.0;
    return Eigen::SelfAdjointEigenSolver<Mat6>{symmetric}.eigenvalues()[0] > 0.0;
}

ElasticConstants elastic_constants(Potential const& potential, Structure const& s, double strain,
                                   dynamics::RelaxOptions const& relax) {
    KAMACITE_EXPECTS(strain > 0.0);
    auto const coarse = differences(potential, s, strain, relax);
    auto const fine = differences(potential, s, strain / 2.0, relax);
    Mat6 const limit = (4.0 * fine - coarse) / 3.0;
    return {limit, (limit - fine).cwiseAbs(), stress_of(potential, s)};
}

}  // namespace kamacite::properties
