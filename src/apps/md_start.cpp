#include "md_start.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "chosen_atoms.hpp"
#include "kamacite/config/differences.hpp"
#include "kamacite/config/input.hpp"
#include "kamacite/config/writers.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/domain/by_number.hpp"
#include "kamacite/io/exists.hpp"
#include "kamacite/io/hash.hpp"
#include "large_start.hpp"
#include "origin.hpp"

namespace kamacite::apps {
namespace {

namespace fs = std::filesystem;
using config::MdOptions;

/// A seed as numbers that a checkpoint keeps, and back.
std::vector<double> halves_of(std::uint64_t seed) {
    return {static_cast<double>(seed >> 32U), static_cast<double>(seed & 0xffffffffU)};
}
std::uint64_t seed_of(std::vector<double> const& halves) {
    return (static_cast<std::uint64_t>(halves.at(0)) << 32U) |
           static_cast<std::uint64_t>(halves.at(1));
}

Beginning from_structure(Context& context, MdOptions const& o, AnyModel const& model) {
    auto const& comm = context.comm;
    auto start = large_start(comm, o.structure, o.index, o.supercell, model);
    Beginning b;
    b.atoms = start.total;
    b.at.cell = start.cell.rows();
    b.at.periodic = start.cell.periodic();
    b.at.atoms = std::move(start.atoms);
    double const kept = o.heated ? o.temperature : 0.0;
    double const temperature = o.initial_temperature >= 0.0 ? o.initial_temperature : kept;
    if (!o.heated && o.initial_temperature < 0.0)
        context.log.warn(
            "initial_temperature is not given and there is no thermostat (atoms begin at rest, at "
            "0 K): give e.g. 'initial_temperature: 600 K', or 0 K if that is meant");
    auto& atoms = b.at.atoms;
    atoms.velocities = dynamics::thermal_velocities(atoms.species, atoms.ids, temperature,
                                                    static_cast<std::uint64_t>(o.seed));
    atoms.images.assign(atoms.ids.size(), {0, 0, 0});
    b.noise = static_cast<std::uint64_t>(o.seed);
    return b;
}

Beginning from_run(Context& context, MdOptions const& o, AnyModel const& model) {
    auto const& comm = context.comm;
    auto const other = dynamics::checkpoints_in(o.from, comm, "");
    auto found = dynamics::read_checkpoint(other, context.log);
    if (!found)
        throw MissingError(
            fmt::format("from: {} has no checkpoint of md: name the output directory of a run",
                        o.from.string()));
    Beginning b;
    b.at = std::move(*found);
    b.atoms = comm.all_reduce(mpi::Op::sum, static_cast<long long>(b.at.atoms.size()));
    mpi::all_or_none(comm, [&] {
        for (int const z : b.at.atoms.species) model.expect_element(z);
    });
    context.log.info("{} atoms from step {} of {}", b.atoms, b.at.step, o.from.string());
    // other noise than that run had: the same would lead both along the same path
    io::Hash64 noise;
    auto const before = b.at.numbers.find("noise");
    noise.add(static_cast<std::uint64_t>(o.seed))
        .add(before == b.at.numbers.end() ? std::uint64_t{0} : seed_of(before->second))
        .add(b.at.step);
    b.noise = noise.value();
    b.parents.push_back(fmt::format("{} step-{}", o.from.string(), b.at.step));
    b.at.step = b.at.serial = 0;
    b.at.state.clear();
    b.at.numbers.clear();
    b.at.vectors.clear();
    b.at.atoms.images.assign(b.at.atoms.ids.size(), {0, 0, 0});
    return b;
}

/// The options without those that leave the path of the atoms as it is.
MdOptions path_of(MdOptions o) {
    MdOptions const usual;
    bool const ramp = (o.heated && o.final_temperature >= 0.0) ||
                      (o.pressed && o.final_pressure != MdOptions::not_given);
    if (!ramp) o.steps = usual.steps;
    o.output = usual.output;
    o.limits = o.frames = o.radial = o.displacements = o.crystal = false;
    o.thermo_every = usual.thermo_every;
    o.checkpoint_every = usual.checkpoint_every;
    o.checkpoint_minutes = usual.checkpoint_minutes;
    return o;
}

/// What differs from the input that a run began with, which is kept in its directory. Collective.
std::string what_differs(mpi::Communicator const& comm, MdOptions const& o) {
    std::vector<std::string> found;
    try {
        auto const before = config::read_options<MdOptions>(o.output / "resolved.yaml", "md", comm);
        found = config::differences(path_of(before), path_of(o));
    } catch (Error const&) {
        return "in what is not known: resolved.yaml, which tells the old ones, cannot be read";
    }
    if (found.empty())
        return "the keys are the same: a file that 'model' or 'structure' names holds something "
               "else now";
    constexpr std::size_t most = 5;
    bool const more = found.size() > most;
    found.resize(std::min(found.size(), most));
    return fmt::format("{}{}", fmt::join(found, "; "), more ? "; …" : "");
}

/// The checkpoint of this run. Collective.
/// \throws InputError naming what differs, if it was made from another input
dynamics::Checkpoint own_checkpoint(Context& context, MdOptions const& o,
                                    io::Generations const& checkpoints) {
    try {
        return dynamics::read_checkpoint(checkpoints, context.log).value();
    } catch (InputError const& error) {
        throw InputError(fmt::format("{} ({})", error.what(), what_differs(context.comm, o)));
    }
}

/// Whether a name is that of a file of frames, trajectory-000001.h5, or of what is left of one that
/// was on its way when the run was killed.
bool names_frames(std::string name) {
    std::string_view const before{"trajectory-"}, after{".h5"};
    if (auto const part = name.find(".h5.part-"); part != std::string::npos)
        name.resize(part + after.size());
    auto const digits = name.size() - std::min(name.size(), before.size() + after.size());
    return digits == 6 && name.starts_with(before) && name.ends_with(after) &&
           std::ranges::all_of(name.substr(before.size(), digits),
                               [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::vector<std::string> parents_of(mpi::Communicator const& comm, MdOptions const& options) {
    if (options.structure.empty()) return {};
    return {io::parent(options.structure, comm)};
}

io::Generations checkpoints_of(Context& context, MdOptions const& options, AnyModel const& model,
                               std::vector<std::string> const& parents) {
    auto o = path_of(options);
    o.model.clear();
    o.structure = o.from = "";
    auto fingerprint = config::resolved_input("md", o);
    for (auto const& parent : model.parents()) fingerprint += hash_in(parent) + "\n";
    if (!options.from.empty()) fingerprint += options.from.lexically_normal().string() + "\n";
    for (auto const& parent : parents) fingerprint += hash_in(parent) + "\n";
    io::Hash64 hash;
    hash.add(fingerprint);
    return dynamics::checkpoints_in(options.output, context.comm, io::render_hash(hash.value()));
}

Beginning beginning_of(Context& context, MdOptions const& o, AnyModel const& model,
                       io::Generations const& checkpoints, training::Start start) {
    auto const& comm = context.comm;
    bool const saved = checkpoints.any();
    bool const there = saved || io::exists(o.output / "thermo.csv", comm);
    auto const lost = [&](char const* why, char const* mend) {
        throw UsageError(
            fmt::format("{} holds a run already ({}): {}", o.output.string(), why, mend));
    };
    if (there && start == training::Start::refuse)
        lost("it would be lost", "go on from it with --resume, or remove it with --fresh");
    std::error_code none;
    int const same = comm.is_root() && !o.from.empty() && fs::equivalent(o.from, o.output, none);
    if (comm.all_reduce(mpi::Op::max, same) == 1)
        throw InputError(fmt::format(
            "from: {} is the output as well (a run cannot begin from what it writes): name another "
            "output",
            o.from.string()));
    if (start == training::Start::resume && saved) {
        Beginning b;
        b.at = own_checkpoint(context, o, checkpoints);
        b.atoms = comm.all_reduce(mpi::Op::sum, static_cast<long long>(b.at.atoms.size()));
        b.noise = seed_of(b.at.numbers.at("noise"));
        b.resumed = true;
        if (b.at.step > o.steps)
            throw InputError(fmt::format("steps: {} (the run in {} has made {}): ask for more",
                                         o.steps, o.output.string(), b.at.step));
        return b;
    }
    if (start == training::Start::resume && (io::exists(o.output / "trajectory-000002.h5", comm) ||
                                             io::exists(o.output / "summary.json", comm)))
        lost("its checkpoints are gone, so that it cannot go on",
             "restore one, or remove the run with --fresh");
    auto b = o.from.empty() ? from_structure(context, o, model) : from_run(context, o, model);
    b.clears = there;
    if (o.hold) {
        expect_numbers("hold.atoms", o.held_atoms, b.atoms);
        expect_elements(comm, "hold.elements", o.held_elements, b.at.atoms.species);
        b.at.atoms.marks = chosen_atoms(b.at.atoms, o.held_atoms, o.held_elements);
    } else {
        b.at.atoms.marks.assign(b.at.atoms.ids.size(), 0);
    }
    return b;
}

void clear_output(Context& context, MdOptions const& o, io::Generations const& checkpoints,
                  Beginning const& beginning) {
    if (beginning.clears) checkpoints.remove();
    long long const last =
        beginning.resumed ? static_cast<long long>(beginning.at.numbers.at("files").at(0)) : 0;
    mpi::all_or_none(context.comm, [&] {
        if (!context.comm.is_root()) return;
        std::error_code none;
        for (auto const* name : {"summary.json", "final.xyz", "stopped.xyz"})
            fs::remove(o.output / name, none);
        if (beginning.clears)  // a run that goes on takes up those it has left out
            for (auto const* name : {"radial.csv", "displacements.csv", "crystal.csv"})
                fs::remove(o.output / name, none);
        for (auto const& entry : fs::directory_iterator{o.output, none}) {
            auto const name = entry.path().filename().string();
            if (names_frames(name) && std::stoll(name.substr(11, 6)) > last)
                fs::remove(entry.path());
        }
    });
}

void keep_noise(Beginning const& beginning, dynamics::Checkpoint& checkpoint) {
    checkpoint.numbers["noise"] = halves_of(beginning.noise);
}

Structure gathered(mpi::Communicator const& comm, domain::Domain const& domain, long long atoms) {
    domain::ByNumber const order{comm, domain.atoms().ids, atoms};
    return {domain.cell(), order.on_every_rank(domain.atoms().species),
            order.on_every_rank(domain.atoms().positions)};
}

}  // namespace kamacite::apps
