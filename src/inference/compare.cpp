#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kamacite/core/error.hpp"
#include "kamacite/inference/metrics.hpp"
#include "kamacite/mpi/partition.hpp"
#include "kamacite/structure/property.hpp"

namespace kamacite::inference {
namespace {

/// Forces below this [eV/Å] are zero by symmetry: codes that symmetrise them print zero.
constexpr double force_by_symmetry = 1e-8;

std::string describe(Record const& record, std::size_t index) {
    std::string text = fmt::format("structure {}", index + 1);
    if (!record.name.empty()) text += " '" + record.name + "'";
    if (!record.source.empty()) text += " (" + record.source + ")";
    return text;
}

class Collector {
public:
    Collector(Comparison& into, Record const& record, std::size_t index)
        : into_{into}, record_{record}, index_{index} {}

    void add(std::string const& quantity, double reference, double predicted) {
        if (!std::isfinite(predicted))
            throw NumericalError(
                fmt::format("{} of {} is predicted as {} (must be finite): the model or the "
                            "structure is broken",
                            quantity, describe(record_, index_), predicted));
        auto& pairs = into_.quantities[quantity];
        pairs.subject.push_back(static_cast<int>(index_));
        pairs.reference.push_back(reference);
        pairs.predicted.push_back(predicted);
    }

private:
    Comparison& into_;
    Record const& record_;
    std::size_t index_;
};

void compare_one(Comparison& result, Record const& record, Prediction const& prediction,
                 std::size_t index) {
    Collector collect{result, record, index};
    auto const& labels = record.labels;
    auto const& s = record.structure;
    auto const atoms = static_cast<std::size_t>(s.size());
    if (labels.energy && !prediction.energies.empty())
        collect.add("energy", *labels.energy / s.size(), prediction.energy() / s.size());
    if (!labels.forces.empty() && prediction.forces.size() == atoms) {
        bool const vanish = std::all_of(labels.forces.begin(), labels.forces.end(),
                                        [](Vec3 const& f) { return f.norm() < force_by_symmetry; });
        if (vanish) ++result.without_forces;
        for (std::size_t i = 0; i < atoms && !vanish; ++i)
            for (int k = 0; k < 3; ++k)
                collect.add("forces", labels.forces[i](k), prediction.forces[i](k));
    }
    if (labels.stress && !prediction.virials.empty()) {
        Mat3 const stress = prediction.stress(s.cell.volume());
        int const voigt[6][2] = {{0, 0}, {1, 1}, {2, 2}, {1, 2}, {0, 2}, {0, 1}};
        for (auto const& [a, b] : voigt)
            collect.add("stress", (*labels.stress)(a, b), 0.5 * (stress(a, b) + stress(b, a)));
    }
    if (!labels.moments.empty() && prediction.moments.size() == atoms)
        for (std::size_t i = 0; i < atoms; ++i)
            collect.add("moments", std::abs(labels.moments[i]), std::abs(prediction.moments[i]));
    for (auto const& [name, value] : prediction.properties)
        if (auto const label = property_of(record, name)) collect.add(name, *label, value);
}

/// Texts as one text, each with its length before it: "3:abc0:".
std::string packed(std::vector<std::string> const& texts) {
    std::string result;
    for (auto const& text : texts) result += fmt::format("{}:{}", text.size(), text);
    return result;
}

std::vector<std::string> unpacked(std::string const& text) {
    std::vector<std::string> result;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t const colon = text.find(':', at);
        std::size_t const length = std::stoull(text.substr(at, colon - at));
        result.push_back(text.substr(colon + 1, length));
        at = colon + 1 + length;
    }
    return result;
}

std::vector<std::string> gather_texts(mpi::Communicator const& comm,
                                      std::vector<std::string> const& mine) {
    std::vector<std::string> result;
    for (auto const& text : comm.all_gather(packed(mine)))
        for (auto& part : unpacked(text)) result.push_back(std::move(part));
    return result;
}

}  // namespace

Comparison compare(std::span<Record const> records, std::span<Prediction const> predictions) {
    KAMACITE_EXPECTS(records.size() == predictions.size());
    Comparison result;
    for (std::size_t i = 0; i < records.size(); ++i) {
        auto const& record = records[i];
        result.subjects.push_back(
            {record.name, record.family, record.trajectory, record.structure.size()});
        compare_one(result, record, predictions[i], i);
    }
    return result;
}

Comparison gather(mpi::Communicator const& comm, Comparison const& mine) {
    std::vector<std::string> texts, names;
    std::vector<int> atoms;
    for (auto const& s : mine.subjects) {
        texts.insert(texts.end(), {s.name, s.family, s.trajectory});
        atoms.push_back(s.atoms);
    }
    for (auto const& [name, pairs] : mine.quantities) names.push_back(name);
    texts = gather_texts(comm, texts);
    names = gather_texts(comm, names);
    atoms = comm.all_gather(std::span<int const>{atoms});

    Comparison all;
    all.without_forces = comm.all_reduce(mpi::Op::sum, mine.without_forces);
    for (std::size_t i = 0; i < atoms.size(); ++i)
        all.subjects.push_back({texts[3 * i], texts[3 * i + 1], texts[3 * i + 2], atoms[i]});
    for (auto const& name : names) all.quantities[name];

    auto const first =
        static_cast<int>(mpi::exclusive_sum(comm, static_cast<long long>(mine.subjects.size())));
    for (auto& [name, pairs] : all.quantities) {
        auto const found = mine.quantities.find(name);
        Pairs part = found == mine.quantities.end() ? Pairs{} : found->second;
        for (int& s : part.subject) s += first;
        pairs.subject = comm.all_gather(std::span<int const>{part.subject});
        pairs.reference = comm.all_gather(std::span<double const>{part.reference});
        pairs.predicted = comm.all_gather(std::span<double const>{part.predicted});
    }
    return all;
}

}  // namespace kamacite::inference
