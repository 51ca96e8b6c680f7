/// make_model FILE: writes a small model of iron with random weights and all kinds of heads, for
/// the tests of commands that need one.

#include <cstdio>
#include <exception>

#include "kamacite/model/model_file.hpp"
#include "kamacite/mpi/session.hpp"

using namespace kamacite;

namespace {

Model small_model() {
    Cutoff const cutoff{CutoffForm::poly3, 5.0, 0.0};
    std::vector<RadialFunction> radial;
    for (double const eta : {0.05, 0.3, 1.0, 3.0}) radial.push_back({26, 26, eta, 0.0, cutoff});
    std::vector<AngularFunction> const angular{
        {AngularFunction::Form::wide, 26, 26, 26, 0.05, 1.0, 2.0, 0.0, cutoff}};
    Descriptors descriptors{{26}, {.radial = radial, .angular = angular}};
    auto scaling = Scaling::none(1, descriptors.width());
    scaling.smallest.setConstant(0.0);
    scaling.largest.setConstant(1e6);
    Head energy, moment;
    energy.hidden = moment.hidden = {6};
    energy.shift = {-3460.0};
    moment.kind = Head::Kind::moment;
    return Model{std::move(descriptors), std::move(scaling), {energy, moment}, 4};
}

}  // namespace

int main(int argc, char** argv) {
    mpi::Session const session{argc, argv};
    try {
        auto const world = mpi::Communicator::duplicate(MPI_COMM_WORLD);
        save_model(argv[1], world, small_model(), {"make_model", "seed: 4", {}, 4});
        return 0;
    } catch (std::exception const& e) {
        std::fprintf(stderr, "%s\n", e.what());
        return 1;
    }
}
