#include "md_limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/formats/conversion.hpp"
#include "kamacite/formats/extxyz.hpp"
#include "kamacite/inference/large.hpp"
#include "md_start.hpp"

namespace kamacite::apps {
namespace {

constexpr long long whole = 2000;  // atoms of a structure that is written as it is

/// Largest of this rank's values over all ranks, and whose it is.
std::optional<Offence> worst(mpi::Communicator const& comm, std::span<double const> values,
                             std::span<long long const> ids, Offence named) {
    auto const size = [](double v) {  // what is no number is beyond any limit
        return std::isfinite(v) ? v : std::numeric_limits<double>::infinity();
    };
    auto const at = std::ranges::max_element(values, {}, size);
    double const mine = at == values.end() ? -1.0 : size(*at);
    named.value = comm.all_reduce(mpi::Op::max, mine);
    if (!(named.value > named.limit)) return {};
    long long const none = std::numeric_limits<long long>::max();
    named.id = comm.all_reduce(
        mpi::Op::min,
        mine == named.value ? ids[static_cast<std::size_t>(at - values.begin())] : none);
    return named;
}

}  // namespace

void expect_limits(config::MdOptions const& o, AnyModel const& model) {
    if (!o.limits) return;
    auto const refuse = [](char const* key, char const* why) {
        throw InputError(fmt::format("stop.{}: {}: leave it out, or name another model", key, why));
    };
    double const no = config::MdOptions::not_given;
    if (o.most_extrapolation != no && model.trained() == nullptr)
        refuse("extrapolation", "an embedded-atom model has no range");
    if (o.most_grade != no && !model.has_grade())
        refuse("grade", "the model has no extrapolation grade");
    if (o.most_spread != no && model.members().size() < 2)
        refuse("force_std", "the model is no committee");
}

std::optional<Offence> offence_of(Context& context, config::MdOptions const& o,
                                  AnyModel const& model, dynamics::Trajectory const& trajectory) {
    auto const& comm = context.comm;
    auto const& ids = trajectory.domain().atoms().ids;
    auto const& now = trajectory.prediction();
    double const no = config::MdOptions::not_given;
    if (o.most_extrapolation != no)
        if (auto found = worst(comm, now.extrapolation, ids,
                               {0, "extrapolation", 0.0, o.most_extrapolation, ""}))
            return found;
    if (o.most_grade != no)
        if (auto found = worst(comm, now.grade, ids, {0, "grade", 0.0, o.most_grade, ""}))
            return found;
    if (o.most_spread == no) return {};
    auto const answer =
        inference::answer_of(comm, trajectory.domain(), model.members(), model.calibration());
    return worst(comm, answer.force_std, ids, {0, "force_std", 0.0, o.most_spread, " eV/Å"});
}

std::string write_offence(Context& context, std::filesystem::path const& path,
                          Offence const& offence, dynamics::Trajectory const& trajectory,
                          long long atoms, double reach) {
    auto const& comm = context.comm;
    auto const& domain = trajectory.domain();
    Record record{{domain.cell(), {}, {}}, {}, "", "md_stop", "", "", ""};
    std::vector<long long> ids;
    int owner = -1;
    if (atoms <= whole) {
        record.structure = gathered(comm, domain, atoms);
        for (long long id = 0; id < atoms; ++id) ids.push_back(id);
        owner = 0;
    } else {
        auto const& mine = domain.atoms();
        auto const found = std::ranges::find(mine.ids, offence.id);
        if (found != mine.ids.end()) {
            owner = comm.rank();
            auto const all = domain.structure();
            Vec3 const centre = all.positions[static_cast<std::size_t>(found - mine.ids.begin())];
            auto& s = record.structure;
            for (std::size_t j = 0; j < all.positions.size(); ++j) {
                if ((all.positions[j] - centre).norm() > reach) continue;
                s.positions.push_back(all.positions[j]);
                s.species.push_back(all.species[j]);
                ids.push_back(j < mine.ids.size() ? mine.ids[j] : -1);
            }
            s.cell = Cell::around(s.positions);
        }
    }
    int species = 0;
    mpi::all_or_none(comm, [&] {
        for (std::size_t i = 0; i < ids.size(); ++i)
            if (ids[i] == offence.id) species = record.structure.species[i];
        if (owner != comm.rank()) return;
        record.name = fmt::format("step {}, atom {}, {} {:.4g}", trajectory.step(), offence.id + 1,
                                  offence.measure, offence.value);
        auto frame = formats::to_frame(record);
        std::vector<double> marks;
        for (auto const id : ids) marks.push_back(id == offence.id ? 1.0 : 0.0);
        frame.set_column("offending", 1, std::move(marks));
        formats::write_extxyz(path, std::span{&frame, 1});
    });
    species = comm.all_reduce(mpi::Op::max, species);
    return fmt::format(
        "step {}: atom {} ({}) has {} {:.4g}{} (the limit is {:.4g}{}: the model does not know "
        "such surroundings): they are in {}; add the like to its training data, or raise "
        "'stop.{}' and go on with --resume",
        trajectory.step(), offence.id + 1, symbol_of(species), offence.measure, offence.value,
        offence.unit, offence.limit, offence.unit, path.string(), offence.measure);
}

}  // namespace kamacite::apps
