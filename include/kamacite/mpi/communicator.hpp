#pragma once
#include <mpi.h>

#include <concepts>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "kamacite/core/handle.hpp"

namespace kamacite::mpi {

/// How a Handle owns a communicator.
struct CommTraits {
    using type = MPI_Comm;
    static type null() noexcept { return MPI_COMM_NULL; }
    static void close(type comm) noexcept { MPI_Comm_free(&comm); }
    static constexpr bool collective = true;
};

/// Throws SystemError with MPI's own text if `code` is not MPI_SUCCESS.
void check(int code, char const* call);

/// Types that travel between ranks.
template <class T>
concept Number = std::same_as<T, double> || std::same_as<T, int> || std::same_as<T, long long> ||
    std::same_as<T, char> || std::same_as<T, std::uint64_t>;

/// What a reduction does with the values of all ranks.
enum class Op { sum, min, max };

/// A group of ranks that work on one task. Owns a private duplicate of the communicator it
/// was made from, so its messages never mix with those of another library.
class Communicator {
public:
    /// \param longest  most numbers in one call of MPI, whose counts are int; longer messages go in
    ///                 pieces. Collective over `parent`.
    [[nodiscard]] static Communicator duplicate(MPI_Comm parent, int longest = 1 << 26);

    /// Ranks with equal `colour` form one new group, ordered by `key`. Collective.
    [[nodiscard]] Communicator split(int colour, int key) const;

    [[nodiscard]] int rank() const noexcept { return rank_; }
    [[nodiscard]] int size() const noexcept { return size_; }
    [[nodiscard]] bool is_root() const noexcept { return rank_ == 0; }
    [[nodiscard]] MPI_Comm raw() const noexcept { return comm_.get(); }  ///< for C libraries

    /// Waits until every rank is here. Collective.
    void barrier() const;

    /// Reduces `values` in place, element by element; every rank gets the result. Collective.
    /// The order of a sum is MPI's own, and may be another on another rank: use sum_alike() where
    /// ranks must agree on the last bit, sum_in_tree() where it must not depend on their number.
    template <Number T>
    void all_reduce(Op op, std::span<T> values) const;

    template <Number T>
    [[nodiscard]] T all_reduce(Op op, T value) const {
        all_reduce(op, std::span{&value, 1});
        return value;
    }

    /// Gives every rank the `values` of rank `root`, resized to fit. Collective.
    template <Number T>
    void broadcast(std::vector<T>& values, int root = 0) const;
    void broadcast(std::string& text, int root = 0) const;
    /// The same where all ranks have the length already.
    template <Number T>
    void broadcast(std::span<T> values, int root = 0) const;

    /// The values of all ranks, in rank order, on every rank. Lengths may differ. Collective.
    template <Number T>
    [[nodiscard]] std::vector<T> all_gather(std::span<T const> mine) const;

    /// The texts of all ranks, in rank order, on every rank. Collective.
    [[nodiscard]] std::vector<std::string> all_gather(std::string const& mine) const;

    /// Blocking point-to-point messages; `values` has the same length on both sides.
    void send(std::span<double const> values, int to) const;
    void receive(std::span<double> values, int from) const;

private:
    Communicator(MPI_Comm owned, int longest);
    /// Calls work(begin, length) for each piece of `total` numbers.
    void in_pieces(std::size_t total, std::function<void(std::size_t, int)> const& work) const;

    Handle<CommTraits> comm_;
    int rank_ = 0;
    int size_ = 1;
    int longest_;
};

/// The items of all ranks, in rank order, on every rank: values without pointers, such as structs
/// of numbers. Collective.
template <class T>
requires std::is_trivially_copyable_v<T>
[[nodiscard]] std::vector<T> gather_all(Communicator const& comm, std::vector<T> const& mine) {
    std::span const bytes{reinterpret_cast<char const*>(mine.data()), mine.size() * sizeof(T)};
    auto const all = comm.all_gather(bytes);
    std::vector<T> items(all.size() / sizeof(T));
    if (!all.empty()) std::memcpy(items.data(), all.data(), all.size());
    return items;
}

/// Adds up the `values` of all ranks in place, to the same bits on every rank, which all_reduce()
/// does not promise: for sums that decisions hang on. Collective.
inline void sum_alike(Communicator const& comm, std::span<double> values) {
    comm.all_reduce(Op::sum, values);
    comm.broadcast(values);
}

/// Runs `work` on every rank. If it throws on any rank, every rank throws an error of the same
/// kind, with the message of the lowest failing rank. Put it around local work that may fail
/// between collective calls. `work` must not call collectives. Collective.
void all_or_none(Communicator const& comm, std::function<void()> const& work);

}  // namespace kamacite::mpi
