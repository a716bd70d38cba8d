#!/usr/bin/env bash
# Installs a folder's npm packages into the cache, once for each lock file, and links them as its node_modules.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
cd "$1"
packages=${XDG_CACHE_HOME:-$HOME/.cache}/perennial/npm/$(sha256sum package-lock.json | cut -c 1-16)

if [ ! -d "$packages" ]; then
    mkdir -p "${packages%/*}"
    new=$(mktemp -d "$packages.XXXXXX")
    cp package.json package-lock.json "$new"
    "$root/scripts/step.sh" "Packages of $1" npm ci --prefix "$new" --ignore-scripts --no-audit --no-fund --loglevel=error
    mv -T "$new" "$packages" 2>/dev/null || rm -r "$new" # another run was first
fi
[ -L node_modules ] || rm -rf node_modules
ln -sfn "$packages/node_modules" node_modules
