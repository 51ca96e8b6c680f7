#!/usr/bin/env bash
# Runs the blocks marked sh of a tutorial's README.md, in order, in a copy of its folder.
# Usage: run.sh <tutorial folder> <kamacite program> [scratch directory]
set -euo pipefail
tutorial=$(cd "$1" && pwd)
program=$(realpath "$2")
scratch=${3:-$(mktemp -d)}
export KAMACITE_SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

mkdir -p "$scratch/bin"
ln -sf "$program" "$scratch/bin/kamacite"
export PATH=$scratch/bin:$PATH
find "$tutorial" -name '*.yaml' -exec cp {} "$scratch" \;
cd "$scratch"
awk '/^```sh$/ {inside = 1; next} /^```/ {inside = 0} inside' "$tutorial/README.md" > blocks.sh
[[ -s blocks.sh ]] || { echo "no block in $tutorial/README.md" >&2; exit 1; }
bash -euxo pipefail blocks.sh
