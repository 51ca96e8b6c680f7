#!/usr/bin/env bash
# The main job: from DFT calculations of iron to a judged model and a report, on 2 ranks.
#
#     workflows/quickstart.sh [--fresh] [--no-build] [--inputs DIR] [directory, default out/quickstart]
#
# Installs what is missing, builds, runs. A run that was interrupted goes on; --fresh starts over. --no-build uses the
# program that is there; --inputs takes the YAML files from another folder than inputs/quickstart.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
begin_workflow quickstart "$@"

step dft.h5 "Import DFT calculations of iron" kamacite import "$root/inputs/data/fe_kamacite/iron_qe.xyz" -o dft.h5
step generated.h5 "Generate structures without labels" kamacite generate "$inputs/generate.yaml"
step bcc_ev.h5 "Generate the E–V curve of bcc iron" kamacite generate "$inputs/bcc_ev.yaml"
step model/model.h5 "Train energies, forces, stress and moments" kamacite train "$inputs/train.yaml" --resume
step model/test "Judge the model on the families it has not seen" \
    kamacite evaluate model/model.h5 dft.h5 --split families --part test -o model/test
step model/descriptors.h5 "Describe the generated structures" kamacite describe "$inputs/describe.yaml"
step model/generated.h5 "Predict them" kamacite predict model/model.h5 generated.h5 -o model/generated.h5
step model/bcc_ev.h5 "Predict the E–V curve" kamacite predict model/model.h5 bcc_ev.h5 -o model/bcc_ev.h5
write_report() { kamacite report model >/dev/null; }  # its summary is printed below
step model/report.html "Write the report" write_report

printf '\n== Summary\n'
cat model/summary.txt
printf '\nReport:  %s\nModel:   %s\nTime:    %d s, of this call after the build\n' \
    "$PWD/model/report.html" "$PWD/model/model.h5" $((SECONDS - begin))
