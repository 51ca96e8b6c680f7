#!/usr/bin/env bash
# Installs what is missing, builds everything, runs the main job, then every test. Arguments go to ctest.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source workflows/lib.sh

workflows/install_packages.sh --tests
mkdir -p "$(dirname "$build")"
build_kamacite
workflows/quickstart.sh --fresh
ctest --test-dir "$build" --output-on-failure --no-tests=error -j 3 "$@"
