#include "kamacite/training/grade.hpp"

#include <algorithm>
#include <filesystem>

#include "kamacite/model/model_file.hpp"
#include "support/catch.hpp"
#include "support/random_structures.hpp"
#include "support/world.hpp"
#include "training/records.hpp"

using namespace kamacite;
using namespace kamacite::training;

namespace {

double highest(Model const& model, Structure const& s) {
    auto const p = model.predict(s, find_neighbours(s, model.cutoff()));
    return *std::max_element(p.grade.begin(), p.grade.end());
}

}  // namespace

TEST_CASE("the extrapolation grade is at most 1 where the model was trained", "[training]") {
    auto const& comm = test::world();
    auto model = test::random_model({26, 28}, 5);
    auto const records = test::labelled(model, 26, 0.02);
    CHECK(model.predict(records[0].structure, find_neighbours(records[0].structure, model.cutoff()))
              .grade.empty());
    model.set_grade(grade_of(comm, model, records));
    double largest = 0.0;
    for (auto const& record : records)
        largest = std::max(largest, highest(model, record.structure));
    CHECK(largest <= 1.01 + 1e-6);
    CHECK(largest > 0.99);

    // Same bits on one rank.
    auto const alone = comm.split(comm.rank(), 0);
    CHECK(grade_of(alone, model, records) == model.grade());

    // Squeezed to half of its volume a structure is strange; turned or repeated it is what it was.
    auto const& s = records[3].structure;
    CHECK(highest(model, strained(s, -0.2 * Mat3::Identity())) > 2.0);
    CHECK_THAT(highest(model, supercell(s, {2, 1, 1})), WithinRel(highest(model, s), 1e-9));
    auto turned = s;
    Mat3 const r = Eigen::AngleAxisd{0.7, Vec3(1, 2, 3).normalized()}.toRotationMatrix();
    turned.cell = Cell{s.cell.rows() * r.transpose()};
    for (auto& x : turned.positions) x = r * x;
    CHECK_THAT(highest(model, turned), WithinRel(highest(model, s), 1e-8));

    // By the definition, from the features.
    auto const g = model.descriptors().evaluate(find_neighbours(s, model.cutoff()), s.species);
    auto const p = model.predict(s, find_neighbours(s, model.cutoff()));
    auto const rows = rows_by_element({26, 28}, s.species);
    for (std::size_t e = 0; e < 2; ++e) {
        if (rows[e].empty()) continue;
        Matrix const c = model.features(g, rows[e], static_cast<int>(e)) * model.grade()[e];
        for (std::size_t k = 0; k < rows[e].size(); ++k)
            CHECK_THAT(p.grade[static_cast<std::size_t>(rows[e][k])],
                       WithinRel(c.row(static_cast<Eigen::Index>(k)).cwiseAbs().maxCoeff(), 1e-8));
    }

    auto const path = std::filesystem::temp_directory_path() / "kamacite_grade_test.h5";
    save_model(path, comm, model, {"test", "", {}, 3});
    CHECK(load_model(path, comm).grade() == model.grade());
    comm.barrier();
    if (comm.is_root()) std::filesystem::remove(path);
}
