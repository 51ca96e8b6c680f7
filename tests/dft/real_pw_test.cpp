// Runs pw.x on small cells of iron through what the engine writes, as a job would.
#include <cstdlib>

#include "kamacite/dft/magnetic_starts.hpp"
#include "kamacite/dft/pw.hpp"
#include "samples.hpp"

using namespace kamacite;
using namespace kamacite::dft;

namespace {

bool absent() {
    if (std::system("command -v pw.x > /dev/null 2>&1") == 0 &&
        std::filesystem::exists(test::pseudopotentials() / "Fe.pbe-nd-rrkjus.UPF"))
        return false;
    WARN("skipped: pw.x or its pseudopotentials are absent");
    return true;
}

Structure displaced() {
    return {Cell{(Mat3() << 2.84, 0.03, 0, 0.03, 2.84, 0, 0, 0, 2.86).finished()},
            {26, 26},
            {Vec3::Zero(), Vec3(1.47, 1.42, 1.40)}};
}

Structure primitive(double a = 2.84) {
    double const h = 0.5 * a;
    return {Cell{(Mat3() << -h, h, h, h, -h, h, h, h, -h).finished()}, {26}, {Vec3::Zero()}};
}

struct Ran {
    Outcome outcome;
    int code = 0;      // what the script ended with
    std::string text;  // pw.out
};

Ran run(PwSettings const& settings, Structure const& s, Start const& start,
        Remedy const& remedy = {}) {
    auto const engine = make_pw(settings);
    test::TemporaryFolder const folder;
    for (auto const& [name, text] : engine->input_files(s, start, remedy))
        (void)folder.file(name, text);
    (void)folder.file("job.sh", engine->script(remedy));
    // pw.x alone is a program of one rank; it must not take itself for one of the test's.
    auto const line = "cd '" + folder.path().string() +
                      "' && env $(env | sed -n 's/^\\(OMPI_[A-Za-z0-9_]*\\|PMIX_[A-Za-z0-9_]*\\)=.*/"
                      "-u \\1/p' | grep -v MCA_mpi_yield) OMP_NUM_THREADS=1 "
                      "OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 bash job.sh";
    int const code = WEXITSTATUS(std::system(line.c_str()));
    return {engine->read(folder.path(), s, start), code, test::text_of(folder.path() / "pw.out")};
}

double energy_of(Structure const& s) {
    auto const ran = run(test::cheap_settings(), s, ferromagnetic_start(s));
    CAPTURE(ran.outcome.explanation);
    REQUIRE(ran.outcome.ok());
    return *ran.outcome.labels->energy;
}

}  // namespace

TEST_CASE("forces and stress of pw.x are the slopes of its energies", "[dft]") {
    if (absent()) return;
    auto const s = displaced();
    auto const ran = run(test::cheap_settings(), s, ferromagnetic_start(s));
    CAPTURE(ran.outcome.explanation);
    REQUIRE(ran.outcome.ok());
    CHECK(ran.code == 0);
    CHECK(!ran.outcome.collapsed);
    auto const& labels = *ran.outcome.labels;
    REQUIRE(labels.forces.size() == 2);
    CHECK((labels.forces[0] + labels.forces[1]).norm() < 2e-3);
    for (double const m : labels.moments) CHECK((m > 1.5 && m < 3.0));

    double const h = 0.02;  // Å
    auto const moved = [&](double by) {
        auto other = s;
        other.positions[1][0] += by;
        return energy_of(other);
    };
    CHECK_THAT(labels.forces[1][0], WithinAbs(-(moved(h) - moved(-h)) / (2.0 * h), 0.03));

    double const e = 0.01;
    auto const sheared = [&](double by) {
        Mat3 strain = Mat3::Zero();
        strain(0, 1) = strain(1, 0) = by;
        return energy_of(strained(s, strain));
    };
    double const slope = (sheared(e) - sheared(-e)) / (2.0 * e);
    CHECK_THAT((*labels.stress)(0, 1), WithinAbs(slope / (2.0 * s.cell.volume()), 0.005));
}

