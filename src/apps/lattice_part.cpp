#include "lattice_part.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kamacite/core/error.hpp"
#include "relax_files.hpp"

namespace kamacite::apps {
namespace {

using properties::Estimate;

Estimate between(double x0, Estimate const& y0, double x1, Estimate const& y1, double x) {
    double const w = x1 > x0 ? (x - x0) / (x1 - x0) : 0.0;
    return {(1.0 - w) * y0.value + w * y1.value, (1.0 - w) * y0.error + w * y1.error};
}

/// The column, or zeros if there is none or its values are none.
std::vector<double> numbers_or_zero(report::CsvTable const& table, std::string const& name,
                                    std::size_t rows) {
    if (table.find(name) < 0) return std::vector<double>(rows, 0.0);
    auto values = table.numbers(name);
    for (auto& v : values)
        if (!std::isfinite(v)) v = 0.0;
    return values;
}

}  // namespace

report::CsvTable read_table(Context& context, std::filesystem::path const& path,
                            std::vector<std::string> const& columns) {
    auto const text = text_of(context.comm, path);
    if (text.empty())
        throw MissingError(fmt::format("{} is not there or empty: name a CSV file with columns {}",
                                       path.string(), fmt::join(columns, ", ")));
    auto table = report::parse_csv(text, path.string());
    for (auto const& column : columns)
        if (table.find(column) < 0)
            throw DataError(fmt::format("{} has no column '{}' (it has {}): name its columns {}",
                                        path.string(), column, fmt::join(table.columns, ", "),
                                        fmt::join(columns, ", ")));
    return table;
}

LatticePart::LatticePart(Context& context, std::filesystem::path const& path) {
    if (path.empty()) return;
    auto const table = read_table(context, path, {"temperature", "conductivity"});
    auto const t = table.numbers("temperature"), kappa = table.numbers("conductivity");
    auto const constants = numbers_or_zero(table, "lattice constant", t.size()),
               plain = numbers_or_zero(table, "error", t.size()),
               error = numbers_or_zero(table, "error of conductivity", t.size()),
               spread = numbers_or_zero(table, "spread of conductivity", t.size());
    tells_ = table.find("lattice constant") >= 0;
    for (std::size_t k = 0; k < t.size(); ++k) {
        if (tells_ && !(constants[k] > 0.0))
            throw DataError(fmt::format("{}, row {}: the lattice constant is missing: give it",
                                        path.string(), k + 1));
        auto& curve = curves_[constants[k]];
        if (!curve.temperatures.empty() && !(t[k] > curve.temperatures.back()))
            throw DataError(fmt::format(
                "{}, row {}: the temperature is not above the one before: sort the rows",
                path.string(), k + 1));
        curve.temperatures.push_back(t[k]);
        curve.kappa.push_back({kappa[k], std::hypot(plain[k], error[k], spread[k])});
    }
}

Estimate LatticePart::Curve::at(double temperature) const {
    auto const above = std::lower_bound(temperatures.begin(), temperatures.end(), temperature);
    if (above == temperatures.end()) return {std::nan(""), std::nan("")};
    auto const k = static_cast<std::size_t>(above - temperatures.begin());
    if (temperatures[k] == temperature) return kappa[k];
    if (k == 0) return {std::nan(""), std::nan("")};
    return between(temperatures[k - 1], kappa[k - 1], temperatures[k], kappa[k], temperature);
}

Estimate LatticePart::at(double constant, double temperature) const {
    if (curves_.empty()) return {std::nan(""), std::nan("")};
    constexpr double same = 1e-3;  // [Å]
    if (!follows()) {
        if (tells_ && std::abs(curves_.begin()->first - constant) > same)
            return {std::nan(""), std::nan("")};
        return curves_.begin()->second.at(temperature);
    }
    auto const above = curves_.lower_bound(constant - same);
    if (above == curves_.end()) return {std::nan(""), std::nan("")};
    if (std::abs(above->first - constant) <= same) return above->second.at(temperature);
    if (above == curves_.begin()) return {std::nan(""), std::nan("")};
    auto const below = std::prev(above);
    return between(below->first, below->second.at(temperature), above->first,
                   above->second.at(temperature), constant);
}

}  // namespace kamacite::apps
