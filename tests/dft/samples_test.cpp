#include <map>
#include <regex>

#include "kamacite/core/units.hpp"
#include "kamacite/dft/pw.hpp"
#include "samples.hpp"

using namespace kamacite;
using namespace kamacite::dft;

namespace {

Start up_for(Structure const& s) {
    return {"ferromagnetic", std::vector<double>(s.positions.size(), 2.5)};
}

bool absent() {
    if (std::filesystem::exists(test::samples() / "README.md")) return false;
    WARN("skipped: " << test::samples() << " is absent");
    return true;
}

Outcome outcome_of(std::filesystem::path const& folder) {
    auto const s = test::asked_for(folder);
    return make_pw({})->read(folder, s, up_for(s));
}

void write(std::filesystem::path const& path, std::string const& text) {
    std::ofstream{path, std::ios::binary} << text;
}

std::string replaced(std::string text, std::string const& what, std::string const& by) {
    auto const at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), by);
}

}  // namespace

TEST_CASE("every real run of pw.x is recognised as what it is", "[dft]") {
    if (absent()) return;
    std::map<std::string, Failure> const expected{
        {"scf_not_converged", Failure::not_converged},
        {"scf_not_converged_120it_hcp", Failure::not_converged},
        {"scf_not_converged_fcc4", Failure::not_converged},
        {"max_seconds", Failure::out_of_time},
        {"stopped_by_EXIT_file", Failure::stopped},
        {"killed_rank_sigkill", Failure::killed},
        {"killed_mpirun_sigterm", Failure::killed},
        {"slurm_timeout_pw", Failure::out_of_time},
        {"bad_pseudo_path", Failure::missing_file},
        {"bad_namelist", Failure::bad_input},
        {"overlap_identical", Failure::bad_geometry},
        {"overlap_near_cdiaghg", Failure::bad_geometry},
    };
    for (auto const& [name, failure] : expected) {
        test::TemporaryFolder const folder;
        test::unpack(name, folder.path());
        auto const outcome = outcome_of(folder.path());
        CAPTURE(name, outcome.explanation);
        CHECK(!outcome.ok());
        REQUIRE(outcome.failure);
        CHECK(name_of(*outcome.failure) == name_of(failure));
        CHECK(!outcome.explanation.empty());
        CHECK(outcome.version == "6.7MaX");
    }
}

TEST_CASE("a converged run gives labels in internal units", "[dft]") {
    if (absent()) return;
    test::TemporaryFolder const folder;
    test::unpack("converged", folder.path());
    auto const outcome = outcome_of(folder.path());
    CAPTURE(outcome.explanation);
    REQUIRE(outcome.ok());
    CHECK(!outcome.failure);
    CHECK(!outcome.collapsed);
    auto const& labels = *outcome.labels;
    // data-file-schema.xml: etot, forces, stress in Hartree units; pw.out: moments
    CHECK_THAT(*labels.energy, WithinAbs(-55.79793593485856 * units::hartree, 1e-9));
    CHECK_THAT(labels.forces[0][0],
               WithinAbs(5.498054906253457e-3 * units::hartree / units::bohr, 1e-12));
    double const p = 1.023288687243204e-4 * units::hartree / std::pow(units::bohr, 3);
    CHECK_THAT((*labels.stress)(0, 0), WithinAbs(-p, 1e-12));
    // kbar as printed, compressed
    CHECK_THAT((*labels.stress)(0, 1), WithinAbs(8.61 * 0.1 * units::GPa, 1e-5));
    CHECK(labels.moments == std::vector{2.4863, 2.4862});
    CHECK(outcome.iterations == 11);
    CHECK_THAT(outcome.seconds, WithinAbs(9.75, 1e-9));
    CHECK_THAT(*outcome.total_moment, WithinAbs(4.84, 1e-9));
    CHECK_THAT(*outcome.absolute_moment, WithinAbs(5.16, 1e-9));
    CHECK_THAT(*outcome.smearing_energy, WithinAbs(-0.00032681 * units::rydberg, 1e-9));

    // Without the XML file the printed digits remain.
    std::filesystem::remove(folder.path() / "data-file-schema.xml");
    auto const printed = outcome_of(folder.path());
    REQUIRE(printed.ok());
    CHECK_THAT(*printed.labels->energy, WithinAbs(*labels.energy, 1e-7));
    for (std::size_t i = 0; i < 2; ++i)
        CHECK((printed.labels->forces[i] - labels.forces[i]).norm() < 1e-6);
    CHECK((*printed.labels->stress - *labels.stress).norm() < 3e-6);
}

