# ASE's SocketIOCalculator is served: derivatives agree with differences, numbers with `kamacite predict`.
needs_python ase
export OMPI_MCA_mpi_yield_when_idle=1 OMP_NUM_THREADS=1
ase=$SOURCE/tests/system/ipi_ase.py
$python -B "$ase" write iron.xyz || fail "ASE writes no structure"
port=$($python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
$python -B "$ase" serve iron.xyz seen.xyz answer.json "$port" >ase.out 2>&1 &
server=$!
expect 0 ipi iron.xyz --address "localhost:$port" --wait 60
wait $server || fail "ASE complains: $(cat ase.out)"
cat ase.out
prints "geometries answered"
expect 0 predict seen.xyz -o predicted.xyz
$python - <<'P' || fail "ASE was told something else than predict says"
import json, numpy as np
from ase.io import read
told, atoms = json.load(open("answer.json")), read("predicted.xyz")
def check(what, expected):
    worst = np.abs(np.array(told[what]) - expected).max() / np.abs(expected).max()
    print(f"{what} differs by {worst:.1e} of the largest")
    assert worst < 1e-9, what
check("energy", atoms.get_potential_energy())
check("forces", atoms.get_forces())
check("virial", -atoms.get_stress(voigt=False) * atoms.get_volume())
P
