#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "kamacite/config/quantity.hpp"
#include "kamacite/config/writers.hpp"
#include "layout.hpp"

namespace kamacite::config {
namespace {

using Json = nlohmann::ordered_json;
using Kind = KeyDescription::Kind;

constexpr char const* number_pattern = "[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?";

std::string escaped(std::string const& unit) {
    std::string text;
    for (char const c : unit) {
        if (c == '^' || c == '.') text += '\\';
        text += c;
    }
    return text;
}

Json with_bounds(Json number, Bounds bounds) {
    if (std::isfinite(bounds.low)) number["minimum"] = bounds.low;
    if (std::isfinite(bounds.high)) number["maximum"] = bounds.high;
    return number;
}

/// A plain number, or what a text with numbers and a unit looks like, whose bounds a schema cannot
/// tell; `repeat` says how many numbers: "" or "+".
Json quantity(KeyDescription const& k, std::string const& repeat) {
    if (k.dimension == Dimension::none) return with_bounds({{"type", "number"}}, k.bounds);
    std::string names;
    for (auto const& u : units_of(k.dimension)) {
        if (!names.empty()) names += "|";
        if (u.starts_with("1/")) names += " ";  // "0.01/angstrom^2" is no number with a unit
        names += escaped(u);
    }
    return {{"type", "string"},
            {"pattern", fmt::format("^ *({} *){}({}) *$", number_pattern, repeat, names)}};
}

/// One value or a list of them, as the parser takes either.
Json one_or_many(Json const& one, Key const& key) {
    Json list{{"type", "array"}, {"items", one}};
    if (key.need == Key::Need::required) list["minItems"] = 1;
    return {{"anyOf", Json::array({list, one})}};
}

/// A text; YAML takes some for numbers or truth values.
Json text_of(KeyDescription const& k) {
    if (k.words.empty()) return {{"type", Json::array({"string", "number", "boolean"})}};
    Json words(k.words);
    if (k.kind == Kind::text && k.key.need != Key::Need::required) words.push_back("");
    return {{"enum", words}};
}

Json mapping(std::vector<KeyDescription> const& keys);

Json value_schema(KeyDescription const& k) {
    switch (k.kind) {
        case Kind::quantity:
            return quantity(k, "");
        case Kind::quantities:
            return one_or_many(quantity(k, "+"), k.key);
        case Kind::number:
            return with_bounds({{"type", "number"}}, k.bounds);
        case Kind::numbers:
            return one_or_many(with_bounds({{"type", "number"}}, k.bounds), k.key);
        case Kind::integer:
            return with_bounds({{"type", "integer"}}, k.bounds);
        case Kind::integers:
            return one_or_many(with_bounds({{"type", "integer"}}, k.bounds), k.key);
        case Kind::flag:
            return {{"type", "boolean"}};
        case Kind::text:
        case Kind::path:
            return text_of(k);
        case Kind::texts:
        case Kind::paths:
            return one_or_many(text_of(k), k.key);
        case Kind::table: {
            Json table{{"type", "object"},
                       {"additionalProperties", with_bounds({{"type", "number"}}, k.bounds)}};
            if (!k.words.empty()) table["propertyNames"] = {{"enum", k.words}};
            return table;
        }
        case Kind::choice: {
            Json names = Json::array();
            std::string docs;
            for (auto const& c : k.choices) {
                names.push_back(c.name);
                docs += fmt::format("\n{}: {}", c.name, c.doc);
            }
            return {{"enum", names}, {"description", k.key.doc + docs}};
        }
        case Kind::section:
            return mapping(k.keys);
        case Kind::optional_section:
            return {{"anyOf", Json::array({mapping(k.keys), Json{{"const", false}}})}};
        case Kind::list: {
            Json list{{"type", "array"}, {"items", mapping(k.keys)}};
            if (k.key.need == Key::Need::required) list["minItems"] = 1;
            return list;
        }
    }
    return {};
}

/// Adds properties, required keys, and for each choice the keys that its alternatives bring.
void add_keys(Json& schema, std::vector<KeyDescription> const& keys) {
    for (auto const& k : keys) {
        auto value = value_schema(k);
        if (!value.contains("description")) value["description"] = k.key.doc;
        bool const plain = k.kind != Kind::section && k.kind != Kind::optional_section &&
                           k.kind != Kind::list && k.kind != Kind::table &&
                           !is_list_of_values(k.kind);
        if (plain && k.given && k.key.need != Key::Need::required) {
            bool const is_json =
                k.kind == Kind::number || k.kind == Kind::integer || k.kind == Kind::flag;
            auto const& v = k.values.front();
            value["default"] = is_json || v.starts_with('"') ? Json::parse(v) : Json(v);
        }
        schema["properties"][k.key.name] = std::move(value);
        bool needed = k.key.need == Key::Need::required;
        if (k.kind == Kind::section)  // an absent section is an empty one
            needed |= mapping(k.keys).contains("required");
        if (needed) schema["required"].push_back(k.key.name);
        for (auto const& c : k.choices) {
            if (c.keys.empty()) continue;
            Json condition{{"properties", {{k.key.name, {{"const", c.name}}}}}};
            if (chosen_of(k) != &c) condition["required"] = Json::array({k.key.name});
            Json then = Json::object();
            add_keys(then, c.keys);
            schema["allOf"].push_back({{"if", condition}, {"then", then}});
        }
    }
}

Json mapping(std::vector<KeyDescription> const& keys) {
    Json schema{{"type", "object"}, {"properties", Json::object()}};
    add_keys(schema, keys);
    schema["unevaluatedProperties"] = false;
    return schema;
}

}  // namespace

std::string input_schema(std::string const& command, std::string const& summary,
                         std::vector<KeyDescription> const& keys) {
    Json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                {"title", "kamacite " + command},
                {"description", summary}};
    Json all = mapping(keys);
    all["properties"]["kamacite"] = {{"const", command},
                                     {"description", "The command that this input is for"}};
    schema.update(all);
    return schema.dump(2) + "\n";
}

}  // namespace kamacite::config
