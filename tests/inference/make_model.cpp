/// make_model FILE [energy | conductivity] [seed]: writes a small model of iron with random
/// weights, for the tests of commands that need one: of energies and moments, or of the thermal
/// conductivity at a temperature.

#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#include "kamacite/model/model_file.hpp"
#include "kamacite/mpi/session.hpp"

using namespace kamacite;

namespace {

Model small_model(std::string_view kind, std::uint64_t seed) {
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
    if (kind == "energy")
        return Model{std::move(descriptors), std::move(scaling), {energy, moment}, seed};
    Head conductivity;
    conductivity.kind = Head::Kind::property;
    conductivity.hidden = {6};
    conductivity.outputs = {"thermal_conductivity"};
    conductivity.conditions = {"temperature"};
    conductivity.shift = {80.0};
    conductivity.scale = {10.0};
    conductivity.condition_centre = {300.0};
    conductivity.condition_scale = {100.0};
    return Model{std::move(descriptors), std::move(scaling), {conductivity}, seed};
}

}  // namespace

int main(int argc, char** argv) {
    mpi::Session const session{argc, argv};
    try {
        auto const world = mpi::Communicator::duplicate(MPI_COMM_WORLD);
        std::uint64_t const seed = argc > 3 ? std::stoull(argv[3]) : 4;
        save_model(argv[1], world, small_model(argc > 2 ? argv[2] : "energy", seed),
                   {"make_model", "", {}, seed});
        return 0;
    } catch (std::exception const& e) {
        std::fprintf(stderr, "%s\n", e.what());
        return 1;
    }
}
