#include <fmt/format.h>
#include <minizip/unzip.h>
#include <minizip/zip.h>

#include <cmath>
#include <cstring>
#include <pugixml.hpp>

#include "kamacite/core/error.hpp"
#include "kamacite/core/handle.hpp"
#include "kamacite/core/output_path.hpp"
#include "kamacite/formats/table.hpp"
#include "kamacite/formats/text.hpp"
#include "table_rows.hpp"

namespace kamacite::formats {
namespace {

constexpr unsigned long largest_part = 1UL << 30;  // [bytes] of a part once unpacked
constexpr std::size_t largest_cell = 32767;        // [characters]

struct UnzipTraits {
    using type = unzFile;
    static type null() noexcept { return nullptr; }
    static void close(type file) noexcept { unzClose(file); }
    static constexpr bool collective = false;
};
struct ZipTraits {
    using type = zipFile;
    static type null() noexcept { return nullptr; }
    static void close(type file) noexcept { zipClose(file, nullptr); }
    static constexpr bool collective = false;
};

class Workbook {
public:
    explicit Workbook(std::filesystem::path const& path) : path_{path.string()} {
        (void)read_bytes(path, 0, 0);  // complains if it cannot be read
        zip_ = Handle<UnzipTraits>{unzOpen64(path_.c_str())};
        if (!zip_.get()) refuse("is no zip archive, as a workbook is: save it as .xlsx or .csv");
    }

    [[noreturn]] void refuse(std::string const& what) const {
        throw DataError(fmt::format("{} {}", path_, what));
    }

    /// A part of the workbook; an empty document if it is not there.
    [[nodiscard]] pugi::xml_document part(std::string const& name) const {
        pugi::xml_document document;
        if (unzLocateFile(zip_.get(), name.c_str(), 2) != UNZ_OK) return document;
        unz_file_info64 info{};
        if (unzGetCurrentFileInfo64(zip_.get(), &info, nullptr, 0, nullptr, 0, nullptr, 0) !=
                UNZ_OK ||
            info.uncompressed_size > largest_part || unzOpenCurrentFile(zip_.get()) != UNZ_OK)
            refuse(fmt::format("has a damaged part {}: save it again", name));
        std::string text(info.uncompressed_size, '\0');
        auto const got =
            unzReadCurrentFile(zip_.get(), text.data(), static_cast<unsigned>(text.size()));
        auto const closed = unzCloseCurrentFile(zip_.get());  // checks the checksum
        if (got != static_cast<long long>(text.size()) || closed != UNZ_OK)
            refuse(fmt::format("has a damaged part {}: save it again", name));
        if (auto const result = document.load_buffer(text.data(), text.size()); !result)
            refuse(fmt::format("has a damaged part {} ({}): save it again", name,
                               result.description()));
        return document;
    }

    [[nodiscard]] std::string name_of_first_sheet() const {
        auto const workbook = part("xl/workbook.xml");
        std::string const id =
            workbook.child("workbook").child("sheets").child("sheet").attribute("r:id").value();
        auto const relations = part("xl/_rels/workbook.xml.rels");
        for (auto const relation : relations.child("Relationships").children("Relationship"))
            if (!id.empty() && id == relation.attribute("Id").value()) {
                std::string const target = relation.attribute("Target").value();
                return target.starts_with('/') ? target.substr(1) : "xl/" + target;
            }
        return "xl/worksheets/sheet1.xml";
    }

private:
    std::string path_;
    Handle<UnzipTraits> zip_;
};

/// Text of a string item: one <t>, or one per run of a formatted text.
std::string text_of(pugi::xml_node item) {
    std::string text = item.child("t").text().get();
    for (auto const run : item.children("r")) text += run.child("t").text().get();
    return text;
}

/// Column of a cell reference such as "AB12", counted from 0; `otherwise` if there is none.
std::size_t column_of(std::string_view reference, std::size_t otherwise) {
    std::size_t column = 0;
    for (char const c : reference) {
        if (c < 'A' || c > 'Z') break;
        column = 26 * column + static_cast<std::size_t>(c - 'A' + 1);
    }
    return column == 0 || column > 16384 ? otherwise : column - 1;
}

std::string text_of_cell(pugi::xml_node cell, std::vector<std::string> const& shared,
                         TableRows const& rows, long long line) {
    std::string const type = cell.attribute("t").value();
    std::string const value = cell.child("v").text().get();
    if (type == "inlineStr") return text_of(cell.child("is"));
    if (type == "e")
        rows.refuse(line,
                    fmt::format("cell {} holds the error {}: mend the formula or empty the cell",
                                cell.attribute("r").value(), value));
    if (type != "s") return value;
    auto const index = to_integer(value);
    if (!index || *index < 0 || *index >= std::ssize(shared))
        rows.refuse(line,
                    fmt::format("cell {} names the text {}, which is not there: save the workbook "
                                "again",
                                cell.attribute("r").value(), value));
    return shared[static_cast<std::size_t>(*index)];
}

std::string escaped(std::string_view text) {
    std::string result;
    for (char const c : text) {
        if (c == '&')
            result += "&amp;";
        else if (c == '<')
            result += "&lt;";
        else if (c == '>')
            result += "&gt;";
        else if (c == '"')
            result += "&quot;";
        else if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t')
            result += ' ';
        else
            result += c;
    }
    return result;
}

std::string reference_of(std::size_t column, std::size_t row) {
    std::string letters;
    for (auto n = column + 1; n > 0; n = (n - 1) / 26)
        letters.insert(letters.begin(), static_cast<char>('A' + static_cast<int>((n - 1) % 26)));
    return letters + std::to_string(row + 1);
}

std::string sheet_of(Table const& table) {
    std::string xml =
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
        "<worksheet "
        "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>\n";
    auto const add_row = [&](std::vector<std::string> const& cells, std::size_t row) {
        xml += fmt::format("<row r=\"{}\">", row + 1);
        for (std::size_t i = 0; i < cells.size(); ++i) {
            auto const& text = cells[i];
            if (text.empty()) continue;
            if (text.size() > largest_cell)
                throw DataError(
                    fmt::format("cell {} of the table has {} characters (a workbook allows {}): "
                                "write csv or extxyz",
                                reference_of(i, row), text.size(), largest_cell));
            auto const number = row > 0 ? to_real(text) : std::nullopt;
            if (number && std::isfinite(*number) && text.find_first_of("dD+") == std::string::npos)
                xml += fmt::format("<c r=\"{}\"><v>{}</v></c>", reference_of(i, row), text);
            else
                xml += fmt::format(
                    "<c r=\"{}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>",
                    reference_of(i, row), escaped(text));
        }
        xml += "</row>\n";
    };
    add_row(table.header, 0);
    for (std::size_t i = 0; i < table.rows.size(); ++i) add_row(table.rows[i], i + 1);
    return xml + "</sheetData></worksheet>\n";
}

constexpr auto content_types =
    R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>
)";
constexpr auto relations =
    R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>
)";
constexpr auto workbook =
    R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="structures" sheetId="1" r:id="rId1"/></sheets></workbook>
)";
constexpr auto workbook_relations =
    R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>
)";