TEST_CASE("an antiferromagnetic start stays antiferromagnetic or is called collapsed", "[dft]") {
    if (absent()) return;
    double const a = 2.87;
    Structure const s{
        Cell{a * Mat3::Identity()}, {26, 26}, {Vec3::Zero(), Vec3::Constant(0.5 * a)}};
    auto const start = antiferromagnetic_start(s);
    REQUIRE(start);
    std::vector<Outcome> outcomes{run(test::cheap_settings(), s, *start).outcome,
                                  run(test::cheap_settings(), s, ferromagnetic_start(s)).outcome,
                                  run(test::cheap_settings(), s, nonmagnetic_start()).outcome};
    for (auto const& outcome : outcomes) {
        CAPTURE(outcome.explanation);
        REQUIRE(outcome.ok());
    }
    auto const& m = outcomes[0].labels->moments;
    CAPTURE(m);
    CHECK((outcomes[0].collapsed || m[0] * m[1] < 0.0));
    CHECK(outcomes[2].labels->moments == std::vector{0.0, 0.0});
    auto const lowest = pick_lowest(outcomes);  // which of the magnetic ones, k-points decide
    REQUIRE(lowest);
    CHECK(*lowest != 2);
}

TEST_CASE("every rung of the ladder reaches the same energy", "[dft]") {
    if (absent()) return;
    auto settings = test::cheap_settings();
    settings.k_mesh = {{3, 3, 3}};
    auto const s = primitive();
    auto const start = ferromagnetic_start(s);
    auto const reference = run(settings, s, start).outcome;
    CAPTURE(reference.explanation);
    REQUIRE(reference.ok());
    for (int rung = 1; make_pw(settings)->has_rung(rung); ++rung) {
        auto const ran = run(settings, s, start, {rung, 300.0, 1});
        auto const& outcome = ran.outcome;
        CAPTURE(rung, outcome.explanation);
        REQUIRE(outcome.ok());
        CHECK_THAT(*outcome.labels->energy, WithinAbs(*reference.labels->energy, 1e-5));
        // The last rung goes on from the density that it made first.
        CHECK((ran.text.find("initial density is read from file") != std::string::npos) ==
              !make_pw(settings)->has_rung(rung + 1));
        CHECK_THAT(outcome.labels->moments[0], WithinAbs(reference.labels->moments[0], 0.02));
    }
}

TEST_CASE("what cannot be calculated is recognised", "[dft]") {
    if (absent()) return;
    auto const settings = test::cheap_settings();
    auto const failure = [](Ran const& ran) {
        CAPTURE(ran.outcome.explanation);
        CHECK(ran.code != 0);
        REQUIRE(ran.outcome.failure);
        return name_of(*ran.outcome.failure);
    };
    auto s = displaced();
    s.positions[1] = s.positions[0];
    CHECK(failure(run(settings, s, ferromagnetic_start(s))) == "bad geometry");

    auto wrong = settings;
    wrong.extra["system"] = "  no_such_key = 1";
    CHECK(failure(run(wrong, displaced(), ferromagnetic_start(displaced()))) == "bad input");
    wrong = settings;
    wrong.command = "no_such_pw.x";
    CHECK(failure(run(wrong, displaced(), ferromagnetic_start(displaced()))) == "missing program");
    wrong = settings;
    wrong.steps = 2;
    CHECK(failure(run(wrong, primitive(), ferromagnetic_start(primitive()))) == "not converged");
    auto k = settings;
    k.k_mesh = {{6, 6, 6}};
    CHECK(failure(run(k, displaced(), ferromagnetic_start(displaced()), {0, 2.0, 1})) ==
          "out of time");

    wrong = settings;
    wrong.extra["system"] = "  nbnd = 5";  // the last one counts
    auto const few = run(wrong, primitive(), ferromagnetic_start(primitive())).outcome;
    CAPTURE(few.explanation);
    CHECK(few.failure == Failure::bad_input);
    CHECK(few.explanation.find("bands_per_atom") != std::string::npos);

    // The pseudopotential was there when the input was written, and is not when it is read.
    test::TemporaryFolder const folder;
    std::filesystem::copy_file(test::pseudopotentials() / "Fe.pbe-nd-rrkjus.UPF",
                               folder.path() / "Fe.UPF");
    wrong = settings;
    wrong.pseudopotential_directory = folder.path();
    wrong.pseudopotentials = {{"Fe", "Fe.UPF"}};
    wrong.command = "rm '" + (folder.path() / "Fe.UPF").string() + "'; pw.x";
    CHECK(failure(run(wrong, primitive(), ferromagnetic_start(primitive()))) == "missing file");
}
