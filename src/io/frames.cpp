// Arrays of frames and groups of a File.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "file_state.hpp"

namespace kamacite::io {
namespace {

/// This rank's rows of all frames, and how they are written.
struct FrameSlab {
    long long frames = 0, mine = 0, first = 0, total = 0, columns = 1;
    long long frames_per_call = 1;
};

void write_frame_slab(hid_t file, std::string const& name, hid_t type, std::size_t item,
                      FrameSlab const& slab, About const& about, std::byte const* values) {
    bool const flat = slab.columns == 1;
    std::vector<hsize_t> shape{hsize_t(slab.frames), hsize_t(slab.total)};
    if (!flat) shape.push_back(hsize_t(slab.columns));
    auto chunk = shape;
    chunk[0] = 1;
    hsize_t const row = hsize_t(slab.columns) * item;
    chunk[1] = std::clamp<hsize_t>(hsize_t(chunk_bytes) / row, 1, std::max<hsize_t>(shape[1], 1));
    h5::Space const space{
        h5::check(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr),
                  fmt::format("shape '{}'", name))};
    auto const creation = dataset_creation(slab.total > 0 ? chunk : std::vector<hsize_t>{});
    h5::WriteDataset const dataset{
        h5::check(H5Dcreate2(file, name.c_str(), type, space.get(), link_creation().get(),
                             creation.get(), H5P_DEFAULT),
                  fmt::format("create array '{}'", name))};
    put_about(dataset.get(), about);
    if (slab.total == 0) return;
    long long const frame_bytes = slab.mine * static_cast<long long>(row);
    for (long long f = 0; f < slab.frames; f += slab.frames_per_call) {
        std::array<hsize_t, 3> const start{hsize_t(f), hsize_t(slab.first), 0};
        std::array<hsize_t, 3> const count{hsize_t(std::min(slab.frames_per_call, slab.frames - f)),
                                           hsize_t(slab.mine), hsize_t(slab.columns)};
        write_part(dataset.get(), type, std::span{start}.first(shape.size()),
                   std::span{count}.first(shape.size()), slab.mine > 0, values + f * frame_bytes);
    }
}

}  // namespace

template <Element T>
void File::write_frames(std::string const& name, std::span<T const> values, long long frames,
                        About const& about, long long columns) {
    KAMACITE_EXPECTS(frames > 0 && columns > 0 && std::ssize(values) % (frames * columns) == 0);
    FrameSlab slab{
        .frames = frames, .mine = std::ssize(values) / (frames * columns), .columns = columns};
    slab.first = mpi::exclusive_sum(comm(), slab.mine);
    slab.total = comm().all_reduce(mpi::Op::sum, slab.mine);
    auto const row = columns * static_cast<long long>(sizeof(T));
    auto const most = comm().all_reduce(mpi::Op::max, slab.mine) * row;
    slab.frames_per_call = std::clamp(slab_bytes / std::max(1LL, most), 1LL, frames);
    constexpr long long header = 4 * 1024;
    state_->reserve(frames * slab.total * row + header);
    state_->attempt([&] {
        write_frame_slab(state_->file.get(), name, h5::native_type<T>(), sizeof(T), slab, about,
                         reinterpret_cast<std::byte const*>(values.data()));
    });
}

template void File::write_frames<double>(std::string const&, std::span<double const>, long long,
                                         About const&, long long);
template void File::write_frames<int>(std::string const&, std::span<int const>, long long,
                                      About const&, long long);

void File::make_group(std::string const& name) {
    constexpr long long header = 4 * 1024;
    state_->reserve(header);
    state_->attempt([&] {
        hid_t const group = h5::check(H5Gcreate2(state_->file.get(), name.c_str(),
                                                 link_creation().get(), H5P_DEFAULT, H5P_DEFAULT),
                                      fmt::format("make the group '{}'", name));
        h5::check(H5Gclose(group), fmt::format("make the group '{}'", name));
    });
}

}  // namespace kamacite::io
