#include "parser.hpp"

#include <fmt/format.h>

#include <limits>

#include "kamacite/config/description.hpp"
#include "kamacite/config/quantity.hpp"
#include "kamacite/config/similar.hpp"
#include "kamacite/core/error.hpp"
#include "shown.hpp"

namespace kamacite::config {
namespace {

std::string kind_of(YAML::Node const& node) {
    if (node.IsMap()) return "a mapping";
    if (node.IsSequence()) return "a list";
    if (node.IsScalar()) return fmt::format("'{}'", shown(node.Scalar()));
    return "nothing";
}

std::string bounds_text(Bounds bounds, std::function<std::string(double)> const& format) {
    auto const infinity = std::numeric_limits<double>::infinity();
    if (bounds.high == infinity) return "at least " + format(bounds.low);
    if (bounds.low == -infinity) return "at most " + format(bounds.high);
    return fmt::format("from {} to {}", format(bounds.low), format(bounds.high));
}

std::string plain(double value) {
    return fmt::format("{}", value);
}

/// "bcc, fcc, hcp", or the first and the last of many.
std::string listed(Words const& words) {
    std::size_t const most = 16;
    std::string list;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words.size() > most && i == 4) list += " …";
        if (words.size() > most && i >= 4 && i + 1 < words.size()) continue;
        list += (i == 0 ? "" : ", ") + words[i];
    }
    return list;
}

}  // namespace

Parser::Parser(YAML::Node const& node, std::string path, Complaints& complaints)
    : node_{node},
      path_{std::move(path)},
      complaints_{complaints},
      before_{complaints.size()},
      mark_{node.Mark()} {
    auto const name = path_.empty() ? "" : path_.substr(0, path_.size() - 1);
    if (node.IsNull()) return;
    if (!node.IsMap()) {
        complaints_.add(mark_, name,
                        kind_of(node) + " (keys with values are expected): " +
                            (path_.empty() ? "this is no YAML input; 'kamacite init' writes one"
                                           : "write 'key: value' lines"));
        complete_ = false;
        return;
    }
    for (auto const& entry : node) {
        if (!entry.first.IsScalar()) {
            complaints_.add(entry.first.Mark(), name,
                            kind_of(entry.first) + " in place of a key: write 'key: value'");
            continue;
        }
        auto const key = entry.first.Scalar();
        if (nodes_.contains(key)) {
            complain(entry.first.Mark(), shown(key),
                     fmt::format("given twice (first in line {}): keep one of them",
                                 marks_.at(key).line + 1));
            continue;
        }
        nodes_.emplace(key, entry.second);
        marks_.emplace(key, entry.first.Mark());
    }
}

void Parser::finish() {
    if (!complete_) return;
    for (auto const& [key, mark] : marks_) {
        if (read_.contains(key)) continue;
        if (auto const other = elsewhere_.find(key); other != elsewhere_.end()) {
            complain(
                mark, key,
                fmt::format("has no meaning here (it belongs to '{}'): remove it", other->second));
            continue;
        }
        auto const meant = did_you_mean(key, known_);
        complain(mark, shown(key),
                 fmt::format("unknown key{}: {}", meant,
                             meant.empty() ? "remove it, or see the keys with 'kamacite init'"
                                           : "correct it"));
    }
    if (complaints_.size() > before_) return;
    for (auto const& faults : demands_) try {
            for (auto const& fault : faults()) complain_below(fault.key, fault.text);
        } catch (Error const& e) {
            complain_below("", e.what());
        }
}

void Parser::complain_below(std::string const& key, std::string const& text) {
    auto const place = place_in(node_, key);
    auto const full = path_ + key;
    complaints_.add(place.is_null() ? mark_ : place,
                    key.empty() && !full.empty() ? full.substr(0, full.size() - 1) : full, text);
}

void Parser::demand(std::function<std::vector<Fault>()> const& faults) {
    demands_.push_back(faults);
}

bool Parser::is_known(YAML::Node const& node, std::string const& name, std::string const& text,
                      Words const& words) {
    if (words.empty() || std::find(words.begin(), words.end(), text) != words.end()) return true;
    complain(mark_of(node, name), name,
             fmt::format("'{}' (not one of its values){}: write one of {}", shown(text),
                         did_you_mean(text, words), listed(words)));
    return false;
}

YAML::Mark Parser::mark_of(YAML::Node const& node, std::string const& name) const {
    auto const key = marks_.find(name);  // an empty value has no place of its own
    return node.IsNull() && key != marks_.end() ? key->second : node.Mark();
}

