#pragma once
// Private to the module: what a File is made of.
#include <functional>
#include <optional>
#include <span>

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

/// Properties of what is written: transfers by all ranks together; links that make the groups above
/// them; arrays in chunks of this shape, with checksums (no shape: as they are).
[[nodiscard]] h5::Property collective_transfer();
[[nodiscard]] h5::Property link_creation();
[[nodiscard]] h5::Property dataset_creation(std::vector<hsize_t> const& chunk);

/// Sets an attribute of what is open: of one value, or of the shape `space`.
void put_attribute(hid_t owner, std::string const& key, hid_t type, void const* value,
                   hid_t space = H5I_INVALID_HID);
/// Sets an attribute of what is open to texts: one without a shape, else a list of that shape.
/// Those of the groups that H5MD defines have variable length: its readers compare them with texts,
/// and Python's h5py makes bytes of any other. All else has fixed length, which lies in headers
/// with checksums.
void put_texts(hid_t owner, std::string const& key, std::span<std::string const> values,
               hid_t space = H5I_INVALID_HID);
void put_about(hid_t dataset, About const& about);

/// Writes, together with all ranks, this rank's part of an array: `count` items along each
/// direction from `start`; nothing if `some` is false.
void write_part(hid_t dataset, hid_t type, std::span<hsize_t const> start,
                std::span<hsize_t const> count, bool some, std::byte const* values);

constexpr long long slab_bytes = 1LL << 30;   // MPI counts are int: 2 GiB is too much for one call
constexpr long long chunk_bytes = 1LL << 17;  // what is read and checked at once

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
                       std::size_t bytes, void const* value, hid_t space = H5I_INVALID_HID);
    void set_texts(std::string const& owner, std::string const& key,
                   std::span<std::string const> values, hid_t space = H5I_INVALID_HID);
    /// Runs `put` on the group or array `owner`, with room for `bytes`.
    void with_object(std::string const& owner, std::size_t bytes,
                     std::function<void(hid_t)> const& put);

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
