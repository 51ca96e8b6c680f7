#include "kamacite/domain/by_number.hpp"

#include <algorithm>
#include <numeric>

#include "kamacite/core/flat.hpp"

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
    : comm_{&comm}, order_{sorted(ids)}, exchange_{comm, counts_of(comm, ids, total)} {
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

std::vector<Vec3> ByNumber::rows(std::span<Vec3 const> values) const {
    return grouped<Vec3>(rows<double>(flat<double>(values), 3));
}

std::vector<std::array<int, 3>> ByNumber::rows(std::span<std::array<int, 3> const> values) const {
    return grouped<std::array<int, 3>>(rows<int>(flat<int>(values), 3));
}

template <mpi::Number T>
std::vector<T> ByNumber::on_every_rank(std::vector<T> const& values) const {
    auto const block = rows(values);
    return comm_->all_gather(std::span<T const>{block});
}

std::vector<Vec3> ByNumber::on_every_rank(std::span<Vec3 const> values) const {
    auto const block = rows<double>(flat<double>(values), 3);
    return grouped<Vec3>(comm_->all_gather(std::span<double const>{block}));
}

template <mpi::Number T>
std::vector<T> ByNumber::of_atoms(std::span<T const> block, int width) const {
    auto const w = static_cast<std::size_t>(width);
    std::vector<T> out, in(order_.size() * w), values(order_.size() * w);
    out.reserve(place_.size() * w);
    for (auto const i : place_) {
        auto const row = block.subspan(i * w, w);
        out.insert(out.end(), row.begin(), row.end());
    }
    exchange_.reversed().run<T>(std::span<T const>{out}, std::span{in}, width);
    for (std::size_t k = 0; k < order_.size(); ++k)
        std::copy_n(in.begin() + static_cast<std::ptrdiff_t>(k * w), w,
                    values.begin() + static_cast<std::ptrdiff_t>(order_[k] * w));
    return values;
}

template std::vector<double> ByNumber::rows(std::span<double const>, int) const;
template std::vector<int> ByNumber::rows(std::span<int const>, int) const;
template std::vector<long long> ByNumber::rows(std::span<long long const>, int) const;
template std::vector<double> ByNumber::on_every_rank(std::vector<double> const&) const;
template std::vector<int> ByNumber::on_every_rank(std::vector<int> const&) const;
template std::vector<double> ByNumber::of_atoms(std::span<double const>, int) const;
template std::vector<int> ByNumber::of_atoms(std::span<int const>, int) const;

}  // namespace kamacite::domain
