#include "kamacite/dataset/records.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>

#include "kamacite/core/error.hpp"
#include "kamacite/dataset/store.hpp"
#include "kamacite/io/hash.hpp"
#include "kamacite/io/reader.hpp"
#include "rows.hpp"

namespace kamacite::dataset {
namespace {

constexpr int read_at_once = 256;      // records of a stream
constexpr int gap = 32;                // records that a stream may leave out
constexpr std::uint64_t let_in = 8;    // one of so many, where there is no room
constexpr std::size_t most_open = 32;  // segments

template <class T>
double bytes_of(std::vector<T> const& values) {
    return static_cast<double>(values.capacity() * sizeof(T));
}

/// Segments of a dataset, opened when they are first read from.
class OpenSegments {
public:
    explicit OpenSegments(std::vector<Segment> segments)
        : segments_{std::move(segments)}, open_(segments_.size()) {}

    [[nodiscard]] std::vector<Record> read(mpi::Range rows) {
        std::vector<Record> out;
        for (std::size_t k = 0; k < segments_.size(); ++k)
            if (rows.begin < segments_[k].first + segments_[k].records &&
                rows.end > segments_[k].first)
                append_rows(opened(k), segments_[k], rows, out);
        return out;
    }

private:
    io::Reader const& opened(std::size_t k) {
        if (open_[k]) return *open_[k];
        auto const& segment = segments_[k];
        io::Reader reader{segment.path};
        if (reader.text("/", "content") != io::render_hash(segment.content))
            throw DataError(fmt::format(
                "{}: it is not the file that it was when this run began (somebody has written it "
                "anew): start again when nothing writes to it",
                segment.path.string()));
        if (order_.size() == most_open) {
            open_[order_.front()].reset();
            order_.erase(order_.begin());
        }
        order_.push_back(k);
        return open_[k].emplace(std::move(reader));
    }

    std::vector<Segment> segments_;
    std::vector<std::optional<io::Reader>> open_;
    std::vector<std::size_t> order_;  // in which they were opened
};

}  // namespace

double bytes_of(Record const& record) {
    auto const& s = record.structure;
    auto const& l = record.labels;
    double const texts = static_cast<double>(
        record.name.capacity() + record.family.capacity() + record.trajectory.capacity() +
        record.source.capacity() + record.recipe.capacity() + record.level.capacity());
    return static_cast<double>(sizeof(Record) + 64 * l.properties.size()) + texts +
           bytes_of(s.positions) + bytes_of(s.species) + bytes_of(l.forces) + bytes_of(l.moments);
}

struct Records::Store {
    std::vector<Source> sources;
    std::vector<std::size_t> first{0};  // first[k] … first[k + 1]: ids of source k
    std::function<void(std::span<Record>)> change;
    double bytes = 0.0;  // that may be kept

    std::vector<std::shared_ptr<Record const>> kept;
    std::vector<int> kept_ids;
    double used = 0.0;
    std::uint64_t turn = 0;  // which of the kept goes next
    std::vector<std::shared_ptr<Record const>> stream;
    std::size_t stream_begin = 0;

    /// The records [begin, end), as they are in the sources.
    [[nodiscard]] std::vector<Record> raw(std::size_t begin, std::size_t end) const {
        std::vector<Record> out;
        for (std::size_t k = 0; k < sources.size(); ++k) {
            auto at = std::max(begin, first[k]);
            auto const last = std::min(end, first[k + 1]);
            auto const& rows = sources[k].rows;
            while (at < last) {  // rows that follow each other closely
                auto const row = rows[at - first[k]];
                auto stop = at + 1;
                while (stop < last && rows[stop - first[k]] > rows[stop - first[k] - 1] &&
                       rows[stop - first[k]] - rows[stop - first[k] - 1] <= gap)
                    ++stop;
                auto part = sources[k].read({row, rows[stop - 1 - first[k]] + 1});
                for (; at < stop; ++at)
                    out.push_back(
                        std::move(part[static_cast<std::size_t>(rows[at - first[k]] - row)]));
            }
        }
        return out;
    }

    [[nodiscard]] std::vector<Record> fetch(std::size_t begin, std::size_t end) const {
        auto out = raw(begin, end);
        if (change) change(out);
        return out;
    }

