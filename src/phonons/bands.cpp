#include "kamacite/phonons/bands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <sstream>

#include "kamacite/core/error.hpp"

namespace kamacite::phonons {
namespace {

using generate::Lattice;

/// Points of one Brillouin zone, and the way through them; '|' is a jump. Coordinates are those
/// along the reciprocal axes of the conventional cell, in units of 2π over its edges.
struct Zone {
    std::map<std::string, Vec3> points;
    std::string path;
};

Zone const cubic{{{"Γ", {0.0, 0.0, 0.0}},
                  {"X", {0.0, 0.5, 0.0}},
                  {"M", {0.5, 0.5, 0.0}},
                  {"R", {0.5, 0.5, 0.5}}},
                 "Γ X M Γ R X | M R"};
Zone const body_centred{{{"Γ", {0.0, 0.0, 0.0}},
                         {"H", {0.0, 1.0, 0.0}},
                         {"P", {0.5, 0.5, 0.5}},
                         {"N", {0.5, 0.5, 0.0}}},
                        "Γ H P Γ N"};
Zone const face_centred{{{"Γ", {0.0, 0.0, 0.0}},
                         {"X", {0.0, 1.0, 0.0}},
                         {"W", {0.5, 1.0, 0.0}},
                         {"K", {0.75, 0.75, 0.0}},
                         {"U", {0.25, 1.0, 0.25}},
                         {"L", {0.5, 0.5, 0.5}}},
                        "Γ X U | K Γ L W X"};
Zone const hexagonal{{{"Γ", {0.0, 0.0, 0.0}},
                      {"M", {0.5, 0.0, 0.0}},
                      {"K", {1.0 / 3.0, 1.0 / 3.0, 0.0}},
                      {"A", {0.0, 0.0, 0.5}},
                      {"L", {0.5, 0.0, 0.5}},
                      {"H", {1.0 / 3.0, 1.0 / 3.0, 0.5}}},
                     "Γ M K Γ A L H A"};

Zone const& zone_of(Lattice lattice) {
    switch (lattice) {
        case Lattice::bcc:
            return body_centred;
        case Lattice::fcc:
        case Lattice::diamond:
        case Lattice::D0_3:
            return face_centred;
        case Lattice::sc:
        case Lattice::A15:
        case Lattice::B2:
        case Lattice::L1_2:
            return cubic;
        case Lattice::hcp:
            return hexagonal;
        default:
            throw InputError(
                fmt::format("no path through the Brillouin zone of {} is known: give its points",
                            generate::name_of(lattice)));
    }
}

/// Rows: conventional vectors, in the frame of make_lattice().
Mat3 conventional_rows(Lattice lattice, Structure const& unit) {
    if (lattice == Lattice::hcp) return unit.cell.rows();
    double const a = std::cbrt(unit.cell.volume() * (lattice == Lattice::bcc              ? 2.0
                                                     : &zone_of(lattice) == &face_centred ? 4.0
                                                                                          : 1.0));
    return a * Mat3::Identity();
}

}  // namespace

std::vector<SpecialPoint> usual_path(Lattice lattice, Structure const& unit) {
    auto const& zone = zone_of(lattice);
    // q·r is the same in both sets of axes: x_unit = rows_unit⁻ᵀ r and q_unit = rows_unit k/2π.
    Mat3 const change = unit.cell.rows() * conventional_rows(lattice, unit).inverse();
    std::vector<SpecialPoint> path;
    std::istringstream words{zone.path};
    bool jump = false;
    for (std::string word; words >> word;) {
        if (word == "|") {
            jump = true;
            continue;
        }
        path.push_back({word, change * zone.points.at(word), jump});
        jump = false;
    }
    return path;
}

std::vector<PathPoint> points_along(std::vector<SpecialPoint> const& path, Cell const& cell,
                                    double step) {
    KAMACITE_EXPECTS(step > 0.0);
    Mat3 const reciprocal = 2.0 * std::numbers::pi * cell.rows().inverse();  // columns
    std::vector<PathPoint> points;
    double along = 0.0;
    for (std::size_t n = 0; n < path.size(); ++n) {
        if (n > 0 && !path[n].jump) {
            Vec3 const way = path[n].q - path[n - 1].q;
            double const length = (reciprocal * way).norm();
            int const pieces = std::max(2, static_cast<int>(std::ceil(length / step)));
            for (int k = 1; k < pieces; ++k)
                points.push_back({along + length * k / pieces,
                                  path[n - 1].q + way * (static_cast<double>(k) / pieces), ""});
            along += length;
        }
        points.push_back({along, path[n].q, path[n].label});
    }
    return points;
}

}  // namespace kamacite::phonons
