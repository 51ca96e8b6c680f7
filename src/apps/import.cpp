#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "commands.hpp"
#include "data.hpp"
#include "import_checks.hpp"
#include "import_summary.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/dataset/store.hpp"
#include "kamacite/formats/any.hpp"
#include "kamacite/io/hash.hpp"

namespace kamacite::apps {
namespace {

namespace fs = std::filesystem;

struct Options {
    std::vector<std::string> sources;
    std::string output;
    std::string format;
    std::string family;
    std::string length_unit = "angstrom";
    std::string energy_unit = "eV";
    std::string stress_sign = "auto";
    double min_distance = 0.5;
    bool drop_duplicates = false;
    bool keep_going = false;
    bool force = false;
    std::string level;
};

/// One file to import; a dataset has no format and no index.
struct Input {
    std::filesystem::path path;
    std::optional<formats::Format> format;
    formats::FrameIndex index;
    long long size = 0;
};

formats::ReadOptions read_options(Options const& o) {
    return {{o.length_unit == "bohr" ? units::bohr : units::angstrom,
             o.energy_unit == "hartree" ? units::hartree : units::eV},
            o.family};
}

/// Finds the structures of a file: rank 0 looks, the others are told. Collective.
/// \param left_out  if given, what cannot be read is left out, and this says why
Input open(mpi::Communicator const& comm, std::string const& path, std::string const& format,
           std::string* left_out) {
    Input input{path, std::nullopt, {}, 0};
    if (format.empty() && names_dataset(path)) {
        refuse_predictions(comm, path, "import");
        input.size = dataset::size(path, comm);
    } else {
        std::vector<long long> kind(1);
        mpi::all_or_none(comm, [&] {
            if (!comm.is_root()) return;
            auto const its =
                format.empty() ? formats::guess_format(path) : formats::format_of(format);
            input.index = formats::index_any(path, its, left_out);
            kind[0] = static_cast<long long>(its);
        });
        comm.broadcast(kind);
        comm.broadcast(input.index.offsets);
        comm.broadcast(input.index.lines);
        comm.broadcast(input.index.left_out);
        input.index.path = path;
        input.format = static_cast<formats::Format>(kind[0]);
        input.size = input.index.size();
    }
    if (input.size == 0 && input.index.left_out.empty())
        throw DataError(fmt::format("{} has no structures: there is nothing to import", path));
    return input;
}

std::string place_of(Input const& input, Record const& record, long long i) {
    if (!input.format)
        return fmt::format("{} (structure {}, counted from 0)", input.path.string(), i);
    return fmt::format("{}:{} ({})", input.path.string(),
                       input.index.lines[static_cast<std::size_t>(i)], record.source);
}

class Importer {
public:
    Importer(Context& context, Options options)
        : context_{context}, comm_{context.comm}, options_{std::move(options)} {}

    int run();

private:
    std::vector<std::string> whole_sources();
    void open_all();
    void read_mine();
    void read_block(int input, mpi::Range block);
    void read_part(int input, mpi::Range part);
    void take_or_leave(int input, long long index, Record record);
    void take(int input, long long index, Record record);
    void read_held();
    void settle_stresses();
    void drop_duplicates();
    void write();
    void tell();

