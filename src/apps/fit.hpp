#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "command.hpp"
#include "kamacite/config/input.hpp"
#include "kamacite/config/train.hpp"
#include "kamacite/dataset/duplicates.hpp"
#include "kamacite/dataset/split.hpp"
#include "kamacite/mpi/communicator.hpp"

namespace kamacite::apps {

/// What an input is held against of one of its files; the structures themselves are not kept.
struct DataSummary {
    std::filesystem::path path;
    long long atoms = 0;
    std::map<int, std::string> elements;  ///< by atomic number: a structure that has it, in words
    std::vector<std::string> family, trajectory;  ///< one entry per structure, as all of these
    std::vector<std::uint64_t> fingerprint;
    std::vector<dataset::Geometry> geometry;
    std::vector<std::uint8_t> has_energies, has_moments;  ///< energy or forces; moments
    std::map<std::string, std::vector<std::uint8_t>> has_property;
    std::map<std::string, long long> levels;  ///< of theory, of structures with energy or forces
    std::vector<Record> sample;               ///< a few structures, spread over the file
    std::optional<dataset::Split> stored;     ///< the split of the name asked for, if there is one

    [[nodiscard]] long long records() const noexcept { return std::ssize(family); }
};

/// Reads a dataset or another readable file, piece by piece, on every rank.
/// \param split_name  of a split that may be stored with it; empty: none is looked for
/// \throws MissingError, DataError as Source
/// Collective.
[[nodiscard]] DataSummary summarise(mpi::Communicator const& comm,
                                    std::filesystem::path const& path,
                                    std::string const& split_name = "");

/// What is wrong with the key `elements` for these data: an element that it leaves out, one that no
/// structure has. Nothing if it is empty.
[[nodiscard]] std::vector<config::Fault> element_faults(std::vector<std::string> const& elements,
                                                        std::span<DataSummary const> data);

/// What a training is to be of. The structures of all files are counted one file after the other.
struct Fit {
    std::vector<DataSummary> data;
    std::vector<dataset::Side> sides;     ///< as stored with a file, or of one split of them all
    std::vector<std::uint64_t> geometry;  ///< equal for the same geometry: dataset::same_geometry()
    std::string description;              ///< of the split
    std::vector<std::string> notes;       ///< what people should know of a new one
    std::string mixture;  ///< of levels of theory, see formats::mixture_of(); empty: none
};

/// Whether a training can begin with the data of its input; to be asked before anything is written.
/// Reads them once.
/// \throws MissingError, DataError as Source; InputError told at the keys: a file named twice,
///         elements, functions, families that are held out, a split that leaves a side empty or
///         differs from the stored one; DataError if there is no label that a head could learn from
/// Collective.
[[nodiscard]] Fit expect_fit(mpi::Communicator const& comm, config::Input const& input,
                             config::TrainOptions const& options);

/// What the file of a split says of itself.
struct SplitLabel {
    std::string name, command, input;  ///< input: resolved
    std::uint64_t seed = 0;
};

/// Tells of the split of a file, and stores a new one with it if it is a dataset. Collective.
void keep_split(Context& context, DataSummary const& data, dataset::Split const& split,
                SplitLabel const& label);

/// Whether each structure takes part: one does not if another of its geometry is nearer to the test
/// by a split that was stored before. Which these are is told.
[[nodiscard]] std::vector<std::uint8_t> take_part(Context& context, Fit const& fit);

}  // namespace kamacite::apps
