#include "kamacite/core/error.hpp"
#include "kamacite/domain/domain.hpp"

namespace kamacite::domain {

Atoms supercell_atoms(Structure const& unit, std::array<int, 3> const& n, mpi::Range block) {
    KAMACITE_EXPECTS(n[0] > 0 && n[1] > 0 && n[2] > 0);
    check(unit);
    Atoms atoms;
    for (auto id = block.begin; id < block.end; ++id) {
        auto const i = static_cast<std::size_t>(id % unit.size());
        long long const copy = id / unit.size();
        auto const c = static_cast<double>(copy % n[2]);
        auto const b = static_cast<double>(copy / n[2] % n[1]);
        auto const a = static_cast<double>(copy / n[2] / n[1]);
        atoms.ids.push_back(id);
        atoms.species.push_back(unit.species[i]);
        atoms.positions.push_back(unit.positions[i] + unit.cell.to_cartesian(Vec3(a, b, c)));
    }
    return atoms;
}

Totals totals(mpi::Communicator const& comm, Prediction const& mine) {
    Mat3 const virial = mine.virial();
    std::array<double, 10> sums{mine.energy()};
    std::copy_n(virial.data(), 9, sums.data() + 1);
    mpi::sum_alike(comm, sums);
    Totals result{sums[0], Mat3::Zero(), 0};
    std::copy_n(sums.data() + 1, 9, result.virial.data());
    result.atoms = comm.all_reduce(mpi::Op::sum, static_cast<long long>(mine.energies.size()));
    return result;
}

}  // namespace kamacite::domain
