#!/usr/bin/env bash
# Runs a command and says how long it took: scripts/step.sh 'Format' cargo fmt --check
set -u
name=$1 status=0
shift
printf '\n=== %s\n' "$name"
SECONDS=0
"$@" || status=$?
if ((status)); then result='FAILED after'; else result=done; fi
printf '=== %s: %s %d s\n' "$name" "$result" "$SECONDS"
exit "$status"
