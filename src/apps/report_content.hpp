#pragma once
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "comparison_figures.hpp"
#include "kamacite/model/model_file.hpp"
#include "kamacite/mpi/communicator.hpp"
#include "kamacite/report/csv.hpp"
#include "kamacite/structure/record.hpp"
#include "origin.hpp"
#include "report_data.hpp"
#include "report_stored.hpp"
#include "statics_figures.hpp"

/// \file
/// What a report says, apart from reading the command line and writing files.

namespace kamacite::apps {

/// A directory that evaluate wrote.
struct Evaluation {
    std::string name;  ///< of the directory, relative to the run's
    nlohmann::ordered_json metrics;
    std::map<std::string, report::CsvTable> parity, residuals;  ///< by quantity
};

/// What a run directory holds.
struct RunFiles {
    std::filesystem::path folder, output;
    std::optional<Model> model;
    std::optional<Origin> origin;
    std::vector<std::filesystem::path> model_files;  ///< the model's, if it is kamacite's
    std::optional<report::CsvTable> learning_curve;
    std::optional<report::CsvTable> search;    ///< the trials that the model is the best of
    std::vector<Evaluation> evaluations;       ///< in the order of their names
    std::vector<StaticsFiles> statics;         ///< likewise
    std::vector<ComparisonFiles> comparisons;  ///< likewise
    std::vector<DataFile> files;               ///< what it was trained on, or --data
    std::vector<Record> data;          ///< the records of those that could be read, on rank 0
    std::vector<dataset::Side> sides;  ///< of each of `data`; empty: not known
    StoredFiles stored;                ///< predictions and descriptors beside the model
    std::vector<std::string> missing;  ///< what the report has to do without

    /// Where CSV files of the page are: <page without .html>_data.
    [[nodiscard]] std::filesystem::path data_folder() const {
        return output.parent_path() / (output.stem().string() + "_data");
    }
};

/// Fills learning_curve, search, evaluations, statics and comparisons. One rank only.
/// \throws DataError naming the file that is damaged
void read_text_files(RunFiles& run);

/// All records of a dataset or a file of any format, on rank 0. Collective.
/// \throws DataError if they are predictions, which are no reference
[[nodiscard]] std::vector<Record> read_any_source(mpi::Communicator const& comm,
                                                  std::string const& path);

/// The page, what goes beside it, and what is said on the screen.
struct Content {
    std::string html;
    std::map<std::string, std::string> tables;  ///< CSV by file name, for RunFiles::data_folder()
    nlohmann::ordered_json summary;
    std::vector<std::string> headlines;
};

/// Computes E–V curves and draws plots. One rank only.
[[nodiscard]] Content make_content(RunFiles& run, std::string const& program);

}  // namespace kamacite::apps
