#include "relax_path.hpp"

#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "kamacite/config/writers.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/core/flat.hpp"
#include "kamacite/dynamics/band.hpp"
#include "kamacite/formats/conversion.hpp"
#include "kamacite/formats/extxyz.hpp"
#include "kamacite/io/atomic_file.hpp"
#include "kamacite/io/hash.hpp"
#include "kamacite/model/mean_potential.hpp"
#include "kamacite/report/csv.hpp"
#include "kamacite/structure/short_lattice.hpp"
#include "relax_start.hpp"
#include "stop.hpp"

namespace kamacite::apps {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;

char const* const path_format = "path";
constexpr int path_format_version = 1;
constexpr long long most_atoms_as_text = 1'000'000;  // of all images

/// One path with what it writes.
class PathRun {
public:
    PathRun(Context& context, config::RelaxOptions const& options, AnyModel const& model,
            RunGiven const& given)
        : context_{&context},
          comm_{&context.comm},
          o_{&options},
          model_{&model},
          stop_{context.comm, given.max_hours},
          resolved_{config::resolved_input("relax", options)},
          groups_{dynamics::groups_of(context.comm, options.path.images)},
          potential_{model.members()} {}

    int operator()(RunGiven const& given) {
        auto const so_far = o_->output / "path-so-far.h5", result = o_->output / "path.json";
        if (has_ended(*comm_, result, so_far, given)) {
            expect_same_relaxation(*comm_, o_->output / "path.h5", *o_, provenance().parents);
            tell_ended(*context_, result);
            return 0;
        }
        read_ends();
        bool const more = goes_on(*comm_, so_far, given);
        if (more) expect_same_relaxation(*comm_, so_far, *o_, provenance().parents);
        remove(*comm_, result);  // it tells of an end
        auto positions = more ? read(so_far) : begin();
        if (positions.empty()) {
            context_->log.warn(
                "stopped ({}) before the ends were at rest (nothing is kept of them): give it more "
                "time, or relax them alone first and say 'relax_ends: false'",
                stop_.reason());
            return static_cast<int>(ErrorKind::stopped);
        }
        io::write_text_file(o_->output / "resolved.yaml", resolved_, *comm_);
        dynamics::BandOptions band;
        band.spring = o_->path.spring;
        band.climb = o_->path.climb;
        band.force_tolerance = o_->path.force_tolerance;
        band.longest_step = std::min(o_->longest_step, band.longest_step);
        band.most_steps = o_->max_steps;
        auto const make = [&](std::span<double const> at) {
            auto image = from_;
            image.atoms.positions = grouped<Vec3>(at);
            return std::make_unique<dynamics::FreeStructure>(free_structure(
                groups_.within, potential_, std::move(image), freedom_, o_->structure.string()));
        };
        step_ = Clock::now();
        auto const path =
            relax_band(*comm_, groups_, std::move(positions), make, band,
                       [&](dynamics::Path const& p) { return after_step(p, so_far); });
        if (path.end != dynamics::End::at_rest) return leave(path, so_far);
        finish(path);
        remove(*comm_, so_far);
        return 0;
    }

private:
    void read_ends() {
        auto last = *o_;
        last.structure = o_->path.final;
        last.index = o_->path.final_index;
        from_ = start_of(groups_.within, *o_, *model_);
        to_ = start_of(groups_.within, last, *model_);
        freedom_.fixed = fixed_of(groups_.within, *o_, from_);
        int const same = from_.total == to_.total && from_.atoms.species == to_.atoms.species &&
                                 from_.cell.periodic() == to_.cell.periodic() &&
                                 (from_.cell.rows() - to_.cell.rows()).cwiseAbs().maxCoeff() < 1e-6
                             ? 1
                             : 0;
        if (comm_->all_reduce(mpi::Op::min, same) == 0)
            throw DataError(
                fmt::format("{} and {} are not the same atoms, in the same order, in the same cell "
                            "(there is no "
                            "path between them): order the atoms of one as the other has them",
                            o_->structure.string(), o_->path.final.string()));
        auto const lattice = short_lattice(from_.cell);
        mpi::all_or_none(*comm_, [&] {
            for (std::size_t k = 0; k < freedom_.fixed.size(); ++k) {
                Vec3 const way = lattice.nearest(to_.atoms.positions[k] - from_.atoms.positions[k]);
                if (freedom_.fixed[k] != 0 && way.norm() > 1e-6)
                    throw DataError(fmt::format(
                        "atom {} is fixed, and not in the same place in {} and {}: leave it free, "
                        "or put it where it is in the other",
                        from_.atoms.ids[k] + 1, o_->structure.string(), o_->path.final.string()));
            }
        });
    }

