#include "kamacite/training/optimiser.hpp"

#include "kamacite/training/adam.hpp"
#include "kamacite/training/quasi_newton.hpp"

namespace kamacite::training {

std::string name_of(StageOptions::Kind kind) {
    switch (kind) {
        case StageOptions::Kind::adam:
            return "adam";
        case StageOptions::Kind::lmvm:
            return "lmvm";
        case StageOptions::Kind::bqnls:
            return "bqnls";
    }
    return "";
}

bool all_at_once(StageOptions const& stage) {
    return stage.kind == StageOptions::Kind::lmvm || stage.kind == StageOptions::Kind::bqnls;
}

std::unique_ptr<Optimiser> make_optimiser(StageOptions const& stage, Model const& model) {
    switch (stage.kind) {
        case StageOptions::Kind::adam:
            return std::make_unique<Adam>(stage, model);
        case StageOptions::Kind::lmvm:
        case StageOptions::Kind::bqnls:
            return std::make_unique<QuasiNewton>(stage);
    }
    return nullptr;
}

}  // namespace kamacite::training