void Parser::complain(YAML::Mark const& mark, std::string const& name, std::string const& text) {
    complaints_.add(mark, path_ + name, text);
}

std::optional<YAML::Node> Parser::find(Key const& key) {
    known_.push_back(key.name);
    read_.insert(key.name);
    auto const found = nodes_.find(key.name);
    if (found != nodes_.end()) return found->second;
    if (key.need == Key::Need::required && complete_)
        complain(mark_, key.name, fmt::format("missing (required): add it. {}", key.doc));
    return std::nullopt;
}

std::optional<std::string> Parser::scalar(YAML::Node const& node, std::string const& name) {
    if (node.IsScalar()) return node.Scalar();
    complain(mark_of(node, name), name,
             node.IsNull() ? "has no value: write one after the colon, or remove the key"
                           : kind_of(node) + " (one value is expected): write 'key: value'");
    return std::nullopt;
}

std::optional<std::vector<Parser::Element>> Parser::elements(Key const& key) {
    auto const node = find(key);
    if (!node) return std::nullopt;
    std::vector<Element> all;
    auto const add = [&](YAML::Node const& one, std::string const& name) {
        auto const text = scalar(one, name);
        if (text) all.push_back({one, name, *text});
        return text.has_value();
    };
    if (!node->IsSequence()) {
        if (!add(*node, key.name)) return std::nullopt;
        return all;
    }
    for (std::size_t i = 0; i < node->size(); ++i)
        if (!add((*node)[i], fmt::format("{}[{}]", key.name, i))) return std::nullopt;
    if (all.empty() && key.need == Key::Need::required) {
        complain(mark_of(*node, key.name), key.name,
                 "an empty list (at least one entry is required): add one");
        return std::nullopt;
    }
    return all;
}

bool Parser::understand(YAML::Node const& node, std::string const& name,
                        std::function<void()> const& read) {
    try {
        read();
        return true;
    } catch (InputError const& e) {
        complain(mark_of(node, name), name, e.what());
        return false;
    }
}

void Parser::check_bounds(double value, Bounds bounds, std::string const& text,
                          std::string const& in_bounds) const {
    if (value >= bounds.low && value <= bounds.high) return;
    throw InputError(fmt::format("'{}' (out of bounds): must be {}", text, in_bounds));
}

void Parser::quantity(Key const& key, double& value, Dimension dimension, Bounds bounds) {
    std::vector<double> values;
    auto const node = find(key);
    if (!node) return;
    auto const text = scalar(*node, key.name);
    if (!text) return;
    auto const format = [&](double v) { return format_quantity(v, dimension); };
    understand(*node, key.name, [&] {
        double const v = parse_quantity(*text, dimension);
        check_bounds(v, bounds, *text, bounds_text(bounds, format));
        value = v;
    });
}

void Parser::quantities(Key const& key, std::vector<double>& values, Dimension dimension,
                        Bounds bounds) {
    auto const all = elements(key);
    if (!all) return;
    auto const format = [&](double v) { return format_quantity(v, dimension); };
    std::vector<double> read;
    bool good = true;
    for (auto const& e : *all) {
        good &= understand(e.node, e.name, [&] {
            for (double const v : parse_quantities(e.text, dimension)) {
                check_bounds(v, bounds, e.text, bounds_text(bounds, format));
                read.push_back(v);
            }
        });
    }
    if (good) values = read;
}

void Parser::number(Key const& key, double& value, Bounds bounds) {
    quantity(key, value, Dimension::none, bounds);
}

void Parser::numbers(Key const& key, std::vector<double>& values, Bounds bounds) {
    quantities(key, values, Dimension::none, bounds);
}

void Parser::integer(Key const& key, long long& value, Bounds bounds) {
    auto const node = find(key);
    if (!node) return;
    auto const text = scalar(*node, key.name);
    if (!text) return;
    understand(*node, key.name, [&] {
        long long const v = parse_integer(*text);
        check_bounds(static_cast<double>(v), bounds, *text, bounds_text(bounds, plain));
        value = v;
    });
}

void Parser::integers(Key const& key, std::vector<int>& values, Bounds bounds) {
    auto const all = elements(key);
    if (!all) return;
    bounds.low = std::max(bounds.low, double{std::numeric_limits<int>::min()});
    bounds.high = std::min(bounds.high, double{std::numeric_limits<int>::max()});
    std::vector<int> read;
    bool good = true;
    for (auto const& e : *all) {
        good &= understand(e.node, e.name, [&] {
            long long const v = parse_integer(e.text);
            check_bounds(static_cast<double>(v), bounds, e.text, bounds_text(bounds, plain));
            read.push_back(static_cast<int>(v));
        });
    }
    if (good) values = read;
}

