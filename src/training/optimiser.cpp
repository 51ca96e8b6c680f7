#include "kamacite/training/optimiser.hpp"

#include "kamacite/training/adam.hpp"
#include "kamacite/training/gauss_newton.hpp"
#include "kamacite/training/kalman.hpp"
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
        case StageOptions::Kind::kalman:
            return "kalman";
        case StageOptions::Kind::brgn:
            return "brgn";
        case StageOptions::Kind::lsqr:
            return "lsqr";
    }
    return "";
}

bool all_at_once(StageOptions const& stage) {
    return stage.kind != StageOptions::Kind::adam && stage.kind != StageOptions::Kind::kalman;
}

std::unique_ptr<Optimiser> make_optimiser(StageOptions const& stage, Model const& model,
                                          mpi::Communicator const& comm) {
    switch (stage.kind) {
        case StageOptions::Kind::adam:
            return std::make_unique<Adam>(stage, model);
        case StageOptions::Kind::lmvm:
        case StageOptions::Kind::bqnls:
            return std::make_unique<QuasiNewton>(stage);
        case StageOptions::Kind::kalman:
            return std::make_unique<Kalman>(stage, model, comm);
        case StageOptions::Kind::brgn:
        case StageOptions::Kind::lsqr:
            return std::make_unique<GaussNewton>(stage);
    }
    return nullptr;
}

}  // namespace kamacite::training
