#include "kamacite/magnetism/exchange.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/neighbours/neighbours.hpp"

namespace kamacite::magnetism {
namespace {

/// The distances of one pair of elements, in order.
struct Distances {
    Shells const* shells;
    std::vector<double> radii;  // of the shells found, ascending
};

/// Whether the shells are those of two elements; 0 is any element on either side.
bool is_pair(Shells const& shells, int first, int second) {
    auto const fits = [](int a, int b) { return a == 0 || b == 0 || a == b; };
    return (fits(shells.first, first) && fits(shells.second, second)) ||
           (fits(shells.first, second) && fits(shells.second, first));
}

std::string name_of(Shells const& shells) {
    auto const name = [](int z) { return z == 0 ? std::string{"any"} : std::string{symbol_of(z)}; };
    return name(shells.first) + "-" + name(shells.second);
}

constexpr double tolerance = 1e-3;  // of distances of one shell

/// Radii of the shells of a pair of elements within the lists.
std::vector<double> radii_of(Structure const& s, Neighbours const& neighbours,
                             Shells const& shells) {
    std::vector<double> radii;
    for (int i = 0; i < s.size(); ++i) {
        auto const list = neighbours.of(i);
        for (int k = 0; k < list.size(); ++k) {
            auto const n = static_cast<std::size_t>(k);
            if (!is_pair(shells, s.species[static_cast<std::size_t>(i)],
                         s.species[static_cast<std::size_t>(list.atom[n])]))
                continue;
            double const d = list.distance[n];
            auto const at = std::lower_bound(radii.begin(), radii.end(), d * (1.0 - tolerance));
            if (at == radii.end() || *at > d * (1.0 + tolerance)) radii.insert(at, d);
        }
    }
    return radii;
}

void refuse_itself(int i, int j) {
    if (i == j)
        throw DataError(fmt::format(
            "atom {} is its own neighbour (the cell is smaller than the reach of the exchange): "
            "take a larger supercell",
            i + 1));
}

void check(Structure const& s, std::span<Shells const> shells) {
    if (shells.empty()) throw InputError("no exchange is given: name J of at least one shell");
    for (std::size_t a = 0; a < shells.size(); ++a) {
        if (shells[a].couplings.empty())
            throw InputError(
                fmt::format("exchange of {} has no J: give one a shell", name_of(shells[a])));
        for (std::size_t b = 0; b < a; ++b)
            if (is_pair(shells[a], shells[b].first, shells[b].second))
                throw InputError(fmt::format("exchange of {} is given twice: leave one of them out",
                                             name_of(shells[a])));
    }
    for (auto const& of_pair : shells)
        for (int const z : {of_pair.first, of_pair.second})
            if (z != 0 && std::find(s.species.begin(), s.species.end(), z) == s.species.end())
                throw DataError(
                    fmt::format("exchange of {} is given, but the structure has no {}: leave it "
                                "out, or take a structure that has",
                                name_of(of_pair), symbol_of(z)));
}

}  // namespace

std::span<int const> Exchange::neighbours_of(int i) const {
    auto const n = static_cast<std::size_t>(i);
    return std::span{atom_}.subspan(static_cast<std::size_t>(first_[n]),
                                    static_cast<std::size_t>(first_[n + 1] - first_[n]));
}

std::span<double const> Exchange::couplings_of(int i) const {
    auto const n = static_cast<std::size_t>(i);
    auto const begin = shared_ ? 0 : static_cast<std::size_t>(first_[n]);
    return std::span{coupling_}.subspan(begin, static_cast<std::size_t>(first_[n + 1] - first_[n]));
}

void Exchange::add(int atom, double coupling) {
    auto const of_atom = atom_.size() - static_cast<std::size_t>(first_.back());
    atom_.push_back(atom);
    bool const is_first = size() == 0;
    if (shared_ && !is_first && (of_atom >= coupling_.size() || coupling_[of_atom] != coupling)) {
        std::vector<double> all;
        for (int i = 0; i < size(); ++i)
            for (double const j : couplings_of(i)) all.push_back(j);
        all.insert(all.end(), coupling_.begin(),
                   coupling_.begin() + static_cast<std::ptrdiff_t>(of_atom));
        coupling_ = std::move(all);
        shared_ = false;
    }
    if (!shared_ || is_first) coupling_.push_back(coupling);
}

void Exchange::close_atom() {
    first_.push_back(static_cast<int>(atom_.size()));
}

Exchange exchange_by_shells(Structure const& crystal, std::span<Shells const> shells) {
    check(crystal, shells);
    // Shells are counted from within: a radius is certain once it is inside the cutoff.
    double cutoff = 3.0;
    std::vector<Distances> found;
    Neighbours neighbours;
    for (bool complete = false; !complete; cutoff *= 1.25) {
        if (cutoff > 40.0)
            throw DataError(fmt::format(
                "within {:.0f} Å there are fewer shells than the exchange of {} has J: give fewer",
                cutoff, name_of(*found.back().shells)));
        neighbours = find_neighbours(crystal, cutoff);
        found.clear();
        complete = true;
        for (auto const& of_pair : shells) {
            found.push_back({&of_pair, radii_of(crystal, neighbours, of_pair)});
            if (found.back().radii.size() > 4 * of_pair.couplings.size() + 40)
                throw DataError(fmt::format(
                    "atoms {} are not in shells ({} distances within {:.1f} Å): exchange by shells "
                    "is for perfect crystals, take one that depends on the distance",
                    name_of(of_pair), found.back().radii.size(), cutoff));
            complete = complete && found.back().radii.size() >= of_pair.couplings.size();
            if (!complete) break;
        }
    }

    Exchange exchange;
    std::vector<std::pair<double, int>> by_distance;
    for (int i = 0; i < crystal.size(); ++i) {
        auto const list = neighbours.of(i);
        by_distance.clear();
        for (int k = 0; k < list.size(); ++k) by_distance.emplace_back(list.distance[k], k);
        // Rounded, so that the atoms of a shell are in the order of their numbers.
        std::sort(by_distance.begin(), by_distance.end(), [&](auto const& a, auto const& b) {
            if (std::abs(a.first - b.first) > tolerance * a.first) return a.first < b.first;
            return list.atom[a.second] < list.atom[b.second];
        });
        for (auto const& [d, k] : by_distance)
            for (auto const& [of_pair, radii] : found) {
                int const j = list.atom[static_cast<std::size_t>(k)];
                if (!is_pair(*of_pair, crystal.species[static_cast<std::size_t>(i)],
                             crystal.species[static_cast<std::size_t>(j)]))
                    continue;
                auto const shell = static_cast<std::size_t>(
                    std::lower_bound(radii.begin(), radii.end(), d * (1.0 - tolerance)) -
                    radii.begin());
                if (shell >= of_pair->couplings.size()) continue;
                refuse_itself(i, j);
                exchange.add(j, of_pair->couplings[shell]);
            }
        exchange.close_atom();
    }
    return exchange;
}

double BetheSlater::operator()(double r) const {
    double const x = r * r / (delta * delta);
    return 4.0 * alpha * x * (1.0 - gamma * x) * std::exp(-x);
}

Exchange exchange_by_distance(Structure const& s, std::function<double(double)> const& coupling,
                              double cutoff) {
    KAMACITE_EXPECTS(cutoff > 0.0);
    auto const neighbours = find_neighbours(s, cutoff);
    Exchange exchange;
    for (int i = 0; i < s.size(); ++i) {
        auto const list = neighbours.of(i);
        for (int k = 0; k < list.size(); ++k) {
            auto const n = static_cast<std::size_t>(k);
            refuse_itself(i, list.atom[n]);
            exchange.add(list.atom[n], coupling(list.distance[n]));
        }
        exchange.close_atom();
    }
    return exchange;
}

double mean_field_temperature(Exchange const& exchange) {
    auto const n = static_cast<std::size_t>(exchange.size());
    KAMACITE_EXPECTS(n > 0);
    // Shifted by the largest Σ|J|, the eigenvalue wanted is the largest in size, too.
    double shift = 0.0;
    for (int i = 0; i < exchange.size(); ++i) {
        double sum = 0.0;
        for (double const j : exchange.couplings_of(i)) sum += std::abs(j);
        shift = std::max(shift, sum);
    }
    std::vector<double> x(n, 1.0 / std::sqrt(static_cast<double>(n))), y(n);
    constexpr int most_steps = 20000;
    for (int step = 0; step < most_steps; ++step) {
        double along = 0.0, norm = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            auto const atoms = exchange.neighbours_of(static_cast<int>(i));
            auto const couplings = exchange.couplings_of(static_cast<int>(i));
            y[i] = shift * x[i];
            for (std::size_t k = 0; k < atoms.size(); ++k)
                y[i] += couplings[k] * x[static_cast<std::size_t>(atoms[k])];
            along += x[i] * y[i];
            norm += y[i] * y[i];
        }
        double residual = 0.0;
        for (std::size_t i = 0; i < n; ++i) residual += std::pow(y[i] - along * x[i], 2);
        // The eigenvalue is off by the residual over the distance to the next: second order.
        if (residual <= 1e-16 * shift * shift)
            return 2.0 / 3.0 * (along - shift) / units::k_boltzmann;
        for (std::size_t i = 0; i < n; ++i) x[i] = y[i] / std::sqrt(norm);
    }
    throw NumericalError(
        fmt::format("the mean field was not found in {} steps (eigenvalues too close): take a "
                    "smaller structure",
                    most_steps));
}

}  // namespace kamacite::magnetism
