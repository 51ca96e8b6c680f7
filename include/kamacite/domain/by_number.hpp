#pragma once
#include <array>

#include "kamacite/core/types.hpp"
#include "kamacite/mpi/exchange.hpp"
#include "kamacite/mpi/partition.hpp"

namespace kamacite::domain {

/// Takes what ranks know of their atoms to blocks in the order of the atoms' numbers, as files want
/// it: rank r gets the atoms mpi::block_of(r, ranks, total).
class ByNumber {
public:
    /// \param comm   must outlive it
    /// \param ids    of the atoms that this rank has, 0 … total − 1, each on one rank
    /// \param total  atoms of all ranks. Collective.
    ByNumber(mpi::Communicator const& comm, std::span<long long const> ids, long long total);

    /// \param values  `width` numbers of each atom, in the order of the ids given
    /// \returns those of the atoms of this rank's block. Collective.
    template <mpi::Number T>
    [[nodiscard]] std::vector<T> rows(std::span<T const> values, int width) const;

    /// The same of vectors, and of three whole numbers per atom.
    [[nodiscard]] std::vector<Vec3> rows(std::span<Vec3 const> values) const;
    [[nodiscard]] std::vector<std::array<int, 3>> rows(
        std::span<std::array<int, 3> const> values) const;
    /// One number per atom.
    template <mpi::Number T>
    [[nodiscard]] std::vector<T> rows(std::vector<T> const& values) const {
        return rows<T>(std::span<T const>{values}, 1);
    }

    /// What all atoms have, in the order of their numbers, on every rank: for as many as fit.
    /// \param values  of the atoms that this rank has, in the order of the ids given. Collective.
    template <mpi::Number T>
    [[nodiscard]] std::vector<T> on_every_rank(std::vector<T> const& values) const;
    [[nodiscard]] std::vector<Vec3> on_every_rank(std::span<Vec3 const> values) const;

    /// The way back: what is known of the atoms of this rank's block, where the atoms are.
    /// \param block  `width` numbers of each atom of the block
    /// \returns those of the atoms that this rank has, in the order of the ids given. Collective.
    template <mpi::Number T>
    [[nodiscard]] std::vector<T> of_atoms(std::span<T const> block, int width) const;

private:
    mpi::Communicator const* comm_;
    std::vector<std::size_t> order_;  // atoms in the order of their numbers
    mpi::Exchange exchange_;
    std::vector<std::size_t> place_;  // in the block, of each item that comes
};

}  // namespace kamacite::domain
