#include "kamacite/formats/stress_check.hpp"

#include <algorithm>
#include <cmath>

#include "files.hpp"
#include "kamacite/core/random.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/formats/conversion.hpp"
#include "kamacite/formats/extxyz.hpp"
#include "support/random_structures.hpp"

using namespace kamacite;
using namespace kamacite::formats;
using Kind = StressVerdict::Kind;

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

/// The verdict on all of them as one group, the first `trusted` apart.
StressVerdict judge(std::vector<Record> const& records, std::size_t trusted = 0) {
    auto const samples = samples_of(records);
    std::vector<int> group(samples.size(), 0);
    std::fill_n(group.begin(), trusted, -1);
    return judge_stress(stress_pairs(samples), group, 1).front();
}

std::vector<Record> scaled(std::vector<Record> records, double factor) {
    for (auto& r : records)
        if (r.labels.stress) r.labels.stress = Mat3(factor * *r.labels.stress);
    return records;
}

std::vector<Record> volume_series() {
    std::vector<Record> records;
    for (double strain = -0.04; strain < 0.05; strain += 0.01)
        records.push_back(sample(strained(test::rattled_bcc(1, 2), strain * Mat3::Identity())));
    return records;
}

std::vector<Record> read(std::filesystem::path const& path) {
    std::vector<Record> records;
    for (auto const& frame : read_extxyz(path)) records.push_back(to_record(frame));
    return records;
}

std::filesystem::path const shipped =
    std::filesystem::path{KAMACITE_SOURCE_DIR} / "inputs/data/fe_kamacite/iron_qe.xyz";

}  // namespace

TEST_CASE("an energy-volume series tells the sign of its stress", "[formats]") {
    auto const records = volume_series();
    auto const right = judge(records);
    CHECK(right.kind == Kind::consistent);
    CHECK(right.opposing.empty());
    CHECK(right.judged > 5);
    CHECK_THAT(right.factor, WithinRel(1.0, 0.1));
    auto const wrong = judge(scaled(records, -1.0));
    CHECK(wrong.kind == Kind::opposing);
    CHECK(std::ssize(wrong.opposing) == right.judged);
    CHECK_THAT(wrong.factor, WithinRel(-1.0, 0.1));
}

TEST_CASE("shear strains tell the sign of the stress as volumes do", "[formats]") {
    std::vector<Record> records;
    for (double g = 0.0; g < 0.1; g += 0.015) {
        Mat3 strain = Mat3::Zero();
        strain(0, 1) = g;
        records.push_back(sample(strained(test::rattled_bcc(1, 3), strain)));
    }
    CHECK(judge(records).kind == Kind::consistent);
    CHECK(judge(scaled(records, -1.0)).kind == Kind::opposing);
}

TEST_CASE("structures with the wrong sign are found among others with the right one", "[formats]") {
    auto const records = read(shipped);
    auto const pieces = GENERATE(2u, 3u, 4u);  // every second, third, fourth is flipped
    CAPTURE(pieces);
    auto mixed = records;
    std::vector<std::size_t> wrong;
    for (std::size_t i = 0; i < mixed.size(); i += pieces) {
        mixed[i] = scaled({records[i]}, -1.0).front();
        wrong.push_back(i);
    }
    auto const verdict = judge(mixed);
    CHECK(verdict.kind == Kind::opposing);
    CHECK(verdict.opposing.size() >= wrong.size() / 6);  // most structures have no partner
    for (auto const i : verdict.opposing) {
        CAPTURE(i);
        CHECK(std::find(wrong.begin(), wrong.end(), i) != wrong.end());
    }
}

TEST_CASE("what is there already is trusted and judges what comes", "[formats]") {
    auto records = volume_series();
    auto const n = records.size();
    for (auto const& r : scaled(volume_series(), -1.0)) records.push_back(r);
    auto const verdict = judge(records, n);
    CHECK(verdict.kind == Kind::opposing);
    CHECK(std::ranges::all_of(verdict.opposing, [n](auto i) { return i >= n; }));
    // the other way round: that what is there is wrong does not speak against what comes
    auto turned = scaled(volume_series(), -1.0);
    for (auto const& r : volume_series()) turned.push_back(r);
    CHECK(judge(turned, n).kind == Kind::consistent);
    // one structure at a time, in another unit
    auto one = volume_series();
    one.push_back(scaled({one.front()}, 1.0 / units::GPa).front());
    auto const unit = judge(one, n);
    CHECK(unit.kind == Kind::wrong_unit);
    CHECK(unit_of_factor(unit.factor) == "GPa");
}

