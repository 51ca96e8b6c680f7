#pragma once
// Private to the module: handles of HDF5 and what turns its error stack into text.
#include <hdf5.h>

#include <cstdint>
#include <string>

#include "kamacite/core/handle.hpp"
#include "kamacite/mpi/communicator.hpp"

namespace kamacite::io::h5 {

template <herr_t (*close_fn)(hid_t), bool is_collective>
struct Traits {
    using type = hid_t;
    static type null() noexcept { return H5I_INVALID_HID; }
    static void close(type id) noexcept { close_fn(id); }
    static constexpr bool collective = is_collective;
};
using WriteFile = Handle<Traits<H5Fclose, true>>;
using WriteDataset = Handle<Traits<H5Dclose, true>>;
using ReadFile = Handle<Traits<H5Fclose, false>>;
using ReadDataset = Handle<Traits<H5Dclose, false>>;
using Object = Handle<Traits<H5Oclose, false>>;
using Space = Handle<Traits<H5Sclose, false>>;
using Type = Handle<Traits<H5Tclose, false>>;
using Attribute = Handle<Traits<H5Aclose, false>>;
using Property = Handle<Traits<H5Pclose, false>>;

/// HDF5's own reason for the last failure: the two innermost entries of its error stack.
[[nodiscard]] std::string reason();

/// Stops HDF5 from printing its error stack by itself.
void be_quiet();

/// Returns `id` or throws SystemError "HDF5 could not <what> (<reason>)…".
hid_t check(hid_t id, std::string const& what);

template <class T>
[[nodiscard]] hid_t native_type() {
    if constexpr (std::same_as<T, double>) return H5T_NATIVE_DOUBLE;
    if constexpr (std::same_as<T, int>) return H5T_NATIVE_INT32;
    if constexpr (std::same_as<T, long long>) return H5T_NATIVE_INT64;
    if constexpr (std::same_as<T, std::uint8_t>) return H5T_NATIVE_UINT8;
    if constexpr (std::same_as<T, std::uint64_t>) return H5T_NATIVE_UINT64;
}

/// UTF-8 text of `size` bytes, padded with zeros.
[[nodiscard]] Type text_type(std::size_t size);

/// Makes the file at `path`, which may exist, one of format 1.10 that has nothing in it. Local.
void make_empty(std::string const& path);

/// How files are opened: format 1.10 and locks as the environment wants them.
[[nodiscard]] Property file_access();

}  // namespace kamacite::io::h5
