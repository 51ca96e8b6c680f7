#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "kamacite/config/input.hpp"
#include "kamacite/config/writers.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/dynamics/relax_domain.hpp"
#include "kamacite/io/atomic_file.hpp"
#include "kamacite/io/hash.hpp"
#include "kamacite/model/mean_potential.hpp"
#include "large_text.hpp"
#include "relax_files.hpp"
#include "relax_output.hpp"
#include "relax_path.hpp"
#include "relax_start.hpp"
#include "stop.hpp"

namespace kamacite::apps {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

/// The files of a relaxation.
struct Files {
    explicit Files(fs::path directory) : in{std::move(directory)} {}
    fs::path in;
    [[nodiscard]] fs::path so_far() const { return in / "so-far.h5"; }
    [[nodiscard]] fs::path table() const { return in / "relax.csv"; }
    [[nodiscard]] fs::path relaxed() const { return in / "relaxed.h5"; }
    [[nodiscard]] fs::path result() const { return in / "relaxed.json"; }
};

/// One relaxation with what it writes.
class Run {
public:
    Run(Context& context, config::RelaxOptions const& options, AnyModel const& model,
        RunGiven const& given)
        : context_{&context},
          o_{&options},
          model_{&model},
          files_{options.output},
          stop_{context.comm, given.max_hours},
          resolved_{config::resolved_input("relax", options)} {}

    int operator()(RunGiven const& given) {
        auto const& comm = context_->comm;
        if (has_ended(comm, files_.result(), files_.so_far(), given)) {
            expect_same_relaxation(comm, files_.relaxed(), *o_, provenance().parents);
            tell_ended(*context_, files_.result());
            return 0;
        }
        auto start = start_of(comm, *o_, *model_);
        dynamics::Freedom freedom{o_->cell, o_->pressure, fixed_of(comm, *o_, start)};
        bool const more = goes_on(comm, files_.so_far(), given);
        if (more) {
            expect_same_relaxation(comm, files_.so_far(), *o_, provenance().parents);
            start = reached(comm, files_.so_far(), start);
            course_ = Course{text_of(comm, files_.table()), files_.table().string()};
            context_->log.info("goes on from {}", files_.so_far().string());
        }
        MeanPotential const potential{model_->members()};
        auto s = free_structure(comm, potential, std::move(start), std::move(freedom),
                                more ? files_.so_far().string() : o_->structure.string());
        remove(comm, files_.result());  // it tells of an end
        io::write_text_file(files_.in / "resolved.yaml", resolved_, comm);
        auto const before = look_at(s);
        auto const end = relax(s);
        return finish(s, before, end);
    }

private:
    dynamics::End relax(dynamics::FreeStructure& s) {
        dynamics::Rest rest;
        rest.force_tolerance = o_->force_tolerance;
        rest.stress_tolerance = o_->stress_tolerance;
        rest.most_evaluations = o_->max_steps;
        rest.longest_step = o_->longest_step;
        auto const after = [this](dynamics::FreeStructure const& now) { return after_step(now); };
        if (o_->method == config::RelaxOptions::Method::fire) return relax_by_fire(s, rest, after);
        dynamics::PreconditionerOptions options;
        options.petsc = o_->petsc;
        return relax_preconditioned(s, rest, options, after);
    }

    bool after_step(dynamics::FreeStructure const& s) {
        constexpr double between_lines = 10.0, between_checkpoints = 600.0;
        course_.add(s.standing(), s.evaluations());
        if (seconds_since(line_) > between_lines) {
            line_ = Clock::now();
            context_->log.info(
                "{} evaluations: enthalpy {:.6f} eV, largest force {:.3g} eV/Å, stress {:.3g} GPa",
                course_.before() + s.evaluations(), s.standing().enthalpy,
                s.standing().largest_force, s.standing().largest_stress / units::GPa);
        }
        stop_.step_took(seconds_since(step_));
        step_ = Clock::now();
        // rank 0's clock decides; a request to any rank counts
        std::array<int, 2> asked{
            stop_.asked() ? 1 : 0,
            context_->comm.is_root() && seconds_since(checkpoint_) > between_checkpoints ? 1 : 0};
        context_->comm.all_reduce(mpi::Op::max, std::span<int>{asked});
        if (asked[0] == 0 && asked[1] == 1) checkpoint(s);
        return asked[0] == 1;
    }

