#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <sstream>

#include "commands.hpp"
#include "data.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/dataset/store.hpp"
#include "kamacite/io/atomic_file.hpp"
#include "kamacite/io/exists.hpp"
#include "kamacite/io/hash.hpp"
#include "kamacite/io/provenance.hpp"
#include "models.hpp"
#include "report_campaign.hpp"
#include "report_content.hpp"
#include "report_data.hpp"

namespace kamacite::apps {
namespace {

namespace fs = std::filesystem;

struct Options {
    ModelOptions model;  ///< path: the directory
    std::string output, data;
};

/// Reads the data that are shown: --data, else those of the model's parents that are still where
/// they were. What cannot be read is told in `missing`. Collective.
void read_data(Context& context, Options const& options, RunFiles& run) {
    std::vector<std::string> parents;  // "<path> <hash>"
    if (!options.data.empty())
        parents.push_back(options.data + " ");
    else if (run.origin)
        parents = run.origin->parents;
    bool all_known = true;
    for (auto const& told : parents) {
        auto const end = told.rfind(' ');
        auto const path = told.substr(0, end);
        DataFile file{path, told.substr(end + 1), 0, 0, "", ""};
        try {
            auto more = read_any_source(context.comm, path);
            auto const parent = io::parent(path, context.comm);
            auto const role = role_of(context.comm, path, parent, run.model_files);
            if (!file.hash.empty() && parent != told)
                run.missing.push_back(path +
                                      " as the model was trained on it: it has changed since");
            file.hash = hash_in(parent);
            file.split = role.split;
            file.how = role.how;
            file.structures = std::ssize(more);
            for (auto const& record : more) file.atoms += record.structure.size();
            all_known = all_known && role.sides.size() == more.size();
            run.data.insert(run.data.end(), std::make_move_iterator(more.begin()),
                            std::make_move_iterator(more.end()));
            run.sides.insert(run.sides.end(), role.sides.begin(), role.sides.end());
        } catch (Error const& e) {  // the same on all ranks: reading is collective
            if (!options.data.empty()) throw;
            run.missing.push_back(
                fmt::format("data {} ({}): run report in the directory where 'train' ran, or give "
                            "--data",
                            path, e.what()));
        }
        run.files.push_back(std::move(file));
    }
    if (!all_known) run.sides.clear();
}

/// The directory that a report is about; a model.h5 stands for the one that it lies in. Collective.
/// \throws MissingError, UsageError
fs::path folder_of(mpi::Communicator const& comm, fs::path const& path) {
    if (!io::exists(path, comm))
        throw MissingError(
            fmt::format("directory {} does not exist: give the one that 'kamacite train' "
                        "wrote",
                        path.string()));
    int const is_folder = comm.is_root() && fs::is_directory(path) ? 1 : 0;
    if (comm.all_reduce(mpi::Op::max, is_folder) == 1) return path;
    if (path.filename() != "model.h5")
        throw UsageError(
            fmt::format("{} is a file (a report is about a training run: model, learning curve, "
                        "evaluations): give the directory that 'kamacite train' wrote",
                        path.string()));
    return path.has_parent_path() ? path.parent_path() : fs::path{"."};
}

int report(Context& context, Options const& options) {
    auto const& comm = context.comm;
    RunFiles run;
    auto const folder = folder_of(comm, options.model.path);
    run.folder = folder;
    run.output = options.output.empty() ? folder / "report.html" : fs::path{options.output};
    if (!io::exists(folder / "model.h5", comm) && io::exists(folder / "journal.jsonl", comm))
        return report_campaign(context, folder, run.output);
    if (io::exists(folder / "model.h5", comm)) {
        run.model = load_models(folder / "model.h5", comm).members.front();
        run.origin = origin_of(folder / "model.h5", comm);
        run.model_files = {folder / "model.h5"};
    } else if (io::exists(folder / "input.nn", comm)) {
        run.model = load(context, options.model).committee.members().front();
    } else {
        run.missing.push_back("model.h5: what model it is and its E–V curves");
    }
    read_data(context, options, run);
    if (run.model)
        run.stored =
            read_stored(comm, folder, *run.model,
                        run.model_files.empty() ? "" : io::parent(run.model_files.front(), comm));
    run.missing.insert(run.missing.end(), run.stored.missing.begin(), run.stored.missing.end());
    Content content;
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        read_text_files(run);
        if (!run.model && !run.learning_curve && run.evaluations.empty() && run.statics.empty() &&
            run.comparisons.empty())
            throw MissingError(
                fmt::format("{} holds neither model.h5 nor learning_curve.csv nor an evaluation "
                            "(metrics.json) nor properties (properties.json) nor a comparison "
                            "(comparison.json): there is nothing to report",
                            folder.string()));
        if (!run.model && !run.learning_curve && (!run.statics.empty() || !run.comparisons.empty()))
            run.missing.clear();  // it is about those, not about a training
        content = make_content(run, io::program_version());
        for (auto const& [name, text] : content.tables)
            io::write_text_file(run.data_folder() / name, text);
        io::write_text_file(run.output.parent_path() / "summary.json",
                            content.summary.dump(2) + "\n");
        std::string lines;
        for (auto const& line : content.headlines) lines += line + '\n';
        io::write_text_file(run.output.parent_path() / "summary.txt", lines);
        io::write_text_file(run.output, content.html);
    });
    if (!comm.is_root()) return 0;
    if (context.json) {
        fmt::print("{}\n", content.summary.dump(2));
        return 0;
    }
    for (auto const& line : content.headlines) fmt::print("{}\n", line);
    fmt::print("report: {}\n", run.output.string());
    for (auto const& what : run.missing) context.log.warn("not in the report: {}", what);
    return 0;
}

}  // namespace

Command report_command() {
    return {
        "report", "One HTML page of a training run: data, model, errors, curves",
        [](Arguments const& arguments) {
            auto options = std::make_shared<Options>();
            arguments
                .add("directory", options->model.path,
                     "Directory of a training run, of an n2p2 model, of properties, of a "
                     "comparison, or of a campaign; evaluations, properties and comparisons are "
                     "looked for in it and its subdirectories")
                .required();
            add_unit_options(arguments, options->model);
            arguments.add("-o,--output", options->output, "Page; default: report.html in there");
            arguments.add("--data", options->data,
                          "DFT data whose lattices are drawn beside the model's; default: what the "
                          "model was trained on");
            return [options](Context& context) { return report(context, *options); };
        },
        Command::Json::yes};
}

}  // namespace kamacite::apps
