#include "kamacite/formats/any.hpp"

#include <fmt/format.h>

#include <array>

#include "kamacite/core/error.hpp"
#include "kamacite/formats/conversion.hpp"
#include "kamacite/formats/extxyz.hpp"
#include "kamacite/formats/poscar.hpp"
#include "kamacite/formats/table.hpp"
#include "text.hpp"

namespace kamacite::formats {
namespace {

constexpr std::array<std::pair<Format, std::string_view>, 5> names{{{Format::extxyz, "extxyz"},
                                                                    {Format::input_data, "n2p2"},
                                                                    {Format::poscar, "poscar"},
                                                                    {Format::csv, "csv"},
                                                                    {Format::xlsx, "xlsx"}}};

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
        case Format::poscar: {
            std::vector<Record> one;
            one.push_back(read_poscar(index.path));
            return one;
        }
        case Format::csv:
        case Format::xlsx:
            break;
    }
    auto const table = table_of(index.path, format);
    if (last > std::ssize(table.rows))
        throw DataError(
            fmt::format("{} lost rows while it was read: read it again when nothing writes to "
                        "it",
                        index.path.string()));
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
    throw UsageError(
        fmt::format("unknown format '{}': use extxyz, n2p2, poscar, csv or xlsx", text));
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
    if (name.starts_with("input.data")) return Format::input_data;

    LineScanner scanner{path};
    std::string line;
    while (scanner.next(line) && trimmed(line).empty()) {
    }
    auto first = trimmed(line);
    if (first.starts_with("\xEF\xBB\xBF")) first.remove_prefix(3);  // byte order mark
    if (first == "begin") return Format::input_data;
    if (to_integer(first)) return Format::extxyz;
    if (name.starts_with("outcar") || name.starts_with("vasprun") ||
        line.find("<?xml") != std::string::npos || line.find("vasp.") != std::string::npos ||
        line.find("Program PWSCF") != std::string::npos || extension == ".out" ||
        extension == ".pwo")
        throw DataError(
            fmt::format("{}: outputs of VASP and Quantum ESPRESSO are not read: convert it, for "
                        "example with 'ase convert {} frames.extxyz'",
                        path.string(), path.string()));
    throw DataError(
        fmt::format("cannot tell the format of {} by its name or first line: pass --format "
                    "with extxyz, n2p2, poscar, csv or xlsx",
                    path.string()));
}

FrameIndex index_any(std::filesystem::path const& path, Format format, std::string* left_out) {
    switch (format) {
        case Format::extxyz:
            return index_extxyz(path, left_out);
        case Format::input_data:
            return index_input_data(path, left_out);
        case Format::poscar:
            (void)read_bytes(path, 0, 0);
            return {path, {0, 0}, {1}};
        case Format::csv:
        case Format::xlsx:
            break;
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
