#include "build.hpp"

#include <fmt/format.h>
#include <spdlog/version.h>

#include <CLI/Version.hpp>
#include <Eigen/Core>
#include <nlohmann/json.hpp>

#include "kamacite/mpi/communicator.hpp"

namespace kamacite::apps::build {
namespace {

std::string mpi_version() {
    char text[MPI_MAX_LIBRARY_VERSION_STRING];
    int length = 0;
    MPI_Get_library_version(text, &length);
    std::string const all{text, static_cast<std::size_t>(length)};
    return all.substr(0, all.find_first_of(",\n"));  // "Open MPI v4.1.4, package: …"
}

}  // namespace

bool contracts() {
#ifdef NDEBUG
    return false;
#else
    return true;
#endif
}

std::vector<std::pair<std::string, std::string>> libraries() {
    return {
        {"MPI", mpi_version()},
        {"HDF5", hdf5_version},
        {"PETSc", petsc_version},
        {"Eigen",
         fmt::format("{}.{}.{}", EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION)},
        {"yaml-cpp", yaml_version},
        {"fmt",
         fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)},
        {"spdlog", fmt::format("{}.{}.{}", SPDLOG_VER_MAJOR, SPDLOG_VER_MINOR, SPDLOG_VER_PATCH)},
        {"CLI11", CLI11_VERSION},
        {"nlohmann-json", fmt::format("{}.{}.{}", NLOHMANN_JSON_VERSION_MAJOR,
                                      NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH)},
        {"pugixml", pugixml_version},
    };
}

}  // namespace kamacite::apps::build
