#include "kamacite/formats/conversion.hpp"

#include <map>

#include "files.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/formats/extxyz.hpp"
#include "support/random_structures.hpp"

using namespace kamacite;
using namespace kamacite::formats;
using test::check_complaint;

namespace {

constexpr auto box = "Lattice=\"4 0 0 0 5 0 0 0 6\" ";  // 120 Å³

Record record_of(std::string const& comment, std::string const& atom = "Fe 0 0 0") {
    return to_record(parse_extxyz("1\n" + comment + "\n" + atom + "\n", "f.xyz").front());
}

void check_refused(std::string const& comment, std::string const& reason,
                   std::string const& atom = "Fe 0 0 0") {
    check_complaint([&] { (void)record_of(comment, atom); }, "f.xyz:", reason);
}

}  // namespace

TEST_CASE("a file written by ASE reads with all it holds", "[formats]") {
    auto const frames = read_extxyz(test::data_file("ase.xyz"));
    REQUIRE(frames.size() == 3);
    auto const iron = to_record(frames[0]);
    CHECK(iron.structure.species == std::vector{26, 26});
    CHECK_THAT(iron.structure.positions[1].y(), WithinAbs(1.42405356, 1e-12));
    CHECK(iron.labels.energy == -6921.75);  // free_energy, not energy
    CHECK(iron.labels.forces[1] == Vec3(0.2941, 0.0284, 0.5467));
    Mat3 stress;  // given to ASE as xx yy zz yz xz xy = 0.01 … 0.06
    stress << 0.01, 0.006, 0.005, 0.006, 0.02, 0.004, 0.005, 0.004, 0.03;
    CHECK(*iron.labels.stress == stress);
    CHECK(iron.labels.moments == std::vector{2.1, -2.2});
    CHECK(iron.labels.properties == std::map<std::string, double>{{"magnetic_moment", -0.05}});
    CHECK(iron.family == "rattled bcc");
    CHECK(iron.name == "md_0007");
    CHECK(iron.trajectory.empty());
    CHECK(iron.source == test::data_file("ase.xyz").string() + "@0");

    auto const water = to_record(frames[1]);
    CHECK(water.structure.cell.periodic() == std::array{false, false, false});
    CHECK(water.labels.energy == -14.2);
    CHECK(water.labels.forces.empty());
    CHECK_FALSE(water.labels.stress);
    CHECK(water.trajectory.empty());

    auto const slab = to_record(frames[2]);
    CHECK(slab.structure.cell.periodic() == std::array{true, true, false});
    CHECK(slab.structure.cell.rows()(1, 0) == 0.1);  // rows are lattice vectors
    CHECK_THAT(slab.structure.cell.height(2), WithinAbs(1.0, 1e-12));
    CHECK_FALSE(slab.labels.energy);
}

TEST_CASE("energies are read under all their names, the force-consistent one first", "[formats]") {
    auto const energy = [](std::string const& keys) { return record_of(box + keys).labels.energy; };
    CHECK(energy("energy=-1") == -1.0);
    CHECK(energy("Energy=-2") == -2.0);
    CHECK(energy("REF_energy=-3") == -3.0);
    CHECK(energy("dft_energy=-4") == -4.0);
    CHECK(energy("DFT_energy=-4") == -4.0);
    CHECK(energy("energy=-1 free_energy=-5") == -5.0);
    CHECK(energy("free_energy=-5 REF_energy=-3") == -3.0);
    CHECK_FALSE(energy("energy_std=3 free_energy_minusTS=0.1"));
    CHECK_FALSE(energy(""));
}

