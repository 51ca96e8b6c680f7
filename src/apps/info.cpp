#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "build.hpp"
#include "commands.hpp"
#include "info_file.hpp"
#include "info_model.hpp"
#include "kamacite/simd/instruction_set.hpp"

namespace kamacite::apps {
namespace {

void tell_program(Context& context) {
    if (context.json) {
        nlohmann::ordered_json libraries;
        for (auto const& [name, version] : build::libraries()) libraries[name] = version;
        nlohmann::ordered_json const all{{"program", "kamacite"},
                                         {"version", build::version},
                                         {"commit", build::commit},
                                         {"build_type", build::build_type},
                                         {"compiler", build::compiler},
                                         {"contracts", build::contracts()},
                                         {"ranks", context.comm.size()},
                                         {"instruction_set", instruction_set()},
                                         {"instruction_sets", instruction_sets()},
                                         {"libraries", libraries}};
        fmt::print("{}\n",
                   all.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
        return;
    }
    fmt::print("kamacite {} (commit {}, {}, {}, contracts {})\n", build::version, build::commit,
               build::build_type, build::compiler, build::contracts() ? "on" : "off");
    fmt::print("{} rank{}, vector instructions {} (there are {})\n", context.comm.size(),
               context.comm.size() == 1 ? "" : "s", instruction_set(),
               fmt::join(instruction_sets(), ", "));
    for (auto const& [name, version] : build::libraries())
        fmt::print("  {:<14} {}\n", name, version);
}

void tell(Context& context, ModelOptions const& options) {
    auto const& comm = context.comm;
    int models = 0;
    mpi::all_or_none(comm, [&] {
        if (comm.is_root()) models = is_model_directory(options.path) ? 1 : 0;
    });
    if (comm.all_reduce(mpi::Op::max, models) == 1)
        tell_models(context, options);
    else
        tell_file(context, options.path);
}

}  // namespace

Command info_command() {
    return {"info", "Version, build and linked libraries; or what a kamacite file holds",
            [](Arguments const& arguments) {
                auto const options = std::make_shared<ModelOptions>();
                arguments.add("file", options->path,
                              "Dataset, model, split, checkpoint, descriptors; directory of n2p2, "
                              "of a committee");
                add_unit_options(arguments, *options);
                return [options](Context& context) {
                    if (!options->path.empty())
                        tell(context, *options);
                    else if (context.comm.is_root())
                        tell_program(context);
                    return 0;
                };
            },
            Command::Json::yes};
}

}  // namespace kamacite::apps
