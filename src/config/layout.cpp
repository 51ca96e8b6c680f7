#include "layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kamacite/config/quantity.hpp"

namespace kamacite::config {
namespace {

using Kind = KeyDescription::Kind;

std::string bounds_text(KeyDescription const& k) {
    auto const text = [&](double v) { return format_quantity(v, k.dimension); };
    bool const low = std::isfinite(k.bounds.low);
    bool const high = std::isfinite(k.bounds.high);
    // The bounds of an int are no news.
    bool const of_int =
        (k.kind == Kind::integer || k.kind == Kind::integers) && k.bounds.high == 2147483647.0;
    if (low && high && !of_int)
        return fmt::format("from {} to {}", text(k.bounds.low), text(k.bounds.high));
    if (low && k.bounds.low != -2147483648.0) return fmt::format("at least {}", text(k.bounds.low));
    if (high && !of_int) return fmt::format("at most {}", text(k.bounds.high));
    return "";
}

}  // namespace

std::string example_text(KeyDescription const& k) {
    if (!k.key.example.empty()) return k.key.example;
    double const low = std::isfinite(k.bounds.low) ? k.bounds.low : 1.0;
    double const number = std::isfinite(k.bounds.high) ? std::min(std::max(1.0, low), k.bounds.high)
                                                       : std::max(1.0, low);
    switch (k.kind) {
        case Kind::quantity:
            return format_quantity(number, k.dimension);
        case Kind::quantities:
            return fmt::format("[{}]", format_quantity(number, k.dimension));
        case Kind::number:
        case Kind::integer:
            return fmt::format("{}", number);
        case Kind::numbers:
        case Kind::integers:
            return fmt::format("[{}]", number);
        case Kind::flag:
            return "true";
        case Kind::text:
            return "name";
        case Kind::texts:
            return "[name]";
        case Kind::path:
            return "path/to/file";
        case Kind::paths:
            return "[path/to/file]";
        case Kind::table:
            return fmt::format("{{name: {}}}", number);
        case Kind::choice:
            return k.choices.front().name;
        default:
            return "";
    }
}

std::string kind_text(KeyDescription const& k) {
    std::string text;
    switch (k.kind) {
        case Kind::quantity:
            text = name_of(k.dimension);
            break;
        case Kind::quantities:
            text = fmt::format("list of {} values", name_of(k.dimension));
            break;
        case Kind::number:
            text = "number";
            break;
        case Kind::numbers:
            text = "list of numbers";
            break;
        case Kind::integer:
            text = "whole number";
            break;
        case Kind::integers:
            text = "list of whole numbers";
            break;
        case Kind::flag:
            return "true or false";
        case Kind::text:
            return "text";
        case Kind::texts:
            return "list of texts";
        case Kind::path:
            return "path";
        case Kind::paths:
            return "list of paths";
        case Kind::table:
            text = "mapping from names to numbers";
            break;
        case Kind::choice:
            return "one of";
        case Kind::list:
            return "list of mappings";
        default:
            return "";
    }
    auto const bounds = bounds_text(k);
    return bounds.empty() ? text : text + ", " + bounds;
}

}  // namespace kamacite::config
