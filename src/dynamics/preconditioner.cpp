#include "preconditioner.hpp"

#include <petscksp.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/neighbours/of_first.hpp"

namespace kamacite::dynamics {
namespace {

/// Mean over the atoms of the distance of the nearest neighbour. Collective.
double nearest_of(FreeStructure const& s, Neighbours const& lists) {
    std::array<double, 2> sums{};
    for (int i = 0; i < s.domain().owned(); ++i) {
        auto const distances = lists.of(i).distance;
        if (distances.empty()) continue;
        sums[0] += *std::ranges::min_element(distances);
        sums[1] += 1.0;
    }
    s.comm().all_reduce(mpi::Op::sum, std::span<double>{sums});
    return sums[1] > 0.0 ? sums[0] / sums[1] : 1.0;
}

/// Numbers and weights of one row of P, the diagonal first.
struct Row {
    std::vector<PetscInt> columns;
    std::vector<double> values;
};

class Rows {
public:
    Rows(FreeStructure const& s, Neighbours const& lists, PreconditionerOptions const& options,
         double nearest)
        : s_{&s},
          lists_{&lists},
          options_{&options},
          nearest_{nearest},
          numbers_{s.domain().with_ghosts(s.domain().atoms().ids)} {
        std::vector<long long> stays;
        for (int i = 0; i < s.domain().owned(); ++i)
            stays.push_back(s.stays(static_cast<std::size_t>(i)) ? 1 : 0);
        stays_ = s.domain().with_ghosts(stays);
    }
    [[nodiscard]] PetscInt number(int i) const {
        return static_cast<PetscInt>(numbers_[static_cast<std::size_t>(i)]);
    }
    [[nodiscard]] Row of(int i) const {
        Row row{{number(i)}, {options_->stability}};
        if (stays_[static_cast<std::size_t>(i)] != 0) {
            row.values[0] = 1.0;
            return row;
        }
        auto const list = lists_->of(i);
        for (std::size_t k = 0; k < list.atom.size(); ++k) {
            double const r = list.distance[k] / nearest_;
            auto const j = list.atom[k];
            if (r >= options_->reach || number(j) == row.columns[0]) continue;
            double const weight = std::exp(-options_->decay * (r - 1.0));
            row.values[0] += weight;
            if (stays_[static_cast<std::size_t>(j)] != 0) continue;
            row.columns.push_back(number(j));
            row.values.push_back(-weight);
        }
        return row;
    }

private:
    FreeStructure const* s_;
    Neighbours const* lists_;
    PreconditionerOptions const* options_;
    double nearest_;
    std::vector<long long> numbers_, stays_;
};

Mat matrix_of(FreeStructure const& s, Neighbours const& lists, PreconditionerOptions const& options,
              double nearest) {
    auto const& comm = s.comm();
    Rows const rows{s, lists, options, nearest};
    long long const mine = mpi::block_of(comm.rank(), comm.size(), s.atoms()).size();
    // Entries of each row, counted where the atom is and told to where its row is: as many may lie
    // on other ranks as on the same.
    std::vector<int> counts;
    for (int i = 0; i < s.domain().owned(); ++i)
        counts.push_back(static_cast<int>(rows.of(i).columns.size()));
    auto const here = s.order().rows<int>(std::span<int const>{counts}, 1);
    std::vector<PetscInt> inside, outside;
    for (int const n : here) {
        inside.push_back(std::min<PetscInt>(n, static_cast<PetscInt>(mine)));
        outside.push_back(std::min<PetscInt>(n, static_cast<PetscInt>(s.atoms() - mine)));
    }
    Mat matrix = nullptr;
    auto const n = static_cast<PetscInt>(mine);
    petsc::check(MatCreateAIJ(comm.raw(), n, n, PETSC_DETERMINE, PETSC_DETERMINE, 0, inside.data(),
                              0, outside.data(), &matrix),
                 "MatCreateAIJ");
    petsc::check(MatSetOption(matrix, MAT_SYMMETRIC, PETSC_TRUE), "MatSetOption");
    petsc::check(MatSetOption(matrix, MAT_SPD, PETSC_TRUE), "MatSetOption");
    for (int i = 0; i < s.domain().owned(); ++i) {
        auto const row = rows.of(i);
        PetscInt const at = row.columns[0];
        // an atom that is a neighbour through several images has several entries: they are added
        petsc::check(MatSetValues(matrix, 1, &at, static_cast<PetscInt>(row.columns.size()),
                                  row.columns.data(), row.values.data(), ADD_VALUES),
                     "MatSetValues");
    }
    petsc::check(MatAssemblyBegin(matrix, MAT_FINAL_ASSEMBLY), "MatAssemblyBegin");
    petsc::check(MatAssemblyEnd(matrix, MAT_FINAL_ASSEMBLY), "MatAssemblyEnd");
    return matrix;
}

/// Calls work(component, its numbers in `vector`) for x, y and z, gathered from three per atom.
template <class Work>
void by_component(std::span<double const> v, Vec into, Work const& work) {
    for (std::size_t c = 0; c < 3; ++c) {
        double* to = nullptr;
        petsc::check(VecGetArrayWrite(into, &to), "VecGetArrayWrite");
        for (std::size_t k = 0; 3 * k < v.size(); ++k) to[k] = v[3 * k + c];
        petsc::check(VecRestoreArrayWrite(into, &to), "VecRestoreArrayWrite");
        work(c);
    }
}

}  // namespace

Preconditioner::Preconditioner(FreeStructure const& s, PreconditionerOptions const& options)
    : comm_{&s.comm()}, stability_{options.stability} {
    petsc::start();
    Neighbours lists;
    mpi::all_or_none(*comm_, [&] {
        lists = find_neighbours_of_first(s.domain().structure(), s.domain().cutoff(),
                                         s.domain().owned());
    });
    nearest_ = nearest_of(s, lists);
    matrix_ = Shared<petsc::MatTraits>{matrix_of(s, lists, options, nearest_)};
    Vec right = nullptr, left = nullptr;
    petsc::check(MatCreateVecs(matrix_.get(), &left, &right), "MatCreateVecs");
    right_ = Shared<petsc::VecTraits>{right};
    left_ = Shared<petsc::VecTraits>{left};
    KSP ksp = nullptr;
    petsc::check(KSPCreate(comm_->raw(), &ksp), "KSPCreate");
    solver_ = Shared<petsc::KspTraits>{ksp};
    petsc::check(KSPSetOptionsPrefix(ksp, "relax_"), "KSPSetOptionsPrefix");
    petsc::check(KSPSetOperators(ksp, matrix_.get(), matrix_.get()), "KSPSetOperators");
    petsc::check(KSPSetType(ksp, KSPCG), "KSPSetType");
    constexpr double tolerance = 0.1;  // more costs as many evaluations
    petsc::check(KSPSetTolerances(ksp, tolerance, PETSC_DEFAULT, PETSC_DEFAULT, 50),
                 "KSPSetTolerances");
    PC pc = nullptr;
    petsc::check(KSPGetPC(ksp, &pc), "KSPGetPC");
    petsc::check(PCSetType(pc, PCGAMG), "PCSetType");
    if (KSPSetFromOptions(ksp) != 0)
        throw InputError("PETSc refuses the options '" + options.petsc + "': mend 'petsc'");
    petsc::check(KSPSetUp(ksp), "KSPSetUp");
}

double Preconditioner::product(std::span<double const> v) const {
    double sum = 0.0;
    by_component(v, right_.get(), [&](std::size_t) {
        double whole = 0.0, square = 0.0;
        petsc::check(MatMult(matrix_.get(), right_.get(), left_.get()), "MatMult");
        petsc::check(VecDot(right_.get(), left_.get(), &whole), "VecDot");
        petsc::check(VecDot(right_.get(), right_.get(), &square), "VecDot");
        sum += whole - stability_ * square;
    });
    return sum;
}

void Preconditioner::solve(std::span<double> v) const {
    by_component(v, right_.get(), [&](std::size_t c) {
        petsc::check(KSPSolve(solver_.get(), right_.get(), left_.get()), "KSPSolve");
        double const* from = nullptr;
        petsc::check(VecGetArrayRead(left_.get(), &from), "VecGetArrayRead");
        for (std::size_t k = 0; 3 * k < v.size(); ++k) v[3 * k + c] = from[k];
        petsc::check(VecRestoreArrayRead(left_.get(), &from), "VecRestoreArrayRead");
    });
}

}  // namespace kamacite::dynamics
