#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "kamacite/mpi/communicator.hpp"

namespace kamacite::io {

/// An array of any shape, of numbers or of integers.
struct PlainArray {
    std::string name;              ///< in the file, without groups
    std::vector<long long> shape;  ///< the last index runs fastest
    std::vector<double> numbers;   ///< written as doubles, or
    std::vector<int> integers{};   ///< as 32-bit integers if there are no numbers
};

/// Writes arrays to one HDF5 file as other programs expect them, contiguous, without attributes of
/// ours; complete or not there, as File. Arrays of rank 0 are written. Collective.
/// \throws SystemError naming the file if the disk refuses
void write_plain_arrays(std::filesystem::path const& path, std::vector<PlainArray> const& arrays,
                        mpi::Communicator const& comm);

}  // namespace kamacite::io