void Parser::flag(Key const& key, bool& value) {
    auto const node = find(key);
    if (!node) return;
    auto const text = scalar(*node, key.name);
    if (!text) return;
    if (*text == "true" || *text == "false") {
        value = *text == "true";
    } else {
        complain(mark_of(*node, key.name), key.name,
                 fmt::format("'{}' (not a truth value): write true or false", shown(*text)));
    }
}

void Parser::text(Key const& key, std::string& value, Words const& words) {
    auto const node = find(key);
    if (!node) return;
    auto const text = scalar(*node, key.name);
    if (!text) return;
    if (text->empty() && key.need == Key::Need::required) {
        complain(mark_of(*node, key.name), key.name,
                 "an empty text (a value is required): write one");
        return;
    }
    if (text->empty() || is_known(*node, key.name, *text, words)) value = *text;
}

void Parser::texts(Key const& key, std::vector<std::string>& values, Words const& words) {
    auto const all = elements(key);
    if (!all) return;
    values.clear();
    for (auto const& e : *all)
        if (is_known(e.node, e.name, e.text, words)) values.push_back(e.text);
}

void Parser::path(Key const& key, std::filesystem::path& value) {
    auto as_text = value.string();
    text(key, as_text, {});
    value = as_text;
}

void Parser::paths(Key const& key, std::vector<std::filesystem::path>& values) {
    auto const all = elements(key);
    if (!all) return;
    values.clear();
    for (auto const& e : *all) values.emplace_back(e.text);
}

void Parser::table(Key const& key, std::map<std::string, double>& values, Bounds bounds,
                   Words const& words) {
    auto const node = find(key);
    if (!node) return;
    Parser names{*node, path_ + key.name + ".", complaints_};
    values.clear();
    for (auto const& [name, unused] : names.nodes_)
        if (names.is_known(YAML::Node{}, name, name, words))
            names.number({name, ""}, values[name], bounds);
}

void Parser::choice(Key const& key, std::string& value,
                    std::vector<Alternative> const& alternatives) {
    Words names;
    for (auto const& a : alternatives) names.push_back(a.name);
    auto const node = find(key);
    if (!node && key.need == Key::Need::required) complete_ = false;
    if (node) {
        auto const text = scalar(*node, key.name);
        bool const known = text && is_known(*node, key.name, *text, names);
        if (!known) complete_ = false;
        if (!known) return;
        value = *text;
    }
    for (auto const& a : alternatives) {
        if (!a.fields) continue;
        if (a.name == value) {
            a.fields(*this);
        } else {
            for (auto const& other : describe(a.fields))
                elsewhere_.emplace(other.key.name, key.name + ": " + a.name);
        }
    }
}

void Parser::section(Key const& key, std::function<void(Fields&)> const& fields) {
    auto const node = find(key);
    if (!node && key.need == Key::Need::required) return;
    // An absent section is read as an empty one, so that keys it requires are missed.
    YAML::Node const empty{YAML::NodeType::Map};
    Parser inner{node ? *node : empty, path_ + key.name + ".", complaints_};
    if (!node) inner.mark_ = mark_;
    fields(inner);
    inner.finish();
}

void Parser::optional_section(Key const& key, bool& present,
                              std::function<void(Fields&)> const& fields) {
    auto const node = find(key);
    if (!node) return;
    if (node->IsScalar() && node->Scalar() == "false") {
        present = false;
        return;
    }
    present = true;
    Parser inner{*node, path_ + key.name + ".", complaints_};
    fields(inner);
    inner.finish();
}

void Parser::items_of(Key const& key, int /*count*/, std::function<void(int)> const& resize,
                      std::function<void(Fields&, int)> const& item) {
    auto const node = find(key);
    if (!node) return;
    if (!node->IsSequence()) {
        complain(mark_of(*node, key.name), key.name,
                 kind_of(*node) + " (a list is expected): begin each entry with '- '");
        return;
    }
    if (node->size() == 0 && key.need == Key::Need::required) {
        complain(mark_of(*node, key.name), key.name,
                 "an empty list (at least one entry is required): add one");
        return;
    }
    resize(0);  // entries that are there by default do not shine through
    resize(static_cast<int>(node->size()));
    for (std::size_t i = 0; i < node->size(); ++i) {
        Parser inner{(*node)[i], fmt::format("{}{}[{}].", path_, key.name, i), complaints_};
        item(inner, static_cast<int>(i));
        inner.finish();
    }
}

}  // namespace kamacite::config
