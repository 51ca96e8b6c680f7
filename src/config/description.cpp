#include "kamacite/config/description.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "kamacite/config/quantity.hpp"
#include "layout.hpp"

namespace kamacite::config {
namespace {

using Kind = KeyDescription::Kind;

bool is_given(double value, Bounds bounds) {
    return std::isfinite(value) && value >= bounds.low && value <= bounds.high;
}

/// Visitor that turns a table into descriptions.
class Describer final : public Fields {
public:
    std::vector<KeyDescription> keys;

    void quantity(Key const& key, double& value, Dimension dimension, Bounds bounds) override {
        auto& k = add(key, Kind::quantity);
        k.dimension = dimension;
        k.bounds = bounds;
        k.given = is_given(value, bounds);
        if (k.given) k.values = {format_quantity(value, dimension)};
    }
    void quantities(Key const& key, std::vector<double>& values, Dimension dimension,
                    Bounds bounds) override {
        auto& k = add(key, Kind::quantities);
        k.dimension = dimension;
        k.bounds = bounds;
        k.given = std::all_of(values.begin(), values.end(),
                              [&](double v) { return is_given(v, bounds); });
        if (k.given)
            for (double const v : values) k.values.push_back(format_quantity(v, dimension));
    }
    void number(Key const& key, double& value, Bounds bounds) override {
        quantity(key, value, Dimension::none, bounds);
        keys.back().kind = Kind::number;
    }
    void numbers(Key const& key, std::vector<double>& values, Bounds bounds) override {
        quantities(key, values, Dimension::none, bounds);
        keys.back().kind = Kind::numbers;
    }
    void integer(Key const& key, long long& value, Bounds bounds) override {
        auto& k = add(key, Kind::integer);
        k.bounds = bounds;
        k.given = is_given(static_cast<double>(value), bounds);
        if (k.given) k.values = {std::to_string(value)};
    }
    void integers(Key const& key, std::vector<int>& values, Bounds bounds) override {
        auto& k = add(key, Kind::integers);
        k.bounds = bounds;
        k.given =
            std::all_of(values.begin(), values.end(), [&](int v) { return is_given(v, bounds); });
        if (k.given)
            for (int const v : values) k.values.push_back(std::to_string(v));
    }
    void flag(Key const& key, bool& value) override {
        add(key, Kind::flag).values = {value ? "true" : "false"};
    }
    void text(Key const& key, std::string& value, Words const& words) override {
        auto& k = add(key, Kind::text);
        k.words = words;
        k.given = !value.empty();
        if (k.given) k.values = {scalar_of(value)};
    }
    void texts(Key const& key, std::vector<std::string>& values, Words const& words) override {
        auto& k = add(key, Kind::texts);
        k.words = words;
        for (auto const& v : values) k.values.push_back(scalar_of(v));
    }
    void path(Key const& key, std::filesystem::path& value) override {
        auto as_text = value.string();
        text(key, as_text, {});
        keys.back().kind = Kind::path;
    }
    void paths(Key const& key, std::vector<std::filesystem::path>& values) override {
        auto& k = add(key, Kind::paths);
        for (auto const& v : values) k.values.push_back(scalar_of(v.string()));
    }
    void table(Key const& key, std::map<std::string, double>& values, Bounds bounds,
               Words const& words) override {
        auto& k = add(key, Kind::table);
        k.words = words;
        k.bounds = bounds;
        for (auto const& [name, v] : values)
            k.values.push_back(fmt::format("{}: {}", scalar_of(name), format_number(v)));
    }
    void choice(Key const& key, std::string& value,
                std::vector<Alternative> const& alternatives) override {
        auto& k = add(key, Kind::choice);
        k.given = std::any_of(alternatives.begin(), alternatives.end(),
                              [&](auto const& a) { return a.name == value; });
        if (k.given) k.values = {scalar_of(value)};
        for (auto const& a : alternatives)
            k.choices.push_back(
                {a.name, a.doc, a.fields ? describe(a.fields) : std::vector<KeyDescription>{}});
    }
    void section(Key const& key, std::function<void(Fields&)> const& fields) override {
        auto inner = describe(fields);
        add(key, Kind::section).keys = std::move(inner);
    }
    void optional_section(Key const& key, bool& present,
                          std::function<void(Fields&)> const& fields) override {
        auto inner = describe(fields);
        auto& k = add(key, Kind::optional_section);
        k.given = present;
        k.keys = std::move(inner);
    }

private:
    void items_of(Key const& key, int count, std::function<void(int)> const& /*resize*/,
                  std::function<void(Fields&, int)> const& item) override {
        auto& k = add(key, Kind::list);
        k.keys = describe([&](Fields& f) { item(f, -1); });
        for (int i = 0; i < count; ++i) k.items.push_back(describe([&](Fields& f) { item(f, i); }));
    }

    KeyDescription& add(Key const& key, Kind kind) {
        keys.push_back({.key = key, .kind = kind});
        return keys.back();
    }
};

}  // namespace

std::string scalar_of(std::string const& text) {
    auto const letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '/' || c == '.';
    };
    auto const inner = [&](char c) {
        return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '+';
    };
    bool const plain = !text.empty() && letter(text.front()) && text.front() != '.' &&
                       std::all_of(text.begin(), text.end(), inner);
    auto lower = text;
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    static constexpr std::array words{"true", "false", "null", "yes", "no", "on", "off", "y", "n"};
    bool const word = std::find(words.begin(), words.end(), lower) != words.end();
    if (plain && !word) return text;
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::vector<KeyDescription> describe(std::function<void(Fields&)> const& fields) {
    Describer describer;
    fields(describer);
    return std::move(describer.keys);
}

}  // namespace kamacite::config
