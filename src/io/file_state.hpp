#pragma once
// Private to the module: what a File is made of.
#include <functional>
#include <optional>

#include "h5.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/io/file.hpp"
#include "part_file.hpp"

namespace kamacite::io {

/// This rank's part of an array, with the sums over ranks that all must know before it is made.
struct Slab {
    long long mine = 0, first = 0, total = 0, columns = 1, calls = 0;
    bool flat = true;
};

struct File::State {
    State(std::filesystem::path p, mpi::Communicator const& c) : path{std::move(p)}, comm{&c} {}

    std::filesystem::path path;
    mpi::Communicator const* comm;   // outlives the file
    std::unique_ptr<PartFile> part;  // rank 0 of a file being written; destroyed after `file`
    h5::WriteFile file;
    std::optional<Reader> reader;

    /// Runs `work`, which calls HDF5 on all ranks alike. If it fails, the file is removed. It is
    /// not closed: other ranks may have succeeded, and HDF5 1.10 crashes where it cannot flush.
    void attempt(std::function<void()> const& work) {
        KAMACITE_EXPECTS(file);
        try {
            mpi::all_or_none(*comm, work);
        } catch (...) {
            (void)file.release();
            part.reset();
            throw;
        }
    }

    /// Makes sure that the disk has room for `bytes` more. If not, HDF5 has not been asked yet, and
    /// what it holds has its room: the file is closed and removed on all ranks before the error
    /// goes on.
    void reserve(long long bytes) {
        KAMACITE_EXPECTS(file);
        try {
            mpi::all_or_none(*comm, [&] {
                if (part) part->reserve(bytes);
            });
        } catch (...) {
            file.close();
            part.reset();
            throw;
        }
    }

    /// Reserves the space of an array, then writes it.
    void write(std::string const& name, hid_t type, std::size_t item, Slab const& slab,
               About const& about, void const* values);

    /// Reserves the space of an attribute, then sets it.
    void set_attribute(std::string const& owner, std::string const& key, hid_t type,
                       std::size_t bytes, void const* value);

    [[nodiscard]] Reader const& source() const {
        KAMACITE_EXPECTS(reader.has_value());
        return *reader;
    }

    /// Runs `work` on this rank's Reader; all ranks throw or none.
    template <class T>
    [[nodiscard]] T ask(std::function<T(Reader const&)> const& work) const {
        T result{};
        mpi::all_or_none(*comm, [&] { result = work(source()); });
        return result;
    }
};

}  // namespace kamacite::io
