#include "kamacite/dft/vasp.hpp"

#include <nlohmann/json.hpp>

#include "samples.hpp"

using namespace kamacite;
using namespace kamacite::dft;

// The files are made by hand after the documented grammar: no output of VASP itself is at hand.
namespace {

Structure const fe2c{Cell{(Mat3() << 4, 0, 0, 0.1, 4, 0, 0, 0, 4.2).finished()},
                     {26, 6, 26},  // POSCAR has them as Fe Fe C
                     {Vec3(0, 0, 0), Vec3(1.05, 2, 2.1), Vec3(2.05, 2, 0.084)}};
Start const start{"ferromagnetic", {2.5, 0.0, 2.4}};

std::string data(std::string const& name) {
    return test::text_of(test::data_file("vasp/" + name));
}

Outcome read(std::map<std::string, std::string> const& files, Structure const& s = fe2c,
             Start const& from = start) {
    test::TemporaryFolder const folder;
    for (auto const& [name, text] : files) (void)folder.file(name, text);
    return make_vasp({})->read(folder.path(), s, from);
}

std::string without(std::string text, std::string const& part) {
    auto const at = text.find(part);
    REQUIRE(at != std::string::npos);
    return text.erase(at, part.size());
}

VaspSettings settings_in(test::TemporaryFolder const& folder) {
    VaspSettings settings;
    settings.potcars = {{"Fe", folder.file("POTCAR.Fe", " PAW_PBE Fe 06Sep2000\nFe data\n")},
                        {"C", folder.file("POTCAR.C", " PAW_PBE C 08Apr2002\nC data\n")}};
    settings.command = "sh vasp_std {processes}";
    return settings;
}

}  // namespace

TEST_CASE("VASP's labels come back in the order of the structure", "[dft]") {
    for (bool const xml : {true, false}) {
        std::map<std::string, std::string> files{{"OUTCAR", data("OUTCAR")}};
        if (xml) files["vasprun.xml"] = data("vasprun.xml");
        auto const outcome = read(files);
        CAPTURE(xml, outcome.explanation);
        REQUIRE(outcome.ok());
        auto const& labels = *outcome.labels;
        CHECK_THAT(*labels.energy, WithinAbs(-24.12345678, 1e-9));
        CHECK((labels.forces[0] - Vec3(0.10, -0.20, 0.30)).norm() < 1e-9);
        CHECK((labels.forces[1] - Vec3(0.30, 0.05, -0.20)).norm() < 1e-9);
        CHECK((labels.forces[2] - Vec3(-0.40, 0.15, -0.10)).norm() < 1e-9);
        CHECK(labels.moments == std::vector{2.301, -0.101, 2.112});
        double const kbar = 0.1 * units::GPa;
        auto const& s = *labels.stress;
        CHECK_THAT(s(0, 0), WithinAbs(-12.5 * kbar, 1e-9));
        CHECK_THAT(s(1, 1), WithinAbs(3.25 * kbar, 1e-9));
        CHECK_THAT(s(0, 1), WithinAbs(-1.5 * kbar, 1e-9));
        CHECK_THAT(s(1, 2), WithinAbs(2.5 * kbar, 1e-9));
        CHECK_THAT(s(2, 0), WithinAbs(-0.75 * kbar, 1e-9));
        CHECK(s == s.transpose());
        CHECK(outcome.version == "6.3.0");
        CHECK(outcome.iterations == 3);
        CHECK_THAT(outcome.seconds, WithinAbs(12.5, 1e-9));
        CHECK_THAT(*outcome.total_moment, WithinAbs(4.5, 1e-9));
        CHECK(!outcome.collapsed);
    }
}

