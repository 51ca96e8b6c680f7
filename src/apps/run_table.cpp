#include "run_table.hpp"

namespace kamacite::apps {

RunTable::RunTable(mpi::Communicator const& comm, std::filesystem::path const& path, long long keep,
                   std::string const& header)
    : comm_{&comm} {
    mpi::all_or_none(comm, [&] {
        if (!comm.is_root()) return;
        file_.emplace(path, keep);
        if (keep == 0) file_->append(header + "\n");
    });
}

void RunTable::add(std::string const& row) {
    mpi::all_or_none(*comm_, [&] {
        if (file_) file_->append(row + "\n");
    });
}

long long RunTable::sync() {
    std::vector<long long> size{0};
    mpi::all_or_none(*comm_, [&] {
        if (!file_) return;
        file_->sync();
        size[0] = file_->size();
    });
    comm_->broadcast(size);
    return size[0];
}

}  // namespace kamacite::apps
