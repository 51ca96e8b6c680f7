#pragma once
#include <filesystem>
#include <functional>
#include <string>

#include "kamacite/config/fields.hpp"
#include "kamacite/mpi/communicator.hpp"

namespace kamacite::config {

/// An input file as it was read.
struct Input {
    std::string file;  ///< as the user named it; every complaint begins with it
    std::string text;  ///< YAML
};

/// Reads an input file on rank 0 and gives it to all. Collective.
/// \throws MissingError on all ranks if it does not exist or cannot be read
[[nodiscard]] Input read_input(std::filesystem::path const& file, mpi::Communicator const& comm);

/// The command that an input is for: the value of its top-level key `kamacite`.
/// \throws InputError if there is none, or the text is not YAML
[[nodiscard]] std::string command_of(Input const& input);

/// Tells what is wrong with an input that parses, for instance that it does not fit the data.
/// \throws InputError with one line per fault, "file:line: full.key: what (why): mend", if there
/// are any; where a key is not given, the line of what would hold it
void refuse(Input const& input, std::vector<Fault> const& faults);

/// Reads the values of the keys that `fields` names into the places that it gives.
/// \param command  what the top-level key `kamacite` must say, if it is there
/// \throws InputError with one line per complaint, "file:line: full.key: what (why): mend": a key
/// that
///         is unknown, missing, given twice; a value of the wrong kind, unit or size; what the
///         table demands beyond that (Fields::demand); no YAML at all
void parse(Input const& input, std::string const& command,
           std::function<void(Fields&)> const& fields);

/// The options of a command from its input file, by the table `fields(Fields&, Options&)`.
/// Collective.
template <class Options>
[[nodiscard]] Options read_options(std::filesystem::path const& file, std::string const& command,
                                   mpi::Communicator const& comm) {
    Options options{};
    parse(read_input(file, comm), command, [&](Fields& f) { fields(f, options); });
    return options;
}

}  // namespace kamacite::config
