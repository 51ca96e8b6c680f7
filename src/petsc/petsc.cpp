#include "kamacite/petsc/petsc.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <sstream>

#include "kamacite/core/error.hpp"
#include "kamacite/mpi/communicator.hpp"

namespace kamacite::petsc {
namespace {

int finalise_petsc(MPI_Comm, int, void*, void*) {
    return PetscFinalize() == 0 ? MPI_SUCCESS : MPI_ERR_OTHER;
}

/// Whether a text is words like "-name" or "-name value", of which PETSc itself drops the others.
bool is_options(std::string const& text) {
    std::istringstream words{text};
    bool takes_value = false;
    for (std::string word; words >> word;) {
        bool const name =
            word.size() > 1 && word[0] == '-' && std::isalpha(static_cast<unsigned char>(word[1]));
        if (!name && !takes_value) return false;
        takes_value = name;
    }
    return true;
}

}  // namespace

void check(PetscErrorCode code, char const* call) {
    if (code == 0) return;
    char const* text = nullptr;
    PetscErrorMessage(code, &text, nullptr);
    throw SystemError(fmt::format("{} failed: {} (PETSc error {})", call,
                                  text == nullptr ? "unknown" : text, static_cast<int>(code)));
}

void start() {
    PetscBool running = PETSC_FALSE;
    check(PetscInitialized(&running), "PetscInitialized");
    if (running == PETSC_TRUE) return;
    PETSC_COMM_WORLD = MPI_COMM_SELF;
    check(PetscOptionsSetValue(nullptr, "-no_signal_handler", "true"), "PetscOptionsSetValue");
    check(PetscOptionsSetValue(nullptr, "-skip_petscrc", "true"), "PetscOptionsSetValue");
    check(PetscInitializeNoArguments(), "PetscInitialize");
    check(PetscPushErrorHandler(PetscReturnErrorHandler, nullptr), "PetscPushErrorHandler");
    int key = MPI_KEYVAL_INVALID;
    mpi::check(MPI_Comm_create_keyval(MPI_COMM_NULL_COPY_FN, finalise_petsc, &key, nullptr),
               "MPI_Comm_create_keyval");
    mpi::check(MPI_Comm_set_attr(MPI_COMM_SELF, key, nullptr), "MPI_Comm_set_attr");
}

Options::Options(std::string const& text) {
    if (!is_options(text))
        throw InputError(fmt::format(
            "PETSc cannot read the options '{}': write them as on its command line, e.g. "
            "'-tao_ls_type armijo'",
            text));
    check(PetscOptionsCreate(&options_), "PetscOptionsCreate");
    check(PetscOptionsInsertString(options_, text.c_str()), "PetscOptionsInsertString");
    PetscOptionsPush(options_);
}

void Options::expect_all_read() const {
    PetscInt left = 0;
    char** names = nullptr;
    char** values = nullptr;
    check(PetscOptionsLeftGet(options_, &left, &names, &values), "PetscOptionsLeftGet");
    std::string const first = left > 0 ? names[0] : "";
    check(PetscOptionsLeftRestore(options_, &left, &names, &values), "PetscOptionsLeftRestore");
    if (!first.empty())
        throw InputError(fmt::format(
            "PETSc's optimiser does not know the option '-{}' (see the manual page of TAO): "
            "mend 'petsc'",
            first));
}

Options::~Options() {
    PetscOptionsPop();
    PetscOptionsDestroy(&options_);
}

std::vector<double> values_of(Vec from) {
    PetscInt n = 0;
    double const* values = nullptr;
    check(VecGetLocalSize(from, &n), "VecGetLocalSize");
    check(VecGetArrayRead(from, &values), "VecGetArrayRead");
    std::vector<double> out{values, values + n};
    check(VecRestoreArrayRead(from, &values), "VecRestoreArrayRead");
    return out;
}

void fill(Vec into, std::span<double const> from) {
    double* values = nullptr;
    check(VecGetArray(into, &values), "VecGetArray");
    std::copy(from.begin(), from.end(), values);
    check(VecRestoreArray(into, &values), "VecRestoreArray");
}

Vector vector_of(std::span<double const> values) {
    Vec raw = nullptr;
    check(VecCreateSeq(PETSC_COMM_SELF, static_cast<PetscInt>(values.size()), &raw),
          "VecCreateSeq");
    Vector vector{raw};
    fill(vector.get(), values);
    return vector;
}

}  // namespace kamacite::petsc
