#include "kamacite/mpi/communicator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <new>
#include <numeric>

#include "datatype.hpp"
#include "kamacite/core/error.hpp"

namespace kamacite::mpi {
namespace {

MPI_Op to_mpi(Op op) {
    switch (op) {
        case Op::sum:
            return MPI_SUM;
        case Op::min:
            return MPI_MIN;
        case Op::max:
            return MPI_MAX;
    }
    return MPI_OP_NULL;
}

}  // namespace

void check(int code, char const* call) {
    if (code == MPI_SUCCESS) return;
    char text[MPI_MAX_ERROR_STRING];
    int length = 0;
    MPI_Error_string(code, text, &length);
    throw SystemError(fmt::format("{} failed: {}", call, text));
}

Communicator::Communicator(MPI_Comm owned, int longest) : comm_{owned}, longest_{longest} {
    KAMACITE_EXPECTS(longest > 0);
    check(MPI_Comm_rank(owned, &rank_), "MPI_Comm_rank");
    check(MPI_Comm_size(owned, &size_), "MPI_Comm_size");
}

Communicator Communicator::duplicate(MPI_Comm parent, int longest) {
    MPI_Comm copy = MPI_COMM_NULL;
    check(MPI_Comm_dup(parent, &copy), "MPI_Comm_dup");
    MPI_Comm_set_errhandler(copy, MPI_ERRORS_RETURN);
    return Communicator{copy, longest};
}

Communicator Communicator::split(int colour, int key) const {
    MPI_Comm part = MPI_COMM_NULL;
    check(MPI_Comm_split(raw(), colour, key, &part), "MPI_Comm_split");
    return Communicator{part, longest_};
}

void Communicator::in_pieces(std::size_t total,
                             std::function<void(std::size_t, int)> const& work) const {
    auto const longest = static_cast<std::size_t>(longest_);
    for (std::size_t begin = 0; begin < total; begin += longest)
        work(begin, static_cast<int>(std::min(longest, total - begin)));
}

void Communicator::barrier() const {
    check(MPI_Barrier(raw()), "MPI_Barrier");
}

template <Number T>
void Communicator::all_reduce(Op op, std::span<T> values) const {
    in_pieces(values.size(), [&](std::size_t begin, int n) {
        check(
            MPI_Allreduce(MPI_IN_PLACE, values.data() + begin, n, datatype<T>(), to_mpi(op), raw()),
            "MPI_Allreduce");
    });
}

template <Number T>
void Communicator::broadcast(std::span<T> values, int root) const {
    in_pieces(values.size(), [&](std::size_t begin, int n) {
        check(MPI_Bcast(values.data() + begin, n, datatype<T>(), root, raw()), "MPI_Bcast");
    });
}

template <Number T>
void Communicator::broadcast(std::vector<T>& values, int root) const {
    auto length = static_cast<long long>(values.size());
    check(MPI_Bcast(&length, 1, MPI_LONG_LONG, root, raw()), "MPI_Bcast");
    values.resize(static_cast<std::size_t>(length));
    broadcast(std::span<T>{values}, root);
}

void Communicator::broadcast(std::string& text, int root) const {
    std::vector<char> letters(text.begin(), text.end());
    broadcast(letters, root);
    text.assign(letters.begin(), letters.end());
}

template <Number T>
std::vector<T> Communicator::all_gather(std::span<T const> mine) const {
    auto const count = static_cast<long long>(mine.size());
    std::vector<long long> counts(static_cast<std::size_t>(size_));
    check(MPI_Allgather(&count, 1, MPI_LONG_LONG, counts.data(), 1, MPI_LONG_LONG, raw()),
          "MPI_Allgather");
    std::vector<long long> first(counts.size());
    std::exclusive_scan(counts.begin(), counts.end(), first.begin(), 0LL);
    long long const total = first.back() + counts.back();
    std::vector<T> all(static_cast<std::size_t>(total));
    if (total <= longest_) {
        std::vector<int> const lengths(counts.begin(), counts.end());
        std::vector<int> const begins(first.begin(), first.end());
        check(MPI_Allgatherv(mine.data(), lengths[static_cast<std::size_t>(rank_)], datatype<T>(),
                             all.data(), lengths.data(), begins.data(), datatype<T>(), raw()),
              "MPI_Allgatherv");
        return all;
    }
    auto const part = [&](int rank) {
        auto const r = static_cast<std::size_t>(rank);
        return std::span{all}.subspan(static_cast<std::size_t>(first[r]),
                                      static_cast<std::size_t>(counts[r]));
    };
    std::ranges::copy(mine, part(rank_).begin());
    for (int r = 0; r < size_; ++r) broadcast(part(r), r);
    return all;
}

std::vector<std::string> Communicator::all_gather(std::string const& mine) const {
    auto const length = static_cast<long long>(mine.size());
    auto const lengths = all_gather(std::span{&length, 1});
    auto const letters = all_gather(std::span<char const>{mine});
    std::vector<std::string> texts;
    auto next = letters.begin();
    for (auto const n : lengths) {
        texts.emplace_back(next, next + n);
        next += n;
    }
    return texts;
}

void Communicator::send(std::span<double const> values, int to) const {
    in_pieces(values.size(), [&](std::size_t begin, int n) {
        check(MPI_Send(values.data() + begin, n, MPI_DOUBLE, to, 0, raw()), "MPI_Send");
    });
}

void Communicator::receive(std::span<double> values, int from) const {
    in_pieces(values.size(), [&](std::size_t begin, int n) {
        check(MPI_Recv(values.data() + begin, n, MPI_DOUBLE, from, 0, raw(), MPI_STATUS_IGNORE),
              "MPI_Recv");
    });
}

#define KAMACITE_INSTANTIATE(T, name)                                  \
    template void Communicator::all_reduce(Op, std::span<T>) const;    \
    template void Communicator::broadcast(std::vector<T>&, int) const; \
    template void Communicator::broadcast(std::span<T>, int) const;    \
    template std::vector<T> Communicator::all_gather(std::span<T const>) const
KAMACITE_FOR_EACH_NUMBER(KAMACITE_INSTANTIATE);
#undef KAMACITE_INSTANTIATE

void all_or_none(Communicator const& comm, std::function<void()> const& work) {
    std::string message;
    ErrorKind kind = ErrorKind::internal;
    bool failed = true;
    try {
        work();
        failed = false;
    } catch (Error const& e) {
        message = e.what();
        kind = e.kind();
    } catch (std::bad_alloc const&) {
        message = "out of memory: use more nodes, or fewer ranks on each";
    } catch (std::exception const& e) {
        message = e.what();
    }

    int const nobody = comm.size();
    int const culprit = comm.all_reduce(Op::min, failed ? comm.rank() : nobody);
    if (culprit == nobody) return;

    std::vector<int> code{static_cast<int>(kind)};
    comm.broadcast(code, culprit);
    comm.broadcast(message, culprit);
    throw_error(static_cast<ErrorKind>(code.front()),
                comm.size() == 1 ? message : fmt::format("rank {}: {}", culprit, message));
}

}  // namespace kamacite::mpi
