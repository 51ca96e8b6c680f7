// The model driver of the KIM-API: what its simulators load, and the only file that knows it.
// Source: documentation of the KIM-API 2.3.
#include <fmt/format.h>

#include <KIM_ModelDriverHeaders.hpp>
#include <algorithm>
#include <exception>
#include <fstream>
#include <iterator>
#include <memory>
#include <vector>

#include "kamacite/core/element.hpp"
#include "kamacite/core/error.hpp"
#include "kamacite/kim/particles.hpp"
#include "kamacite/kim/portable_model.hpp"

namespace kamacite::kim {
namespace {

/// What one unit of kamacite (Å, eV) is in those of the simulator.
struct Units {
    double length;
    double energy;
};

struct Driver {
    PortableModel model;
    Units units;
    double reach;           ///< in the simulator's unit: the KIM-API keeps a pointer to it
    int not_of_ghosts = 1;  ///< no lists of particles that do not contribute; likewise
};

/// No exception may leave the driver: what went wrong is said in the simulator's log (kim.log).
/// \returns what the KIM-API takes for success or failure
template <class Kim, class Work>
int guarded(Kim const* kim, Work const& work) {
    auto const log = [&](std::string const& message) {
        kim->LogEntry(KIM::LOG_VERBOSITY::error, "kamacite: " + message, __LINE__, __FILE__);
        return 1;
    };
    try {
        work();
        return 0;
    } catch (std::exception const& e) {
        return log(e.what());
    } catch (...) {
        return log("an error of unknown kind: tell the developers");
    }
}

void require(int error, char const* what) {
    if (error != 0)
        throw SystemError(
            fmt::format("the KIM-API refused to {} (see above in kim.log): is its version 2.2 or "
                        "newer?",
                        what));
}

PortableModel read_model(KIM::ModelDriverCreate const* create) {
    int files = 0;
    create->GetNumberOfParameterFiles(&files);
    if (files != 1)
        throw DataError(
            fmt::format("the model has {} parameter files (needs one): convert it again", files));
    std::string const *folder = nullptr, *name = nullptr;
    create->GetParameterFileDirectoryName(&folder);
    require(create->GetParameterFileBasename(0, &name), "name the parameter file");
    std::ifstream file{*folder + "/" + *name, std::ios::binary};
    std::string const text{std::istreambuf_iterator<char>{file}, {}};
    if (!file.is_open() || file.bad())
        throw MissingError(
            fmt::format("{}/{} cannot be read: install the model again", *folder, *name));
    return parse_parameters(text, *name);
}

/// What Å^of_length eV^of_energy is in the simulator's units.
double unit_in(KIM::LengthUnit length, KIM::EnergyUnit energy, double of_length, double of_energy) {
    using namespace KIM;
    double factor = 0.0;
    require(ModelDriverCreate::ConvertUnit(LENGTH_UNIT::A, ENERGY_UNIT::eV, CHARGE_UNIT::e,
                                           TEMPERATURE_UNIT::K, TIME_UNIT::ps, length, energy,
                                           CHARGE_UNIT::e, TEMPERATURE_UNIT::K, TIME_UNIT::ps,
                                           of_length, of_energy, 0.0, 0.0, 0.0, &factor),
            "convert angstrom and eV");
    return factor;
}

std::vector<Vec3> positions_of(double const* coordinates, std::size_t n, double length) {
    std::vector<Vec3> out(n);
    for (std::size_t i = 0; i < n; ++i)
        out[i] = Eigen::Map<Vec3 const>(coordinates + 3 * i) / length;
    return out;
}

/// Adds −W, symmetrised, as the KIM-API orders it: xx yy zz yz xz xy. Its virial has the sign of
/// Σ (dE/dr) r_i r_j/r.
void add_virial(Mat3 const& w, double energy, double* to) {
    constexpr int row[] = {0, 1, 2, 1, 0, 0}, column[] = {0, 1, 2, 2, 2, 1};
    for (int k = 0; k < 6; ++k)
        to[k] -= 0.5 * energy * (w(row[k], column[k]) + w(column[k], row[k]));
}

/// What the simulator asks for; null for what it does not.
struct Wanted {
    double *energy, *forces, *energies, *virial, *virials;
};

Wanted wanted_of(KIM::ModelComputeArguments const* arguments) {
    using namespace KIM::COMPUTE_ARGUMENT_NAME;
    auto const pointer = [&](KIM::ComputeArgumentName name) {
        double* p = nullptr;
        require(arguments->GetArgumentPointer(name, &p), "say what it asks for");
        return p;
    };
    return {pointer(partialEnergy), pointer(partialForces), pointer(partialParticleEnergy),
            pointer(partialVirial), pointer(partialParticleVirial)};
}

void hand_out(Prediction const& p, Units const& units, Wanted const& to) {
    auto const n = p.energies.size();
    if (to.energy != nullptr) *to.energy = units.energy * p.energy();
    if (to.virial != nullptr) {
        std::fill_n(to.virial, 6, 0.0);
        add_virial(p.virial(), units.energy, to.virial);
    }
    if (to.virials != nullptr) std::fill_n(to.virials, 6 * n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
        if (to.energies != nullptr) to.energies[i] = units.energy * p.energies[i];
        if (to.forces != nullptr)
            Eigen::Map<Vec3>{to.forces + 3 * i} = units.energy / units.length * p.forces[i];
        if (to.virials != nullptr) add_virial(p.virials[i], units.energy, to.virials + 6 * i);
    }
}

int compute(KIM::ModelCompute const* compute, KIM::ModelComputeArguments const* arguments) {
    return guarded(arguments, [&] {
        using namespace KIM::COMPUTE_ARGUMENT_NAME;
        Driver* driver = nullptr;
        compute->GetModelBufferPointer(reinterpret_cast<void**>(&driver));
        int const *count = nullptr, *species = nullptr, *contributing = nullptr;
        double const* coordinates = nullptr;
        require(arguments->GetArgumentPointer(numberOfParticles, &count) ||
                    arguments->GetArgumentPointer(particleSpeciesCodes, &species) ||
                    arguments->GetArgumentPointer(particleContributing, &contributing) ||
                    arguments->GetArgumentPointer(KIM::COMPUTE_ARGUMENT_NAME::coordinates,
                                                  &coordinates),
                "give the particles");
        auto const n = static_cast<std::size_t>(*count);
        auto const positions = positions_of(coordinates, n, driver->units.length);
        auto const list_of = [&](int i) -> std::span<int const> {
            int size = 0;
            int const* list = nullptr;
            require(arguments->GetNeighborList(0, i, &size, &list), "give the list of a particle");
            return {list, static_cast<std::size_t>(size)};
        };
        hand_out(predict(driver->model.potentials(), {{species, n}, positions, {contributing, n}},
                         list_of),
                 driver->units, wanted_of(arguments));
    });
}

int create_arguments(KIM::ModelCompute const* /*compute*/,
                     KIM::ModelComputeArgumentsCreate* arguments) {
    return guarded(arguments, [&] {
        using namespace KIM::COMPUTE_ARGUMENT_NAME;
        for (auto const name : {partialEnergy, partialForces, partialParticleEnergy, partialVirial,
                                partialParticleVirial})
            require(arguments->SetArgumentSupportStatus(name, KIM::SUPPORT_STATUS::optional),
                    "take what this driver computes");
    });
}

int destroy_arguments(KIM::ModelCompute const* /*compute*/,
                      KIM::ModelComputeArgumentsDestroy* /*arguments*/) {
    return 0;
}

int destroy(KIM::ModelDestroy* destroy) {
    Driver* driver = nullptr;
    destroy->GetModelBufferPointer(reinterpret_cast<void**>(&driver));
    std::unique_ptr<Driver> const owner{driver};
    return 0;
}

template <class Routine>
void set_routine(KIM::ModelDriverCreate* create, KIM::ModelRoutineName name, int required,
                 Routine* routine) {
    require(create->SetRoutinePointer(name, KIM::LANGUAGE_NAME::cpp, required,
                                      reinterpret_cast<KIM::Function*>(routine)),
            "take a routine of the driver");
}

void set_up(KIM::ModelDriverCreate* create, KIM::LengthUnit length, KIM::EnergyUnit energy) {
    auto driver = std::make_unique<Driver>(
        Driver{read_model(create),
               {unit_in(length, energy, 1.0, 0.0), unit_in(length, energy, 0.0, 1.0)},
               0.0});
    driver->reach = driver->units.length * driver->model.cutoff;
    using namespace KIM;
    require(create->SetUnits(length, energy, CHARGE_UNIT::unused, TEMPERATURE_UNIT::unused,
                             TIME_UNIT::unused),
            "take the units");
    require(create->SetModelNumbering(NUMBERING::zeroBased), "count from zero");
    for (int const z : driver->model.elements)
        require(create->SetSpeciesCode(SpeciesName{std::string{symbol_of(z)}}, z),
                "take the elements of the model");
    create->SetInfluenceDistancePointer(&driver->reach);
    create->SetNeighborListPointers(1, &driver->reach, &driver->not_of_ghosts);
    using namespace KIM::MODEL_ROUTINE_NAME;
    set_routine<ModelComputeArgumentsCreateFunction>(create, ComputeArgumentsCreate, 1,
                                                     create_arguments);
    set_routine<ModelComputeFunction>(create, Compute, 1, compute);
    set_routine<ModelComputeArgumentsDestroyFunction>(create, ComputeArgumentsDestroy, 1,
                                                      destroy_arguments);
    set_routine<ModelDestroyFunction>(create, Destroy, 1, destroy);
    create->SetModelBufferPointer(driver.release());
}

}  // namespace
}  // namespace kamacite::kim

extern "C" int kamacite_create_driver(KIM::ModelDriverCreate* const create,
                                      KIM::LengthUnit const length, KIM::EnergyUnit const energy,
                                      KIM::ChargeUnit const /*charge*/,
                                      KIM::TemperatureUnit const /*temperature*/,
                                      KIM::TimeUnit const /*time*/) {
    return kamacite::kim::guarded(create, [&] { kamacite::kim::set_up(create, length, energy); });
}
