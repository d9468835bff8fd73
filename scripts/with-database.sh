#!/bin/bash
# Runs a command with a new, migrated database and the functions' keys in its environment, and removes all of it after.
#
#   scripts/with-database.sh COMMAND…
#
# The command finds BREATH_TEST_DATABASE_URL (superuser), DATABASE_URL_SYNC, _STATS, _AUTH and _ADMIN (the functions'
# roles), MIGRATE_DATABASE_URL, the keys, and in BREATH_TEST_BIN the folder of the executables.
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=scripts/database.sh
. "$root/scripts/database.sh"

dir=$(mktemp -d)
chmod 0711 "$dir"
child=''
finish() {
  local code=$?
  trap '' INT TERM
  trap - EXIT
  [ -z "$child" ] || kill "$child" 2>/dev/null || true
  "$root/scripts/postgres.sh" stop "$dir" || code=1
  rm -rf "$dir"
  exit $code
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

open_database "$dir"
make_keys
export BREATH_TEST_DATABASE_URL=$MIGRATE_DATABASE_URL BREATH_TEST_BIN=$root/.build/release
"$@" &
child=$!
wait "$child"