    /// The straight path between the ends, at rest if that is asked for; empty if it was stopped.
    std::vector<std::vector<double>> begin() {
        auto const numbers_of = [](domain::Atoms const& atoms) {
            auto const numbers = flat<double>(atoms.positions);
            return std::vector<double>(numbers.begin(), numbers.end());
        };
        auto from = numbers_of(from_.atoms), to = numbers_of(to_.atoms);
        if (o_->path.relax_ends) {
            // The first end is the work of the first group, the other that of the last: a group
            // fails or is stopped as a whole.
            int ended = 0;
            mpi::all_or_none(*comm_, [&] {
                if (groups_.mine == 0) ended = rest(from_, o_->structure, from);
                if (groups_.mine == groups_.count - 1)
                    ended = std::max(ended, rest(to_, o_->path.final, to));
            });
            if (comm_->all_reduce(mpi::Op::max, ended) == 1) return {};
            groups_.across.broadcast(std::span<double>{from}, 0);
            groups_.across.broadcast(std::span<double>{to}, groups_.count - 1);
        }
        return dynamics::straight_path(from_.cell, from, to, o_->path.images);
    }

    /// Brings an end to rest. \returns 1 if it was stopped
    int rest(LargeStructure const& end, fs::path const& file, std::vector<double>& positions) {
        auto s = free_structure(groups_.within, potential_, end, freedom_, file.string());
        dynamics::Rest limits;
        limits.force_tolerance = o_->force_tolerance;
        limits.most_evaluations = o_->max_steps;
        limits.longest_step = o_->longest_step;
        step_ = Clock::now();
        auto const after = [&](dynamics::FreeStructure const&) {
            stop_.step_took(seconds_since(step_));
            step_ = Clock::now();
            return groups_.within.all_reduce(mpi::Op::max, stop_.asked() ? 1 : 0) == 1;
        };
        auto const how = o_->method == config::RelaxOptions::Method::fire
                             ? relax_by_fire(s, limits, after)
                             : relax_preconditioned(s, limits, {.petsc = o_->petsc}, after);
        if (how == dynamics::End::out_of_evaluations)
            throw NumericalError(fmt::format(
                "{}: not at rest after {} evaluations (the largest force is {:.3g} eV/Å): raise "
                "max_steps, or relax it alone first",
                file.string(), s.evaluations(), s.standing().largest_force));
        positions = s.order().rows<double>(flat<double>(s.domain().atoms().positions), 3);
        return how == dynamics::End::stopped ? 1 : 0;
    }

    bool after_step(dynamics::Path const& path, fs::path const& so_far) {
        constexpr double between_lines = 10.0, between_checkpoints = 600.0;
        if (seconds_since(line_) > between_lines) {
            line_ = Clock::now();
            context_->log.info("step {}: barrier {:.4f} eV, largest force {:.3g} eV/Å", path.steps,
                               barrier(path), path.largest_force);
        }
        stop_.step_took(seconds_since(step_));
        step_ = Clock::now();
        std::array<int, 2> asked{
            stop_.asked() ? 1 : 0,
            comm_->is_root() && seconds_since(checkpoint_) > between_checkpoints ? 1 : 0};
        comm_->all_reduce(mpi::Op::max, std::span<int>{asked});
        if (asked[0] == 0 && asked[1] == 1) {
            write(path, so_far);
            checkpoint_ = Clock::now();
        }
        return asked[0] == 1;
    }

    [[nodiscard]] double barrier(dynamics::Path const& p) const {
        return p.energies[static_cast<std::size_t>(p.highest)] - p.energies.front();
    }

    int leave(dynamics::Path const& path, fs::path const& so_far) {
        write(path, so_far);
        context_->log.warn(
            "stopped before the path came to rest ({}): the largest force is {:.3g} eV/Å (to be "
            "{:.3g}); what was reached is in {}: go on with --resume",
            path.end == dynamics::End::stopped ? stop_.reason()
                                               : fmt::format("{} steps (max_steps)", path.steps),
            path.largest_force, o_->path.force_tolerance, so_far.string());
        return static_cast<int>(ErrorKind::stopped);
    }

