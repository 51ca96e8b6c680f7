#include <fstream>
#include <nlohmann/json.hpp>

#include "kamacite/core/element.hpp"
#include "kamacite/descriptors/descriptors.hpp"
#include "support/catch.hpp"

using namespace kamacite;

TEST_CASE("symmetry functions agree with their definitions in an independent script",
          "[descriptors]") {
    auto const golden = nlohmann::json::parse(
        std::ifstream{KAMACITE_SOURCE_DIR "/tests/golden/symmetry_functions.json"});

    Mat3 rows;
    for (int i = 0; i < 3; ++i)
        for (int k = 0; k < 3; ++k) rows(i, k) = golden["cell"][i][k];
    Structure s{Cell{rows}, {}, {}};
    for (auto const& symbol : golden["species"])
        s.species.push_back(atomic_number_of(symbol.get<std::string>()));
    for (auto const& r : golden["positions"]) s.positions.emplace_back(r[0], r[1], r[2]);

    auto const z = [](nlohmann::json const& f, char const* key) {
        return atomic_number_of(f[key].get<std::string>());
    };
    double const tolerance = golden["tolerance"];
    for (auto const& f : golden["functions"]) {
        CAPTURE(f.dump());
        Cutoff const cutoff{cutoff_form_of(f["cutoff"]), f["radius"], f["inner"]};
        // every element is a centre, so that each atom has the one function in column 0
        std::vector<RadialFunction> radial;
        std::vector<AngularFunction> angular;
        for (int const centre : {6, 26, 28}) {
            if (f["form"] == "radial") {
                radial.push_back({centre, z(f, "neighbour"), f["eta"], f["shift"], cutoff});
            } else {
                int const first = std::min(z(f, "first"), z(f, "second"));
                int const second = std::max(z(f, "first"), z(f, "second"));
                auto const form = f["form"] == "wide" ? AngularFunction::Form::wide
                                                      : AngularFunction::Form::narrow;
                angular.push_back({form, centre, first, second, f["eta"], f["lambda"], f["zeta"],
                                   f["shift"], cutoff});
            }
        }
        Descriptors const descriptors{{6, 26, 28}, radial, angular};
        Matrix const g = descriptors.evaluate(find_neighbours(s, descriptors.cutoff()), s.species);
        for (int i = 0; i < s.size(); ++i) {
            double const expected = f["values"][i];
            CHECK_THAT(g(i, 0), WithinAbs(expected, tolerance * std::max(1.0, std::abs(expected))));
        }
    }
}
