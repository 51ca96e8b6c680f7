#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>

#include "commands.hpp"
#include "data.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/dataset/store.hpp"
#include "kamacite/formats/conversion.hpp"
#include "kamacite/formats/extxyz.hpp"
#include "kamacite/inference/growing_file.hpp"
#include "kamacite/inference/predict.hpp"
#include "kamacite/io/hash.hpp"
#include "models.hpp"

namespace kamacite::apps {
namespace {

namespace fs = std::filesystem;

/// Text that all ranks together hold at a time; a frame larger than this is a window of its own.
constexpr long long window_bytes = 64LL << 20;

struct Options {
    ModelOptions model;
    std::string input, output, format;
};

/// What has been predicted so far on this rank.
struct Tally {
    long long structures = 0, atoms = 0, outside = 0;  ///< outside: atoms that extrapolate
    double farthest = 0.0;

    void add(inference::Answer const& answer) {
        ++structures;
        atoms += std::ssize(answer.extrapolation);
        for (double const e : answer.extrapolation) {
            outside += e > 0.0 ? 1 : 0;
            farthest = std::max(farthest, e);
        }
    }
};

/// Makes room for a prediction: a value of that name in the input stays under REF_<name>, unless
/// there is one already.
void keep_reference(formats::Frame& frame, std::string const& name) {
    std::string const kept = "REF_" + name;
    if (frame.find(kept) == nullptr) {
        for (auto& [key, value] : frame.info)
            if (key == name) key = kept;
    } else {
        std::erase_if(frame.info, [&](auto const& item) { return item.first == name; });
    }
    if (frame.find_column(kept) == nullptr) {
        for (auto& column : frame.columns)
            if (column.name == name) column.name = kept;
    } else {
        std::erase_if(frame.columns, [&](auto const& column) { return column.name == name; });
    }
}

/// Whether a stress means anything: a cluster has no volume but that of the box around it.
bool has_volume(Cell const& cell) {
    auto const& periodic = cell.periodic();
    return std::find(periodic.begin(), periodic.end(), true) != periodic.end();
}

/// A reference stress stays as stress and virial both: a reader that found one of them beside the
/// prediction of the other would have to call them contradictory.
void keep_reference_stress(formats::Frame& frame, Record const& record) {
    keep_reference(frame, "stress");
    keep_reference(frame, "virial");
    if (!record.labels.stress) return;
    Mat3 const& stress = *record.labels.stress;
    if (frame.find("REF_stress") == nullptr) frame.set("REF_stress", stress);
    if (frame.find("REF_virial") == nullptr)
        frame.set("REF_virial", Mat3{-record.structure.cell.volume() * stress});
}

void add_to_frame(formats::Frame& frame, Record const& record, inference::Answer const& answer) {
    auto const& p = answer.prediction;
    auto const& s = record.structure;
    auto const set = [&](std::string const& name, auto const& value) {
        keep_reference(frame, name);
        frame.set(name, value);
    };
    if (!p.energies.empty()) set("energy", p.energy());
    if (!p.virials.empty()) {
        keep_reference_stress(frame, record);
        Mat3 const virial =
            0.5 * (p.virial() + p.virial().transpose());  // symmetric but for rounding
        if (has_volume(s.cell)) frame.set("stress", Mat3{-virial / s.cell.volume()});
        frame.set("virial", virial);
    }
    for (auto const& [name, value] : p.properties) set(name, value);
    if (!p.forces.empty()) {
        keep_reference(frame, "forces");
        frame.set_column("forces", p.forces);
    }
    if (!p.moments.empty()) {
        keep_reference(frame, "magmoms");
        frame.set_column("magmoms", 1, p.moments);
    }
    if (answer.spread) {
        set("energy_std", answer.spread->energy);
        keep_reference(frame, "force_std");
        frame.set_column("force_std", 1, answer.spread->forces);
    }
    if (!answer.extrapolation.empty()) {
        frame.set_column("extrapolation", 1, answer.extrapolation);
        frame.set("extrapolation",
                  *std::max_element(answer.extrapolation.begin(), answer.extrapolation.end()));
    }
}

/// The record with predictions for labels; of what is told of each atom, the largest.
Record with_predictions(Record record, inference::Answer const& answer) {
    auto const& p = answer.prediction;
    record.labels = {};
    if (!p.energies.empty()) record.labels.energy = p.energy();
    record.labels.forces = p.forces;
    if (!p.virials.empty() && has_volume(record.structure.cell))
        record.labels.stress = p.stress(record.structure.cell.volume());
    record.labels.moments = p.moments;
    record.labels.properties = p.properties;
    if (answer.spread) {
        auto const& forces = answer.spread->forces;
        record.labels.properties["energy_std"] = answer.spread->energy;
        record.labels.properties["force_std"] = *std::max_element(forces.begin(), forces.end());
    }
    if (!answer.extrapolation.empty())
        record.labels.properties["extrapolation"] =
            *std::max_element(answer.extrapolation.begin(), answer.extrapolation.end());
    return record;
}

/// Text of the given frames with predictions added, in order.
std::string predicted_text(Committee const& committee, std::vector<formats::Frame> frames,
                           std::vector<Record> const& records, Tally& tally) {
    auto const answers = inference::answers_of(committee, records, inference::Extrapolation::tell);
    std::string text;
    for (std::size_t i = 0; i < frames.size(); ++i) {
        add_to_frame(frames[i], records[i], answers[i]);
        text += formats::to_text(frames[i]);
        tally.add(answers[i]);
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

Tally predict_to_text(Context& context, Committee const& committee, Source const& source,
                      fs::path const& output) {
    auto const& comm = context.comm;
    Tally tally;
    std::optional<inference::GrowingFile> file;
    mpi::all_or_none(comm, [&] {
        if (comm.is_root()) file.emplace(output);
    });
    for (mpi::Range window; window.begin < source.size(); window.begin = window.end) {
        window.end = window_end(source, window.begin);
        auto const part = part_of_window(comm, source, window);
        std::vector<Record> records;
        if (source.format() != formats::Format::extxyz) records = source.read(comm, part);
        std::string text;
        mpi::all_or_none(comm, [&] {
            auto frames = frames_of(source, records, part);
            text = predicted_text(committee, std::move(frames), records, tally);
        });
        auto const texts = comm.all_gather(text);
        mpi::all_or_none(comm, [&] {
            if (file)
                for (auto const& t : texts) file->append(t);
        });
        if (window.end < source.size())
            context.log.info("{} of {} structures", window.end, source.size());
    }
    mpi::all_or_none(comm, [&] {
        if (file) file->commit();
    });
    return tally;
}

Tally predict_to_dataset(Context& context, Loaded const& model, Source const& source,
                         Options const& options) {
    auto const& comm = context.comm;
    auto const records = source.read_balanced(comm, model.committee.cutoff());
    Tally tally;
    std::vector<Record> predicted;
    mpi::all_or_none(comm, [&] {
        auto const answers =
            inference::answers_of(model.committee, records, inference::Extrapolation::tell);
        for (std::size_t i = 0; i < records.size(); ++i) {
            predicted.push_back(with_predictions(records[i], answers[i]));
            tally.add(answers[i]);
        }
    });
    dataset::Provenance provenance;
    provenance.command = "predict";
    provenance.input = context.command_line;
    provenance.parents = model.parents;
    provenance.parents.push_back(io::parent(options.input, comm));
    dataset::write(options.output, comm, predicted, provenance);
    return tally;
}

int predict(Context& context, Options const& options) {
    auto const& comm = context.comm;
    auto const start = std::chrono::steady_clock::now();
    auto const model = load(context, options.model);
    Source const source{comm, options.input, options.format};
    Tally const mine = names_dataset(options.output)
                           ? predict_to_dataset(context, model, source, options)
                           : predict_to_text(context, model.committee, source, options.output);
    auto const atoms = comm.all_reduce(mpi::Op::sum, mine.atoms);
    auto const outside = comm.all_reduce(mpi::Op::sum, mine.outside);
    double const farthest = comm.all_reduce(mpi::Op::max, mine.farthest);
    double const seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (comm.is_root())
        fmt::print("{} structures, {} atoms predicted in {:.1f} s on {} ranks: {}\n", source.size(),
                   atoms, seconds, comm.size(), options.output);
    if (outside > 0)
        context.log.warn(
            "{} of {} atoms have surroundings outside the range of the training set (by up to "
            "{:.2g} "
            "of that range): see 'extrapolation' in {} and do not trust them unseen",
            outside, atoms, farthest, options.output);
    return 0;
}

}  // namespace

Command predict_command() {
    return {"predict", "Energies, forces, stress and moments of structures, by a model",
            [](Arguments const& arguments) {
                auto options = std::make_shared<Options>();
                add_model_options(arguments, options->model);
                arguments.add("input", options->input, "Structures: any readable format, .h5, .kds")
                    .required();
                arguments
                    .add("-o,--output", options->output,
                         "Extended XYZ file, or a dataset if it ends in .h5 or .kds")
                    .required();
                arguments.add(
                    "--format", options->format,
                    "Format of the input: extxyz, n2p2, poscar, csv, xlsx; default: by name");
                return [options](Context& context) { return predict(context, *options); };
            }};
}

}  // namespace kamacite::apps