TEST_CASE("forces and moments are read under all their names", "[formats]") {
    for (std::string const name : {"forces", "force", "REF_forces", "dft_forces", "Forces"}) {
        auto const r =
            record_of("Properties=species:S:1:pos:R:3:" + name + ":R:3", "Fe 0 0 0 1 2 3");
        REQUIRE(r.labels.forces.size() == 1);
        CHECK(r.labels.forces[0] == Vec3(1, 2, 3));
    }
    for (std::string const name : {"magmoms", "magmom", "spin", "REF_magmoms", "dft_magmoms"})
        CHECK(record_of("Properties=species:S:1:pos:R:3:" + name + ":R:1", "Fe 0 0 0 -2.5")
                  .labels.moments == std::vector{-2.5});
    CHECK(record_of("Properties=species:S:1:pos:R:3:initial_magmoms:R:1", "Fe 0 0 0 2")
              .labels.moments.empty());
    CHECK_THAT(record_of("Properties=species:S:1:pos:R:3:magmoms:R:3", "Fe 0 0 0 2 1 -2")
                   .labels.moments.at(0),
               WithinAbs(-3.0, 1e-14));
}

TEST_CASE("stress is tension positive, whatever it was given as", "[formats]") {
    // σ = diag(1, 2, 3) + shear in 1e-2 eV/Å³, V = 120 Å³, W = −V σ
    Mat3 expected;
    expected << 0.01, 0.06, 0.05, 0.06, 0.02, 0.04, 0.05, 0.04, 0.03;
    std::string const nine = "\"0.01 0.06 0.05 0.06 0.02 0.04 0.05 0.04 0.03\"";
    std::string const six = "[0.01, 0.02, 0.03, 0.04, 0.05, 0.06]";  // xx yy zz yz xz xy
    std::string const virial = "\"-1.2 -7.2 -6.0 -7.2 -2.4 -4.8 -6.0 -4.8 -3.6\"";
    for (auto const& text : {"stress=" + nine, "stress=" + six, "stresses=" + nine,
                             "REF_stress=" + nine, "virial=" + virial, "virials=" + virial,
                             "REF_virial=" + virial, "stress=" + nine + " virial=" + virial}) {
        CAPTURE(text);
        auto const stress = record_of(box + text).labels.stress;
        REQUIRE(stress);
        CHECK((*stress - expected).norm() < 1e-15);
    }
}

TEST_CASE("stress and virial that contradict each other are refused", "[formats]") {
    std::string const stress = std::string{box} + "stress=\"0.1 0 0 0 0.1 0 0 0 0.1\" ";
    check_refused(stress + "virial=\"12 0 0 0 12 0 0 0 12\"", "equal but for the sign");
    check_refused(stress + "virial=\"-0.1 0 0 0 -0.1 0 0 0 -0.1\"", "correct its unit");
    CHECK_NOTHROW(record_of(stress + "virial=\"-12.001 0 0 0 -12 0 0 0 -12\""));
}

TEST_CASE("a frame without lattice is not periodic", "[formats]") {
    CHECK(record_of("energy=1").structure.cell.periodic() == std::array{false, false, false});
    CHECK(record_of(box).structure.cell.is_periodic());
    CHECK(record_of(std::string{box} + "pbc=F").structure.cell.periodic() ==
          std::array{false, false, false});
    CHECK(record_of(std::string{box} + "pbc=[True, False, True]").structure.cell.periodic() ==
          std::array{true, false, true});
    CHECK_THAT(record_of("Lattice=\"4 5 6\"").structure.cell.volume(), WithinAbs(120.0, 1e-12));
    check_refused("pbc=\"T T F\"", "there is no Lattice");
    check_refused(std::string{box} + "pbc=\"T T\"", "three of T and F");
    check_refused("Lattice=\"1 2 3 4\"", "is not 9 numbers");
    check_refused("Lattice=\"1 0 0 2 0 0 0 0 1\"", "coplanar");
}

TEST_CASE("names say family, name and trajectory", "[formats]") {
    auto const r = record_of("config_type=liquid tag=t config_name=run_3_0012 trajectory=one");
    CHECK(r.family == "liquid");
    CHECK(r.name == "run_3_0012");
    CHECK(r.trajectory == "one");
    CHECK(record_of("config_name=run_3_0012").trajectory.empty());  // a name, not a run
    CHECK(record_of("tag=run_0012").name == "run_0012");
}

