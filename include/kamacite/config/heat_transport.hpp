#pragma once
#include <vector>

#include "kamacite/config/fields.hpp"

namespace kamacite::config {

/// The heat that vibrations conduct, by molecular dynamics of `kamacite properties`.
struct HeatTransportOptions {
    bool wanted = false;
    enum class Method { green_kubo, hnemd } method = Method::green_kubo;
    double correlation_time = 10000.0;           ///< [fs] that the running integral goes to
    double highest_frequency = 0.0;              ///< [1/ps] of the spectrum; 0: chosen
    std::vector<double> fields{0.0001, 0.0002};  ///< [1/Å]
    std::vector<double> temperatures{300.0};
    std::vector<double> lattice_constants{};  ///< [Å]; empty: that of the crystal at rest
    int supercell = 8;                        ///< conventional cells along each edge
    int runs = 6;
    double timestep = 1.0, equilibration = 10000.0, duration = 200000.0;  ///< [fs]
    double interval = 10.0;                                               ///< [fs]
    double time_constant = 200.0;                                         ///< [fs]
    double checkpoint_minutes = 10.0;                                     ///< of the clock
    long long seed = 1;
};

/// Names the keys of the block `heat_transport` of the input of `properties`.
void fields(Fields& f, HeatTransportOptions& options);

/// What is wrong with the block beside the rest of the input; keys from the top.
[[nodiscard]] std::vector<Fault> faults_of(HeatTransportOptions const& options,
                                           std::string const& lattice);

}  // namespace kamacite::config
