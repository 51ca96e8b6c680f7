#include "kamacite/structure/property.hpp"

#include <cmath>
#include <numeric>

namespace kamacite {

std::optional<double> property_of(Record const& record, std::string const& name) {
    bool const moment = name == "magnetic_moment";
    auto const& labels = record.labels;
    if (auto const found = labels.properties.find(name); found != labels.properties.end())
        return moment ? std::abs(found->second) : found->second;
    if (!moment || labels.moments.empty()) return std::nullopt;
    double const total = std::accumulate(labels.moments.begin(), labels.moments.end(), 0.0);
    return std::abs(total) / static_cast<double>(labels.moments.size());
}

}  // namespace kamacite
