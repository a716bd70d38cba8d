#!/usr/bin/env bash
# Joins the sheets named in frontend/patternfly.txt into frontend/generated/patternfly.css.
set -euo pipefail
cd "$(dirname "$0")/../frontend"
package=node_modules/@patternfly/patternfly
mapfile -t sheets < <(grep -v '^#' patternfly.txt)
mkdir -p generated
{
    echo "/*! PatternFly $(node -p "require('./$package/package.json').version"), copyright Red Hat, Inc., MIT licence */"
    (cd "$package" && cat "${sheets[@]/%/.css}")
} >generated/patternfly.css
