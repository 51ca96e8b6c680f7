#include "campaign_foretold.hpp"

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "campaign_files.hpp"
#include "kamacite/campaign/thresholds.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/inference/predict.hpp"
#include "kamacite/io/atomic_file.hpp"
#include "models.hpp"

namespace kamacite::apps {
namespace {

using json = nlohmann::json;

/// Errors and spreads of one quantity, and how often the one was within the other.
struct Quantity {
    campaign::Foretold foretold;
    std::vector<double> squares;
    double within = 0.0;

    [[nodiscard]] std::optional<campaign::TestError> error() const {
        if (squares.empty()) return std::nullopt;
        auto const n = static_cast<double>(squares.size());
        double mean = 0.0, square = 0.0;
        for (double const s : squares) mean += s / n;
        for (double const s : squares) square += (s - mean) * (s - mean) / n;
        double const rmse = std::sqrt(mean);
        // of the root: δ√m = δm/(2√m)
        bool const known = n > 1.0 && rmse > 0.0;
        return campaign::TestError{rmse, known ? std::sqrt(square / n) / (2.0 * rmse) : 0.0};
    }
    [[nodiscard]] double share() const {
        return squares.empty() ? 0.0 : within / static_cast<double>(squares.size());
    }
};

void add_energy(Quantity& q, Record const& record, inference::Answer const& a, double factor) {
    if (!record.labels.energy) return;
    double const n = record.structure.size();
    double const e = (a.prediction.energy() - *record.labels.energy) / n;
    q.squares.push_back(e * e);
    if (!a.spread) return;
    q.within += std::abs(e) <= a.spread->energy / n ? 1.0 : 0.0;
    q.foretold.error.push_back(e);
    q.foretold.spread.push_back(a.spread->energy / n / factor);
}

void add_forces(Quantity& q, Record const& record, inference::Answer const& a, double factor) {
    auto const& labels = record.labels.forces;
    for (std::size_t k = 0; k < labels.size(); ++k) {
        Vec3 const d = a.prediction.forces[k] - labels[k];
        q.squares.push_back(d.squaredNorm() / 3.0);
        if (!a.spread) continue;
        q.within += d.norm() <= a.spread->forces[k] ? 1.0 : 0.0;
        for (int x = 0; x < 3; ++x) {
            q.foretold.error.push_back(d[x]);
            q.foretold.spread.push_back(a.spread->forces[k] / std::sqrt(3.0) / factor);
        }
    }
}

json json_of(campaign::Foretold const& f) {
    return {{"error", f.error}, {"spread", f.spread}};
}

campaign::Foretold foretold_of(json const& j) {
    return {j.at("error").get<std::vector<double>>(), j.at("spread").get<std::vector<double>>()};
}

}  // namespace

campaign::Labelled compared(Context& context, config::CampaignOptions const& o, int round,
                            std::string const& model, std::vector<Record> const& records) {
    ModelOptions given;
    given.path = model;
    auto loaded = load(context, given);
    if (auto const factors = factors_of(context, o, round, loaded.committee.size()))
        loaded.committee.set_calibration(*factors);  // as they were when it chose
    campaign::Labelled result;
    mpi::all_or_none(context.comm, [&] {
        if (records.empty()) return;
        auto const answers = inference::answers_of(loaded.committee, records);
        auto const& used = loaded.committee.calibration();
        Quantity energy, forces;
        for (std::size_t i = 0; i < records.size(); ++i) {
            add_energy(energy, records[i], answers[i], used.energy);
            add_forces(forces, records[i], answers[i], used.forces);
        }
        result.energy = energy.error();
        result.forces = forces.error();
        result.within_energy = energy.share();
        result.within_forces = forces.share();
        io::write_text_file(RoundFiles{o, round}.foretold(),
                            json{{"energy", json_of(energy.foretold)},
                                 {"forces", json_of(forces.foretold)},
                                 {"factors", {used.energy, used.forces}}}
                                .dump());
    });
    return result;
}

std::optional<Calibration> factors_of(Context& context, config::CampaignOptions const& o, int round,
                                      int members) {
    constexpr int latest = 3;           // rounds: older models say nothing of this one
    constexpr std::size_t enough = 20;  // structures
    std::vector<double> factors(2, 0.0);
    mpi::all_or_none(context.comm, [&] {
        if (!context.comm.is_root() || members < 2) return;
        std::vector<campaign::FreshLabels> rounds;
        std::size_t structures = 0;
        for (int r = std::max(1, round - latest); r < round; ++r) {
            std::ifstream file{RoundFiles{o, r}.foretold()};
            if (!file) continue;
            auto const j = json::parse(file);
            rounds.push_back({foretold_of(j.at("energy")),
                              foretold_of(j.at("forces")),
                              {j.at("factors").at(0), j.at("factors").at(1)}});
            structures += rounds.back().energy.error.size();
        }
        if (structures < enough) return;
        auto const report = campaign::calibrated(rounds, members);
        factors = {report.factors.energy, report.factors.forces};
        context.log.info("{}", report.text);
    });
    context.comm.broadcast(std::span{factors});
    if (!(factors[0] > 0.0) || !(factors[1] > 0.0)) return std::nullopt;
    return Calibration{factors[0], factors[1]};
}

}  // namespace kamacite::apps
