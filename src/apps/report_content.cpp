#include "report_content.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "figures.hpp"
#include "heat_transport_figures.hpp"
#include "kamacite/core/element.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/descriptors/rows.hpp"
#include "lattice_curves.hpp"
#include "lattice_figures.hpp"
#include "magnetic_figures.hpp"
#include "phonon_figures.hpp"
#include "report_data.hpp"
#include "report_text.hpp"
#include "resistivity_figures.hpp"

namespace kamacite::apps {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using Align = report::Table::Align;

/// Builds the page section by section.
class Writer {
public:
    Writer(RunFiles& run, std::string const& program)
        : run_{run},
          gnuplot_{report::Gnuplot::find()},
          page_{"Model report",
                fmt::format("{} · {}", fs::absolute(run.folder).filename().string(), program)} {
        if (!gnuplot_) run_.missing.push_back("plots: gnuplot is not installed");
        if (run_.origin) result_ = Json::parse(run_.origin->summary, nullptr, false);
        if (!result_.is_object()) result_ = Json::object();
    }

    Content finish();

private:
    void figure(report::Plot const& plot, report::CsvTable const& numbers) {
        auto const file = plot.id + ".csv";
        content_.tables[file] = report::to_csv(numbers);
        page_.figure(gnuplot_ ? gnuplot_->svg(plot) : "", plot.caption,
                     run_.data_folder().filename().string() + "/" + file);
    }
    void figure(report::Plot const& plot) { figure(plot, report::numbers_of(plot)); }

    void headlines();
    void model();
    void data();
    void learning();
    void evaluation(Evaluation const& evaluation);
    void predictions();
    void lattices();
    void statics(StaticsFiles const& files);
    void comparison(ComparisonFiles const& files);
    void validity();

