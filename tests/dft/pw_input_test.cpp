#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "kamacite/dft/pw.hpp"
#include "samples.hpp"

using namespace kamacite;
using namespace kamacite::dft;

namespace {

Structure bcc(double a = 2.87) {
    return {Cell{a * Mat3::Identity()}, {26, 26}, {Vec3::Zero(), Vec3::Constant(0.5 * a)}};
}

/// A header is all that is read of a pseudopotential.
PwSettings settings_in(test::TemporaryFolder const& folder) {
    (void)folder.file("Fe.UPF",
                      "<UPF version=\"2.0.1\">\n<PP_HEADER element=\"Fe\" z_valence=\"8.0e0\"/>\n");
    (void)folder.file("C.upf", "<PP_HEADER>\n    4.00000000000      Z valence\n");
    PwSettings settings;
    settings.command = "mpirun -np {processes} pw.x -nk {processes}";
    settings.pseudopotential_directory = folder.path();
    settings.pseudopotentials = {{"Fe", "Fe.UPF"}, {"C", "C.upf"}};
    return settings;
}

bool has(std::string const& text, std::string const& part) {
    CAPTURE(text, part);
    auto const found = text.find(part) != std::string::npos;
    CHECK(found);
    return found;
}

}  // namespace

TEST_CASE("pw.in has what the settings, the start and the remedy say", "[dft]") {
    test::TemporaryFolder const folder;
    auto settings = settings_in(folder);
    settings.extra["system"] = "  nosym = .true.";
    auto const engine = make_pw(settings);
    auto const files = engine->input_files(bcc(), {"ferromagnetic", {2.5, 2.5}}, {0, 1000.0, 4});
    REQUIRE(files.size() == 1);
    auto const& text = files.at("pw.in");
    has(text, "nat = 2\n");
    has(text, "ntyp = 1\n");
    has(text, "ecutwfc = 40\n");
    has(text, "ecutrho = 400\n");
    has(text, "nbnd = 15\n");  // 2 · 6.5 + 2
    has(text, "degauss = 0.02\n");
    has(text, "nspin = 2\n  starting_magnetization(1) = 0.312500\n");
    has(text, "nosym = .true.\n/\n");
    has(text, "conv_thr = 2e-08\n");
    has(text, "max_seconds = 950\n");
    has(text, "tprnfor = .true.\n  tstress = .true.\n");
    has(text, "Fe 1.435 1.435 1.435\n");
    has(text, "  9 9 9 0 0 0\n");  // 2π/(2.87 · 0.25) = 8.76
    has(text, "pseudo_dir = '" + folder.path().string());
    CHECK(engine->script({0, 0.0, 4}) ==
          "rm -rf scratch pw.out pw.err pw.first.out pw.first.err\n"
          "code=0\n"
          "mpirun -np 4 pw.x -nk 4 -in pw.in > pw.out 2> pw.err || code=$?\n"
          "rm -f scratch/*.wfc* scratch/pw.save/wfc*\n( exit \"$code\" )\n");
}

TEST_CASE("atoms of one element with moments of two signs are two species", "[dft]") {
    test::TemporaryFolder const folder;
    auto const engine = make_pw(settings_in(folder));
    auto const text =
        engine->input_files(bcc(), {"antiferromagnetic", {2.5, -2.0}}, {}).at("pw.in");
    has(text, "ntyp = 2\n");
    has(text, "starting_magnetization(1) = 0.312500\n  starting_magnetization(2) = -0.250000\n");
    has(text, "  Fe1 55.845");
    has(text, "  Fe1 0.0 0.0 0.0\n  Fe2 1.435 1.435 1.435\n");
    CHECK(text.find("max_seconds") == std::string::npos);

    auto s = bcc();
    s.species[1] = 6;
    auto const steel = engine->input_files(s, {"ferromagnetic", {2.5, 0.0}}, {}).at("pw.in");
    has(steel, "  Fe 55.845");
    has(steel, "  C 12.01");
    has(steel, "starting_magnetization(2) = 0.000000\n");
    for (auto const& start : {Start{"nonmagnetic", {}}, Start{"ferromagnetic", {0.0, 0.0}}}) {
        auto const none = engine->input_files(s, start, {}).at("pw.in");
        has(none, "nspin = 1\n");
        CHECK(none.find("starting_magnetization") == std::string::npos);
    }
}

