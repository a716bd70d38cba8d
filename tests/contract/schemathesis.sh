#!/usr/bin/env bash
# Schemathesis against a server that run.sh started: all of it on SQLite, a short run on PostgreSQL, the same each time.
set -euo pipefail
cd "$(dirname "$0")"
export PERENNIAL_TEST_IDENTITIES=$work/identities.json SCHEMATHESIS_HOOKS=hooks PYTHONPATH=.
python3 identities.py >"$PERENNIAL_TEST_IDENTITIES"

try() {
    schemathesis --config-file ../../openapi/schemathesis.toml run ../../openapi/perennial.json --url "$PERENNIAL_TEST_URL" --seed 1 --no-color "$@"
}

# What ends the session comes last.
last='^(change_password|sign_out_everywhere)$'
try --exclude-operation-id-regex "$last" "$@"
try --include-operation-id-regex "$last" "$@"
