#include "kamacite/ipi/client.hpp"

#include <cstring>
#include <limits>

#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/ipi/socket.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using Came = ipi::Client::Came;

namespace {

/// What a server has said, and what it was told.
class Recorded final : public ipi::ByteStream {
public:
    [[nodiscard]] std::string name() const override { return "here:1"; }
    [[nodiscard]] bool is_over() override { return at_ == said_.size(); }
    void read(std::span<std::byte> into) override {
        if (said_.size() - at_ < into.size()) throw SystemError("nothing more");
        std::memcpy(into.data(), said_.data() + at_, into.size());
        at_ += into.size();
    }
    void write(std::span<std::byte const> bytes) override {
        told.append(reinterpret_cast<char const*>(bytes.data()), bytes.size());
    }

    Recorded& word(std::string word) {
        word.resize(12, ' ');
        said_ += word;
        return *this;
    }
    template <class T>
    Recorded& number(T value) {
        said_.append(reinterpret_cast<char const*>(&value), sizeof value);
        return *this;
    }
    Recorded& text(std::string const& text) {
        said_ += text;
        return *this;
    }
    /// Lattice vectors of 10, 20, 30 Bohr with b leaning along a, and an inverse nobody reads.
    Recorded& geometry(std::vector<double> const& positions) {
        word("POSDATA");
        for (double const x : {10., 1., 0., 0., 20., 0., 0., 0., 30.}) number(x);
        for (int k = 0; k < 9; ++k) number(0.0);
        number(static_cast<std::int32_t>(positions.size() / 3));
        for (double const x : positions) number(x);
        return *this;
    }

    /// The number at a place of what was told.
    template <class T>
    [[nodiscard]] T heard(std::size_t at) const {
        T value{};
        REQUIRE(told.size() >= at + sizeof value);
        std::memcpy(&value, told.data() + at, sizeof value);
        return value;
    }

    std::string told;

private:
    std::string said_;
    std::size_t at_ = 0;
};

/// Why the client refuses what the server says next; nothing if it does not.
std::string refusal_of(ipi::Client& client) {
    try {
        (void)client.next();
    } catch (DataError const& e) {
        return e.what();
    }
    return "";
}
bool has(std::string const& text, char const* part) {
    return text.find(part) != std::string::npos;
}

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double bohr = units::bohr, hartree = units::hartree;

}  // namespace

TEST_CASE("the client tells its state, and takes what there is to initialise", "[ipi]") {
    Recorded server;
    server.word("STATUS").word("INIT").number(std::int32_t{3}).number(std::int32_t{5});
    server.text("seed!").word("STATUS").word("EXIT");
    ipi::Client client{server, 1, "a.xyz"};
    for (int k = 0; k < 3; ++k) CHECK(client.next() == Came::talk);
    CHECK(server.told == "READY       READY       ");
    CHECK(client.next() == Came::end);
    CHECK(server.is_over());
}

TEST_CASE("positions come in Bohr with vectors as columns, forces go in atomic units", "[ipi]") {
    Recorded server;
    server.geometry({1., 2., 3., 4., 5., 6.}).word("STATUS").word("GETFORCE").word("STATUS");
    ipi::Client client{server, 2, "a.xyz"};
    REQUIRE(client.next() == Came::geometry);
    auto const& g = client.geometry();
    REQUIRE(g.positions.size() == 2);
    CHECK(g.positions[1] == Vec3(4 * bohr, 5 * bohr, 6 * bohr));
    CHECK(Vec3(g.cell.row(0)) == Vec3(10 * bohr, 0, 0));
    CHECK(Vec3(g.cell.row(1)) == Vec3(1 * bohr, 20 * bohr, 0));

    Mat3 virial = Mat3::Zero();
    virial(0, 1) = 7 * hartree;
    double const unit = hartree / bohr;
    client.answer({-3 * hartree, {{1 * unit, 0, 0}, {0, 0, -2 * unit}}, virial, "{\"a\":1}"});
    CHECK(client.next() == Came::talk);
    CHECK(server.told == "HAVEDATA    ");
    server.told.clear();

    CHECK(client.next() == Came::talk);
    CHECK(server.told.substr(0, 12) == "FORCEREADY  ");
    CHECK_THAT(server.heard<double>(12), WithinRel(-3.0, 1e-15));
    CHECK(server.heard<std::int32_t>(20) == 2);
    CHECK_THAT(server.heard<double>(24), WithinRel(1.0, 1e-15));
    CHECK_THAT(server.heard<double>(24 + 40), WithinRel(-2.0, 1e-15));
    CHECK_THAT(server.heard<double>(72 + 24), WithinRel(7.0, 1e-15));  // row 1, column 0
    CHECK(server.heard<double>(72 + 8) == 0.0);
    CHECK(server.heard<std::int32_t>(144) == 7);
    CHECK(server.told.substr(148) == "{\"a\":1}");
    server.told.clear();

    CHECK(client.next() == Came::talk);  // an answer is given once
    CHECK(server.told == "READY       ");
}

