#!/usr/bin/env bash
# Schemathesis against a server that run.sh started: all of it on SQLite, a short run on PostgreSQL, the same each time.
set -euo pipefail
cd "$(dirname "$0")"
export PERENNIAL_TEST_IDENTITIES=$work/identities.json SCHEMATHESIS_HOOKS=hooks PYTHONPATH=.
python3 identities.py >"$PERENNIAL_TEST_IDENTITIES"

options=(--url "$PERENNIAL_TEST_URL" --no-color)
case $PERENNIAL_TEST_DATABASE in
sqlite) phases=examples,coverage,fuzzing ;;
postgresql) phases=examples,fuzzing options+=(--max-examples 10) ;;
esac
try() { schemathesis --config-file ../../openapi/schemathesis.toml run ../../openapi/perennial.json "${options[@]}" "$@"; }

# What ends the session comes last; no link leads there or away.
last='^(change_password|sign_out_everywhere)$'
try --phases "$phases,stateful" --exclude-operation-id-regex "$last"
try --phases "$phases" --include-operation-id-regex "$last"
