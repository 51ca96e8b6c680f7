#include "kamacite/inference/large.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kamacite/core/error.hpp"
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

}  // namespace

LargeAnswer answer_of(mpi::Communicator const& comm, domain::Domain const& domain,
                      std::span<Potential const* const> members, Calibration const& factors) {
    KAMACITE_EXPECTS(!members.empty());
    LargeAnswer answer;
    // running mean and sum of squares of each force: no member's forces are kept
    std::vector<Vec3> mean(domain.atoms().ids.size(), Vec3::Zero());
    std::vector<double> squares(mean.size(), 0.0), energies;
    double n = 0.0;
    for (auto const* const member : members) {
        auto prediction = domain.predict(*member);
        mpi::all_or_none(comm, [&] { expect_finite(prediction, domain.atoms().ids); });
        n += 1.0;
        for (std::size_t i = 0; i < mean.size() && !prediction.forces.empty(); ++i) {
            Vec3 const off = prediction.forces[i] - mean[i];
            mean[i] += off / n;
            squares[i] += off.dot(prediction.forces[i] - mean[i]);
        }
        energies.push_back(domain::totals(comm, prediction).energy);
        if (n == 1.0)
            answer.mean = std::move(prediction);
        else
            add(answer.mean, prediction);
    }
    if (members.size() > 1) {
        divide(answer.mean, n);
        for (double const s : squares)
            answer.force_std.push_back(factors.forces * std::sqrt(s / (n - 1.0)));
        double middle = 0.0, sum = 0.0;
        for (double const e : energies) middle += e / n;
        for (double const e : energies) sum += (e - middle) * (e - middle);
        answer.energy_std = factors.energy * std::sqrt(sum / (n - 1.0));
    }
    answer.total = domain::totals(comm, answer.mean);
    return answer;
}

}  // namespace kamacite::inference
