#include "kamacite/inference/large.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kamacite/core/error.hpp"
#include "kamacite/core/flat.hpp"
#include "kamacite/domain/by_number.hpp"
#include "kamacite/model/mean.hpp"

namespace kamacite::inference {
namespace {

void expect_finite(Prediction const& p, std::span<long long const> ids) {
    for (std::size_t i = 0; i < ids.size(); ++i) {
        bool const finite = (p.energies.empty() || std::isfinite(p.energies[i])) &&
                            (p.forces.empty() || p.forces[i].allFinite()) &&
                            (p.virials.empty() || p.virials[i].allFinite()) &&
                            (p.moments.empty() || std::isfinite(p.moments[i]));
        if (!finite)
            throw NumericalError(
                fmt::format("the prediction for atom {} is not finite: the model is broken, or "
                            "atoms are so close that its networks overflow",
                            ids[i] + 1));
    }
}

/// Quantities that a prediction has, with the numbers that each atom has of them; virials go as
/// they lie in memory. Calls use(name, numbers, width).
template <class P, class F>
void for_quantities(P& p, F const& use) {
    use("energy", p.energies, 1);
    use("force", p.forces, 3);
    use("virial", p.virials, 9);
    use("moment", p.moments, 1);
    use("extrapolation", p.extrapolation, 1);
    use("grade", p.grade, 1);
}

}  // namespace

LargePrediction::LargePrediction(mpi::Communicator const& comm, domain::Domain const& domain,
                                 std::vector<Potential const*> members, Calibration const& factors)
    : comm_{&comm},
      domain_{&domain},
      members_{std::move(members)},
      factors_{factors},
      atoms_{comm.all_reduce(mpi::Op::sum, static_cast<long long>(domain.owned()))},
      mean_(members_.size() > 1 ? domain.atoms().ids.size() : 0, Vec3::Zero()),
      squares_(mean_.size(), 0.0) {
    KAMACITE_EXPECTS(!members_.empty());
}

double LargePrediction::share() const noexcept {
    double const member = now_ ? now_->share() : 0.0;
    return (static_cast<double>(energies_.size()) + member) / static_cast<double>(members_.size());
}

void LargePrediction::advance() {
    KAMACITE_EXPECTS(!done());
    if (!now_) now_.emplace(*comm_, *domain_, *members_[energies_.size()]);
    if (!now_->done()) now_->advance();
    if (!now_->done()) return;
    take(now_->finish());
    now_.reset();
}

void LargePrediction::take(Prediction prediction) {
    mpi::all_or_none(*comm_, [&] { expect_finite(prediction, domain_->atoms().ids); });
    double const n = static_cast<double>(energies_.size()) + 1.0;
    for (std::size_t i = 0; i < mean_.size() && !prediction.forces.empty(); ++i) {
        Vec3 const off = prediction.forces[i] - mean_[i];
        mean_[i] += off / n;
        squares_[i] += off.dot(prediction.forces[i] - mean_[i]);
    }
    energies_.push_back(domain::totals(*comm_, prediction).energy);
    if (n == 1.0)
        sum_ = std::move(prediction);
    else
        add(sum_, prediction);
}

LargeAnswer LargePrediction::answer() {
    KAMACITE_EXPECTS(done());
    LargeAnswer answer;
    answer.mean = std::move(sum_);
    if (members_.size() > 1) {
        auto const n = static_cast<double>(members_.size());
        divide(answer.mean, n);
        for (double const s : squares_)
            answer.force_std.push_back(factors_.forces * std::sqrt(s / (n - 1.0)));
        double middle = 0.0, sum = 0.0;
        for (double const e : energies_) middle += e / n;
        for (double const e : energies_) sum += (e - middle) * (e - middle);
        answer.energy_std = factors_.energy * std::sqrt(sum / (n - 1.0));
    }
    mean_ = {};
    squares_ = {};
    answer.total = domain::totals(*comm_, answer.mean);
    return answer;
}

void LargePrediction::save(io::File& file) const {
    file.set_attribute("/", "ranks_of_part", comm_->size());
    file.write_rows("energies", comm_->is_root() ? energies_ : std::vector<double>{},
                    {"eV", "of the members that are done"});
    domain::ByNumber const order{*comm_, domain_->atoms().ids, atoms_};
    auto const write = [&](std::string const& name, auto const& values, int width) {
        if (comm_->all_reduce(mpi::Op::max, values.empty() ? 0 : 1) == 0) return;
        file.write_rows("atoms/" + name, order.rows<double>(flat<double>(values), width),
                        {"1", "of the members that are done, by number of the atom"}, width);
    };
    if (!energies_.empty()) {
        for_quantities(sum_, write);
        write("mean_force", mean_, 3);
        write("square", squares_, 1);
    }
    auto const state = now_ ? now_->state() : std::vector<double>{};
    file.write_rows("part/size", std::vector<long long>{std::ssize(state)},
                    {"1", "numbers of each rank"});
    file.write_rows("part/state", state, {"1", "of the member that is on its way"});
}

bool LargePrediction::restore(io::File const& file) {
    if (file.rows("part/size") != file.integer("/", "ranks_of_part"))
        throw DataError(file.path().string() + ": the state of some ranks is missing");
    energies_ = file.read_all<double>("energies");
    if (energies_.size() > members_.size())
        throw DataError(file.path().string() + ": it has more members than the model");
    sum_ = {};
    mean_.assign(mean_.size(), Vec3::Zero());
    squares_.assign(squares_.size(), 0.0);
    domain::ByNumber const order{*comm_, domain_->atoms().ids, atoms_};
    auto const read = [&](std::string const& name, auto& values, int width) {
        values.clear();
        if (!file.has("atoms/" + name)) return;
        if (file.rows("atoms/" + name) != atoms_)
            throw DataError(file.path().string() + ": it has another number of atoms");
        auto const block = file.read_rows<double>("atoms/" + name);
        using T = typename std::decay_t<decltype(values)>::value_type;
        values = grouped<T>(order.of_atoms<double>(std::span<double const>{block}, width));
    };
    if (!energies_.empty()) {
        for_quantities(sum_, read);
        read("mean_force", mean_, 3);
        read("square", squares_, 1);
    }
    auto const sizes = file.read_all<long long>("part/size");
    now_.reset();
    if (std::ranges::all_of(sizes, [](long long n) { return n == 0; })) return true;
    if (std::ssize(sizes) != comm_->size()) return false;
    auto const before = sizes.begin() + comm_->rank();
    auto const begin = std::accumulate(sizes.begin(), before, 0LL);
    auto const state = file.read_rows<double>("part/state", {begin, begin + *before});
    now_.emplace(*comm_, *domain_, *members_[energies_.size()]);
    mpi::all_or_none(*comm_, [&] { now_->restore(state); });
    return true;
}

LargeAnswer answer_of(mpi::Communicator const& comm, domain::Domain const& domain,
                      std::span<Potential const* const> members, Calibration const& factors) {
    LargePrediction prediction{comm, domain, {members.begin(), members.end()}, factors};
    while (!prediction.done()) prediction.advance();
    return prediction.answer();
}

}  // namespace kamacite::inference
