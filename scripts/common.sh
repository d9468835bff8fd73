# shellcheck shell=bash
# What the scripts share; sourced, not run.

# shellcheck disable=SC2034  # for those who source this
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*"; }

# One line that says what is wrong and what to do, and the end.
fail() {
  printf 'breath: %s\n' "$*" >&2
  exit 1
}

# A path as short as it can be typed from here.
shown() { printf '%s' "${1#"$root/"}"; }

random_hex() { od -An -v -N "$1" -tx1 /dev/urandom | tr -d ' \n'; }

# 32 bytes in base64url, as `breath keys secret` prints them.
random_key() { head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '='; }

# A short name for a path, the same every time.
name_of_path() { printf '%s' "$1" | cksum | cut -d ' ' -f 1; }

is_listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_port() {
  local port
  for _ in {1..50}; do
    port=$((20000 + RANDOM % 12000))
    if ! is_listening "$port"; then
      printf '%s' "$port"
      return
    fi
  done
  fail "found no free port for PostgreSQL: name one in BREATH_PG_PORT"
}

is_disk_full() {
  local place
  for place in "$@" "${TMPDIR:-/tmp}"; do
    [ -d "$place" ] && [ "$(df -Pk "$place" | awk 'NR == 2 { print $4 }')" -lt 20480 ] && return 0
  done
  return 1
}

# The last word on a step that failed: the disk, or what it wrote itself.
#   explain_failure WHAT LOG DIR…
explain_failure() {
  local what=$1 log=$2
  shift 2
  if grep -qs 'No space left on device' "$log" || is_disk_full "$@"; then
    fail "$what failed, because the disk is full (No space left on device): free some space and start again"
  fi
  [ -s "$log" ] && tail -n 15 "$log" >&2
  fail "$what failed: the reason is above"
}

postgres_bin() {
  local bin
  for bin in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -t / -k 5 -rn) "$(dirname "$(command -v initdb || echo /)")"; do
    if [ -x "$bin/initdb" ] && [ -x "$bin/postgres" ] && [ -x "$bin/pg_ctl" ]; then
      printf '%s' "$bin"
      return
    fi
  done
  return 1
}
