#include "kamacite/descriptors/cutoff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

#include "kamacite/core/error.hpp"
#include "kamacite/descriptors/functions.hpp"

namespace kamacite {
namespace {

constexpr std::array<std::pair<CutoffForm, char const*>, 9> names{
    {{CutoffForm::hard, "hard"},
     {CutoffForm::cosine, "cosine"},
     {CutoffForm::tanh3, "tanh3"},
     {CutoffForm::tanh3_norm, "tanh3_norm"},
     {CutoffForm::exponential, "exponential"},
     {CutoffForm::poly1, "poly1"},
     {CutoffForm::poly2, "poly2"},
     {CutoffForm::poly3, "poly3"},
     {CutoffForm::poly4, "poly4"}}};

/// f(x) and df/dx for y = 1 − x in (0, 1].
Cutoff::Value on_unit_interval(CutoffForm form, double y) {
    double const x = 1.0 - y;
    double const y2 = y * y;
    switch (form) {
        // The forms are written in y, so that no digits are lost where they vanish.
        case CutoffForm::cosine: {
            double const sine =
                std::sin(0.5 * std::numbers::pi * y);  // ½ (cos πx + 1) = sin²(πy/2)
            return {sine * sine, -std::numbers::pi * sine * std::cos(0.5 * std::numbers::pi * y)};
        }
        case CutoffForm::exponential: {
            double const u = 1.0 / (y * (1.0 + x));  // 1/(1 − x²)
            double const f = std::exp(1.0 - u);
            return {f, f > 0.0 ? -2.0 * x * u * u * f : 0.0};
        }
        case CutoffForm::poly1:
            return {y2 * (3.0 - 2.0 * y), -6.0 * x * y};
        case CutoffForm::poly2:
            return {y2 * y * (10.0 + y * (6.0 * y - 15.0)), -30.0 * x * x * y2};
        case CutoffForm::poly3:
            return {y2 * y2 * (35.0 + y * (y * (70.0 - 20.0 * y) - 84.0)),
                    -140.0 * x * x * x * y2 * y};
        case CutoffForm::poly4:
            return {y2 * y2 * y * (126.0 + y * (y * (540.0 + y * (70.0 * y - 315.0)) - 420.0)),
                    -630.0 * x * x * x * x * y2 * y2};
        default:
            return {1.0, 0.0};  // hard
    }
}

}  // namespace

Cutoff::Value Cutoff::at(double r) const {
    if (r >= radius) return {0.0, 0.0};
    if (form == CutoffForm::tanh3 || form == CutoffForm::tanh3_norm) {
        double const t = std::tanh(1.0 - r / radius);
        double const one = std::tanh(1.0);
        double const scale = form == CutoffForm::tanh3_norm ? 1.0 / (one * one * one) : 1.0;
        return {scale * t * t * t, -3.0 * scale * t * t * (1.0 - t * t) / radius};
    }
    double const start = inner * radius;
    if (r <= start) return {1.0, 0.0};
    double const width = radius - start;
    auto const v = on_unit_interval(form, (radius - r) / width);
    return {v.f, v.slope / width};
}

Cutoff::Value Window::at(double x) const {
    double const half = 0.5 * (high - low);
    double const off = (x - 0.5 * (high + low)) / half;
    double const t = std::abs(off);
    if (!(t < 1.0)) return {0.0, 0.0};
    double const inward = std::min(high - x, x - low) / half;  // 1 − t without loss of digits
    double const sign = off < 0.0 ? -1.0 : 1.0;
    if (!asymmetric) {
        auto const v = on_unit_interval(form, inward);
        return {v.f, sign * v.slope / half};
    }
    auto const v = on_unit_interval(form, inward * inward);  // 1 − t (2 − t) = (1 − t)²
    return {v.f, sign * v.slope * 2.0 * inward / half};
}

std::string name_of(CutoffForm form) {
    for (auto const& [value, name] : names)
        if (value == form) return name;
    throw InputError(
        fmt::format("cutoff form {} is not known (n2p2 numbers them 0 … 8): correct the input",
                    static_cast<int>(form)));
}

CutoffForm cutoff_form_of(std::string const& name) {
    std::string known;
    for (auto const& [value, text] : names) {
        if (name == text) return value;
        known += (known.empty() ? "" : ", ") + std::string{text};
    }
    throw InputError(fmt::format("cutoff form '{}' is not known: use one of {}", name, known));
}

}  // namespace kamacite
