#include "info_model.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "kamacite/core/element.hpp"
#include "kamacite/descriptors/rows.hpp"

namespace kamacite::apps {
namespace {

using Json = nlohmann::ordered_json;

Json describe(Model const& model) {
    auto const& descriptors = model.descriptors();
    Json elements = Json::array(), functions = Json::object(), heads = Json::array();
    for (int const z : descriptors.elements()) elements.push_back(symbol_of(z));
    descriptors.functions().for_each_kind([&](auto const& kind) {
        using Function = typename std::decay_t<decltype(kind)>::value_type;
        if (!kind.empty()) functions[Rows<Function>::name] = kind.size();
    });
    for (auto const& head : model.heads()) {
        Json networks = Json::array();
        for (std::size_t e = 0; e < descriptors.elements().size(); ++e) {
            auto const layers = head.layers_of(static_cast<int>(e));
            Json activations = Json::array();
            for (auto const a : layers.activations) activations.push_back(name_of(a));
            networks.push_back({{"hidden", layers.widths}, {"activations", activations}});
        }
        heads.push_back({{"kind", name_of(head.kind)}, {"e0", head.shift}, {"networks", networks}});
    }
    Json short_range;
    if (auto const& zbl = model.short_range()) {
        short_range = {{"kind", "zbl"}, {"pairs", Json::array()}};
        auto const& z = descriptors.elements();
        for (std::size_t e = 0; e < z.size(); ++e)
            for (std::size_t f = e; f < z.size(); ++f) {
                auto const& s = zbl->switch_of(z[e], z[f]);
                short_range["pairs"].push_back({{"elements", {elements[e], elements[f]}},
                                                {"inner", s.inner},
                                                {"outer", s.outer}});
            }
    }
    Json spins = Json::array();
    for (int const z : descriptors.elements())
        if (descriptors.has_directions(z)) spins.push_back(symbol_of(z));
    return {{"elements", elements},
            {"spins", spins},
            {"least_moment", descriptors.least_moment()},
            {"short_range", short_range},
            {"linear", model.linear().size() > 0},
            {"cutoff", descriptors.cutoff()},
            {"functions", functions},
            {"heads", heads},
            {"parameters", model.parameters().size()}};
}

void print(Json const& all) {
    fmt::print("{}: {}\n", all["file"].get<std::string>(), all["format"].get<std::string>());
    for (auto const& parent : all["parents"]) fmt::print("  {}\n", parent.get<std::string>());
    for (auto const& m : all["members"]) {
        fmt::print("  elements {}, cutoff {:.6g} Å, functions {}, {} parameters\n",
                   m["elements"].dump(), m["cutoff"].get<double>(), m["functions"].dump(),
                   m["parameters"].get<long long>());
        if (!m["spins"].empty())
            fmt::print("  sees the directions of moments of {}, from {} μB on\n", m["spins"].dump(),
                       m["least_moment"].get<double>());
        if (m["linear"].get<bool>()) fmt::print("  energies with a part linear in the functions\n");
        if (m["short_range"].is_null()) continue;
        for (auto const& pair : m["short_range"]["pairs"])
            fmt::print("  ZBL repulsion of {}–{} switched off from {:.3g} to {:.3g} Å\n",
                       pair["elements"][0].get<std::string>(),
                       pair["elements"][1].get<std::string>(), pair["inner"].get<double>(),
                       pair["outer"].get<double>());
    }
}

}  // namespace

void tell_models(Context& context, ModelOptions const& options) {
    auto const model = load(context, options);
    if (!context.comm.is_root()) return;
    bool const committee = model.committee.size() > 1;
    Json all{{"file", options.path},
             {"format", committee         ? "committee"
                        : model.from_n2p2 ? "n2p2 model"
                                          : "model"},
             {"parents", model.parents},
             {"members", Json::array()}};
    for (auto const& member : model.committee.members()) all["members"].push_back(describe(member));
    if (context.json)
        fmt::print("{}\n", all.dump(2, ' ', false, Json::error_handler_t::replace));
    else
        print(all);
}

}  // namespace kamacite::apps
