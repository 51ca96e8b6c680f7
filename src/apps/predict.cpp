#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>
#include <optional>

#include "any_model.hpp"
#include "commands.hpp"
#include "data.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/core/output_path.hpp"
#include "kamacite/dataset/store.hpp"
#include "kamacite/formats/conversion.hpp"
#include "kamacite/formats/extxyz.hpp"
#include "kamacite/inference/growing_file.hpp"
#include "kamacite/inference/predict.hpp"
#include "kamacite/io/hash.hpp"
#include "kamacite/mpi/exchange.hpp"
#include "predict_large.hpp"
#include "predicted.hpp"

namespace kamacite::apps {
namespace {

namespace fs = std::filesystem;

/// Text that all ranks together hold at a time; a frame larger than this is a window of its own.
constexpr long long window_bytes = 64LL << 20;

constexpr long long none = std::numeric_limits<long long>::min();

struct Options {
    ModelOptions model;
    std::string input, output, format;
    std::string supercell;   ///< copies along each vector; empty: structures as they are
    long long index = none;  ///< of the structure, with --supercell
    std::string map;  ///< parts of the cell along each vector, with --supercell; empty: atoms
    bool force = false, fresh = false;
    double checkpoint_minutes = 10.0, max_hours = 0.0;  ///< with --supercell
};

/// Whether the output is a dataset, else extended XYZ.
/// \throws UsageError where its name says neither
bool is_dataset_output(fs::path const& output) {
    auto const ending = output.extension();
    if (ending == ".h5") return true;
    if (ending == ".xyz" || ending == ".extxyz") return false;
    if (ending == ".kds")
        throw UsageError(fmt::format(
            "{} cannot take predictions (a .kds grows by what is imported, and is trained on): "
            "name a .h5, .xyz or .extxyz file",
            output.string()));
    throw UsageError(
        fmt::format("{} does not say a format to write: name a .xyz or .extxyz file, or a dataset "
                    "(.h5), which 'kamacite export' turns into tables and other formats",
                    output.string()));
}

/// Neither the input nor a file of the model is ever written over, and another file only if that is
/// asked for. Collective. \throws UsageError
void check_output(mpi::Communicator const& comm, Options const& options, AnyModel const& model) {
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        fs::path const output = options.output;
        std::vector<std::string> precious{options.input, options.model.path};
        for (auto const& parent : model.parents())
            precious.push_back(parent.substr(0, parent.rfind(' ')));
        std::error_code none;  // files that are not there are not the same
        for (auto const& file : precious)
            if (fs::equivalent(output, file, none))
                throw UsageError(
                    fmt::format("{} is the same file as {}, which is read (it would be lost): name "
                                "another output",
                                output.string(), file));
        if (fs::is_directory(output))
            throw UsageError(
                fmt::format("{} is a directory: name a file that is not there", output.string()));
        expect_plain_output(output);
        if (fs::exists(output) && !options.force)
            throw UsageError(
                fmt::format("{} exists (it would be lost): name another file, or say --force",
                            output.string()));
    });
}

constexpr double strange_grade = 2.0;  // where others select structures to calculate

/// What has been predicted so far on this rank.
struct Tally {
    long long atoms = 0, outside = 0;  ///< outside: atoms that extrapolate
    long long largest = 0;             ///< atoms of one structure
    double farthest = 0.0;
    long long strange = 0;  ///< atoms of a grade above `strange_grade`
    double highest_grade = 0.0;
    std::vector<long long> unasked;  ///< structures without the conditions of each property head

    explicit Tally(Abilities const& abilities) : unasked(abilities.properties.size()) {}

    void add(Record const& record, Abilities const& abilities, inference::Answer const& answer) {
        atoms += record.structure.size();
        largest = std::max<long long>(largest, record.structure.size());
        for (std::size_t h = 0; h < unasked.size(); ++h)
            unasked[h] += missing_conditions(abilities.properties[h], record).empty() ? 0 : 1;
        add(answer.extrapolation, answer.prediction.grade);
    }

    /// Extrapolations and grades of some atoms.
    void add(std::span<double const> extrapolation, std::span<double const> grade) {
        for (double const e : extrapolation) {
            outside += e > 0.0 ? 1 : 0;
            farthest = std::max(farthest, e);
        }
        for (double const g : grade) {
            strange += g > strange_grade ? 1 : 0;
            highest_grade = std::max(highest_grade, g);
        }
    }
};

