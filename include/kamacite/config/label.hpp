#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "kamacite/campaign/labelling.hpp"
#include "kamacite/config/jobs.hpp"
#include "kamacite/dft/command.hpp"
#include "kamacite/dft/pw.hpp"
#include "kamacite/dft/abinit.hpp"
#include "kamacite/dft/vasp.hpp"

namespace kamacite::config {

/// What `kamacite label` does.
struct LabelOptions {
    std::vector<std::filesystem::path> structures{};  ///< any readable files
    std::filesystem::path output{"labels.kds"};
    std::filesystem::path directory{"label"};    ///< journal, jobs and their files
    std::vector<std::filesystem::path> cache{};  ///< datasets with labels that need not be computed

    enum class Program { pw, vasp, abinit, command };
    Program program = Program::pw;
    struct File {
        std::string element{};
        std::filesystem::path file{};
    };
    std::vector<File> potentials{};  ///< pseudopotentials, POTCARs
    std::vector<int> k_mesh{};       ///< three numbers, or none
    std::vector<std::string> control{}, system{}, electrons{}, incar{};  ///< verbatim lines
    dft::PwSettings pw{};
    dft::VaspSettings vasp{};
    dft::AbinitSettings abinit{};
    dft::CommandSettings command{};

    std::vector<std::string> starts{"ferromagnetic"};
    bool incomplete = false;  ///< LabellingOptions::incomplete
    std::map<std::string, double> moments{};  ///< [μ_B] by element
    std::string moments_of{};                 ///< MODEL for the start "predicted"

    JobSize size{};
    campaign::LadderOptions ladder{};
    double longest = 86400e15;  ///< [fs] of wall time
    double quarantine = 0.3;    ///< share beyond which labelling stops
    JobOptions jobs{};
};

/// Names every key of the input of `label`.
void fields(Fields& f, LabelOptions& options);

/// The program as the options ask for it.
/// \throws InputError for settings that contradict themselves
[[nodiscard]] std::unique_ptr<dft::Engine> engine_of(LabelOptions const& options);

/// How structures are labelled.
[[nodiscard]] campaign::LabellingOptions labelling_of(LabelOptions const& options);

}  // namespace kamacite::config
