#pragma once
#include <fmt/format.h>

#include <fstream>

#include "kamacite/dft/engine.hpp"

namespace kamacite::test {

/// An engine whose "program" writes what a plan says: what comes of a structure depends on its
/// number of atoms, the start and the rung.
class ScriptedEngine final : public dft::Engine {
public:
    /// \param rungs  of its ladder
    explicit ScriptedEngine(int rungs) : rungs_{rungs} {}

    /// Result of (atoms, start, rung): an energy, or the name of a failure.
    std::map<std::string, std::string> plan{};
    std::string ready{};  ///< what stands in the way of it

    static std::string at(int atoms, std::string const& start, int rung) {
        return fmt::format("{} {} {}", atoms, start, rung);
    }

    [[nodiscard]] std::string name() const override { return "scripted"; }
    [[nodiscard]] std::string level() const override { return "scripted"; }
    [[nodiscard]] std::map<std::string, std::string> input_files(
        Structure const& s, dft::Start const& start, dft::Remedy const& remedy) const override {
        auto const found = plan.find(at(s.size(), start.name, remedy.rung));
        return {{"plan", found == plan.end() ? "-1.0" : found->second}};
    }
    [[nodiscard]] std::string script(dft::Remedy const&) const override {
        return "echo run >>\"$RUNS\"\ncp plan result";
    }
    [[nodiscard]] bool has_rung(int rung) const override { return rung <= rungs_; }
    [[nodiscard]] dft::Outcome read(std::filesystem::path const& directory, Structure const&,
                                    dft::Start const&) const override {
        dft::Outcome o;
        std::string text;
        std::ifstream file{directory / "result"};
        if (!(file >> text)) text = "killed";
        if (text == "not_converged") o.failure = dft::Failure::not_converged;
        if (text == "missing_program") o.failure = dft::Failure::missing_program;
        if (text == "bad_geometry") o.failure = dft::Failure::bad_geometry;
        if (text == "killed") o.failure = dft::Failure::killed;
        if (o.failure) return o;
        o.labels.emplace();
        o.labels->energy = std::stod(text);
        return o;
    }
    [[nodiscard]] std::vector<std::string> obstacles() const override {
        return ready.empty() ? std::vector<std::string>{} : std::vector<std::string>{ready};
    }

private:
    int rungs_;
};

}  // namespace kamacite::test
