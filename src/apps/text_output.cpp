#include "text_output.hpp"

#include <fmt/format.h>

#include "kamacite/core/error.hpp"
#include "kamacite/io/atomic_file.hpp"

namespace kamacite::apps {

void put_text(Context& context, std::string const& text, std::filesystem::path const& file,
              Existing existing) {
    if (file.empty()) {
        if (context.comm.is_root()) fmt::print("{}", text);
        return;
    }
    mpi::all_or_none(context.comm, [&] {
        if (context.comm.is_root() && existing == Existing::refuse && std::filesystem::exists(file))
            throw UsageError(fmt::format(
                "{} exists (it would be lost): name another file, or say --force", file.string()));
    });
    io::write_text_file(file, text, context.comm);
    context.log.info("{} written", file.string());
}

}  // namespace kamacite::apps
