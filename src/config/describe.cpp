#include "kamacite/config/describe.hpp"

namespace kamacite::config {

void fields(Fields& f, DescribeOptions& options) {
    f.path({"data", "Dataset whose structures are described", Key::Need::required}, options.data);
    f.path({"output", "File that is written"}, options.output);
    f.texts({"elements",
             "Chemical symbols that the functions are made for; those of the dataset if empty",
             Key::Need::optional, "[Fe]"},
            options.elements);
    f.section({"descriptors", "The symmetry functions"},
              [&](Fields& s) { fields(s, options.descriptors); });
}

}  // namespace kamacite::config
