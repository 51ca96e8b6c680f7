#include "kamacite/mpi/exchange.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "datatype.hpp"
#include "kamacite/core/error.hpp"

namespace kamacite::mpi {
namespace {

constexpr int exchange_tag = 1;

std::vector<int> starts_of(std::vector<int> const& counts) {
    std::vector<int> first(counts.size() + 1, 0);
    std::partial_sum(counts.begin(), counts.end(), first.begin() + 1);
    return first;
}

/// The ranks other than `me` that have items.
std::vector<int> others_of(std::vector<int> const& first, int me) {
    std::vector<int> ranks;
    for (int r = 0; r + 1 < static_cast<int>(first.size()); ++r) {
        auto const k = static_cast<std::size_t>(r);
        if (r != me && first[k + 1] > first[k]) ranks.push_back(r);
    }
    return ranks;
}

}  // namespace

struct Exchange::Pending::Requests {
    std::vector<MPI_Request> all;
};

Exchange::Pending::Pending() : requests_{std::make_unique<Requests>()} {}
Exchange::Pending::Pending(Pending&&) noexcept = default;
Exchange::Pending& Exchange::Pending::operator=(Pending&&) noexcept = default;
Exchange::Pending::~Pending() = default;

void Exchange::Pending::finish() {
    auto& all = requests_->all;
    check(MPI_Waitall(static_cast<int>(all.size()), all.data(), MPI_STATUSES_IGNORE),
          "MPI_Waitall");
    all.clear();
}

void Exchange::Pending::progress() {
    auto& all = requests_->all;
    int done = 0;
    check(MPI_Testall(static_cast<int>(all.size()), all.data(), &done, MPI_STATUSES_IGNORE),
          "MPI_Testall");
    if (done != 0) all.clear();
}

Exchange::Exchange(Communicator const& comm, std::vector<int> first_to, std::vector<int> first_from)
    : comm_{&comm},
      first_to_{std::move(first_to)},
      first_from_{std::move(first_from)},
      to_{others_of(first_to_, comm.rank())},
      from_{others_of(first_from_, comm.rank())} {}

Exchange::Exchange(Communicator const& comm, std::vector<int> to) : comm_{&comm} {
    KAMACITE_EXPECTS(static_cast<int>(to.size()) == comm.size());
    std::vector<int> from(to.size());
    check(MPI_Alltoall(to.data(), 1, MPI_INT, from.data(), 1, MPI_INT, comm.raw()), "MPI_Alltoall");
    first_to_ = starts_of(to);
    first_from_ = starts_of(from);
    to_ = others_of(first_to_, comm.rank());
    from_ = others_of(first_from_, comm.rank());
}

Exchange Exchange::reversed() const {
    return {*comm_, first_from_, first_to_};
}

template <Number T>
void Exchange::begin(std::span<T const> items, std::span<T> into, int width,
                     Pending& pending) const {
    auto const w = static_cast<std::size_t>(width);
    KAMACITE_EXPECTS(items.size() == static_cast<std::size_t>(sent()) * w);
    KAMACITE_EXPECTS(into.size() == static_cast<std::size_t>(received()) * w);
    auto& requests = pending.requests_->all;
    KAMACITE_EXPECTS(requests.empty());
    auto const part = [w](auto span, std::vector<int> const& first, int rank) {
        auto const r = static_cast<std::size_t>(rank);
        auto const begin = static_cast<std::size_t>(first[r]);
        return span.subspan(begin * w, (static_cast<std::size_t>(first[r + 1]) - begin) * w);
    };
    auto const count = [](auto const& items) {
        if (std::ssize(items) > std::numeric_limits<int>::max())
            throw SystemError(
                "a message between two ranks has more than 2³¹ numbers: use more ranks");
        return static_cast<int>(items.size());
    };
    for (int const r : to_) (void)count(part(items, first_to_, r));  // before any is on its way
    for (int const r : from_) (void)count(part(into, first_from_, r));
    for (int const r : from_) {
        auto const here = part(into, first_from_, r);
        check(MPI_Irecv(here.data(), count(here), datatype<T>(), r, exchange_tag, comm_->raw(),
                        &requests.emplace_back()),
              "MPI_Irecv");
    }
    for (int const r : to_) {
        auto const there = part(items, first_to_, r);
        check(MPI_Isend(there.data(), count(there), datatype<T>(), r, exchange_tag, comm_->raw(),
                        &requests.emplace_back()),
              "MPI_Isend");
    }
    int const me = comm_->rank();
    std::ranges::copy(part(items, first_to_, me), part(into, first_from_, me).begin());
}

#define KAMACITE_INSTANTIATE(T, name) \
    template void Exchange::begin(std::span<T const>, std::span<T>, int, Pending&) const
KAMACITE_FOR_EACH_NUMBER(KAMACITE_INSTANTIATE);
#undef KAMACITE_INSTANTIATE

}  // namespace kamacite::mpi