bool add_part(zipFile zip, char const* name, std::string const& text) {
    zip_fileinfo info{};
    info.dosDate = (1U << 21) | (1U << 16);  // 1 January 1980: the same table gives the same bytes
    return zipOpenNewFileInZip64(zip, name, &info, nullptr, 0, nullptr, 0, nullptr, Z_DEFLATED,
                                 Z_DEFAULT_COMPRESSION, 1) == ZIP_OK &&
           zipWriteInFileInZip(zip, text.data(), static_cast<unsigned>(text.size())) == ZIP_OK &&
           zipCloseFileInZip(zip) == ZIP_OK;
}

}  // namespace

Table read_xlsx(std::filesystem::path const& path) {
    Workbook const book{path};
    std::vector<std::string> shared;
    auto const strings = book.part("xl/sharedStrings.xml");
    for (auto const item : strings.child("sst").children("si")) shared.push_back(text_of(item));
    auto const sheet = book.part(book.name_of_first_sheet());
    auto const data = sheet.child("worksheet").child("sheetData");
    if (!data) book.refuse("has no first sheet: it is no workbook, or damaged");
    TableRows rows{path.string()};
    long long line = 0;
    for (auto const row : data.children("row")) {
        line = row.attribute("r").as_llong(line + 1);
        std::vector<std::string> cells;
        for (auto const cell : row.children("c")) {
            auto const column = column_of(cell.attribute("r").value(), cells.size());
            if (column >= cells.size()) cells.resize(column + 1);
            cells[column] = std::string{trimmed(text_of_cell(cell, shared, rows, line))};
        }
        rows.add(std::move(cells), line);
    }
    return rows.table();
}

void write_xlsx(std::filesystem::path const& path, Table const& table) {
    auto const sheet = sheet_of(table);
    expect_plain_output(path);
    auto temporary = path;
    temporary += ".part";
    Handle<ZipTraits> file{zipOpen64(temporary.c_str(), APPEND_STATUS_CREATE)};
    bool good = file && add_part(file.get(), "[Content_Types].xml", content_types) &&
                add_part(file.get(), "_rels/.rels", relations) &&
                add_part(file.get(), "xl/workbook.xml", workbook) &&
                add_part(file.get(), "xl/_rels/workbook.xml.rels", workbook_relations) &&
                add_part(file.get(), "xl/worksheets/sheet1.xml", sheet);
    if (file) good = zipClose(file.release(), nullptr) == ZIP_OK && good;
    std::error_code code;
    if (good) std::filesystem::rename(temporary, path, code);
    if (!good || code) {
        auto const reason = code ? code.message() : std::strerror(errno);
        std::error_code ignored;
        std::filesystem::remove(temporary, ignored);
        throw SystemError(
            fmt::format("cannot write {} ({}): check that the folder exists, has space and "
                        "may be written to",
                        path.string(), reason));
    }
}

}  // namespace kamacite::formats
