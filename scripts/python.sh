#!/usr/bin/env bash
# Installs Python packages into the cache, once for each list, and prints the environment's folder: the tests', or those of
# another list: scripts/python.sh crates/insight/benches/requirements.txt
set -euo pipefail
cd "$(dirname "$0")/.."
list=${1:-tests/contract/requirements.txt}
environment=${XDG_CACHE_HOME:-$HOME/.cache}/perennial/python/$({ python3 --version; cat "$list"; } | sha256sum | cut -c 1-16)

mkdir -p "$(dirname "$environment")"
# Several tests may be the first at once.
exec 9>"$environment.lock"
flock 9
if [ ! -e "$environment/complete" ]; then
    python3 -m venv --clear "$environment" >&2
    scripts/step.sh 'Packages for Python' "$environment/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$list" >&2
    touch "$environment/complete"
fi
echo "$environment"
