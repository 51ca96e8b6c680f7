#pragma once
#include <memory>

#include "kamacite/mpi/communicator.hpp"

namespace kamacite::mpi {

/// Items that each rank sends to others, itself among them, in the same pattern again and again.
///
/// What is sent lies in one array, in the order of the ranks it goes to; what is received in
/// another, in the order of the ranks it comes from. Only ranks that have something for each other
/// exchange messages.
class Exchange {
public:
    /// A message of a whole exchange that is on its way. The spans given to begin() must live, and
    /// stay untouched, until finish() returns.
    class Pending {
    public:
        Pending();  ///< nothing is on its way
        Pending(Pending&&) noexcept;
        Pending& operator=(Pending&&) noexcept;
        ~Pending();
        /// Waits until everything is there and what was sent may be changed. It can be given to
        /// begin() again then.
        void finish();
        /// Lets MPI move on what is on its way, without waiting: messages that are larger than
        /// MPI's own buffers move only while it is called.
        void progress();

    private:
        friend class Exchange;
        struct Requests;
        std::unique_ptr<Requests> requests_;
    };

    /// \param to  how many items go to each rank, one number per rank. Collective.
    Exchange(Communicator const& comm, std::vector<int> to);

    /// The way back: what was received goes where it came from. Not collective.
    [[nodiscard]] Exchange reversed() const;

    [[nodiscard]] int sent() const noexcept { return first_to_.back(); }        ///< items
    [[nodiscard]] int received() const noexcept { return first_from_.back(); }  ///< items

    /// Starts to send items of `width` numbers each. Exchanges over one communicator are begun in
    /// the same order on all ranks. Collective, without waiting.
    /// \param items  sent() · width numbers
    /// \param into  received() · width numbers
    template <Number T>
    [[nodiscard]] Pending begin(std::span<T const> items, std::span<T> into, int width) const {
        Pending pending;
        begin(items, into, width, pending);
        return pending;
    }
    /// The same with a Pending that has finished before: no memory is asked for.
    template <Number T>
    void begin(std::span<T const> items, std::span<T> into, int width, Pending& pending) const;

    /// The same, and waits for the end. Collective.
    template <Number T>
    void run(std::span<T const> items, std::span<T> into, int width) const {
        begin(items, into, width).finish();
    }

private:
    Exchange(Communicator const& comm, std::vector<int> first_to, std::vector<int> first_from);

    Communicator const* comm_;
    std::vector<int> first_to_, first_from_;  // first[r] .. first[r+1]: the items of rank r
    std::vector<int> to_, from_;              // other ranks that get something, or have something
};

}  // namespace kamacite::mpi
