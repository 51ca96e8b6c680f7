#pragma once
#include "kamacite/domain/domain.hpp"

namespace kamacite::test {

/// This rank's block of the atoms of a structure, by number.
inline domain::Atoms block_of(mpi::Communicator const& comm, Structure const& s) {
    auto const block = mpi::block_of(comm.rank(), comm.size(), s.size());
    domain::Atoms atoms;
    for (auto id = block.begin; id < block.end; ++id) {
        auto const i = static_cast<std::size_t>(id);
        atoms.ids.push_back(id);
        atoms.species.push_back(s.species[i]);
        atoms.positions.push_back(s.positions[i]);
    }
    return atoms;
}

/// The same, at rest.
inline domain::Atoms resting_block(mpi::Communicator const& comm, Structure const& s) {
    auto atoms = block_of(comm, s);
    atoms.velocities.assign(atoms.ids.size(), Vec3::Zero());
    return atoms;
}

}  // namespace kamacite::test
