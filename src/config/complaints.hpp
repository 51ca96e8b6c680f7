#pragma once
#include <yaml-cpp/yaml.h>

#include <string>
#include <string_view>
#include <vector>

namespace kamacite::config {

/// What is wrong with an input, in the order found; told all at once.
class Complaints {
public:
    explicit Complaints(std::string file) : file_{std::move(file)} {}
    void add(YAML::Mark const& mark, std::string const& key, std::string const& text);
    [[nodiscard]] std::size_t size() const noexcept { return lines_.size(); }
    /// \throws InputError if there are any
    void throw_if_any() const;

private:
    std::string file_;
    std::vector<std::string> lines_;
};

/// Where a key stands below a mapping, "stages[1].epochs"; if it is not given, the mapping or list
/// that would hold it.
[[nodiscard]] YAML::Mark place_in(YAML::Node const& mapping, std::string_view key);

}  // namespace kamacite::config