    Context& context_;
    mpi::Communicator const& comm_;
    Options options_;
    std::vector<Input> inputs_;
    std::vector<Imported> mine_;
    std::vector<Record> held_;           // of the dataset that is added to, on this rank
    std::vector<std::string> left_out_;  // why, on this rank
    FamilySummaries families_;           // of this rank, later of all
    Repeated repeated_;
    std::map<std::string, long long> levels_;  // of theory, with how many records; of all ranks
    nlohmann::ordered_json stress_ = nlohmann::ordered_json::array();
};

/// The files to read: with --keep-going, of the datasets only the segments that are whole.
std::vector<std::string> Importer::whole_sources() {
    if (!options_.keep_going || !options_.format.empty()) return options_.sources;
    std::vector<std::string> paths;
    for (auto const& path : options_.sources) {
        if (!names_dataset(path)) {
            paths.push_back(path);
            continue;
        }
        auto const health = dataset::health_of(path, comm_, dataset::Depth::all);
        for (auto const& segment : health.whole) paths.push_back(segment.string());
        if (comm_.is_root())
            left_out_.insert(left_out_.end(), health.damaged.begin(), health.damaged.end());
    }
    return paths;
}

void Importer::open_all() {
    if (!names_dataset(options_.output))
        throw UsageError(fmt::format("cannot write {} (a dataset ends in .h5 or .kds): name it so",
                                     options_.output));
    mpi::all_or_none(comm_, [&] {
        if (comm_.is_root() && !options_.force && fs::is_regular_file(options_.output))
            throw UsageError(fmt::format(
                "{} exists (it would be lost): name another file, say --force, or name a "
                "dataset that ends in .kds, which is added to",
                options_.output));
    });
    bool any_n2p2 = false;
    for (auto const& path : whole_sources()) {
        std::string left_out;
        inputs_.push_back(
            open(comm_, path, options_.format, options_.keep_going ? &left_out : nullptr));
        if (!left_out.empty()) left_out_.push_back(left_out + "; so are the frames after it");
        // One calculation that failed is no reason to refuse the others.
        if (auto const& failed = inputs_.back().index.left_out; !failed.empty()) {
            context_.log.warn("left out: {}", failed);
            if (inputs_.back().size == 0) inputs_.pop_back();
        }
        any_n2p2 = any_n2p2 || inputs_.back().format == formats::Format::input_data;
    }
    if (!any_n2p2 && (options_.length_unit != "angstrom" || options_.energy_unit != "eV"))
        throw UsageError(
            "--length-unit and --energy-unit are for input.data only: the other formats say "
            "or fix their units");
}

void Importer::take(int input, long long index, Record record) {
    auto const& from = inputs_[static_cast<std::size_t>(input)];
    if (record.level.empty()) record.level = options_.level;
    try {
        check(record);
        auto const [nearest, crowded] = nearest_atoms(record.structure, options_.min_distance);
        families_[record.family].add(record, nearest, crowded);
    } catch (DataError const& e) {
        throw DataError(fmt::format("{}: {}", place_of(from, record, index), e.what()));
    }
    mine_.push_back({std::move(record), input});
}

void Importer::read_block(int number, mpi::Range block) {
    auto const& input = inputs_[static_cast<std::size_t>(number)];
    if (!input.format) {
        auto records = dataset::read(input.path, comm_, block);
        mpi::all_or_none(comm_, [&] {
            for (long long i = 0; i < block.size(); ++i) {
                auto& record = records[static_cast<std::size_t>(i)];
                if (!options_.family.empty()) record.family = options_.family;
                take_or_leave(number, block.begin + i, std::move(record));
            }
        });
        return;
    }
    mpi::all_or_none(comm_, [&] {
        constexpr long long at_once = 2000;
        for (auto i = block.begin; i < block.end; i += at_once)
            read_part(number, {i, std::min(block.end, i + at_once)});
    });
}

/// Halves a part that cannot be read until the structures that are to blame stand alone.
void Importer::read_part(int number, mpi::Range part) {
    auto const& input = inputs_[static_cast<std::size_t>(number)];
    std::vector<Record> records;
    try {
        records = formats::read_any(input.index, *input.format, read_options(options_), part.begin,
                                    part.end);
    } catch (DataError const& e) {
        if (!options_.keep_going) throw;
        if (part.size() == 1) {
            left_out_.emplace_back(e.what());
            return;
        }
        auto const middle = part.begin + part.size() / 2;
        read_part(number, {part.begin, middle});
        read_part(number, {middle, part.end});
        return;
    }
    for (auto& record : records) take_or_leave(number, part.begin++, std::move(record));
}

void Importer::take_or_leave(int input, long long index, Record record) {
    try {
        take(input, index, std::move(record));
    } catch (DataError const& e) {
        if (!options_.keep_going) throw;
        left_out_.emplace_back(e.what());
    }
}

void Importer::read_mine() {
    long long total = 0;
    for (auto const& input : inputs_) total += input.size;
    context_.log.info("structures: {}, files: {}, ranks: {}", total, inputs_.size(), comm_.size());
    auto const block = mpi::block_of(comm_.rank(), comm_.size(), total);
    long long first = 0;  // of this input, counted over all inputs
    for (std::size_t k = 0; k < inputs_.size(); ++k) {
        auto const size = inputs_[k].size;
        auto const begin = std::clamp(block.begin - first, 0LL, size);
        auto const end = std::clamp(block.end - first, begin, size);
        read_block(static_cast<int>(k), {begin, end});
        first += size;
    }
}

/// What the dataset that is added to holds already, this rank's part.
void Importer::read_held() {
    std::vector<int> there(1);
    mpi::all_or_none(
        comm_, [&] { there[0] = comm_.is_root() && fs::is_directory(options_.output) ? 1 : 0; });
    comm_.broadcast(there);
    if (there[0] == 0) return;
    auto readable = dataset::read_readable(options_.output, comm_);
    for (auto const& message : readable.damaged)
        context_.log.warn("not compared with what is there: {}", message);
    held_ = std::move(readable.mine);
}

void Importer::settle_stresses() {
    bool const flip = options_.stress_sign == "flip";
    if (flip)
        for (auto& i : mine_)
            if (i.record.labels.stress) i.record.labels.stress = Mat3(-*i.record.labels.stress);
    if (options_.stress_sign == "keep") return;
    std::vector<std::string> files;
    for (auto const& input : inputs_) files.push_back(input.path.string());
    stress_ = check_stresses(context_, mine_, held_, files, flip ? Flipped::yes : Flipped::no);
}

void Importer::drop_duplicates() {
    repeated_ = find_repeated(context_, mine_, held_);
    if (!options_.drop_duplicates) return;
    std::size_t index = 0;
    std::erase_if(mine_, [&](Imported const&) {
        return std::ranges::binary_search(repeated_.mine, index++);
    });
    families_.clear();
    for (auto const& [record, input] : mine_) {
        auto const [nearest, crowded] = nearest_atoms(record.structure, 0.0);
        families_[record.family].add(record, nearest, crowded);
    }
}

void Importer::write() {
    dataset::Provenance provenance;
    provenance.command = "import";
    provenance.input = context_.command_line;
    for (auto const& input : inputs_) provenance.parents.push_back(io::parent(input.path, comm_));
    std::vector<Record> records;
    records.reserve(mine_.size());
    for (auto& i : mine_) records.push_back(std::move(i.record));
    auto const count = comm_.all_reduce(mpi::Op::sum, std::ssize(records) + 0LL);
    if (count == 0) throw DataError("no structure is left to import: see the reasons above");
    dataset::write(options_.output, comm_, records, provenance);
}

void Importer::tell() {
    families_ = joined(comm_, families_);
    FamilySummary all;
    for (auto const& [name, summary] : families_) all.add(summary);
    auto const bad = comm_.all_reduce(mpi::Op::sum, std::ssize(left_out_) + 0LL);
    warn_of_property_names(context_, all);
    if (all.crowded > 0)
        context_.log.warn(
            "{} structures have atoms nearer than 0.7 of the sum of their covalent radii: make "
            "sure "
            "that they are meant",
            all.crowded);
    if (repeated_.all > 0 && !options_.drop_duplicates)
        context_.log.warn(
            "{} structures repeat an earlier one, with the same labels: --drop-duplicates leaves "
            "them out",
            repeated_.all);
    if (!comm_.is_root()) return;
    if (context_.json) {
        nlohmann::ordered_json const json{{"output", options_.output},
                                          {"structures", all.structures},
                                          {"atoms", all.atoms},
                                          {"left_out", bad},
                                          {"duplicates", repeated_.all},
                                          {"duplicates_dropped", options_.drop_duplicates},
                                          {"same_geometry", repeated_.differing},
                                          {"levels", levels_},
                                          {"stress_sign", stress_},
                                          {"families", to_json(families_)}};
        fmt::print("{}\n",
                   json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
        return;
    }
    fmt::print("{}", render(families_));
    for (auto const& [level, count] : levels_)
        if (levels_.size() > 1 || !level.empty())
            fmt::print("  level of theory: {} ({})\n", level.empty() ? "not told" : level, count);
    fmt::print("{}: {} structures, {} atoms", options_.output, all.structures, all.atoms);
    if (options_.drop_duplicates) fmt::print(", {} duplicates dropped", repeated_.all);
    if (bad > 0) fmt::print(", {} left out", bad);
    fmt::print("\n");
}

int Importer::run() {
    open_all();
    read_mine();
    if (options_.keep_going) {
        std::string reasons;
        for (auto const& reason : left_out_) reasons += reason + '\n';
        for (auto const& text : comm_.all_gather(reasons))
            if (!text.empty()) context_.log.warn("left out:\n{}", text);
    }
    read_held();
    settle_stresses();
    drop_duplicates();
    levels_ = count_levels(context_, mine_, held_);
    write();
    tell();
    return 0;
}

}  // namespace

Command import_command() {
    return {
        "import", "Structures and labels of files, checked, into a dataset",
        [](Arguments const& arguments) {
            auto const o = std::make_shared<Options>();
            arguments
                .add("sources", o->sources,
                     "Files: extended XYZ, n2p2 input.data, POSCAR, csv, xlsx, outputs of pw.x and "
                     "VASP; datasets to join")
                .required();
            arguments.add("-o,--output", o->output, "Dataset: x.h5, or x.kds to add to").required();
            arguments.add("--format", o->format,
                          "extxyz, n2p2, poscar, lammps-data, csv, xlsx, qe, qe-xml, outcar or "
                          "vasprun, for all "
                          "files; default: by name or content");
            arguments
                .add("--length-unit", o->length_unit, "Of input.data: angstrom (default) or bohr")
                .one_of({"angstrom", "bohr"});
            arguments.add("--energy-unit", o->energy_unit, "Of input.data: eV (default) or hartree")
                .one_of({"eV", "hartree"});
            arguments.add("--family", o->family,
                          "Family of all structures, in place of the files'");
            arguments.add("--level", o->level,
                          "Level of theory of structures whose file does not say it");
            arguments
                .add("--stress-sign", o->stress_sign,
                     "auto: check against the energies (default); keep: do not; flip: "
                     "reverse, then check")
                .one_of({"auto", "keep", "flip"});
            arguments
                .add("--min-distance", o->min_distance,
                     "Atoms nearer than this [angstrom] are an error (default 0.5)")
                .between(0.0, 10.0);
            arguments.flag("--drop-duplicates", o->drop_duplicates,
                           "Keep the first of structures with the same geometry and labels");
            arguments.flag("--keep-going", o->keep_going,
                           "Leave out structures that are refused, and say why");
            arguments.flag("--force", o->force, "Replace the dataset x.h5 if it is there");
            return [o](Context& context) { return Importer{context, *o}.run(); };
        },
        Command::Json::yes};
}

}  // namespace kamacite::apps