    RunFiles& run_;
    std::optional<report::Gnuplot> gnuplot_;
    report::Page page_;
    Content content_;
    Json result_;  ///< of the training, as the model tells it; an object
    std::vector<LatticeCurve> curves_;
    std::optional<BainPath> bain_;
    int element_ = 0;  ///< 0: no lattices are shown
};

void Writer::headlines() {
    std::vector<report::Page::Highlight> boxes;
    auto& summary = content_.summary;
    summary["report"] = run_.output.string();
    if (!curves_.empty() && curves_.front().model_fit) {
        auto const& fit = *curves_.front().model_fit;
        auto const a = properties::lattice_constant(properties::Lattice::bcc, fit.volume);
        auto const& dft = curves_.front().dft_fit;
        auto const dft_a =
            dft ? properties::lattice_constant(properties::Lattice::bcc, dft->volume).value : 0.0;
        boxes.push_back({fmt::format("{:.3f} Å", a.value), "lattice constant of bcc",
                         dft ? fmt::format("DFT of the data: {:.3f} Å", dft_a) : ""});
        boxes.push_back(
            {fmt::format("{:.0f} GPa", fit.bulk.value / units::GPa), "bulk modulus of bcc",
             dft ? fmt::format("DFT of the data: {:.0f} GPa", dft->bulk.value / units::GPa) : ""});
        auto const line = [](std::string const& what, double lattice_constant,
                             properties::EquationOfState const& eos) {
            return fmt::format("  {:<16} a0 = {:.4f} Å   B = {:.1f} GPa   B' = {:.1f}", what,
                               lattice_constant, eos.bulk.value / units::GPa, eos.derivative.value);
        };
        content_.headlines.push_back(fmt::format("bcc {}", symbol_of(element_)));
        content_.headlines.push_back(line("model", a.value, fit));
        if (dft) content_.headlines.push_back(line("DFT of the data", dft_a, *dft));
        summary["bcc"] = {{"a0 [angstrom]", a.value},
                          {"a0_error [angstrom]", a.error},
                          {"bulk_modulus [GPa]", fit.bulk.value / units::GPa},
                          {"bulk_modulus_error [GPa]", fit.bulk.error / units::GPa},
                          {"bulk_modulus_derivative", fit.derivative.value}};
        if (dft)
            summary["bcc_dft"] = {{"a0 [angstrom]", dft_a},
                                  {"bulk_modulus [GPa]", dft->bulk.value / units::GPa}};
    }
    summary["evaluations"] = Json::object();
    for (auto const& e : run_.evaluations)
        for (auto const& score : e.metrics["scores"])
            if (score["family"] == inference::every_family)
                summary["evaluations"][e.name][std::string{score["quantity"]}] = {
                    {"unit", score["unit"]},
                    {"rmse", score["rmse"]},
                    {"mae", score["mae"]},
                    {"r2", score["r2"]},
                    {"count", score["count"]}};
    if (auto const* e = headline_evaluation(run_)) {
        content_.headlines.push_back(fmt::format("errors, {}: {} structures, {} atoms of {}",
                                                 e->name, e->metrics.value("structures", 0LL),
                                                 e->metrics.value("atoms", 0LL), families_of(*e)));
        for (auto const& score : e->metrics["scores"]) {
            if (score["family"] != inference::every_family) continue;
            auto const display = display_of(score["quantity"]);
            auto const number = [&](char const* what) {
                return rounded(score[what].get<double>() / display.factor);
            };
            boxes.push_back({number("rmse") + " " + display.unit,
                             fmt::format("{} RMSE, {}", display.title, e->name),
                             fmt::format("MAE {} {}", number("mae"), display.unit)});
            content_.headlines.push_back(fmt::format(
                "  {:<16} RMSE {:>7}   MAE {:>7} {:<9} ({} numbers)", display.title, number("rmse"),
                number("mae"), display.unit, score["count"].get<long long>()));
        }
    }
    page_.highlights(boxes);
}

void Writer::model() {
    if (!run_.model) return;
    page_.section("Model");
    auto const& model = *run_.model;
    auto const& descriptors = model.descriptors();
    report::Table table{{{"", Align::left}, {"", Align::left}}, {}, ""};
    auto const add = [&](std::string const& what, std::string value) {
        table.rows.push_back({what, std::move(value)});
    };
    std::string elements, sizes;
    for (int const z : descriptors.elements()) {
        elements += (elements.empty() ? "" : ", ") + std::string{symbol_of(z)};
        sizes += (sizes.empty() ? "" : ", ") +
                 fmt::format("{} for {}", descriptors.size(z), symbol_of(z));
    }
    add("elements", elements);
    std::string kinds;
    descriptors.functions().for_each_kind([&](auto const& kind) {
        using Function = typename std::decay_t<decltype(kind)>::value_type;
        if (!kind.empty())
            kinds += fmt::format("{}{} {}", kinds.empty() ? "" : ", ", kind.size(),
                                 Rows<Function>::name);
    });
    std::replace(kinds.begin(), kinds.end(), '_', ' ');
    add("descriptors", fmt::format("{} ({} functions)", sizes, kinds));
    add("cutoff", fmt::format("{:.2f} Å", descriptors.cutoff()));
    for (auto const& head : model.heads()) {
        std::string outputs;
        for (auto const& name : head.outputs) outputs += (outputs.empty() ? ": " : ", ") + name;
        add(name_of(head.kind) + " head", layers_text(head, descriptors.elements()) + outputs);
    }
    add("parameters", std::to_string(model.parameters().size()));
    if (!result_.empty())
        add("training",
            fmt::format("{} epochs in {:.0f} s on {} ranks; {} structures to train on, {} to "
                        "validate",
                        result_.value("epochs", 0LL), result_.value("seconds", 0.0),
                        result_.value("ranks", 0LL), result_.value("training_structures", 0LL),
                        result_.value("validation_structures", 0LL)));
    if (run_.origin) {
        add("made by", fmt::format("{}, command '{}', {}", run_.origin->created_by,
                                   run_.origin->command, run_.origin->created_at));
        add("seed", run_.origin->seed);
    }
    page_.table(table);
    if (!run_.origin) return;
    if (!run_.origin->input.empty()) page_.details("Settings, all of them", run_.origin->input);
}

void Writer::data() {
    page_.section("Data");
    if (run_.files.empty())
        page_.note("The model does not say which data it was trained on.");
    else
        page_.table(files_table(run_.files));
    if (!run_.data.empty()) page_.table(data_table(run_.data, run_.sides));
    if (!run_.data.empty() && run_.sides.empty())
        page_.small(
            "Which structures were trained on is not known: no split is stored with the data.");
}

void Writer::predictions() {
    if (run_.stored.predictions.empty() && run_.stored.descriptors.empty()) return;
    page_.section("Structures without labels");
    for (auto const& stored : run_.stored.predictions) {
        page_.subsection(stored.name);
        page_.table(predictions_table(stored.records));
    }
    for (auto const& stored : run_.stored.descriptors) figure(descriptors_plot(stored));
}

void Writer::learning() {
    page_.section("Training");
    if (run_.search) page_.table(search_table(*run_.search));
    if (!run_.learning_curve) {
        page_.note("There is no learning curve (learning_curve.csv) in the directory.");
        return;
    }
    auto const& curve = *run_.learning_curve;
    auto const epochs = curve.numbers("epoch");
    auto const stage = curve.numbers("stage");
    std::string stages;
    for (std::size_t i = 1; i < stage.size(); ++i)
        if (stage[i] > stage[i - 1])
            stages += fmt::format(
                " Stage {:.0f} begins at epoch {:.0f}, from the best model of the "
                "stage before.",
                stage[i], epochs[i]);
    for (auto const& column : curve.columns) {
        std::string const training = "training_";
        if (column.rfind(training, 0) != 0) continue;
        auto const quantity = column.substr(training.size());
        auto const label = learning_label(quantity);
        report::Plot plot;
        plot.id = "learning_" + quantity;
        plot.x.label = "epoch";
        plot.y.label =
            label.unit.empty() ? label.title : fmt::format("{} RMSE / {}", label.title, label.unit);
        plot.y.scale = report::Axis::Scale::logarithmic;
        plot.caption = fmt::format("Learning curve: {}.{}", label.title, stages);
        for (auto const& [name, key] : {std::pair{"training", training + quantity},
                                        std::pair{"validation", "validation_" + quantity}}) {
            auto values = curve.numbers(key);
            for (double& v : values)
                if (!(v > 1e-6)) v = std::nan("");  // has no logarithm, or is zero but for rounding
            if (!std::all_of(values.begin(), values.end(), [](double v) { return std::isnan(v); }))
                plot.series.push_back({name, epochs, values, report::Series::Style::line});
        }
        if (auto const best = best_epoch(curve, label, result_)) {
            plot.marks.push_back({*best, "kept"});
            plot.caption += fmt::format(" Kept: epoch {:.0f}, the best by validation.", *best);
        }
        if (!plot.series.empty()) figure(plot);
    }
    if (result_.value("judged_on", "") == "training")
        page_.small(
            "No side validates: the number of epochs was given beforehand, and the parameters of "
            "the "
            "lowest training loss are kept.");
}

void Writer::evaluation(Evaluation const& e) {
    page_.section(fmt::format("Errors: {}", e.name));
    std::vector<std::string> quantities;
    for (auto const& score : e.metrics["scores"]) {
        std::string const quantity = score["quantity"];
        if (std::find(quantities.begin(), quantities.end(), quantity) == quantities.end())
            quantities.push_back(quantity);
    }
    std::string where = side_of(e);
    where.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(where.front())));
    page_.paragraph(fmt::format("{}: {} structures, {} atoms. Families: {}.", where,
                                e.metrics.value("structures", 0LL), e.metrics.value("atoms", 0LL),
                                families_of(e)));
    if (auto const table = sides_table(e); !table.rows.empty()) page_.table(table);
    page_.small(
        "[ ]: 95 % intervals from resampling whole trajectories where they are known, else whole "
        "structures; none from fewer than three, and too narrow from fewer than about 20. Bias: "
        "mean of prediction − reference. R²: – where the references hardly vary; < 0 where their "
        "mean would be nearer to them.");
    for (auto const& quantity : quantities) {
        auto const display = display_of(quantity);
        page_.subsection(display.title + ", " + display.unit);
        page_.table(errors_table(e, quantity));
        std::string const prefix = e.name == "." ? "" : e.name + "_";
        if (auto const found = e.parity.find(quantity); found != e.parity.end()) {
            auto plot = parity_plot(found->second, quantity);
            plot.caption += fmt::format(" {}.", where);
            plot.id = prefix + plot.id;
            std::replace(plot.id.begin(), plot.id.end(), '/', '_');
            figure(plot, found->second);
        }
        if (auto const found = e.residuals.find(quantity); found != e.residuals.end()) {
            auto plot = residual_plot(found->second, quantity);
            plot.caption += fmt::format(" {}.", where);
            plot.id = prefix + plot.id;
            std::replace(plot.id.begin(), plot.id.end(), '/', '_');
            figure(plot, found->second);
        }
    }
}

