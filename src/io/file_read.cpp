// The reading half of File: each rank reads for itself, and all of them fail together.
#include "file_state.hpp"
#include "kamacite/mpi/partition.hpp"

namespace kamacite::io {

namespace {

mpi::Range block(Reader const& reader, mpi::Communicator const& comm, std::string const& name) {
    return mpi::block_of(comm.rank(), comm.size(), reader.rows(name));
}

}  // namespace

template <Element T>
std::vector<T> File::read_rows(std::string const& name) const {
    return state_->ask<std::vector<T>>(
        [&](Reader const& r) { return r.read<T>(name, block(r, comm(), name)); });
}

template <Element T>
std::vector<T> File::read_rows(std::string const& name, mpi::Range rows) const {
    return state_->ask<std::vector<T>>([&](Reader const& r) { return r.read<T>(name, rows); });
}

template <Element T>
std::vector<T> File::read_all(std::string const& name) const {
    auto values = state_->ask<std::vector<T>>([&](Reader const& r) {
        return comm().is_root()
                   ? r.read<T>(name)
                   : std::vector<T>(static_cast<std::size_t>(r.shape(name)[0] * r.columns(name)));
    });
    comm().broadcast(std::span{reinterpret_cast<char*>(values.data()), values.size() * sizeof(T)});
    return values;
}

Matrix File::read_matrix(std::string const& name) const {
    return state_->ask<Matrix>(
        [&](Reader const& r) { return r.read_matrix(name, block(r, comm(), name)); });
}

Matrix File::read_matrix(std::string const& name, mpi::Range rows) const {
    return state_->ask<Matrix>([&](Reader const& r) { return r.read_matrix(name, rows); });
}

Matrix File::read_all_matrix(std::string const& name) const {
    auto const values = read_all<double>(name);
    long long const width = columns(name);
    long long const height = rows(name);
    return Eigen::Map<Matrix const>(values.data(), height, width);
}

std::vector<std::string> File::read_texts(std::string const& name) const {
    return state_->ask<std::vector<std::string>>(
        [&](Reader const& r) { return r.read_texts(name, block(r, comm(), name)); });
}

std::vector<std::string> File::read_texts(std::string const& name, mpi::Range rows) const {
    return state_->ask<std::vector<std::string>>(
        [&](Reader const& r) { return r.read_texts(name, rows); });
}

std::vector<std::string> File::read_all_texts(std::string const& name) const {
    return state_->ask<std::vector<std::string>>([&](Reader const& r) {
        return r.read_texts(name, {0, r.rows(name)});
    });
}

bool File::has(std::string const& name) const {
    return state_->ask<bool>([&](Reader const& r) { return r.has(name); });
}
long long File::rows(std::string const& name) const {
    return state_->ask<long long>([&](Reader const& r) { return r.rows(name); });
}
long long File::columns(std::string const& name) const {
    return state_->ask<long long>([&](Reader const& r) { return r.columns(name); });
}
bool File::has_attribute(std::string const& owner, std::string const& key) const {
    return state_->ask<bool>([&](Reader const& r) { return r.has_attribute(owner, key); });
}
std::string File::text(std::string const& owner, std::string const& key) const {
    return state_->ask<std::string>([&](Reader const& r) { return r.text(owner, key); });
}
double File::number(std::string const& owner, std::string const& key) const {
    return state_->ask<double>([&](Reader const& r) { return r.number(owner, key); });
}
long long File::integer(std::string const& owner, std::string const& key) const {
    return state_->ask<long long>([&](Reader const& r) { return r.integer(owner, key); });
}

#define KAMACITE_FOR_ELEMENT(T)                                                       \
    template std::vector<T> File::read_rows<T>(std::string const&) const;             \
    template std::vector<T> File::read_rows<T>(std::string const&, mpi::Range) const; \
    template std::vector<T> File::read_all<T>(std::string const&) const
KAMACITE_FOR_ELEMENT(double);
KAMACITE_FOR_ELEMENT(int);
KAMACITE_FOR_ELEMENT(long long);
KAMACITE_FOR_ELEMENT(std::uint8_t);
KAMACITE_FOR_ELEMENT(std::uint64_t);
#undef KAMACITE_FOR_ELEMENT

}  // namespace kamacite::io
