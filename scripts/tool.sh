#!/usr/bin/env bash
# Puts the pinned version of a build tool into the cache: scripts/tool.sh trunk | wasm-bindgen | cargo-deny
# They are compiled for a quick installation, not for speed: it halves the time and they are fast enough.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=${XDG_CACHE_HOME:-$HOME/.cache}/perennial/tools
program=$1

case $program in
trunk)
    crate=trunk version=0.21.14 options=(--no-default-features)
    export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=256 CARGO_PROFILE_RELEASE_OPT_LEVEL=0
    ;;
cargo-deny)
    crate=cargo-deny version=0.20.2 options=(--no-default-features)
    export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=256 CARGO_PROFILE_RELEASE_OPT_LEVEL=0
    ;;
wasm-bindgen)
    # The tool refuses output of another version of the library.
    crate=wasm-bindgen-cli version=$(sed -n 's/^wasm-bindgen = .*"=\([0-9.]*\)".*/\1/p' Cargo.toml) options=()
    export CARGO_PROFILE_RELEASE_OPT_LEVEL=1
    ;;
esac

[[ $("$tools/bin/$program" --version 2>/dev/null) == *" $version" ]] && exit
unset CARGO_TARGET_DIR
if command -v cargo-binstall >/dev/null; then
    scripts/step.sh "Tool $program $version" cargo binstall --no-confirm --locked --root "$tools" "$crate@$version" && exit
fi
exec scripts/step.sh "Tool $program $version" cargo install --quiet --locked --root "$tools" "${options[@]}" "$crate@$version"
