#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <set>

#include "commands.hpp"
#include "data.hpp"
#include "fit.hpp"
#include "kamacite/config/input.hpp"
#include "kamacite/config/search.hpp"
#include "kamacite/config/train.hpp"
#include "kamacite/config/writers.hpp"
#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/dataset/store.hpp"
#include "kamacite/io/atomic_file.hpp"
#include "kamacite/io/hash.hpp"
#include "kamacite/training/trainer.hpp"
#include "run_arguments.hpp"
#include "stop.hpp"
#include "train_committee.hpp"
#include "train_search.hpp"

namespace kamacite::apps {
namespace {

namespace fs = std::filesystem;

void name_elements(mpi::Communicator const& comm, config::TrainOptions const& options,
                   Lesson& lesson) {
    for (auto const& symbol : options.elements) lesson.elements.push_back(atomic_number_of(symbol));
    if (!lesson.elements.empty()) return;
    std::set<int> found;
    mpi::all_or_none(comm, [&] {
        for (auto const* side : {&lesson.training, &lesson.validation})
            for (auto const& record : *side)
                found.insert(record.structure.species.begin(), record.structure.species.end());
    });
    lesson.elements.assign(found.begin(), found.end());
}

/// Elements and records of both sides, which every rank can read. What has the geometry of a record
/// that is held out for the test (or, of training, for validation) by a split that was stored
/// before is left out. Collective.
Lesson read_lesson(Context& context, config::TrainOptions const& options, Fit const& fit) {
    auto const& comm = context.comm;
    for (auto const& note : fit.notes) context.log.info("split: {}", note);
    if (!fit.mixture.empty()) context.log.warn("{}", fit.mixture);
    auto const takes = take_part(context, fit);
    Lesson out;
    std::vector<dataset::Records::Source> sources;
    std::vector<int> training, validation;
    std::size_t i = 0;
    for (auto const& data : fit.data) {
        auto const first = fit.sides.begin() + static_cast<std::ptrdiff_t>(i);
        keep_split(context, data, {{first, first + data.records()}, fit.description, {}},
                   {options.split_name, "train", config::resolved_input("train", options),
                    options.split.seed});
        Source const source{comm, data.path, ""};
        if (source.size() != data.records())
            throw DataError(
                fmt::format("{}: it has {} structures now, and had {} a moment ago: "
                            "start again when nothing writes to it",
                            data.path.string(), source.size(), data.records()));
        auto& its = sources.emplace_back(source.reader(comm), std::vector<long long>{});
        for (long long row = 0; row < source.size(); ++row) {
            its.rows.push_back(row);
            auto const side = fit.sides[i];
            auto const number = static_cast<int>(i);
            if (takes[i++] == 0) continue;
            if (side == dataset::Side::train)
                training.push_back(number);
            else if (side == dataset::Side::validation)
                validation.push_back(number);
        }
        out.provenance.parents.push_back(io::parent(data.path, comm));
    }
    dataset::Records const all{std::move(sources), options.data_cache};
    out.training = all.some(training);
    out.validation = all.some(validation);
    out.provenance.command = "train";
    out.provenance.input = config::resolved_input("train", options);
    out.provenance.seed = options.training.seed;
    name_elements(comm, options, out);
    return out;
}

training::Result train_one(Context& context, config::TrainOptions const& options,
                           Lesson const& lesson, training::Start start, StopRequest& stop,
                           std::function<void()> begins) {
    auto hooks = hooks_of(stop);
    hooks.begins = std::move(begins);
    return training::train(context.comm, descriptors_for(context, options, lesson), lesson.training,
                           lesson.validation, options.training, lesson.provenance, start, hooks,
                           context.log);
}

int train_model(Context& context, fs::path const& input, training::Start start, double max_hours) {
    auto const& comm = context.comm;
    StopRequest stop{comm, max_hours};
    auto options = config::read_options<config::TrainOptions>(input, "train", comm);
    for (auto const& path : options.data) refuse_predictions(comm, path, "train on");
    // before anything is written
    auto const input_text = config::read_input(input, comm);
    auto const fit = expect_fit(comm, input_text, options);
    auto const trials =
        options.search ? config::trials_of(input_text, options) : std::vector<config::Trial>{};
    auto const& directory = options.training.directory;
    auto const lesson = read_lesson(context, options, fit);
    options.training.heads = config::heads_of(options);
    options.training.short_range = config::short_range_of(options);
    options.training.linear = config::linear_of(options);
    open_directory(comm, directory, context.log);

    auto const keep_input = [&] {
        io::write_text_file(directory / "resolved.yaml", lesson.provenance.input, comm);
    };
    auto const train_all = [&] {
        keep_input();
        return options.committee
                   ? train_committee(context, options, lesson,
                                     descriptors_for(context, options, lesson), start, stop)
                   : train_search(context, options, trials, lesson, start, stop);
    };
    auto const result = options.committee || options.search
                            ? train_all()
                            : train_one(context, options, lesson, start, stop, keep_input);

    bool const finished = result.outcome == training::Result::Outcome::finished;
    if (comm.is_root()) {
        if (context.json)
            fmt::print(R"({{"finished": {}, "model": "{}", "result": {}}})"
                       "\n",
                       finished, result.file.string(), result.summary);
        else
            fmt::print("{}\n", result.file.string());
    }
    if (finished) return 0;
    context.log.warn("stopped at a checkpoint ({}): go on with --resume", stop.reason());
    return static_cast<int>(ErrorKind::stopped);
}

}  // namespace

Command train_command() {
    return {"train", "Train a model on a dataset", [](Arguments const& arguments) {
                auto const given = add_run_arguments(
                    arguments, {"Go on from the checkpoint, or begin if there is none",
                                "Remove checkpoints and begin again",
                                "Stop at a checkpoint before this time is over (exit code 75)"});
                return [given](Context& context) {
                    return train_model(context, given->input, given->start(), given->max_hours);
                };
            }};
}

}  // namespace kamacite::apps
