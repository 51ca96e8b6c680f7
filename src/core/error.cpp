#include "kamacite/core/error.hpp"

#include <fmt/format.h>

namespace kamacite {

void throw_error(ErrorKind kind, std::string const& message) {
    switch (kind) {
        case ErrorKind::usage:
            throw UsageError(message);
        case ErrorKind::data:
            throw DataError(message);
        case ErrorKind::missing:
            throw MissingError(message);
        case ErrorKind::internal:
            throw NumericalError(message);
        case ErrorKind::io:
            throw SystemError(message);
        case ErrorKind::input:
            throw InputError(message);
        case ErrorKind::stopped:
            break;
    }
    throw Error(kind, message);
}

void detail::broken_contract(char const* kind, char const* condition, char const* file, int line) {
    throw std::logic_error(fmt::format("{}:{}: {} does not hold: {} (a bug: please report it)",
                                       file, line, kind, condition));
}

}  // namespace kamacite
