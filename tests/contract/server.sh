# To be sourced: a server on a database of its own, stopped and removed with the shell that started it.
# Sets PERENNIAL_TEST_URL, and PERENNIAL_TEST_PASSWORD for the administrators.

work=$(mktemp -d "${TMPDIR:-/tmp}/perennial-contract.XXXXXX")
database=contract_${work##*.}
log=$work/log
trap finish EXIT
trap 'exit 130' INT TERM HUP

random() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }

sql() { "$(../../scripts/postgres.sh programs)/psql" --quiet --dbname "$PERENNIAL_TEST_POSTGRES_URL" --command "$1"; }

start_server() {
    export PERENNIAL_DATA=$work PERENNIAL_LISTEN=127.0.0.1:0 PERENNIAL_LOG=info PERENNIAL_LOG_FORMAT=json PERENNIAL_RATE_LIMIT=0
    export PERENNIAL_DATABASE_URL PERENNIAL_JWT_SECRET PERENNIAL_TEST_URL PERENNIAL_TEST_PASSWORD
    PERENNIAL_JWT_SECRET=$(random)$(random)
    PERENNIAL_TEST_PASSWORD=$(random)
    case $PERENNIAL_TEST_DATABASE in
    sqlite) PERENNIAL_DATABASE_URL=sqlite:$work/perennial.db ;;
    postgresql)
        sql "CREATE DATABASE \"$database\""
        PERENNIAL_DATABASE_URL=${PERENNIAL_TEST_POSTGRES_URL%/*}/$database
        ;;
    esac
    "$PERENNIAL_PROGRAM" serve >"$work/out" 2>"$log" &
    server=$!
    until PERENNIAL_TEST_URL=$(sed -n 's/.*"message":"serving","address":"\([^"]*\)".*/\1/p' "$log") && [ -n "$PERENNIAL_TEST_URL" ]; do
        kill -0 "$server" 2>/dev/null || { cat "$log" >&2; return 1; }
        sleep 0.1
    done
}

# An organization and its administrator, admin@NAME.example.
add_organization() {
    "$PERENNIAL_PROGRAM" organization create --name "$1" --currency CNY --zone Asia/Shanghai
    "$PERENNIAL_PROGRAM" user create --email "admin@$1.example" --organization "$1" --role admin --password-stdin <<<"$PERENNIAL_TEST_PASSWORD"
} >/dev/null

finish() {
    local status=$?
    [ -z "${server:-}" ] || { kill "$server" && wait "$server"; } 2>/dev/null || true
    ((!status)) || grep '"level":"\(ERROR\|WARN\)"' "$log" | tail -n 10 >&2 || true
    [ "$PERENNIAL_TEST_DATABASE" = sqlite ] || sql "DROP DATABASE IF EXISTS \"$database\"" || true
    rm -rf "$work"
    exit "$status"
}
