#include "kamacite/training/checkpoint.hpp"

#include <array>

#include "kamacite/core/error.hpp"
#include "kamacite/io/file.hpp"
#include "kamacite/io/provenance.hpp"

namespace kamacite::training {
namespace {

constexpr int format_version = 1;

std::filesystem::path path_of(std::filesystem::path const& directory, long long generation) {
    return directory / (generation % 2 == 0 ? "checkpoint.a.h5" : "checkpoint.b.h5");
}

/// Calls visit(name, description, values) for every vector of a Progress.
template <class P, class F>
void each_vector(P& p, F const& visit) {
    visit("parameters", "parameters of the model", p.parameters);
    visit("adam_first", "running mean of the gradient", p.adam.first);
    visit("adam_second", "running mean of its square", p.adam.second);
    visit("adam_norms", "running gradient norm of each head", p.adam.norms);
    visit("average", "EMA of the parameters", p.adam.average);
    visit("epoch_sums", "losses and errors so far of this epoch", p.epoch_sums);
    visit("best", "parameters of the best validation", p.best);
    visit("best_scores", "loss of the best validation, per head", p.best_scores);
    visit("best_epochs", "epoch of the best validation, per head", p.best_epochs);
    visit("history", "rows of the learning curve", p.history);
}

/// The numbers of a Progress as one vector; integers are exact in a double.
std::vector<double> numbers_of(Progress const& p) {
    return {static_cast<double>(p.stage),
            static_cast<double>(p.epoch),
            static_cast<double>(p.total_epochs),
            static_cast<double>(p.batch),
            static_cast<double>(p.adam.steps),
            p.rate_factor,
            static_cast<double>(p.rollbacks),
            p.loss_mean,
            p.elapsed};
}

void set_numbers(Progress& p, std::vector<double> const& x) {
    if (x.size() != numbers_of(p).size())
        throw DataError("checkpoint: wrong number of state variables: start again with --fresh");
    p.stage = static_cast<int>(x[0]);
    p.epoch = static_cast<int>(x[1]);
    p.total_epochs = static_cast<int>(x[2]);
    p.batch = static_cast<long long>(x[3]);
    p.adam.steps = static_cast<long long>(x[4]);
    p.rate_factor = x[5];
    p.rollbacks = static_cast<int>(x[6]);
    p.loss_mean = x[7];
    p.elapsed = x[8];
}

void write_progress(io::File& file, std::string const& group, Progress const& p) {
    auto const write = [&](std::string const& name, std::string const& description,
                           std::vector<double> const& values) {
        file.write_rows(group + "/" + name, file.comm().is_root() ? values : std::vector<double>{},
                        {"1", description});
    };
    write("numbers",
          "stage, epoch, epochs in all, batch, steps, rate factor, rollbacks, mean loss, "
          "seconds",
          numbers_of(p));
    each_vector(p, write);
}

Progress read_progress(io::File const& file, std::string const& group) {
    Progress p;
    set_numbers(p, file.read_all<double>(group + "/numbers"));
    each_vector(p, [&](std::string const& name, std::string const&, std::vector<double>& values) {
        values = file.read_all<double>(group + "/" + name);
    });
    return p;
}

bool exists(std::filesystem::path const& path, mpi::Communicator const& comm) {
    int found = comm.is_root() && std::filesystem::exists(path) ? 1 : 0;
    return comm.all_reduce(mpi::Op::max, found) == 1;
}

}  // namespace

void write_checkpoint(std::filesystem::path const& directory, mpi::Communicator const& comm,
                      std::string const& fingerprint, Checkpoint const& checkpoint) {
    auto file = io::File::create(path_of(directory, checkpoint.serial), comm);
    io::write_provenance(file, "checkpoint", format_version, {"train", "", {}, 0});
    file.set_attribute("/", "fingerprint", fingerprint);
    file.set_attribute("/", "serial", checkpoint.serial);
    write_progress(file, "now", checkpoint.now);
    write_progress(file, "good", checkpoint.good);
    file.commit();
}

std::optional<Checkpoint> read_checkpoint(std::filesystem::path const& directory,
                                          mpi::Communicator const& comm,
                                          std::string const& fingerprint, Logger const& log) {
    std::optional<Checkpoint> latest;
    for (int const generation : {0, 1}) {
        auto const path = path_of(directory, generation);
        if (!exists(path, comm)) continue;
        try {
            auto const file = io::File::open(path, comm);
            io::expect_format(file, "checkpoint", format_version);
            if (file.text("/", "fingerprint") != fingerprint)
                throw InputError(fmt::format(
                    "{}: the checkpoint was made with other data or options (training cannot go on "
                    "from it): restore the input, or start again with --fresh",
                    path.string()));
            auto const serial = file.integer("/", "serial");
            if (!latest || serial > latest->serial)
                latest =
                    Checkpoint{read_progress(file, "now"), read_progress(file, "good"), serial};
        } catch (DataError const& error) {
            log.warn("{} (passed over)", error.what());
        }
    }
    return latest;
}

bool has_checkpoint(std::filesystem::path const& directory, mpi::Communicator const& comm) {
    bool const a = exists(path_of(directory, 0), comm);
    bool const b = exists(path_of(directory, 1), comm);
    return a || b;
}

void remove_checkpoints(std::filesystem::path const& directory, mpi::Communicator const& comm) {
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        for (int const generation : {0, 1}) {
            std::error_code error;
            std::filesystem::remove(path_of(directory, generation), error);
            if (error)
                throw SystemError(fmt::format("{}: cannot be removed ({})",
                                              path_of(directory, generation).string(),
                                              error.message()));
        }
    });
}

}  // namespace kamacite::training
