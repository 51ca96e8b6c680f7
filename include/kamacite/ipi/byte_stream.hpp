#pragma once
#include <cstddef>
#include <span>
#include <string>

namespace kamacite::ipi {

/// Bytes to and from another program, in order: a socket, or in tests an array.
class ByteStream {
public:
    ByteStream() = default;
    ByteStream(ByteStream const&) = delete;
    ByteStream& operator=(ByteStream const&) = delete;
    virtual ~ByteStream() = default;

    /// The other side's address, for errors.
    [[nodiscard]] virtual std::string name() const = 0;
    /// Waits for a byte or the end. \returns whether the other side has left and all is read
    [[nodiscard]] virtual bool is_over() = 0;
    /// Fills all of `into`. \throws SystemError if the other side leaves before that
    virtual void read(std::span<std::byte> into) = 0;
    /// Sends all of `bytes`. \throws SystemError if the other side has left
    virtual void write(std::span<std::byte const> bytes) = 0;
};

}  // namespace kamacite::ipi
