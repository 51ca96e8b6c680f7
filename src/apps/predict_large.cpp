#include "predict_large.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>

#include "kamacite/core/error.hpp"
#include "kamacite/io/generations.hpp"
#include "kamacite/io/hash.hpp"
#include "large_file.hpp"
#include "large_text.hpp"
#include "map_file.hpp"
#include "origin.hpp"
#include "run_arguments.hpp"

namespace kamacite::apps {
std::array<int, 3> repeats_of(std::string const& text, std::string const& option) {
    constexpr int most = 100000;
    std::array<int, 3> n{};
    std::size_t k = 0;
    char const* at = text.data();
    char const* const end = at + text.size();
    for (; k < 3; ++k) {
        auto const [next, failure] = std::from_chars(at, end, n[k]);
        bool const last = k == 2;
        if (failure != std::errc{} || n[k] < 1 || n[k] > most ||
            (last ? next != end : next == end || *next != ','))
            break;
        at = next + 1;
    }
    if (k < 3)
        throw UsageError(
            fmt::format("{} {}: along a, b and c these are three whole numbers from 1 to {}, as in "
                        "20,20,20",
                        option, text, most));
    return n;
}

namespace {

using Clock = std::chrono::steady_clock;

/// Where a prediction is kept while it is on its way.
class OnTheWay {
public:
    OnTheWay(Context& context, AnyModel const& model, LargeFile const& from,
             LargeOptions const& options, std::string const& parent, StopRequest& stop)
        : context_{&context},
          directory_{options.output.string() + ".checkpoint"},
          minutes_{options.checkpoint_minutes},
          stop_{&stop},
          files_{directory_, context.comm, fingerprint(model, from, options, parent),
                 "prediction checkpoint", format_version} {
        if (options.fresh) remove();
    }

    /// Predicts until all is done, or someone asks to stop. Collective. \returns whether all is
    [[nodiscard]] bool finish(inference::LargePrediction& prediction);
    /// Nothing of it is left. Collective.
    void remove() const;

private:
    static constexpr int format_version = 1;

    /// Of everything that the numbers depend on: where files lie does not matter.
    static std::string fingerprint(AnyModel const& model, LargeFile const& from,
                                   LargeOptions const& o, std::string const& parent) {
        io::Hash64 hash;
        for (auto const& p : model.parents()) hash.add(hash_in(p));
        hash.add(hash_in(parent)).add(o.numerics);
        hash.add(from.format() ? std::string{formats::name_of(*from.format())} : "dataset");
        for (int const n : o.repeats) hash.add(n);
        if (o.index) hash.add(*o.index);
        return io::render_hash(hash.value());
    }
    void begin(inference::LargePrediction& prediction);
    void save(inference::LargePrediction const& prediction);

