#include "kamacite/io/plain_arrays.hpp"

#include <fmt/format.h>

#include "h5.hpp"
#include "kamacite/core/error.hpp"
#include "part_file.hpp"

namespace kamacite::io {
namespace {

// Handles that are not collective: one rank writes.
void write_array(hid_t file, PlainArray const& array) {
    std::vector<hsize_t> const shape(array.shape.begin(), array.shape.end());
    h5::Space const space{
        h5::check(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr),
                  fmt::format("shape '{}'", array.name))};
    h5::Property const creation{h5::check(H5Pcreate(H5P_DATASET_CREATE), "create a property list")};
    h5::check(H5Pset_obj_track_times(creation.get(), false), "leave out times");
    bool const whole = array.numbers.empty();
    hid_t const type = whole ? h5::native_type<int>() : h5::native_type<double>();
    void const* const values =
        whole ? static_cast<void const*>(array.integers.data()) : array.numbers.data();
    h5::ReadDataset const dataset{h5::check(H5Dcreate2(file, array.name.c_str(), type, space.get(),
                                                       H5P_DEFAULT, creation.get(), H5P_DEFAULT),
                                            fmt::format("create array '{}'", array.name))};
    h5::check(H5Dwrite(dataset.get(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values),
              fmt::format("write array '{}'", array.name));
}

long long count_of(PlainArray const& array) {
    long long count = 1;
    for (auto const n : array.shape) count *= n;
    return count;
}

}  // namespace

void write_plain_arrays(std::filesystem::path const& path, std::vector<PlainArray> const& arrays,
                        mpi::Communicator const& comm) {
    h5::be_quiet();
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        PartFile part{path};
        long long bytes = 64 * 1024;
        for (auto const& array : arrays) {
            KAMACITE_EXPECTS(count_of(array) ==
                             std::ssize(array.numbers) + std::ssize(array.integers));
            bytes += 8 * count_of(array);
        }
        part.reserve(bytes);
        auto const name = part.part().string();
        h5::make_empty(name);
        auto const access = h5::file_access();
        h5::ReadFile file{h5::check(H5Fopen(name.c_str(), H5F_ACC_RDWR, access.get()),
                                    fmt::format("open {}", name))};
        for (auto const& array : arrays) write_array(file.get(), array);
        h5::check(H5Fclose(file.release()), fmt::format("close {}", path.string()));
        part.seal(Existing::replace);
    });
}

}  // namespace kamacite::io
