#!/bin/bash
# Builds what is served and serves it on this machine until Ctrl-C. Started again, it goes on with the same data.
#
#   PORT               where it listens on 127.0.0.1 (8787)
#   BREATH_DATA        where data, logs and secrets are (.local)
#   BREATH_PG_PORT     PostgreSQL's port (a free one)
#   BREATH_PUBLIC_URL  where clients reach it, when that is another address (http://127.0.0.1:PORT)
#   BREATH_BIN         a folder with the executables of a release: nothing is built, and Swift is not needed
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
functions=$(scripts/functions.sh)
mapfile -t products <<<"breath"$'\n'"$functions"
sample=functions/sync/samples/export.json sample_zone=America/Costa_Rica
log_bytes_max=$((10 * 1000 * 1000))
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

# Before anything is made: what can be seen to be wrong now is not found out after ten minutes.
check_settings() {
  local lowest
  lowest=$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start 2>/dev/null || echo 1024)
  check_port PORT "$PORT"
  if ((PORT < lowest)) && [ "$(id -u)" != 0 ]; then
    fail "PORT=$PORT is for root only: choose one from $lowest on, such as PORT=8787"
  fi
  [ -z "${BREATH_PG_PORT:-}" ] || check_port BREATH_PG_PORT "$BREATH_PG_PORT"
  [[ -z ${BREATH_PUBLIC_URL:-} || $BREATH_PUBLIC_URL = none || $BREATH_PUBLIC_URL =~ ^https?://[^/?#[:space:]]+[^?#[:space:]]*$ ]] ||
    fail "BREATH_PUBLIC_URL must be an address like https://breath.example.org, or none: $BREATH_PUBLIC_URL"
}

check_port() {
  if ! [[ $2 =~ ^[1-9][0-9]{0,4}$ ]] || (($2 > 65535)); then fail "$1 must be a port, from 1 to 65535: $2"; fi
}

# One run per folder, and none of an earlier one that was killed. The lock ends with this process, however it ends.
claim_data() {
  local old
  if [ ! -d "$data" ]; then mkdir -p "$data" 2>/dev/null && chmod 0711 "$data"; fi ||
    fail "cannot make the folder $data: name another one in BREATH_DATA"
  data=$(cd "$data" 2>/dev/null && pwd) || fail "cannot enter the folder $data: name another one in BREATH_DATA"
  { exec 9>"$data/lock"; } 2>/dev/null || fail "cannot write into the folder $data: name another one in BREATH_DATA"
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

use_given() {
  local product given=$BREATH_BIN
  BREATH_BIN=$(cd "$given" 2>/dev/null && pwd) || fail "BREATH_BIN is no folder that can be entered: $given"
  for product in "${products[@]}"; do
    [ -x "$BREATH_BIN/$product" ] || fail "BREATH_BIN has no executable $product: unpack a whole release into $BREATH_BIN"
  done
  breath=$BREATH_BIN/breath
  "$breath" --version >/dev/null 2>"$data/server.log" ||
    fail "$breath does not run here: $(tail -n 1 "$data/server.log")"
}

# Asking Swift whether something changed takes longer than all the rest of a start.
build() {
  local product number=0
  if [ -f "$built_mark" ] && [ -z "$(find Package.swift Sources -newer "$built_mark" -print -quit)" ]; then return; fi
  require_network
  forget_moved_build
  if [ -f "$built_mark" ]; then
    say "Building what changed …"
  else
    say "Building. The first time takes 10 to 25 minutes and 1.1 GB; later starts take a second."
  fi
  for product in "${products[@]}"; do
    number=$((number + 1))
    say "Step $number of ${#products[@]}: $product"
    attend swift build "${swift_flags[@]}" --product "$product" || explain_failure "the build" /dev/null "$root"
  done
  touch "$built_mark"
}

# What the functions log goes to a file, where it is kept within bounds; what is an error is said here too.
start_gateway() {
  export BREATH_PUBLIC_URL=${BREATH_PUBLIC_URL:-$url}
  : >>"$data/server.log" || explain_failure "starting the gateway" /dev/null "$data"
  chmod 0600 "$data/server.log"
  "$breath" serve --port "$PORT" >>"$data/server.log" 2>&1 9>&- &
  gateway=$!
  echo "$gateway" >"$data/gateway.pid" || explain_failure "starting the gateway" /dev/null "$data"
  { tail -q -n 0 -F --pid "$gateway" "$data/server.log" 2>/dev/null | grep --line-buffered -E '"level":"error"|^gateway: ' >&2; } 9>&- &
  bound_logs 9>&- &
  for _ in {1..150}; do
    kill -0 "$gateway" 2>/dev/null || explain_failure "starting the gateway" "$data/server.log" "$data"
    [ "$(curl -s -o /dev/null -m 5 -w '%{http_code}' "$url/v1/admin/readyz")" = 200 ] && return
    sleep 0.1
  done
  fail "the gateway listens, but $url/v1/admin/readyz does not answer 200: see $data/server.log and $data/postgres.log"
}

# Each is written by appending, so it can be emptied under whoever writes.
bound_logs() {
  local log
  while kill -0 "$gateway" 2>/dev/null; do
    for log in "$data/server.log" "$BREATH_PG_LOG"; do
      if [ "$(stat -c %s "$log" 2>/dev/null || echo 0)" -gt "$log_bytes_max" ]; then
        (umask 077 && tail -c "$log_bytes_max" "$log" >"$log.1") && : >"$log"
      fi
    done
    # Ends with the gateway, so that nothing stays behind.
    timeout 20 tail --pid "$gateway" -f /dev/null || true
  done
}

import_sample() {
  [ ! -f "$data/imported" ] && [ -f "$sample" ] || return 0
  say "Importing a sample export, so that there is something to see:"
  # Beside the data and not in the person's own folder.
  if BREATH_HOME=$data attend "$breath" import "$sample" --time-zone "$sample_zone" --name demo --url "$url"; then
    date >"$data/imported"
  else
    say "The sample could not be imported: see the message above. Everything else works." >&2
  fi
}

check_settings
if [ -n "${BREATH_BIN:-}" ]; then
  require_only "${run_packages[@]}"
else
  require_swift
  # shellcheck disable=SC2119
  require_packages
fi
trap finish EXIT
trap stopped INT TERM
claim_data
if [ -n "${BREATH_BIN:-}" ]; then use_given; else build; fi
# shellcheck source=/dev/null
if [ -f "$data/env" ]; then . "$data/env"; fi
has_database=yes
open_database "$data" "${BREATH_PG_PORT:-}" 9>&-
make_keys
save_environment "$data/env" || explain_failure "writing $data/env" /dev/null "$data"
start_gateway
import_sample
say "Breath Master Sync is ready at $url — Ctrl-C stops it."
say "Next: $(shown "$breath") --help, or README.md, \"Five minutes\". Logs: $(shown "$data")/server.log"
wait "$gateway" || explain_failure "the gateway" "$data/server.log" "$data"