TEST_CASE("atoms may be numbered instead of named", "[formats]") {
    CHECK(record_of("Properties=Z:I:1:pos:R:3", "28 0 0 0").structure.species == std::vector{28});
    check_refused("Properties=pos:R:3", "which element", "0 0 0");
    check_refused("Properties=species:S:1:x:R:3", "add pos:R:3");
    check_complaint([] { (void)record_of("", "Xx 0 0 0"); }, "f.xyz:3 (frame 0", "Xx");
}

TEST_CASE("labels that are no numbers are refused", "[formats]") {
    check_refused("energy=nan", "energy is nan");
    check_refused("energy=unknown", "is not a number");
    check_refused("thermal_conductivity=x", "is not a number");
    check_refused("stress=\"1 2 3\"", "is not 9 numbers");
    check_refused("", "must be finite", "Fe 0 0 nan");
    check_refused("Properties=species:S:1:pos:R:3:forces:R:3", "force on atom 1",
                  "Fe 0 0 0 1 inf 1");
    check_refused("Properties=species:S:1:pos:R:3:forces:R:2", "has width 2", "Fe 0 0 0 1 1");
    check_complaint([] { (void)to_record(parse_extxyz("0\n\n", "f.xyz").front()); }, "f.xyz:1",
                    "no atoms");
}

TEST_CASE("a record written and read again is the same", "[formats]") {
    auto const style = GENERATE(KeyStyle::ase, KeyStyle::ref);
    Record r{test::rattled_bcc(1, 5),    {}, "na me", "fa\"mily", "tra_1", "elsewhere@3",
             R"({"seed": 1, "a": "\\"})"};
    r.labels.energy = -1.0 / 3.0;
    r.labels.forces = {Vec3(0.1, 0.2, 0.3), Vec3(-1e-17, 1e300, -0.0)};
    r.labels.stress = Mat3(0.1 * Mat3::Identity());
    r.labels.moments = {2.2, -0.1};
    r.labels.properties = {{"temperature", 300.0}, {"thermal_conductivity", 80.4}};
    auto const text = to_text(to_frame(r, style));
    auto const again = to_record(parse_extxyz(text, "f.xyz").front());
    CHECK(again.structure.cell.rows() == r.structure.cell.rows());
    CHECK(again.structure.positions == r.structure.positions);
    CHECK(again.structure.species == r.structure.species);
    CHECK(again.labels.energy == r.labels.energy);
    CHECK(again.labels.forces == r.labels.forces);
    CHECK(*again.labels.stress == *r.labels.stress);
    CHECK(again.labels.moments == r.labels.moments);
    CHECK(again.labels.properties == r.labels.properties);
    CHECK(again.name == r.name);
    CHECK(again.family == r.family);
    CHECK(again.trajectory == r.trajectory);
    CHECK(again.recipe == r.recipe);
    CHECK(again.source == "f.xyz@0");
    CHECK((text.find("REF_energy=") != std::string::npos) == (style == KeyStyle::ref));
}

TEST_CASE("shared sets of iron read with the counts of their tables", "[formats]") {
    std::filesystem::path const shared{KAMACITE_SHARED_DATA};
    struct Expected {
        char const* file;
        long long frames, atoms, stress, moments;
    };
    for (auto const& e : {Expected{"data/fe_kamacite/iron_qe.xyz", 67, 101, 67, 67},
                          Expected{"data/fe_qe/train.xyz", 8363, 105152, 6270, 0},
                          Expected{"data/fe_magmom/test.xyz", 218, -1, 218, 218}}) {
        CAPTURE(e.file);
        if (!std::filesystem::exists(shared / e.file)) {
            WARN("skipped: " << (shared / e.file) << " is absent");
            continue;
        }
        long long atoms = 0, stress = 0, moments = 0, frames = 0;
        for (auto const& frame : read_extxyz(shared / e.file)) {
            auto const r = to_record(frame);
            ++frames;
            atoms += r.structure.size();
            stress += r.labels.stress.has_value();
            moments += !r.labels.moments.empty();
        }
        CHECK(frames == e.frames);
        if (e.atoms >= 0) CHECK(atoms == e.atoms);
        CHECK(stress == e.stress);
        CHECK(moments == e.moments);
    }
}
