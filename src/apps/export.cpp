#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

#include "commands.hpp"
#include "data.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/dataset/store.hpp"
#include "kamacite/formats/conversion.hpp"
#include "kamacite/formats/extxyz.hpp"
#include "kamacite/formats/lammps_data.hpp"
#include "kamacite/formats/poscar.hpp"
#include "kamacite/formats/table.hpp"
#include "kamacite/inference/growing_file.hpp"

namespace kamacite::apps {
namespace {

namespace fs = std::filesystem;
using formats::Format;

constexpr long long structures_at_once = 4000;  // on all ranks together: bounds the memory

struct Options {
    std::string input;
    std::string output;
    std::string format;
    std::string keys = "ase";
    std::string length_unit = "angstrom";
    std::string energy_unit = "eV";
    bool keep_going = false;
    bool force = false;
};

/// What is exported, one after the other: one source, or the whole segments of a damaged dataset.
using Sources = std::vector<Source>;

long long size_of(Sources const& sources) {
    long long size = 0;
    for (auto const& source : sources) size += source.size();
    return size;
}

/// Collective. \throws DataError if nothing is left
Sources open(Context& context, Options const& options) {
    auto const& comm = context.comm;
    Sources sources;
    if (!options.keep_going || !names_dataset(options.input)) {
        sources.emplace_back(comm, options.input, "");
        return sources;
    }
    auto const health = dataset::health_of(options.input, comm, dataset::Depth::all);
    for (auto const& message : health.damaged) context.log.warn("left out: {}", message);
    for (auto const& segment : health.whole)
        if (dataset::size(segment, comm) > 0) sources.emplace_back(comm, segment, "");
    if (sources.empty())
        throw DataError(fmt::format(
            "{}: no segment with structures is whole: import the data again", options.input));
    return sources;
}

Format format_to_write(Options const& options) {
    if (!options.format.empty()) return formats::format_of(options.format);
    if (!fs::is_directory(options.output)) try {
            return formats::guess_format(options.output);
        } catch (Error const&) {
            // told below
        }
    throw UsageError(
        fmt::format("cannot tell the format of {} by its name: pass --format with extxyz, n2p2, "
                    "poscar, lammps-data, csv or xlsx",
                    options.output));
}

std::string text_of(Record const& record, Format format, Options const& options) {
    if (format == Format::extxyz)
        return formats::to_text(formats::to_frame(
            record, options.keys == "ref" ? formats::KeyStyle::ref : formats::KeyStyle::ase));
    if (format == Format::lammps_data) return formats::to_lammps_data(record);
    formats::InputDataUnits const units{
        options.length_unit == "bohr" ? units::bohr : units::angstrom,
        options.energy_unit == "hartree" ? units::hartree : units::eV};
    return formats::to_input_data(record, units);
}

/// One text of all structures, in order, written by rank 0 as it comes. Collective.
void write_text(mpi::Communicator const& comm, Sources const& sources, Format format,
                Options const& options) {
    std::optional<inference::GrowingFile> file;
    mpi::all_or_none(comm, [&] {
        if (comm.is_root()) file.emplace(options.output);
    });
    for (auto const& source : sources)
        for (long long first = 0; first < source.size(); first += structures_at_once) {
            auto const window = std::min(structures_at_once, source.size() - first);
            auto const block = mpi::block_of(comm.rank(), comm.size(), window);
            auto const records = source.read(comm, {first + block.begin, first + block.end});
            std::string text;
            mpi::all_or_none(comm, [&] {
                for (auto const& record : records) text += text_of(record, format, options);
            });
            auto const texts = comm.all_gather(text);
            mpi::all_or_none(comm, [&] {
                if (file)
                    for (auto const& t : texts) file->append(t);
            });
        }
    mpi::all_or_none(comm, [&] {
        if (file) file->commit();
    });
}

/// How a format has one structure per file.
struct Form {
    char const* what;
    char const *prefix, *suffix;
    std::string (*text)(Record const&);
};
constexpr Form poscars{"POSCAR", "POSCAR_", "", formats::to_poscar};
constexpr Form lammps_data{"data", "data_", ".lmp", formats::to_lammps_data};

/// Refuses a folder that is there: unless it is empty, or `force` is given and it holds nothing but
/// what write_folder() writes.
void expect_replaceable(fs::path const& folder, Form const& form, bool force) {
    std::error_code code;
    if (!fs::exists(folder, code)) return;
    if (!fs::is_directory(folder, code))
        throw UsageError(fmt::format("{} is a file: name a folder for the {} files",
                                     folder.string(), form.what));
    for (auto const& entry : fs::directory_iterator{folder}) {
        if (!force)
            throw UsageError(
                fmt::format("{} exists (it would be lost): name another folder, or say --force",
                            folder.string()));
        if (!entry.path().filename().string().starts_with(form.prefix))
            throw UsageError(fmt::format("{} holds more than {} files ({}): name another folder",
                                         folder.string(), form.what,
                                         entry.path().filename().string()));
    }
}

/// A folder of files <prefix><number><suffix>, numbered from 0, that is complete or not there: it
/// is made under another name beside its own. Each rank writes its own files. Collective.
void write_folder(mpi::Communicator const& comm, Sources const& sources, Form const& form,
                  Options const& options) {
    auto folder = fs::path{options.output}.lexically_normal();
    if (!folder.has_filename()) folder = folder.parent_path();
    auto const part = fs::path{folder.string() + ".part"};
    auto const fail = [&](char const* what, std::error_code const& code) {
        if (code)
            throw SystemError(
                fmt::format("cannot {} the folder {} ({}): name another, or remove {}", what,
                            folder.string(), code.message(), part.string()));
    };
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        expect_replaceable(folder, form, options.force);
        std::error_code code;
        fs::remove_all(part, code);
        fs::create_directories(part, code);
        fail("make", code);
    });
    try {
        long long first = 0;
        for (auto const& source : sources) {
            auto const block = mpi::block_of(comm.rank(), comm.size(), source.size());
            auto const records = source.read(comm, block);
            mpi::all_or_none(comm, [&] {
                for (long long i = 0; i < block.size(); ++i) {
                    inference::GrowingFile file{part / fmt::format("{}{:06}{}", form.prefix,
                                                                   first + block.begin + i,
                                                                   form.suffix)};
                    file.append(form.text(records[static_cast<std::size_t>(i)]));
                    file.commit();
                }
            });
            first += source.size();
        }
        mpi::all_or_none(comm, [&] {
            if (!comm.is_root()) return;
            std::error_code code;
            fs::remove_all(folder, code);
            fail("replace", code);
            fs::rename(part, folder, code);
            fail("name", code);
        });
    } catch (Error const&) {  // on all ranks alike
        std::error_code code;
        if (comm.is_root()) fs::remove_all(part, code);
        throw;
    }
}

