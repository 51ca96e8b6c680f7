#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>

#include "kamacite/core/error.hpp"
#include "kamacite/descriptors/rows.hpp"
#include "kamacite/kim/portable_model.hpp"
#include "kamacite/potential/embedded_atom.hpp"

namespace kamacite::kim {
namespace {

using Json = nlohmann::json;

void expect_size(char const* what, std::size_t size, std::size_t wanted) {
    if (size != wanted)
        throw DataError(fmt::format("{} has {} entries (needs {})", what, size, wanted));
}

/// \param what  for errors
Matrix matrix_of(Json const& rows, std::size_t n_rows, std::size_t n_columns, char const* what) {
    expect_size(what, rows.size(), n_rows);
    Matrix m(static_cast<Eigen::Index>(n_rows), static_cast<Eigen::Index>(n_columns));
    for (std::size_t k = 0; k < n_rows; ++k) {
        auto const row = rows.at(k).get<std::vector<double>>();
        expect_size(what, row.size(), n_columns);
        std::copy(row.begin(), row.end(), m.row(static_cast<Eigen::Index>(k)).data());
    }
    return m;
}

FunctionSet functions_of(Json const& all) {
    FunctionSet set;
    set.for_each_kind([&](auto& kind) {
        using Function = typename std::decay_t<decltype(kind)>::value_type;
        auto const columns = Rows<Function>::row_of(Function{}).size();
        for (auto const& row : all.value(Rows<Function>::name, Json::array())) {
            auto const values = row.template get<std::vector<double>>();
            expect_size(Rows<Function>::name, values.size(), columns);
            kind.push_back(Rows<Function>::function_of(values));
        }
    });
    return set;
}

Head::Layers layers_of(Json const& network) {
    Head::Layers layers;
    layers.widths = network.at("widths").get<std::vector<int>>();
    for (auto const& name : network.at("activations"))
        layers.activations.push_back(activation_of(name.get<std::string>()));
    expect_size("activations", layers.activations.size(), layers.widths.size());
    return layers;
}

Zbl zbl_of(Json const& rows) {
    Zbl::Switch others;
    Zbl::Pairs pairs;
    for (auto const& row : rows) {
        Zbl::Switch const s{row.at(2).get<double>(), row.at(3).get<double>()};
        std::pair const elements{row.at(0).get<int>(), row.at(1).get<int>()};
        if (elements.first == 0)
            others = s;
        else
            pairs[elements] = s;
    }
    return Zbl{others, std::move(pairs)};
}

Model model_of(Json const& member) {
    auto const elements = member.at("elements").get<std::vector<int>>();
    Descriptors descriptors{elements, functions_of(member.at("functions"))};
    auto const n = elements.size();
    auto const width = static_cast<std::size_t>(descriptors.width());
    // the range of the training set is not in the file: nothing of what KIM asks for needs it
    auto scaling = Scaling::none(static_cast<int>(n), descriptors.width());
    scaling.centre = matrix_of(member.at("centre"), n, width, "centre");
    scaling.inverse = matrix_of(member.at("inverse"), n, width, "inverse");
    Head head;
    head.shift = member.at("shift").get<std::vector<double>>();
    expect_size("shift", head.shift.size(), n);
    head.scale = {member.at("scale").get<double>()};
    auto const& networks = member.at("networks");
    expect_size("networks", networks.size(), n);
    for (auto const& network : networks) head.layers.push_back(layers_of(network));
    Model model{std::move(descriptors), std::move(scaling), {head}, 0};
    auto to = model.parameters();
    std::size_t begin = 0;
    for (std::size_t e = 0; e < n; ++e) {
        auto const values = networks[e].at("parameters").get<std::vector<double>>();
        auto const count =
            static_cast<std::size_t>(model.part(0, static_cast<int>(e)).network.parameter_count());
        expect_size("parameters", values.size(), count);
        std::copy(values.begin(), values.end(), to.subspan(begin, count).begin());
        begin += count;
    }
    if (member.contains("short_range")) model.set_short_range(zbl_of(member.at("short_range")));
    if (member.contains("linear"))
        model.set_linear(matrix_of(member.at("linear"), n, width + 1, "linear"));
    return model;
}

std::vector<Model> members_of(std::string_view text) {
    auto const all = Json::parse(text);
    if (all.at("format").get<std::string>() != "kamacite KIM parameters")
        throw DataError("these are not the parameters of a model of kamacite");
    auto const version = all.at("version").get<int>();
    if (version > parameters_version)
        throw DataError(
            fmt::format("it has version {} (this driver knows {}): install the driver "
                        "of the kamacite that wrote it",
                        version, parameters_version));
    std::vector<Model> members;
    for (auto const& member : all.at("members")) members.push_back(model_of(member));
    return members;
}

PortableModel committee_of(std::string_view text) {
    // the committee sees to it that its members belong together
    Committee const committee{members_of(text)};
    PortableModel out{{}, committee.members().front().descriptors().elements(), committee.cutoff()};
    for (auto const& model : committee.members())
        out.members.push_back(std::make_unique<Model>(model));
    return out;
}

}  // namespace

std::vector<Potential const*> PortableModel::potentials() const {
    std::vector<Potential const*> out;
    for (auto const& member : members) out.push_back(member.get());
    return out;
}

PortableModel parse_parameters(std::string_view text, std::string const& name) {
    if (looks_like_eam(text)) {
        auto potential = std::make_unique<EmbeddedAtom>(parse_eam(text, name));
        PortableModel out{{}, potential->elements(), potential->cutoff()};
        out.members.push_back(std::move(potential));
        return out;
    }
    auto const refuse = [&](std::string const& why) {
        throw DataError(fmt::format("{}: {}; convert the model again", name, why));
    };
    try {
        return committee_of(text);
    } catch (Error const& e) {
        refuse(e.what());
    } catch (Json::exception const& e) {
        refuse(fmt::format("these are not the parameters that kamacite writes ({})", e.what()));
    }
    return {};
}

}  // namespace kamacite::kim
