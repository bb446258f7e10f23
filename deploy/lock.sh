#!/bin/sh
# Rewrites the hash-locked requirements in deploy/requirements/ from pyproject.toml.
#
#   sh deploy/lock.sh              keep the locked versions, follow pyproject.toml
#   sh deploy/lock.sh --upgrade    take the newest versions
#
# Needs uv (in a virtual environment of its own: pip install uv). Run it after any change of
# dependencies, then commit the five files with pyproject.toml.
#
# One lock is universal: it holds the hashes of every wheel for Python 3.11 and later on x86_64 and
# aarch64. `test` is made first and binds the others, so a package has the same version in all five;
# ./conciergerie relies on that when it installs one on top of another.
set -eu

cd "$(dirname "$(readlink -f -- "$0")")/.."
# The hashes must be those of the public registry, not of a mirror or a folder of this machine.
for name in $(env | sed -n 's/^\(\(UV\|PIP\)_[A-Z_]*\)=.*/\1/p'); do
    unset "$name"
done

lock() {
    extra=$1
    shift
    uv pip compile --no-config --quiet --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
        --extra "$extra" --output-file "deploy/requirements/$extra.txt" "$@" pyproject.toml
}

mkdir -p deploy/requirements
lock test "$@"
for extra in kiosk bridge hub demo; do
    lock "$extra" --constraint deploy/requirements/test.txt "$@"
done