TEST_CASE("the ladder changes the way to the density, not what it is", "[dft]") {
    test::TemporaryFolder const folder;
    auto const engine = make_pw(settings_in(folder));
    Start const start{"ferromagnetic", {2.5, 2.5}};
    auto const on = [&](int rung) { return engine->input_files(bcc(), start, {rung, 100.0, 1}); };
    has(on(1).at("pw.in"), "mixing_beta = 0.2\n");
    has(on(2).at("pw.in"), "local-TF");
    has(on(3).at("pw.in"), "diagonalization = 'cg'");
    auto const last = on(4);
    has(last.at("pw.first.in"), "degauss = 0.06\n");
    has(last.at("pw.first.in"), "max_seconds = 50\n");
    has(last.at("pw.in"), "degauss = 0.02\n");
    has(last.at("pw.in"), "startingpot = 'file'");
    has(engine->script({4, 0.0, 2}), "pw.x -nk 2 -in pw.first.in > pw.first.out");
    for (int rung = 0; rung < 5; ++rung) {
        CHECK(engine->has_rung(rung));
        auto const text = on(rung).at("pw.in");
        auto const system =
            text.substr(text.find("&SYSTEM"), text.find("&ELECTRONS") - text.find("&SYSTEM"));
        has(on(0).at("pw.in"), system);
        has(text, "conv_thr = 2e-08\n");
    }
    CHECK(!engine->has_rung(5));
    CHECK(!engine->has_rung(-1));
}

TEST_CASE("a level is the same for the same settings, wherever the files are", "[dft]") {
    test::TemporaryFolder const here, there;
    auto settings = settings_in(here);
    auto const level = make_pw(settings)->level();
    CHECK(nlohmann::json::parse(level).at("pseudopotentials").at("Fe").at("file") == "Fe.UPF");
    CHECK(nlohmann::json::parse(level).dump() == level);  // canonical
    auto const same = [&](auto const& change) {
        auto other = settings_in(there);
        change(other);
        return make_pw(other)->level() == level;
    };
    CHECK(same([](auto&) {}));
    CHECK(same([](auto& s) {
        s.mixing_beta = 0.1;
        s.command = "pw.x";
        s.steps = 7;
        s.disk_io = "none";
    }));
    CHECK(!same([](auto& s) { s.ecutwfc *= 1.1; }));
    CHECK(!same([](auto& s) { s.k_spacing = 0.21; }));
    CHECK(!same([](auto& s) { s.k_mesh = {{4, 4, 4}}; }));
    CHECK(!same([](auto& s) { s.smearing_width *= 0.5; }));
    CHECK(!same([](auto& s) { s.smearing = "mp"; }));
    CHECK(!same([](auto& s) { s.convergence *= 0.1; }));
    CHECK(!same([](auto& s) { s.extra["system"] = "nosym=.true."; }));
    CHECK(!same([](auto& s) { s.starts = {"nonmagnetic"}; }));
    CHECK(!same([](auto& s) { s.starts = {"ferromagnetic", "antiferromagnetic"}; }));
    auto both = settings_in(here), turned = settings_in(here);
    both.starts = {"ferromagnetic", "antiferromagnetic"};
    turned.starts = {"antiferromagnetic", "ferromagnetic"};
    CHECK(make_pw(both)->level() == make_pw(turned)->level());
    (void)there.file("Fe.UPF", "<PP_HEADER element=\"Fe\" z_valence=\"16\"/>\n");
    auto other = settings_in(there);
    (void)there.file("Fe.UPF", "<PP_HEADER element=\"Fe\" z_valence=\"16\"/>\n");
    CHECK(make_pw(other)->level() != level);
}

TEST_CASE("what pw.x cannot be given is refused", "[dft]") {
    test::TemporaryFolder const folder;
    auto const settings = settings_in(folder);
    auto s = bcc();
    s.species[0] = 28;
    test::check_complaint(
        [&] {
            (void)make_pw(settings)->input_files(s, {"nonmagnetic", {}}, {});
        },
        "FeNi", "no pseudopotential");
    s = bcc();
    s.cell = Cell{s.cell.rows(), {true, true, false}};
    test::check_complaint(
        [&] {
            (void)make_pw(settings)->input_files(s, {"nonmagnetic", {}}, {});
        },
        "Fe2", "not periodic");
    auto bad = settings;
    bad.ecutrho = bad.ecutwfc;
    CHECK_THROWS_AS(make_pw(bad), InputError);
    bad = settings;
    bad.k_spacing = 0.0;
    CHECK_THROWS_AS(make_pw(bad), InputError);
    bad = settings;
    bad.extra["ions"] = "x";
    CHECK_THROWS_AS(make_pw(bad), InputError);
    bad = settings;
    bad.command = "no_such_mpirun -np 2 no_such/pw.x";
    bad.pseudopotentials["Ni"] = "Ni.UPF";
    CHECK(make_pw(bad)->obstacles().size() == 3);
    bad.command = "sh";
    bad.pseudopotentials.erase("Ni");
    CHECK(make_pw(bad)->obstacles().empty());
}

