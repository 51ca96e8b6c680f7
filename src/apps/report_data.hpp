#pragma once
#include <algorithm>
#include <limits>
#include <span>
#include <string>

#include "kamacite/dataset/split.hpp"
#include "kamacite/report/page.hpp"
#include "kamacite/structure/record.hpp"

/// \file
/// What a report says of the data, and where the model leaves their range.

namespace kamacite::apps {

/// Smallest and largest of some numbers.
struct Spread {
    double low = std::numeric_limits<double>::infinity();
    double high = -std::numeric_limits<double>::infinity();

    void add(double value) {
        low = std::min(low, value);
        high = std::max(high, value);
    }
    /// "1.20 … 3.40", counted from `origin` in units of `factor`; "–" of no numbers.
    [[nodiscard]] std::string text(int decimals, double origin = 0.0, double factor = 1.0) const;
};

/// A file that the model was trained on, or that the report was given.
struct DataFile {
    std::string path, hash;
    long long structures = 0, atoms = 0;  ///< 0: it could not be read
    std::string split, how;               ///< the model's split there, and how it was made
};

/// One row per file, and in the caption how each was split.
[[nodiscard]] report::Table files_table(std::span<DataFile const> files);

/// One row per family, in the order of the alphabet, and their sum: how many structures are on
/// which side, what labels they have, and the range that they span. \param sides  one per record;
/// empty: not known, and those columns are left out
[[nodiscard]] report::Table data_table(std::span<Record const> records,
                                       std::span<dataset::Side const> sides);

}  // namespace kamacite::apps
