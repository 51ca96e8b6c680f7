#pragma once
// Private to the module: lines of input.nn.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kamacite/n2p2/model_files.hpp"

namespace kamacite::n2p2 {

/// One line: keyword and arguments.
struct Setting {
    std::string key;
    std::vector<std::string> values;
    int line;  ///< from 1
};

/// All lines of a settings file; comments begin with # or !.
class Settings {
public:
    explicit Settings(Text const& file);

    [[nodiscard]] Setting const* find(std::string_view key) const;  ///< the first; may be none
    [[nodiscard]] bool has(std::string_view key) const { return find(key) != nullptr; }
    [[nodiscard]] std::vector<Setting const*> all(std::string_view key) const;
    /// \throws InputError if it is not there
    [[nodiscard]] Setting const& get(std::string_view key) const;
    [[nodiscard]] std::vector<Setting> const& lines() const noexcept { return lines_; }
    [[nodiscard]] std::string const& name() const noexcept { return name_; }  ///< of the file

    /// Number of an argument, which must be there. \throws InputError
    [[nodiscard]] double real(Setting const& setting, std::size_t argument) const;
    [[nodiscard]] int integer(Setting const& setting, std::size_t argument) const;
    /// The only number of a keyword that may be absent. \throws InputError
    [[nodiscard]] double real_or(std::string_view key, double otherwise) const;

    /// "<file>:<line>: <keyword>: <what>". \throws InputError always
    [[noreturn]] void refuse(Setting const& setting, std::string const& what) const;
    /// "<file>: <what>". \throws InputError always
    [[noreturn]] void refuse(std::string const& what) const;
    [[nodiscard]] std::string place(Setting const& setting) const;

private:
    std::string name_;
    std::vector<Setting> lines_;
};

/// Refuses keywords that change the result and are not supported or given twice, and adds a
/// warning for those that nobody knows.
/// \throws InputError
void check_keywords(Settings const& settings, std::vector<std::string>& warnings);

[[nodiscard]] std::vector<std::string> words_of(std::string_view text);
/// The number that is the whole of `word`; nothing if it is none.
[[nodiscard]] std::optional<double> to_real(std::string_view word);
[[nodiscard]] std::optional<int> to_integer(std::string_view word);

}  // namespace kamacite::n2p2
