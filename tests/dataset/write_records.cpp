// Writes or checks random records; driven by disk_test.py.
//   write_records write <dataset> <begin> <end> [<limit of the file size in bytes> <first rank with it>]
//   write_records append <dataset>   one segment with the records 0 to 200 after the other, for ever
//   write_records check <segment>    prints the number of records if they are those from 0 on
#include <sys/resource.h>

#include <csignal>
#include <iostream>

#include "kamacite/core/error.hpp"
#include "kamacite/dataset/store.hpp"
#include "kamacite/mpi/session.hpp"
#include "random_records.hpp"

using namespace kamacite;

namespace {

void write(std::filesystem::path const& path, mpi::Communicator const& comm, int begin, int end) {
    auto const block = mpi::block_of(comm.rank(), comm.size(), end - begin);
    dataset::write(path, comm,
                   test::random_records(begin + int(block.begin), begin + int(block.end)), {});
}

void run(mpi::Communicator const& comm, std::vector<std::string> const& args) {
    auto const& path = args.at(2);
    if (args.at(1) == "write") {
        if (args.size() > 5 &&
            comm.rank() >= std::stoi(args.at(6))) {  // set now: MPI itself needs larger files
            std::signal(SIGXFSZ, SIG_IGN);
            rlimit const limit{std::stoul(args[5]), std::stoul(args[5])};
            setrlimit(RLIMIT_FSIZE, &limit);
        }
        write(path, comm, std::stoi(args.at(3)), std::stoi(args.at(4)));
    } else if (args[1] == "append") {
        for (;;) write(path, comm, 0, 200);
    } else {
        auto const records = dataset::read_all(path, comm);
        for (std::size_t i = 0; i < records.size(); ++i)
            if (!test::same(records[i], test::random_record(int(i))))
                throw DataError("record " + std::to_string(i) + " is not what was written");
        if (comm.is_root()) std::cout << records.size() << '\n';
    }
}

}  // namespace

int main(int argc, char** argv) {
    mpi::Session session{argc, argv};
    auto const comm = mpi::Communicator::duplicate(MPI_COMM_WORLD);
    try {
        run(comm, {argv, argv + argc});
        return 0;
    } catch (Error const& e) {
        if (comm.is_root()) std::cerr << e.what() << std::endl;
        comm.barrier();
        MPI_Abort(MPI_COMM_WORLD, static_cast<int>(e.kind()));
    }
}
