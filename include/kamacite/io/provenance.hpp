#pragma once
#include <string>
#include <vector>

#include "kamacite/io/file.hpp"

namespace kamacite::io {

/// Where a stored thing comes from; becomes attributes of the file.
struct Provenance {
    std::string command;  ///< e.g. "import"
    std::string input;    ///< the resolved YAML, whole, or the command line
    std::vector<std::string>
        parents;  ///< "<path> <hash>" of every file that went into it: parent()
    unsigned long long seed = 0;
};

/// Program, version and commit, e.g. "kamacite 0.1.0 (1a2b3c4d)"; the commit is that at configure
/// time, "unknown commit" outside a git checkout.
[[nodiscard]] std::string program_version();

/// Writes to a file being written what every kamacite file carries: `format` (e.g. "dataset"),
/// `format_version`, `created_by`, `created_at` (UTC), `command`, `input`, `parents` (one a line),
/// `seed`, `hosts`, `ranks`, and SLURM_JOB_ID and the like where they are set. Collective.
void write_provenance(File& file, std::string const& format, int format_version,
                      Provenance const& provenance);

/// Checks that a file is of this format and not newer than this program. Collective.
/// \throws DataError saying what it is instead
void expect_format(File const& file, std::string const& format, int newest_version);
/// The same for one rank alone.
void expect_format(Reader const& reader, std::string const& format, int newest_version);

}  // namespace kamacite::io
