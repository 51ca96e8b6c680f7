#include "kamacite/training/grade.hpp"

#include "kamacite/model/active_set.hpp"
#include "kamacite/training/setup.hpp"

namespace kamacite::training {

std::vector<Matrix> grade_of(mpi::Communicator const& comm, Model const& model,
                             dataset::Records const& records) {
    if (!model.has(Head::Kind::energy)) return {};
    auto const& descriptors = model.descriptors();
    auto const& elements = descriptors.elements();
    auto const parts = balanced_parts(costs_of(records, descriptors.cutoff()), comm.size());
    std::vector<std::vector<Matrix>> features(elements.size());
    std::vector<std::vector<long long>> ids(elements.size());
    mpi::all_or_none(comm, [&] {
        for (int const r : parts[static_cast<std::size_t>(comm.rank())]) {
            auto const record = records[static_cast<std::size_t>(r)];
            auto const& s = record->structure;
            auto const g =
                descriptors.evaluate(find_neighbours(s, descriptors.cutoff()), s.species);
            auto const rows = rows_by_element(elements, s.species);
            for (std::size_t e = 0; e < elements.size(); ++e) {
                if (rows[e].empty()) continue;
                features[e].push_back(model.features(g, rows[e], static_cast<int>(e)));
                for (int const i : rows[e]) ids[e].push_back((static_cast<long long>(r) << 32) + i);
            }
        }
    });
    int const h = model.head(Head::Kind::energy);
    std::vector<Matrix> weights;
    for (std::size_t e = 0; e < elements.size(); ++e) {
        auto const& sizes = model.part(h, static_cast<int>(e)).network.sizes();
        Matrix mine(std::ssize(ids[e]), sizes[sizes.size() - 2] + 1);
        Eigen::Index at = 0;
        for (auto const& some : features[e]) {
            mine.middleRows(at, some.rows()) = some;
            at += some.rows();
        }
        weights.push_back(find_active_set(comm, mine, ids[e]).weights);
    }
    return weights;
}

}  // namespace kamacite::training
