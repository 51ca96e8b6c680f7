#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "kamacite/mpi/communicator.hpp"

namespace kamacite::io {

/// 64-bit hash of a run of bytes, fed in pieces: XXH64. Finds accidents, not forgers.
///
/// Source: Y. Collet, "xxHash fast digest algorithm", specification 0.1.1 (2018).
class Hash64 {
public:
    explicit Hash64(std::uint64_t seed = 0);

    Hash64& add(std::span<std::byte const> bytes);
    template <class T>
    requires std::is_arithmetic_v<T> Hash64& add(T const& number) {
        return add(std::as_bytes(std::span{&number, 1}));
    }
    /// A text with its length, so that "ab","c" and "a","bc" differ.
    Hash64& add(std::string const& text);

    [[nodiscard]] std::uint64_t value() const;  ///< of everything added so far

private:
    void stripe(std::byte const* p);
    std::uint64_t seed_;
    std::uint64_t lane_[4];
    std::byte rest_[32];
    std::size_t rest_size_ = 0;
    std::uint64_t total_ = 0;
};

/// "xxh64:" and 16 hex digits.
[[nodiscard]] std::string render_hash(std::uint64_t hash);

/// Content of a file as render_hash(). Local.
/// \throws MissingError if it cannot be read
[[nodiscard]] std::string hash_of_file(std::filesystem::path const& path);

/// "<path> <hash>", as Provenance::parents wants it; rank 0 reads. Directories (x.kds) hash the
/// names and contents of the segments in them. Collective.
[[nodiscard]] std::string parent(std::filesystem::path const& path, mpi::Communicator const& comm);

}  // namespace kamacite::io
