#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "any_model.hpp"
#include "commands.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/inference/follower.hpp"
#include "kamacite/ipi/client.hpp"
#include "kamacite/ipi/socket.hpp"
#include "large_start.hpp"
#include "run_arguments.hpp"
#include "stop.hpp"

namespace kamacite::apps {
namespace {

using Clock = std::chrono::steady_clock;
using Came = ipi::Client::Came;

constexpr double skin = 1.0;  // [Å], as `md` has it

struct Options {
    ModelOptions model;
    std::string structure, host, unix_name;
    double wait = 30.0, max_hours = 0.0;
    bool extra = false;  ///< whether answers have text
};

ipi::Address address_of(Options const& o) {
    if (o.host.empty() == o.unix_name.empty())
        throw UsageError(
            "where is the server? Give --address HOST:PORT, or --unix NAME, as the server has it");
    return o.host.empty() ? ipi::Address::of_unix(o.unix_name) : ipi::Address::of_host(o.host);
}

/// The conversation with the server, which rank 0 has; the other ranks hear of it what they need.
class Conversation {
public:
    /// Connects. Collective. \throws as Socket
    Conversation(Context& context, Options const& o, Structure const& structure,
                 StopRequest const& stop);

    /// What the server wants next; `talk` if that is nothing for a second, or a signal came.
    /// Collective. \throws as Client
    [[nodiscard]] Came next();

    /// Where the atoms are to be, on all ranks, after Came::geometry. Collective.
    /// \throws DataError if the cell is flat along a direction that is periodic
    [[nodiscard]] Structure const& geometry();

    /// Collective.
    void answer(ipi::Answer answer);

private:
    [[nodiscard]] Came talk();
    [[nodiscard]] Cell cell_of(Mat3 rows);

    Context* context_;
    StopRequest const* stop_;
    Structure structure_;
    bool warned_ = false;
    std::optional<ipi::Socket> socket_;  // of rank 0
    std::optional<ipi::Client> client_;
};

Conversation::Conversation(Context& context, Options const& o, Structure const& structure,
                           StopRequest const& stop)
    : context_{&context}, stop_{&stop}, structure_{structure} {
    auto const address = address_of(o);
    mpi::all_or_none(context.comm, [&] {
        if (!context.comm.is_root()) return;
        ipi::Patience patience;
        patience.server = o.wait;
        socket_.emplace(address, patience, [&stop] { return stop.asked(); });
        client_.emplace(*socket_, structure.size(), o.structure);
    });
    context.log.info("connected to {}: {} atoms ({}) on {} ranks", address.shown(),
                     structure.size(), formula_of(structure), context.comm.size());
}

Came Conversation::talk() {
    constexpr double longest = 1.0;  // [s] until the other ranks are asked whether to stop
    auto const start = Clock::now();
    while (!stop_->asked() && seconds_since(start) < longest)
        if (socket_->wait(longest))
            if (auto const came = client_->next(); came != Came::talk) return came;
    return Came::talk;
}

Came Conversation::next() {
    int came = 0;
    mpi::all_or_none(context_->comm, [&] {
        if (client_) came = static_cast<int>(talk());
    });
    context_->comm.broadcast(std::span{&came, 1});
    return static_cast<Came>(came);
}

Cell Conversation::cell_of(Mat3 rows) {
    auto const& periodic = structure_.cell.periodic();
    bool spans = false;
    for (int k = 0; k < 3; ++k) {
        if (periodic[static_cast<std::size_t>(k)]) continue;
        // ASE sends zeros along directions that are open; there a vector only spans the box.
        if (rows.row(k).norm() == 0.0)
            rows.row(k) = structure_.cell.rows().row(k);
        else
            spans = true;
    }
    if (spans && !warned_)
        context_->log.warn(
            "the structure file is not periodic in all directions, so atoms have no images along "
            "those, whatever cell the server sends: if that is wrong, give a file with a Lattice "
            "and pbc=\"T T T\"");
    warned_ = warned_ || spans;
    try {
        return Cell{rows, periodic};
    } catch (DataError const& e) {
        throw DataError(fmt::format("the cell that the server sends: {}", e.what()));
    }
}

Structure const& Conversation::geometry() {
    auto const& comm = context_->comm;
    Mat3 rows = Mat3::Zero();
    if (client_) {
        rows = client_->geometry().cell;
        structure_.positions = client_->geometry().positions;
    }
    comm.broadcast(std::span{rows.data(), 9});
    comm.broadcast(std::span{reinterpret_cast<double*>(structure_.positions.data()),
                             3 * structure_.positions.size()});
    mpi::all_or_none(comm, [&] { structure_.cell = cell_of(rows); });
    return structure_;
}

void Conversation::answer(ipi::Answer answer) {
    if (client_) client_->answer(std::move(answer));
}

/// What there is to say beyond the protocol, as i-PI takes it; empty if nothing.
std::string extra_of(inference::FollowedAnswer const& a) {
    auto extra = nlohmann::ordered_json::object();
    auto const add = [&](char const* name, std::optional<double> const& value) {
        if (value) extra[name] = *value;
    };
    add("energy_std", a.energy_std);
    add("force_std_max", a.force_std);
    add("extrapolation_max", a.extrapolation);
    add("extrapolation_grade_max", a.grade);
    return extra.empty() ? "" : extra.dump();
}

/// How far the server has led the model from what it was trained for.
struct Doubt {
    double extrapolation = 0.0, grade = 0.0;
    long long geometries = 0;  ///< in which an atom is outside