TEST_CASE("runs of VASP that failed are recognised", "[dft]") {
    auto const outcar = data("OUTCAR");
    auto const converged =
        "------------------------ aborting loop because EDIFF is reached "
        "----------------------------------------";
    auto const unconverged = without(outcar, converged);
    auto const failure = [](std::map<std::string, std::string> const& files) {
        auto const outcome = read(files);
        CAPTURE(outcome.explanation);
        REQUIRE(outcome.failure);
        return name_of(*outcome.failure);
    };
    CHECK(failure({{"OUTCAR", unconverged}}) == "not converged");
    CHECK(failure({{"OUTCAR", unconverged + " hard stop encountered!  aborting job ...\n"}}) ==
          "out of time");
    CHECK(failure({{"OUTCAR", outcar.substr(0, outcar.find("magnetization (x)"))}}) == "killed");
    CHECK(failure({}) == "killed");
    CHECK(failure({{"vasp.err", "bash: vasp_std: command not found\n"}}) == "missing program");
    CHECK(failure({{"OUTCAR", outcar.substr(0, 300)},
                   {"vasp.out", " LAPACK: Routine ZPOTRF failed!  2 1 1\n"}}) == "not converged");
    CHECK(failure({{"OUTCAR", outcar.substr(0, 300)}, {"slurm-1.out", "DUE TO TIME LIMIT\n"}}) ==
          "out of time");
    auto const silent = without(outcar, "magnetization (x)");
    CHECK(failure({{"OUTCAR", silent}}) == "incomplete");
    auto other = fe2c;
    other.positions[1][2] += 0.01;
    CHECK(read({{"OUTCAR", outcar}}, other).failure == Failure::wrong_structure);
    // A vasprun.xml of another run is not taken.
    auto xml = data("vasprun.xml");
    for (auto at = xml.find("-24.12345678"); at != std::string::npos; at = xml.find("-24.12345678"))
        xml.replace(at, 12, "-25.12345678");
    auto const outcome = read({{"OUTCAR", outcar}, {"vasprun.xml", xml}});
    REQUIRE(outcome.ok());
    CHECK(*outcome.labels->energy == -24.12345678);
}

TEST_CASE("an OUTCAR that is cut off anywhere never gives labels too early", "[dft]") {
    auto const outcar = data("OUTCAR");
    auto const reference = read({{"OUTCAR", outcar}});
    auto const whole = outcar.find('\n', outcar.find("free  energy   TOTEN")) + 1;
    auto const xml = data("vasprun.xml");
    for (std::size_t cut = 0; cut < outcar.size(); cut += 31) {
        auto const outcome = read({{"OUTCAR", outcar.substr(0, cut)},
                                   {"vasprun.xml", xml.substr(0, std::min(cut, xml.size()))}});
        CAPTURE(cut);
        CHECK(outcome.ok() == (cut >= whole));
        if (outcome.ok()) CHECK(outcome.labels->forces == reference.labels->forces);
    }
}

