#pragma once
#include <memory>
#include <string>
#include <vector>

#include "kamacite/jobs/scheduler.hpp"

namespace kamacite::jobs {

/// How Slurm's commands are used.
struct SlurmOptions {
    double patience = 30.0;         ///< [s] after which a command that has not answered is killed
    double submit_patience = 60.0;  ///< [s] the same of sbatch
    bool accounting = true;         ///< ask sacct too, if it works
    int days = 14;                  ///< how far back sacct looks
};

/// Slurm by its commands, 20.02 or newer: sbatch, squeue, sacct where accounting works, scancel,
/// scontrol, sinfo. Jobs may be requeued by Slurm: each run of a script has a directory of its own.
[[nodiscard]] std::unique_ptr<Scheduler> make_slurm(SlurmOptions const& options = {});

/// A partition, as sinfo has it.
struct Partition {
    std::string name;
    bool is_default = false;
    bool is_up = false;
    double seconds = 0.0;  ///< longest time limit; infinity: none
};

/// What there is of Slurm here.
struct SlurmReport {
    bool installed = false;  ///< sbatch is in PATH
    bool answers = false;    ///< and the controller answers
    std::string version;
    bool accounting = false;  ///< sacct works
    int largest_array = 1;    ///< tasks
    double remembers = 0.0;   ///< [s] for which ended jobs are in squeue's answer (MinJobAge)
    std::vector<Partition> partitions;
    std::vector<std::string> mends;  ///< sentences: what to do
};
/// Looks at the Slurm of this machine.
[[nodiscard]] SlurmReport slurm_report(SlurmOptions const& options = {});

}  // namespace kamacite::jobs
