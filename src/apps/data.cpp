#include "data.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kamacite/core/error.hpp"
#include "kamacite/dataset/store.hpp"
#include "kamacite/inference/predict.hpp"

namespace kamacite::apps {

bool names_dataset(std::filesystem::path const& path) {
    return path.extension() == ".h5" || path.extension() == ".kds";
}

bool holds_predictions(mpi::Communicator const& comm, std::filesystem::path const& path) {
    if (!names_dataset(path)) return false;
    auto const segments = dataset::segments(path, comm);
    return std::any_of(segments.begin(), segments.end(),
                       [](auto const& s) { return dataset::holds_predictions(s); });
}

void refuse_predictions(mpi::Communicator const& comm, std::filesystem::path const& path,
                        char const* to) {
    if (holds_predictions(comm, path))
        throw DataError(fmt::format(
            "{}: its labels are predictions of a model ('kamacite info' tells of which), nothing "
            "to {}: name the data with reference labels",
            path.string(), to));
}

Source::Source(mpi::Communicator const& comm, std::filesystem::path path, std::string const& format)
    : path_{std::move(path)} {
    if (format.empty() && names_dataset(path_)) {
        size_ = dataset::size(path_, comm);
    } else {
        // One rank finds the structures; the others are told where they are.
        std::vector<long long> kind(1);
        mpi::all_or_none(comm, [&] {
            if (!comm.is_root()) return;
            auto const its =
                format.empty() ? formats::guess_format(path_) : formats::format_of(format);
            index_ = formats::index_any(path_, its);
            kind[0] = static_cast<long long>(its);
        });
        comm.broadcast(kind);
        comm.broadcast(index_.offsets);
        comm.broadcast(index_.lines);
        index_.path = path_;
        format_ = static_cast<formats::Format>(kind[0]);
        size_ = index_.size();
    }
    if (size_ == 0)
        throw DataError(
            fmt::format("{} has no structures (there is nothing to work on): name another file, or "
                        "import or generate some",
                        path_.string()));
}

std::vector<Record> Source::read(mpi::Communicator const& comm, mpi::Range range) const {
    if (!format_ && selection_) {
        auto const chosen = std::span{*selection_}.subspan(static_cast<std::size_t>(range.begin),
                                                           static_cast<std::size_t>(range.size()));
        return dataset::read(path_, comm, chosen);
    }
    if (!format_) return dataset::read(path_, comm, range);
    std::vector<Record> records;
    mpi::all_or_none(comm, [&] {
        if (range.size() > 0)
            records = formats::read_any(index_, *format_, {}, range.begin, range.end);
    });
    return records;
}

dataset::Records::Read Source::reader(mpi::Communicator const& comm) const {
    KAMACITE_EXPECTS(!selection_);
    if (!format_) return dataset::reader_of(path_, comm);
    return [index = index_, format = *format_](mpi::Range range) {
        return formats::read_any(index, format, {}, range.begin, range.end);
    };
}

std::vector<Record> Source::read_balanced(mpi::Communicator const& comm, double cutoff) const {
    auto const block = mpi::block_of(comm.rank(), comm.size(), size());
    auto records = read(comm, block);
    if (comm.size() == 1) return records;
    std::vector<double> costs;
    for (auto const& record : records)
        costs.push_back(inference::cost_of(record.structure, cutoff));
    costs = comm.all_gather(std::span<double const>{costs});
    auto const part =
        inference::balanced_parts(costs, comm.size())[static_cast<std::size_t>(comm.rank())];
    int const moved = part.begin != block.begin || part.end != block.end ? 1 : 0;
    if (comm.all_reduce(mpi::Op::max, moved) == 0) return records;
    return read(comm, part);
}

}  // namespace kamacite::apps
