#!/usr/bin/env bash
# Iron's properties, from DFT calculations to a page of tables and figures, on 2 ranks: statics, phonons, thermal expansion, moments against
# lattice constant and temperature, M(T) and T_c of spins, resistivity, thermal conductivity of the electrons.
#
#     workflows/iron_properties.sh [--fresh] [--no-build] [--inputs DIR] [directory, default out/iron_properties]
#
# Installs what is missing, builds, runs, at a size for demonstration: a few minutes. A run that was interrupted goes on; --fresh starts
# over. The sizes for production are in the inputs (inputs/iron_properties), the job for a cluster is jobscripts/example/iron_properties.slurm.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
begin_workflow iron_properties "$@"

step dft.h5 "Import DFT calculations of iron" kamacite import "$root/inputs/data/fe_kamacite/iron_qe.xyz" -o dft.h5
step moments/model.h5 "Train moments, a committee" kamacite train "$inputs/train.yaml" --resume
step judged/metrics.json "Judge them on the families they have not seen" \
    kamacite evaluate moments/model.h5 dft.h5 --split families --part test -o judged
step crystal/properties.json "Compute statics and phonons" kamacite properties "$inputs/crystal.yaml"
step transport/properties.json "Compute moments, spins and resistivity" kamacite properties "$inputs/transport.yaml"
write_report() { kamacite report . >/dev/null; }
step report.html "Write the report" write_report

printf '\nReport:  %s\nTables:  %s, %s\nTime:    %d s, of this call after the build\n' "$PWD/report.html" \
    "$PWD/crystal/properties.csv" "$PWD/transport/properties.csv" $((SECONDS - begin))