    /// The ranks of the first group have all atoms of all images.
    void write(dynamics::Path const& path, fs::path const& to) const {
        auto file = io::File::create(to, *comm_);
        bool const first = groups_.mine == 0, root = comm_->is_root();
        auto const mine = [&](auto values) { return first ? values : decltype(values){}; };
        auto const whole = [&](auto values) { return root ? values : decltype(values){}; };
        auto const& p = from_.cell.periodic();
        file.write_rows("cell", whole(row_by_row(from_.cell.rows())),
                        {"angstrom", "lattice vectors a, b, c"}, 9);
        file.write_rows("pbc", whole(std::vector<int>(p.begin(), p.end())),
                        {"1", "periodic along a, b, c"}, 3);
        file.write_rows("energy", whole(path.energies), {"eV", "of each image, the ends included"});
        file.write_rows("way", whole(path.way), {"angstrom", "along the path"});
        file.write_rows("atoms/species", mine(from_.atoms.species), {"1", "atomic number"});
        for (std::size_t m = 0; m < path.positions.size(); ++m)
            file.write_rows(fmt::format("images/{}/position", m), mine(path.positions[m]),
                            {"angstrom", "Cartesian position, not wrapped"}, 3);
        io::write_provenance(file, path_format, path_format_version, provenance());
        file.commit();
    }

    [[nodiscard]] io::Provenance provenance() const {
        io::Provenance p{"relax", resolved_, model_->parents(), 0};
        for (auto const& end : {o_->structure, o_->path.final})
            p.parents.push_back(io::parent(end, *comm_));
        return p;
    }

    std::vector<std::vector<double>> read(fs::path const& so_far) const {
        auto const file = io::File::open(so_far, groups_.within);
        io::expect_format(file, path_format, path_format_version);
        auto const images = static_cast<long long>(o_->path.images) + 2;
        if (file.rows("energy") != images || file.rows("atoms/species") != from_.total)
            throw DataError(fmt::format(
                "{} was left by another path ({} images of {} atoms): remove it with --fresh, or "
                "name another output",
                so_far.string(), file.rows("energy"), file.rows("atoms/species")));
        auto const cell = file.read_all<double>("cell");
        bool same = cell.size() == 9 && file.read_rows<int>("atoms/species") == from_.atoms.species;
        for (int k = 0; k < 9 && same; ++k)
            same = std::abs(cell[static_cast<std::size_t>(k)] - from_.cell.rows()(k / 3, k % 3)) <
                   1e-6;
        if (groups_.within.all_reduce(mpi::Op::min, same ? 1 : 0) == 0)
            throw DataError(
                fmt::format("{} was left by a path of other atoms, or in another cell: remove it "
                            "with --fresh, or name another output",
                            so_far.string()));
        std::vector<std::vector<double>> positions;
        for (long long m = 0; m < images; ++m)
            positions.push_back(file.read_rows<double>(fmt::format("images/{}/position", m)));
        context_->log.info("goes on from {}", so_far.string());
        return positions;
    }

    /// How far to trust the barrier.
    struct Trust {
        double spread = 0.0;         ///< of the members' barriers along this path [eV]
        double grade = 0.0;          ///< largest of the highest image
        double extrapolation = 0.0;  ///< likewise
    };

    [[nodiscard]] Trust trust_in(dynamics::Path const& path) const {
        auto const domain_of = [&](int image) {
            auto atoms = from_.atoms;
            atoms.positions = grouped<Vec3>(path.positions[static_cast<std::size_t>(image)]);
            return domain::Domain{groups_.within, from_.cell, std::move(atoms), potential_.cutoff(),
                                  0.0};
        };
        Trust trust;
        std::vector<double> barriers;
        mpi::all_or_none(*comm_, [&] {  // the ranks of a group fail together
            auto const low = domain_of(0), high = domain_of(path.highest);
            for (auto const* const member : model_->members()) {
                auto const top = high.predict(*member);
                barriers.push_back(domain::totals(groups_.within, top).energy -
                                   domain::totals(groups_.within, low.predict(*member)).energy);
                for (double const g : top.grade) trust.grade = std::max(trust.grade, g);
                for (double const e : top.extrapolation)
                    trust.extrapolation = std::max(trust.extrapolation, e);
            }
        });
        double const n = static_cast<double>(barriers.size());
        double mean = 0.0, squares = 0.0;
        for (double const b : barriers) mean += b / n;
        for (double const b : barriers) squares += (b - mean) * (b - mean);
        if (n > 1.0 && model_->trained() != nullptr)
            trust.spread =
                model_->trained()->committee.calibration().energy * std::sqrt(squares / (n - 1.0));
        trust.grade = comm_->all_reduce(mpi::Op::max, trust.grade);
        trust.extrapolation = comm_->all_reduce(mpi::Op::max, trust.extrapolation);
        return trust;
    }

