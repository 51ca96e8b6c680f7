#include "kamacite/domain/prediction_in_parts.hpp"

#include <time.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <exception>
#include <optional>
#include <utility>

#include "blocks.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/core/flat.hpp"

namespace kamacite::domain {
namespace {

constexpr int blocks_per_part = 4;

/// A number that tells lists of atoms in their order from others.
double mark_of(std::span<long long const> ids) {
    std::uint64_t hash = 14695981039346656037U;  // FNV-1a, a number at a time
    for (auto const id : ids) hash = (hash ^ static_cast<std::uint64_t>(id)) * 1099511628211U;
    return static_cast<double>(hash >> 12U);  // as many bits as a double holds
}

double cpu_seconds() {
    timespec t{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

}  // namespace

struct PredictionInParts::Work {
    Work(mpi::Communicator const& c, Domain const& d, Potential const& p)
        : comm{&c},
          domain{&d},
          potential{&p},
          open{d.cell_.rows(), {false, false, false}},
          all{open, d.species_, d.owned_.positions, d.ghosts_},
          sum{p, all},
          blocks{(d.owned() + atoms_per_block - 1) / atoms_per_block},
          shell{(d.shell_ + atoms_per_block - 1) / atoms_per_block} {}

    /// Predicts the next block.
    void step() {
        if (domain->lists_ == Lists::kept) {
            sum.add(domain->blocks_[static_cast<std::size_t>(next++)]);
            return;
        }
        if (!bins) {
            positions = domain->all_positions();
            bins.emplace(positions, potential->cutoff());
        }
        int const begin = next * atoms_per_block;
        domain->listing(
            [&] { bins->fill(begin, std::min(domain->owned(), begin + atoms_per_block), list); });
        sum.add(list);
        ++next;
    }
    /// Does work that may fail while others wait for a message of this rank.
    template <class F>
    void attempt(F const& work) {
        double const begun = cpu_seconds();
        try {
            if (!failure) work();
        } catch (...) {
            failure = std::current_exception();
        }
        domain->busy_ += cpu_seconds() - begun;
    }
    void begin_return() { domain->halo_.begin_return(sum.of_ghosts(), BlockSum::width, back); }
    void expect_success() {
        mpi::all_or_none(*comm, [&] {
            if (failure) std::rethrow_exception(std::exchange(failure, nullptr));
        });
    }
    Prediction whole() {
        domain->halo_.add_returned(sum.of_ghosts(), BlockSum::width, back,
                                   [&](std::size_t i, double const* more) {
                                       sum.mine().forces[i] += Eigen::Map<Vec3 const>(more);
                                       sum.mine().virials[i] += Eigen::Map<Mat3 const>(more + 3);
                                   });
        return std::move(sum.mine());
    }

    mpi::Communicator const* comm;
    Domain const* domain;
    Potential const* potential;
    Cell open;
    AtomsAndGhosts all;
    BlockSum sum;
    int blocks, shell;  // of this rank; those that alone may name ghosts
    int next = 0;
    int part = 0, parts = -1, shell_parts = -1;  // of all ranks; known when parts are asked for
    std::vector<Vec3> positions;                 // what bins look at
    std::optional<AtomBins> bins;
    BlockList list;
    Halo::Return back;
    bool returned = false;
    std::exception_ptr failure;
};

PredictionInParts::PredictionInParts(mpi::Communicator const& comm, Domain const& domain,
                                     Potential const& potential)
    : work_{std::make_unique<Work>(comm, domain, potential)} {
    KAMACITE_EXPECTS(potential.cutoff() <= domain.cutoff());
    auto const parts_of = [](int blocks) {
        return (blocks + blocks_per_part - 1) / blocks_per_part;
    };
    std::array<int, 2> most{parts_of(work_->blocks), parts_of(work_->shell)};
    comm.all_reduce(mpi::Op::max, std::span<int>{most});
    work_->parts = most[0];
    work_->shell_parts = most[1];
}
PredictionInParts::~PredictionInParts() = default;

bool PredictionInParts::done() const noexcept {
    return work_->part == work_->parts;
}

double PredictionInParts::share() const noexcept {
    return work_->parts == 0 ? 1.0 : static_cast<double>(work_->part) / work_->parts;
}

void PredictionInParts::advance() {
    auto& w = *work_;
    KAMACITE_EXPECTS(!done());
    bool const returns = w.part == w.shell_parts;
    if (returns) w.begin_return();
    int const end = std::min(w.blocks, (w.part + 1) * blocks_per_part);
    w.attempt([&] {
        while (w.next < end) {
            w.step();
            if (returns) w.back.progress();
        }
    });
    if (returns) w.back.finish();
    w.expect_success();
    w.returned = w.returned || returns;
    ++w.part;
}

Prediction PredictionInParts::finish() {
    auto& w = *work_;
    KAMACITE_EXPECTS(done());
    if (!w.returned) {
        w.begin_return();
        w.back.finish();
    }
    return w.whole();
}

Prediction PredictionInParts::at_once(mpi::Communicator const& comm, Domain const& domain,
                                      Potential const& potential) {
    Work w{comm, domain, potential};
    w.attempt([&] {
        while (w.next < w.shell) w.step();
    });
    w.begin_return();
    w.attempt([&] {
        while (w.next < w.blocks) {
            w.step();
            w.back.progress();
        }
    });
    w.back.finish();
    w.expect_success();
    return w.whole();
}

std::vector<double> PredictionInParts::state() const {
    auto const& w = *work_;
    auto const& p = w.sum.mine();
    std::vector<double> numbers{
        static_cast<double>(w.part),           static_cast<double>(w.next),
        mark_of(w.domain->owned_.ids),         static_cast<double>(p.energies.size()),
        static_cast<double>(p.moments.size()), static_cast<double>(p.extrapolation.size()),
        static_cast<double>(p.grade.size()),   static_cast<double>(w.sum.of_ghosts().size())};
    auto const append = [&](std::span<double const> more) {
        numbers.insert(numbers.end(), more.begin(), more.end());
    };
    for (auto const* values : {&p.energies, &p.moments, &p.extrapolation, &p.grade})
        append(*values);
    append(flat<double>(p.forces));
    append(flat<double>(p.virials));
    append(w.sum.of_ghosts());
    return numbers;
}

void PredictionInParts::restore(std::span<double const> state) {
    auto& w = *work_;
    constexpr std::size_t head = 8;
    auto const count = [&](std::size_t k) { return static_cast<std::size_t>(state[k]); };
    auto const owned = static_cast<std::size_t>(w.domain->owned());
    if (state.size() < head || state[2] != mark_of(w.domain->owned_.ids) ||
        count(7) != w.sum.of_ghosts().size() ||
        state.size() != head + count(3) + count(4) + count(5) + count(6) + 12 * owned + count(7))
        throw DataError(
            "a prediction on its way was kept by other ranks or of other atoms: begin anew");
    auto rest = state.subspan(head);
    auto const take = [&](std::size_t n) {
        auto const taken = rest.first(n);
        rest = rest.subspan(n);
        return taken;
    };
    auto& p = w.sum.mine();
    std::size_t k = 3;
    for (auto* values : {&p.energies, &p.moments, &p.extrapolation, &p.grade}) {
        auto const numbers = take(count(k++));
        values->assign(numbers.begin(), numbers.end());
    }
    std::ranges::copy(take(3 * owned), flat_in<double>(p.forces).begin());
    std::ranges::copy(take(9 * owned), flat_in<double>(p.virials).begin());
    w.sum.set_ghosts(rest);
    w.part = static_cast<int>(state[0]);
    w.next = static_cast<int>(state[1]);
    w.returned = false;
}

}  // namespace kamacite::domain
