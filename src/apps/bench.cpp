#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "bench_dynamics.hpp"
#include "bench_training.hpp"
#include "classic_model.hpp"
#include "commands.hpp"
#include "kamacite/config/similar.hpp"
#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/inference/kernel_bench.hpp"
#include "kamacite/inference/machine.hpp"
#include "kamacite/simd/instruction_set.hpp"
#include "models.hpp"

namespace kamacite::apps {
namespace {

struct KernelOptions {
    ModelOptions model;
    std::string instructions;
    int atoms = 16000;
    double seconds = 3.0;
    bool alloy = false;
};

/// Everything that `bench kernel` tells; `rates` are those of rank 0 while all ranks measure.
struct Report {
    Committee const& committee;
    KernelOptions const& options;
    int ranks;
    std::string composition;
    std::vector<std::string> instruction_sets;  ///< that there are
    inference::KernelTimes times;
    inference::MachineRates rates;
    std::optional<inference::PrecisionErrors> errors;

    [[nodiscard]] Model const& model() const { return committee.members().front(); }
    [[nodiscard]] double atoms() const { return static_cast<double>(times.atoms); }
    /// Per second of CPU time in the step: the peak is that of a core that nobody else uses, too.
    [[nodiscard]] double flop_rate() const { return times.flops() / times.cpu; }
};

/// The names of the parts of a step, in the order of both outputs.
std::vector<std::pair<char const*, double>> named(inference::StepParts const& p) {
    return {{"neighbours", p.neighbours},       {"descriptors", p.descriptors},
            {"networks", p.networks},           {"gradients", p.gradients},
            {"communication", p.communication}, {"rest", p.rest}};
}

nlohmann::ordered_json errors_to_json(inference::PrecisionErrors const& e) {
    return {{"energy_per_atom", e.energy}, {"energy_of_atom_largest", e.energy_atom},
            {"force_rms", e.force_rms},    {"force_largest", e.force_largest},
            {"stress_largest", e.stress},  {"rms_of_forces", e.force_size}};
}

nlohmann::ordered_json to_json(Report const& r) {
    auto const& t = r.times;
    double const atoms = r.atoms();
    nlohmann::ordered_json out{{"bench", "kernel"},
                               {"model", r.options.model.path},
                               {"members", r.committee.size()},
                               {"precision", name_of(r.model().precision())},
                               {"ranks", r.ranks},
                               {"processor", inference::processor_name()},
                               {"instruction_set", instruction_set()},
                               {"instruction_sets", r.instruction_sets},
                               {"atoms_per_rank", t.atoms},
                               {"composition", r.composition},
                               {"cutoff", r.committee.cutoff()},
                               {"neighbours_per_atom", t.neighbours},
                               {"descriptors", r.model().descriptors().width()},
                               {"steps", t.steps},
                               {"atom_steps_per_second_per_core", atoms / t.median},
                               {"atom_steps_per_second_per_core_best", atoms / t.best},
                               {"atom_steps_per_cpu_second", atoms / t.cpu},
                               {"atom_steps_per_cpu_second_best", atoms / t.cpu_best},
                               {"seconds_per_step", t.median},
                               {"seconds_per_neighbour_search", t.search}};
    for (auto const& [name, share] : named(t.shares)) out["shares"][name] = share;
    out["flops_per_atom"] = {{"descriptors", t.descriptor_flops.evaluate / atoms},
                             {"networks", t.network_flops / atoms},
                             {"gradients", t.descriptor_flops.pull_back / atoms},
                             {"all", t.flops() / atoms}};
    out["flops_per_cpu_second"] = r.flop_rate();
    out["peak"] = {{"registers", r.rates.arithmetic.registers},
                   {"matrix_product", r.rates.arithmetic.matrix_product},
                   {"eigen_product", r.rates.eigen_product},
                   {"bandwidth", r.rates.bandwidth}};
    out["share_of_peak"] = {{"registers", r.flop_rate() / r.rates.arithmetic.registers},
                            {"matrix_product", r.flop_rate() / r.rates.arithmetic.matrix_product},
                            {"bandwidth", t.bytes / t.cpu / r.rates.bandwidth}};
    out["memory_bytes_per_atom"] = nullptr;
    if (t.memory) out["memory_bytes_per_atom"] = *t.memory;
    out["energy_per_atom"] = t.energy;
    out["stress"] = nlohmann::ordered_json::array();
    for (int a = 0; a < 3; ++a)
        for (int b = 0; b < 3; ++b) out["stress"].push_back(t.stress(a, b));
    if (r.errors) out["errors_of_mixed"] = errors_to_json(*r.errors);
    return out;
}

void print_line(std::string const& what, std::string const& value) {
    // {fmt} pads by display width, so that µ and Å do not shift the columns
    fmt::print("  {:<28}{}\n", what, value);
}

void print_rates(Report const& r) {
    auto const& t = r.times;
    auto const& peak = r.rates.arithmetic;
    double const atoms = r.atoms();
    print_line(
        "counted arithmetic",
        fmt::format("{:.0f} flop/atom: descriptors {:.0f}, networks {:.0f}, gradients {:.0f}",
                    t.flops() / atoms, t.descriptor_flops.evaluate / atoms, t.network_flops / atoms,
                    t.descriptor_flops.pull_back / atoms));
    print_line("", fmt::format("{:.2f} Gflop per second of CPU time", r.flop_rate() / 1e9));
    print_line("share of peak",
               fmt::format("{:.1f} % of {:.1f} Gflop/s (matrix product, measured)",
                           100.0 * r.flop_rate() / peak.matrix_product, peak.matrix_product / 1e9));
    print_line("", fmt::format("{:.1f} % of {:.1f} Gflop/s (multiply-adds on registers)",
                               100.0 * r.flop_rate() / peak.registers, peak.registers / 1e9));
    print_line("",
               fmt::format("{:.1f} % of {:.1f} GB/s (memory, list of neighbours)",
                           100.0 * t.bytes / t.cpu / r.rates.bandwidth, r.rates.bandwidth / 1e9));
}

void print(Report const& r) {
    auto const& t = r.times;
    double const atoms = r.atoms();
    double const micro = 1e6 / atoms;
    fmt::print("{}, {} (of {}), {} precision, {} rank{}\n", inference::processor_name(),
               instruction_set(), fmt::join(r.instruction_sets, ", "),
               name_of(r.model().precision()), r.ranks, r.ranks == 1 ? "" : "s");
    fmt::print(
        "{}: {} functions to {} Å; rattled bcc {}, {} atoms on each rank, {:.1f} neighbours\n",
        r.committee.size() == 1
            ? r.options.model.path
            : fmt::format("{} (committee of {})", r.options.model.path, r.committee.size()),
        r.model().descriptors().width(), r.committee.cutoff(), r.composition, t.atoms,
        t.neighbours);
    print_line("energy, forces, stress",
               fmt::format("{:.0f} atoms·steps/s/core (median of {} steps; best {:.0f})",
                           atoms / t.median, t.steps, atoms / t.best));
    print_line("", fmt::format("{:.2f} µs per atom; {:.2f} µs of CPU (best {:.2f})",
                               t.median * micro, t.cpu * micro, t.cpu_best * micro));
    for (auto const& [name, share] : named(t.shares))
        print_line(name, fmt::format("{:5.1f} %  {:6.2f} µs per atom", 100.0 * share,
                                     share * t.median * micro));
    print_line("neighbour search (once)", fmt::format("{:.2f} µs per atom", t.search * micro));
    print_rates(r);
    print_line("memory of a step",
               t.memory
                   ? fmt::format("{:.0f} B per atom beyond positions and neighbours", *t.memory)
                   : std::string{"not told by this system"});
    print_line("energy", fmt::format("{:.10f} eV per atom", t.energy));
    if (!r.errors) return;
    auto const& e = *r.errors;
    print_line("mixed against double",
               fmt::format("energy {:.1e} eV per atom (single atoms up to {:.1e} eV)", e.energy,
                           e.energy_atom));
    print_line("", fmt::format("forces {:.1e} eV/Å rms, {:.1e} at most (of {:.2g} rms)",
                               e.force_rms, e.force_largest, e.force_size));
    print_line("", fmt::format("stress {:.1e} GPa", e.stress / units::GPa));
}

/// Iron if the model knows it, else its first element; all of them for an alloy.
std::vector<int> elements_of(Model const& model, bool alloy) {
    auto const& known = model.descriptors().elements();
    if (alloy) return known;
    bool const iron = std::find(known.begin(), known.end(), 26) != known.end();
    return {iron ? 26 : known.front()};
}

Committee committee_of(Context& context, ModelOptions const& options) {
    if (options.path != "classic") return load(context, options).committee;
    auto model = classic_model();
    model.set_precision(precision_of(options.precision));
    return Committee{{std::move(model)}};
}

int kernel(Context& context, KernelOptions const& options) {
    auto const& comm = context.comm;
    auto const available = instruction_sets();
    std::optional<UseInstructionSet> only;
    if (!options.instructions.empty()) only.emplace(options.instructions);
    auto const committee = committee_of(context, options.model);
    auto const elements = elements_of(committee.members().front(), options.alloy);
    auto const structure = rattled_crystal(options.atoms, elements);
    std::string composition;
    for (int const z : elements) composition += symbol_of(z);

    auto const times = inference::time_kernel(comm, committee, structure, options.seconds);
    comm.barrier();  // all ranks measure at the same time: cores share bandwidth and frequency
    auto const precision = committee.members().front().precision();
    auto const rates = inference::measured_rates(precision);
    std::optional<inference::PrecisionErrors> errors;
    if (precision == Precision::mixed) errors = inference::errors_of_mixed(committee, structure);
    Report const report{committee, options, comm.size(), composition,
                        available, times,   rates,       errors};
    if (!comm.is_root()) return 0;
    if (context.json)
        fmt::print("{}\n", to_json(report).dump(2));
    else
        print(report);
    return 0;
}

void add_kernel(Arguments const& bench, std::function<int(Context&)>& chosen) {
    auto options = std::make_shared<KernelOptions>();
    auto const arguments = bench.part(
        "kernel", "Energy, forces and stress of a rattled bcc crystal, atoms·steps/s/core",
        [&chosen, options] {
            chosen = [options](Context& context) { return kernel(context, *options); };
        });
    arguments
        .add(
            "model", options->model.path,
            "Model: as everywhere, or 'classic': 10 radial and 24 wide functions of iron to 6.5 Å, "
            "2 × 10 nodes, random weights")
        .required();
    add_unit_options(arguments, options->model);
    add_precision_option(arguments, options->model);
    arguments.add("--instructions", options->instructions,
                  "Vector instructions: avx512, avx2, neon or portable, where there are; default: "
                  "the widest");
    arguments.add("--atoms", options->atoms, "Atoms on each rank, at least")
        .between(2, 100'000'000)
        .shows_default();
    arguments.add("--seconds", options->seconds, "How long to repeat the step")
        .between(0.0, 1e5)
        .shows_default();
    arguments.flag("--alloy", options->alloy, "All elements of the model, at random");
}

}  // namespace

Command bench_command() {
    return {"bench", "Time the kernels and hold them against what the machine can do",
            [](Arguments const& arguments) {
                auto chosen = std::make_shared<std::function<int(Context&)>>();
                auto words = std::make_shared<std::vector<std::string>>();
                add_kernel(arguments, *chosen);
                add_train_bench(arguments, *chosen);
                add_scaling_bench(arguments, *chosen);
                add_dynamics_bench(arguments, *chosen);
                // whatever is not a benchmark: refused below, with the names of those there are
                arguments.add("words", *words).hidden();
                return [chosen, words](Context& context) {
                    if (*chosen) return (*chosen)(context);
                    auto const word = words->empty() ? "" : words->front();
                    throw UsageError(fmt::format(
                        "{}{}: there are 'bench kernel', 'bench train', 'bench "
                        "scaling' and 'bench dynamics'; see 'kamacite bench --help'",
                        word.empty() ? "bench of what is not said"
                                     : fmt::format("'{}' is not a benchmark", word),
                        config::did_you_mean(word, {"kernel", "train", "scaling", "dynamics"})));
                };
            },
            Command::Json::yes};
}

}  // namespace kamacite::apps
