#include "kamacite/domain/by_number.hpp"

#include <algorithm>
#include <numeric>

namespace kamacite::domain {
namespace {

std::vector<std::size_t> sorted(std::span<long long const> ids) {
    std::vector<std::size_t> order(ids.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) { return ids[i]; });
    return order;
}

std::vector<int> counts_of(mpi::Communicator const& comm, std::span<long long const> ids,
                           long long total) {
    std::vector<int> counts(static_cast<std::size_t>(comm.size()), 0);
    for (auto const id : ids)
        ++counts[static_cast<std::size_t>(mpi::owner_of(id, comm.size(), total))];
    return counts;
}

}  // namespace

ByNumber::ByNumber(mpi::Communicator const& comm, std::span<long long const> ids, long long total)
    : order_{sorted(ids)}, exchange_{comm, counts_of(comm, ids, total)} {
    std::vector<long long> out, in(static_cast<std::size_t>(exchange_.received()));
    for (auto const i : order_) out.push_back(ids[i]);
    exchange_.run<long long>(std::span<long long const>{out}, std::span{in}, 1);
    auto const begin = mpi::block_of(comm.rank(), comm.size(), total).begin;
    for (auto const id : in) place_.push_back(static_cast<std::size_t>(id - begin));
}

template <mpi::Number T>
std::vector<T> ByNumber::rows(std::span<T const> values, int width) const {
    auto const w = static_cast<std::size_t>(width);
    std::vector<T> out, in(place_.size() * w), block(place_.size() * w);
    out.reserve(order_.size() * w);
    for (auto const i : order_) {
        auto const row = values.subspan(i * w, w);
        out.insert(out.end(), row.begin(), row.end());
    }
    exchange_.run<T>(std::span<T const>{out}, std::span{in}, width);
    for (std::size_t k = 0; k < place_.size(); ++k)
        std::copy_n(in.begin() + static_cast<std::ptrdiff_t>(k * w), w,
                    block.begin() + static_cast<std::ptrdiff_t>(place_[k] * w));
    return block;
}

template std::vector<double> ByNumber::rows(std::span<double const>, int) const;
template std::vector<int> ByNumber::rows(std::span<int const>, int) const;

}  // namespace kamacite::domain
