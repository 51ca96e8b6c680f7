#include "kamacite/ipi/socket.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstring>
#include <memory>
#include <system_error>
#include <thread>

#include "kamacite/core/error.hpp"

namespace kamacite::ipi {
namespace {

using Clock = std::chrono::steady_clock;
using Descriptor = Handle<DescriptorTraits>;

constexpr double look_up = 0.2;  // [s] between questions whether to stop

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string reason_of(int code) {
    return std::generic_category().message(code);
}

/// The kernel says that a write to a connection that is gone fails, instead of ending the program.
#ifdef MSG_NOSIGNAL
constexpr int no_signal = MSG_NOSIGNAL;
#else
constexpr int no_signal = 0;
#endif

/// Waits for `events`. \returns whether they came, before the time was over or a signal came
bool poll_for(int descriptor, short events, double seconds) {
    pollfd asked{descriptor, events, 0};
    int const found = poll(&asked, 1, static_cast<int>(std::ceil(1e3 * std::max(0.0, seconds))));
    if (found < 0 && errno != EINTR)
        throw SystemError(fmt::format("waiting at a socket failed ({})", reason_of(errno)));
    return found > 0;
}

/// Tries to connect a socket that does not block. \returns 0, or why not
int connect_within(int descriptor, sockaddr const* to, socklen_t length, double seconds) {
    if (connect(descriptor, to, length) == 0) return 0;
    if (errno != EINPROGRESS && errno != EINTR) return errno;
    if (!poll_for(descriptor, POLLOUT, seconds)) return ETIMEDOUT;
    int code = 0;
    socklen_t size = sizeof code;
    return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0 ? code : errno;
}

/// A socket that is connected. `why` says why the result is empty.
Descriptor socket_to(int family, sockaddr const* to, socklen_t length, double seconds,
                     std::string& why) {
    Descriptor descriptor{socket(family, SOCK_STREAM, 0)};
    int const flags = descriptor ? fcntl(descriptor.get(), F_GETFL) : -1;
    if (flags < 0 || fcntl(descriptor.get(), F_SETFL, flags | O_NONBLOCK) != 0 ||
        fcntl(descriptor.get(), F_SETFD, FD_CLOEXEC) != 0) {
        why = reason_of(errno);
        return {};
    }
    int const failure = connect_within(descriptor.get(), to, length, seconds);
    if (failure == 0) return descriptor;
    why = reason_of(failure);
    return {};
}

/// One try.
Descriptor connect_unix(Address const& address, std::string& why) {
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    std::memcpy(to.sun_path, address.port.c_str(), address.port.size() + 1);
    return socket_to(AF_UNIX, reinterpret_cast<sockaddr const*>(&to), sizeof to, 1.0, why);
}

/// The same for each of the addresses that the host has, one after the other.
Descriptor connect_host(Address const& address, std::string& why) {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    int const code = getaddrinfo(address.host.c_str(), address.port.c_str(), &wanted, &found);
    if (code != 0) {
        why = gai_strerror(code);
        return {};
    }
    std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> const all{found, &freeaddrinfo};
    for (auto const* at = found; at != nullptr; at = at->ai_next) {
        auto descriptor = socket_to(at->ai_family, at->ai_addr, at->ai_addrlen, 5.0, why);
        if (!descriptor) continue;
        int const on = 1;  // messages are short, and each waits for the one before
        setsockopt(descriptor.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        return descriptor;
    }
    return {};
}

Descriptor connected(Address const& address, double patience,
                     std::function<bool()> const& given_up) {
    auto const start = Clock::now();
    std::string why;
    while (true) {
        auto descriptor =
            address.host.empty() ? connect_unix(address, why) : connect_host(address, why);
        if (descriptor) return descriptor;
        bool const stopped = given_up();
        if (stopped || seconds_since(start) >= patience)
            throw SystemError(fmt::format(
                "no server at {} ({}{}): start i-PI, or the script with ASE's "
                "SocketIOCalculator, before, or wait longer for it (--wait)",
                address.shown(), why,
                stopped ? ", and asked to stop" : fmt::format(", for {:.3g} s", patience)));
        std::this_thread::sleep_for(std::chrono::duration<double>(look_up));
    }
}

}  // namespace

void DescriptorTraits::close(type descriptor) noexcept {
    ::close(descriptor);
}

Address Address::of_host(std::string const& text) {
    auto const bracket = text.rfind(']');
    auto const colon = text.rfind(':');
    bool const has_port =
        colon != std::string::npos && (bracket == std::string::npos || colon > bracket);
    Address a{text.substr(0, has_port ? colon : text.size()),
              has_port ? text.substr(colon + 1) : "31415"};
    if (a.host.size() > 2 && a.host.front() == '[' && a.host.back() == ']')
        a.host = a.host.substr(1, a.host.size() - 2);
    int number = 0;
    char const* const end = a.port.data() + a.port.size();
    auto const [next, failure] = std::from_chars(a.port.data(), end, number);
    if (a.host.empty() || failure != std::errc{} || next != end || number < 1 || number > 65535)
        throw UsageError(
            fmt::format("'{}' is no address: it is HOST:PORT, as in localhost:31415, with a port "
                        "from 1 to 65535",
                        text));
    return a;
}

Address Address::of_unix(std::string const& name) {
    auto const path = name.find('/') == std::string::npos ? "/tmp/ipi_" + name : name;
    if (name.empty() || path.size() >= sizeof(sockaddr_un::sun_path))
        throw UsageError(
            fmt::format("'{}' cannot be the name of a UNIX socket ({}): take the one that the "
                        "server was given",
                        name, name.empty() ? "it is empty" : "too long for the system"));
    return {"", path};
}

std::string Address::shown() const {
    if (host.empty()) return port;
    bool const is_number = host.find(':') != std::string::npos;  // an address of IPv6
    return is_number ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

Socket::Socket(Address const& address, Patience const& patience, std::function<bool()> given_up)
    : name_{address.shown()},
      patience_{patience.rest},
      given_up_{std::move(given_up)},
      descriptor_{connected(address, patience.server, given_up_)} {}

bool Socket::ready(For what, double seconds) const {
    return poll_for(descriptor_.get(), what == For::reading ? POLLIN : POLLOUT, seconds);
}

bool Socket::wait(double seconds) const {
    return ready(For::reading, seconds);
}

void Socket::wait_for_rest(For what) const {
    auto const start = Clock::now();
    while (!ready(what, look_up)) {
        if (given_up_())
            throw SystemError(
                fmt::format("{}: asked to stop in the middle of a message, for the rest of which "
                            "the server lets wait",
                            name_));
        if (seconds_since(start) > patience_)
            throw SystemError(fmt::format(
                "{}: the server {} for {:.3g} s in the middle of a message: does it hang?", name_,
                what == For::reading ? "sends nothing" : "takes nothing", patience_));
    }
}

bool Socket::is_over() {
    wait_for_rest(For::reading);
    std::byte next{};
    return recv(descriptor_.get(), &next, 1, MSG_PEEK) == 0;
}

void Socket::read(std::span<std::byte> into) {
    std::size_t done = 0;
    while (done < into.size()) {
        wait_for_rest(For::reading);
        auto const n = recv(descriptor_.get(), into.data() + done, into.size() - done, 0);
        if (n < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK)) continue;
        if (n <= 0)
            throw SystemError(fmt::format(
                "{}: the server has left in the middle of a message ({}): look for its error",
                name_,
                n < 0 ? reason_of(errno) : fmt::format("{} of {} bytes came", done, into.size())));
        done += static_cast<std::size_t>(n);
    }
}

void Socket::write(std::span<std::byte const> bytes) {
    while (!bytes.empty()) {
        wait_for_rest(For::writing);
        auto const n = send(descriptor_.get(), bytes.data(), bytes.size(), no_signal);
        if (n < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK)) continue;
        if (n < 0)
            throw SystemError(
                fmt::format("{}: the server takes no answer ({}): it has ended, look for its error",
                            name_, reason_of(errno)));
        bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
}

}  // namespace kamacite::ipi
