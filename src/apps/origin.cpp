#include "origin.hpp"

#include <algorithm>
#include <sstream>

#include "data.hpp"
#include "kamacite/io/file.hpp"

namespace kamacite::apps {
std::string hash_in(std::string const& parent) {
    return parent.substr(parent.rfind(' ') + 1);
}

namespace {

bool names(std::vector<std::string> const& list, std::string const& name) {
    return std::find(list.begin(), list.end(), name) != list.end();
}

}  // namespace

Origin origin_of(std::filesystem::path const& model, mpi::Communicator const& comm) {
    auto const file = io::File::open(model, comm);
    auto const get = [&](char const* key) {
        return file.has_attribute("/", key) ? file.text("/", key) : std::string{};
    };
    Origin origin{get("command"),
                  get("created_at"),
                  get("created_by"),
                  get("input"),
                  get("seed"),
                  get("summary"),
                  {}};
    std::istringstream parents{get("parents")};
    for (std::string line; std::getline(parents, line);)
        if (!line.empty()) origin.parents.push_back(line);
    return origin;
}

std::string split_name_of(std::string const& resolved_input) {
    auto const section = resolved_input.find("\nsplit:\n");
    std::string const key = "\n  name: ";
    auto const at = section == std::string::npos ? section : resolved_input.find(key, section);
    if (at == std::string::npos) return {};
    auto const begin = at + key.size();
    return resolved_input.substr(begin, resolved_input.find('\n', begin) - begin);
}

std::string name_of(dataset::Side side) {
    return side == dataset::Side::train        ? "train"
           : side == dataset::Side::validation ? "validation"
                                               : "test";
}

Role role_of(mpi::Communicator const& comm, std::filesystem::path const& data,
             std::string const& hash, std::span<std::filesystem::path const> models) {
    Role role;
    auto const stored =
        names_dataset(data) ? dataset::split_names(data, comm) : std::vector<std::string>{};
    bool all_known = true;
    for (auto const& model : models) {
        auto const origin = origin_of(model, comm);
        if (!std::any_of(origin.parents.begin(), origin.parents.end(),
                         [&](auto const& parent) { return hash_in(parent) == hash_in(hash); }))
            continue;  // it has not seen these data
        role.parent = true;
        auto const split = split_name_of(origin.input);
        all_known = all_known && names(stored, split);
        if (!names(stored, split)) continue;
        auto const read = dataset::read_split(data, comm, split);
        auto const& sides = read.sides;
        role.split = split;
        role.how = read.description;
        if (role.sides.empty())
            role.sides = sides;
        else  // sides are numbered by their distance from training
            for (std::size_t i = 0; i < sides.size(); ++i)
                role.sides[i] = std::min(role.sides[i], sides[i]);
    }
    if (!all_known) role.sides.clear();
    return role;
}

}  // namespace kamacite::apps
