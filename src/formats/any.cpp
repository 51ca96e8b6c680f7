#include "kamacite/formats/any.hpp"

#include <fmt/format.h>

#include <array>

#include "kamacite/core/error.hpp"
#include "kamacite/formats/conversion.hpp"
#include "kamacite/formats/extxyz.hpp"
#include "kamacite/formats/lammps_data.hpp"
#include "kamacite/formats/poscar.hpp"
#include "kamacite/formats/pw_output.hpp"
#include "kamacite/formats/table.hpp"
#include "kamacite/formats/text.hpp"
#include "kamacite/formats/vasp_output.hpp"

namespace kamacite::formats {
namespace {

constexpr std::array<std::pair<Format, std::string_view>, 10> names{
    {{Format::extxyz, "extxyz"},
     {Format::input_data, "n2p2"},
     {Format::poscar, "poscar"},
     {Format::lammps_data, "lammps-data"},
     {Format::csv, "csv"},
     {Format::xlsx, "xlsx"},
     {Format::pw_output, "qe"},
     {Format::pw_xml, "qe-xml"},
     {Format::outcar, "outcar"},
     {Format::vasprun, "vasprun"}}};
constexpr std::string_view known =
    "extxyz, n2p2, poscar, lammps-data, csv, xlsx, qe, qe-xml, outcar or vasprun";

bool is_output(Format format) {
    return format == Format::pw_output || format == Format::pw_xml || format == Format::outcar ||
           format == Format::vasprun;
}

[[noreturn]] void throw_shrunk(std::filesystem::path const& path) {
    throw DataError(fmt::format(
        "{} lost rows while it was read: read it again when nothing writes to it", path.string()));
}

/// Outputs of programs are told by what they say of themselves in their first lines.
std::optional<Format> guess_output(std::filesystem::path const& path) {
    LineScanner scanner{path};
    std::string line;
    for (int i = 0; i < 100 && scanner.next(line); ++i) {
        if (line.find("Program PWSCF") != std::string::npos) return Format::pw_output;
        if (line.find("<qes:espresso") != std::string::npos) return Format::pw_xml;
        if (line.find("<modeling>") != std::string::npos) return Format::vasprun;
        if (trimmed(line).starts_with("vasp.")) return Format::outcar;
    }
    return std::nullopt;
}

UsableSteps steps_of(std::filesystem::path const& path, Format format) {
    auto const text = read_text(path);
    auto const name = path.string();
    if (format == Format::pw_output) return usable_steps(parse_pw_output(text), name);
    if (format == Format::pw_xml) return usable_steps(parse_pw_xml(text), name);
    if (format == Format::outcar) return usable_steps(parse_outcar(text), name);
    auto output = parse_vasprun(text);
    auto const beside = path.parent_path() / "OUTCAR";
    std::error_code code;
    if (std::filesystem::is_regular_file(beside, code))
        add_moments(output, parse_outcar(read_text(beside)));
    return usable_steps(output, name);
}

Table table_of(std::filesystem::path const& path, Format format) {
    return format == Format::xlsx ? read_xlsx(path) : read_csv(path);
}

std::vector<Record> read_frames(FrameIndex const& index, long long first, long long last) {
    std::vector<Record> records;
    records.reserve(static_cast<std::size_t>(last - first));
    constexpr long long at_once = 1000;  // frames are larger than records and kept only for a while
    for (; first < last; first += at_once)
        for (auto const& frame : read_extxyz(index, first, std::min(last, first + at_once)))
            records.push_back(to_record(frame));
    return records;
}

std::vector<Record> read_records(FrameIndex const& index, Format format, ReadOptions const& options,
                                 long long first, long long last) {
    if (first == last) return {};
    switch (format) {
        case Format::extxyz:
            return read_frames(index, first, last);
        case Format::input_data:
            return read_input_data(index, options.units, first, last);
        case Format::poscar:
        case Format::lammps_data: {
            std::vector<Record> one;
            one.push_back(format == Format::poscar ? read_poscar(index.path)
                                                   : read_lammps_data(index.path));
            return one;
        }
        case Format::pw_output:
        case Format::pw_xml:
        case Format::outcar:
        case Format::vasprun: {
            auto steps = steps_of(index.path, format).records;
            if (last > std::ssize(steps)) throw_shrunk(index.path);
            return {std::make_move_iterator(steps.begin() + first),
                    std::make_move_iterator(steps.begin() + last)};
        }
        case Format::csv:
        case Format::xlsx:
            break;
    }
    auto const table = table_of(index.path, format);
    if (last > std::ssize(table.rows)) throw_shrunk(index.path);
    return records_of(table, static_cast<std::size_t>(first), static_cast<std::size_t>(last));
}

}  // namespace

std::string_view name_of(Format format) {
    for (auto const& [value, name] : names)
        if (value == format) return name;
    return "unknown";
}

Format format_of(std::string_view text) {
    for (auto const& [value, name] : names)
        if (name == text) return value;
    throw UsageError(fmt::format("unknown format '{}': use {}", text, known));
}

Format guess_format(std::filesystem::path const& path) {
    auto const name = lower(path.filename().string());
    auto const extension = lower(path.extension().string());
    if (extension == ".xyz" || extension == ".extxyz") return Format::extxyz;
    if (extension == ".csv" || extension == ".tsv") return Format::csv;
    if (extension == ".xlsx") return Format::xlsx;
    if (extension == ".vasp" || extension == ".poscar" || name.starts_with("poscar") ||
        name.starts_with("contcar"))
        return Format::poscar;
    if (extension == ".lmp" || extension == ".lammps") return Format::lammps_data;
    if (name.starts_with("input.data")) return Format::input_data;
    if (name.starts_with("outcar")) return Format::outcar;
    if (name.starts_with("vasprun") && extension == ".xml") return Format::vasprun;
    if (name.starts_with("data-file-schema") && extension == ".xml") return Format::pw_xml;

    LineScanner scanner{path};
    std::string line;
    while (scanner.next(line) && trimmed(line).empty()) {
    }
    auto first = trimmed(line);
    if (first.starts_with("\xEF\xBB\xBF")) first.remove_prefix(3);  // byte order mark
    if (first == "begin") return Format::input_data;
    if (to_integer(first)) return Format::extxyz;
    if (auto const output = guess_output(path)) return *output;
    if (is_lammps_data(path)) return Format::lammps_data;
    throw DataError(fmt::format(
        "cannot tell the format of {} by its name or first lines: pass --format with {}",
        path.string(), known));
}

FrameIndex index_any(std::filesystem::path const& path, Format format, std::string* left_out) {
    switch (format) {
        case Format::extxyz:
            return index_extxyz(path, left_out);
        case Format::input_data:
            return index_input_data(path, left_out);
        case Format::poscar:
        case Format::lammps_data:
            (void)read_bytes(path, 0, 0);
            return {path, {0, 0}, {1}};
        default:
            break;
    }
    if (is_output(format)) {
        auto steps = steps_of(path, format);
        FrameIndex index{path, {}, std::move(steps.lines), std::move(steps.left_out)};
        index.offsets.assign(index.lines.size() + 1, 0);
        return index;
    }
    auto const table = table_of(path, format);
    return {path, std::vector<long long>(table.rows.size() + 1, 0), table.lines};
}

std::vector<Record> read_any(FrameIndex const& index, Format format, ReadOptions const& options,
                             long long first, long long last) {
    if (last == to_end) last = index.size();
    KAMACITE_EXPECTS(0 <= first && first <= last && last <= index.size());
    auto records = read_records(index, format, options, first, last);
    if (!options.family.empty())
        for (auto& record : records) record.family = options.family;
    return records;
}

std::vector<Record> read_any(std::filesystem::path const& path, Format format,
                             ReadOptions const& options, long long first, long long last) {
    return read_any(index_any(path, format), format, options, first, last);
}

long long count_any(std::filesystem::path const& path, Format format) {
    return index_any(path, format).size();
}

}  // namespace kamacite::formats