TEST_CASE("the mesh of k-points has the symmetry of the lattice and is as fine as asked") {
    test::TemporaryFolder const folder;
    auto settings = settings_in(folder);
    auto const mesh_of = [&](Mat3 const& rows, double spacing) {
        settings.k_spacing = spacing;
        Structure const s{Cell{rows}, {26}, {Vec3::Zero()}};
        auto const files = make_pw(settings)->input_files(s, {"ferromagnetic", {2.0}}, {});
        std::istringstream in{files.at("pw.in").substr(files.at("pw.in").find("automatic") + 9)};
        std::array<int, 3> n{};
        in >> n[0] >> n[1] >> n[2];
        return n;
    };
    Mat3 bcc_rows, fcc_rows, hcp_rows;
    bcc_rows << -1, 1, 1, 1, -1, 1, 1, 1, -1;
    fcc_rows << 0, 1, 1, 1, 0, 1, 1, 1, 0;
    hcp_rows << 2.46, 0, 0, -1.23, 1.23 * std::sqrt(3.0), 0, 0, 0, 3.9;
    auto const stretched = [](Mat3 rows, Vec3 const& by) { return Mat3{rows * by.asDiagonal()}; };
    Mat3 quarter, mirror_x, mirror_y, swap, sixth;
    quarter << 0, -1, 0, 1, 0, 0, 0, 0, 1;
    mirror_x = Vec3(-1, 1, 1).asDiagonal();
    mirror_y = Vec3(1, -1, 1).asDiagonal();
    swap << 0, 1, 0, 1, 0, 0, 0, 0, 1;
    double const h = std::sqrt(0.75);
    sixth << 0.5, -h, 0, h, 0.5, 0, 0, 0, 1;
    struct Case {
        Mat3 rows;
        std::vector<Mat3> operations;  // on Cartesian vectors, besides the inversion
    };
    std::vector<Case> const cases{
        {stretched(bcc_rows, Vec3(1.41, 1.41, 1.41)), {quarter, mirror_x, swap}},
        {stretched(bcc_rows, Vec3(1.41, 1.41, 1.53)), {quarter, mirror_x, swap}},
        {stretched(bcc_rows, Vec3(1.36, 1.41, 1.53)), {mirror_x, mirror_y}},
        {stretched(fcc_rows, Vec3(1.75, 1.75, 1.6)), {quarter, mirror_x, swap}},
        {hcp_rows, {sixth, mirror_x}},
        {stretched(Mat3::Identity(), Vec3(2.83, 2.83, 5.66)), {quarter, mirror_x}},
    };
    for (auto const& c : cases)
        for (double const spacing : {0.21, 0.26, 0.33, 0.5}) {
            auto const n = mesh_of(c.rows, spacing);
            Mat3 const reciprocal = 2.0 * std::acos(-1.0) * c.rows.inverse();  // columns b_i
            CAPTURE(c.rows, spacing, n[0], n[1], n[2]);
            for (int i = 0; i < 3; ++i)
                CHECK(reciprocal.col(i).norm() / n[std::size_t(i)] < spacing + 1e-9);
            for (auto const& turn : c.operations)
                for (int i = 0; i < 3; ++i) {
                    // where the nearest point along b_i goes, in units of the mesh
                    Vec3 const k = turn * reciprocal.col(i) / n[std::size_t(i)];
                    Vec3 const x = c.rows * k / (2.0 * std::acos(-1.0));
                    for (int j = 0; j < 3; ++j) {
                        double const m = x(j) * n[std::size_t(j)];
                        CHECK(std::abs(m - std::round(m)) < 1e-6);
                    }
                }
        }
    // no finer than that wants: where nothing mixes, each direction for itself
    CHECK(mesh_of(stretched(Mat3::Identity(), Vec3(2.83, 2.83, 5.66)), 0.26) ==
          std::array{9, 9, 5});
    CHECK(mesh_of(stretched(Mat3::Identity(), Vec3(2.83, 3.0, 5.66)), 0.26) == std::array{9, 9, 5});
    auto const hexagonal = mesh_of(hcp_rows, 0.26);
    CHECK(hexagonal[0] == hexagonal[1]);
    CHECK(hexagonal[2] == 7);
}
