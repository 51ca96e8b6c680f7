#include <fmt/format.h>

#include <fstream>
#include <set>
#include <sstream>

#include "data.hpp"
#include "kamacite/core/error.hpp"
#include "report_content.hpp"

namespace kamacite::apps {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

std::string text_of(fs::path const& path) {
    std::ifstream file{path, std::ios::binary};
    if (!file)
        throw MissingError(fmt::format("{} cannot be read: check its permissions", path.string()));
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

Evaluation read_evaluation(fs::path const& folder, std::string name) {
    Evaluation result{std::move(name), {}, {}, {}};
    auto const metrics = folder / "metrics.json";
    try {
        result.metrics = Json::parse(text_of(metrics));
        for (auto const& score : result.metrics.at("scores")) {
            std::string const quantity = score.at("quantity");
            for (auto const& [kind, tables] : {std::pair{"parity_", &result.parity},
                                               std::pair{"residuals_", &result.residuals}}) {
                auto const path = folder / (kind + quantity + ".csv");
                if (fs::exists(path) && tables->count(quantity) == 0)
                    tables->emplace(quantity, report::parse_csv(text_of(path), path.string()));
            }
        }
    } catch (Json::exception const& e) {
        throw DataError(
            fmt::format("{} is not what 'kamacite evaluate' writes ({}): evaluate again",
                        metrics.string(), e.what()));
    }
    return result;
}

StaticsFiles read_statics(fs::path const& folder) {
    StaticsFiles files{folder.filename().string(), {}, {}};
    auto const path = folder / "properties.json";
    try {
        files.properties = Json::parse(text_of(path));
        (void)files.properties.at("properties").items();
    } catch (Json::exception const& e) {
        throw DataError(
            fmt::format("{} is not what 'kamacite properties' writes ({}): compute them again",
                        path.string(), e.what()));
    }
    for (auto const& entry : fs::directory_iterator{folder})
        if (auto const& table = entry.path(); table.extension() == ".csv")
            files.curves.emplace(table.stem().string(),
                                 report::parse_csv(text_of(table), table.string()));
    return files;
}

ComparisonFiles read_comparison_files(fs::path const& folder) {
    ComparisonFiles files{folder.filename().string(), {}, {}};
    auto const path = folder / "comparison.json";
    try {
        files.summary = Json::parse(text_of(path));
        (void)comparison_table(files);
    } catch (Json::exception const& e) {
        throw DataError(fmt::format("{} is not what 'kamacite compare' writes ({}): compare again",
                                    path.string(), e.what()));
    }
    if (auto const test = folder / "test.csv"; fs::exists(test))
        files.test = report::parse_csv(text_of(test), test.string());
    return files;
}

}  // namespace

void read_text_files(RunFiles& run) {
    auto const curve = run.folder / "learning_curve.csv";
    if (fs::exists(curve))
        run.learning_curve = report::parse_csv(text_of(curve), curve.string());
    else
        run.missing.push_back("learning_curve.csv");
    if (auto const table = run.folder / "search.csv"; fs::exists(table))
        run.search = report::parse_csv(text_of(table), table.string());
    std::set<fs::path> folders;
    if (fs::exists(run.folder / "metrics.json")) folders.insert(run.folder);
    std::set<fs::path> statics, comparisons;
    auto const itself = (fs::absolute(run.folder) / "").lexically_normal().parent_path();
    if (fs::exists(run.folder / "properties.json")) statics.insert(itself);
    if (fs::exists(run.folder / "comparison.json")) comparisons.insert(itself);
    for (auto const& entry : fs::directory_iterator{run.folder}) {
        if (entry.is_directory() && fs::exists(entry.path() / "properties.json"))
            statics.insert(entry.path());
        if (entry.is_directory() && fs::exists(entry.path() / "comparison.json"))
            comparisons.insert(entry.path());
        if (entry.is_directory() && fs::exists(entry.path() / "metrics.json"))
            folders.insert(entry.path());
    }
    for (auto const& folder : statics) run.statics.push_back(read_statics(folder));
    for (auto const& folder : comparisons) run.comparisons.push_back(read_comparison_files(folder));
    for (auto const& folder : folders)
        run.evaluations.push_back(read_evaluation(
            folder, folder == run.folder ? "evaluation" : folder.filename().string()));
}

std::vector<Record> read_any_source(mpi::Communicator const& comm, std::string const& path) {
    refuse_predictions(comm, path, "hold a model against");
    Source const source{comm, path, ""};
    return source.read(comm, {0, comm.is_root() ? source.size() : 0});
}

}  // namespace kamacite::apps
