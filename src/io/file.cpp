#include "kamacite/io/file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "file_state.hpp"

namespace kamacite::io {

h5::Property collective_transfer() {
    h5::Property list{h5::check(H5Pcreate(H5P_DATASET_XFER), "create a property list")};
    h5::check(H5Pset_dxpl_mpio(list.get(), H5FD_MPIO_COLLECTIVE), "set collective transfer");
    return list;
}

h5::Property link_creation() {
    h5::Property list{h5::check(H5Pcreate(H5P_LINK_CREATE), "create a property list")};
    h5::check(H5Pset_create_intermediate_group(list.get(), 1), "set creation of groups");
    h5::check(H5Pset_char_encoding(list.get(), H5T_CSET_UTF8), "set the encoding of names");
    return list;
}

h5::Property dataset_creation(std::vector<hsize_t> const& chunk) {
    h5::Property list{h5::check(H5Pcreate(H5P_DATASET_CREATE), "create a property list")};
    h5::check(H5Pset_obj_track_times(list.get(), false), "leave out times");
    if (chunk.empty()) return list;
    h5::check(H5Pset_chunk(list.get(), static_cast<int>(chunk.size()), chunk.data()), "set chunks");
    h5::check(H5Pset_fletcher32(list.get()), "set checksums");
    h5::check(H5Pset_fill_time(list.get(), H5D_FILL_TIME_NEVER), "set fill time");
    return list;
}

void write_part(hid_t dataset, hid_t type, std::span<hsize_t const> start,
                std::span<hsize_t const> count, bool some, std::byte const* values) {
    h5::Space const global{h5::check(H5Dget_space(dataset), "read a shape")};
    h5::Space const local{h5::check(
        H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr), "shape a slab")};
    if (some) {
        h5::check(H5Sselect_hyperslab(global.get(), H5S_SELECT_SET, start.data(), nullptr,
                                      count.data(), nullptr),
                  "select rows");
    } else {
        h5::check(H5Sselect_none(global.get()), "select no rows");
        h5::check(H5Sselect_none(local.get()), "select no rows");
    }
    h5::check(
        H5Dwrite(dataset, type, local.get(), global.get(), collective_transfer().get(), values),
        "write");
}

namespace {

h5::Property parallel_access(mpi::Communicator const& comm) {
    auto list = h5::file_access();
    h5::check(H5Pset_fapl_mpio(list.get(), comm.raw(), MPI_INFO_NULL), "set MPI access");
    // Without this, ranks may flush metadata one by one and wait for each other for ever
    // (hdf5#265).
    h5::check(H5Pset_coll_metadata_write(list.get(), true), "set collective metadata");
    return list;
}

/// Chunks of an array of whole rows; none of one without rows, which chunks must not be larger
/// than.
std::vector<hsize_t> chunk_of(std::vector<hsize_t> const& shape, std::size_t item) {
    if (shape[0] == 0) return {};
    hsize_t const row = shape.size() > 1 ? shape[1] * item : item;
    auto chunk = shape;
    chunk[0] = std::clamp<hsize_t>(hsize_t(chunk_bytes) / std::max<hsize_t>(row, 1), 1, shape[0]);
    return chunk;
}

Slab agree(mpi::Communicator const& comm, long long mine, long long columns, std::size_t item,
           bool flat) {
    Slab slab{.mine = mine, .columns = columns, .flat = flat};
    slab.first = mpi::exclusive_sum(comm, mine);
    slab.total = comm.all_reduce(mpi::Op::sum, mine);
    long long const row = std::max(1LL, columns * static_cast<long long>(item));
    long long const per_call = std::max(1LL, slab_bytes / row);
    slab.calls = comm.all_reduce(mpi::Op::max, (mine + per_call - 1) / per_call);
    return slab;
}

/// One collective call of at most slab_bytes; ranks that have nothing left select nothing.
void write_call(hid_t dataset, hid_t type, std::size_t item, Slab const& slab, long long call,
                std::byte const* values) {
    long long const row = std::max(1LL, slab.columns * static_cast<long long>(item));
    long long const per_call = std::max(1LL, slab_bytes / row);
    long long const begin = std::min(call * per_call, slab.mine);
    long long const n = std::min(slab.mine - begin, per_call);
    std::array<hsize_t, 2> const start{hsize_t(slab.first + begin), 0};
    std::array<hsize_t, 2> const count{hsize_t(n), hsize_t(slab.columns)};
    std::size_t const directions = slab.flat ? 1 : 2;
    write_part(dataset, type, std::span{start}.first(directions),
               std::span{count}.first(directions), n > 0 && slab.columns > 0, values + begin * row);
}

void write_slab(hid_t file, std::string const& name, hid_t type, std::size_t item, Slab const& slab,
                About const& about, void const* values) {
    std::vector<hsize_t> shape{hsize_t(slab.total)};
    if (!slab.flat) shape.push_back(hsize_t(slab.columns));
    h5::Space const space{
        h5::check(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr),
                  fmt::format("shape '{}'", name))};
    h5::WriteDataset const dataset{
        h5::check(H5Dcreate2(file, name.c_str(), type, space.get(), link_creation().get(),
                             dataset_creation(chunk_of(shape, item)).get(), H5P_DEFAULT),
                  fmt::format("create array '{}'", name))};
    put_about(dataset.get(), about);
    if (slab.total == 0 || slab.columns == 0) return;  // HDF5 1.10 cannot write no rows
    for (long long call = 0; call < slab.calls; ++call)
        write_call(dataset.get(), type, item, slab, call, static_cast<std::byte const*>(values));
}

}  // namespace

