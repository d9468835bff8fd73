#!/bin/bash
# A private PostgreSQL cluster in a folder; Debian's own clusters are left alone.
#
#   scripts/postgres.sh start DIR [PORT]   makes it if need be, starts it, prints how to reach it as shell assignments
#   scripts/postgres.sh stop DIR           stops it, if it runs
#
# It asks for passwords (SCRAM) everywhere and listens on a socket and on 127.0.0.1. As root the server runs as the
# user postgres, otherwise as the caller. What is said goes to standard error, the facts to standard output.
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

usage() { fail "usage: scripts/postgres.sh start DIR [PORT] | stop DIR"; }
[ $# -ge 2 ] || usage
action=$1 dir=$2 port=${3:-}
bin=$(postgres_bin) || fail "PostgreSQL is missing: install the Debian package postgresql"
server_user=postgres

# Runs as whoever the server runs as.
as_server() {
  if [ "$(id -u)" = 0 ]; then
    (cd / && exec setpriv --reuid "$server_user" --regid "$server_user" --init-groups -- "$@")
  else
    "$@"
  fi
}

# Folder of the cluster: in DIR, unless the server's user cannot get there.
choose_home() {
  home=$dir
  if [ "$(id -u)" = 0 ] && ! as_server test -x "$dir"; then
    home=/var/lib/breath-master-sync/$(name_of_path "$dir")
    mkdir -p "$home"
    chmod 0711 /var/lib/breath-master-sync "$home"
    moved=yes
  fi
  data=$home/postgres log=$home/postgres.log password_file=$home/superuser-password
  socket=$home/socket
  # A socket's path may have 107 bytes.
  if [ ${#socket} -gt 80 ]; then socket=/tmp/breath-$(id -u)-$(name_of_path "$home"); fi
}

own() { if [ "$(id -u)" = 0 ]; then chown "$server_user:" "$@"; fi; }

create() {
  [ -z "${moved:-}" ] || say "The user $server_user cannot reach $dir: the database is in $home." >&2
  say "Making a PostgreSQL cluster in $data …" >&2
  rm -rf "$data.new"
  (umask 077 && random_hex 24 >"$password_file" && mkdir "$data.new" && : >"$home/initdb.log") ||
    explain_failure "making the cluster" /dev/null "$home"
  own "$password_file" "$data.new"
  as_server "$bin/initdb" --pgdata "$data.new" --username postgres --pwfile "$password_file" \
    --auth scram-sha-256 --encoding UTF8 --locale C.UTF-8 --data-checksums >"$home/initdb.log" 2>&1 ||
    explain_failure "initdb" "$home/initdb.log" "$home"
  mv "$data.new" "$data"
}

# The server's process, if it runs on this cluster: an old pid may be anyone's by now.
server_pid() {
  local pid
  pid=$(head -n 1 "$data/postmaster.pid" 2>/dev/null) || return 1
  [ "$(readlink "/proc/$pid/cwd" 2>/dev/null)" = "$(readlink -f "$data")" ] || return 1
  [ "$(basename "$(readlink "/proc/$pid/exe")" | cut -d ' ' -f 1)" = postgres ] || return 1
  printf '%s' "$pid"
}

# PostgreSQL itself recovers from a pid file left behind, and refuses while any of its old processes still runs. Only a
# pid that has become somebody else's, or that is a zombie nobody buries, would stop it: then the file goes, and the
# socket's with the same pid, provided that nothing works on the cluster.
recover() {
  local pid process
  pid=$(head -n 1 "$data/postmaster.pid" 2>/dev/null) || return 0
  say "PostgreSQL was not stopped properly last time; it recovers." >&2
  [ -d "/proc/$pid" ] || return 0
  for process in /proc/[0-9]*; do
    [ "$(readlink "$process/cwd" 2>/dev/null)" != "$(readlink -f "$data")" ] || return 0
  done
  rm -f "$data/postmaster.pid" "$socket"/.s.PGSQL.*.lock
}

start() {
  local attempt
  mkdir -p "$socket" && chmod 0700 "$socket" && own "$socket"
  for attempt in 1 2 3; do
    chosen=${port:-$(free_port)}
    if is_listening "$chosen"; then
      fail "port $chosen is in use, PostgreSQL cannot have it: name another one in BREATH_PG_PORT"
    fi
    : >"$log" || explain_failure "starting PostgreSQL" /dev/null "$home"
    chmod 0600 "$log" && own "$log"
    as_server "$bin/pg_ctl" start --pgdata "$data" --log "$log" --silent --wait --timeout 60 \
      --options "-p $chosen -k '$socket' -c listen_addresses=127.0.0.1" >/dev/null 2>&1 && return
    if [ -n "$port" ] || [ "$attempt" = 3 ] || ! grep -q 'Address already in use' "$log"; then break; fi
  done
  explain_failure "starting PostgreSQL" "$log" "$home"
}

facts() {
  local escaped
  chosen=$(sed -n 4p "$data/postmaster.pid")
  socket=$(sed -n 5p "$data/postmaster.pid")
  escaped=$(printf '%s' "$socket" | sed 's,/,%2F,g; s, ,%20,g')
  printf "BREATH_PG_PORT=%s\nBREATH_PG_SOCKET='%s'\nBREATH_PG_DATA='%s'\n" "$chosen" "$socket" "$data"
  printf "BREATH_PG_LOG='%s'\n" "$log"
  # The database's name goes between the two.
  printf "BREATH_PG_PLACE='host=%s&port=%s'\nBREATH_PG_PASSWORD='%s'\n" "$escaped" "$chosen" "$(cat "$password_file")"
}

case $action in
start)
  if [ ! -d "$dir" ]; then mkdir -p "$dir" && chmod 0711 "$dir"; fi
  dir=$(cd "$dir" && pwd)
  choose_home
  [ -d "$data" ] || create
  if pid=$(server_pid); then
    say "PostgreSQL still runs from an earlier start (pid $pid) and is used again." >&2
  else
    recover
    start
  fi
  facts
  ;;
stop)
  [ -d "$dir" ] || exit 0
  dir=$(cd "$dir" && pwd)
  choose_home
  server_pid >/dev/null || exit 0
  as_server "$bin/pg_ctl" stop --pgdata "$data" --mode fast --silent --wait --timeout 60 >/dev/null ||
    fail "PostgreSQL in $data does not stop: see $log"
  case $socket in /tmp/breath-*) rmdir "$socket" 2>/dev/null || true ;; esac
  ;;
*) usage ;;
esac
