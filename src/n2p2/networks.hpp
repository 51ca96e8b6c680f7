#pragma once
// Private to the module: shapes of networks, weights and scaling as text.
#include <map>
#include <string>
#include <vector>

#include "settings.hpp"

namespace kamacite::n2p2 {

/// Layers of the network of one element. An output that is not linear is a hidden layer of one
/// node, with a linear output of weight 1 and bias 0 behind it.
struct Layers {
    Head::Layers hidden;
    bool output_added;  ///< behind what the file has
};

/// Layers of each element. \throws InputError naming the line
[[nodiscard]] std::vector<Layers> read_layers(Settings const& settings,
                                              std::vector<int> const& elements,
                                              std::vector<std::string>& warnings);

/// Lines of input.nn that give these layers. \throws DataError naming an activation n2p2 lacks
[[nodiscard]] std::string lines_of(std::vector<Head::Layers> const& layers,
                                   std::vector<int> const& elements,
                                   std::vector<std::string>& warnings);

/// Numbers of weights.*.data in the order of Network: those of n2p2 have the same.
/// \throws DataError naming the line
[[nodiscard]] std::vector<double> read_weights(Text const& file, Network const& network);
[[nodiscard]] std::string weights_text(std::span<double const> weights, Network const& network);

/// Row of scaling.data.
struct Range {
    double smallest, largest, mean;
    double sigma;  ///< NaN if the file has none, as older ones
    int line;
};

/// Rows of each element. \param counts  functions of each element \throws DataError
[[nodiscard]] std::vector<std::vector<Range>> read_scaling(Text const& file,
                                                           std::vector<std::size_t> const& counts);
[[nodiscard]] std::string scaling_text(std::vector<std::vector<Range>> const& rows);

}  // namespace kamacite::n2p2
