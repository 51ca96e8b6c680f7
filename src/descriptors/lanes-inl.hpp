// Neighbours of an atom into lanes, and what the lanes give back to the atoms.
#if defined(KAMACITE_DESCRIPTORS_LANES_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef KAMACITE_DESCRIPTORS_LANES_INL
#undef KAMACITE_DESCRIPTORS_LANES_INL
#else
#define KAMACITE_DESCRIPTORS_LANES_INL
#endif

#include <algorithm>
#include <utility>

#include "vector-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace kamacite::detail::KAMACITE_KERNELS {
namespace HWY_NAMESPACE {

/// Neighbours come in double and go to lanes of Real; pushes go back in double.
using DD = hn::CappedTag<double, 8>;
using VD = hn::Vec<DD>;

HWY_INLINE void store_lanes(VD v, double* to) {
    hn::StoreU(v, DD{}, to);
}
HWY_INLINE void store_lanes(VD v, float* to) {
    hn::Rebind<float, DD> const half;
    hn::StoreU(hn::DemoteTo(half, v), half, to);
}
HWY_INLINE VD load_lanes(double const* from) {
    return hn::Load(DD{}, from);
}
HWY_INLINE VD load_lanes(float const* from) {
    return hn::PromoteTo(DD{}, hn::Load(hn::Rebind<float, DD>{}, from));
}

/// Lanes that the only slot gets by distance: those with low ≤ r < high, starting at lane `to`.
/// Whole vectors of neighbours that all are, which is the rule, are copied as such.
/// \returns the lane after the last; lanes beyond it may hold rubbish
inline int gather_shell(NeighboursOfAtom const& list, double low, double high, int to,
                        Workspace<Real>& w) {
    DD const d;
    int const n_lanes = static_cast<int>(hn::Lanes(d));
    int const n = list.size();
    double const* from[4] = {list.x.data(), list.y.data(), list.z.data(), list.distance.data()};
    Real* lanes[4] = {w.x.get(), w.y.get(), w.z.get(), w.distance.get()};
    auto const wanted = [&](int j) { return from[3][j] >= low && from[3][j] < high; };
    int i = 0;
    while (i < n) {
        if (i + n_lanes <= n) {
            VD const r = hn::LoadU(d, from[3] + i);
            if (hn::AllTrue(d, hn::And(hn::Ge(r, hn::Set(d, low)), hn::Lt(r, hn::Set(d, high))))) {
                for (int a = 0; a < 4; ++a) store_lanes(hn::LoadU(d, from[a] + i), lanes[a] + to);
                std::copy_n(list.atom.data() + i, n_lanes, w.atom.data() + to);
                i += n_lanes;
                to += n_lanes;
                continue;
            }
        }
        for (int const end = std::min(n, i + n_lanes); i < end; ++i) {
            for (int a = 0; a < 4; ++a) lanes[a][to] = static_cast<Real>(from[a][i]);
            w.atom[static_cast<std::size_t>(to)] = list.atom[static_cast<std::size_t>(i)];
            to += wanted(i) ? 1 : 0;  // else the next one overwrites it
        }
    }
    return to;
}

/// Fills lanes up to a whole block with neighbours out of every cutoff.
inline int pad_lanes(int to, double beyond, Workspace<Real>& w) {
    int const end = (to + lane_block<Real> - 1) / lane_block<Real> * lane_block<Real>;
    for (; to < end; ++to) {
        w.x.get()[to] = w.distance.get()[to] = static_cast<Real>(beyond);
        w.y.get()[to] = w.z.get()[to] = Real{0};
        w.atom[static_cast<std::size_t>(to)] = -1;
    }
    return end;
}

/// The shell of every neighbour, 2 slot or, beyond the near radius, 2 slot + 1, or the last one if
/// it matters to no function; and how many each has.
inline void find_shells(CentrePlan const& plan, NeighboursOfAtom const& list,
                        std::span<int const> slot_of, Scratch<Real>& scratch) {
    int const n_slots = static_cast<int>(plan.slots.size());
    scratch.shell.resize(list.atom.size());
    scratch.shell_count.assign(2 * plan.slots.size() + 1, 0);
    for (std::size_t j = 0; j < list.atom.size(); ++j) {
        int const slot = slot_of[static_cast<std::size_t>(list.atom[j])];
        auto const& radii = plan.slots[static_cast<std::size_t>(slot)];
        double const r = list.distance[j];
        int const beyond = r < radii.near ? 0 : 1;
        int const shell = r < radii.far ? 2 * slot + beyond : 2 * n_slots;
        scratch.shell[j] = shell;
        ++scratch.shell_count[static_cast<std::size_t>(shell)];
    }
}

/// Puts the neighbours of several slots where each of their shells has its next lane: one sweep,
/// however many slots there are. \param next  the first lane of each shell
inline void deal_out(NeighboursOfAtom const& list, std::vector<int>& next, Workspace<Real>& w) {
    int const nowhere = static_cast<int>(next.size()) - 1;
    for (std::size_t j = 0; j < list.atom.size(); ++j) {
        int const shell = w.scratch.shell[j];
        if (shell == nowhere) continue;
        int const lane = next[static_cast<std::size_t>(shell)]++;
        w.x.get()[lane] = static_cast<Real>(list.x[j]);
        w.y.get()[lane] = static_cast<Real>(list.y[j]);
        w.z.get()[lane] = static_cast<Real>(list.z[j]);
        w.distance.get()[lane] = static_cast<Real>(list.distance[j]);
        w.atom[static_cast<std::size_t>(lane)] = list.atom[j];
    }
}

inline void gather_lanes(CentrePlan const& plan, NeighboursOfAtom const& list,
                         std::span<int const> slot_of, Workspace<Real>& w) {
    auto const n_slots = plan.slots.size();
    // every slot is padded twice, and whole vectors are written
    auto const room = list.atom.size() + 2 * n_slots * lane_block<Real> + 8;
    for (auto* b : {&w.x, &w.y, &w.z, &w.distance, &w.inverse, &w.ux, &w.uy, &w.uz}) b->room(room);
    if (w.atom.size() < room) w.atom.resize(room);
    w.slots.resize(n_slots);
    w.lanes = 0;
    bool const one_slot = n_slots == 1;
    if (!one_slot) find_shells(plan, list, slot_of, w.scratch);
    auto& counts = w.scratch.shell_count;
    for (std::size_t s = 0; s < n_slots; ++s) {
        auto const& wanted = plan.slots[s];
        auto& slot = w.slots[s];
        double const beyond = 2.0 * wanted.far + 1.0;
        slot.first = w.lanes;
        // of several slots, the count of a shell is followed by its first lane
        auto const shell = [&](std::size_t which, double low, double high, int from) {
            if (one_slot) return gather_shell(list, low, high, from, w);
            return from + std::exchange(counts[2 * s + which], from);
        };
        slot.near_last = shell(0, 0.0, wanted.near, slot.first);
        slot.near_end = pad_lanes(slot.near_last, beyond, w);
        slot.last = slot.end = slot.near_end;
        if (wanted.far > wanted.near) {
            slot.last = shell(1, wanted.near, wanted.far, slot.near_end);
            slot.end = pad_lanes(slot.last, beyond, w);
        }
        slot.near_count = slot.near_last - slot.first;
        slot.count = slot.near_count + slot.last - slot.near_end;
        w.lanes = slot.end;
    }
    if (!one_slot) deal_out(list, counts, w);
}

/// ṙ_ij = δ_j − δ_i + ε r_ij of all lanes; padding takes δ_j = δ_i.
inline void move_lanes(Workspace<Real>& w, int i, std::span<Vec3 const> displacements,
                       Mat3 const& strain) {
    Buffer<Real>* const rates[3] = {&w.scratch.rx, &w.scratch.ry, &w.scratch.rz};
    Real* to[3];
    for (int a = 0; a < 3; ++a) to[a] = rates[a]->room(static_cast<std::size_t>(w.lanes));
    for (int lane = 0; lane < w.lanes; ++lane) {
        int const j = w.atom[static_cast<std::size_t>(lane)];
        double const* other = displacements[static_cast<std::size_t>(j < 0 ? i : j)].data();
        for (int a = 0; a < 3; ++a) to[a][lane] = static_cast<Real>(other[a]);
    }
    double const* own = displacements[static_cast<std::size_t>(i)].data();
    for (int lane = 0; lane < w.lanes; lane += lanes_of_vector()) {
        V const x = load(w.x.get() + lane);
        V const y = load(w.y.get() + lane);
        V const z = load(w.z.get() + lane);
        for (int a = 0; a < 3; ++a) {
            V const moved = hn::Sub(load(to[a] + lane), set(own[a]));
            V const strained =
                hn::MulAdd(set(strain(a, 0)), x,
                           hn::MulAdd(set(strain(a, 1)), y, hn::Mul(set(strain(a, 2)), z)));
            store(hn::Add(moved, strained), to[a] + lane);
        }
    }
}

/// ∂E_i/∂r_ij of all lanes as x, y, z, 0 of one lane after the other.
inline double const* interleave_pushes(Workspace<Real>& w) {
    DD const d;
    double* out = w.scratch.pushes.room(4 * static_cast<std::size_t>(w.lanes));
    for (int i = 0; i < w.lanes; i += static_cast<int>(hn::Lanes(d)))
        hn::StoreInterleaved4(load_lanes(w.scratch.px.get() + i),
                              load_lanes(w.scratch.py.get() + i),
                              load_lanes(w.scratch.pz.get() + i), hn::Zero(d), d, out + 4 * i);
    return out;
}

/// Adds what the neighbours in the lanes first … last − 1 get to their sums, and Σ ∂E_i/∂r_ij to
/// `total`.
HWY_INLINE void scatter_lanes(Workspace<Real> const& w, double const* pushes, int first, int last,
                              AtomSum* sums, double* total) {
    hn::CappedTag<double, 4> const d;
    constexpr int step = static_cast<int>(hn::MaxLanes(d));
    for (int lane = first; lane < last; ++lane) {
        double const r[3] = {w.x.get()[lane], w.y.get()[lane], w.z.get()[lane]};
        auto& to = sums[w.atom[static_cast<std::size_t>(lane)]];
        for (int v = 0; v < 4; v += step) {
            auto const p = hn::Load(d, pushes + 4 * lane + v);
            hn::Store(hn::Sub(hn::Load(d, to.force + v), p), d, to.force + v);
            for (int a = 0; a < 3; ++a) {
                double* const row = to.virial[a] + v;
                hn::Store(hn::NegMulAdd(hn::Set(d, r[a]), p, hn::Load(d, row)), d, row);
            }
            hn::Store(hn::Add(hn::Load(d, total + v), p), d, total + v);
        }
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace kamacite::detail::KAMACITE_KERNELS
HWY_AFTER_NAMESPACE();
#endif
