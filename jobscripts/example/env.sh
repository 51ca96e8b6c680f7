# Modules of this machine, and nothing else.
module load gcc/12 openmpi/4.1 hdf5/1.14-mpi petsc/3.18 eigen/3.4