    /// What has been reached, for --resume.
    void checkpoint(dynamics::FreeStructure const& s) {
        auto const start = Clock::now();
        inference::LargeAnswer answer;
        answer.mean = s.prediction();
        answer.total = domain::totals(context_->comm, answer.mean);
        write_large(files_.so_far(), context_->comm, s.domain(), answer, provenance());
        io::write_text_file(files_.table(), course_.csv(), context_->comm);
        stop_.checkpoint_took(seconds_since(start));
        checkpoint_ = Clock::now();
    }

    [[nodiscard]] io::Provenance provenance() const {
        io::Provenance p{"relax", resolved_, model_->parents(), 0};
        p.parents.push_back(io::parent(o_->structure, context_->comm));
        return p;
    }

    int finish(dynamics::FreeStructure const& s, Look const& before, dynamics::End end) {
        auto const& comm = context_->comm;
        if (end != dynamics::End::at_rest) return leave(s, end);
        auto const answer =
            inference::answer_of(comm, s.domain(), model_->members(), model_->calibration());
        write_large(files_.relaxed(), comm, s.domain(), answer, provenance());
        bool const text = answer.total.atoms <= largest_text;
        if (text)
            write_blocks(files_.in / "relaxed.xyz", comm,
                         block_frame(comm, s.domain(), {"relaxed", ""}, answer),
                         answer.total.atoms);
        io::write_text_file(files_.table(), course_.csv(), comm);
        tell(before, look_at(s), s, answer, text ? files_.in / "relaxed.xyz" : files_.relaxed());
        remove(comm, files_.so_far());
        return 0;
    }

    int leave(dynamics::FreeStructure const& s, dynamics::End end) {
        checkpoint(s);
        auto const& now = s.standing();
        std::string stress;
        if (o_->cell != dynamics::CellFreedom::fixed)
            stress =
                fmt::format(" and stress + pressure {:.3g} GPa (to be {:.3g})",
                            now.largest_stress / units::GPa, o_->stress_tolerance / units::GPa);
        auto const reason = end == dynamics::End::out_of_evaluations
                                ? fmt::format("{} evaluations (max_steps)", s.evaluations())
                                : stop_.reason();
        context_->log.warn(
            "stopped before it came to rest ({}): the largest force is {:.3g} eV/Å (to be "
            "{:.3g}){}; what was reached is in {}: go on with --resume",
            reason, now.largest_force, o_->force_tolerance, stress, files_.so_far().string());
        return static_cast<int>(ErrorKind::stopped);
    }

    void tell(Look const& before, Look const& after, dynamics::FreeStructure const& s,
              inference::LargeAnswer const& answer, fs::path const& file) {
        auto const& comm = context_->comm;
        double outside = 0.0, grade = 0.0, spread = 0.0;
        for (double const x : answer.mean.extrapolation) outside = std::max(outside, x);
        for (double const x : answer.mean.grade) grade = std::max(grade, x);
        for (double const x : answer.force_std) spread = std::max(spread, x);
        std::array<double, 3> trust{outside, grade, spread};
        comm.all_reduce(mpi::Op::max, std::span<double>{trust});
        auto const json = [&](Look const& look) {
            return Json{{"energy", look.standing.energy},
                        {"enthalpy", look.standing.enthalpy},
                        {"volume", look.standing.volume},
                        {"lengths", look.cell.lengths},
                        {"angles", look.cell.angles},
                        {"density", look.density},
                        {"largest_force", look.standing.largest_force},
                        {"largest_stress", look.standing.largest_stress / units::GPa}};
        };
        Json all{{"file", file.string()},
                 {"atoms", answer.total.atoms},
                 {"evaluations", course_.before() + s.evaluations()},
                 {"before", json(before)},
                 {"after", json(after)},
                 {"extrapolation", trust[0]}};
        if (model_->has_grade()) all["extrapolation_grade"] = trust[1];
        if (answer.energy_std) {
            all["energy_std"] = *answer.energy_std;
            all["force_std"] = trust[2];
        }
        io::write_text_file(files_.result(), all.dump(2) + "\n", comm);
        if (!comm.is_root()) return;
        if (context_->json) {
            fmt::print("{}\n", all.dump(2));
            return;
        }
        print(before, after, answer, all, trust);
        fmt::print("{}\n", file.string());
    }

