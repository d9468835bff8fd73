#!/bin/bash
# Builds everything and serves it on this machine until Ctrl-C. Started again, it goes on with the same data.
#
#   PORT            where it listens on 127.0.0.1 (8787)
#   BREATH_DATA     where data and secrets are (.local)
#   BREATH_PG_PORT  PostgreSQL's port (a free one)
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=scripts/tools.sh
. "$root/scripts/tools.sh"
# shellcheck source=scripts/database.sh
. "$root/scripts/database.sh"
cd "$root"

export PORT=${PORT:-8787}
url=http://127.0.0.1:$PORT
data=${BREATH_DATA:-$root/.local}
sample=functions/sync/samples/export.json sample_zone=America/Costa_Rica
child='' gateway='' has_database=''

# Runs a step so that a signal reaches us at once and not only after it.
attend() {
  "$@" 9>&- &
  child=$!
  local result=0
  wait "$child" || result=$?
  child=''
  return $result
}

finish() {
  local code=$?
  trap '' INT TERM
  trap - EXIT
  [ -z "$child" ] || kill "$child" 2>/dev/null || true
  if [ -n "$gateway" ]; then
    kill "$gateway" 2>/dev/null || true
    wait "$gateway" 2>/dev/null || true
    rm -f "$data/gateway.pid"
  fi
  [ -z "$has_database" ] || "$root/scripts/postgres.sh" stop "$data" 9>&- || code=1
  exit $code
}

stopped() {
  say "Stopping …"
  exit 0
}

# One run per folder, and none of an earlier one that was killed. The lock ends with this process, however it ends.
claim_data() {
  local old
  if [ ! -d "$data" ]; then mkdir -p "$data" && chmod 0711 "$data"; fi || fail "cannot make the folder $data (BREATH_DATA)"
  data=$(cd "$data" && pwd)
  exec 9>"$data/lock" || fail "cannot write to $data (BREATH_DATA)"
  flock -n 9 || fail "another 'make run' uses $data: stop that one, or name another folder in BREATH_DATA"
  old=$(cat "$data/gateway.pid" 2>/dev/null || true)
  if [ -n "$old" ] && [ "$(readlink "/proc/$old/exe" | cut -d ' ' -f 1)" = "$(readlink -m "$breath")" ]; then
    say "Stopping the gateway of an earlier run that was killed (pid $old)."
    kill "$old"
    for _ in {1..100}; do [ -d "/proc/$old" ] && sleep 0.1; done
  fi
  rm -f "$data/gateway.pid"
  if is_listening "$PORT"; then fail "port $PORT is in use: stop what listens there, or choose another one (PORT=…)"; fi
}

# Asking Swift whether something changed takes longer than all the rest of a start.
build() {
  local built=.build/release/.built
  if [ -f "$built" ] && [ -z "$(find Package.swift Sources -newer "$built" -print -quit)" ]; then return; fi
  say "Building (the first time takes some minutes) …"
  attend swift build -c release --explicit-target-dependency-import-check error ||
    explain_failure "the build" /dev/null "$root"
  touch "$built"
}

start_gateway() {
  export BREATH_PUBLIC_URL=${BREATH_PUBLIC_URL:-$url}
  "$breath" serve --port "$PORT" 9>&- &
  gateway=$!
  echo "$gateway" >"$data/gateway.pid" || explain_failure "starting the gateway" /dev/null "$data"
  for _ in {1..150}; do
    kill -0 "$gateway" 2>/dev/null || fail "the gateway ended: the reason is above"
    [ "$(curl -s -o /dev/null -m 5 -w '%{http_code}' "$url/v1/admin/readyz")" = 200 ] && return
    sleep 0.1
  done
  fail "the gateway listens, but $url/v1/admin/readyz does not answer 200: see the log above and $data/postgres.log"
}

import_sample() {
  [ ! -f "$data/imported" ] && [ -f "$sample" ] || return 0
  say "Importing a sample export, so that there is something to see:"
  if attend "$breath" import "$sample" --time-zone "$sample_zone" --name demo --url "$url"; then
    date >"$data/imported"
  else
    say "The sample could not be imported: see the message above. Everything else works." >&2
  fi
}

require_swift
require_packages
trap finish EXIT
trap stopped INT TERM
claim_data
build
# shellcheck source=/dev/null
if [ -f "$data/env" ]; then . "$data/env"; fi
has_database=yes
open_database "$data" "${BREATH_PG_PORT:-}" 9>&-
make_keys
save_environment "$data/env" || explain_failure "writing $data/env" /dev/null "$data"
start_gateway
import_sample
say "Breath Master Sync is ready at $url — Ctrl-C stops it."
wait "$gateway" || fail "the gateway ended: the reason is above"
