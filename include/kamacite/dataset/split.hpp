#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "kamacite/dataset/store.hpp"

namespace kamacite::dataset {

/// What a record is used for.
enum class Side : std::uint8_t { train = 0, validation = 1, test = 2 };

/// What is kept together when records are divided.
enum class SplitMethod {
    /// Whole families are held out: tells how a model does on what it has never seen.
    family,
    /// Whole trajectories of each family go to one side; those that have a name are never torn.
    /// Where records name none, runs of `block` consecutive ones of the family stand for one; the
    /// runs are shorter where the family has fewer than eight of them. Records at the ends of runs
    /// resemble their neighbours on the other side: name trajectories where there are any.
    trajectory,
    /// Record by record. Consecutive frames of a molecular-dynamics run are nearly the same: if
    /// there are any, the errors on the test side are then too small, because the model has
    /// practically seen them in training. Only for records that are independent of each other.
    random
};

/// How to split; fractions are of the records of each family.
struct SplitOptions {
    SplitMethod method = SplitMethod::trajectory;
    double validation = 0.1;  ///< fraction in 0 … 1; not used by `family`
    double test = 0.1;        ///< fraction in 0 … 1; not used by `family`
    int block = 20;           ///< consecutive records that count as one trajectory, positive
    /// Families that are held out whole; with methods other than `family` the fractions are of what
    /// the other families have.
    std::vector<std::string> validation_families = {}, test_families = {};
    std::uint64_t seed = 0;
};

/// Which side every record of a dataset is on, in the order of the dataset.
struct Split {
    std::vector<Side> sides;
    std::string description;         ///< method and options, for people
    std::vector<std::string> notes;  ///< what people should know of these records; not stored

    /// Indices of the records of one side, ascending.
    [[nodiscard]] std::vector<long long> indices(Side side) const;
};

/// Divides records into training, validation and test.
///
/// Groups (families, trajectories, blocks, single records) are never torn apart, and records of the
/// same geometry are never on two sides, whatever their labels: groups that share a geometry are
/// one group; those of the geometry of a held-out record follow it (to test rather than
/// validation). Every family with at least three groups has one of them on every side whose
/// fraction is not zero; families with fewer train, which a note says, unless that leaves a side
/// empty altogether: then their groups are dealt out like those of one family. Among groups of
/// similar size, chance decides: RandomStream(seed, "split", hash of the group's name), so that the
/// result does not depend on the number of ranks, and not on the order of records beyond the
/// blocks.
///
/// \throws InputError  if a family is not known, `family` names none, fractions are not in 0 … 1 or
///                     add up to 1 or more, or a side that is wanted stays empty, saying which
[[nodiscard]] Split split(Tags const& tags, SplitOptions const& options);

/// Method and options in words: the Split::description of what split() makes with them.
[[nodiscard]] std::string description_of(SplitOptions const& options);

/// Method by its name "family", "trajectory" or "random".
/// \throws InputError listing the names
[[nodiscard]] SplitMethod split_method(std::string const& name);

/// The file of a split: `<x.kds>/split-<name>.h5`, or `<x>.split-<name>.h5` beside x.h5.
[[nodiscard]] std::filesystem::path split_file(std::filesystem::path const& dataset,
                                               std::string const& name);

/// Stores a split with its dataset as a sealed file, in place of one of that name. Collective.
/// \throws InputError if `name` has other characters than letters, digits, '-', '_', '.';
///         DataError if the number of records is not that of the dataset
void write_split(std::filesystem::path const& dataset, mpi::Communicator const& comm,
                 std::string const& name, Split const& split, Provenance const& provenance);

/// Reads a split that was stored, on every rank. Collective.
/// \throws MissingError if there is none of that name, listing those there are; DataError if it was
///         made for other records than the dataset has now
[[nodiscard]] Split read_split(std::filesystem::path const& dataset, mpi::Communicator const& comm,
                               std::string const& name);

/// Names of the splits stored with a dataset, sorted. Rank 0 looks. Collective.
[[nodiscard]] std::vector<std::string> split_names(std::filesystem::path const& dataset,
                                                   mpi::Communicator const& comm);

}  // namespace kamacite::dataset
