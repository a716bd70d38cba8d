#!/usr/bin/env bash
# The contract, used: generated clients run one scenario against a live server, then schemathesis tries every operation.
# Needs PERENNIAL_PROGRAM and PERENNIAL_TEST_DATABASE: sqlite, or postgresql with PERENNIAL_TEST_POSTGRES_URL.
set -euo pipefail
cd "$(dirname "$0")"
source server.sh

step() { ../../scripts/step.sh "$@"; }
bin=node_modules/.bin

typescript() {
    mkdir -p generated
    "$bin/openapi-typescript" ../../openapi/perennial.json --output generated/perennial.d.ts >/dev/null
    "$bin/tsc"
    PERENNIAL_TEST_EMAIL=admin@typescript.example node generated/scenario.js
}

python() {
    openapi-python-client generate --path ../../openapi/perennial.json --output-path "$work/python/perennial_client" \
        --meta none --fail-on-warning
    MYPYPATH=$work/python mypy --config-file mypy.ini --cache-dir "$work/mypy" scenario.py "$work/python/perennial_client"
    PERENNIAL_TEST_EMAIL=admin@python.example PYTHONPATH=$work/python python3 scenario.py
}
export -f typescript python
export bin work

start_server
for name in typescript python ours theirs; do add_organization "$name"; done
step 'TypeScript client' bash -euc typescript
step 'Python client' bash -euc python
step 'Schemathesis' ./schemathesis.sh
