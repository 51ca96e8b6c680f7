#pragma once
#include <array>
#include <filesystem>
#include <optional>

#include "any_model.hpp"
#include "data.hpp"
#include "kamacite/formats/frame.hpp"
#include "kamacite/inference/large.hpp"
#include "large_file.hpp"

/// \file
/// One large structure of a text file: read by all ranks, each its own lines, and written so as
/// extended XYZ.

namespace kamacite::apps {

/// A structure of a file of extended XYZ, POSCAR or data of LAMMPS, repeated. Each rank reads and
/// parses the lines of its block of the atoms alone.
/// \param index  of the structure, from 0
/// \returns nothing if this is not to be had (formats::atom_lines_of()), and for small structures
///          that are to be repeated
/// \throws DataError naming the file and the line: what cannot be parsed, an element that the model
///         does not know, what check(Structure) refuses; as expect_memory(). Collective.
[[nodiscard]] std::optional<LargeStructure> read_large_text(mpi::Communicator const& comm,
                                                            Source const& source, long long index,
                                                            std::array<int, 3> const& copies,
                                                            AnyModel const& model);

/// Atoms of a structure that is written as text beside other files: nobody wants a larger one so.
constexpr long long largest_text = 20'000'000;

/// What a frame is called, as Record has it.
struct FrameNames {
    std::string name, family;
};

/// This rank's block of a structure, by number, as a frame of extended XYZ. Collective.
/// \param total  atoms of all ranks
[[nodiscard]] formats::Frame block_frame(mpi::Communicator const& comm,
                                         domain::Domain const& domain, FrameNames const& names,
                                         long long total);

/// The same with what a model says of it; energy and stress are those of the whole. Collective.
[[nodiscard]] formats::Frame block_frame(mpi::Communicator const& comm,
                                         domain::Domain const& domain, FrameNames const& names,
                                         inference::LargeAnswer const& answer);

/// Writes the blocks of all ranks as one frame: complete or not there. Some 0.2 kB per atom are in
/// memory meanwhile.
/// \param total  atoms of all ranks. Collective. \throws SystemError if the disk refuses
void write_blocks(std::filesystem::path const& path, mpi::Communicator const& comm,
                  formats::Frame const& block, long long total);

}  // namespace kamacite::apps
