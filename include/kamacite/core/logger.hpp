#pragma once
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>

namespace kamacite {

/// Where messages go: standard error, and a file if there is one. The library prints nothing by
/// itself; it writes to the logger it is given. Made for one rank: by default only rank 0 speaks.
///
///     log.info("{} structures read", n);
class Logger {
public:
    enum class Voice { speaks, writes, silent };

    /// \param voice  speaks: to standard error, and to files that are added; writes: to these alone;
    ///               silent: info and detail are dropped; warnings too (one rank speaks for all)
    explicit Logger(Voice voice = Voice::speaks);

    /// A logger that drops everything; for tests and for callers that do not care.
    [[nodiscard]] static Logger silent() { return Logger{Voice::silent}; }

    /// Also appends every message to `file`, with date and time; nothing if silent.
    /// \throws SystemError if it cannot be opened
    void add_file(std::filesystem::path const& file);
    void show_detail();  ///< detail() is dropped otherwise

    template <class... Args>
    void info(fmt::format_string<Args...> text, Args&&... args) const {
        write(Level::info, fmt::format(text, std::forward<Args>(args)...));
    }
    template <class... Args>
    void warn(fmt::format_string<Args...> text, Args&&... args) const {
        write(Level::warning, fmt::format(text, std::forward<Args>(args)...));
    }
    template <class... Args>
    void detail(fmt::format_string<Args...> text, Args&&... args) const {
        write(Level::detail, fmt::format(text, std::forward<Args>(args)...));
    }

    [[nodiscard]] bool speaks() const noexcept { return voice_ == Voice::speaks; }

private:
    enum class Level { detail, info, warning };
    struct Sinks;
    void write(Level level, std::string const& text) const;

    std::shared_ptr<Sinks> sinks_;  // copies of a logger write to the same places
    Voice voice_;
};

}  // namespace kamacite
