#pragma once
#include <vector>

#include "kamacite/config/fields.hpp"

namespace kamacite::config {

/// Elastic constants at temperatures, by molecular dynamics of `kamacite properties`.
struct WarmElasticOptions {
    bool wanted = false;
    std::vector<double> temperatures{300.0};
    std::vector<double> lattice_constants{};  ///< [Å], of each temperature; empty: found
    double strain = 0.01;
    int supercell = 8;  ///< conventional cells along each edge
    int runs = 3;
    double timestep = 1.0, equilibration = 5000.0, duration = 20000.0;  ///< [fs]
    double interval = 10.0;                                             ///< [fs]
    double time_constant = 200.0;                                       ///< [fs]
    long long seed = 1;
};

/// Names the keys of the block `elastic_temperature` of the input of `properties`.
void fields(Fields& f, WarmElasticOptions& options);

/// What is wrong with the block beside the rest of the input; keys from the top.
[[nodiscard]] std::vector<Fault> faults_of(WarmElasticOptions const& options,
                                           std::string const& lattice);

}  // namespace kamacite::config
