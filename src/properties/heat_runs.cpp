#include <algorithm>

#include "kamacite/properties/heat_runs.hpp"

namespace kamacite::properties {
namespace {

// How a run travels: what is of one number each, then three of each value of the flux.
std::vector<double> packed(HeatRun const& run, std::size_t index) {
    std::vector<double> numbers{static_cast<double>(index),
                                static_cast<double>(run.flux.size()),
                                run.field.x(),
                                run.field.y(),
                                run.field.z(),
                                run.interval,
                                run.volume,
                                run.temperature.value,
                                run.temperature.error,
                                run.drift,
                                run.extrapolation,
                                run.finished ? 1.0 : 0.0};
    for (auto const& j : run.flux) numbers.insert(numbers.end(), {j.x(), j.y(), j.z()});
    return numbers;
}

/// Takes the next run from the front of the numbers, and puts it where it belongs.
void unpack(std::span<double const>& numbers, std::vector<HeatRun>& runs) {
    auto& run = runs[static_cast<std::size_t>(numbers[0])];
    auto const values = static_cast<std::size_t>(numbers[1]);
    run.field = {numbers[2], numbers[3], numbers[4]};
    run.interval = numbers[5];
    run.volume = numbers[6];
    run.temperature = {numbers[7], numbers[8]};
    run.drift = numbers[9];
    run.extrapolation = numbers[10];
    run.finished = numbers[11] == 1.0;
    constexpr std::size_t head = 12;
    for (std::size_t k = 0; k < values; ++k)
        run.flux.push_back(
            {numbers[head + 3 * k], numbers[head + 3 * k + 1], numbers[head + 3 * k + 2]});
    numbers = numbers.subspan(head + 3 * values);
}

}  // namespace

std::vector<HeatRun> heat_runs(mpi::Communicator const& comm, Potential const& potential,
                               Structure const& start, std::span<HeatRunOptions const> options,
                               std::optional<HeatStore> const& store) {
    auto const groups = std::min<std::size_t>(static_cast<std::size_t>(comm.size()),
                                              std::max<std::size_t>(1, options.size()));
    auto const mine = static_cast<std::size_t>(comm.rank()) % groups;
    auto const group = comm.split(static_cast<int>(mine), comm.rank());
    std::vector<double> numbers;
    // The calls of a group are collective within it, and its ranks throw together.
    mpi::all_or_none(comm, [&] {
        bool stopped = false;
        for (std::size_t k = mine; k < options.size(); k += groups) {
            HeatRun run;
            run.finished = false;
            if (!stopped) run = heat_run(group, potential, start, options[k], store);
            stopped = !run.finished;
            auto const all = packed(run, k);
            if (group.is_root()) numbers.insert(numbers.end(), all.begin(), all.end());
        }
    });
    auto const all = comm.all_gather(std::span<double const>{numbers});
    std::vector<HeatRun> runs(options.size());
    for (std::span<double const> rest{all}; !rest.empty();) unpack(rest, runs);
    return runs;
}

}  // namespace kamacite::properties
