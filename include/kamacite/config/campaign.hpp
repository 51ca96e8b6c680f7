#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "kamacite/campaign/select.hpp"
#include "kamacite/config/jobs.hpp"

namespace kamacite::config {

/// What `kamacite campaign` does.
struct CampaignOptions {
    std::filesystem::path directory{"campaign"};
    std::filesystem::path label{}, train{};     ///< inputs of those commands
    std::vector<std::filesystem::path> data{};  ///< labels it begins with
    std::filesystem::path first{};              ///< recipes labelled before the first model
    std::filesystem::path test{};               ///< labels that are never learnt from
    std::filesystem::path properties{};         ///< input of that command, for each model
    long long seed = 1;
    bool other_levels = false;  ///< whether `data` may be of another level of theory

    /// Walks by molecular dynamics, with the mean of the committee.
    struct Dynamics {
        std::vector<std::filesystem::path> structures{};
        std::vector<double> temperatures{300.0};  ///< [K]
        std::vector<double> strains{0.0};         ///< isotropic
        double random_strain = 0.0;  ///< largest component of one beside it, another for each walk
        int copies = 1;              ///< walks of each
        long long steps = 2000;
        double timestep = 1.0;   ///< [fs]
        double friction = 0.01;  ///< [1/fs]
        long long every = 50;    ///< steps between two candidates
    };
    std::vector<Dynamics> dynamics{};
    std::vector<std::filesystem::path> recipes{};  ///< inputs of `generate`
    struct Environments {
        std::vector<std::filesystem::path> structures{};
        std::vector<int> supercell{1, 1, 1};  ///< copies of each along a, b, c
        bool warm = false;                    ///< by dynamics, before they are looked at
        struct Dynamics {
            std::vector<double> temperatures{300.0};  ///< [K]
            long long steps = 200;
            double timestep = 1.0;   ///< [fs]
            double friction = 0.01;  ///< [1/fs]
            long long every = 50;    ///< steps between two looks at the committee
        } dynamics{};
        int most = 10;    ///< cells of each structure
        int atoms = 64;   ///< of a cell, at most
        double core = 0;  ///< [Å]; 0: the cutoff of the model
    } environments{};
    bool cut = false;  ///< environments out of large structures

    campaign::SelectOptions select{.count = 20};
    std::map<std::string, double> quotas{};  ///< share by family
    double shortest = 0.7;                   ///< of the sum of radii
    int most_atoms = 200;
    bool random = false;  ///< chosen by chance, for comparison
    double enough = 1.0;  ///< share of a round's labels with which the next one begins

    int rounds = 10;
    double share = 0.01, confidence = 0.95;  ///< of candidates beyond the reach
    int share_rounds = 2;
    double least_fall = 0.03;  ///< of the test error per round
    int error_rounds = 4;
    struct Property {
        std::string name{};
        double tolerance = 0.0, error = 0.0;
    };
    std::vector<Property> settled{};
    int settled_rounds = 2;

    JobSize size{};  ///< of training and exploration
    std::string launch{"mpirun -np {processes}"};
    int attempts = 5;
    JobOptions jobs{};
};

/// Names every key of the input of `campaign`.
void fields(Fields& f, CampaignOptions& options);

/// What is to be chosen, as the options ask for it.
[[nodiscard]] campaign::SelectOptions selection_of(CampaignOptions const& options);

}  // namespace kamacite::config
