#include "h5.hpp"

#include <fmt/format.h>

#include "kamacite/core/error.hpp"

namespace kamacite::io::h5 {

std::string reason() {
    std::string text;
    H5Ewalk2(
        H5E_DEFAULT, H5E_WALK_UPWARD,
        [](unsigned depth, H5E_error2_t const* entry, void* out) -> herr_t {
            auto& collected = *static_cast<std::string*>(out);
            if (depth < 2 && entry->desc != nullptr)
                collected += (collected.empty() ? "" : "; ") + std::string{entry->desc};
            return 0;
        },
        &text);
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text.empty() ? "HDF5 gives no reason" : text;
}

void be_quiet() {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

hid_t check(hid_t id, std::string const& what) {
    if (id < 0)
        throw SystemError(fmt::format(
            "HDF5 could not {} ({}): look at the disk, and at 'kamacite doctor'", what, reason()));
    return id;
}

Type text_type(std::size_t size) {
    Type type{check(H5Tcopy(H5T_C_S1), "copy a type")};
    check(H5Tset_size(type.get(), size == 0 ? 1 : size), "size a text");
    check(H5Tset_strpad(type.get(), H5T_STR_NULLPAD), "pad a text");
    check(H5Tset_cset(type.get(), H5T_CSET_UTF8), "set the encoding of a text");
    return type;
}

Property file_access() {
    Property list{check(H5Pcreate(H5P_FILE_ACCESS), "create a property list")};
    // From format 1.10 on, the index of the chunks carries checksums as well: with 1.8 a flipped
    // bit in it can hide a chunk, which then reads as zeros without an error.
    check(H5Pset_libver_bounds(list.get(), H5F_LIBVER_V110, H5F_LIBVER_V110),
          "set the file format");
    check(H5Pset_fclose_degree(list.get(), H5F_CLOSE_STRONG), "set how files close");
    // File systems without locks give ENOSYS; HDF5_USE_FILE_LOCKING, if set, wins over this.
    check(H5Pset_file_locking(list.get(), true, true), "set file locking");
    return list;
}

void make_empty(std::string const& path) {
    Property const creation{check(H5Pcreate(H5P_FILE_CREATE), "create a property list")};
    check(H5Pset_obj_track_times(creation.get(), false), "leave out times");
    auto const access = file_access();
    auto const what = fmt::format("make {}", path);
    ReadFile file{
        check(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.get(), access.get()), what)};
    check(H5Fclose(file.release()), what);
}

}  // namespace kamacite::io::h5
