#include "kamacite/training/curve.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "kamacite/core/units.hpp"

namespace kamacite::training {
namespace {

constexpr int fixed_columns = 7;  // epoch, stage, steps, rate, two losses, seconds

double rmse(SumLayout const& layout, std::span<double const> sums, int quantity) {
    if (sums.empty()) return std::numeric_limits<double>::quiet_NaN();
    return std::sqrt(sums[static_cast<std::size_t>(layout.squares(quantity))] /
                     sums[static_cast<std::size_t>(layout.count(quantity))]);  // 0/0: NaN, no label
}

/// How a quantity is shown: factor to the shown unit, and that unit.
struct Shown {
    double factor;
    std::string unit;
    std::string column;  ///< name in the CSV, unit included
};

Shown shown(std::string const& name) {
    if (name == "energy") return {1e3, "meV/atom", "energy_meV_per_atom"};
    if (name == "forces") return {1.0, "eV/Å", "forces_eV_per_A"};
    if (name == "stress") return {1.0 / units::GPa, "GPa", "stress_GPa"};
    if (name == "moments") return {1.0, "μ_B", "moments_muB"};
    return {1.0, property_unit(name), name};
}

}  // namespace

Curve::Curve(Model const& model) : layout_{model} {}

int Curve::columns() const noexcept {
    return fixed_columns + 3 * static_cast<int>(layout_.names().size());
}

double Curve::loss(std::span<double const> sums) const {
    if (sums.empty()) return std::numeric_limits<double>::quiet_NaN();
    double total = 0.0;
    for (int h = 0; h < layout_.heads(); ++h) total += sums[static_cast<std::size_t>(h)];
    return total / sums[static_cast<std::size_t>(layout_.samples())];
}

double Curve::share(std::span<double const> sums, int quantity) const {
    if (sums.empty()) return std::numeric_limits<double>::quiet_NaN();
    double const samples = sums[static_cast<std::size_t>(layout_.samples())];
    return sums[static_cast<std::size_t>(layout_.term(quantity))] / samples / loss(sums);
}

std::string Curve::balance(std::span<double const> sums) const {
    std::string text;
    int terms = 0;
    for (int q = 0; q < static_cast<int>(layout_.names().size()); ++q)
        if (double const part = share(sums, q); part > 0.0) {
            text += fmt::format("{}{} {:.0f} %", text.empty() ? "" : ", ",
                                layout_.names()[static_cast<std::size_t>(q)], 100.0 * part);
            ++terms;
        }
    return terms > 1 ? fmt::format(" ({})", text) : "";
}

std::vector<double> Curve::row(Epoch const& epoch, std::span<double const> training,
                               std::span<double const> validation) const {
    std::vector<double> out = {static_cast<double>(epoch.number),
                               static_cast<double>(epoch.stage),
                               static_cast<double>(epoch.steps),
                               epoch.rate,
                               epoch.seconds,
                               loss(training),
                               loss(validation)};
    for (int q = 0; q < static_cast<int>(layout_.names().size()); ++q)
        for (auto const sums : {training, validation})
            out.push_back(shown(layout_.names()[static_cast<std::size_t>(q)]).factor *
                          rmse(layout_, sums, q));
    for (int q = 0; q < static_cast<int>(layout_.names().size()); ++q)
        out.push_back(share(training, q));
    return out;
}

std::string Curve::csv(std::span<double const> rows) const {
    std::string text = "epoch,stage,steps,learning_rate,elapsed_s,training_loss,validation_loss";
    for (auto const& name : layout_.names())
        text += fmt::format(",training_{0},validation_{0}", shown(name).column);
    for (auto const& name : layout_.names()) text += fmt::format(",loss_share_{}", name);
    text += '\n';
    auto const n = static_cast<std::size_t>(columns());
    for (std::size_t at = 0; at + n <= rows.size(); at += n)
        for (std::size_t c = 0; c < n; ++c) {
            double const x = rows[at + c];
            if (std::isfinite(x))
                text += c == 4 ? fmt::format("{:.1f}", x) : fmt::format("{:.6g}", x);
            text += c + 1 < n ? ',' : '\n';
        }
    return text;
}

std::string Curve::errors(std::span<double const> sums) const {
    std::string text;
    for (int q = 0; q < static_cast<int>(layout_.names().size()); ++q) {
        auto const& name = layout_.names()[static_cast<std::size_t>(q)];
        double const error = rmse(layout_, sums, q);
        if (std::isfinite(error))
            text += fmt::format("{}{} {:.4g} {}", text.empty() ? "" : ", ", name,
                                error * shown(name).factor, shown(name).unit);
    }
    return text;
}

std::string Curve::json(std::span<double const> sums) const {
    std::string text;
    for (int q = 0; q < static_cast<int>(layout_.names().size()); ++q) {
        double const error = rmse(layout_, sums, q);
        if (std::isfinite(error))
            text += fmt::format(R"({}"{}": {:.8g})", text.empty() ? "" : ", ",
                                layout_.names()[static_cast<std::size_t>(q)], error);
    }
    return "{" + text + "}";
}

}  // namespace kamacite::training