TEST_CASE("VASP's input has the atoms by element and what labels need", "[dft]") {
    test::TemporaryFolder const folder;
    auto settings = settings_in(folder);
    settings.incar["LASPH"] = ".FALSE.";
    auto const engine = make_vasp(settings);
    auto const files = engine->input_files(fe2c, start, {0, 600.0, 2});
    CHECK(files.at("POTCAR") == " PAW_PBE Fe 06Sep2000\nFe data\n PAW_PBE C 08Apr2002\nC data\n");
    CHECK(files.at("POSCAR").find("Fe C\n2 1\nCartesian\n0.0 0.0 0.0\n2.05 2.0 0.084\n1.05") !=
          std::string::npos);
    CHECK(files.at("KPOINTS") == "kamacite\n0\nGamma\n7 7 6\n0 0 0\n");
    for (auto const* const line :
         {"ISPIN = 2\n", "MAGMOM = 2.5 2.4 0\n", "LORBIT = 11\n", "NSW = 0\n", "ENCUT = 400\n"})
        CHECK(files.at("INCAR").find(line) != std::string::npos);
    CHECK(engine->input_files(fe2c, {"nonmagnetic", {}}, {}).at("INCAR").find("ISPIN = 1") !=
          std::string::npos);
    // Left-handed vectors, which VASP refuses, are put in another order.
    Mat3 rows = fe2c.cell.rows();
    rows.row(0).swap(rows.row(2));
    auto const left = engine->input_files({Cell{rows}, fe2c.species, fe2c.positions}, start, {});
    CHECK(left.at("POSCAR").find("1.0\n0.1 4.0 0.0\n0.0 0.0 4.2\n4.0 0.0 0.0\n") !=
          std::string::npos);
    CHECK(read({{"OUTCAR", data("OUTCAR")}}).ok());

    // Lines of ours that are given otherwise are replaced, but for what a remedy changes.
    settings.incar = {{"Lreal", "Auto"}, {"ALGO", "Fast"}};
    auto const other = make_vasp(settings);
    auto const lines_of = [&](int rung, std::string const& key) {
        auto const text = other->input_files(fe2c, start, {rung, 600.0, 2}).at("INCAR");
        std::string found;
        for (auto const line : formats::whole_lines(text))
            if (line.starts_with(key + " ")) found += std::string{line} + ";";
        return found;
    };
    CHECK(lines_of(0, "LREAL") == "LREAL = Auto;");
    CHECK(lines_of(0, "ALGO") == "ALGO = Fast;");
    CHECK(lines_of(2, "LREAL") == "LREAL = Auto;");
    CHECK(lines_of(2, "ALGO") == "ALGO = All;");
    CHECK(!nlohmann::json::parse(other->level()).contains("LREAL"));

    settings.incar["ispin"] = "1";
    CHECK_THROWS_AS(make_vasp(settings), InputError);
    auto nickel = fe2c;
    nickel.species[0] = 28;
    test::check_complaint([&] { (void)engine->input_files(nickel, start, {}); }, "Ni", "no POTCAR");
    CHECK(engine->obstacles().size() == 1);  // vasp_std is not here
    CHECK(nlohmann::json::parse(engine->level()).at("POTCAR").at("Fe").at("title") ==
          "PAW_PBE Fe 06Sep2000");
}

TEST_CASE("VASP's script stops the program in time and ends with its code", "[dft]") {
    test::TemporaryFolder const folder;
    auto const engine = make_vasp(settings_in(folder));
    // Waits to be told to stop, as VASP does.
    (void)folder.file(
        "vasp_std",
        "test -e OUTCAR && exit 3\n"
        "for i in $(seq 100); do test -e STOPCAR && cat STOPCAR && exit 7; sleep 0.05; "
        "done; exit 1\n");
    (void)folder.file("OUTCAR", "of an earlier run\n");
    (void)folder.file("job.sh", engine->script({0, 1.0, 2}));
    auto const line = "cd '" + folder.path().string() + "' && bash job.sh";
    CHECK(WEXITSTATUS(std::system(line.c_str())) == 7);
    CHECK(test::text_of(folder.path() / "vasp.out") == "LABORT = .TRUE.\n");
    // One that ends before leaves nothing that waits.
    (void)folder.file("vasp_std", "exit 5\n");
    (void)folder.file("job.sh", engine->script({0, 4321.0, 2}) +
                                    "code=$?; sleep 0.2; jobs -l > left; exit $code\n");
    CHECK(WEXITSTATUS(std::system(line.c_str())) == 5);
    CHECK(test::text_of(folder.path() / "left").find("Running") == std::string::npos);
    CHECK(!std::filesystem::exists(folder.path() / "STOPCAR"));
    CHECK(std::system("pgrep -fx 'sleep 4105' > /dev/null") != 0);
    CHECK(engine->has_rung(3));
    CHECK(!engine->has_rung(4));
    CHECK(engine->script({3, 0.0, 2}).find("cp INCAR.first INCAR") != std::string::npos);
}