void Writer::lattices() {
    if (curves_.empty()) return;
    page_.section(fmt::format("Perfect lattices of {}", symbol_of(element_)));
    if (run_.data.empty())
        page_.note("No DFT data could be read: the curves stand alone. Give them with --data.");
    page_.table(equilibrium_table(curves_, element_));
    for (auto const& curve : curves_) {
        auto const name = properties::name_of(curve.lattice);
        if (!curve.model_fit)
            page_.small(fmt::format("No fit to the model's {}: {}.", name, curve.model_complaint));
        if (curve.model_fit && !is_usual(*curve.model_fit))
            page_.small(
                fmt::format("The model's {} has B′ = {:.1f}, where solids have 2 to 10: its "
                            "curve is not smooth on this scale, so do not trust its "
                            "equilibrium.",
                            name, curve.model_fit->derivative.value));
        if (!curve.dft.empty() && !curve.dft_fit)
            page_.small(
                fmt::format("No fit to the DFT points of {}: {}.", name, curve.dft_complaint));
    }
    figure(energy_plot(curves_), points_table(curves_));
    if (auto const plot = moment_plot(curves_)) figure(*plot);
    if (bain_) figure(bain_plot(*bain_));
}

void Writer::statics(StaticsFiles const& files) {
    page_.section(fmt::format("Properties of {}: {}", crystal_of(files), files.name));
    page_.table(statics_table(files));
    for (auto const& note : files.properties.value("notes", std::vector<std::string>{}))
        page_.note(note);
    if (files.curves.contains("energy_volume"))
        figure(statics_energy_plot(files), files.curves.at("energy_volume"));
    if (auto const plot = statics_bain_plot(files)) figure(*plot, files.curves.at("bain"));
    if (auto const plot = statics_fault_plot(files)) figure(*plot, statics_fault_table(files));
    for (auto const& [plot, table] : phonon_plots(files)) figure(plot, table);
    for (auto const& plot : magnetic_plots(files)) figure(plot);
    for (auto const& plot : heat_transport_plots(files)) figure(plot);
    for (auto const& plot : resistivity_plots(files)) figure(plot);
    content_.summary["properties"][files.name] = files.properties.at("properties");
}

