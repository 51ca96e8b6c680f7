#pragma once
#include <stdexcept>
#include <string>

namespace kamacite {

/// What kind of failure it is; the value is the exit code of the program
/// (docs/reference/commands.md).
enum class ErrorKind : int {
    usage = 2,      ///< wrong use of the command line
    data = 65,      ///< a file holds nonsense
    missing = 66,   ///< an input file does not exist or cannot be read
    internal = 70,  ///< a bug, or numerics that diverged
    io = 74,        ///< MPI, HDF5, PETSc, disk
    stopped = 75,   ///< stopped at a checkpoint: run again to continue
    input = 78,     ///< the input file (YAML) is wrong
};

/// Base of all errors thrown by the library. `what()` reads
/// "<what failed> (<why that is wrong>): <what to do>".
class Error : public std::runtime_error {
public:
    Error(ErrorKind kind, std::string const& message) : std::runtime_error{message}, kind_{kind} {}
    [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }

private:
    ErrorKind kind_;
};

/// An error of one fixed kind, so that a throw reads `throw DataError("…")`.
template <ErrorKind K>
class ErrorOf final : public Error {
public:
    explicit ErrorOf(std::string const& message) : Error{K, message} {}
};

using UsageError = ErrorOf<ErrorKind::usage>;         ///< wrong command line
using DataError = ErrorOf<ErrorKind::data>;           ///< a file holds nonsense
using MissingError = ErrorOf<ErrorKind::missing>;     ///< a file is not there
using NumericalError = ErrorOf<ErrorKind::internal>;  ///< diverged, singular, NaN
using SystemError = ErrorOf<ErrorKind::io>;           ///< MPI, HDF5, PETSc, disk
using InputError = ErrorOf<ErrorKind::input>;         ///< the user can fix it in the input

/// Throws the error class that belongs to `kind`, e.g. an error that another rank reported.
[[noreturn]] void throw_error(ErrorKind kind, std::string const& message);

namespace detail {
/// Throws std::logic_error naming the condition and its place.
[[noreturn]] void broken_contract(char const* kind, char const* condition, char const* file,
                                  int line);
}  // namespace detail
}  // namespace kamacite

/// Contract checks: a violation is a bug, never bad input. Compiled out with NDEBUG.
#ifdef NDEBUG
#define KAMACITE_EXPECTS(cond) ((void)0)
#define KAMACITE_ENSURES(cond) ((void)0)
#else
#define KAMACITE_CONTRACT(kind, cond) \
    ((cond) ? (void)0 : ::kamacite::detail::broken_contract(kind, #cond, __FILE__, __LINE__))
#define KAMACITE_EXPECTS(cond) KAMACITE_CONTRACT("precondition", cond)
#define KAMACITE_ENSURES(cond) KAMACITE_CONTRACT("postcondition", cond)
#endif
