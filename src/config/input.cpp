#include "kamacite/config/input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "kamacite/core/error.hpp"
#include "parser.hpp"

namespace kamacite::config {
namespace {

constexpr std::uintmax_t most_bytes = 10'000'000;

/// Bytes that the character of UTF-8 at the front takes; 0 if there is none.
std::size_t character_at(std::string_view text) {
    auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    std::size_t const length = byte(0) < 0x80U   ? 1
                               : byte(0) < 0xC2U ? 0
                               : byte(0) < 0xE0U ? 2
                               : byte(0) < 0xF0U ? 3
                               : byte(0) < 0xF5U ? 4
                                                 : 0;
    if (length > text.size()) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(i) & 0xC0U) != 0x80U) return 0;
    return length;
}

void refuse_other_encodings(Input const& input) {
    std::string_view rest = input.text;
    long line = 1;
    while (!rest.empty()) {
        auto const length = character_at(rest);
        if (length == 0)
            throw InputError(
                fmt::format("{}:{}: byte 0x{:02X} is not UTF-8 (an input must be): "
                            "save the file in that encoding",
                            input.file, line, static_cast<unsigned char>(rest.front())));
        if (rest.front() == '\n') ++line;
        rest.remove_prefix(length);
    }
}

/// yaml-cpp's own words on a tab do not help.
void refuse_tabs(Input const& input) {
    std::istringstream lines{input.text};
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        auto const first = line.find_first_not_of(" \t\r");
        bool const blank = first == std::string::npos || line[first] == '#';
        if (!blank && line.substr(0, first).find('\t') != std::string::npos)
            throw InputError(
                fmt::format("{}:{}: a tab in the indentation (YAML forbids it): use blanks",
                            input.file, number));
    }
}

YAML::Node root_of(Input const& input) {
    if (input.text.find('\0') != std::string::npos)
        throw InputError(fmt::format(
            "{}:1: not a text file (it holds zero bytes): give a YAML file", input.file));
    refuse_other_encodings(input);
    refuse_tabs(input);
    try {
        auto const documents = YAML::LoadAll(input.text);
        if (documents.size() > 1)
            throw InputError(fmt::format(
                "{}:{}: a second document (one is expected): remove the '---' before it",
                input.file, documents[1].Mark().line + 1));
        if (documents.empty() || documents[0].IsNull())
            throw InputError(
                fmt::format("{}:1: an empty input (nothing to do): write one with 'kamacite init'",
                            input.file));
        return documents[0];
    } catch (YAML::Exception const& e) {
        throw InputError(fmt::format(
            "{}:{}: not YAML ({}): check the indentation, colons and quotes near column {}",
            input.file, e.mark.line + 1, e.msg, e.mark.column + 1));
    }
}

}  // namespace

Input read_input(std::filesystem::path const& file, mpi::Communicator const& comm) {
    Input input{file.string(), ""};
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        if (std::filesystem::is_directory(file))
            throw MissingError(fmt::format(
                "{}: a directory (an input file is expected): name a YAML file", input.file));
        std::error_code error;
        if (auto const size = std::filesystem::file_size(file, error); !error && size > most_bytes)
            throw InputError(fmt::format(
                "{}: {:.0f} MB (an input is YAML, and never that large): name the input file",
                input.file, 1e-6 * static_cast<double>(size)));
        std::ifstream stream{file, std::ios::binary};
        if (!stream)
            throw MissingError(
                fmt::format("{}: cannot be read (does it exist, may it be read?): check the path; "
                            "'kamacite init' writes an input",
                            input.file));
        std::ostringstream all;
        all << stream.rdbuf();
        input.text = all.str();
    });
    comm.broadcast(input.text);
    return input;
}

std::string command_of(Input const& input) {
    auto const root = root_of(input);
    Complaints complaints{input.file};
    (void)Parser{root, "", complaints};  // complains of what is no mapping
    complaints.throw_if_any();
    if (root.IsMap())
        for (auto const& entry : root)
            if (entry.first.IsScalar() && entry.first.Scalar() == "kamacite" &&
                entry.second.IsScalar())
                return entry.second.Scalar();
    throw InputError(
        fmt::format("{}:1: kamacite: missing (it says which command the input is for): "
                    "begin the file with a line such as 'kamacite: train'",
                    input.file));
}

void refuse(Input const& input, std::vector<Fault> const& faults) {
    if (faults.empty()) return;
    Complaints complaints{input.file};
    auto const root = root_of(input);
    for (auto const& fault : faults)
        complaints.add(place_in(root, fault.key), fault.key, fault.text);
    complaints.throw_if_any();
}

void parse(Input const& input, std::string const& command,
           std::function<void(Fields&)> const& fields) {
    Complaints complaints{input.file};
    Parser parser{root_of(input), "", complaints};
    std::string is_for = command;
    parser.choice({"kamacite", "The command that this input is for"}, is_for, {{command, ""}});
    complaints.throw_if_any();  // an input for another command: the other keys do not matter
    fields(parser);
    parser.finish();
    complaints.throw_if_any();
}

}  // namespace kamacite::config
