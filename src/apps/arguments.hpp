#pragma once
#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace kamacite::apps {

/// One argument of a command, as it is being described. CLI11 stands behind it: seen from every
/// command it would be most of what there is to compile.
class Argument {
public:
    explicit Argument(CLI::Option* option) : option_{option} {}

    Argument const& required() const;
    Argument const& hidden() const;         ///< not on the help page
    Argument const& shows_default() const;  ///< the help page tells the value it has now
    Argument const& one_of(std::vector<std::string> const& names) const;
    Argument const& between(int low, int high) const;
    Argument const& between(double low, double high) const;
    Argument const& excludes(Argument const& other) const;  ///< not both

private:
    CLI::Option* option_;
};

/// What a command takes on its command line; parsing fills the variables that it was given.
///
///     arguments.add("model", options->model, "Model file").required();
///     arguments.add("--atoms", options->atoms, "Atoms on each rank").between(2, 1000);
class Arguments {
public:
    explicit Arguments(CLI::App* app) : app_{app} {}

    /// \tparam T  std::string, a vector of them, int, double or std::uint64_t
    /// \param name  "model" takes its place in the order; "-o,--output" is named
    template <class T>
    Argument add(std::string const& name, T& value, std::string const& doc = "") const;
    /// True where it is given.
    Argument flag(std::string const& name, bool& value, std::string const& doc) const;
    /// A part of the command with arguments of its own; `chosen` is called where it is named.
    [[nodiscard]] Arguments part(std::string const& name, std::string const& doc,
                                 std::function<void()> chosen) const;

private:
    CLI::App* app_;
};

}  // namespace kamacite::apps
