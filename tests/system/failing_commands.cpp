/// Commands that end in every way a command can end, to test the shell of the program.
#include <new>
#include <stdexcept>

#include "commands.hpp"
#include "kamacite/core/error.hpp"

namespace kamacite::apps {
namespace {

Command command(std::string const& name, std::function<int(Context&)> const& body) {
    return {name, "ends in its way", [body](Arguments const&) { return body; }};
}

}  // namespace

std::vector<Command> all_commands() {
    return {
        command("succeed", [](Context&) { return 0; }),
        command("stop", [](Context&) { return static_cast<int>(ErrorKind::stopped); }),
        command("fail_everywhere", [](Context&) -> int { throw DataError("all ranks know it"); }),
        command("fail_together",
                [](Context& c) {
                    mpi::all_or_none(c.comm, [&] {
                        if (c.comm.rank() == c.comm.size() - 1) throw MissingError("one rank found it");
                    });
                    return 0;
                }),
        // the others wait in a collective call that never ends
        command("fail_alone",
                [](Context& c) {
                    if (c.comm.rank() == c.comm.size() - 1) throw SystemError("one rank alone");
                    c.comm.barrier();
                    return 0;
                }),
        // the others are done and go to the end
        command("fail_last",
                [](Context& c) {
                    if (c.comm.rank() == c.comm.size() - 1) throw InputError("after the last call");
                    return 0;
                }),
        command("fail_memory", [](Context&) -> int { throw std::bad_alloc{}; }),
        command("fail_bug", [](Context&) -> int { throw std::logic_error("a bug"); }),
    };
}

}  // namespace kamacite::apps
