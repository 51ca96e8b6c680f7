#include "kamacite/inference/importance.hpp"

#include "kamacite/inference/metrics.hpp"
#include "model/random_model.hpp"
#include "support/catch.hpp"
#include "support/random_structures.hpp"
#include "support/world.hpp"

using namespace kamacite;
using namespace kamacite::inference;

TEST_CASE("importance is the slope of an atom's energy along a function, on any ranks",
          "[inference]") {
    auto const& comm = test::world();
    Committee const committee{{test::random_model({26, 28}, 5), test::random_model({26, 28}, 6)}};
    auto const& descriptors = committee.members().front().descriptors();
    std::vector<Record> records;
    for (unsigned i = 0; i < 7; ++i) {
        Record r{test::rattled_bcc(1, i), {}, "", i % 2 == 0 ? "even" : "odd", "", "", ""};
        if (i % 3 == 0) r.structure.species[0] = 28;
        records.push_back(r);
    }
    std::vector<Record> mine;
    for (std::size_t i = 0; i < records.size(); ++i)
        if (static_cast<int>(i) % comm.size() == comm.rank()) mine.push_back(records[i]);
    auto const found = importance_of(comm, committee, mine);
    REQUIRE(found.size() == 3);

    // By finite differences of the network's input, moved by σ times a step.
    double const step = 1e-4;
    std::string const all{every_family};
    for (auto const& family : {std::string{"odd"}, all}) {
        for (std::size_t e = 0; e < 2; ++e) {
            int const z = descriptors.elements()[e];
            for (int k = 0; k < descriptors.size(z); ++k) {
                double squares = 0.0, count = 0.0;
                for (auto const& model : committee.members())
                    for (auto const& r : records) {
                        if (family != all && r.family != family) continue;
                        auto const& s = r.structure;
                        auto const g =
                            descriptors.evaluate(find_neighbours(s, model.cutoff()), s.species);
                        auto const rows = rows_by_element(descriptors.elements(), s.species)[e];
                        if (rows.empty()) continue;
                        int const h = model.head(Head::Kind::energy);
                        auto const& part = model.part(h, static_cast<int>(e));
                        auto const energy = [&](double shift) {
                            auto x = model.scaled(g, rows, static_cast<int>(e));
                            x.col(k).array() += shift;
                            return Matrix{
                                part.network.forward(model.parameters_of(part), x).output *
                                model.heads()[static_cast<std::size_t>(h)].scale[0]};
                        };
                        Matrix const slope = (energy(step) - energy(-step)) / (2.0 * step);
                        squares += slope.squaredNorm();
                        count += static_cast<double>(rows.size());
                    }
                CHECK(static_cast<double>(found.at(family).atoms[e]) == count / 2.0);
                if (count > 0.0)
                    CHECK_THAT(found.at(family).values[e][static_cast<std::size_t>(k)],
                               WithinRel(std::sqrt(squares / count), 1e-5));
            }
        }
    }
    auto const csv = importance_csv(committee.members().front(), found);
    CHECK(std::count(csv.begin(), csv.end(), '\n') ==
          1 + descriptors.size(26) + descriptors.size(28));
    CHECK(csv.find("element,function,kind,parameters,\"all [eV]\"") == 0);
}