TEST_CASE("groups are judged apart", "[formats]") {
    auto records = volume_series();
    auto const n = records.size();
    for (auto const& r : scaled(volume_series(), -1.0)) records.push_back(r);
    auto const samples = samples_of(records);
    std::vector<int> group(samples.size(), 0);
    std::fill(group.begin() + static_cast<long>(n), group.end(), 1);
    auto const verdicts = judge_stress(stress_pairs(samples), group, 3);
    CHECK(verdicts[0].kind == Kind::consistent);
    CHECK(verdicts[1].kind == Kind::opposing);
    CHECK(verdicts[2].kind == Kind::cannot_tell);
}

TEST_CASE("a stress in another unit is told by name", "[formats]") {
    constexpr double bohr3 = units::bohr * units::bohr * units::bohr;
    auto const records = read(shipped);
    for (auto const& [factor, name] : {std::pair{1.0 / units::GPa, "GPa"},
                                       {-10.0 / units::GPa, "kbar"},
                                       {bohr3 / units::rydberg, "Ry/bohr³"},
                                       {bohr3 / units::hartree, "hartree/bohr³"},
                                       {-7.0, ""}}) {
        CAPTURE(factor, name);
        auto const verdict = judge(scaled(records, factor));
        CHECK(verdict.kind == Kind::wrong_unit);
        CHECK_THAT(verdict.factor, WithinRel(factor, 0.2));
        CHECK(unit_of_factor(verdict.factor) == name);
    }
    auto energies = records;
    for (auto& r : energies) *r.labels.energy /= units::rydberg;
    CHECK(unit_of_factor(judge(energies).factor) == "eV/Å³, but the energies in rydberg");
    CHECK(judge(scaled(records, 1.5)).kind == Kind::consistent);
}

TEST_CASE("structures that are not related by a strain tell nothing", "[formats]") {
    std::vector<Record> records;
    for (unsigned seed = 1; seed < 9; ++seed) records.push_back(sample(test::rattled_bcc(1, seed)));
    CHECK(judge(records).kind == Kind::cannot_tell);
    CHECK(judge(records).judged == 0);
    CHECK(judge({}).kind == Kind::cannot_tell);
    auto one = volume_series();
    one.erase(one.begin() + 1, one.end());
    CHECK(judge(one).kind == Kind::cannot_tell);
    auto record = one.front();
    record.labels.stress.reset();
    CHECK_FALSE(stress_sample_of(record));
}

TEST_CASE("pairs are found whatever their displacements round to", "[formats]") {
    // Atoms displaced by a little: whichever bin a coordinate lies in, the two are a pair.
    for (unsigned seed = 1; seed < 40; ++seed) {
        auto const s = test::rattled_bcc(2, seed);
        RandomStream random{seed, "test", 0};
        auto t = strained(s, 0.02 * Mat3::Identity());
        for (auto& r : t.positions) r += 0.01 * random.normal3();  // 0.003 of the cell
        auto far = t;
        for (auto& r : far.positions) r += 0.1 * random.normal3();
        CHECK(stress_pairs(samples_of({sample(s), sample(t)})).size() == 1);
        CHECK(stress_pairs(samples_of({sample(s), sample(far)})).empty());
    }
}

TEST_CASE("shared sets have stresses of the right sign and unit, and of the wrong one when changed",
          "[formats]") {
    for (auto const* const file :
         {"fe_kamacite/iron_qe.xyz", "fe_qe/train.xyz", "fe_magmom/train.xyz",
          "mlearn/Mo_train.xyz", "mlearn/Si_train.xyz", "alloy_NbMoTaW/train.xyz"}) {
        auto const path = std::filesystem::path{KAMACITE_SHARED_DATA} / "data" / file;
        if (!std::filesystem::exists(path)) {
            WARN("skipped: " << path << " is absent");
            continue;
        }
        auto const records = read(path);
        auto const right = judge(records);
        auto const wrong = judge(scaled(records, -1.0));
        auto const unit = judge(scaled(records, 1.0 / units::GPa));
        CAPTURE(file, right.judged, right.opposing.size(), right.factor, wrong.opposing.size(),
                unit.factor);
        CHECK(right.kind == Kind::consistent);
        CHECK(right.opposing.size() <= std::size_t(right.judged) / 200);
        CHECK(wrong.kind == Kind::opposing);
        CHECK(std::ssize(wrong.opposing) > 0.75 * double(wrong.judged));
        CHECK(unit.kind == Kind::wrong_unit);
        CHECK(unit_of_factor(unit.factor) == "GPa");
    }
}
