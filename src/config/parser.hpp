#pragma once
#include <yaml-cpp/yaml.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "complaints.hpp"
#include "kamacite/config/fields.hpp"

namespace kamacite::config {

/// Visitor that fills the places of a table with the values of one YAML mapping.
class Parser final : public Fields {
public:
    /// \param node  a mapping; anything else is complained of here, and read as an empty one
    /// \param path  full key of the mapping, with a dot at the end; empty for the whole file
    Parser(YAML::Node const& node, std::string path, Complaints& complaints);

    /// Complains of the keys that no visit named, and of what the table demands beyond its keys.
    void finish();

    void quantity(Key const& key, double& value, Dimension dimension, Bounds bounds) override;
    void quantities(Key const& key, std::vector<double>& values, Dimension dimension,
                    Bounds bounds) override;
    void number(Key const& key, double& value, Bounds bounds) override;
    void numbers(Key const& key, std::vector<double>& values, Bounds bounds) override;
    void integer(Key const& key, long long& value, Bounds bounds) override;
    void integers(Key const& key, std::vector<int>& values, Bounds bounds) override;
    void flag(Key const& key, bool& value) override;
    void text(Key const& key, std::string& value, Words const& words) override;
    void texts(Key const& key, std::vector<std::string>& values, Words const& words) override;
    void path(Key const& key, std::filesystem::path& value) override;
    void paths(Key const& key, std::vector<std::filesystem::path>& values) override;
    void table(Key const& key, std::map<std::string, double>& values, Bounds bounds,
               Words const& words) override;
    void choice(Key const& key, std::string& value,
                std::vector<Alternative> const& alternatives) override;
    void section(Key const& key, std::function<void(Fields&)> const& fields) override;
    void optional_section(Key const& key, bool& present,
                          std::function<void(Fields&)> const& fields) override;
    void demand(std::function<std::vector<Fault>()> const& faults) override;

private:
    void items_of(Key const& key, int count, std::function<void(int)> const& resize,
                  std::function<void(Fields&, int)> const& item) override;

    /// The node of a key, if it is there; complains if it must be and is not.
    [[nodiscard]] std::optional<YAML::Node> find(Key const& key);
    /// The text of a scalar; complains of anything else.
    [[nodiscard]] std::optional<std::string> scalar(YAML::Node const& node,
                                                    std::string const& name);
    /// The texts of a sequence of scalars, or of one scalar alone.
    struct Element {
        YAML::Node node;
        std::string name;
        std::string text;
    };
    [[nodiscard]] std::optional<std::vector<Element>> elements(Key const& key);
    /// Runs `read`, turning an InputError into a complaint; true if there was none.
    bool understand(YAML::Node const& node, std::string const& name,
                    std::function<void()> const& read);
    void check_bounds(double value, Bounds bounds, std::string const& text,
                      std::string const& in_bounds) const;
    [[nodiscard]] YAML::Mark mark_of(YAML::Node const& node, std::string const& name) const;
    void complain(YAML::Mark const& mark, std::string const& name, std::string const& text);
    /// Complains of a key by the way from this mapping to it.
    void complain_below(std::string const& key, std::string const& text);

    /// Complains of a text that is not among `words`, if there are any.
    bool is_known(YAML::Node const& node, std::string const& name, std::string const& text,
                  Words const& words);

    YAML::Node node_;
    std::string path_;
    Complaints& complaints_;
    std::size_t before_;                       // complaints when this mapping began
    YAML::Mark mark_;                          // where the mapping begins
    std::map<std::string, YAML::Node> nodes_;  // by key
    std::map<std::string, YAML::Mark> marks_;  // of the keys
    std::set<std::string> read_;
    std::vector<std::string> known_;
    std::map<std::string, std::string>
        elsewhere_;         // key of another alternative → "optimiser: adam"
    bool complete_ = true;  // false: a wrong choice hides keys that may be right
    std::vector<std::function<std::vector<Fault>()>> demands_;
};

}  // namespace kamacite::config