void Writer::comparison(ComparisonFiles const& files) {
    page_.section(fmt::format("Methods compared: {}", files.name));
    page_.table(comparison_table(files));
    figure(comparison_errors(files));
    if (auto const plot = comparison_parity(files)) figure(*plot);
    content_.summary["comparisons"][files.name] = files.summary;
}

void Writer::validity() {
    page_.section("Limits of validity");
    std::vector<std::string> items{
        "Errors are those against the reference data, not against experiment.",
        "A model interpolates its training set. It says nothing of structures unlike those; "
        "'predict' and the tables beside this page tell how far outside the range an atom is "
        "(extrapolation)."};
    if (element_ == 26) {
        items.push_back("PBE itself is off: bcc iron has a0 −1.2 %, C11 +20 % of experiment.");
        items.push_back(
            "If its data are of ferromagnetic iron, it must not be used near or above the Curie "
            "temperature, for γ-iron or the liquid.");
    }
    for (auto& item : limits_of(run_.statics)) items.push_back(std::move(item));
    for (auto const& curve : curves_) {
        auto const range = volumes_inside(curve);
        auto const name = properties::name_of(curve.lattice);
        items.push_back(range.empty()
                            ? fmt::format("Perfect {}: descriptors are outside the range of the "
                                          "training set at every volume shown.",
                                          name)
                            : fmt::format("Perfect {}: descriptors are inside the range of the "
                                          "training set at {} Å³ per atom.",
                                          name, range));
    }
    page_.list(items);
    if (!run_.missing.empty()) {
        page_.subsection("Not in this report");
        page_.list(run_.missing);
    }
}

Content Writer::finish() {
    if (run_.model && run_.model->has(Head::Kind::energy)) {
        element_ = lattice_element(*run_.model, run_.data).value_or(0);
        if (element_ == 0) {
            run_.missing.push_back(
                "E–V curves: no DFT point of a perfect lattice says which volumes its elements "
                "have");
        } else {
            std::vector<Record> predicted;
            for (auto const& stored : run_.stored.predictions)
                predicted.insert(predicted.end(), stored.records.begin(), stored.records.end());
            curves_ = lattice_curves(*run_.model, element_, run_.data, predicted);
            bain_ = bain_path(*run_.model, element_, curves_.front(), run_.data);
        }
    }
    if (run_.evaluations.empty() && (run_.model || run_.learning_curve))
        run_.missing.push_back("errors: run 'kamacite evaluate MODEL DATA -o " +
                               (run_.folder / "test").string() + "'");
    headlines();
    data();
    model();
    learning();
    for (auto const& e : run_.evaluations) evaluation(e);
    predictions();
    lattices();
    for (auto const& files : run_.statics) statics(files);
    for (auto const& files : run_.comparisons) comparison(files);
    validity();
    content_.summary["missing"] = run_.missing;
    content_.html = page_.html();
    return std::move(content_);
}

}  // namespace

Content make_content(RunFiles& run, std::string const& program) {
    return Writer{run, program}.finish();
}

}  // namespace kamacite::apps
