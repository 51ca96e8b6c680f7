#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string_view>

#include "kamacite/core/error.hpp"
#include "kamacite/descriptors/rows.hpp"
#include "kamacite/io/provenance.hpp"
#include "kamacite/kim/portable_model.hpp"
#include "kamacite/potential/eam_tables.hpp"

namespace kamacite::kim {
namespace {

using Json = nlohmann::json;

/// JSON has no word for other numbers.
double finite(double x) {
    if (std::isfinite(x)) return x;
    throw DataError(fmt::format(
        "the model holds the number {} (must be finite): it is broken, train it again", x));
}

Json numbers(std::span<double const> values) {
    Json out = Json::array();
    for (double const x : values) out.push_back(finite(x));
    return out;
}

Json rows(Matrix const& m) {
    Json out = Json::array();
    for (Eigen::Index k = 0; k < m.rows(); ++k)
        out.push_back(numbers({m.row(k).data(), static_cast<std::size_t>(m.cols())}));
    return out;
}

Json functions(FunctionSet const& set) {
    Json out = Json::object();
    set.for_each_kind([&](auto const& kind) {
        using Function = typename std::decay_t<decltype(kind)>::value_type;
        Json all = Json::array();
        for (auto const& f : kind) all.push_back(numbers(Rows<Function>::row_of(f)));
        if (!all.empty()) out[Rows<Function>::name] = std::move(all);
    });
    return out;
}

Json layers(Head::Layers const& of) {
    Json activations = Json::array();
    for (auto const a : of.activations) activations.push_back(name_of(a));
    return {{"widths", of.widths}, {"activations", std::move(activations)}};
}

/// Rows of two atomic numbers (0: all others) and the two distances of their switch.
Json short_range(Zbl const& zbl) {
    Json out = Json::array();
    auto const add = [&](int a, int b, Zbl::Switch const& s) {
        out.push_back({a, b, finite(s.inner), finite(s.outer)});
    };
    add(0, 0, zbl.others());
    for (auto const& [elements, s] : zbl.pairs()) add(elements.first, elements.second, s);
    return out;
}

Json member(Model const& model) {
    int const h = model.head(Head::Kind::energy);
    if (h < 0)
        throw DataError(
            "the model cannot be written for KIM (it has no energy head): train one with it");
    auto const& head = model.heads()[static_cast<std::size_t>(h)];
    auto const& elements = model.descriptors().elements();
    Json networks = Json::array();
    for (int e = 0; e < static_cast<int>(elements.size()); ++e) {
        auto network = layers(head.layers_of(e));
        network["parameters"] = numbers(model.parameters_of(model.part(h, e)));
        networks.push_back(std::move(network));
    }
    Json out{{"elements", elements},
             {"functions", functions(model.descriptors().functions())},
             {"centre", rows(model.scaling().centre)},
             {"inverse", rows(model.scaling().inverse)},
             {"shift", numbers(head.shift)},
             {"scale", finite(head.scale[0])},
             {"networks", std::move(networks)}};
    if (model.short_range()) out["short_range"] = short_range(*model.short_range());
    if (model.linear().size() > 0) out["linear"] = rows(model.linear());
    return out;
}

bool is_identifier(std::string const& name) {
    auto const letter = [](char c) {
        return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    };
    return !name.empty() && letter(name[0]) && std::all_of(name.begin(), name.end(), [&](char c) {
        return letter(c) || (c >= '0' && c <= '9');
    });
}

std::map<std::string, std::string> files(std::string const& name, std::string parameters_name,
                                         std::string parameters) {
    if (!is_identifier(name))
        throw UsageError(fmt::format(
            "'{}' cannot be the name of a KIM model (letters, digits and _, no digit first), which "
            "is that of its directory: name another, e.g. -o iron_kim",
            name));
    if (name == driver_name)
        throw UsageError(fmt::format(
            "'{}' is the name of the driver (a model needs one of its own): name another directory",
            name));
    std::string const lists = fmt::format(
        "# Written by {}. A portable model of the KIM-API for kamacite's driver.\n"
        "cmake_minimum_required(VERSION 3.10)\n"
        "list(APPEND CMAKE_PREFIX_PATH $ENV{{KIM_API_CMAKE_PREFIX_DIR}})\n"
        "find_package(KIM-API-ITEMS 2.2 REQUIRED CONFIG)\n"
        "kim_api_items_setup_before_project(ITEM_TYPE \"portableModel\")\n"
        "project({} LANGUAGES CXX C)\n"
        "kim_api_items_setup_after_project(ITEM_TYPE \"portableModel\")\n"
        "add_kim_api_model_library(\n"
        "  NAME ${{PROJECT_NAME}}\n  DRIVER_NAME \"{}\"\n  PARAMETER_FILES \"{}\")\n",
        io::program_version(), name, driver_name, parameters_name);
    return {{"CMakeLists.txt", lists}, {std::move(parameters_name), std::move(parameters)}};
}

}  // namespace

std::map<std::string, std::string> texts_of(std::string const& name, Committee const& committee,
                                            std::vector<std::string>& warnings) {
    Json members = Json::array();
    for (auto const& model : committee.members()) members.push_back(member(model));
    for (auto const& head : committee.members().front().heads())
        if (head.kind != Head::Kind::energy)
            warnings.push_back(
                fmt::format("the {} head is left out: KIM has energies only", name_of(head.kind)));
    Json const all{{"format", "kamacite KIM parameters"},
                   {"version", parameters_version},
                   {"written_by", io::program_version()},
                   {"members", std::move(members)}};
    return files(name, "model.json", all.dump() + "\n");
}

std::map<std::string, std::string> texts_of(std::string const& name, std::string const& setfl) {
    (void)parse_eam(setfl, name);
    return files(name, "model.setfl", setfl);
}

}  // namespace kamacite::kim
