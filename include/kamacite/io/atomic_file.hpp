#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "kamacite/mpi/communicator.hpp"

namespace kamacite::io {

/// Writes a text file that is complete or not there: under a temporary name, synced, renamed,
/// directory synced. Missing parent directories are made. One rank only.
/// \throws SystemError naming the file if the disk refuses
void write_text_file(std::filesystem::path const& path, std::string_view text);

/// The same, written by rank 0 for all. Collective.
void write_text_file(std::filesystem::path const& path, std::string_view text,
                     mpi::Communicator const& comm);

/// Writes a directory of text files that is complete or not there: under a temporary name, synced,
/// renamed. Missing parent directories are made. One rank only.
/// \param path   a directory that is not there, or empty
/// \param files  names, which may have directories of their own, and texts
/// \throws SystemError naming the path if it is not empty or the disk refuses
void write_text_directory(std::filesystem::path const& path,
                          std::map<std::string, std::string> const& files);

}  // namespace kamacite::io