TEST_CASE("the other converged runs are read", "[dft]") {
    if (absent()) return;
    for (auto const* const name : {"converged_no_xml", "semicore_uspp_converged"}) {
        test::TemporaryFolder const folder;
        test::unpack(name, folder.path());
        auto const outcome = outcome_of(folder.path());
        CAPTURE(name, outcome.explanation);
        REQUIRE(outcome.ok());
        CHECK(outcome.labels->moments.size() == 2);
        CHECK((outcome.labels->forces[0] + outcome.labels->forces[1]).norm() < 1e-6);
    }
}

TEST_CASE("an XML file of other positions or energies is not taken", "[dft]") {
    if (absent()) return;
    test::TemporaryFolder const folder;
    test::unpack("converged", folder.path());
    auto const xml = test::text_of(folder.path() / "data-file-schema.xml");
    auto const stale = [&](std::string text) {
        // forces that would be seen
        for (auto at = text.find("5.498054906253457e-3"); at != std::string::npos;
             at = text.find("5.498054906253457e-3"))
            text.replace(at, 20, "7.498054906253457e-3");
        write(folder.path() / "data-file-schema.xml", text);
        auto const outcome = outcome_of(folder.path());
        REQUIRE(outcome.ok());
        return outcome.labels->forces[0][0] / (units::hartree / units::bohr);
    };
    CHECK_THAT(stale(xml), WithinAbs(7.498054906253457e-3, 1e-12));  // the same run: taken
    auto moved = xml;
    for (int i = 0; i < 2; ++i)  // in <input> and in <output>
        moved = replaced(moved, "2.777897403199882e0 2.68", "2.797897403199882e0 2.68");
    CHECK_THAT(stale(moved), WithinAbs(5.498055e-3, 1e-8));
    CHECK_THAT(stale(replaced(xml, "-5.579793593485856e1", "-5.579893593485856e1")),
               WithinAbs(5.498055e-3, 1e-8));
    CHECK_THAT(stale(replaced(xml, "<convergence_achieved>true", "<convergence_achieved>false")),
               WithinAbs(5.498055e-3, 1e-8));
    CHECK_THAT(stale(xml.substr(0, xml.size() / 2)), WithinAbs(5.498055e-3, 1e-8));
}

TEST_CASE("too few states are found by the occupation of the highest", "[dft]") {
    if (absent()) return;
    test::TemporaryFolder const folder;
    test::unpack("converged", folder.path());
    auto const path = folder.path() / "data-file-schema.xml";
    auto text = test::text_of(path);
    auto const begin = text.find("<occupations size=\"28\">");
    auto const end = text.find("</occupations>", begin);
    std::string full = "<occupations size=\"28\">";  // 14 states up, 14 down
    for (int i = 0; i < 28; ++i) full += i < 14 ? " 1.0" : " 0.0";
    write(path, text.substr(0, begin) + full + text.substr(end));
    auto const outcome = outcome_of(folder.path());
    CHECK(outcome.failure == Failure::bad_input);
    CHECK(outcome.explanation.find("bands_per_atom") != std::string::npos);
}

TEST_CASE("an output of other atoms is refused", "[dft]") {
    if (absent()) return;
    test::TemporaryFolder const folder;
    test::unpack("converged", folder.path());
    auto const engine = make_pw({});
    auto const s = test::asked_for(folder.path());
    auto const check = [&](Structure const& asked, std::string const& why) {
        auto const outcome = engine->read(folder.path(), asked, up_for(asked));
        CAPTURE(outcome.explanation);
        REQUIRE(outcome.failure == Failure::wrong_structure);
        CHECK(outcome.explanation.find(why) != std::string::npos);
    };
    auto other = s;
    other.positions[1][0] += 0.01;
    check(other, "atom 1");
    other = s;
    other.species[1] = 28;
    check(other, "was asked for");
    check(strained(s, 0.002 * Mat3::Identity()), "the cell differs");
    check(supercell(s, {1, 1, 2}), "was asked for");
    // An image of an atom is the same atom.
    other = s;
    other.positions[1] += s.cell.to_cartesian(Vec3(1, -2, 0));
    CHECK(engine->read(folder.path(), other, up_for(other)).ok());
}

