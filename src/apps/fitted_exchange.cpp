#include "fitted_exchange.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "data.hpp"
#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/magnetism/exchange_fit.hpp"

namespace kamacite::apps {
namespace {

using config::MagnetismOptions;
using magnetism::SpinConfiguration;

constexpr double meV = 1e-3;

std::string place_of(std::filesystem::path const& path, std::size_t k) {
    return fmt::format("{}: structure {}", path.string(), k);
}

/// Parts of the atoms that each element is.
std::map<int, double> composition_of(Structure const& s) {
    std::map<int, double> parts;
    for (int const z : s.species) parts[z] += 1.0 / s.size();
    return parts;
}

SpinConfiguration configuration_of(Record const& record, double smallest,
                                   std::string const& place) {
    auto const& labels = record.labels;
    if (!labels.energy)
        throw DataError(place + " has no energy (J is fitted to energies): leave it out");
    if (labels.moments.empty())
        throw DataError(place +
                        " has no magnetic moments (they tell where spins point): leave it out, or "
                        "label it with a program that gives moments");
    SpinConfiguration c{record.structure, {}, *labels.energy};
    for (std::size_t i = 0; i < labels.moments.size(); ++i) {
        double const m = labels.moments[i];
        if (!(std::abs(m) >= smallest))
            throw DataError(fmt::format(
                "{}: the moment of atom {} is {:.2f} μ_B (below magnetism.spins.fit.smallest, "
                "{:.2f} μ_B, it has no direction): leave the structure out, or lower that",
                place, i, m, smallest));
        c.spins.push_back(Vec3{0.0, 0.0, m > 0.0 ? 1.0 : -1.0});
    }
    return c;
}

void expect_alike(SpinConfiguration const& first, SpinConfiguration const& c,
                  std::string const& place) {
    auto const parts = composition_of(first.structure), others = composition_of(c.structure);
    bool const same = std::ranges::equal(parts, others, [](auto const& a, auto const& b) {
        return a.first == b.first && std::abs(a.second - b.second) < 1e-9;
    });
    if (!same)
        throw DataError(
            fmt::format("{} is {}, the first one {} (one fit is of one composition): leave it out",
                        place, formula_of(c.structure), formula_of(first.structure)));
    auto const per_atom = [](Structure const& s) { return s.cell.volume() / s.size(); };
    double const v0 = per_atom(first.structure), v = per_atom(c.structure);
    if (std::abs(v / v0 - 1.0) > 1e-3)
        throw DataError(fmt::format(
            "{} has {:.4f} Å³/atom, the first one {:.4f} (what the volume costs would be taken for "
            "exchange): fit one volume at a time",
            place, v, v0));
}

/// `n` J of each pair of the elements there are; of one element of any pair.
std::vector<magnetism::Shells> sought(Structure const& s, int n) {
    std::set<int> const elements{s.species.begin(), s.species.end()};
    std::vector<double> const some(static_cast<std::size_t>(n), 0.0);
    if (elements.size() == 1) return {{0, 0, some}};
    std::vector<magnetism::Shells> pairs;
    for (auto a = elements.begin(); a != elements.end(); ++a)
        for (auto b = a; b != elements.end(); ++b) pairs.push_back({*a, *b, some});
    return pairs;
}

std::string name_of(magnetism::Shells const& of_pair, std::size_t shell) {
    auto const pair = of_pair.first == 0 ? std::string{}
                                         : fmt::format("_{}{}", symbol_of(of_pair.first),
                                                       symbol_of(of_pair.second));
    return fmt::format("exchange{}_{}", pair, shell + 1);
}

/// Scatter of the sizes of all moments over their mean: what a spin of fixed length leaves out.
double scatter_of(std::vector<Record> const& records) {
    double n = 0.0, sum = 0.0, square = 0.0;
    for (auto const& r : records)
        for (double const m : r.labels.moments) {
            n += 1.0;
            sum += std::abs(m);
            square += m * m;
        }
    double const mean = sum / n;
    return std::sqrt(std::max(0.0, square / n - mean * mean)) / mean;
}

void tell(magnetism::ExchangeFit const& fit, std::vector<SpinConfiguration> const& all,
          std::vector<Record> const& records, Statics& statics) {
    report::CsvTable j, energies;
    std::vector<std::string> names;
    std::vector<double> couplings, errors, given, fitted;
    double strongest = 0.0;
    for (std::size_t p = 0; p < fit.shells.size(); ++p)
        for (std::size_t k = 0; k < fit.shells[p].couplings.size(); ++k) {
            names.push_back(name_of(fit.shells[p], k));
            couplings.push_back(fit.shells[p].couplings[k] / meV);
            errors.push_back(fit.errors[p][k] / meV);
            strongest = std::max(strongest, std::abs(couplings.back()));
            statics.values.push_back(
                {names.back(), "meV", couplings.back(), std::nan(""), errors.back()});
        }
    for (std::size_t c = 0; c < all.size(); ++c) {
        given.push_back(all[c].energy / all[c].structure.size() / meV);
        fitted.push_back(fit.fitted[c] / meV);
    }
    statics.values.push_back({"exchange_left_out", "meV/atom", fit.left_out / meV, std::nan("")});
    j.comments = {
        fmt::format("J of H = −Σ_(i≠j) J_ij e_i·e_j, every pair twice, from {} "
                    "configurations; error: of the fit; left out: {:.3g} meV/atom",
                    all.size(), fit.left_out / meV)};
    j.add("shell", std::move(names));
    j.add("J [meV]", couplings);
    j.add("error [meV]", errors);
    energies.comments = {
        "energies of the spin configurations, and what the exchange makes of them"};
    energies.add("energy [meV/atom]", given);
    energies.add("fitted [meV/atom]", fitted);
    statics.curves.emplace("exchange", std::move(j));
    statics.curves.emplace("exchange_fit", std::move(energies));

    auto const [low, high] = std::ranges::minmax(given);
    if (fit.left_out / meV > 0.2 * (high - low))
        statics.notes.push_back(fmt::format(
            "exchange: a configuration that is left out is missed by {:.3g} meV/atom, of {:.3g} "
            "that they differ by: give more of them, or seek fewer shells",
            fit.left_out / meV, high - low));
    double const scatter = scatter_of(records);
    if (scatter > 0.05)
        statics.notes.push_back(fmt::format(
            "exchange: moments differ in size by {:.0f} % between atoms and configurations (spins "
            "have one length): J is of no state in particular",
            100.0 * scatter));
}

}  // namespace

std::vector<magnetism::Shells> fitted_exchange(Context& context,
                                               MagnetismOptions::Fit const& wanted,
                                               Statics& statics) {
    auto const& comm = context.comm;
    Source const source{comm, wanted.data, ""};
    auto const records = source.read(comm, {0, source.size()});
    std::vector<SpinConfiguration> all;
    for (std::size_t k = 0; k < records.size(); ++k) {
        auto const place = place_of(wanted.data, k);
        all.push_back(configuration_of(records[k], wanted.smallest, place));
        expect_alike(all.front(), all.back(), place);
    }
    magnetism::ExchangeFit fit;
    try {
        fit = magnetism::fit_exchange(all, sought(all.front().structure, wanted.shells));
    } catch (DataError const& e) {
        throw DataError(fmt::format("{}: {}", wanted.data.string(), e.what()));
    }
    tell(fit, all, records, statics);
    return fit.shells;
}

}  // namespace kamacite::apps