TEST_CASE("new positions make an answer that was not fetched void", "[ipi]") {
    Recorded server;
    server.geometry({1., 2., 3.}).geometry({1., 2., 4.}).word("STATUS").word("");
    ipi::Client client{server, 1, "a.xyz"};
    REQUIRE(client.next() == Came::geometry);
    client.answer({0.0, {Vec3::Zero()}, Mat3::Zero(), ""});
    REQUIRE(client.next() == Came::geometry);
    CHECK(client.next() == Came::talk);
    CHECK(server.told == "READY       ");
    CHECK(client.next() == Came::end);
}

TEST_CASE("a server may leave when it has what it asked for", "[ipi]") {
    Recorded server;
    ipi::Client client{server, 1, "a.xyz"};
    SECTION("not before") {
        CHECK_THROWS_AS(client.next(), SystemError);
        server.geometry({1., 2., 3.});
        REQUIRE(client.next() == Came::geometry);
        client.answer({0.0, {Vec3::Zero()}, Mat3::Zero(), ""});
        CHECK_THROWS_AS(client.next(), SystemError);
    }
    SECTION("after the forces") {
        server.geometry({1., 2., 3.}).word("GETFORCE");
        REQUIRE(client.next() == Came::geometry);
        client.answer({0.0, {Vec3::Zero()}, Mat3::Zero(), ""});
        CHECK(client.next() == Came::talk);
        CHECK(client.next() == Came::end);
        server.text("STA");  // but not within a word
        CHECK_THROWS_AS(client.next(), SystemError);
    }
}

TEST_CASE("what is wrong with what the server says is told", "[ipi]") {
    Recorded server;
    ipi::Client client{server, 2, "a.xyz"};
    SECTION("another number of atoms") {
        server.geometry({1., 2., 3.});
        CHECK(has(refusal_of(client), "here:1 sends 1 atoms and a.xyz has 2"));
    }
    SECTION("a position that is no number") {
        server.geometry({1., 2., 3., 4., not_a_number, 6.});
        auto const refusal = refusal_of(client);
        CHECK(has(refusal, "nan"));
        CHECK(has(refusal, "for atom 2"));
    }
    SECTION("a cell that is no number") {
        server.word("POSDATA");
        for (int k = 0; k < 18; ++k) server.number(not_a_number);
        server.number(std::int32_t{2});
        for (int k = 0; k < 6; ++k) server.number(1.0);
        CHECK(has(refusal_of(client), "a cell that is not finite"));
    }
    SECTION("a negative number of atoms") {
        server.word("POSDATA");
        for (int k = 0; k < 18; ++k) server.number(1.0);
        server.number(std::int32_t{-1});
        CHECK_THROWS_AS(client.next(), DataError);
    }
    SECTION("another protocol") {
        server.text("GET / HTTP\t1");
        CHECK(has(refusal_of(client), "'GET / HTTP?1' (which is no message"));
    }
    SECTION("forces of nothing") {
        server.word("GETFORCE");
        CHECK(has(refusal_of(client), "sent no positions"));
    }
    SECTION("a text without end") {
        server.word("INIT").number(std::int32_t{0}).number(std::int32_t{-5});
        CHECK(has(refusal_of(client), "-5 bytes in INIT"));
    }
}

TEST_CASE("addresses are taken as they are written, or refused", "[ipi]") {
    using ipi::Address;
    auto const a = Address::of_host("node7:5000");
    CHECK(a.host == "node7");
    CHECK(a.port == "5000");
    CHECK(Address::of_host("localhost").shown() == "localhost:31415");
    CHECK(Address::of_host("[::1]:80").host == "::1");
    CHECK(Address::of_host("[::1]").port == "31415");
    CHECK(Address::of_host("[::1]:80").shown() == "[::1]:80");
    CHECK(Address::of_unix("iron").shown() == "/tmp/ipi_iron");
    CHECK(Address::of_unix("./iron").shown() == "./iron");
    for (auto const* const wrong : {":80", "a:", "a:0", "a:65536", "a:8x", ""})
        CHECK_THROWS_AS(Address::of_host(wrong), UsageError);
    CHECK_THROWS_AS(Address::of_unix(""), UsageError);
    CHECK_THROWS_AS(Address::of_unix(std::string(200, 'x')), UsageError);
}
