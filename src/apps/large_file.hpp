#pragma once
#include <array>
#include <filesystem>

#include "kamacite/inference/large.hpp"
#include "kamacite/io/provenance.hpp"

/// \file
/// One structure that ranks share, and what a model says of it: files of format `prediction`
/// (docs/reference/files.md).

namespace kamacite::apps {

/// Where the atoms of a domain are, for files that people read: within the cell that was given,
/// where the domain has them within that of the shortest vectors [Å].
[[nodiscard]] std::vector<Vec3> positions_to_write(domain::Domain const& domain);

/// Writes atoms and cell of a domain with the answer, in the order of the atoms' numbers.
/// Collective. \throws SystemError if the disk refuses
void write_large(std::filesystem::path const& output, mpi::Communicator const& comm,
                 domain::Domain const& domain, inference::LargeAnswer const& answer,
                 io::Provenance const& provenance);

/// The structure of such a file: each rank has the block of its atoms by number, at rest.
struct LargeStructure {
    Cell cell;
    domain::Atoms atoms;
    long long total = 0;
    std::string trajectory{};  ///< that its record is of; empty: not told
};

/// \throws MissingError, DataError if it is no such file. Collective.
[[nodiscard]] LargeStructure read_large(std::filesystem::path const& path,
                                        mpi::Communicator const& comm);

/// The least that atoms take must fit into the machine before anybody asks for it.
/// \param atoms  of all ranks, of one copy. Collective. \throws InputError if it does not
void expect_memory(mpi::Communicator const& comm, long long atoms,
                   std::array<int, 3> const& copies);

/// Repeats a structure of which each rank has a block, with numbers as domain::supercell_atoms()
/// gives them. Collective.
[[nodiscard]] LargeStructure repeated_blocks(mpi::Communicator const& comm,
                                             LargeStructure const& unit,
                                             std::array<int, 3> const& copies);

}  // namespace kamacite::apps
