#include "kamacite/properties/stacking_faults.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "kamacite/core/error.hpp"
#include "kamacite/generate/surface.hpp"

namespace kamacite::properties {
namespace {

using generate::Lattice;

/// Forces along one direction alone: the potential of atoms that move along it.
class Along final : public Potential {
public:
    Along(Potential const& potential, Vec3 const& direction)
        : potential_{potential}, direction_{direction} {}
    [[nodiscard]] double cutoff() const override { return potential_.cutoff(); }
    [[nodiscard]] Prediction predict(Structure const& s, Neighbours const& n) const override {
        auto p = potential_.predict(s, n);
        for (auto& f : p.forces) f = f.dot(direction_) * direction_;
        return p;
    }

private:
    Potential const& potential_;
    Vec3 direction_;
};

struct Planes {
    Vec3 first, second;  ///< shortest lattice vectors in the plane
    Vec3 step;           ///< from one plane to the next
    Vec3 normal;         ///< of length 1
    Vec3 period;         ///< shortest lattice vector along the direction
};

Vec3 cartesian(std::array<int, 3> const& v) {
    return {double(v[0]), double(v[1]), double(v[2])};
}

/// Lattice vectors up to some length, shortest first.
std::vector<Vec3> vectors_of(Mat3 const& primitive, double longest) {
    std::vector<Vec3> vectors;
    int const n = 12;
    for (int i = -n; i <= n; ++i)
        for (int j = -n; j <= n; ++j)
            for (int k = -n; k <= n; ++k) {
                Vec3 const t = primitive.transpose() * Vec3(i, j, k);
                if (t.norm() > 1e-6 && t.norm() < longest) vectors.push_back(t);
            }
    std::stable_sort(vectors.begin(), vectors.end(), [](Vec3 const& x, Vec3 const& y) {
        return x.squaredNorm() < y.squaredNorm() - 1e-9;
    });
    return vectors;
}

Planes planes_of(Lattice lattice, double a, std::string const& plane,
                 std::string const& direction) {
    Vec3 const normal = cartesian(generate::plane_of(plane)).normalized();
    Vec3 const along = cartesian(generate::plane_of(direction)).normalized();
    check_line(plane, direction);
    auto const cell =
        generate::make_lattice(lattice, {a, 1.0}, generate::CellChoice::primitive, {1});
    auto const vectors = vectors_of(cell.cell.rows(), 6.0 * a);
    auto const first_of = [&](auto const& fits) {
        auto const found = std::find_if(vectors.begin(), vectors.end(), fits);
        if (found == vectors.end())
            throw InputError(
                fmt::format("the plane {} or the direction {} has no short lattice vectors (up to "
                            "six lattice constants are looked at): choose smaller indices",
                            plane, direction));
        return *found;
    };
    auto const in_plane = [&](Vec3 const& t) { return std::abs(t.dot(normal)) < 1e-6 * a; };
    Planes p;
    p.normal = normal;
    p.first = first_of(in_plane);
    p.second = first_of(
        [&](Vec3 const& t) { return in_plane(t) && t.cross(p.first).norm() > 1e-6 * a * a; });
    double const distance =
        cell.cell.volume() / p.first.cross(p.second).norm();  // of neighbouring planes
    p.step = first_of([&](Vec3 const& t) { return std::abs(t.dot(normal) - distance) < 1e-6 * a; });
    p.period = first_of(
        [&](Vec3 const& t) { return t.dot(along) > 0.0 && t.cross(along).norm() < 1e-6 * a; });
    return p;
}

/// The crystal with one fault: its third vector is shifted.
Structure faulted(Planes const& p, int element, int layers, Vec3 const& shift) {
    Mat3 rows;
    rows << p.first.transpose(), p.second.transpose(),
        (p.step * double(layers) + shift).transpose();
    Structure s{Cell{rows}, {}, {}};
    for (int k = 0; k < layers; ++k) {
        s.species.push_back(element);
        s.positions.push_back(p.step * double(k));
    }
    return s;
}

/// Strained by `e` along a direction, atoms with the cell.
Structure stretched(Structure s, Vec3 const& direction, double e) {
    Mat3 const stretch = Mat3::Identity() + e * direction * direction.transpose();
    s.cell = Cell{Mat3{s.cell.rows() * stretch}};
    for (auto& r : s.positions) r = stretch * r;
    return s;
}

/// Relaxes a crystal with a fault along the normal of its planes, thickness and all.
class Relaxing {
public:
    Relaxing(Potential const& potential, Vec3 const& normal, Structure const& crystal,
             dynamics::RelaxOptions const& options)
        : potential_{potential}, along_{potential, normal}, normal_{normal}, options_{options} {
        constexpr double e = 1e-3;
        stiffness_ =
            (tension(stretched(crystal, normal, e)) - tension(stretched(crystal, normal, -e))) /
            (2.0 * e);
        if (!(stiffness_ > 0.0))
            throw NumericalError(
                "the crystal has no stiffness along the normal of the planes (a model that is "
                "wrong "
                "there): no stacking fault can be relaxed");
    }