/// Tells which structures did not get a property, for want of its conditions. Collective.
/// \throws DataError if no structure gets anything at all
void tell_unasked(Context& context, AnyModel const& model, Options const& options,
                  Tally const& tally, long long structures) {
    auto const& heads = model.abilities().properties;
    bool nothing = model.abilities().only_properties();
    std::string complaint;
    for (std::size_t h = 0; h < heads.size(); ++h) {
        auto const n = context.comm.all_reduce(mpi::Op::sum, tally.unasked[h]);
        nothing = nothing && (n == structures || heads[h].outputs.empty());
        if (n == 0) continue;
        complaint = fmt::format(
            "{} of {} structures of {} do not say {} (the model predicts {} under that condition): "
            "give it as a key of each structure in extended XYZ, or as a column of a table",
            n, structures, options.input, fmt::join(heads[h].conditions, ", "),
            fmt::join(heads[h].outputs, ", "));
        if (!nothing) context.log.warn("{}", complaint);
    }
    if (nothing)
        throw DataError(complaint.empty() ? "the model has learnt no quantity: train it again"
                                          : complaint);
}

/// Text of the given frames with predictions added, in order.
std::string predicted_text(AnyModel const& model, std::vector<formats::Frame> frames,
                           std::vector<Record> const& records, Tally& tally) {
    auto const answers = model.answers_of(records);
    std::string text;
    for (std::size_t i = 0; i < frames.size(); ++i) {
        add_prediction(frames[i], records[i], model.abilities(), answers[i]);
        text += formats::to_text(frames[i]);
        tally.add(records[i], model.abilities(), answers[i]);
    }
    return text;
}

/// Structures [begin, end) as frames: those of an extended XYZ file keep everything that they hold.
std::vector<formats::Frame> frames_of(Source const& source, std::vector<Record>& records,
                                      mpi::Range range) {
    std::vector<formats::Frame> frames;
    if (source.format() == formats::Format::extxyz) {
        if (range.size() > 0) frames = formats::read_extxyz(source.index(), range.begin, range.end);
        for (auto const& frame : frames) records.push_back(formats::to_record(frame));
    } else {
        for (auto const& record : records) frames.push_back(formats::to_frame(record));
    }
    return frames;
}

/// End of the window that begins at structure `begin`.
long long window_end(Source const& source, long long begin) {
    auto const& offsets = source.index().offsets;
    if (source.format() != formats::Format::extxyz) return source.size();
    long long end = begin + 1;
    while (end < source.size() &&
           offsets[static_cast<std::size_t>(end) + 1] - offsets[static_cast<std::size_t>(begin)] <=
               window_bytes)
        ++end;
    return end;
}

/// This rank's structures of a window: by bytes, which say the number of atoms, or by count.
mpi::Range part_of_window(mpi::Communicator const& comm, Source const& source, mpi::Range window) {
    std::vector<double> costs;
    auto const& offsets = source.index().offsets;
    bool const by_bytes = source.format() == formats::Format::extxyz;
    for (auto i = window.begin; i < window.end; ++i) {
        auto const k = static_cast<std::size_t>(i);
        costs.push_back(by_bytes ? static_cast<double>(offsets[k + 1] - offsets[k]) : 1.0);
    }
    auto part =
        inference::balanced_parts(costs, comm.size())[static_cast<std::size_t>(comm.rank())];
    return {part.begin + window.begin, part.end + window.begin};
}

/// The texts of all ranks one after the other, on rank 0 alone. Collective.
std::string at_root(mpi::Communicator const& comm, std::string const& mine) {
    if (comm.all_reduce(mpi::Op::sum, std::ssize(mine) + 0LL) > std::numeric_limits<int>::max())
        throw InputError(
            "a structure is too large to be written by one rank: say '--supercell 1,1,1', which "
            "divides it among all of them");
    std::vector<int> to(static_cast<std::size_t>(comm.size()), 0);
    to[0] = static_cast<int>(mine.size());
    mpi::Exchange const exchange{comm, to};
    std::string all(static_cast<std::size_t>(exchange.received()), ' ');
    exchange.run(std::span<char const>{mine}, std::span<char>{all}, 1);
    return all;
}

