#include "kamacite/formats/any.hpp"
#include "kamacite/formats/pw_output.hpp"
#include "kamacite/formats/vasp_output.hpp"

#include "files.hpp"
#include "kamacite/core/units.hpp"

using namespace kamacite;
using namespace kamacite::formats;

namespace {

std::string data(std::string const& name) {
    return test::text_of(test::data_file(name));
}

std::string replaced(std::string text, std::string const& what, std::string const& by,
                     std::size_t from = 0) {
    auto const at = text.find(what, from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), by);
}

}  // namespace

TEST_CASE("every step of a relaxation by pw.x is a record", "[formats]") {
    auto const path = test::data_file("qe/relax.pw.out");
    auto const records = read_any(path, guess_format(path));
    REQUIRE(records.size() == 3);
    CHECK((records[0].structure.positions[1] - Vec3(1.47, 1.42, 1.40)).norm() < 1e-5);
    CHECK((records[0].structure.cell.rows().row(1) - Vec3(0.03, 2.84, 0).transpose()).norm() <
          1e-5);
    // The energy of a step belongs to the positions before it.
    std::vector<double> const energies{-111.46622481, -111.46635343, -111.46646206};
    for (std::size_t i = 0; i < 3; ++i) {
        auto const& r = records[i];
        CHECK_THAT(*r.labels.energy, WithinAbs(energies[i] * units::rydberg, 1e-7));
        CHECK(r.labels.forces.size() == 2);
        CHECK(r.labels.moments.size() == 2);
        CHECK(r.labels.stress);
        CHECK(r.structure.species == std::vector{26, 26});
        CHECK(r.source == path.string() + "@" + std::to_string(i));
        CHECK(r.trajectory == path.string());
        CHECK(r.level == records[0].level);
    }
    CHECK(records[0].level.find("3cae1d5f116da51a7024c0f8e103d580") != std::string::npos);
    CHECK(records[0].level.find("\"ecutwfc_Ry\":25.0") != std::string::npos);

    // The XML file tells the same with more digits.
    auto const xml = test::data_file("qe/data-file-schema.xml");
    REQUIRE(guess_format(xml) == Format::pw_xml);
    auto const exact = read_any(xml, Format::pw_xml);
    REQUIRE(exact.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK_THAT(*exact[i].labels.energy, WithinAbs(*records[i].labels.energy, 1e-7));
        for (std::size_t k = 0; k < 2; ++k) {
            CHECK((exact[i].structure.positions[k] - records[i].structure.positions[k]).norm() <
                  1e-5);
            CHECK((exact[i].labels.forces[k] - records[i].labels.forces[k]).norm() < 1e-6);
        }
    }
}

TEST_CASE("cells that change, crystal and bohr coordinates of pw.x are followed", "[formats]") {
    auto const relaxed = read_any(test::data_file("qe/vc_relax.pw.out"), Format::pw_output);
    REQUIRE(relaxed.size() == 3);
    Mat3 const& first = relaxed[0].structure.cell.rows();
    CHECK((relaxed[0].structure.positions[1] - first.transpose() * Vec3(0.52, 0.5, 0.49)).norm() <
          1e-5);
    CHECK((relaxed[1].structure.cell.rows() - first).norm() > 1e-3);
    // The energies go down along the forces and stresses.
    for (std::size_t i = 1; i < 3; ++i)
        CHECK(*relaxed[i].labels.energy < *relaxed[i - 1].labels.energy);

    auto const md = read_any(test::data_file("qe/md.pw.out"), Format::pw_output);
    REQUIRE(md.size() == 3);
    CHECK((md[0].structure.positions[1] - units::bohr * Vec3(2.777, 2.683, 2.645)).norm() < 1e-5);
    // Newton: the second step moves along the force.
    Vec3 const moved = md[1].structure.positions[1] - md[0].structure.positions[1];
    CHECK(moved.normalized().dot(md[0].labels.forces[1].normalized()) > 0.99);
}