    void add(inference::FollowedAnswer const& a) {
        constexpr double strange = 2.0;  // as `predict` has it
        double const e = a.extrapolation.value_or(0.0), g = a.grade.value_or(0.0);
        extrapolation = std::max(extrapolation, e);
        grade = std::max(grade, g);
        geometries += e > 0.0 || g > strange ? 1 : 0;
    }
};

/// Prints what has been done.
void tell(Context& context, Doubt const& doubt, long long answered, double seconds,
          long long lists) {
    if (context.comm.is_root())
        fmt::print(
            "{} geometries answered, {:.3g} ms each on {} ranks; neighbours listed {} times\n",
            answered, 1e3 * seconds / static_cast<double>(std::max(1LL, answered)),
            context.comm.size(), lists);
    if (doubt.geometries > 0)
        context.log.warn(
            "{} of {} geometries have atoms in surroundings that the model has not learnt (by up "
            "to {:.2g} of the training set's range; grade up to {:.2g}): do not trust them "
            "unseen; 'kamacite predict' tells the atoms, and --extra the geometries",
            doubt.geometries, answered, doubt.extrapolation, doubt.grade);
}

int serve(Context& context, Options const& o) {
    auto const& comm = context.comm;
    StopRequest stop{comm, o.max_hours};
    (void)address_of(o);  // what is wrong with it is told before the model is read
    auto const model = load_any(context, o.model);
    if (!model.abilities().energy)
        throw DataError(fmt::format(
            "{} has no energies (the server moves atoms by their forces): name a model that has",
            o.model.path));
    auto const structure = structure_of(comm, Source{comm, o.structure, ""}, 0, model);
    inference::Follower follower{comm, structure.species, model.members(), model.calibration(),
                                 skin};
    Conversation conversation{context, o, structure, stop};

    Doubt doubt;
    long long answered = 0;
    double seconds = 0.0;
    bool done = false;
    while (!done && !stop.agreed()) {
        auto const came = conversation.next();
        done = came == Came::end;
        if (came != Came::geometry) continue;
        auto const start = Clock::now();
        auto const& asked = conversation.geometry();
        auto said = follower.answer(asked.cell, asked.positions);
        doubt.add(said);
        conversation.answer({said.total.energy, std::move(said.forces), said.total.virial,
                             o.extra ? extra_of(said) : ""});
        seconds += seconds_since(start);
        stop.step_took(seconds_since(start));
        ++answered;
    }
    tell(context, doubt, answered, seconds, follower.rebuilds());
    if (done) return 0;
    context.log.warn("stopped ({}): run it again, and the server goes on", stop.reason());
    return static_cast<int>(ErrorKind::stopped);
}

}  // namespace

Command ipi_command() {
    return {"ipi", "Forces for i-PI or ASE, over their socket: they move the atoms",
            [](Arguments const& arguments) {
                auto const options = std::make_shared<Options>();
                add_model_options(arguments, options->model, "structure", options->structure,
                                  "Structure whose elements, in their order, and periodicity are "
                                  "those of the server; of several the first",
                                  ModelKinds::any);
                auto const host = arguments.add(
                    "--address", options->host,
                    "HOST:PORT that the server listens at; HOST alone: port 31415, as i-PI's");
                arguments
                    .add("--unix", options->unix_name,
                         "UNIX socket of the server: NAME is /tmp/ipi_NAME; a path with a '/'")
                    .excludes(host);
                arguments
                    .add("--wait", options->wait, "Wait so long for the server to be there [s]")
                    .between(0.0, 1e6)
                    .shows_default();
                arguments.flag("--extra", options->extra,
                               "Add to each answer, as JSON that i-PI can write out, the spread of "
                               "a committee and how far atoms are outside of the training set; ASE "
                               "3.22 fails on it");
                arguments
                    .add("--max-hours", options->max_hours,
                         "Leave the server before this time is over (exit code 75)")
                    .between(0.0, 1e6);
                return [options](Context& context) {
                    name_model(context, options->model, options->structure);
                    return serve(context, *options);
                };
            }};
}

}  // namespace kamacite::apps
