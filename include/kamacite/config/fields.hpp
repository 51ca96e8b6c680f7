#pragma once
#include <algorithm>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "kamacite/core/units.hpp"

namespace kamacite::config {

/// What a number with a unit measures. `none` takes a plain number.
enum class Dimension {
    none,
    length,
    volume,
    inverse_area,
    energy,
    force,
    pressure,
    time,
    temperature,
    moment,
    memory
};

/// Name of a key (letters, digits, underscores), the sentence that documents it, whether the user
/// must give it, and how a value is written, for templates to show where there is no default.
struct Key {
    std::string name;
    std::string doc;
    enum class Need { optional, required, instead } need = Need::optional;  ///< instead: of others
    std::string example{};  ///< YAML; empty: one is made up
};

/// Smallest and largest value that a number may have, both allowed. A default that is not finite or
/// outside the bounds stands for "not given": it is not written to a resolved input.
struct Bounds {
    double low = -std::numeric_limits<double>::infinity();
    double high = std::numeric_limits<double>::infinity();
};

/// What is wrong with the value of a key: "what (why): mend". The key is told from the mapping
/// that looks at it, with the way into it: "planes[1]", "split.test"; empty: the mapping itself.
struct Fault {
    std::string key;
    std::string text;
};

/// Names that a text may be, where only some make sense. None: any text.
using Words = std::vector<std::string>;

/// One value of a choice, with the sentence that documents it and the keys it brings with it.
class Fields;
struct Alternative {
    std::string name;
    std::string doc;
    std::function<void(Fields&)> fields{};  ///< further keys of the same mapping; may be empty
};

/// One value of a choice that stands for a value of an enum.
template <class E>
struct NamedValue {
    E value;
    std::string name;
    std::string doc;
    std::function<void(Fields&)> fields{};  ///< as Alternative::fields
};

/// The keys of one mapping of an input file, visited one after the other.
///
/// Each command has one function `fields(Fields&, Options&)` that names every key once, with the
/// place where its value lives (which holds the default), its unit and its documentation. Visitors
/// of that one table parse an input, write the resolved input, the JSON schema, the commented
/// template and the reference page, so that these never disagree.
///
///     void fields(Fields& f, TrainOptions& o) {
///         f.quantity({"cutoff", "Radius within which atoms see each other"}, o.cutoff,
///         Dimension::length); f.section({"loss", "What is minimised"}, [&](Fields& s) { fields(s,
///         o.loss); });
///     }
class Fields {
public:
    virtual ~Fields() = default;

    virtual void quantity(Key const& key, double& value, Dimension dimension,
                          Bounds bounds = {}) = 0;
    virtual void quantities(Key const& key, std::vector<double>& values, Dimension dimension,
                            Bounds bounds = {}) = 0;
    virtual void number(Key const& key, double& value, Bounds bounds = {}) = 0;
    virtual void numbers(Key const& key, std::vector<double>& values, Bounds bounds = {}) = 0;
    virtual void integer(Key const& key, long long& value, Bounds bounds = {}) = 0;
    virtual void integers(Key const& key, std::vector<int>& values, Bounds bounds = {}) = 0;
    virtual void flag(Key const& key, bool& value) = 0;
    /// One of `words`, if there are any; empty where the key is optional.
    virtual void text(Key const& key, std::string& value, Words const& words = {}) = 0;
    virtual void texts(Key const& key, std::vector<std::string>& values,
                       Words const& words = {}) = 0;
    /// A path; relative ones are taken from the working directory, as a shell does.
    virtual void path(Key const& key, std::filesystem::path& value) = 0;
    virtual void paths(Key const& key, std::vector<std::filesystem::path>& values) = 0;
    /// A mapping from names to numbers, e.g. a weight per family; the names are free or `words`.
    virtual void table(Key const& key, std::map<std::string, double>& values, Bounds bounds = {},
                       Words const& words = {}) = 0;
    /// One of several names; the keys of the chosen alternative follow in the same mapping.
    virtual void choice(Key const& key, std::string& value,
                        std::vector<Alternative> const& alternatives) = 0;
    /// A nested mapping.
    virtual void section(Key const& key, std::function<void(Fields&)> const& fields) = 0;
    /// A nested mapping that may be absent: `present` says whether it is there. `key: false` says
    /// that it is not, where it is by default.
    virtual void optional_section(Key const& key, bool& present,
                                  std::function<void(Fields&)> const& fields) = 0;

    /// What no key can be held to alone: values that depend on each other, names that must differ.
    /// Whoever reads an input asks for the faults when this mapping has been read and nothing in it
    /// was wrong; all others pass this over.
    virtual void demand(std::function<std::vector<Fault>()> const& /*faults*/) {}

    /// A list of mappings of one kind.
    template <class T, class F>
    void list(Key const& key, std::vector<T>& items, F const& item_fields) {
        T example{};
        items_of(
            key, static_cast<int>(items.size()),
            [&](int n) { items.resize(static_cast<std::size_t>(n)); },
            [&](Fields& f, int i) {
                item_fields(f, i < 0 ? example : items[static_cast<std::size_t>(i)]);
            });
    }

    /// A choice held as an enum. All its values are in `values`.
    template <class E>
    requires std::is_enum_v<E>
    void choice(Key const& key, E& value, std::vector<NamedValue<E>> const& values) {
        std::string name;
        std::vector<Alternative> alternatives;
        for (auto const& v : values) {
            if (v.value == value) name = v.name;
            alternatives.push_back({v.name, v.doc, v.fields});
        }
        choice(key, name, alternatives);
        for (auto const& v : values)
            if (v.name == name) value = v.value;
    }

    /// An integer held as `int`.
    void integer(Key const& key, int& value, Bounds bounds = {}) {
        long long wide = value;
        bounds.low = std::max(bounds.low, double{std::numeric_limits<int>::min()});
        bounds.high = std::min(bounds.high, double{std::numeric_limits<int>::max()});
        integer(key, wide, bounds);
        value = static_cast<int>(wide);
    }

protected:
    /// `item(f, i)` visits the keys of entry i; i = −1 is an example that belongs to no entry.
    virtual void items_of(Key const& key, int count, std::function<void(int)> const& resize,
                          std::function<void(Fields&, int)> const& item) = 0;
};

}  // namespace kamacite::config