    Context* context_;
    std::filesystem::path directory_;
    double minutes_;
    StopRequest* stop_;
    io::Generations files_;
    long long serial_ = 0;
};

void OnTheWay::begin(inference::LargePrediction& prediction) {
    bool whole = true;
    auto const read = [&](io::File const& file) {
        whole = prediction.restore(file);
        serial_ = file.integer("/", "serial") + 1;
    };
    if (!files_.read_latest(read, context_->log)) return;
    context_->log.info("goes on at {:.0f} % (checkpoint in {})", 100.0 * prediction.share(),
                       directory_.string());
    if (!whole)
        context_->log.warn(
            "the checkpoint in {} was made on another number of ranks: members of the model that "
            "were done are taken from it, the one that was on its way begins anew",
            directory_.string());
}

void OnTheWay::save(inference::LargePrediction const& prediction) {
    auto const start = Clock::now();
    files_.write(serial_++, "predict", [&](io::File& file) { prediction.save(file); });
    stop_->checkpoint_took(seconds_since(start));
}

bool OnTheWay::finish(inference::LargePrediction& prediction) {
    constexpr double interval = 10.0;       // [s] between lines of the log
    constexpr double worth_keeping = 60.0;  // [s] of work
    auto const& comm = context_->comm;
    begin(prediction);
    auto saved = Clock::now(), told = saved;
    while (!prediction.done()) {
        auto const start = Clock::now();
        prediction.advance();
        stop_->step_took(seconds_since(start));
        if (seconds_since(told) > interval) {
            context_->log.info("{:.0f} % predicted", 100.0 * prediction.share());
            told = Clock::now();
        }
        enum { go_on, save_now, leave } mine = go_on;
        if (comm.is_root() && seconds_since(saved) >= 60.0 * minutes_) mine = save_now;
        if (stop_->asked()) mine = leave;
        auto const now = comm.all_reduce(mpi::Op::max, static_cast<int>(mine));
        if (now == leave || (now == save_now && !prediction.done())) {
            save(prediction);
            saved = Clock::now();
        }
        if (now != leave) continue;
        context_->log.warn(
            "stopped at a checkpoint, {:.0f} % predicted ({}): run the same line again to go on",
            100.0 * prediction.share(), stop_->reason());
        return false;
    }
    // the result is yet to be written, and a full disk or a kill may keep it from that
    int const much = comm.is_root() && seconds_since(saved) > worth_keeping ? 1 : 0;
    if (comm.all_reduce(mpi::Op::max, much) == 1) save(prediction);
    return true;
}

void OnTheWay::remove() const {
    files_.remove();
    mpi::all_or_none(context_->comm, [&] {
        if (!context_->comm.is_root()) return;
        std::error_code courtesy;  // what a kill may have left
        for (auto const& entry : std::filesystem::directory_iterator{directory_, courtesy})
            if (entry.path().filename().string().starts_with("checkpoint.") &&
                entry.path().filename().string().find(".part-") != std::string::npos)
                std::filesystem::remove(entry, courtesy);
        std::filesystem::remove(directory_, courtesy);
    });
}

bool is_text(LargeOptions const& o) {
    return o.output.extension() != ".h5";
}

/// \throws UsageError
void expect_possible(AnyModel const& model, LargeFile const& from, LargeOptions const& o) {
    if (o.parts && is_text(o))
        throw UsageError(
            fmt::format("{}: averages go to parallel HDF5: name a .h5 file", o.output.string()));
    constexpr double most_parts = 1e7;  // of a map that every rank holds
    if (o.parts && 1.0 * (*o.parts)[0] * (*o.parts)[1] * (*o.parts)[2] > most_parts)
        throw UsageError(fmt::format("--map {},{},{}: more than {:.0e} parts: ask for fewer",
                                     (*o.parts)[0], (*o.parts)[1], (*o.parts)[2], most_parts));
    if (!model.abilities().energy)
        throw UsageError("the model has no energies: --supercell needs a model that predicts them");
    if (from.size() != 1 && !o.index)
        throw UsageError(
            fmt::format("{} has {} structures (--supercell repeats one): say which by --index",
                        from.path().string(), from.size()));
}

}  // namespace

std::optional<inference::LargeAnswer> predict_large(Context& context, AnyModel const& model,
                                                    LargeFile const& from, LargeOptions const& o,
                                                    StopRequest& stop) {
    auto const& comm = context.comm;
    expect_possible(model, from, o);
    auto whole = from.read(o.index.value_or(0), {o.repeats.begin(), o.repeats.end()}, model);
    domain::Domain domain{comm,           whole.cell, std::move(whole.atoms),
                          model.cutoff(), 0.0,        domain::Lists::as_needed};
    // Boxes by the cost of atoms: counting neighbours takes as long as predicting embedded atoms
    // does, and a fiftieth of what networks take.
    if (model.trained() != nullptr) domain.refresh();
    auto const parent = io::parent(from.path(), comm);
    OnTheWay on_the_way{context, model, from, o, parent, stop};
    inference::LargePrediction prediction{comm, domain, model.members(), model.calibration()};
    if (!on_the_way.finish(prediction)) return {};
    auto answer = prediction.answer();

    io::Provenance provenance{"predict", context.command_line, model.parents(), 0};
    provenance.parents.push_back(parent);
    if (o.parts)
        write_map(o.output, comm, whole.cell,
                  inference::grid_map_of(comm, domain, answer, *o.parts), answer, provenance);
    else if (is_text(o))
        write_blocks(o.output, comm, block_frame(comm, domain, {}, answer), answer.total.atoms);
    else
        write_large(o.output, comm, domain, answer, provenance);
    on_the_way.remove();
    if (comm.is_root())
        fmt::print("energy {:.10g} eV, {:.6f} eV/atom\n", answer.total.energy,
                   answer.total.energy / static_cast<double>(whole.total));
    return answer;
}

}  // namespace kamacite::apps
