#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <optional>

#include "commands.hpp"
#include "data.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/formats/conversion.hpp"
#include "kamacite/formats/extxyz.hpp"
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
};

Format format_to_write(Options const& options) {
    if (!options.format.empty()) return formats::format_of(options.format);
    if (!fs::is_directory(options.output)) try {
            return formats::guess_format(options.output);
        } catch (Error const&) {
            // told below
        }
    throw UsageError(
        fmt::format("cannot tell the format of {} by its name: pass --format with extxyz, n2p2, "
                    "poscar, csv or xlsx",
                    options.output));
}

std::string text_of(Record const& record, Format format, Options const& options) {
    if (format == Format::extxyz)
        return formats::to_text(formats::to_frame(
            record, options.keys == "ref" ? formats::KeyStyle::ref : formats::KeyStyle::ase));
    formats::InputDataUnits const units{
        options.length_unit == "bohr" ? units::bohr : units::angstrom,
        options.energy_unit == "hartree" ? units::hartree : units::eV};
    return formats::to_input_data(record, units);
}

/// One text of all structures, in order, written by rank 0 as it comes. Collective.
void write_text(mpi::Communicator const& comm, Source const& source, Format format,
                Options const& options) {
    std::optional<inference::GrowingFile> file;
    mpi::all_or_none(comm, [&] {
        if (comm.is_root()) file.emplace(options.output);
    });
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

/// A folder of files POSCAR_<number>, numbered from 0; each rank writes its own. Collective.
void write_poscars(mpi::Communicator const& comm, Source const& source, fs::path const& folder) {
    mpi::all_or_none(comm, [&] {
        std::error_code code;
        if (comm.is_root()) fs::create_directories(folder, code);
        if (code)
            throw SystemError(fmt::format("cannot make the folder {} ({}): name another",
                                          folder.string(), code.message()));
    });
    auto const block = mpi::block_of(comm.rank(), comm.size(), source.size());
    auto const records = source.read(comm, block);
    mpi::all_or_none(comm, [&] {
        for (long long i = 0; i < block.size(); ++i) {
            inference::GrowingFile file{folder / fmt::format("POSCAR_{:06}", block.begin + i)};
            file.append(formats::to_poscar(records[static_cast<std::size_t>(i)]));
            file.commit();
        }
    });
}

/// A table needs all structures at once, to know its columns: rank 0 has them. Collective.
void write_table(mpi::Communicator const& comm, Source const& source, Format format,
                 fs::path const& path) {
    auto const records = source.read(comm, {0, comm.is_root() ? source.size() : 0});
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        auto const table = formats::to_table(records);
        if (format == Format::xlsx) return formats::write_xlsx(path, table);
        inference::GrowingFile file{path};
        file.append(formats::to_csv(table));
        file.commit();
    });
}

int export_structures(Context& context, Options const& options) {
    auto const& comm = context.comm;
    auto format = Format::extxyz;
    mpi::all_or_none(comm, [&] { format = format_to_write(options); });
    Source const source{comm, options.input, ""};
    switch (format) {
        case Format::extxyz:
        case Format::input_data:
            write_text(comm, source, format, options);
            break;
        case Format::poscar:
            write_poscars(comm, source, options.output);
            break;
        case Format::csv:
        case Format::xlsx:
            write_table(comm, source, format, options.output);
            break;
    }
    if (comm.is_root())
        fmt::print("{}: {} structures ({})\n", options.output, source.size(),
                   formats::name_of(format));
    return 0;
}

}  // namespace

Command export_command() {
    return {
        "export", "A dataset as extended XYZ, input.data, POSCAR files, csv or xlsx",
        [](Arguments const& arguments) {
            auto const o = std::make_shared<Options>();
            arguments.add("input", o->input, "Dataset (.h5, .kds), or any readable format")
                .required();
            arguments.add("-o,--output", o->output, "File; for poscar a folder").required();
            arguments.add("--format", o->format,
                          "extxyz, n2p2, poscar, csv or xlsx; default: by name");
            arguments
                .add("--keys", o->keys,
                     "Names in extended XYZ: ase (default), or ref: REF_energy …")
                .one_of({"ase", "ref"});
            arguments
                .add("--length-unit", o->length_unit, "Of input.data: angstrom (default) or bohr")
                .one_of({"angstrom", "bohr"});
            arguments.add("--energy-unit", o->energy_unit, "Of input.data: eV (default) or hartree")
                .one_of({"eV", "hartree"});
            return [o](Context& context) { return export_structures(context, *o); };
        }};
}

}  // namespace kamacite::apps
