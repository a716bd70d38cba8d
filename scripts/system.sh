#!/usr/bin/env bash
# Installs what the system lacks, by apt: scripts/system.sh libpq postgresql chromium fonts python faketime
# Each is looked for as a program or a library, not as a package: one from elsewhere serves as well.
set -euo pipefail
here=$(dirname "$0")

has() {
    case $1 in
    libpq) pkg-config --exists libpq ;;
    postgresql) "$here/postgres.sh" programs ;;
    chromium) "$here/chromium.sh" ;;
    fonts) [ -n "$(fc-list :lang=zh)" ] ;;
    python) python3 -c 'import ensurepip, venv' ;;
    faketime) ls /usr/lib*/*/faketime/libfaketimeMT.so.1 ;;
    esac &>/dev/null
}

packages() {
    case $1 in
    libpq) echo libpq-dev pkg-config ;;
    postgresql) echo postgresql ;;
    chromium) echo chromium ;;
    fonts) echo fontconfig fonts-noto-cjk ;;
    python) echo python3-venv ;;
    faketime) echo libfaketime ;;
    esac
}

wanted=()
for name in "$@"; do
    has "$name" || wanted+=($(packages "$name"))
done
((${#wanted[@]})) || exit 0

root=()
((EUID == 0)) || root=(sudo)
for program in apt-get "${root[@]}"; do
    command -v "$program" >/dev/null && continue
    echo "Please install what these Debian packages hold, then try again: ${wanted[*]}" >&2
    exit 1
done
"$here/step.sh" "Package lists" "${root[@]}" apt-get update -qq
"$here/step.sh" "Packages ${wanted[*]}" "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install --yes -qq --no-install-recommends -o DPkg::Lock::Timeout=300 "${wanted[@]}"