Tally predict_to_text(Context& context, AnyModel const& model, Source const& source,
                      Options const& options) {
    auto const& comm = context.comm;
    Tally tally{model.abilities()};
    std::optional<inference::GrowingFile> file;
    mpi::all_or_none(comm, [&] {
        if (comm.is_root()) file.emplace(options.output);
    });
    for (mpi::Range window; window.begin < source.size(); window.begin = window.end) {
        window.end = window_end(source, window.begin);
        auto const part = part_of_window(comm, source, window);
        std::vector<Record> records;
        if (source.format() != formats::Format::extxyz) records = source.read(comm, part);
        std::string text;
        mpi::all_or_none(comm, [&] {
            auto frames = frames_of(source, records, part);
            text = predicted_text(model, std::move(frames), records, tally);
        });
        text = at_root(comm, text);
        mpi::all_or_none(comm, [&] {
            if (file) file->append(text);
        });
        if (window.end < source.size())
            context.log.info("{} of {} structures", window.end, source.size());
    }
    tell_unasked(context, model, options, tally, source.size());
    mpi::all_or_none(comm, [&] {
        if (file) file->commit();
    });
    return tally;
}

Tally predict_to_dataset(Context& context, AnyModel const& model, Source const& source,
                         Options const& options) {
    auto const& comm = context.comm;
    auto records = source.read_balanced(comm, model.cutoff());
    Tally tally{model.abilities()};
    dataset::AtomColumn outside{
        "extrapolation", "1", "how far outside the training set's range", {}};
    dataset::AtomColumn grade{
        "extrapolation_grade", "1", "D-optimality grade of the atom: up to 1 is interpolation", {}};
    dataset::AtomColumn spread{"force_std", "eV/angstrom", "spread of the committee's forces", {}};
    mpi::all_or_none(comm, [&] {
        auto const answers = model.answers_of(records);
        for (std::size_t i = 0; i < records.size(); ++i) {
            auto const& answer = answers[i];
            tally.add(records[i], model.abilities(), answer);
            records[i] = with_prediction(std::move(records[i]), model.abilities(), answer);
            outside.add(answer.extrapolation);
            grade.add(answer.prediction.grade);
            if (answer.spread) spread.add(answer.spread->forces);
        }
    });
    tell_unasked(context, model, options, tally, source.size());
    std::vector<dataset::AtomColumn> columns;
    if (model.trained() != nullptr) columns.push_back(std::move(outside));
    if (model.has_grade()) columns.push_back(std::move(grade));
    if (model.members().size() > 1 && model.abilities().energy)
        columns.push_back(std::move(spread));
    dataset::Provenance provenance;
    provenance.command = dataset::predicting_command;
    provenance.input = context.command_line;
    provenance.parents = model.parents();
    provenance.parents.push_back(io::parent(options.input, comm));
    dataset::write(options.output, comm, records, provenance, columns);
    return tally;
}

void tell_time(mpi::Communicator const& comm, long long structures, long long atoms,
               std::chrono::steady_clock::time_point start, std::string const& output) {
    double const seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (comm.is_root())
        fmt::print("{} structures, {} atoms predicted in {:.1f} s on {} ranks: {}\n", structures,
                   atoms, seconds, comm.size(), output);
}

/// Warns of atoms in surroundings that the model has not learnt. Collective.
void tell_trust(Context& context, Tally const& tally, long long atoms, std::string const& output) {
    auto const& comm = context.comm;
    auto const outside = comm.all_reduce(mpi::Op::sum, tally.outside);
    double const farthest = comm.all_reduce(mpi::Op::max, tally.farthest);
    auto const strange = comm.all_reduce(mpi::Op::sum, tally.strange);
    double const highest = comm.all_reduce(mpi::Op::max, tally.highest_grade);
    if (strange > 0)
        context.log.warn(
            "{} of {} atoms have an extrapolation grade above {} (up to {:.2g}): the model has not "
            "learnt of such surroundings; see 'extrapolation_grade' in {}",
            strange, atoms, strange_grade, highest, output);
    if (outside > 0)
        context.log.warn(
            "{} of {} atoms have surroundings outside the range of the training set (by up to "
            "{:.2g} "
            "of that range): see 'extrapolation' in {} and do not trust them unseen",
            outside, atoms, farthest, output);
}

LargeOptions large_options(Options const& options) {
    LargeOptions large;
    large.repeats = repeats_of(options.supercell);
    if (options.index != none) large.index = options.index;
    if (!options.map.empty()) large.parts = repeats_of(options.map, "--map");
    large.output = options.output;
    large.numerics = fmt::format("{} {} {}", options.model.length_unit, options.model.energy_unit,
                                 options.model.precision);
    large.checkpoint_minutes = options.checkpoint_minutes;
    large.fresh = options.fresh;
    return large;
}

