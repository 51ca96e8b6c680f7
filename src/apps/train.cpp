#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <unordered_set>

#include "commands.hpp"
#include "data.hpp"
#include "fit.hpp"
#include "kamacite/config/input.hpp"
#include "kamacite/config/train.hpp"
#include "kamacite/config/writers.hpp"
#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/dataset/duplicates.hpp"
#include "kamacite/io/atomic_file.hpp"
#include "kamacite/io/hash.hpp"
#include "kamacite/training/trainer.hpp"
#include "stop.hpp"

namespace kamacite::apps {
namespace {

namespace fs = std::filesystem;

struct Records {
    std::vector<Record> training, validation;
    std::vector<std::string> parents;
};

/// The split of one source: the stored one of that name, else a new one, which is stored if the
/// source is a dataset. Collective.
/// \throws InputError if the stored one was made with other options
dataset::Split split_of(Context& context, Source const& source, std::vector<Record> const& records,
                        config::TrainOptions const& options) {
    auto const& comm = context.comm;
    if (source.is_dataset()) {
        auto const names = dataset::split_names(source.path(), comm);
        if (std::find(names.begin(), names.end(), options.split_name) != names.end()) {
            auto split = dataset::read_split(source.path(), comm, options.split_name);
            auto const asked = dataset::description_of(options.split);
            if (split.description != asked)
                throw InputError(fmt::format(
                    "{}: the split '{}' there is {} (the input asks for {}): give the new split "
                    "another 'name', restore the options, or delete the file",
                    dataset::split_file(source.path(), options.split_name).string(),
                    options.split_name, split.description, asked));
            context.log.info("{}: split '{}' as stored: {}", source.path().string(),
                             options.split_name, split.description);
            return split;
        }
    }
    dataset::Tags tags;
    for (auto const& record : records) {
        tags.family.push_back(record.family);
        tags.trajectory.push_back(record.trajectory);
        tags.fingerprint.push_back(dataset::fingerprint_of(record));
    }
    auto split = dataset::split(tags, options.split);
    context.log.info("{}: new split '{}': {}", source.path().string(), options.split_name,
                     split.description);
    if (source.is_dataset())
        dataset::write_split(source.path(), comm, options.split_name, split,
                             {"train",
                              config::resolved_input("train", options),
                              {io::parent(source.path(), comm)},
                              options.split.seed});
    return split;
}

using Fingerprints = std::unordered_set<std::uint64_t>;

/// Removes the records that are in `held`; returns how many they were.
std::size_t leave_out(std::vector<Record>& records, Fingerprints const& held) {
    return std::erase_if(records, [&](Record const& record) {
        return held.contains(dataset::fingerprint_of(record));
    });
}

/// Records of both sides, on every rank. A split keeps duplicates of one file on one side; where
/// files share records, the stricter side has them. Collective.
Records read_records(Context& context, config::TrainOptions const& options) {
    auto const& comm = context.comm;
    Records out;
    Fingerprints validation, test;
    bool const several = options.data.size() > 1;
    for (auto const& path : options.data) {
        refuse_predictions(comm, path, "train on");
        Source const source{comm, path, ""};
        auto records = source.read(comm, {0, source.size()});
        auto const split = split_of(context, source, records, options);
        for (std::size_t i = 0; i < records.size(); ++i) {
            if (several && split.sides[i] != dataset::Side::train)
                (split.sides[i] == dataset::Side::test ? test : validation)
                    .insert(dataset::fingerprint_of(records[i]));
            if (split.sides[i] == dataset::Side::train)
                out.training.push_back(std::move(records[i]));
            else if (split.sides[i] == dataset::Side::validation)
                out.validation.push_back(std::move(records[i]));
        }
        out.parents.push_back(io::parent(path, comm));
    }
    auto const left_out = leave_out(out.validation, test) + leave_out(out.training, test) +
                          leave_out(out.training, validation);
    if (left_out > 0)
        context.log.warn(
            "{} structures are left out: another of the files holds them out for validation or "
            "test",
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
    (void)expect_fit(comm, config::read_input(input, comm), options);  // before anything is written
    auto const resolved = config::resolved_input("train", options);
    auto const& directory = options.training.directory;
    auto const records = read_records(context, options);
    options.training.heads = config::heads_of(options);
    auto const descriptors = config::descriptors_of(options, elements_of(options, records));
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        std::error_code error;
        fs::create_directories(directory, error);
        if (error)
            throw SystemError(fmt::format("{}: cannot be made ({}): choose another 'output'",
                                          directory.string(), error.message()));
        context.log.add_file(directory / "log.txt");
    });

    training::Hooks hooks;
    hooks.stop_requested = [&] { return stop.asked(); };
    hooks.step_took = [&](double seconds) { stop.step_took(seconds); };
    hooks.checkpoint_took = [&](double seconds) { stop.checkpoint_took(seconds); };
    hooks.begins = [&] { io::write_text_file(directory / "resolved.yaml", resolved, comm); };
    auto const result = training::train(
        comm, descriptors, records.training, records.validation, options.training,
        {"train", resolved, records.parents, options.training.seed}, start, hooks, context.log);

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
