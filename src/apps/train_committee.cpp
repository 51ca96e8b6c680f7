#include "train_committee.hpp"

#include "trust.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "kamacite/core/error.hpp"
#include "kamacite/dataset/store.hpp"
#include "kamacite/model/model_file.hpp"
#include "kamacite/training/checkpoint.hpp"

namespace kamacite::apps {
namespace {

using training::Result;
using training::Start;

training::TrainOptions options_of(config::TrainOptions const& all, int member) {
    auto options = all.training;
    options.directory /= fmt::format("member-{}", member + 1);
    options.seed += static_cast<std::uint64_t>(member);
    return options;
}

/// What this member learns from.
dataset::Records share_of(config::TrainOptions const& all, dataset::Records const& training,
                          std::uint64_t seed) {
    if (all.leave_out == 0.0) return training;
    dataset::SplitOptions draw;
    draw.method = all.split.method == dataset::SplitMethod::random
                      ? dataset::SplitMethod::random
                      : dataset::SplitMethod::trajectory;
    draw.validation = 0.0;
    draw.test = all.leave_out;
    draw.block = all.split.block;
    draw.seed = seed;
    std::vector<int> share;
    try {
        auto const split = dataset::split(dataset::tags_of(training), draw);
        for (auto const i : split.indices(dataset::Side::train))
            share.push_back(static_cast<int>(i));
    } catch (InputError const& e) {
        throw InputError(fmt::format("committee.leave_out: {}", e.what()));
    }
    return training.some(share);
}

void refuse_checkpoints(mpi::Communicator const& comm, config::TrainOptions const& options) {
    for (int m = 0; m < options.members; ++m) {
        auto const directory = options_of(options, m).directory;
        if (training::has_checkpoint(directory, comm))
            throw UsageError(fmt::format(
                "{} holds a checkpoint (it would be overwritten): say --resume to go on from it, "
                "or --fresh to begin again",
                directory.string()));
    }
}

Result train_member(Context& context, Groups const& groups, config::TrainOptions const& all,
                    int member, Lesson const& lesson, Descriptors const& descriptors, Start start,
                    StopRequest& stop) {
    auto const options = options_of(all, member);
    Logger log{groups.voice};
    open_directory(groups.ranks, options.directory, log);
    context.log.info("member {} of {}", member + 1, all.members);
    auto const share = share_of(all, lesson.training, options.seed);
    auto provenance = lesson.provenance;
    provenance.seed = options.seed;
    return training::train(groups.ranks, descriptors, share, lesson.validation, options, provenance,
                           start, hooks_of(stop), log);
}

/// Sets the factors of the spread from the validation set, of which each rank takes a part.
void calibrate(Context& context, Committee& committee, dataset::Records const& validation) {
    auto const& comm = context.comm;
    auto const part = mpi::block_of(comm.rank(), comm.size(), std::ssize(validation));
    std::vector<Record> mine;
    std::vector<inference::Answer> answers;
    mpi::all_or_none(comm, [&] {
        for (auto i = part.begin; i < part.end; ++i)
            mine.push_back(*validation[static_cast<std::size_t>(i)]);
        answers = inference::answers_of(committee, mine);
    });
    auto const trust = trust_of(comm, mine, answers);
    auto const factors = calibration_of(trust, committee.size());
    committee.set_calibration(factors);
    if (trust.energy.error.empty() && trust.forces.error.empty())
        context.log.warn(
            "no structure validates: the spread of the members is not calibrated, and likely to be "
            "too small");
    else
        context.log.info(
            "spread of the members, to be multiplied: by {:.2f} for energies ({} structures that "
            "validate), by {:.2f} for forces ({} components)",
            factors.energy, trust.energy.error.size(), factors.forces, trust.forces.error.size());
}

}  // namespace

Result train_committee(Context& context, config::TrainOptions const& options, Lesson const& lesson,
                       Descriptors const& descriptors, Start start, StopRequest& stop) {
    auto const& comm = context.comm;
    if (start == Start::refuse) refuse_checkpoints(comm, options);
    Groups const groups{comm, options.members};
    context.log.info("a committee of {} members; groups of ranks that work beside each other: {}",
                     options.members, groups.count);

    int stopped = 0;
    for (int m = groups.mine; m < options.members && stopped == 0; m += groups.count)
        if (train_member(context, groups, options, m, lesson, descriptors, start, stop).outcome ==
            Result::Outcome::stopped)
            stopped = 1;
    auto const file = options.training.directory / "model.h5";
    stopped = comm.all_reduce(mpi::Op::max, stopped);

    std::vector<Model> members;
    auto summaries = nlohmann::ordered_json::array();
    for (int m = 0; m < options.members && stopped == 0; ++m) {
        auto const member = options_of(options, m).directory / "model.h5";
        members.push_back(load_model(member, comm));
        summaries.push_back(
            nlohmann::ordered_json::parse(io::File::open(member, comm).text("/", "summary")));
    }
    auto const summary = nlohmann::ordered_json{{"members", summaries}}.dump();
    if (stopped == 1)
        return {Result::Outcome::stopped,
                Model{descriptors,
                      Scaling::none(static_cast<int>(descriptors.elements().size()),
                                    descriptors.width()),
                      options.training.heads, 0},
                summary, options.training.directory};
    Committee committee{members};
    calibrate(context, committee, lesson.validation);
    save_committee(file, comm, committee, lesson.provenance, summary);
    return {Result::Outcome::finished, std::move(members.front()), summary, file};
}

}  // namespace kamacite::apps
