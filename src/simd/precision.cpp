#include "kamacite/simd/precision.hpp"

#include <fmt/format.h>

#include "kamacite/core/error.hpp"

namespace kamacite {

std::string name_of(Precision precision) {
    return precision == Precision::full ? "double" : "mixed";
}

Precision precision_of(std::string const& name) {
    if (name == "double") return Precision::full;
    if (name == "mixed") return Precision::mixed;
    throw InputError(fmt::format("precision '{}' is not known: use 'double' or 'mixed'", name));
}

}  // namespace kamacite
