#include "kamacite/inference/importance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "kamacite/core/element.hpp"
#include "kamacite/descriptors/rows.hpp"
#include "kamacite/inference/metrics.hpp"

namespace kamacite::inference {
namespace {

/// Of each element: the number of atoms, then Σ (σ_k ∂E_i/∂G_k)² of each function.
using Sums = std::vector<std::vector<double>>;

void add(Model const& model, Structure const& structure, Matrix const& g, Sums& sums) {
    int const h = model.head(Head::Kind::energy);
    double const scale = model.heads()[static_cast<std::size_t>(h)].scale[0];
    auto const rows = rows_by_element(model.descriptors().elements(), structure.species);
    for (std::size_t e = 0; e < rows.size(); ++e) {
        if (rows[e].empty()) continue;
        auto const& part = model.part(h, static_cast<int>(e));
        auto const w = model.parameters_of(part);
        auto tape = part.network.forward(w, model.scaled(g, rows[e], static_cast<int>(e)));
        auto const& slope =
            part.network.pull_back(w, tape, Matrix::Constant(std::ssize(rows[e]), 1, scale));
        sums[e][0] += static_cast<double>(rows[e].size());
        for (Eigen::Index k = 0; k < slope.cols(); ++k)
            sums[e][static_cast<std::size_t>(k) + 1] += slope.col(k).squaredNorm();
    }
}

bool alike(Committee const& committee) {
    auto const text = [](Model const& model) {
        std::string all;
        model.descriptors().functions().for_each_kind([&](auto const& functions) {
            for (auto const& f : functions)
                for (double const x : Rows<std::decay_t<decltype(functions.front())>>::row_of(f))
                    all += fmt::format("{} ", x);
        });
        return all;
    };
    auto const& members = committee.members();
    return std::all_of(members.begin(), members.end(),
                       [&](Model const& m) { return text(m) == text(members.front()); });
}

}  // namespace

std::map<std::string, Importance> importance_of(mpi::Communicator const& comm,
                                                Committee const& committee,
                                                std::span<Record const> mine) {
    auto const& first = committee.members().front();
    if (!first.has(Head::Kind::energy) || !alike(committee)) return {};
    auto const& elements = first.descriptors().elements();
    Sums zero;
    for (int const z : elements)
        zero.emplace_back(static_cast<std::size_t>(first.descriptors().size(z)) + 1, 0.0);
    std::string names;
    for (auto const& record : mine) names += record.family + '\n';
    std::string const all{every_family};
    std::set<std::string> families{all};
    for (auto const& text : comm.all_gather(names))
        for (std::size_t at = 0; at < text.size();) {
            auto const end = text.find('\n', at);
            families.insert(text.substr(at, end - at));
            at = end + 1;
        }
    std::map<std::string, Sums> sums;
    for (auto const& family : families) sums[family] = zero;
    mpi::all_or_none(comm, [&] {
        for (auto const& record : mine) {
            auto s = record.structure;
            if (committee.has_directions())
                direct(s, record.labels.moments, committee.least_moment());
            auto const g =
                first.descriptors().evaluate(find_neighbours(s, first.cutoff()), s.species);
            for (auto const& model : committee.members()) {
                add(model, s, g, sums[record.family]);
                add(model, s, g, sums[all]);
            }
        }
    });
    std::map<std::string, Importance> out;
    for (auto& [family, of_elements] : sums) {
        auto& entry = out[family];
        for (auto& of_element : of_elements) {
            comm.all_reduce(mpi::Op::sum, std::span{of_element});
            double const n = of_element[0];
            entry.atoms.push_back(static_cast<long long>(n) / committee.size());
            auto& values = entry.values.emplace_back();
            for (std::size_t k = 1; k < of_element.size(); ++k)
                values.push_back(n > 0.0 ? std::sqrt(of_element[k] / n) : 0.0);
        }
    }
    return out;
}

std::string importance_csv(Model const& model, std::map<std::string, Importance> const& by_family) {
    auto const& elements = model.descriptors().elements();
    std::string text = "element,function,kind,parameters";
    for (auto const& [family, importance] : by_family) {
        std::string name;
        for (char const c : family) name += c == '"' ? std::string{"\"\""} : std::string{c};
        text += fmt::format(",\"{} [eV]\"", name);
    }
    text += '\n';
    std::vector<std::size_t> number(elements.size(), 0);
    model.descriptors().functions().for_each_kind([&](auto const& functions) {
        using Function = std::decay_t<decltype(functions.front())>;
        for (auto const& f : functions) {
            auto const e = static_cast<std::size_t>(
                std::find(elements.begin(), elements.end(), f.centre) - elements.begin());
            auto const k = number[e]++;
            std::string parameters;
            for (double const x : Rows<Function>::row_of(f))
                parameters += fmt::format("{}{:.6g}", parameters.empty() ? "" : " ", x);
            text += fmt::format("{},{},{},{}", symbol_of(f.centre), k, Rows<Function>::name,
                                parameters);
            for (auto const& [family, importance] : by_family)
                text += fmt::format(",{:.6g}", importance.values[e][k]);
            text += '\n';
        }
    });
    return text;
}

}  // namespace kamacite::inference
