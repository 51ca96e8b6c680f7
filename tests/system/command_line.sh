# Wrong use ends with 2 and a hint; help and version with 0.
expect 0 --version; prints "kamacite "
expect 0 --help;    prints "describe"
expect 0 info --help; prints "--json"
expect 2;           says "--help"
expect 2 inof;      says_once "error: 'inof' is not a command (did you mean 'info'?)"
expect 2 info --wrong; says "--wrong"
expect 2 describe;  says "input is required"
expect 2 init describ; says "did you mean 'describe'?"
expect 2 schema nonsense; says "no command that takes an input"
expect 0 info;      prints "HDF5"
expect 0 info --json; python3 -c 'import json; json.load(open("out"))["libraries"]["PETSc"]' || fail "no JSON"
expect 0 info --json --log-all-ranks -v; python3 -c 'import json; json.load(open("out"))' || fail "no JSON"
expect 0 schema describe; python3 -c 'import json; assert json.load(open("out"))["required"] == ["data"]' || fail "no schema"
expect 0 init describe -o made.yaml; silent
expect 2 init describe -o made.yaml; says "made.yaml exists"
expect 0 init describe -o made.yaml --force
expect 0 check made.yaml; prints "cutoff_radial: 6.5 angstrom"
expect 0 doctor --json; python3 -c 'import json; assert json.load(open("out"))["healthy"]' || fail "not healthy"
expect 74 doctor --dir /proc; says "bad"
expect 74 doctor --dir missing/deep; prints "there is no directory missing/deep"; absent missing
