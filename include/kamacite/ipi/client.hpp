#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kamacite/core/types.hpp"
#include "kamacite/ipi/byte_stream.hpp"

namespace kamacite::ipi {

/// Where the server has moved the atoms to.
struct Geometry {
    Mat3 cell = Mat3::Zero();     ///< lattice vectors are rows [Å]; zero where there is none
    std::vector<Vec3> positions;  ///< [Å]
};

/// What the server is told of a geometry.
struct Answer {
    double energy = 0.0;         ///< [eV]
    std::vector<Vec3> forces;    ///< [eV/Å], one per atom
    Mat3 virial = Mat3::Zero();  ///< W = −∂E/∂ε [eV], compression positive
    std::string extra;           ///< any text; JSON is understood by i-PI
};

/// The client's side of i-PI's protocol: it answers what the server asks. No sockets, no MPI.
///
/// Messages begin with a word of 12 bytes, padded with spaces; numbers are in the machine's own
/// order of bytes and in atomic units: Bohr, Hartree. Matrices are transposed: lattice vectors are
/// columns there.
///
///     server                              client
///     STATUS                              READY, or HAVEDATA once there is an answer
///     INIT id, length, text               –
///     POSDATA cell, inverse, N, r         –
///     GETFORCE                            FORCEREADY E, N, F, W, length, extra
///     EXIT                                –
///
/// Source: Kapil et al., Comput. Phys. Commun. 236, 214 (2019) and i-PI's manual, "Communication
/// protocol". The sign of W is that of i-PI and of ASE's socketio: W = −V σ.
class Client {
public:
    /// \param stream  must outlive the client
    /// \param atoms   how many the server has to send, at least 1
    /// \param source  where this number comes from, for errors
    Client(ByteStream& stream, int atoms, std::string source);

    /// What came last.
    enum class Came {
        talk,      ///< nothing to do
        geometry,  ///< geometry() is another one: answer() it
        end        ///< the server is done: it said EXIT, or left when it had all it had asked for
    };

    /// Reads one message and replies. \throws DataError if it is no message of this protocol, has
    /// another number of atoms, or numbers that are not finite; SystemError as the stream, or if
    /// the server leaves before it has an answer to what it sent
    [[nodiscard]] Came next();

    [[nodiscard]] Geometry const& geometry() const noexcept { return geometry_; }

    /// Keeps the answer to geometry() until the server asks for it.
    void answer(Answer answer);

private:
    /// \throws SystemError unless the server may leave now
    void expect_end() const;
    void read_init();
    void read_geometry();
    void send_answer();
    void say(char const* word);
    [[nodiscard]] std::int32_t read_count();

    ByteStream* stream_;
    int atoms_;
    std::string source_;
    Geometry geometry_;
    std::optional<Answer> answer_;
    bool told_ = false;               // an answer has been fetched
    std::vector<std::byte> message_;  // memory that is used again
};

}  // namespace kamacite::ipi
