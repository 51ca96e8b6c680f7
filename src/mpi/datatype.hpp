#pragma once
#include <mpi.h>

#include <cstdint>

namespace kamacite::mpi {

/// MPI's name of a type that travels between ranks.
template <class T>
MPI_Datatype datatype();

/// Calls a macro for each such type and MPI's name of it: the types of the concept Number.
#define KAMACITE_FOR_EACH_NUMBER(call) \
    call(double, MPI_DOUBLE);          \
    call(int, MPI_INT);                \
    call(long long, MPI_LONG_LONG);    \
    call(char, MPI_CHAR);              \
    call(std::uint64_t, MPI_UINT64_T)

#define KAMACITE_DATATYPE(T, name)      \
    template <>                         \
    inline MPI_Datatype datatype<T>() { \
        return name;                    \
    }                                   \
    static_assert(true)
KAMACITE_FOR_EACH_NUMBER(KAMACITE_DATATYPE);
#undef KAMACITE_DATATYPE

}  // namespace kamacite::mpi
