#!/usr/bin/env bash
# Prints the path of the system's Chromium or Chrome.
for name in "${PERENNIAL_CHROMIUM:-}" chromium chromium-browser google-chrome; do
    [ -n "$name" ] && command -v "$name" && exit
done
echo 'No Chromium found: install one or set PERENNIAL_CHROMIUM' >&2
exit 1