void File::State::write(std::string const& name, hid_t type, std::size_t item, Slab const& slab,
                        About const& about, void const* values) {
    constexpr long long header = 4 * 1024;
    reserve(slab.total * slab.columns * static_cast<long long>(item) + header);
    attempt([&] { write_slab(file.get(), name, type, item, slab, about, values); });
}

File::File(std::unique_ptr<State> state) : state_{std::move(state)} {}
File::~File() = default;
File::File(File&&) noexcept = default;
File& File::operator=(File&&) noexcept = default;

std::filesystem::path const& File::path() const noexcept {
    return state_->path;
}
mpi::Communicator const& File::comm() const noexcept {
    return *state_->comm;
}
Reader const& File::reader() const {
    return state_->source();
}

File File::create(std::filesystem::path path, mpi::Communicator const& comm) {
    h5::be_quiet();
    auto state = std::make_unique<State>(std::move(path), comm);
    std::string part;
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        state->part = std::make_unique<PartFile>(state->path);
        part = state->part->part().string();
        // Room first, before HDF5 is asked: once it holds what it cannot write, it can neither
        // close the file nor leave it. That of an empty file is given back when HDF5 makes one.
        state->part->reserve(0);
        h5::make_empty(part);
        state->part->reserve(0);
    });
    comm.broadcast(part);
    mpi::all_or_none(comm, [&] {
        auto const access = parallel_access(comm);
        state->file = h5::WriteFile{h5::check(H5Fopen(part.c_str(), H5F_ACC_RDWR, access.get()),
                                              fmt::format("open {}", part))};
    });
    return File{std::move(state)};
}

File File::open(std::filesystem::path path, mpi::Communicator const& comm) {
    auto state = std::make_unique<State>(std::move(path), comm);
    mpi::all_or_none(comm, [&] {
        if (comm.is_root()) state->reader.emplace(state->path);
    });
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) state->reader.emplace(state->path);
    });
    return File{std::move(state)};
}

template <Element T>
void File::write_rows(std::string const& name, std::span<T const> values, About const& about,
                      long long columns) {
    KAMACITE_EXPECTS(columns > 0 && std::ssize(values) % columns == 0);
    auto const slab = agree(comm(), std::ssize(values) / columns, columns, sizeof(T), columns == 1);
    state_->write(name, h5::native_type<T>(), sizeof(T), slab, about, values.data());
}

void File::write_rows(std::string const& name, Matrix const& rows, About const& about) {
    auto const columns = comm().all_reduce(mpi::Op::max, static_cast<long long>(rows.cols()));
    KAMACITE_EXPECTS(rows.rows() == 0 || rows.cols() == columns);
    auto const slab = agree(comm(), rows.rows(), columns, sizeof(double), false);
    state_->write(name, H5T_NATIVE_DOUBLE, sizeof(double), slab, about, rows.data());
}

void File::write_texts(std::string const& name, std::span<std::string const> mine,
                       std::string const& description) {
    long long longest = 1;
    for (auto const& text : mine) longest = std::max<long long>(longest, std::ssize(text));
    auto const width = static_cast<std::size_t>(comm().all_reduce(mpi::Op::max, longest));
    std::string bytes(mine.size() * width, '\0');
    for (std::size_t i = 0; i < mine.size(); ++i)
        std::copy(mine[i].begin(), mine[i].end(), bytes.begin() + static_cast<long>(i * width));
    auto const slab = agree(comm(), std::ssize(mine), 1, width, true);
    auto const type = h5::text_type(width);
    state_->write(name, type.get(), width, slab, {"", description}, bytes.data());
}

void File::write_pool(std::string const& name, std::span<std::string const> mine,
                      std::string const& description) {
    std::vector<std::uint8_t> bytes;
    for (auto const& text : mine) bytes.insert(bytes.end(), text.begin(), text.end());
    std::vector<long long> ends;
    if (comm().is_root()) ends.push_back(0);
    long long end = mpi::exclusive_sum(comm(), std::ssize(bytes));
    for (auto const& text : mine) ends.push_back(end += std::ssize(text));
    write_rows(name + "/offset", ends, {"1", "text i is bytes offset[i] to offset[i+1]"});
    write_rows(name + "/text", bytes, {"1", description + " (UTF-8)"});
}

void File::commit(Existing existing) {
    state_->reserve(0);
    state_->attempt([&] {
        h5::check(H5Fflush(state_->file.get(), H5F_SCOPE_GLOBAL),
                  fmt::format("write {}", path().string()));
    });
    state_->attempt([&] {
        h5::check(H5Fclose(state_->file.release()), fmt::format("close {}", path().string()));
    });
    auto const part = std::move(state_->part);
    mpi::all_or_none(comm(), [&] {
        if (part) part->seal(existing);
    });
}

#define KAMACITE_FOR_ELEMENT(T)                                                             \
    template void File::write_rows<T>(std::string const&, std::span<T const>, About const&, \
                                      long long)
KAMACITE_FOR_ELEMENT(double);
KAMACITE_FOR_ELEMENT(int);
KAMACITE_FOR_ELEMENT(long long);
KAMACITE_FOR_ELEMENT(std::uint8_t);
KAMACITE_FOR_ELEMENT(std::uint64_t);
#undef KAMACITE_FOR_ELEMENT

}  // namespace kamacite::io
