#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "kamacite/dynamics/trajectory.hpp"
#include "kamacite/io/provenance.hpp"

namespace kamacite::dynamics {

/// What of each atom goes into the frames of a file; positions and images always do.
struct FrameContents {
    bool velocities = false;
    bool forces = false;
    bool moments = false;  ///< where the potential gives them
};

/// Frames of a trajectory that wait for their file: H5MD 1.1, sealed when it is complete.
///
/// Each rank holds its block of the atoms, in the order of their numbers, of every frame. A file
/// holds the frames since the last one; a crash leaves all files before it as they are.
/// Source: de Buyl, Colberg, Höfling, Comput. Phys. Commun. 185, 1546 (2014); nongnu.org/h5md.
class Frames {
public:
    /// \param comm   must outlive it
    /// \param atoms  of all ranks
    Frames(mpi::Communicator const& comm, long long atoms, FrameContents contents);

    /// Takes the atoms as they are. Collective.
    void add(Trajectory const& trajectory);

    [[nodiscard]] int size() const noexcept { return static_cast<int>(steps_.size()); }
    /// Memory of the fullest rank. Collective.
    [[nodiscard]] double bytes() const;

    /// Writes them as one file, and forgets them. Collective. Without frames nothing is written.
    /// \throws SystemError if the disk refuses: the frames are kept
    void write(std::filesystem::path const& path, io::Provenance const& provenance);

private:
    void write_element(io::File& file, std::string const& name, std::vector<double> const& values,
                       io::About const& about, int columns) const;
    void write_times(io::File& file, std::string const& name) const;

    mpi::Communicator const* comm_;
    long long atoms_;
    FrameContents contents_;
    std::vector<long long> steps_;
    std::vector<double> times_, edges_;  // edges on rank 0 alone: nine a frame
    std::vector<int> species_, images_;  // species of the last frame
    std::vector<std::string> boundary_;
    std::vector<double> positions_, velocities_, forces_, moments_;
};

}  // namespace kamacite::dynamics
