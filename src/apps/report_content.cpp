#include "report_content.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "figures.hpp"
#include "kamacite/core/element.hpp"
#include "kamacite/core/units.hpp"
#include "kamacite/descriptors/rows.hpp"
#include "lattice_curves.hpp"
#include "report_data.hpp"
#include "report_text.hpp"

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
    void lattices();
    void validity();

    RunFiles& run_;
    std::optional<report::Gnuplot> gnuplot_;
    report::Page page_;
    Content content_;
    std::vector<LatticeCurve> curves_;
    std::vector<BainPoint> bain_;
    int element_ = 0;
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
    if (run_.origin && !run_.origin->summary.empty())
        if (auto const result = Json::parse(run_.origin->summary, nullptr, false);
            result.is_object())
            add("training",
                fmt::format("{} epochs in {:.0f} s on {} ranks; {} structures to train on, {} to "
                            "validate",
                            result.value("epochs", 0LL), result.value("seconds", 0.0),
                            result.value("ranks", 0LL), result.value("training_structures", 0LL),
                            result.value("validation_structures", 0LL)));
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
    if (run_.origin && !run_.origin->parents.empty()) {
        page_.paragraph("The model was trained on these files; the hash tells their content.");
        page_.list(run_.origin->parents);
    } else {
        page_.note("The model does not say which data it was trained on.");
    }
    if (!run_.data.empty()) page_.table(data_table(run_.data, run_.sides));
    if (!run_.data.empty() && run_.sides.empty())
        page_.small(
            "Which structures were trained on is not known: no split is stored with the data.");
}

void Writer::learning() {
    page_.section("Training");
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
        auto const [title, unit] = learning_label(quantity);
        report::Plot plot;
        plot.id = "learning_" + quantity;
        plot.x.label = "epoch";
        plot.y.label = unit.empty() ? title : fmt::format("{} RMSE / {}", title, unit);
        plot.y.scale = report::Axis::Scale::logarithmic;
        plot.caption = fmt::format("Learning curve: {}.{}", title, stages);
        for (auto const& [name, key] : {std::pair{"training", training + quantity},
                                        std::pair{"validation", "validation_" + quantity}}) {
            auto values = curve.numbers(key);
            for (double& v : values)
                if (!(v > 1e-6)) v = std::nan("");  // has no logarithm, or is zero but for rounding
            if (!std::all_of(values.begin(), values.end(), [](double v) { return std::isnan(v); }))
                plot.series.push_back({name, epochs, values, report::Series::Style::line});
        }
        if (!plot.series.empty()) figure(plot);
    }
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
    for (auto const& quantity : quantities) {
        auto const display = display_of(quantity);
        page_.subsection(display.title);
        report::Table table;
        table.columns = {{"family", Align::left},
                         {"structures"},
                         {"numbers"},
                         {"RMSE / " + display.unit},
                         {"MAE / " + display.unit},
                         {"p95 / " + display.unit},
                         {"largest / " + display.unit},
                         {"bias / " + display.unit},
                         {"R²"}};
        for (auto const& score : e.metrics["scores"]) {
            if (score["quantity"] != quantity) continue;
            auto const number = [&](char const* what) {
                return rounded(score[what].get<double>() / display.factor);
            };
            table.rows.push_back(
                {score["family"], std::to_string(score["structures"].get<long long>()),
                 std::to_string(score["count"].get<long long>()),
                 interval_text(score, "rmse", display.factor),
                 interval_text(score, "mae", display.factor), number("p95"), number("max"),
                 number("bias"),
                 r2_text(score["r2"].is_null() ? std::nullopt
                                               : std::optional{score["r2"].get<double>()})});
        }
        table.caption =
            "[ ]: 95 % intervals from resampling whole trajectories where they are known, "
            "else whole structures; none from fewer than three, and too narrow from fewer than "
            "about 20. Bias: mean of prediction − reference. R²: – where the references hardly "
            "vary; < 0 where their mean would be nearer to them.";
        long long const without = e.metrics.value("structures_without_forces", 0LL);
        if (quantity == "forces" && without > 0)
            table.caption += fmt::format(
                " Left out: {} structures whose reference forces all vanish, by symmetry.",
                without);
        page_.table(table);
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
    page_.section("Perfect lattices");
    if (run_.data_read.empty())
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
    if (!bain_.empty()) figure(bain_plot(bain_, element_));
}

void Writer::validity() {
    page_.section("Limits of validity");
    std::vector<std::string> items{
        "Errors are those against DFT, not against experiment: PBE itself is off (bcc iron: a0 "
        "−1.2 %, "
        "C11 +20 %).",
        "A model interpolates its training set. It says nothing of structures unlike those; "
        "'predict' "
        "and the tables beside this page tell how far outside the range an atom is "
        "(extrapolation).",
        "If its data are of ferromagnetic iron, it must not be used near or above the Curie "
        "temperature, for γ-iron or the liquid."};
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
        auto const& elements = run_.model->descriptors().elements();
        bool const iron = std::find(elements.begin(), elements.end(), 26) != elements.end();
        element_ = iron ? 26 : elements.front();
        curves_ = lattice_curves(*run_.model, element_, run_.data);
        if (curves_.front().model_fit)
            bain_ = bain_path(*run_.model, element_, curves_.front().model_fit->volume.value);
    }
    if (run_.evaluations.empty())
        run_.missing.push_back("errors: run 'kamacite evaluate MODEL DATA -o " +
                               (run_.folder / "test").string() + "'");
    headlines();
    data();
    model();
    learning();
    for (auto const& e : run_.evaluations) evaluation(e);
    lattices();
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
