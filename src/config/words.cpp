#include "words.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kamacite/core/element.hpp"

namespace kamacite::config {

Words symbols() {
    Words all;
    for (int z = 1; z <= last_element; ++z) all.emplace_back(symbol_of(z));
    return all;
}

std::vector<int> atomic_numbers(Words const& symbols) {
    std::vector<int> numbers;
    for (auto const& symbol : symbols) numbers.push_back(atomic_number_of(symbol));
    return numbers;
}

std::vector<Fault> repeated_elements(Words const& elements) {
    std::vector<Fault> faults;
    for (std::size_t i = 0; i < elements.size(); ++i)
        if (std::find(elements.begin(), elements.begin() + static_cast<std::ptrdiff_t>(i),
                      elements[i]) != elements.begin() + static_cast<std::ptrdiff_t>(i))
            faults.push_back({fmt::format("elements[{}]", i),
                              fmt::format("{} is given twice: remove one", elements[i])});
    return faults;
}

std::vector<Fault> three(std::string const& key, std::size_t n) {
    if (n == 3) return {};
    return {{key, fmt::format("{} numbers (one each for a, b and c): give three", n)}};
}

}  // namespace kamacite::config