TEST_CASE("an output that is cut off anywhere never gives labels too early", "[dft]") {
    if (absent()) return;
    test::TemporaryFolder const folder;
    test::unpack("converged_no_xml", folder.path());
    auto const whole = test::text_of(folder.path() / "pw.out");
    auto const s = test::asked_for(folder.path());
    auto const engine = make_pw({});
    auto const reference = engine->read(folder.path(), s, up_for(s));
    REQUIRE(reference.ok());
    // All labels stand before this line.
    auto const complete = whole.find("Writing output data file") == std::string::npos
                              ? whole.find("init_run     :")
                              : whole.find("Writing output data file");
    REQUIRE(complete != std::string::npos);
    auto const stress = whole.find("total   stress");
    std::vector<std::size_t> cuts;
    for (std::size_t cut = 0; cut < whole.size(); cut += 200) cuts.push_back(cut);
    for (auto cut = stress - 600; cut < complete; cut += 7) cuts.push_back(cut);
    int with_labels = 0;
    for (auto const cut : cuts) {
        write(folder.path() / "pw.out", whole.substr(0, cut));
        auto const outcome = engine->read(folder.path(), s, up_for(s));
        CAPTURE(cut, outcome.explanation);
        CHECK(outcome.ok() != outcome.failure.has_value());
        if (!outcome.ok()) {
            CHECK(*outcome.failure == Failure::killed);
            continue;
        }
        ++with_labels;
        CHECK(cut > stress);
        CHECK(*outcome.labels->energy == *reference.labels->energy);
        CHECK(outcome.labels->forces == reference.labels->forces);
        CHECK(*outcome.labels->stress == *reference.labels->stress);
        CHECK(outcome.labels->moments == reference.labels->moments);
    }
    CHECK(with_labels > 3);
}

TEST_CASE("both ways of printing moments are read, the last block counts", "[dft]") {
    if (absent()) return;
    test::TemporaryFolder const folder;
    test::unpack("converged_no_xml", folder.path());
    auto text = test::text_of(folder.path() / "pw.out");
    auto const begin = text.find("     Magnetic moment per site:");
    auto const end = text.find("total cpu time", begin);
    REQUIRE(begin != std::string::npos);
    std::string const modern =
        "     Magnetic moment per site  (integrated on atomic sphere of radius R)\n"
        "     atom   1 (R=0.292)  charge=  7.9920  magn=  2.1000\n"
        "     atom   2 (R=0.292)  charge=  7.9920  magn= -2.2000\n\n     ";
    write(folder.path() / "pw.out", text.substr(0, begin) + modern + text.substr(end));
    auto const outcome = outcome_of(folder.path());
    REQUIRE(outcome.ok());
    CHECK(outcome.labels->moments == std::vector{2.1, -2.2});
    CHECK(outcome.collapsed);  // the start was ferromagnetic
    CHECK(outcome.explanation.find("signs") != std::string::npos);
    // Without the block the labels are not complete.
    write(folder.path() / "pw.out", text.substr(0, begin) + text.substr(end));
    CHECK(outcome_of(folder.path()).failure == Failure::incomplete);
}

TEST_CASE("moments that are gone are told, and the labels stay", "[dft]") {
    if (absent()) return;
    test::TemporaryFolder const folder;
    test::unpack("converged_no_xml", folder.path());
    auto text = test::text_of(folder.path() / "pw.out");
    text = std::regex_replace(text, std::regex{"magn: +[0-9.]+"}, "magn:    0.0101");
    write(folder.path() / "pw.out", text);
    auto const outcome = outcome_of(folder.path());
    REQUIRE(outcome.ok());
    CHECK(outcome.collapsed);
    CHECK(outcome.explanation.find("gone") != std::string::npos);
    auto const s = test::asked_for(folder.path());
    CHECK(!make_pw({})->read(folder.path(), s, {"nonmagnetic", {}}).collapsed);
}

TEST_CASE("what the system says beside the output is heard", "[dft]") {
    if (absent()) return;
    auto const with = [](std::string const& name, std::string const& text) {
        test::TemporaryFolder const folder;
        test::unpack("killed_rank_sigkill", folder.path());
        write(folder.path() / name, text);
        return outcome_of(folder.path()).failure;
    };
    CHECK(with("slurm-7.out", "slurmstepd: error: Detected 1 oom-kill event(s)\n") ==
          Failure::out_of_memory);
    CHECK(with("job.err", "forrtl: No space left on device\n") == Failure::disk_full);
    CHECK(with("job.log", "*** JOB 1 CANCELLED DUE TO TIME LIMIT ***\n") == Failure::out_of_time);

    test::TemporaryFolder const empty;
    auto const s = Structure{Cell{2.8 * Mat3::Identity()}, {26}, {Vec3::Zero()}};
    CHECK(make_pw({})->read(empty.path(), s, up_for(s)).failure == Failure::killed);
    CHECK(make_pw({})->read(empty.path() / "nowhere", s, up_for(s)).failure == Failure::killed);
    write(empty.path() / "pw.err", "bash: line 1: pw.x: command not found\n");
    CHECK(make_pw({})->read(empty.path(), s, up_for(s)).failure == Failure::missing_program);
    // Bytes that mean nothing.
    std::string noise;
    for (int i = 0; i < 20000; ++i) noise += static_cast<char>((i * 7919) % 251);
    write(empty.path() / "pw.out", noise);
    write(empty.path() / "data-file-schema.xml", noise);
    CHECK(!make_pw({})->read(empty.path(), s, up_for(s)).ok());
}
