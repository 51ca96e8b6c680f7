#pragma once
#include <mpi.h>

#include <cstdint>

namespace kamacite::mpi {

/// MPI's name of a type that travels between ranks.
template <class T>
MPI_Datatype datatype();
template <>
inline MPI_Datatype datatype<double>() {
    return MPI_DOUBLE;
}
template <>
inline MPI_Datatype datatype<int>() {
    return MPI_INT;
}
template <>
inline MPI_Datatype datatype<long long>() {
    return MPI_LONG_LONG;
}
template <>
inline MPI_Datatype datatype<char>() {
    return MPI_CHAR;
}
template <>
inline MPI_Datatype datatype<std::uint64_t>() {
    return MPI_UINT64_T;
}

}  // namespace kamacite::mpi