/// With --supercell.
int predict_divided(Context& context, Options const& options,
                    std::chrono::steady_clock::time_point start) {
    auto const& comm = context.comm;
    StopRequest stop{comm, options.max_hours};  // before anything that takes time
    auto const model = load_any(context, options.model);
    LargeFile const from{comm, options.input, options.format};
    if (auto const* const trained = model.trained())
        warn_of_units(context, options.model, *trained, from.format(), options.input);
    check_output(comm, options, model);
    auto const answer = predict_large(context, model, from, large_options(options), stop);
    if (!answer) return static_cast<int>(ErrorKind::stopped);
    Tally tally{model.abilities()};
    tally.add(answer->mean.extrapolation, answer->mean.grade);
    tell_time(comm, 1, answer->total.atoms, start, options.output);
    tell_trust(context, tally, answer->total.atoms, options.output);
    return 0;
}

int predict(Context& context, Options const& options) {
    auto const& comm = context.comm;
    auto const start = std::chrono::steady_clock::now();
    bool const to_dataset = is_dataset_output(options.output);
    if (!options.supercell.empty()) return predict_divided(context, options, start);
    auto const model = load_any(context, options.model);
    Source const source{comm, options.input, options.format};
    if (auto const* const trained = model.trained())
        warn_of_units(context, options.model, *trained, source.format(), options.input);
    check_output(comm, options, model);
    if (!options.map.empty())
        throw UsageError(
            "--map goes with --supercell (1,1,1 takes a structure as it is): give both");
    if (options.index != none)
        throw UsageError(
            "--index goes with --supercell (1,1,1 takes a structure as it is): give both");
    Tally const mine = to_dataset ? predict_to_dataset(context, model, source, options)
                                  : predict_to_text(context, model, source, options);
    auto const atoms = comm.all_reduce(mpi::Op::sum, mine.atoms);
    constexpr long long large = 100'000;
    if (auto const most = comm.all_reduce(mpi::Op::max, mine.largest);
        comm.size() > 1 && most >= large)
        context.log.warn(
            "a structure of {} atoms was predicted by one rank alone: '--supercell 1,1,1' divides "
            "it among all of them",
            most);
    tell_time(comm, source.size(), atoms, start, options.output);
    tell_trust(context, mine, atoms, options.output);
    return 0;
}

}  // namespace

Command predict_command() {
    return {"predict", "Energies, forces, stress and moments of structures, by a model",
            [](Arguments const& arguments) {
                auto options = std::make_shared<Options>();
                add_model_options(arguments, options->model, "input", options->input,
                                  "Structures: any readable format, .h5, .kds", ModelKinds::any);
                arguments
                    .add("-o,--output", options->output,
                         "Extended XYZ (.xyz, .extxyz), or a dataset (.h5)")
                    .required();
                arguments.add("--supercell", options->supercell,
                              "A,B,C: so many copies of the one structure of INPUT along a, b and "
                              "c, as one structure over all ranks; a .h5 output is a file of "
                              "format prediction");
                arguments.add("--index", options->index,
                              "With --supercell: which structure of INPUT, from 0, or from the end "
                              "if negative; needed where it has several");
                arguments.add("--map", options->map,
                              "A,B,C: averages over so many parts of the cell along a, b and c in "
                              "place of atoms, with --supercell; the output is a .h5 file of "
                              "format map");
                arguments
                    .add("--checkpoint-minutes", options->checkpoint_minutes,
                         "With --supercell: wall time after which what is done is kept in "
                         "OUT.checkpoint, from which the same line goes on (10); 0: always")
                    .between(0.0, 1e6);
                arguments
                    .add("--max-hours", options->max_hours,
                         "With --supercell: stop at a checkpoint before this time is over (exit "
                         "code 75)")
                    .between(0.0, 1e6);
                arguments.flag("--fresh", options->fresh,
                               "With --supercell: begin anew where there is a checkpoint");
                arguments.flag("--force", options->force, "Replace the output if it is there");
                arguments.add(
                    "--format", options->format,
                    "Format of the input, as import names it; default: by name or content");
                return [options](Context& context) {
                    name_model(context, options->model, options->input);
                    return predict(context, *options);
                };
            }};
}

}  // namespace kamacite::apps
