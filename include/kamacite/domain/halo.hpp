#pragma once
#include "kamacite/domain/bisection.hpp"
#include "kamacite/mpi/exchange.hpp"

namespace kamacite::domain {

/// Ghosts of a rank's atoms: copies of the atoms of other ranks, and of images, that are near its
/// box. Ghosts from other ranks come first, in the order of the ranks, images of own atoms last.
class Halo {
public:
    /// \param owned  positions of this rank's atoms [Å]
    /// \param boxes  of all ranks
    /// \param reach  how far from a box its ghosts are [Å]. Collective.
    Halo(mpi::Communicator const& comm, Cell const& cell, std::span<Vec3 const> owned,
         std::span<Box const> boxes, double reach);

    [[nodiscard]] int size() const noexcept { return received() + own(); }  ///< ghosts here

    /// Takes ghosts to where the atoms are that they stand for. Collective, without waiting for
    /// more than the ranks around.
    /// \param cell  may be another one than before: images are whole numbers of its vectors away
    /// \param owned, ghosts  positions [Å]
    void follow(Cell const& cell, std::span<Vec3 const> owned, std::span<Vec3> ghosts) const;

    /// What the atoms have that ghosts stand for. Collective.
    template <mpi::Number T>
    [[nodiscard]] std::vector<T> copies(std::span<T const> owned) const;

    /// What ghosts have, on its way to the atoms they stand for.
    class Return {
    public:
        void progress() { pending_.progress(); }  ///< as mpi::Exchange::Pending
        void finish() { pending_.finish(); }

    private:
        friend class Halo;
        std::vector<double> here_;  // what comes back to this rank's atoms
        mpi::Exchange::Pending pending_;
    };

    /// Starts to send what ghosts have to the atoms they stand for. Collective, without waiting.
    /// \param of_ghosts  `width` numbers of each ghost; stays untouched until the return has
    /// finished
    void begin_return(std::span<double const> of_ghosts, int width, Return& on_its_way) const;

    /// Adds what came back, in the order of give_back(). Not collective.
    /// \param of_ghosts  as given to begin_return() \param back  has finished
    template <class F>
    void add_returned(std::span<double const> of_ghosts, int width, Return const& back,
                      F const& add) const {
        add_all(of_ghosts, width, back.here_.data(), add);
    }

    /// Brings what ghosts have to the atoms they stand for, in an order that is always the same.
    /// \param of_ghosts  `width` numbers of each ghost
    /// \param add  called as add(atom, numbers) on the rank that owns the atom. Collective.
    template <class F>
    void give_back(std::span<double const> of_ghosts, int width, F const& add) const {
        auto const w = static_cast<std::size_t>(width);
        auto const there = static_cast<std::size_t>(received()) * w;
        add_all(of_ghosts, width, sent_back(of_ghosts.first(there), width), add);
    }

private:
    /// Sources that have the same image.
    struct Image {
        std::size_t begin, end;
        Vec3 shift;  ///< from an atom to its ghost, in lattice vectors
    };
    [[nodiscard]] int received() const noexcept { return exchange_.received(); }
    [[nodiscard]] int own() const noexcept {
        return static_cast<int>(sources_.size()) - exchange_.sent();
    }
    /// What other ranks have for the sources that they got. Collective.
    double const* sent_back(std::span<double const> of_ghosts, int width) const;

    /// \param back  what other ranks have for the sources that they got
    template <class F>
    void add_all(std::span<double const> of_ghosts, int width, double const* back,
                 F const& add) const {
        auto const w = static_cast<std::size_t>(width);
        auto const there = static_cast<std::size_t>(received()) * w;
        auto const remote = static_cast<std::size_t>(exchange_.sent());
        for (std::size_t k = 0; k < remote; ++k)
            add(static_cast<std::size_t>(sources_[k]), back + k * w);
        double const* const mine = of_ghosts.data() + there;
        for (std::size_t k = remote; k < sources_.size(); ++k)
            add(static_cast<std::size_t>(sources_[k]), mine + (k - remote) * w);
    }

    std::vector<int> sources_;  // atoms sent to other ranks, in their order, then those copied here
    std::vector<Image> images_;      // of the sources, in their order
    std::size_t remote_images_ = 0;  // how many of them are sent
    mpi::Exchange exchange_, back_;
    // memory that is used again in every step
    mutable std::vector<double> buffer_;
    mutable mpi::Exchange::Pending pending_;
};

}  // namespace kamacite::domain
