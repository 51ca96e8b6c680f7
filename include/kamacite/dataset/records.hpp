#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "kamacite/mpi/communicator.hpp"
#include "kamacite/mpi/partition.hpp"
#include "kamacite/structure/record.hpp"

namespace kamacite::dataset {

/// Records by number, which are read when they are asked for; some of those that have been asked
/// for are kept, within a limit of memory. What a rank never asks for costs it nothing, so that a
/// set may be larger than the memory of a machine.
///
/// All members but constructors from files are local: a rank asks for what it needs when it needs
/// it. Neighbours in number are read together, so that a loop over all of them is a stream. Which
/// records are kept has no influence on what is returned. Copies share what is kept. Not to be
/// used by several threads.
class Records {
public:
    /// The records [begin, end) of a source. Local.
    using Read = std::function<std::vector<Record>(mpi::Range)>;

    /// One of the sources a set is made of.
    struct Source {
        Read read;
        std::vector<long long> rows;  ///< which of its records belong to the set, in order
    };

    Records() = default;
    /// Records in memory, all of them.
    Records(std::vector<Record> all);     // NOLINT(google-explicit-constructor): a view of them
    Records(std::span<Record const> all)  // NOLINT(google-explicit-constructor)
        : Records{std::vector<Record>{all.begin(), all.end()}} {}

    /// The chosen records of some sources, one source after the other.
    /// \param bytes  how much of them may be kept on this rank
    Records(std::vector<Source> sources, double bytes);

    [[nodiscard]] std::size_t size() const noexcept { return ids_.size(); }
    [[nodiscard]] bool empty() const noexcept { return ids_.empty(); }

    /// \throws as Read, e.g. DataError naming the file that is damaged
    [[nodiscard]] std::shared_ptr<Record const> operator[](std::size_t i) const;

    /// Those with these numbers, in this order; what is kept is shared.
    [[nodiscard]] Records some(std::span<int const> numbers) const;

    /// Records with other labels: each as `change` leaves it, found when it is read. What is kept
    /// is not shared.
    [[nodiscard]] Records changed(std::function<void(std::span<Record>)> change) const;

    /// Goes through all records in order; holds one at a time.
    class Iterator {
    public:
        using difference_type = std::ptrdiff_t;
        using value_type = Record;
        using reference = Record const&;
        using pointer = Record const*;
        using iterator_category = std::input_iterator_tag;

        Iterator(Records const* records, std::size_t at) : records_{records}, at_{at} {}
        [[nodiscard]] Record const& operator*() const {
            if (!now_) now_ = (*records_)[at_];
            return *now_;
        }
        [[nodiscard]] Record const* operator->() const { return &**this; }
        Iterator& operator++() {
            ++at_;
            now_.reset();
            return *this;
        }
        void operator++(int) { ++*this; }
        [[nodiscard]] bool operator==(Iterator const& other) const { return at_ == other.at_; }

    private:
        Records const* records_;
        std::size_t at_;
        mutable std::shared_ptr<Record const> now_;
    };
    [[nodiscard]] Iterator begin() const { return {this, 0}; }
    [[nodiscard]] Iterator end() const { return {this, size()}; }

private:
    struct Store;
    std::shared_ptr<Store> store_;
    std::vector<int> ids_;  // of the store
};

/// Reads from a dataset whenever it is called. It opens each segment once; one that was replaced in
/// between is refused. Collective, the reading is not.
/// \throws MissingError, DataError as segments(); DataError where it reads, naming the segment
[[nodiscard]] Records::Read reader_of(std::filesystem::path const& path,
                                      mpi::Communicator const& comm);

/// Bytes that a record takes in memory.
[[nodiscard]] double bytes_of(Record const& record);

}  // namespace kamacite::dataset
