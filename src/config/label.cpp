#include "kamacite/config/label.hpp"

#include <fmt/format.h>

#include <set>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "words.hpp"

namespace kamacite::config {
namespace {

constexpr double second = 1e15;  // [fs]
using Program = LabelOptions::Program;

Words const start_names{"ferromagnetic", "antiferromagnetic", "nonmagnetic", "predicted"};

void potential_fields(Fields& f, LabelOptions& o, char const* doc, char const* example) {
    f.list({"potentials", doc}, o.potentials, [&](Fields& s, LabelOptions::File& p) {
        s.text({"element", "Symbol", Key::Need::required, "Fe"}, p.element, symbols());
        s.path({"file", "Of this element", Key::Need::required, example}, p.file);
    });
    f.demand([&o] {
        std::vector<Fault> faults;
        if (o.potentials.empty())
            faults.push_back({"potentials", "none is named: give one for each element"});
        std::set<std::string> seen;
        for (std::size_t i = 0; i < o.potentials.size(); ++i)
            if (!seen.insert(o.potentials[i].element).second)
                faults.push_back(
                    {fmt::format("potentials[{}].element", i),
                     fmt::format("'{}' comes twice: leave one", o.potentials[i].element)});
        return faults;
    });
}

void mesh_fields(Fields& f, LabelOptions& o, double& spacing) {
    f.number({"k_spacing",
              "Largest distance of k-points, in 1/angstrom with the factor 2 pi: the "
              "same density in every cell, with the symmetry of its lattice"},
             spacing, {0.01, 10.0});
    f.integers({"k_mesh", "Numbers of k-points along the three directions, in place of the spacing",
                Key::Need::optional, "[8, 8, 8]"},
               o.k_mesh, {1.0, 1000.0});
    f.demand([&o] {
        return o.k_mesh.empty() ? std::vector<Fault>{} : three("k_mesh", o.k_mesh.size());
    });
}

void pw_fields(Fields& f, LabelOptions& o) {
    auto& p = o.pw;
    auto const positive = Bounds{1e-12, 1e6};
    f.text({"command", "How it is started; {processes} stands for their number"}, p.command);
    potential_fields(f, o, "Pseudopotentials (UPF)", "Fe.pbe-spn-rrkjus_psl.0.2.1.UPF");
    f.quantity({"ecutwfc", "Cutoff of wave functions"}, p.ecutwfc, Dimension::energy, positive);
    f.quantity({"ecutrho", "Cutoff of the density"}, p.ecutrho, Dimension::energy, positive);
    mesh_fields(f, o, p.k_spacing);
    f.text({"smearing", "As pw.x calls it"}, p.smearing, {"mv", "mp", "gauss", "fd"});
    f.quantity({"smearing_width", "Of the smearing"}, p.smearing_width, Dimension::energy,
               positive);
    f.number({"bands_per_atom",
              "Kohn-Sham states per atom; 0: half the valence electrons and 2.5, "
              "which spin-polarised iron needs"},
             p.bands_per_atom, {0.0, 1000.0});
    f.quantity({"convergence", "Error of the energy per atom at which self-consistency ends"},
               p.convergence, Dimension::energy, positive);
    f.integer({"steps", "Iterations of self-consistency at most"}, p.steps, {1.0, 10000.0});
    f.number({"mixing", "Part of the new density that is mixed in (mixing_beta)"}, p.mixing_beta,
             {0.001, 1.0});
    f.text({"disk_io", "What pw.x keeps on disk"}, p.disk_io,
           {"high", "medium", "low", "nowf", "minimal", "none"});
    auto const optional = Key::Need::optional;
    f.texts(
        {"control", "Further lines of &control, as they are", optional, "['verbosity = \"high\"']"},
        o.control);
    f.texts({"system", "Further lines of &system", optional, "['vdw_corr = \"grimme-d3\"']"},
            o.system);
    f.texts({"electrons", "Further lines of &electrons", optional, "['mixing_ndim = 12']"},
            o.electrons);
}

void vasp_fields(Fields& f, LabelOptions& o) {
    auto& v = o.vasp;
    auto const positive = Bounds{1e-12, 1e6};
    f.text({"command", "How it is started; {processes} stands for their number"}, v.command);
    potential_fields(f, o, "POTCAR files, one per element", "potpaw/Fe_pv/POTCAR");
    f.quantity({"encut", "Cutoff of plane waves"}, v.encut, Dimension::energy, positive);
    f.quantity({"ediff", "Change of the energy of the cell at which self-consistency ends"},
               v.ediff, Dimension::energy, positive);
    mesh_fields(f, o, v.k_spacing);
    f.choice<dft::VaspSettings::Mesh>(
        {"mesh", "Where the k-points are"}, v.mesh,
        {{dft::VaspSettings::Mesh::gamma, "gamma", "Gamma is always among them"},
         {dft::VaspSettings::Mesh::monkhorst, "monkhorst", "as Monkhorst and Pack have them"}});
    f.integer({"ismear", "Kind of smearing, as VASP numbers it"}, v.ismear, {-5.0, 10.0});
    f.quantity({"sigma", "Width of the smearing"}, v.sigma, Dimension::energy, positive);
    f.integer({"nelm", "Iterations of self-consistency at most"}, v.nelm, {1.0, 10000.0});
    f.texts(
        {"incar", "Further lines of INCAR, 'KEY = value'", Key::Need::optional, "['LREAL = Auto']"},
        o.incar);
    f.demand([&o] {
        std::vector<Fault> faults;
        for (std::size_t i = 0; i < o.incar.size(); ++i)
            if (o.incar[i].find('=') == std::string::npos)
                faults.push_back({fmt::format("incar[{}]", i),
                                  fmt::format("'{}' has no '=': write 'KEY = value'", o.incar[i])});
        return faults;
    });
}

void abinit_fields(Fields& f, LabelOptions& o) {
    auto& a = o.abinit;
    auto const positive = Bounds{1e-12, 1e6};
    f.text({"command", "How it is started; {processes} stands for their number"}, a.command);
    f.text({"conducti", "Its program for the conductivity"}, a.conducti);
    potential_fields(f, o, "PAW data (XML)", "Fe.xml");
    f.quantity({"ecut", "Cutoff of plane waves"}, a.ecut, Dimension::energy, positive);
    f.quantity({"pawecutdg", "Cutoff of the fine grid"}, a.pawecutdg, Dimension::energy, positive);
    f.integer(
        {"bands_per_atom",
         "Kohn-Sham states per atom: as many above the Fermi level as the highest frequency of "
         "the window reaches"},
        a.bands_per_atom, {1.0, 1000.0});
    mesh_fields(f, o, a.k_spacing);
    f.quantity({"smearing", "k_B T of Fermi and Dirac: the temperature of the electrons"},
               a.smearing, Dimension::energy, positive);
    f.number({"convergence", "Largest residual of a band at which self-consistency ends (tolwfr)"},
             a.convergence, {1e-30, 1.0});
    f.integer({"steps", "Iterations of self-consistency at most"}, a.steps, {1.0, 10000.0});
    f.quantity({"broadening",
                "Width of the Gaussian in place of the delta function: two to three times the mean "
                "spacing of levels"},
               a.broadening, Dimension::energy, positive);
    f.quantity({"highest_frequency", "Of the optical conductivity"}, a.highest_frequency,
               Dimension::energy, positive);
    f.integer({"frequencies", "How many up to it"}, a.frequencies, {10.0, 1e6});
    f.quantity({"window_low", "Where the fit of Drude's form begins: above the spacing of levels"},
               a.window_low, Dimension::energy, {0.0, 1e6});
    f.quantity({"window_high", "Where it ends: below transitions between bands"}, a.window_high,
               Dimension::energy, positive);
    f.texts({"extra", "Further lines of the input of ABINIT", Key::Need::optional, "['ixc 11']"},
            a.extra);
}

void command_fields(Fields& f, LabelOptions& o) {
    auto& c = o.command;
    f.text({"command",
            "A line of bash: finds structure.xyz, leaves labelled.xyz (extended XYZ, the same "
            "atoms in the same order); {processes} stands for their number",
            Key::Need::required, "'python3 label.py structure.xyz labelled.xyz'"},
           c.command);
    f.text({"level",
            "Of theory: what the labels depend on, in your words; labels of other levels "
            "are not mixed with them",
            Key::Need::required, "'GPAW 22.8 PBE PW(400) k 0.2'"},
           c.level);
    f.text({"version", "A line of bash that prints the program's version", Key::Need::optional,
            "'python3 -c \"import gpaw; print(gpaw.__version__)\"'"},
           c.version_command);
    f.flag({"forces", "Whether labels must have forces"}, c.expects_forces);
    f.flag({"stress", "Whether labels must have a stress"}, c.expects_stress);
    f.flag({"moments", "Whether labels must have moments"}, c.expects_moments);
}

void ladder_fields(Fields& f, LabelOptions& o) {
    auto& l = o.ladder;
    f.integer({"attempts", "At a structure from one magnetic start"}, l.attempts, {1.0, 100.0});
    f.number({"time_factor", "More time for one that ran out of it"}, l.time_factor, {1.0, 100.0});
    f.quantity({"longest", "Wall time that a job may have in the end"}, o.longest, Dimension::time,
               {second, 1e8 * second});
    f.number({"memory_factor", "More memory for one that ran out of it"}, l.memory_factor,
             {1.0, 100.0});
    f.quantity({"most_memory", "That a job may have in the end; 0: what it begins with"},
               l.most_memory, Dimension::memory, {0.0, 1e15});
    f.number({"quarantine",
              "Share of structures without labels, of ten and more that were tried, "
              "beyond which labelling stops"},
             o.quarantine, {0.0, 1.0});
}

std::string joined(std::vector<std::string> const& lines) {
    std::string text;
    for (auto const& line : lines) text += line + "\n";
    return text;
}

std::string trimmed(std::string const& text) {
    auto const first = text.find_first_not_of(" \t");
    if (first == std::string::npos) return "";
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<std::array<int, 3>> mesh_of(LabelOptions const& o) {
    if (o.k_mesh.size() != 3) return std::nullopt;
    return std::array{o.k_mesh[0], o.k_mesh[1], o.k_mesh[2]};
}

}  // namespace

void fields(Fields& f, LabelOptions& o) {
    f.paths({"structures", "What is to be labelled: readable files; 'campaign' brings its own",
             Key::Need::optional, "[generated.h5]"},
            o.structures);
    f.path({"output", "Dataset for what has labels, a directory of segments (.kds)"}, o.output);
    f.demand([&o] {
        std::vector<Fault> faults;
        if (o.output.extension() != ".kds")
            faults.push_back({"output", fmt::format("{} cannot grow while labels come in: give it "
                                                    "the ending .kds",
                                                    o.output.string())});
        return faults;
    });
    f.path({"directory", "For the journal, the jobs and their files"}, o.directory);
    f.paths({"cache",
             "Datasets of earlier labels: what is in them at the same level of theory is "
             "not computed again",
             Key::Need::optional, "[../campaign_1/dataset.kds]"},
            o.cache);
    f.section({"program", "What computes the labels"}, [&](Fields& s) {
        s.choice<Program>(
            {"name", "Which"}, o.program,
            {{Program::pw, "pw", "pw.x of Quantum ESPRESSO", [&](Fields& g) { pw_fields(g, o); }},
             {Program::vasp, "vasp", "VASP", [&](Fields& g) { vasp_fields(g, o); }},
             {Program::abinit, "abinit",
              "ABINIT and its conducti: the electrical resistivity too, by Kubo and Greenwood",
              [&](Fields& g) { abinit_fields(g, o); }},
             {Program::command, "command",
              "a command of your own: any calculator of ASE, any "
              "program with a script around it",
              [&](Fields& g) { command_fields(g, o); }}});
    });
    f.section({"magnetism", "Moments that calculations start from"}, [&](Fields& s) {
        s.texts({"starts",
                 "States that each structure is calculated from; the one of the lowest "
                 "energy is its label"},
                o.starts, start_names);
        s.flag({"incomplete",
                "Keep the lowest of the states that were found where another start gave none; else "
                "such a structure gets no label, because which state is the lowest is not known"},
               o.incomplete);
        s.table({"moments", "Of an atom of each element at the start, in mu_B", Key::Need::optional,
                 "{Fe: 2.5}"},
                o.moments, {0.0, 20.0}, symbols());
        s.text({"moments_of", "MODEL whose moments the start 'predicted' has", Key::Need::optional,
                "model/model.h5"},
               o.moments_of);
        s.demand([&o] {
            std::vector<Fault> faults;
            if (o.starts.empty()) faults.push_back({"starts", "none: name one at least"});
            return faults;
        });
    });
    f.section({"job", "What one calculation asks for"}, [&](Fields& s) { fields(s, o.size); });
    f.section({"retries", "What is tried where a calculation fails"},
              [&](Fields& s) { ladder_fields(s, o); });
    f.section({"jobs", "Where calculations run"}, [&](Fields& s) { fields(s, o.jobs); });
}

std::unique_ptr<dft::Engine> engine_of(LabelOptions const& o) {
    switch (o.program) {
        case Program::vasp: {
            auto v = o.vasp;
            for (auto const& p : o.potentials)
                v.potcars[p.element] = std::filesystem::absolute(p.file);
            v.k_mesh = mesh_of(o);
            v.starts = o.starts;
            for (auto const& line : o.incar) {
                auto const at = line.find('=');
                v.incar[trimmed(line.substr(0, at))] = trimmed(line.substr(at + 1));
            }
            return dft::make_vasp(std::move(v));
        }
        case Program::abinit: {
            auto a = o.abinit;
            for (auto const& p : o.potentials)
                a.potentials[p.element] = std::filesystem::absolute(p.file);
            a.k_mesh = mesh_of(o);
            a.starts = o.starts;
            return dft::make_abinit(std::move(a));
        }
        case Program::command: {
            auto c = o.command;
            c.starts = o.starts;
            return dft::make_command(std::move(c));
        }
        case Program::pw:
            break;
    }
    auto p = o.pw;
    for (auto const& file : o.potentials) {
        auto const path = std::filesystem::absolute(file.file).lexically_normal();
        if (p.pseudopotential_directory.empty()) p.pseudopotential_directory = path.parent_path();
        if (p.pseudopotential_directory != path.parent_path())
            throw InputError(fmt::format(
                "program.potentials: {} is not in {} (pw.x looks for all of them in one "
                "directory): put them side by side",
                path.string(), p.pseudopotential_directory.string()));
        p.pseudopotentials[file.element] = path.filename().string();
    }
    p.k_mesh = mesh_of(o);
    p.starts = o.starts;
    if (!o.control.empty()) p.extra["control"] = joined(o.control);
    if (!o.system.empty()) p.extra["system"] = joined(o.system);
    if (!o.electrons.empty()) p.extra["electrons"] = joined(o.electrons);
    return dft::make_pw(std::move(p));
}

campaign::LabellingOptions labelling_of(LabelOptions const& o) {
    campaign::LabellingOptions l;
    l.starts = o.starts;
    l.incomplete = o.incomplete;
    for (auto const& [symbol, moment] : o.moments) l.moments.of[atomic_number_of(symbol)] = moment;
    l.resources = resources_of(o.jobs, o.size);
    l.ladder = o.ladder;
    l.ladder.longest = seconds_of(o.longest);
    return l;
}

}  // namespace kamacite::config