    /// The energy [eV]; the structure is left as it is at rest.
    double operator()(Structure& s) const {
        double const area = s.cell.rows().row(0).cross(s.cell.rows().row(1)).norm();
        for (int round = 0; round < 10; ++round) {
            auto const rest = dynamics::relax_positions(along_, s, options_);
            if (!rest.converged)
                throw NumericalError(fmt::format(
                    "the atoms do not come to rest ({} steps, force {:.2g} eV/Å): raise the "
                    "tolerance or the number of steps",
                    rest.steps, rest.largest_force));
            s = rest.structure;
            double const t = tension(s);
            // what the rest of the tension is worth, per area
            if (t * t / (2.0 * stiffness_) * s.cell.volume() / area < worth) return rest.energy;
            s = stretched(s, normal_, -t / stiffness_);
        }
        throw NumericalError(
            "the thickness of the crystal does not come to rest (its tension along the normal of "
            "the planes stays)");
    }

private:
    static constexpr double worth = 1e-7;  // eV/Å², 0.0016 mJ/m²

    [[nodiscard]] double tension(Structure const& s) const {
        auto const p = potential_.predict(s, find_neighbours(s, potential_.cutoff()));
        return normal_.dot(p.stress(s.cell.volume()) * normal_);
    }

    Potential const& potential_;
    Along along_;
    Vec3 normal_;
    dynamics::RelaxOptions options_;
    double stiffness_ = 0.0;  ///< [eV/Å³]
};

/// Of the parabola through three points, the middle one at 0 and the others at ∓1: its extremum.
double vertex(double before, double here, double after) {
    double const slope = (after - before) / 2.0, curvature = after - 2.0 * here + before;
    return curvature == 0.0 ? here : here - slope * slope / (2.0 * curvature);
}

}  // namespace

void check_line(std::string const& plane, std::string const& direction) {
    auto const n = generate::plane_of(plane), d = generate::plane_of(direction);
    if (n[0] * d[0] + n[1] * d[1] + n[2] * d[2] != 0)
        throw InputError(
            fmt::format("the direction {} does not lie in the plane {} (their indices' products "
                        "must add up to 0): choose one that does",
                        direction, plane));
}

FaultLine fault_line(Potential const& potential, Lattice lattice, int element, double a,
                     std::string const& plane, std::string const& direction, int layers, int points,
                     dynamics::RelaxOptions const& relax) {
    KAMACITE_EXPECTS(a > 0.0 && layers > 0 && points >= 3);
    if (lattice != Lattice::bcc && lattice != Lattice::fcc && lattice != Lattice::sc)
        throw InputError(
            fmt::format("stacking faults are known in bcc, fcc and sc, not in {}: "
                        "leave them out",
                        generate::name_of(lattice)));
    auto const p = planes_of(lattice, a, plane, direction);
    double const thickness = layers * p.step.dot(p.normal);
    if (thickness < 2.0 * potential.cutoff())
        throw InputError(fmt::format(
            "{} layers of {} are {:.3g} Å thick (a fault must not reach its image; the potential "
            "reaches {:.3g} Å): take {} or more",
            layers, plane, thickness, potential.cutoff(),
            static_cast<int>(std::ceil(2.0 * potential.cutoff() / p.step.dot(p.normal)))));
    double const area = p.first.cross(p.second).norm();
    Relaxing const relaxing{potential, p.normal, faulted(p, element, layers, Vec3::Zero()), relax};
    FaultLine line;
    line.period = p.period.norm();
    for (int k = 0; k < points; ++k) {
        double const u = k / (points - 1.0);
        auto s = faulted(p, element, layers, u * p.period);
        line.shift.push_back(u);
        line.unrelaxed.push_back(
            potential.predict(s, find_neighbours(s, potential.cutoff())).energy() / area);
        try {
            line.relaxed.push_back(relaxing(s) / area);
        } catch (NumericalError const& e) {
            throw NumericalError(fmt::format("stacking fault {} {} at {:.3g} of the period: {}",
                                             plane, direction, u, e.what()));
        }
    }
    for (auto* const energies : {&line.unrelaxed, &line.relaxed}) {
        double const crystal = energies->front();
        for (double& e : *energies) e -= crystal;
    }
    return line;
}

FaultExtrema extrema_of(std::vector<double> const& shift, std::vector<double> const& energy) {
    KAMACITE_EXPECTS(shift.size() == energy.size() && energy.size() >= 3);
    auto const n = energy.size();
    std::size_t top = 1;
    while (top + 1 < n && energy[top + 1] > energy[top]) ++top;
    if (!(energy[1] > energy[0]) || top + 1 == n)
        throw NumericalError(
            "the energy of a stacking fault does not rise and fall: there is no barrier between "
            "the "
            "crystal and itself");
    FaultExtrema found{vertex(energy[top - 1], energy[top], energy[top + 1]),
                       std::numeric_limits<double>::quiet_NaN()};
    std::size_t low = top + 1;
    while (low + 1 < n && energy[low + 1] < energy[low]) ++low;
    if (low + 1 < n) found.stable = vertex(energy[low - 1], energy[low], energy[low + 1]);
    return found;
}

}  // namespace kamacite::properties
