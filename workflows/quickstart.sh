#!/usr/bin/env bash
# The main job: from DFT calculations of iron to a judged model and a report, on 2 ranks.
#
#     workflows/quickstart.sh [--fresh] [directory, default out/quickstart]
#
# Installs what is missing, builds, runs. A run that was interrupted goes on; --fresh starts over.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

fresh=no
directory=$root/out/quickstart
for argument in "$@"; do
    if [[ $argument == --fresh ]]; then fresh=yes; else directory=$argument; fi
done
inputs=$root/inputs/quickstart

"$root/workflows/install_packages.sh"
mkdir -p "$(dirname "$build")"
build_kamacite kamacite

[[ $fresh == yes ]] && rm -rf "$directory"
mkdir -p "$directory"
cd "$directory"

step dft.h5 "Import DFT calculations of iron" kamacite import "$root/inputs/data/fe_kamacite/iron_qe.xyz" -o dft.h5
step generated.h5 "Generate structures" kamacite generate "$inputs/generate.yaml"
step descriptors.h5 "Describe them" kamacite describe "$inputs/describe.yaml"
step model/model.h5 "Train energies, forces, stress and moments" kamacite train "$inputs/train.yaml"
step model/test "Judge the model on the families it has not seen" \
    kamacite evaluate model/model.h5 dft.h5 --split families --part test -o model/test
step bcc_ev.h5 "Generate the E–V curve of bcc iron" kamacite generate "$inputs/bcc_ev.yaml"
step bcc_ev_predicted.h5 "Predict it" kamacite predict model/model.h5 bcc_ev.h5 -o bcc_ev_predicted.h5
write_report() { kamacite report model >/dev/null; }  # its summary is printed below
step model/report.html "Write the report" write_report

printf '\n== Summary\n'
cat model/summary.txt
printf '\nReport:  %s\nModel:   %s\nTime:    %d s, of this call\n' "$PWD/model/report.html" "$PWD/model/model.h5" "$SECONDS"
