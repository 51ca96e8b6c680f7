#include "kamacite/formats/stress_sign.hpp"

#include <cmath>

#include "files.hpp"
#include "kamacite/formats/conversion.hpp"
#include "kamacite/formats/extxyz.hpp"
#include "support/random_structures.hpp"

using namespace kamacite;
using namespace kamacite::formats;
using Verdict = StressSign::Verdict;

namespace {

/// Lattice energy that depends on the metric alone, E = Σ c_ij (M − M₀)_ij² with M = H Hᵀ, and its
/// stress σ = (1/V) ∂E/∂ε = (1/V) Σ 2 Hᵀ (∂E/∂M) H.
Record sample(Structure s) {
    Mat3 const h = s.cell.rows();
    Mat3 const metric = h * h.transpose() / 8.0;
    Mat3 const apart = metric - Mat3::Identity();
    Record r{std::move(s), {}, "", "", "", "", ""};
    r.labels.energy = 10.0 * apart.squaredNorm();
    r.labels.stress =
        Mat3(2.0 / r.structure.cell.volume() * h.transpose() * (20.0 / 8.0 * apart) * h);
    return r;
}

std::vector<StressSample> samples_of(std::vector<Record> const& records) {
    std::vector<StressSample> samples;
    for (auto const& r : records)
        if (auto const s = stress_sample_of(r)) samples.push_back(*s);
    return samples;
}

std::vector<Record> flipped(std::vector<Record> records) {
    for (auto& r : records)
        if (r.labels.stress) r.labels.stress = Mat3(-*r.labels.stress);
    return records;
}

std::vector<Record> volume_series() {
    std::vector<Record> records;
    for (double strain = -0.04; strain < 0.05; strain += 0.01)
        records.push_back(sample(strained(test::rattled_bcc(1, 2), strain * Mat3::Identity())));
    return records;
}

}  // namespace

TEST_CASE("an energy-volume series tells the sign of its stress", "[formats]") {
    auto const records = volume_series();
    auto const right = check_stress_sign(samples_of(records));
    CHECK(right.verdict == Verdict::consistent);
    CHECK(right.opposing == 0);
    CHECK(right.agreeing > 5);
    auto const wrong = check_stress_sign(samples_of(flipped(records)));
    CHECK(wrong.verdict == Verdict::contradiction);
    CHECK(wrong.opposing == right.agreeing);
}

TEST_CASE("shear strains tell the sign of the stress as volumes do", "[formats]") {
    std::vector<Record> records;
    for (double g = 0.0; g < 0.1; g += 0.015) {
        Mat3 strain = Mat3::Zero();
        strain(0, 1) = g;
        records.push_back(sample(strained(test::rattled_bcc(1, 3), strain)));
    }
    CHECK(check_stress_sign(samples_of(records)).verdict == Verdict::consistent);
    CHECK(check_stress_sign(samples_of(flipped(records))).verdict == Verdict::contradiction);
}

TEST_CASE("structures that are not related by a strain tell nothing", "[formats]") {
    std::vector<Record> records;
    for (unsigned seed = 1; seed < 9; ++seed) records.push_back(sample(test::rattled_bcc(1, seed)));
    auto const sign = check_stress_sign(samples_of(records));
    CHECK(sign.verdict == Verdict::cannot_tell);
    CHECK(sign.agreeing + sign.opposing == 0);
    CHECK(check_stress_sign({}).verdict == Verdict::cannot_tell);
    auto one = volume_series();
    one.erase(one.begin() + 1, one.end());
    CHECK(check_stress_sign(samples_of(one)).verdict == Verdict::cannot_tell);
}

TEST_CASE("the kind of a structure does not change under strain, and with any moved atom",
          "[formats]") {
    auto const s = test::rattled_bcc(2, 4);
    auto const kind = [](Structure const& x) { return stress_sample_of(sample(x))->kind; };
    CHECK(kind(strained(s, 0.1 * Mat3::Ones())) == kind(s));
    auto shifted = s;
    for (auto& r : shifted.positions) r += Vec3(0.3, 0.4, -20.0);
    CHECK(kind(shifted) == kind(s));
    auto moved = s;
    moved.positions[5].x() += 0.1;
    CHECK(kind(moved) != kind(s));
    auto other = s;
    other.species[2] = 28;
    CHECK(kind(other) != kind(s));
    auto record = sample(s);
    record.labels.stress.reset();
    CHECK_FALSE(stress_sample_of(record));
}

TEST_CASE("shared sets of iron have stresses of the right sign, and of the wrong one when flipped",
          "[formats]") {
    for (auto const* const file :
         {"data/fe_kamacite/iron_qe.xyz", "data/fe_qe/train.xyz", "data/fe_magmom/train.xyz"}) {
        auto const path = std::filesystem::path{KAMACITE_SHARED_DATA} / file;
        if (!std::filesystem::exists(path)) {
            WARN("skipped: " << path << " is absent");
            continue;
        }
        std::vector<Record> records;
        for (auto const& frame : read_extxyz(path)) records.push_back(to_record(frame));
        auto const right = check_stress_sign(samples_of(records));
        auto const wrong = check_stress_sign(samples_of(flipped(records)));
        CAPTURE(file, right.agreeing, right.opposing, wrong.agreeing, wrong.opposing);
        CHECK(right.verdict == Verdict::consistent);
        CHECK(wrong.verdict == Verdict::contradiction);
    }
}
