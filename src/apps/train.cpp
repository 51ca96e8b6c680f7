#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>

#include "commands.hpp"
#include "data.hpp"
#include "fit.hpp"
#include "kamacite/config/input.hpp"
#include "kamacite/config/train.hpp"
#include "kamacite/config/writers.hpp"
#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/dataset/store.hpp"
#include "kamacite/io/atomic_file.hpp"
#include "kamacite/io/hash.hpp"
#include "kamacite/training/selection.hpp"
#include "kamacite/training/trainer.hpp"
#include "stop.hpp"
#include "train_committee.hpp"

namespace kamacite::apps {
namespace {

namespace fs = std::filesystem;

struct Records {
    std::vector<Record> training, validation;
    std::vector<std::string> parents;
};

/// Tells of the split of a file, and stores a new one with it if it is a dataset. Collective.
void keep_split(Context& context, DataSummary const& data, dataset::Split const& split,
                config::TrainOptions const& options) {
    context.log.info("{}: {}split '{}'{}: {}", data.path.string(), data.stored ? "" : "new ",
                     options.split_name, data.stored ? " as stored" : "", split.description);
    if (data.stored || !names_dataset(data.path)) return;
    dataset::write_split(data.path, context.comm, options.split_name, split,
                         {"train",
                          config::resolved_input("train", options),
                          {io::parent(data.path, context.comm)},
                          options.split.seed});
}

/// Records of both sides, on every rank. What has the geometry of a record that is held out for
/// the test (or, of training, for validation) by a split that was stored before is left out.
/// Collective.
Records read_records(Context& context, config::TrainOptions const& options, Fit const& fit) {
    auto const& comm = context.comm;
    for (auto const& note : fit.notes) context.log.info("split: {}", note);
    std::map<std::uint64_t, dataset::Side> strictest;
    for (std::size_t i = 0; i < fit.sides.size(); ++i) {
        auto& side = strictest[fit.geometry[i]];
        side = std::max(side, fit.sides[i]);
    }
    Records out;
    long long left_out = 0;
    std::size_t i = 0;
    for (auto const& data : fit.data) {
        auto const first = fit.sides.begin() + static_cast<std::ptrdiff_t>(i);
        keep_split(context, data, {{first, first + data.records()}, fit.description, {}}, options);
        Source const source{comm, data.path, ""};
        if (source.size() != data.records())
            throw DataError(
                fmt::format("{}: it has {} structures now, and had {} a moment ago: "
                            "start again when nothing writes to it",
                            data.path.string(), source.size(), data.records()));
        for (auto& record : source.read(comm, {0, source.size()})) {
            auto const side = fit.sides[i];
            if (side != strictest[fit.geometry[i++]])
                ++left_out;
            else if (side == dataset::Side::train)
                out.training.push_back(std::move(record));
            else if (side == dataset::Side::validation)
                out.validation.push_back(std::move(record));
        }
        out.parents.push_back(io::parent(data.path, comm));
    }
    if (left_out > 0)
        context.log.warn(
            "{} structures are left out: their geometry is held out for validation or test",
            left_out);
    return out;
}

std::vector<int> elements_of(config::TrainOptions const& options, Records const& records) {
    std::vector<int> elements;
    for (auto const& symbol : options.elements) elements.push_back(atomic_number_of(symbol));
    if (!elements.empty()) return elements;
    for (auto const* side : {&records.training, &records.validation})
        for (auto const& record : *side)
            elements.insert(elements.end(), record.structure.species.begin(),
                            record.structure.species.end());
    std::sort(elements.begin(), elements.end());
    elements.erase(std::unique(elements.begin(), elements.end()), elements.end());
    return elements;
}

int train_model(Context& context, fs::path const& input, training::Start start, double max_hours) {
    auto const& comm = context.comm;
    StopRequest stop{comm, max_hours};
    auto options = config::read_options<config::TrainOptions>(input, "train", comm);
    for (auto const& path : options.data) refuse_predictions(comm, path, "train on");
    // before anything is written
    auto const fit = expect_fit(comm, config::read_input(input, comm), options);
    auto const resolved = config::resolved_input("train", options);
    auto const& directory = options.training.directory;
    auto const records = read_records(context, options, fit);
    options.training.heads = config::heads_of(options);
    options.training.short_range = config::short_range_of(options);
    if (options.select) options.training.selection = options.selection;
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        std::error_code error;
        fs::create_directories(directory, error);
        if (error)
            throw SystemError(fmt::format("{}: cannot be made ({}): choose another 'output'",
                                          directory.string(), error.message()));
        context.log.add_file(directory / "log.txt");
    });

    auto descriptors = config::descriptors_of(options, elements_of(options, records));
    if (options.select)
        descriptors = training::select_functions(comm, descriptors, records.training,
                                                 options.training, context.log);
    io::Provenance const provenance{"train", resolved, records.parents, options.training.seed};
    auto const keep_input = [&] {
        io::write_text_file(directory / "resolved.yaml", resolved, comm);
    };
    auto const train_one = [&] {
        auto hooks = hooks_of(stop);
        hooks.begins = keep_input;
        return training::train(comm, descriptors, records.training, records.validation,
                               options.training, provenance, start, hooks, context.log);
    };
    auto const train_all = [&] {
        keep_input();
        return train_committee(context, options,
                               {descriptors, records.training, records.validation, provenance},
                               start, stop);
    };
    auto const result = options.committee ? train_all() : train_one();

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
    context.log.warn("stopped at a checkpoint ({}): go on with --resume",
                     stop.reason().empty() ? "another rank was asked to" : stop.reason());
    return static_cast<int>(ErrorKind::stopped);
}

}  // namespace

Command train_command() {
    return {"train", "Train a model on a dataset", [](Arguments const& arguments) {
                struct Given {
                    std::string input;
                    bool resume = false, fresh = false;
                    double max_hours = 0.0;
                };
                auto const given = std::make_shared<Given>();
                arguments.add("input", given->input, "Input file (YAML)").required();
                auto const resume =
                    arguments.flag("--resume", given->resume,
                                   "Go on from the checkpoint, or begin if there is none");
                arguments.flag("--fresh", given->fresh, "Remove checkpoints and begin again")
                    .excludes(resume);
                arguments
                    .add("--max-hours", given->max_hours,
                         "Stop at a checkpoint before this time is over (exit code 75)")
                    .between(0.0, 1e6);
                return [given](Context& context) {
                    auto const start = given->resume  ? training::Start::resume
                                       : given->fresh ? training::Start::fresh
                                                      : training::Start::refuse;
                    return train_model(context, given->input, start, given->max_hours);
                };
            }};
}

}  // namespace kamacite::apps