TEST_CASE("steps that did not converge, and the last of what is cut off, are left out",
          "[formats]") {
    test::TemporaryFolder const folder;
    auto const text = data("qe/relax.pw.out");
    auto const second = text.find("convergence has been achieved", text.find("achieved") + 20);
    auto const path = folder.file("a.pw.out", replaced(text, "convergence has been achieved",
                                                       "convergence NOT achieved", second));
    auto const index = index_any(path, Format::pw_output);
    CHECK(index.size() == 2);
    CHECK(index.left_out.find("step 1 (counted from 0) did not converge") != std::string::npos);
    auto const records = read_any(index, Format::pw_output);
    CHECK(records[1].source == path.string() + "@2");

    for (std::size_t cut = 0; cut < text.find("JOB DONE"); cut += 97) {
        CAPTURE(cut);
        auto const usable = usable_steps(parse_pw_output(text.substr(0, cut)), "x");
        auto const begun = parse_pw_output(text.substr(0, cut)).steps.size();
        CHECK(usable.records.size() == (begun == 0 ? 0 : begun - 1));
        CHECK(!usable.left_out.empty());
    }
    auto const failed = folder.file("failed.out", text.substr(0, text.find("iteration #  2")));
    CHECK(guess_format(failed) == Format::pw_output);
    CHECK(index_any(failed, Format::pw_output).size() == 0);
    test::check_complaint([&] { (void)read_pw_output(failed); }, failed.string(), "no labels");
    CHECK(read_pw_output(path).source == path.string() + "@2");
}

TEST_CASE("the files of VASP are read step by step", "[formats]") {
    // By hand after the grammar of VASP's files.
    test::TemporaryFolder const folder;
    auto const xml = data("vasp/vasprun.xml");
    auto const begin = xml.find(" <calculation>");
    auto const end = xml.find("</modeling>");
    auto const step = xml.substr(begin, end - begin);
    std::string scsteps;
    for (int i = 0; i < 117; ++i) scsteps += "  <scstep></scstep>\n";
    auto const all = [&](std::string const& second) {
        return xml.substr(0, begin) + step + second + replaced(step, "-24.12345678", "-24.5") +
               "</modeling>\n";
    };
    auto moved = replaced(step, "0.02000000", "0.03000000");
    auto const path = folder.file("vasprun.xml", all(moved));
    REQUIRE(guess_format(path) == Format::vasprun);
    auto records = read_any(path, Format::vasprun);
    REQUIRE(records.size() == 3);
    CHECK(records[0].structure.species == std::vector{26, 26, 6});
    CHECK((records[1].structure.positions[1] - Vec3(2.05, 2, 0.126)).norm() < 1e-9);
    CHECK(records[0].labels.forces[2] == Vec3(0.30, 0.05, -0.20));
    CHECK_THAT((*records[0].labels.stress)(1, 2), WithinAbs(2.5 * 0.1 * units::GPa, 1e-9));
    CHECK(records[0].labels.moments.empty());
    CHECK(records[0].level == R"({"ENCUT":400.0,"GGA":"--","ISMEAR":1,)"
                              R"("POTCAR":["PAW_PBE Fe 06Sep2000","PAW_PBE C 08Apr2002"],)"
                              R"("SIGMA":0.15,"program":"VASP","version":"6.3.0"})");
    // As many iterations as NELM allows: not converged.
    auto const unconverged = folder.file(
        "vasprun.2.xml", all(replaced(moved, "  <structure>", scsteps + "  <structure>")));
    CHECK(index_any(unconverged, Format::vasprun).size() == 2);
    for (std::size_t cut = 0; cut < xml.size(); cut += 53)
        CHECK(usable_steps(parse_vasprun(xml.substr(0, cut)), "x").records.empty());

    auto const outcar = folder.file("OUTCAR", data("vasp/OUTCAR"));
    auto const one = read_any(outcar, guess_format(outcar));
    REQUIRE(one.size() == 1);
    CHECK(one[0].level == records[0].level);
    CHECK(one[0].labels.moments == std::vector{2.301, 2.112, -0.101});
    CHECK(*one[0].labels.energy == -24.12345678);
    CHECK((one[0].structure.positions[2] - Vec3(1.05, 2, 2.1)).norm() < 1e-9);
    // An OUTCAR beside the XML file of the same run gives the moments; of another it does not.
    CHECK(read_any(path, Format::vasprun)[0].labels.moments.empty());
    (void)folder.file("vasprun.xml", xml);
    CHECK(read_vasprun(path).labels.moments == std::vector{2.301, 2.112, -0.101});
    CHECK(read_any(path, Format::vasprun)[0].labels.moments.size() == 3);
    CHECK(read_outcar(outcar).name == outcar.string());
}

TEST_CASE("names of kinds of atoms are elements", "[formats]") {
    for (auto const& [label, z] : {std::pair{"Fe", 26},
                                   {"Fe1", 26},
                                   {"fe", 26},
                                   {"C2", 6},
                                   {"Fe_up", 26},
                                   {"C", 6},
                                   {"Cx", 6},
                                   {"1", 0},
                                   {"", 0},
                                   {"Qq", 0}})
        CHECK(element_of_label(label) == z);
}
