#include "arguments.hpp"

#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdint>

namespace kamacite::apps {

Argument const& Argument::required() const {
    option_->required();
    return *this;
}

Argument const& Argument::hidden() const {
    option_->group("");
    return *this;
}

Argument const& Argument::shows_default() const {
    option_->capture_default_str();
    return *this;
}

Argument const& Argument::one_of(std::vector<std::string> const& names) const {
    option_->check(CLI::IsMember(names));
    return *this;
}

Argument const& Argument::between(int low, int high) const {
    option_->check(CLI::Range(low, high));
    return *this;
}

Argument const& Argument::between(double low, double high) const {
    option_->check([](std::string const& text) {  // NaN is in every range for CLI11
        double value = 0.0;
        bool const is_nan = CLI::detail::lexical_cast(text, value) && std::isnan(value);
        return is_nan ? "Value " + text + " is not a number" : std::string{};
    });
    option_->check(CLI::Range(low, high));
    return *this;
}

Argument const& Argument::excludes(Argument const& other) const {
    option_->excludes(other.option_);
    return *this;
}

template <class T>
Argument Arguments::add(std::string const& name, T& value, std::string const& doc) const {
    return Argument{app_->add_option(name, value, doc)};
}
template Argument Arguments::add(std::string const&, std::string&, std::string const&) const;
template Argument Arguments::add(std::string const&, std::vector<std::string>&,
                                 std::string const&) const;
template Argument Arguments::add(std::string const&, int&, std::string const&) const;
template Argument Arguments::add(std::string const&, long long&, std::string const&) const;
template Argument Arguments::add(std::string const&, double&, std::string const&) const;
template Argument Arguments::add(std::string const&, std::uint64_t&, std::string const&) const;

Argument Arguments::flag(std::string const& name, bool& value, std::string const& doc) const {
    return Argument{app_->add_flag(name, value, doc)};
}

Arguments Arguments::part(std::string const& name, std::string const& doc,
                          std::function<void()> chosen) const {
    auto* const sub = app_->add_subcommand(name, doc);
    sub->fallthrough();
    sub->callback(std::move(chosen));
    return Arguments{sub};
}

}  // namespace kamacite::apps
