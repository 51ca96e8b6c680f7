#include "kamacite/config/campaign.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "words.hpp"

namespace kamacite::config {
namespace {

using Need = Key::Need;
Bounds const counts{1.0, 1e9};

void dynamics_fields(Fields& f, CampaignOptions::Dynamics& d) {
    f.paths({"structures", "Where walks begin: readable files", Need::required, "[start.xyz]"},
            d.structures);
    f.quantities({"temperatures", "One walk from each structure at each"}, d.temperatures,
                 Dimension::temperature, {0.0, 1e6});
    f.numbers({"strains",
               "And at each of these strains of the cell, the same along all "
               "directions"},
              d.strains, {-0.5, 1.0});
    f.number(
        {"random_strain",
         "Components of a random symmetric strain beside it, at most; another one for each walk"},
        d.random_strain, {0.0, 0.5});
    f.integer({"copies", "Walks of each, with other noise"}, d.copies, {1.0, 10000.0});
    f.integer({"steps", "Of a walk; it ends before where it leaves the reach"}, d.steps, counts);
    f.quantity({"timestep", "Of a step"}, d.timestep, Dimension::time, {1e-3, 100.0});
    f.number({"friction", "Of the Langevin thermostat, in 1/fs"}, d.friction, {0.0, 10.0});
    f.integer({"every", "Steps between two candidates"}, d.every, counts);
    f.demand([&d] {
        std::vector<Fault> faults;
        for (auto const& [key, values] :
             {std::pair{"temperatures", &d.temperatures}, std::pair{"strains", &d.strains}})
            if (values->empty())
                faults.push_back(
                    {key, "an empty list (there would be no walk): give one at least"});
        double const least = d.strains.empty() ? 0.0 : *std::ranges::min_element(d.strains);
        if (!(3.0 * d.random_strain < 1.0 + least))
            faults.push_back({"random_strain",
                              fmt::format("{:g} with a strain of {:g} can turn a cell inside out "
                                          "(it must be below {:.3g})",
                                          d.random_strain, least, (1.0 + least) / 3.0)});
        return faults;
    });
}

void environment_fields(Fields& f, CampaignOptions::Environments& e) {
    f.paths({"structures", "Large structures: readable files, all ranks share each structure",
             Need::required, "[large.xyz]"},
            e.structures);
    f.integers({"supercell", "Copies of each along a, b and c"}, e.supercell, {1.0, 1e5});
    f.optional_section(
        {"dynamics",
         "Langevin dynamics, with velocities of the temperature, before the atoms are looked at"},
        e.warm, [&e](Fields& s) {
            auto& d = e.dynamics;
            s.quantities({"temperatures", "Each structure once at each"}, d.temperatures,
                         Dimension::temperature, {0.0, 1e6});
            s.integer({"steps", "Of each; it ends before where the committee comes apart"}, d.steps,
                      counts);
            s.quantity({"timestep", "Of a step"}, d.timestep, Dimension::time, {1e-3, 100.0});
            s.number({"friction", "Of the Langevin thermostat, in 1/fs"}, d.friction, {0.0, 10.0});
            s.integer({"every", "Steps between two looks at the reach"}, d.every, counts);
        });
    f.integer({"most", "Cells of each structure at each temperature"}, e.most, {1.0, 1e6});
    f.integer({"atoms", "Of a cell, at most"}, e.atoms, {1.0, 1e5});
    f.quantity({"core", "Radius around the atom that is kept; 0: the cutoff of the model"}, e.core,
               Dimension::length, {0.0, 100.0});
    f.demand([&e] {
        std::vector<Fault> faults;
        if (e.supercell.size() != 3)
            faults.push_back({"supercell", fmt::format("{} numbers (copies along a, b and c are "
                                                       "three): write e.g. [10, 10, 10]",
                                                       e.supercell.size())});
        if (e.warm && e.dynamics.temperatures.empty())
            faults.push_back({"dynamics.temperatures",
                              "no temperature (nothing would be looked at): give one at least, or "
                              "leave 'dynamics' out"});
        return faults;
    });
}

void explore_fields(Fields& f, CampaignOptions& o) {
    f.list({"dynamics", "Walks by molecular dynamics with the model of the round", Need::instead},
           o.dynamics, [](Fields& s, CampaignOptions::Dynamics& d) { dynamics_fields(s, d); });
    f.paths({"recipes",
             "Inputs of 'generate': their structures, with other random numbers in "
             "each round",
             Need::instead, "[recipes.yaml]"},
            o.recipes);
    f.optional_section({"environments",
                        "Small cells around the atoms of large structures that the model knows "
                        "least about"},
                       o.cut, [&](Fields& s) { environment_fields(s, o.environments); });
    f.demand([&o] {
        std::vector<Fault> faults;
        if (o.dynamics.empty() && o.recipes.empty() && !o.cut)
            faults.push_back({"",
                              "nothing is explored (no candidates): give dynamics, recipes or "
                              "environments"});
        return faults;
    });
}

void reach_fields(Fields& f, campaign::Reach& r, Dimension dimension) {
    f.quantity({"low", "Below, there is nothing to learn"}, r.low, dimension, {1e-12, 1e6});
    f.quantity({"high", "Above, a structure is probably one that no simulation should reach"},
               r.high, dimension, {1e-12, 1e6});
    f.demand([&r] {
        std::vector<Fault> faults;
        if (!(r.low < r.high))
            faults.push_back(
                {"high", fmt::format("{} is not above {} of 'low': raise it", r.high, r.low)});
        return faults;
    });
}

void select_fields(Fields& f, CampaignOptions& o) {
    auto& s = o.select;
    f.integer({"count", "Structures that are labelled in a round, at most"}, s.count, {1.0, 1e6});
    f.section({"force_spread", "Of the committee, of an atom"},
              [&](Fields& g) { reach_fields(g, s.force_spread, Dimension::force); });
    f.section({"energy_spread", "Of the committee, per atom"},
              [&](Fields& g) { reach_fields(g, s.energy_spread, Dimension::energy); });
    f.section({"grade", "Extrapolation grade, a number"},
              [&](Fields& g) { reach_fields(g, s.grade, Dimension::none); });
    f.number({"beyond_share", "Part of them that may be above a 'high'"}, s.beyond_share,
             {0.0, 1.0});
    f.number({"tolerance", "Distance of features below which structures count as the same"},
             s.tolerance, {0.0, 100.0});
    f.integer({"per_walk", "Structures of one walk, at most"}, s.per_trajectory, counts);
    f.table({"quotas", "Largest share of the structures of a round that a family may have",
             Need::optional, "{hcp: 0.2}"},
            o.quotas, {0.0, 1.0});
    f.number({"shortest",
              "Distance of two atoms, of the sum of their covalent radii, below which "
              "a structure is not calculated"},
             o.shortest, {0.1, 2.0});
    f.integer({"most_atoms", "Of a structure that is calculated"}, o.most_atoms, {1.0, 1e6});
    f.flag({"random", "Choose by chance: what the campaign is to be compared with"}, o.random);
    f.number({"enough",
              "Share of the labels of a round with which the next one begins; late ones join a "
              "later round. Below 1 no node waits for the last calculation, but which labels are "
              "late is a matter of the queue, so that two runs differ"},
             o.enough, {0.1, 1.0});
}

void stop_fields(Fields& f, CampaignOptions& o) {
    f.integer({"rounds", "Of labels, at most"}, o.rounds, {1.0, 10000.0});
    f.number({"share",
              "Of candidates that are worth a label: below it, by the upper bound of the "
              "confidence, the model knows what is explored; 0: not looked at"},
             o.share, {0.0, 1.0});
    f.number({"confidence", "Of that bound"}, o.confidence, {0.51, 0.9999});
    f.integer({"share_rounds", "In so many rounds, one after the other"}, o.share_rounds,
              {1.0, 100.0});
    f.number({"least_fall",
              "Of the error on 'test' per round: what falls less ends the campaign; "
              "0: not looked at"},
             o.least_fall, {0.0, 1.0});
    f.integer({"error_rounds", "Over which the fall is found"}, o.error_rounds, {3.0, 100.0});
    f.list(
        {"settled",
         "Properties that must have settled, all of them, for the campaign to end "
         "by them"},
        o.settled, [](Fields& s, CampaignOptions::Property& p) {
            s.text({"name", "As in properties.json", Need::required, "lattice_constant"}, p.name);
            s.number(
                {"tolerance", "Change over the rounds, in its unit there", Need::required, "0.002"},
                p.tolerance, {1e-12, 1e9});
            s.number({"error", "Of the committee, in its unit there", Need::required, "0.005"},
                     p.error, {1e-12, 1e9});
        });
    f.integer({"settled_rounds", "Over so many rounds"}, o.settled_rounds, {1.0, 100.0});
    f.demand([&o] {
        std::vector<Fault> faults;
        if (!o.settled.empty() && o.properties.empty())
            faults.push_back(
                {"settled", "needs 'properties' (what computes them): name its input"});
        return faults;
    });
}

}  // namespace

void fields(Fields& f, CampaignOptions& o) {
    f.path({"directory", "For all that the campaign writes"}, o.directory);
    f.path({"label",
            "Input of 'label': program, magnetism, jobs; structures and output are the "
            "campaign's",
            Need::required, "label.yaml"},
           o.label);
    f.path({"train", "Input of 'train', of a committee; data and output are the campaign's",
            Need::required, "train.yaml"},
           o.train);
    f.paths({"data", "Labelled structures that it begins with", Need::instead, "[iron.h5]"},
            o.data);
    f.path({"first",
            "Input of 'generate': structures that are labelled before the first model is "
            "trained",
            Need::instead, "first.yaml"},
           o.first);
    f.path({"test", "Labelled structures that are never learnt from: what models are judged by",
            Need::optional, "hidden.h5"},
           o.test);
    f.path({"properties", "Input of 'properties', computed with each model", Need::optional,
            "properties.yaml"},
           o.properties);
    f.integer({"seed", "Of all random numbers"}, o.seed, {0.0, 9e15});
    f.flag({"other_levels",
            "Let 'data' be of another level of theory than 'label' computes, or of "
            "none that is told"},
           o.other_levels);
    f.section({"explore", "Where candidates come from"}, [&](Fields& s) { explore_fields(s, o); });
    f.section({"select", "Which of them are labelled"}, [&](Fields& s) { select_fields(s, o); });
    f.section({"stop", "When it ends"}, [&](Fields& s) { stop_fields(s, o); });
    f.section({"job", "What training and exploration ask for"}, [&](Fields& s) {
        fields(s, o.size);
        s.text({"launch", "How MPI programs are started; {processes} stands for their number"},
               o.launch);
        s.integer({"attempts", "At each"}, o.attempts, {1.0, 100.0});
    });
    f.section({"jobs", "Where all jobs of the campaign run, those of labels too"},
              [&](Fields& s) { fields(s, o.jobs); });
    f.demand([&o] {
        std::vector<Fault> faults;
        if (o.data.empty() && o.first.empty())
            faults.push_back({"",
                              "nothing to begin with: give 'data' that has labels, or 'first' "
                              "that is to get some"});
        return faults;
    });
}

campaign::SelectOptions selection_of(CampaignOptions const& o) {
    auto s = o.select;
    for (auto const& [family, share] : o.quotas) s.quotas[family].share = share;
    campaign::GeometryLimits limits;
    limits.relative_distance = o.shortest;
    limits.most_atoms = o.most_atoms;
    s.geometry = limits;
    return s;
}

}  // namespace kamacite::config
