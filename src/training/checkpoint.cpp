#include "kamacite/training/checkpoint.hpp"

#include <sstream>
#include <type_traits>

#include "kamacite/core/error.hpp"
#include "kamacite/io/generations.hpp"

namespace kamacite::training {
namespace {

constexpr int format_version = 3;

/// Calls visit(name, description, values) for every vector of a Progress but the optimiser's.
template <class P, class F>
void each_vector(P& p, F const& visit) {
    visit("parameters", "parameters of the model", p.parameters);
    visit("average", "EMA of the parameters", p.average);
    visit("epoch_sums", "losses and errors so far of this epoch", p.epoch_sums);
    visit("best", "parameters of the best validation", p.best);
    visit("best_scores", "loss of the best validation, per head", p.best_scores);
    visit("best_epochs", "epoch of the best validation, per head", p.best_epochs);
    visit("history", "rows of the learning curve", p.history);
}

/// Calls visit(number) for every number of a Progress; integers are exact in a double.
template <class P, class F>
void each_number(P& p, F const& visit) {
    visit(p.stage);
    visit(p.epoch);
    visit(p.total_epochs);
    visit(p.batch);
    visit(p.steps);
    visit(p.rate_factor);
    visit(p.rollbacks);
    visit(p.usual_loss);
    visit(p.largest_loss);
    visit(p.elapsed);
}

void write_progress(io::File& file, std::string const& group, Progress const& p) {
    auto const write = [&](std::string const& name, std::string const& description,
                           std::vector<double> const& values) {
        file.write_rows(group + "/" + name, file.comm().is_root() ? values : std::vector<double>{},
                        {"1", description});
    };
    std::vector<double> numbers;
    each_number(p, [&](auto x) { numbers.push_back(static_cast<double>(x)); });
    write("numbers",
          "stage, epoch, epochs in all, batch, steps, rate factor, rollbacks, usual and largest "
          "loss of a batch, seconds",
          numbers);
    each_vector(p, write);
    std::string shared, rows;
    for (auto const& [name, values] : p.optimiser.shared) {
        write("optimiser/" + name, "state of the optimiser", values);
        shared += name + " ";
    }
    for (auto const& [name, values] : p.optimiser.rows) {
        file.write_rows(group + "/optimiser/" + name, values,
                        {"1", "state of the optimiser, cut over the ranks"});
        rows += name + " ";
    }
    file.set_attribute(group + "/numbers", "shared", shared);
    file.set_attribute(group + "/numbers", "rows", rows);
}

Progress read_progress(io::File const& file, std::string const& group) {
    Progress p;
    auto const numbers = file.read_all<double>(group + "/numbers");
    std::size_t at = 0;
    each_number(p, [&](auto& x) {
        if (at < numbers.size()) x = static_cast<std::remove_reference_t<decltype(x)>>(numbers[at]);
        ++at;
    });
    if (at != numbers.size())
        throw DataError(fmt::format("{}: a checkpoint has {} state variables (this one has {})",
                                    file.path().string(), at, numbers.size()));
    each_vector(p, [&](std::string const& name, std::string const&, std::vector<double>& values) {
        values = file.read_all<double>(group + "/" + name);
    });
    std::istringstream shared{file.text(group + "/numbers", "shared")};
    for (std::string name; shared >> name;)
        p.optimiser.shared[name] = file.read_all<double>(group + "/optimiser/" + name);
    std::istringstream rows{file.text(group + "/numbers", "rows")};
    for (std::string name; rows >> name;)
        p.optimiser.rows[name] = file.read_matrix(group + "/optimiser/" + name);
    return p;
}

io::Generations generations(std::filesystem::path const& directory, mpi::Communicator const& comm,
                            std::string const& fingerprint) {
    return {directory, comm, fingerprint, "checkpoint", format_version};
}

}  // namespace

void write_checkpoint(std::filesystem::path const& directory, mpi::Communicator const& comm,
                      std::string const& fingerprint, Checkpoint const& checkpoint) {
    generations(directory, comm, fingerprint)
        .write(checkpoint.serial, "train", [&](io::File& file) {
            write_progress(file, "now", checkpoint.now);
            write_progress(file, "good", checkpoint.good);
        });
}

std::optional<Checkpoint> read_checkpoint(std::filesystem::path const& directory,
                                          mpi::Communicator const& comm,
                                          std::string const& fingerprint, Logger const& log) {
    Checkpoint latest;
    auto const read = [&](io::File const& file) {
        latest = {read_progress(file, "now"), read_progress(file, "good"),
                  file.integer("/", "serial")};
    };
    if (!generations(directory, comm, fingerprint).read_latest(read, log)) return {};
    return latest;
}

bool has_checkpoint(std::filesystem::path const& directory, mpi::Communicator const& comm) {
    return generations(directory, comm, "").any();
}

void remove_checkpoints(std::filesystem::path const& directory, mpi::Communicator const& comm) {
    generations(directory, comm, "").remove();
}

}  // namespace kamacite::training
