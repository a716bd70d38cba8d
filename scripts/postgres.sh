#!/usr/bin/env bash
# A private PostgreSQL server for tests: fast, not durable, gone when stopped.
#   eval "$(scripts/postgres.sh start [setting=value …])"   exports PERENNIAL_TEST_POSTGRES_URL
#   scripts/postgres.sh url                                 prints it again
#   scripts/postgres.sh stop
#   scripts/postgres.sh crash; scripts/postgres.sh revive   it dies at once; it comes back with what it had
#   scripts/postgres.sh with [setting=value …] COMMAND …    runs a command with a server of its own
#   scripts/postgres.sh kept [setting=value …] COMMAND …    the same with one in the cache folder, whose databases stay
# `start` keeps one server for each checkout, in PERENNIAL_POSTGRES_DIR. A later setting wins: `start fsync=on` is durable.
set -euo pipefail
self=$(realpath "$0")
directory=${PERENNIAL_POSTGRES_DIR:-/tmp/perennial-postgres-$(printf '%s %s' "$EUID" "$self" | sha256sum | cut -c 1-12)}
settings=(fsync=off synchronous_commit=off full_page_writes=off wal_level=minimal max_wal_senders=0 max_wal_size=4GB
    autovacuum=off jit=off shared_buffers=256MB max_connections=200 max_locks_per_transaction=256
    listen_addresses=127.0.0.1 unix_socket_directories= timezone=UTC log_min_duration_statement=-1)

programs() {
    local found
    found=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1) || true
    [ -x "${found:=$(dirname "$(command -v initdb)")}/initdb" ] || { echo 'PostgreSQL is not installed' >&2; return 1; }
    echo "$found"
}

# The server refuses to run as root; Debian's package brings the user postgres.
as_server() { (cd / && if ((EUID == 0)); then runuser -u postgres -- "$@"; else "$@"; fi); }

take_settings() {
    taken=0
    while [[ ${1:-} =~ ^[a-z_.]+= ]]; do settings+=("$1"); shift; taken=$((taken + 1)); done
}

# Where there is room, in memory: every test makes a database of its own. A durable server belongs on a disk.
place() {
    local free
    free=$(df --output=avail /dev/shm 2>/dev/null | tail -n 1)
    if [[ -w /dev/shm && ${free:-0} -gt 8000000 && " ${settings[*]} " != *' fsync=on '* ]]; then echo /dev/shm; else echo "${TMPDIR:-/tmp}"; fi
}

initialise() {
    rm -rf "$directory"
    mkdir -m 711 "$directory"
    mkdir -m 700 "$directory/data"
    (umask 077 && od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >"$directory/password")
    ((EUID)) || chown postgres "$directory/data" "$directory/password"
    as_server "$(programs)/initdb" -D "$directory/data" -U postgres -A md5 --pwfile="$directory/password" \
        -E UTF8 --locale=C.UTF-8 --no-sync >"$directory/initdb.log" 2>&1 || { cat "$directory/initdb.log" >&2; return 1; }
}

start() {
    local port setting
    as_server "$(programs)/pg_ctl" status -D "$directory/data" &>/dev/null && return
    [ -e "$directory/kept" ] || initialise
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    (umask 077 && echo "postgres://postgres:$(cat "$directory/password")@127.0.0.1:$port/postgres" >"$directory/url")
    grep -q perennial.conf "$directory/data/postgresql.conf" || echo "include 'perennial.conf'" >>"$directory/data/postgresql.conf"
    for setting in "${settings[@]}" "port=$port"; do echo "${setting%%=*} = '${setting#*=}'"; done >"$directory/data/perennial.conf"
    revive
}

revive() {
    as_server "$(programs)/pg_ctl" start -w -t 60 -s -D "$directory/data" -l "$directory/data/server.log" >/dev/null ||
        { cat "$directory/data/server.log" >&2; return 1; }
}

# In the cache folder, but for root: its server's user may not go there.
kept_place() {
    local cache=${XDG_CACHE_HOME:-$HOME/.cache}/perennial/bench
    ((EUID)) || cache=/var/cache/perennial/bench
    mkdir -p "$cache"
    echo "$cache/$("$(programs)/postgres" --version | sed 's/[^0-9]*\([0-9]*\).*/postgresql-\1/')"
}

crash() { as_server "$(programs)/pg_ctl" stop -s -m immediate -D "$directory/data"; }

stop() {
    [ ! -f "$directory/data/PG_VERSION" ] || crash || true
    rm -rf "$directory"
}

command=${1:-}
shift || true
case $command in
programs) programs ;;
start)
    take_settings "$@"
    start
    echo "export PERENNIAL_TEST_POSTGRES_URL=$(cat "$directory/url")"
    ;;
url) cat "$directory/url" ;;
stop) stop ;;
crash) crash ;;
revive) revive ;;
with)
    take_settings "$@"
    shift "$taken"
    directory=$(mktemp -d "$(place)/perennial-postgres.XXXXXX")
    trap stop EXIT
    trap 'exit 130' INT TERM HUP
    start
    PERENNIAL_TEST_POSTGRES_URL=$(cat "$directory/url")
    export PERENNIAL_TEST_POSTGRES_URL
    command "$@"
    ;;
kept)
    take_settings "$@"
    shift "$taken"
    directory=$(kept_place)
    trap 'as_server "$(programs)/pg_ctl" stop -s -m fast -D "$directory/data"' EXIT
    trap 'exit 130' INT TERM HUP
    start
    touch "$directory/kept"
    PERENNIAL_TEST_POSTGRES_URL=$(cat "$directory/url")
    export PERENNIAL_TEST_POSTGRES_URL
    command "$@"
    ;;
*) sed -n '2,9s/^# \{0,1\}//p' "$self" >&2 && exit 2 ;;
esac
