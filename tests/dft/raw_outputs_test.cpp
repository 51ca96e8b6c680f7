// Outputs of which a data set was made by another reader: both must say the same.
#include <map>

#include "kamacite/dft/pw.hpp"
#include "kamacite/formats/any.hpp"
#include "samples.hpp"

using namespace kamacite;

TEST_CASE("outputs of pw.x say what another reader made of them", "[dft]") {
    auto const folder = std::filesystem::path{KAMACITE_SHARED_DATA} / "data/fe_kamacite";
    if (!std::filesystem::exists(folder / "raw")) {
        WARN("skipped: " << folder / "raw"
                         << " is absent");
        return;
    }
    std::map<std::string, Record> expected;
    for (auto& record : formats::read_any(folder / "iron_qe.xyz", formats::Format::extxyz))
        expected.emplace(record.name, record);
    test::TemporaryFolder const here;
    auto const engine = dft::make_pw({});
    int compared = 0;
    for (auto const& entry : std::filesystem::directory_iterator{folder / "raw"}) {
        auto const file = entry.path().filename().string();
        if (!file.ends_with(".pw.out.gz")) continue;
        auto const tag = file.substr(0, file.size() - 10);
        auto const found = expected.find(tag);
        if (found == expected.end()) continue;
        CAPTURE(tag);
        auto const line = "gzip -dc '" + entry.path().string() + "' > '" +
                          (here.path() / "pw.out").string() + "'";
        REQUIRE(std::system(line.c_str()) == 0);
        auto const& record = found->second;
        auto const& s = record.structure;
        auto const outcome = engine->read(
            here.path(), s, {"ferromagnetic", std::vector<double>(s.positions.size(), 2.5)});
        CAPTURE(outcome.explanation);
        REQUIRE(outcome.ok());
        CHECK_THAT(*outcome.labels->energy, WithinAbs(*record.labels.energy, 1e-4));
        for (std::size_t i = 0; i < s.positions.size(); ++i) {
            CHECK((outcome.labels->forces[i] - record.labels.forces[i]).norm() < 1e-5);
            CHECK_THAT(outcome.labels->moments[i], WithinAbs(record.labels.moments[i], 1e-4));
        }
        CHECK((*outcome.labels->stress - *record.labels.stress).norm() < 1e-5);
        // What a set tells of collapse: hcp was started near zero.
        CHECK(outcome.collapsed == (std::abs(record.labels.moments[0]) < 0.3));
        ++compared;
    }
    CHECK(compared > 40);
}