    void print(Look const& before, Look const& after, inference::LargeAnswer const& answer,
               Json const& all, std::array<double, 3> const& trust) const {
        auto const row = [](std::string const& name, double from, double to,
                            std::string const& unit) {
            fmt::print("{:<16} {:>18.6f} {:>18.6f} {}\n", name, from, to, unit);
        };
        auto const n = static_cast<double>(answer.total.atoms);
        fmt::print("{} atoms, {} evaluations\n{:<16} {:>18} {:>18}\n", answer.total.atoms,
                   all["evaluations"].get<long long>(), "", "before", "relaxed");
        row("energy", before.standing.energy, after.standing.energy, "eV");
        row("energy", before.standing.energy / n, after.standing.energy / n, "eV/atom");
        if (o_->pressure != 0.0)
            row("enthalpy", before.standing.enthalpy / n, after.standing.enthalpy / n, "eV/atom");
        row("largest force", before.standing.largest_force, after.standing.largest_force, "eV/Å");
        if (o_->cell != dynamics::CellFreedom::fixed) {
            row("stress + p", before.standing.largest_stress / units::GPa,
                after.standing.largest_stress / units::GPa, "GPa");
            char const* const vectors[] = {"a", "b", "c"};
            char const* const angles[] = {"alpha", "beta", "gamma"};
            for (std::size_t k = 0; k < 3; ++k)
                row(vectors[k], before.cell.lengths[k], after.cell.lengths[k], "Å");
            for (std::size_t k = 0; k < 3; ++k)
                row(angles[k], before.cell.angles[k], after.cell.angles[k], "°");
            row("volume", before.standing.volume / n, after.standing.volume / n, "Å³/atom");
        }
        if (std::isfinite(after.density)) row("density", before.density, after.density, "g/cm³");
        if (answer.energy_std)
            fmt::print("spread of the committee: energy {:.4f} eV, forces up to {:.4f} eV/Å\n",
                       *answer.energy_std, trust[2]);
        if (model_->has_grade()) fmt::print("extrapolation grade: up to {:.2g}\n", trust[1]);
        if (trust[0] > 0.0)
            context_->log.warn(
                "atoms of the relaxed structure have surroundings outside the range of the "
                "training set (by up to {:.2g} of that range): do not trust them unseen",
                trust[0]);
    }

    Context* context_;
    config::RelaxOptions const* o_;
    AnyModel const* model_;
    Files files_;
    StopRequest stop_;
    std::string resolved_;
    Course course_;
    Clock::time_point line_ = Clock::now(), step_ = Clock::now(), checkpoint_ = Clock::now();
};

int relax(Context& context, RunGiven const& given) {
    auto const o = config::read_options<config::RelaxOptions>(given.input, "relax", context.comm);
    ModelOptions model_options;
    model_options.path = o.model;
    auto const model = load_any(context, model_options);
    if (!model.abilities().energy)
        throw DataError(
            fmt::format("{}: the model has no energies (there is nothing to relax by): "
                        "take one that predicts them",
                        o.model));
    if (o.some_path) return relax_path(context, o, model, given);
    return Run{context, o, model, given}(given);
}

}  // namespace

Command relax_command() {
    return {"relax", "Bring atoms and cell of a structure to rest, by a model",
            [](Arguments const& arguments) {
                auto const given = add_run_arguments(
                    arguments, {"Go on from what was reached, or begin if there is nothing",
                                "Remove what was reached and begin again",
                                "Stop before this time is over (exit code 75)"});
                return [given](Context& context) { return relax(context, *given); };
            },
            Command::Json::yes};
}

}  // namespace kamacite::apps
