#pragma once
#include <functional>

#include "kamacite/core/handle.hpp"
#include "kamacite/ipi/byte_stream.hpp"

namespace kamacite::ipi {

/// How a Handle owns a file descriptor.
struct DescriptorTraits {
    using type = int;
    static type null() noexcept { return -1; }
    static void close(type descriptor) noexcept;
    static constexpr bool collective = false;
};

/// Where a server listens: a host and a port, or a name in the file system.
struct Address {
    std::string host;  ///< empty: a UNIX socket
    std::string port;  ///< or the path of the UNIX socket

    /// "host:port", "[::1]:port", or "host" alone with i-PI's usual port, 31415.
    /// \throws UsageError if the port is no number from 1 to 65535
    [[nodiscard]] static Address of_host(std::string const& text);
    /// The socket that i-PI and ASE call `name`: /tmp/ipi_<name>; with a '/' in it, a path.
    /// \throws UsageError if it is empty or longer than the system allows
    [[nodiscard]] static Address of_unix(std::string const& name);

    [[nodiscard]] std::string shown() const;  ///< for messages
};

/// How long a socket waits [s].
struct Patience {
    double server = 30.0;  ///< for the server to be there
    double rest = 60.0;    ///< for the next byte, once a message has begun
};

/// A connection to a server.
class Socket final : public ByteStream {
public:
    /// Connects; tries again until the server is there.
    /// \param given_up  asked a few times a second: whether to stop waiting
    /// \throws SystemError naming the address if it is not there in time
    Socket(Address const& address, Patience const& patience, std::function<bool()> given_up);

    [[nodiscard]] std::string name() const override { return name_; }

    /// Waits for something to read, or for the other side to leave.
    /// \returns whether it came within `seconds` and before a signal
    [[nodiscard]] bool wait(double seconds) const;

    [[nodiscard]] bool is_over() override;
    void read(std::span<std::byte> into) override;
    void write(std::span<std::byte const> bytes) override;

private:
    enum class For { reading, writing };
    [[nodiscard]] bool ready(For what, double seconds) const;
    /// Waits within a message.
    void wait_for_rest(For what) const;

    std::string name_;
    double patience_;
    std::function<bool()> given_up_;
    Handle<DescriptorTraits> descriptor_;
};

}  // namespace kamacite::ipi
