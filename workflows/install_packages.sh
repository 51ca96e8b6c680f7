#!/usr/bin/env bash
# Installs the packages that are missing: those of packages.txt that the program needs; with --tests, those that its
# tests need too; and what else is named. Does nothing, and needs no rights, when all are there.
#
#     workflows/install_packages.sh [--tests] [package…]
set -euo pipefail
with_tests=no
wanted=()
for word in "$@"; do
    case $word in
        --tests) with_tests=yes ;;
        -*) echo "error: unknown option '$word': only --tests is known" >&2; exit 2 ;;
        *) wanted+=("$word") ;;
    esac
done
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

if ! command -v dpkg-query >/dev/null; then
    echo "This is not a Debian system: install what $here/packages.txt lists${*:+ ($*)} with your package manager, Spack or modules."
    exit 0
fi
while read -r package; do
    [[ $package == '# for the tests' && $with_tests == no ]] && break
    [[ -z $package || $package == \#* ]] || wanted+=("$package")
done < "$here/packages.txt"
missing=()
for package in "${wanted[@]}"; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [[ $status == installed ]] || missing+=("$package")
done
[[ ${#missing[@]} -eq 0 ]] && exit 0

install=(apt-get install -y --no-install-recommends "${missing[@]}")
if [[ $(id -u) -eq 0 ]]; then
    as_root=()
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root=(sudo)
else
    echo "These packages are missing, and installing them needs root. Have somebody run:" >&2
    echo "    apt-get update && ${install[*]}" >&2
    exit 69
fi
echo "Installing ${#missing[@]} packages: ${missing[*]}"
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive "${install[@]}" -q
