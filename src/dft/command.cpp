#include "kamacite/dft/command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "judge.hpp"
#include "kamacite/core/bash.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/core/utf8.hpp"
#include "kamacite/formats/conversion.hpp"
#include "kamacite/formats/extxyz.hpp"
#include "kamacite/formats/text.hpp"
#include "level.hpp"

namespace kamacite::dft {
namespace {

namespace fs = std::filesystem;

class Command final : public Engine {
public:
    explicit Command(CommandSettings settings) : settings_{std::move(settings)} {
        if (formats::trimmed(settings_.command).empty())
            throw InputError("no command that labels a structure is given: name one");
        if (formats::trimmed(settings_.level).empty())
            throw InputError(
                "the command's level of theory is not told (labels of two levels must not be "
                "mixed): say program, functional, cutoffs, k-points, pseudopotentials");
    }

    [[nodiscard]] std::string name() const override { return "command"; }
    [[nodiscard]] std::string level() const override;
    [[nodiscard]] std::map<std::string, std::string> input_files(
        Structure const& structure, Start const& start, Remedy const& remedy) const override;
    [[nodiscard]] std::string script(Remedy const& remedy) const override;
    [[nodiscard]] bool has_rung(int rung) const override { return rung == 0; }
    [[nodiscard]] Outcome read(fs::path const& directory, Structure const& structure,
                               Start const& start) const override;
    [[nodiscard]] std::vector<std::string> obstacles() const override {
        return missing_programs(settings_.command, {});
    }

private:
    [[nodiscard]] std::string lacking(Labels const& labels) const;

    CommandSettings settings_;
};

std::string Command::level() const {
    auto told = nlohmann::json::parse(settings_.level, nullptr, false);
    if (told.is_discarded()) told = settings_.level;
    nlohmann::json level{{"program", "command"}, {"level", told}};
    add_starts(level, settings_.starts);
    return level.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::map<std::string, std::string> Command::input_files(Structure const& structure,
                                                        Start const& start,
                                                        Remedy const& /*remedy*/) const {
    KAMACITE_EXPECTS(start.moments.empty() || std::ssize(start.moments) == structure.size() + 0L);
    Record record{structure, {}, start.name, {}, {}, {}, {}, {}};
    auto frame = formats::to_frame(record);
    if (!start.moments.empty()) frame.set_column("initial_magmoms", 1, start.moments);
    return {{"structure.xyz", formats::to_text(frame)}};
}

std::string Command::script(Remedy const& remedy) const {
    std::string text = "rm -f labelled.xyz version.txt\n";
    if (!settings_.version_command.empty())
        text += fmt::format("( {} ) > version.txt 2> /dev/null || rm -f version.txt\n",
                            settings_.version_command);
    return text + fmt::format("( {} ) > command.log 2> command.err\n",
                              with_processes(settings_.command, remedy.processes));
}

std::string Command::lacking(Labels const& labels) const {
    if (!labels.energy) return "energy";
    if (settings_.expects_forces && labels.forces.empty()) return "forces";
    if (settings_.expects_stress && !labels.stress) return "stress";
    if (settings_.expects_moments && labels.moments.empty()) return "magmoms";
    return {};
}

Outcome Command::read(fs::path const& directory, Structure const& structure,
                      Start const& start) const {
    Outcome outcome;
    if (auto const version = content_of(directory / "version.txt")) {
        auto const line = formats::trimmed(std::string_view{*version});
        outcome.version = as_utf8(line.substr(0, std::min<std::size_t>(line.find('\n'), 200)));
    }
    auto const text = content_of(directory / "labelled.xyz");
    if (!text) {
        if (auto const seen = find_system_sign(directory))
            return failed(std::move(outcome), seen->failure, seen->explanation);
        constexpr std::array<std::string_view, 2> said{"command.err", "command.log"};
        return failed(std::move(outcome), Failure::killed,
                      "the command left no labelled.xyz" + last_words(directory, said));
    }
    if (!text->ends_with('\n'))
        return failed(std::move(outcome), Failure::killed,
                      "labelled.xyz is cut off: its last line has no end");
    try {
        auto const frames = formats::parse_extxyz(*text, "labelled.xyz");
        if (frames.empty())
            return failed(std::move(outcome), Failure::killed, "labelled.xyz is empty");
        if (frames.size() > 1)
            return failed(
                std::move(outcome), Failure::wrong_structure,
                fmt::format("labelled.xyz has {} frames (one was asked for)", frames.size()));
        auto record = formats::to_record(frames.front());
        check(record);
        if (auto const other = difference_of(structure, record.structure); !other.empty())
            return failed(std::move(outcome), Failure::wrong_structure, "labelled.xyz: " + other);
        if (auto const what = lacking(record.labels); !what.empty())
            return failed(std::move(outcome), Failure::incomplete,
                          fmt::format("labelled.xyz has no {}", what));
        outcome.labels = std::move(record.labels);
    } catch (Error const& e) {
        return failed(std::move(outcome), Failure::incomplete, e.what());
    }
    outcome.explanation = collapse_of(start, outcome.labels->moments);
    outcome.collapsed = !outcome.explanation.empty();
    return outcome;
}

}  // namespace

std::unique_ptr<Engine> make_command(CommandSettings settings) {
    return std::make_unique<Command>(std::move(settings));
}

}  // namespace kamacite::dft
