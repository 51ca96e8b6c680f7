// scaling.data and weights.*.data that are damaged.
#include "kamacite/core/error.hpp"
#include "n2p2/refusal.hpp"
#include "n2p2/sample.hpp"
#include "support/catch.hpp"

using namespace kamacite;
using test::says;

namespace {

/// Message of the DataError that files are refused with.
std::string data_error_of(n2p2::Files const& files) {
    std::vector<std::string> warnings;
    return test::refusal_of([&] { return n2p2::make_model(files, {}, warnings); });
}

}  // namespace

TEST_CASE("damaged scaling and weights are refused with file and line", "[n2p2]") {
    auto const sample = test::water();
    auto const good = sample.files();
    auto files = good;
    files.scaling.text = files.scaling.text.substr(0, files.scaling.text.rfind("2 5 "));
    CHECK(says(data_error_of(files), "scaling.data:13: function 5 of element 2"));
    files = good;
    files.scaling.text += "2 6 0 1 0 1\n";
    CHECK(says(data_error_of(files), "scaling.data:15"));
    files = good;
    files.scaling.text += "-1.5 2.5\n";  // RuNNer adds the range of energies
    CHECK(data_error_of(files) == "no DataError");
    files = good;
    files.scaling.text.replace(0, 4, "1 2 ");
    CHECK(says(data_error_of(files), "scaling.data:1: "));
    files = good;
    files.scaling.text.replace(0, files.scaling.text.find('\n'), "1 1 0 1 nan 1");
    CHECK(says(data_error_of(files), "scaling.data:1: 'nan'"));
    files = good;
    files.scaling.text.replace(0, files.scaling.text.find('\n'), "1 1 0 1 0.5");
    CHECK(says(data_error_of(files), "scaling.data:2: it has 6 columns (the first row has 5)"));
    files = good;
    files.scaling.text.clear();
    for (std::size_t e = 0; e < sample.ranges.size(); ++e)
        for (std::size_t k = 0; k < sample.ranges[e].size(); ++k)
            files.scaling.text += fmt::format("{} {} 0 1 0.5\n", e + 1, k + 1);
    CHECK(says(data_error_of(files), "scaling.data:1: there is no column sigma"));
    files = good;
    files.scaling.text.replace(0, files.scaling.text.find('\n'), "1 1 0 1 0.5 0.0");
    CHECK(says(data_error_of(files), "scaling.data:1: the function has sigma 0"));
    files = good;
    files.weights[8].text += "1.0\n";
    CHECK(says(data_error_of(files), "weights.008.data:"));
    files = good;
    files.weights[8].text.erase(
        files.weights[8].text.rfind('\n', files.weights[8].text.size() - 2) + 1);
    CHECK(says(data_error_of(files), "weights.008.data:42: there are 42 weights"));
    files = good;
    files.weights[1].text.insert(0, "# comment\ninf\n");
    CHECK(says(data_error_of(files), "weights.001.data:2: 'inf'"));
    files = good;
    files.weights[1].text.insert(0, "1.0 b 1 1 1\n");
    CHECK(says(data_error_of(files), "weights.001.data:1: it has 5 columns"));
    files = good;
    files.weights[1].text.insert(0, "1.0 b 1 0 1 1 1\n");
    CHECK(says(data_error_of(files), "weights.001.data:1: column 2 is 'b'"));
    files = good;
    files.weights[1].text = "# nothing else\n";
    CHECK(says(data_error_of(files), "weights.001.data: there are no weights"));
    files = good;
    files.scaling.text = "";
    CHECK(says(data_error_of(files), "scaling.data: there are no rows"));
    files = good;
    files.weights.erase(8);
    std::vector<std::string> warnings;
    CHECK_THROWS_AS(n2p2::make_model(files, {}, warnings), MissingError);
}

TEST_CASE("no cut of scaling or weights gives other numbers", "[n2p2]") {
    auto const sample = test::water();
    auto const labelled = GENERATE(false, true);
    CAPTURE(labelled);
    auto files = sample.files();
    if (labelled) {
        std::vector<std::string> warnings;
        auto const texts = n2p2::texts_of(sample.model(), warnings);
        files.settings.text = texts.at("input.nn");
        files.scaling.text = texts.at("scaling.data");
        for (int const z : sample.elements)
            files.weights[z].text = texts.at(fmt::format("weights.{:03}.data", z));
    }
    std::vector<std::string> warnings;
    auto const whole = n2p2::make_model(files, {}, warnings);
    int refused = 0;
    for (auto* const text : {&files.scaling.text, &files.weights[1].text, &files.weights[8].text}) {
        auto const all = *text;
        for (auto n = all.size(); n > 0 && n + 200 > all.size(); --n) {
            *text = all.substr(0, n - 1);
            CAPTURE(n, text->substr(text->rfind('\n') + 1));
            try {  // refused, or nothing that matters was cut off
                auto const cut = n2p2::make_model(files, {}, warnings);
                CHECK(std::equal(cut.parameters().begin(), cut.parameters().end(),
                                 whole.parameters().begin()));
                CHECK(cut.scaling().inverse == whole.scaling().inverse);
            } catch (DataError const&) {
                ++refused;
            }
        }
        *text = all;
    }
    CHECK(refused > 590);
}

TEST_CASE("rows of scaling have the columns of the first", "[n2p2]") {
    auto sample = test::water();
    sample.general = "number_of_elements 2\nelements O H\ncutoff_type 2\n";  // no sigma needed
    auto files = sample.files();
    auto& text = files.scaling.text;
    text.erase(text.rfind(' '));
    text += "\n";
    CHECK(says(data_error_of(files), "scaling.data:14: it has 5 columns"));
}
