#!/bin/sh
# Makes an environment each for the oldest and the newest DuckDB that must open the published file:
# they cannot live beside ours. In .venv, so that whoever removes that removes these too; or does
# nothing where they are made already.
set -eu
cd "$(dirname "$0")/.."

for which in oldest newest; do
    lock=tests/analyst/duckdb/$which.lock
    environment=.venv/duckdb-$which
    if cmp -s "$lock" "$environment/made-from.lock"; then
        continue
    fi
    echo "Installing the $which DuckDB into $environment (once)" >&2
    .venv/bin/python -m venv --clear "$environment"
    "$environment/bin/python" -m pip install --quiet --disable-pip-version-check \
        --require-hashes --requirement "$lock"
    cp "$lock" "$environment/made-from.lock"
done
