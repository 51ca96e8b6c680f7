#include "kamacite/io/hash.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <fstream>
#include <vector>

#include "kamacite/core/error.hpp"

namespace kamacite::io {
namespace {

static_assert(std::endian::native == std::endian::little, "XXH64 reads little-endian words");

// The five primes of the specification.
constexpr std::uint64_t prime_1 = 0x9E3779B185EBCA87ULL;
constexpr std::uint64_t prime_2 = 0xC2B2AE3D27D4EB4FULL;
constexpr std::uint64_t prime_3 = 0x165667B19E3779F9ULL;
constexpr std::uint64_t prime_4 = 0x85EBCA77C2B2AE63ULL;
constexpr std::uint64_t prime_5 = 0x27D4EB2F165667C5ULL;

template <class T>
T word(std::byte const* p) {
    T value;
    std::memcpy(&value, p, sizeof value);
    return value;
}

std::uint64_t round(std::uint64_t lane, std::uint64_t input) {
    return std::rotl(lane + input * prime_2, 31) * prime_1;
}

std::uint64_t merge(std::uint64_t hash, std::uint64_t lane) {
    return (hash ^ round(0, lane)) * prime_1 + prime_4;
}

}  // namespace

Hash64::Hash64(std::uint64_t seed)
    : seed_{seed}, lane_{seed + prime_1 + prime_2, seed + prime_2, seed, seed - prime_1}, rest_{} {}

void Hash64::stripe(std::byte const* p) {
    for (std::size_t i = 0; i < 4; ++i) lane_[i] = round(lane_[i], word<std::uint64_t>(p + 8 * i));
}

Hash64& Hash64::add(std::span<std::byte const> bytes) {
    total_ += bytes.size();
    if (rest_size_ > 0) {
        std::size_t const n = std::min(bytes.size(), sizeof rest_ - rest_size_);
        std::copy_n(bytes.begin(), n, rest_ + rest_size_);
        rest_size_ += n;
        bytes = bytes.subspan(n);
        if (rest_size_ < sizeof rest_) return *this;
        stripe(rest_);
        rest_size_ = 0;
    }
    for (; bytes.size() >= sizeof rest_; bytes = bytes.subspan(sizeof rest_)) stripe(bytes.data());
    std::copy(bytes.begin(), bytes.end(), rest_);
    rest_size_ = bytes.size();
    return *this;
}

Hash64& Hash64::add(std::string const& text) {
    add(text.size());
    return add(std::as_bytes(std::span{text}));
}

std::uint64_t Hash64::value() const {
    std::uint64_t hash = seed_ + prime_5;
    if (total_ >= sizeof rest_) {
        hash = std::rotl(lane_[0], 1) + std::rotl(lane_[1], 7) + std::rotl(lane_[2], 12) +
               std::rotl(lane_[3], 18);
        for (auto const lane : lane_) hash = merge(hash, lane);
    }
    hash += total_;
    std::size_t i = 0;
    for (; i + 8 <= rest_size_; i += 8)
        hash = std::rotl(hash ^ round(0, word<std::uint64_t>(rest_ + i)), 27) * prime_1 + prime_4;
    if (i + 4 <= rest_size_) {
        hash = std::rotl(hash ^ word<std::uint32_t>(rest_ + i) * prime_1, 23) * prime_2 + prime_3;
        i += 4;
    }
    for (; i < rest_size_; ++i)
        hash = std::rotl(hash ^ std::to_integer<std::uint64_t>(rest_[i]) * prime_5, 11) * prime_1;
    hash = (hash ^ (hash >> 33)) * prime_2;
    hash = (hash ^ (hash >> 29)) * prime_3;
    return hash ^ (hash >> 32);
}

std::string render_hash(std::uint64_t hash) {
    return fmt::format("xxh64:{:016x}", hash);
}

namespace {

std::uint64_t hash_content(std::filesystem::path const& path) {
    std::ifstream in{path, std::ios::binary};
    if (!in)
        throw MissingError(
            fmt::format("{}: the file cannot be read (it is to be hashed): check its name "
                        "and permissions",
                        path.string()));
    Hash64 hash;
    std::vector<char> buffer(1 << 20);
    while (in.read(buffer.data(), std::ssize(buffer)) || in.gcount() > 0)
        hash.add(std::as_bytes(std::span{buffer.data(), static_cast<std::size_t>(in.gcount())}));
    return hash.value();
}

std::uint64_t hash_directory(std::filesystem::path const& path) {
    std::vector<std::filesystem::path> files;
    for (auto const& entry : std::filesystem::directory_iterator{path})
        if (entry.path().filename().string().starts_with("seg-") &&
            entry.path().extension() == ".h5")
            files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    Hash64 hash;
    for (auto const& file : files) hash.add(file.filename().string()).add(hash_content(file));
    return hash.value();
}

}  // namespace

std::string hash_of_file(std::filesystem::path const& path) {
    return render_hash(hash_content(path));
}

std::string parent(std::filesystem::path const& path, mpi::Communicator const& comm) {
    std::string text;
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        auto const hash =
            std::filesystem::is_directory(path) ? hash_directory(path) : hash_content(path);
        text = path.string() + " " + render_hash(hash);
    });
    comm.broadcast(text);
    return text;
}

}  // namespace kamacite::io
