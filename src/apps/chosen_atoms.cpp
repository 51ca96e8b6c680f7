#include "chosen_atoms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"

namespace kamacite::apps {

std::vector<int> chosen_atoms(domain::Atoms const& atoms, std::vector<int> const& numbers,
                              std::vector<std::string> const& symbols) {
    std::set<long long> const named(numbers.begin(), numbers.end());
    std::set<int> elements;
    for (auto const& symbol : symbols) elements.insert(atomic_number_of(symbol));
    std::vector<int> chosen;
    chosen.reserve(atoms.ids.size());
    for (std::size_t i = 0; i < atoms.ids.size(); ++i)
        chosen.push_back(
            named.contains(atoms.ids[i] + 1) || elements.contains(atoms.species[i]) ? 1 : 0);
    return chosen;
}

void expect_elements(mpi::Communicator const& comm, std::string const& key,
                     std::vector<std::string> const& symbols, std::vector<int> const& species) {
    for (auto const& symbol : symbols) {
        int const there = std::ranges::count(species, atomic_number_of(symbol)) > 0 ? 1 : 0;
        if (comm.all_reduce(mpi::Op::max, there) == 0)
            throw InputError(fmt::format(
                "{}: there is no atom of {} (none would stay): leave it out", key, symbol));
    }
}

void expect_numbers(std::string const& key, std::vector<int> const& numbers, long long atoms) {
    for (int const number : numbers)
        if (number > atoms)
            throw InputError(
                fmt::format("{}: {} (there are {} atoms, counted from 1): name one of them", key,
                            number, atoms));
}

}  // namespace kamacite::apps