/// A table needs all structures at once, to know its columns: rank 0 has them. Collective.
void write_table(Context& context, Sources const& sources, Format format, fs::path const& path) {
    auto const& comm = context.comm;
    std::vector<Record> records;
    for (auto const& source : sources) {
        auto part = source.read(comm, {0, comm.is_root() ? source.size() : 0});
        std::move(part.begin(), part.end(), std::back_inserter(records));
    }
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        auto const table = formats::to_table(records);
        if (format == Format::xlsx) return formats::write_xlsx(path, table);
        inference::GrowingFile file{path};
        file.append(formats::to_csv(table));
        file.commit();
    });
    auto const of_atoms = std::ranges::count_if(records, [](Record const& r) {
        return !r.labels.forces.empty() || !r.labels.moments.empty();
    });
    if (of_atoms > 0)
        context.log.warn(
            "{}: forces and moments of single atoms, which {} structures have, are left out (a "
            "table has a line for each structure): export them as extxyz as well, if they are to "
            "be read back",
            path.string(), of_atoms);
}

int export_structures(Context& context, Options const& options) {
    auto const& comm = context.comm;
    auto format = Format::extxyz;
    mpi::all_or_none(comm, [&] { format = format_to_write(options); });
    auto const sources = open(context, options);
    switch (format) {
        case Format::extxyz:
        case Format::input_data:
            write_text(comm, sources, format, options);
            break;
        case Format::poscar:
            write_folder(comm, sources, poscars, options);
            break;
        case Format::lammps_data:
            if (size_of(sources) == 1)
                write_text(comm, sources, format, options);
            else
                write_folder(comm, sources, lammps_data, options);
            break;
        case Format::csv:
        case Format::xlsx:
            write_table(context, sources, format, options.output);
            break;
        case Format::pw_output:
        case Format::pw_xml:
        case Format::outcar:
        case Format::vasprun:
            throw UsageError(fmt::format(
                "format '{}' is read only: use extxyz, n2p2, poscar, lammps-data, csv or xlsx",
                formats::name_of(format)));
    }
    if (comm.is_root())
        fmt::print("{}: {} structures ({})\n", options.output, size_of(sources),
                   formats::name_of(format));
    return 0;
}

}  // namespace

Command export_command() {
    return {
        "export", "A dataset as extended XYZ, input.data, POSCAR or LAMMPS data files, csv or xlsx",
        [](Arguments const& arguments) {
            auto const o = std::make_shared<Options>();
            arguments.add("input", o->input, "Dataset (.h5, .kds), or any readable format")
                .required();
            arguments
                .add("-o,--output", o->output,
                     "File; for poscar, and lammps-data of several structures, a folder")
                .required();
            arguments.add("--format", o->format,
                          "extxyz, n2p2, poscar, lammps-data, csv or xlsx; default: by name");
            arguments
                .add("--keys", o->keys,
                     "Names in extended XYZ: ase (default), or ref: REF_energy …")
                .one_of({"ase", "ref"});
            arguments
                .add("--length-unit", o->length_unit, "Of input.data: angstrom (default) or bohr")
                .one_of({"angstrom", "bohr"});
            arguments.add("--energy-unit", o->energy_unit, "Of input.data: eV (default) or hartree")
                .one_of({"eV", "hartree"});
            arguments.flag("--keep-going", o->keep_going,
                           "Leave out segments of a .kds that are damaged, and say which");
            arguments.flag("--force", o->force, "For folders: replace what is there");
            return [o](Context& context) { return export_structures(context, *o); };
        }};
}

}  // namespace kamacite::apps