    void finish(dynamics::Path const& path) {
        write(path, o_->output / "path.h5");
        auto const images = path.energies.size();
        report::CsvTable table;
        std::vector<double> number, above;
        for (std::size_t m = 0; m < images; ++m) {
            number.push_back(static_cast<double>(m));
            above.push_back(path.energies[m] - path.energies.front());
        }
        table.add("image", number);
        table.add("way [angstrom]", path.way);
        table.add("energy above the first end [eV]", above);
        table.add("energy [eV]", path.energies);
        io::write_text_file(o_->output / "path.csv", report::to_csv(table), *comm_);
        if (from_.total * static_cast<long long>(images) <= most_atoms_as_text) write_text(path);

        tell(path, above.back(), trust_in(path));
    }

    /// \param difference  of the energies of both ends [eV]
    void tell(dynamics::Path const& path, double difference, Trust const& trust) {
        auto const images = path.energies.size();
        bool const committee = model_->members().size() > 1;
        double const forward = barrier(path);
        double const back = forward - difference;
        Json all{{"images", images - 2},      {"atoms", from_.total},
                 {"steps", path.steps},       {"barrier", forward},
                 {"barrier_back", back},      {"energy_difference", difference},
                 {"highest", path.highest},   {"largest_force", path.largest_force},
                 {"length", path.way.back()}, {"groups", groups_.count}};
        if (committee) all["barrier_std"] = trust.spread;
        all["extrapolation"] = trust.extrapolation;
        if (model_->has_grade()) all["extrapolation_grade"] = trust.grade;
        io::write_text_file(o_->output / "path.json", all.dump(2) + "\n", *comm_);
        if (path.highest == 0 || path.highest + 1 == static_cast<int>(images))
            context_->log.warn(
                "no image is higher than the ends: there is no barrier between them, "
                "or too few images to see it");
        if (!comm_->is_root()) return;
        if (context_->json) {
            fmt::print("{}\n", all.dump(2));
            return;
        }
        fmt::print("{} images of {} atoms on {} groups of ranks, {} steps\n", images - 2,
                   from_.total, groups_.count, path.steps);
        fmt::print(
            "barrier {:.4f}{} eV, back {:.4f} eV; length {:.4f} Å; largest force {:.3g} eV/Å\n",
            forward, committee ? fmt::format(" ± {:.4f}", trust.spread) : "", back, path.way.back(),
            path.largest_force);
        if (model_->has_grade())
            fmt::print("extrapolation grade at the top: up to {:.2g}\n", trust.grade);
        if (trust.extrapolation > 0.0)
            context_->log.warn(
                "atoms at the top have surroundings outside the range of the training set (by up "
                "to {:.2g} of that range): do not trust them unseen",
                trust.extrapolation);
        fmt::print("{}\n", (o_->output / "path.csv").string());
    }

    void write_text(dynamics::Path const& path) const {
        auto const& group = groups_.within;
        auto const species = group.all_gather(std::span<int const>{from_.atoms.species});
        std::string text;
        for (std::size_t m = 0; m < path.positions.size(); ++m) {
            auto const r = group.all_gather(std::span<double const>{path.positions[m]});
            Record record{{from_.cell, species, grouped<Vec3>(r)},
                          {},
                          fmt::format("image {}", m),
                          "path",
                          "",
                          "",
                          ""};
            record.labels.energy = path.energies[m];
            text += formats::to_text(formats::to_frame(record));
        }
        io::write_text_file(o_->output / "path.xyz", text, *comm_);
    }

    Context* context_;
    mpi::Communicator const* comm_;
    config::RelaxOptions const* o_;
    AnyModel const* model_;
    StopRequest stop_;
    std::string resolved_;
    dynamics::Groups groups_;
    MeanPotential potential_;
    LargeStructure from_{Cell{Mat3{Mat3::Identity()}}, {}, 0}, to_{from_};
    dynamics::Freedom freedom_;
    Clock::time_point line_ = Clock::now(), step_ = Clock::now(), checkpoint_ = Clock::now();
};

}  // namespace

int relax_path(Context& context, config::RelaxOptions const& options, AnyModel const& model,
               RunGiven const& given) {
    return PathRun{context, options, model, given}(given);
}

}  // namespace kamacite::apps
