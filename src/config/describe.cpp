#include "kamacite/config/describe.hpp"

#include "words.hpp"

namespace kamacite::config {

void fields(Fields& f, DescribeOptions& options) {
    f.path({"data", "Dataset whose structures are described", Key::Need::required}, options.data);
    f.path({"output", "File that is written"}, options.output);
    f.texts({"elements",
             "Chemical symbols that the functions are made for; those of the dataset if empty",
             Key::Need::optional, "[Fe]"},
            options.elements, symbols());
    f.section({"descriptors", "The symmetry functions"},
              [&](Fields& s) { fields(s, options.descriptors); });
    f.demand([&options] {
        auto faults = repeated_elements(options.elements);
        if (is_empty(options.descriptors))
            faults.push_back(
                {"descriptors", "there is no function: give radial_shifted or angular_eta"});
        return faults;
    });
}

}  // namespace kamacite::config
