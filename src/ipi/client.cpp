#include "kamacite/ipi/client.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstring>

#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"

namespace kamacite::ipi {
namespace {

constexpr std::size_t word_length = 12;
constexpr double force_unit = units::hartree / units::bohr;

/// A word without its padding; what cannot be printed is shown as '?'.
std::string trimmed(std::array<char, word_length> const& padded) {
    std::string word{padded.data(), padded.size()};
    while (!word.empty() && (word.back() == ' ' || word.back() == '\0')) word.pop_back();
    for (char& c : word)
        if (c < ' ' || c > '~') c = '?';
    return word;
}

template <class T>
void append(std::vector<std::byte>& message, std::span<T const> values) {
    auto const at = message.size();
    message.resize(at + values.size_bytes());
    if (!values.empty()) std::memcpy(message.data() + at, values.data(), values.size_bytes());
}

template <class T>
void append(std::vector<std::byte>& message, T value) {
    append(message, std::span<T const>{&value, 1});
}

}  // namespace

Client::Client(ByteStream& stream, int atoms, std::string source)
    : stream_{&stream}, atoms_{atoms}, source_{std::move(source)} {
    KAMACITE_EXPECTS(atoms > 0);
}

std::int32_t Client::read_count() {
    std::int32_t n = 0;
    stream_->read(std::as_writable_bytes(std::span{&n, 1}));
    return n;
}

void Client::say(char const* word) {
    std::array<char, word_length> padded{};
    padded.fill(' ');
    std::memcpy(padded.data(), word, std::strlen(word));
    stream_->write(std::as_bytes(std::span{padded}));
}

Client::Came Client::next() {
    if (stream_->is_over()) {
        expect_end();
        return Came::end;
    }
    std::array<char, word_length> padded{};
    stream_->read(std::as_writable_bytes(std::span{padded}));
    auto const word = trimmed(padded);
    if (word == "STATUS") {
        say(answer_ ? "HAVEDATA" : "READY");
    } else if (word == "POSDATA") {
        read_geometry();
        return Came::geometry;
    } else if (word == "GETFORCE") {
        send_answer();
    } else if (word == "INIT") {
        read_init();
    } else if (word == "EXIT" || word.empty()) {  // early versions of ASE say nothing at all
        return Came::end;
    } else {
        throw DataError(
            fmt::format("{} says '{}' (which is no message of i-PI's protocol): is it i-PI, or "
                        "ASE's SocketIOCalculator, that listens there?",
                        stream_->name(), word));
    }
    return Came::talk;
}

// ASE says nothing when it is done; but a server that has failed does not either.
void Client::expect_end() const {
    if (answer_)
        throw SystemError(
            fmt::format("{}: the server has left without fetching the forces that it "
                        "asked for: look for its error",
                        stream_->name()));
    if (!told_)
        throw SystemError(fmt::format(
            "{}: the server has left before it asked for any forces: look for its error",
            stream_->name()));
}

void Client::read_init() {
    constexpr std::int32_t longest = 1 << 24;
    (void)read_count();  // which replica it is: all are alike here
    auto const length = read_count();
    if (length < 0 || length > longest)
        throw DataError(
            fmt::format("{} announces a text of {} bytes in INIT (at most {}): is it "
                        "i-PI that listens there?",
                        stream_->name(), length, longest));
    std::vector<char> text(static_cast<std::size_t>(length));
    stream_->read(std::as_writable_bytes(std::span{text}));
}

void Client::read_geometry() {
    std::array<double, 9> cell{}, inverse{};
    stream_->read(std::as_writable_bytes(std::span{cell}));
    stream_->read(std::as_writable_bytes(std::span{inverse}));  // which follows from the cell
    auto const n = read_count();
    if (n != atoms_)
        throw DataError(
            fmt::format("{} sends {} atoms and {} has {} (i-PI sends no elements: they, and their "
                        "order, are those of the file): give the structure that the server has",
                        stream_->name(), n, source_, atoms_));
    geometry_.positions.resize(static_cast<std::size_t>(n));
    std::span const numbers{reinterpret_cast<double*>(geometry_.positions.data()),
                            3 * geometry_.positions.size()};
    stream_->read(std::as_writable_bytes(numbers));
    for (double& x : numbers) x *= units::bohr;
    // column by column as Eigen has it: the transpose of what was sent row by row
    geometry_.cell = units::bohr * Eigen::Map<Mat3 const>(cell.data());
    answer_.reset();

    if (!geometry_.cell.allFinite())
        throw DataError(
            fmt::format("{} sends a cell that is not finite: have its dynamics or its "
                        "barostat diverged?",
                        stream_->name()));
    for (std::size_t i = 0; i < geometry_.positions.size(); ++i) {
        auto const& r = geometry_.positions[i];
        if (!r.allFinite())
            throw DataError(
                fmt::format("{} sends the position ({}, {}, {}) for atom {} (must be finite): have "
                            "its dynamics diverged?",
                            stream_->name(), r.x(), r.y(), r.z(), i + 1));
    }
}

void Client::answer(Answer answer) {
    KAMACITE_EXPECTS(static_cast<int>(answer.forces.size()) == atoms_);
    answer_ = std::move(answer);
}

void Client::send_answer() {
    if (!answer_)
        throw DataError(
            fmt::format("{} asks for forces (GETFORCE) and has sent no positions (POSDATA) before: "
                        "is it i-PI that listens there?",
                        stream_->name()));
    say("FORCEREADY");
    auto const& a = *answer_;
    message_.clear();
    append(message_, a.energy / units::hartree);
    append(message_, static_cast<std::int32_t>(a.forces.size()));
    for (auto const& f : a.forces)
        for (double const x : f) append(message_, x / force_unit);
    // as Eigen stores it, column by column: row by row it is the transpose
    for (double const w : a.virial.reshaped()) append(message_, w / units::hartree);
    append(message_, static_cast<std::int32_t>(a.extra.size()));
    append(message_, std::span<char const>{a.extra});
    stream_->write(message_);
    answer_.reset();
    told_ = true;
}

}  // namespace kamacite::ipi
