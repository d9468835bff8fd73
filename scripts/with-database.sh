#!/bin/bash
# Runs a command with a new, migrated database and the functions' keys in its environment, and removes all of it after.
#
#   scripts/with-database.sh COMMAND…
#
# The command finds BREATH_TEST_DATABASE_URL (superuser), DATABASE_URL_SYNC, _STATS, _AUTH and _ADMIN (the functions'
# roles), MIGRATE_DATABASE_URL, the keys, and in BREATH_TEST_BIN the folder of the executables. BREATH_TEST_TLS_URL names
# the server as the certificate in the file BREATH_TEST_TLS_CA does. With BREATH_TEST_POOLER=pgbouncer the functions' URLs
# lead through a PgBouncer in transaction mode, DATABASE_POOLER says so, BREATH_POOLER_CONSOLE is its console, and
# BREATH_TEST_DIRECT_URL_SYNC and so on still lead to the server itself.
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=scripts/database.sh
. "$root/scripts/database.sh"

dir=$(mktemp -d)
chmod 0711 "$dir"
child=''
# shellcheck disable=SC2317  # called by the trap
finish() {
  local code=$?
  trap '' INT TERM
  trap - EXIT
  [ -z "$child" ] || kill "$child" 2>/dev/null || true
  "$root/scripts/pgbouncer.sh" stop "$dir" || code=1
  "$root/scripts/postgres.sh" stop "$dir" || code=1
  rm -rf "$dir"
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# A certificate for the name localhost and not for 127.0.0.1, at the place where the server looks for it.
speak_tls() {
  local certificate=$BREATH_PG_DATA/server.crt key=$BREATH_PG_DATA/server.key
  (umask 077 && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost -out "$certificate" -keyout "$key" 2>"$dir/openssl.log") ||
    explain_failure "making a certificate with openssl" "$dir/openssl.log" "$dir"
  chown --reference "$BREATH_PG_DATA" "$certificate" "$key"
  as_superuser "$MIGRATE_DATABASE_URL" <<<'ALTER SYSTEM SET ssl = on; SELECT pg_reload_conf() \g /dev/null'
  export BREATH_TEST_TLS_CA=$certificate
  export BREATH_TEST_TLS_URL="$MIGRATE_DATABASE_URL&host=localhost"
}

# The same URLs, with the pooler's place instead of the server's.
open_pooler() {
  local facts role name
  facts=$("$root/scripts/pgbouncer.sh" start "$dir" "$MIGRATE_DATABASE_URL") || exit 1
  eval "$facts"
  for role in "${roles[@]}"; do
    name=DATABASE_URL_${role^^}
    export "BREATH_TEST_DIRECT_URL_${role^^}=${!name}"
    export "$name=${!name/"$BREATH_PG_PLACE"/"$BREATH_POOLER_PLACE"}"
  done
  export BREATH_POOLER_CONSOLE DATABASE_POOLER=transaction
}

open_database "$dir"
make_keys
speak_tls
export DATABASE_POOLER=none
[ "${BREATH_TEST_POOLER:-}" != pgbouncer ] || open_pooler
export BREATH_TEST_DATABASE_URL=$MIGRATE_DATABASE_URL BREATH_TEST_BIN=$root/.build/release
"$@" &
child=$!
result=0
wait "$child" || result=$?
if [ "$DATABASE_POOLER" = transaction ]; then
  psql -X -A -t -d "$BREATH_POOLER_CONSOLE" -c 'SHOW STATS' |
    awk -F '|' '$1 == "breath" { printf "Through PgBouncer went %d transactions.\n", $2 }' >&2
fi
exit $result
