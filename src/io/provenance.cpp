#include "kamacite/io/provenance.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <ctime>
#include <set>

#include "kamacite/core/error.hpp"
#include "kamacite/core/utf8.hpp"

namespace kamacite::io {
namespace {

template <class Texts>
std::string join(Texts const& texts, char separator) {
    std::string joined;
    for (auto const& text : texts) joined += (joined.empty() ? "" : std::string{separator}) + text;
    return joined;
}

std::string hosts_of(mpi::Communicator const& comm) {
    std::array<char, 256> name{};
    ::gethostname(name.data(), name.size() - 1);
    auto const all = comm.all_gather(std::string{name.data()});
    std::set<std::string> const distinct(all.begin(), all.end());
    return join(distinct, ' ');
}

/// From rank 0, so that all ranks write the same.
std::string agreed(mpi::Communicator const& comm, std::string text) {
    comm.broadcast(text);
    return text;
}

}  // namespace

std::string program_version() {
    return "kamacite " KAMACITE_VERSION " (" KAMACITE_COMMIT ")";
}

void write_provenance(File& file, std::string const& format, int format_version,
                      Provenance const& provenance) {
    auto const& comm = file.comm();
    auto const now = fmt::gmtime(std::time(nullptr));
    file.set_attribute("/", "format", format);
    file.set_attribute("/", "format_version", format_version);
    file.set_attribute("/", "created_by", program_version());
    file.set_attribute("/", "created_at", agreed(comm, fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", now)));
    file.set_attribute("/", "command", provenance.command);
    file.set_attribute("/", "input", agreed(comm, as_utf8(provenance.input)));
    file.set_attribute("/", "parents", agreed(comm, as_utf8(join(provenance.parents, '\n'))));
    file.set_attribute("/", "seed", fmt::format("{}", provenance.seed));
    file.set_attribute("/", "hosts", hosts_of(comm));
    file.set_attribute("/", "ranks", comm.size());
    for (char const* key : {"SLURM_JOB_ID", "SLURM_JOB_NAME", "SLURM_ARRAY_JOB_ID",
                            "SLURM_ARRAY_TASK_ID", "SLURM_CLUSTER_NAME", "SLURM_JOB_PARTITION"}) {
        char const* const set = std::getenv(key);
        auto const value = agreed(comm, set == nullptr ? "" : set);
        if (!value.empty()) file.set_attribute("/", key, value);
    }
}

void expect_format(Reader const& reader, std::string const& format, int newest_version) {
    auto const found = reader.has_attribute("/", "format") ? reader.text("/", "format") : "";
    if (found != format)
        throw DataError(fmt::format("{}: this is not a kamacite {} but {}: name another file",
                                    reader.path().string(), format,
                                    found.empty() ? "some other HDF5 file" : "a " + found));
    auto const version = reader.integer("/", "format_version");
    if (version > newest_version)
        throw DataError(
            fmt::format("{}: its format is {} version {} (this program knows versions up to "
                        "{}; it was written by {}): use a newer kamacite",
                        reader.path().string(), format, version, newest_version,
                        reader.text("/", "created_by")));
}

void expect_format(File const& file, std::string const& format, int newest_version) {
    mpi::all_or_none(file.comm(), [&] { expect_format(file.reader(), format, newest_version); });
}

}  // namespace kamacite::io