    [[nodiscard]] std::uint64_t next_turn() {
        turn = turn * 6364136223846793005ULL + 1442695040888963407ULL;
        return turn >> 33;
    }

    void keep(int id, std::shared_ptr<Record const> const& record) {
        double const size = bytes_of(*record);
        if (size > bytes) return;
        // Where all is gone through again and again, a newcomer is no better than what is there,
        // and to let go of the oldest would be to let go of the next: few are let in, for any one.
        if (used + size > bytes && next_turn() % let_in != 0) return;
        while (used + size > bytes) {
            auto& gone = kept_ids[static_cast<std::size_t>(next_turn() % kept_ids.size())];
            auto& slot = kept[static_cast<std::size_t>(gone)];
            used -= bytes_of(*slot);
            slot.reset();
            std::swap(gone, kept_ids.back());
            kept_ids.pop_back();
        }
        used += size;
        kept[static_cast<std::size_t>(id)] = record;
        kept_ids.push_back(id);
    }

    [[nodiscard]] std::shared_ptr<Record const> get(int id) {
        auto const at = static_cast<std::size_t>(id);
        if (kept[at]) return kept[at];
        auto const stream_end = stream_begin + stream.size();
        if (at < stream_begin || at >= stream_end) {
            bool const goes_on = at >= stream_end && at - stream_end < gap;
            auto const end = std::min(kept.size(), at + (goes_on ? read_at_once : 1));
            stream.clear();
            for (auto& record : fetch(at, end))
                stream.push_back(std::make_shared<Record const>(std::move(record)));
            stream_begin = at;
        }
        auto const found = stream[at - stream_begin];
        keep(id, found);
        return found;
    }
};

Records::Records(std::vector<Record> all) : store_{std::make_shared<Store>()}, ids_(all.size()) {
    std::iota(ids_.begin(), ids_.end(), 0);
    for (auto& record : all)
        store_->kept.push_back(std::make_shared<Record const>(std::move(record)));
    store_->bytes = std::numeric_limits<double>::infinity();
}

Records::Records(std::vector<Source> sources, double bytes) : store_{std::make_shared<Store>()} {
    for (auto const& source : sources)
        store_->first.push_back(store_->first.back() + source.rows.size());
    store_->sources = std::move(sources);
    store_->bytes = bytes;
    store_->kept.resize(store_->first.back());
    ids_.resize(store_->kept.size());
    std::iota(ids_.begin(), ids_.end(), 0);
}

std::shared_ptr<Record const> Records::operator[](std::size_t i) const {
    return store_->get(ids_[i]);
}

Records Records::some(std::span<int const> numbers) const {
    Records out;
    out.store_ = store_;
    for (int const i : numbers) out.ids_.push_back(ids_[static_cast<std::size_t>(i)]);
    return out;
}

Records Records::changed(std::function<void(std::span<Record>)> change) const {
    if (empty()) return *this;
    // Those that stay in memory are copied from there, others from where they are read.
    auto const read = [store = store_, ids = ids_](mpi::Range rows) {
        std::vector<Record> out;
        auto const begin = static_cast<std::size_t>(rows.begin);
        auto const end = static_cast<std::size_t>(rows.end);
        for (auto at = begin; at < end;) {
            auto const id = static_cast<std::size_t>(ids[at]);
            auto stop = at + 1;
            if (store->sources.empty()) {
                out.push_back(*store->kept[id]);
            } else {
                while (stop < end && ids[stop] == ids[stop - 1] + 1) ++stop;
                auto part = store->fetch(id, id + (stop - at));
                std::move(part.begin(), part.end(), std::back_inserter(out));
            }
            at = stop;
        }
        return out;
    };
    std::vector<long long> rows(size());
    std::iota(rows.begin(), rows.end(), 0LL);
    Records out{std::vector<Source>{{read, std::move(rows)}}, store_->bytes};
    out.store_->change = std::move(change);
    return out;
}

Records::Read reader_of(std::filesystem::path const& path, mpi::Communicator const& comm) {
    return [open = std::make_shared<OpenSegments>(segments(path, comm))](mpi::Range rows) {
        return open->read(rows);
    };
}

}  // namespace kamacite::dataset
