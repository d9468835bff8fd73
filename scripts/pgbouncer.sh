#!/bin/bash
# A private PgBouncer in transaction mode, in front of a private cluster (scripts/postgres.sh); Debian's own is left alone.
#
#   scripts/pgbouncer.sh start DIR URL [SETTING=VALUE…]   starts it, prints how to reach it as shell assignments
#   scripts/pgbouncer.sh stop DIR                         stops it, if it runs
#
# URL is the superuser's, from the cluster's socket. The functions' roles log in with the passwords they have there: only
# their SCRAM secrets are copied. Two server sessions for each role and database, so that clients do share them. The
# database `breath` has a second name, `witness`, whose statistics are its own. SETTINGs are pgbouncer.ini's.
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

usage() { fail "usage: scripts/pgbouncer.sh start DIR URL [SETTING=VALUE…] | stop DIR"; }
[ $# -ge 2 ] || usage
action=$1 dir=$2
PATH=$PATH:/usr/sbin
[ "$action" = stop ] || command -v pgbouncer >/dev/null || fail "PgBouncer is missing: install the Debian package pgbouncer"

# PgBouncer refuses to be root; it then runs as the cluster does.
as_server() {
  if [ "$(id -u)" = 0 ]; then
    (cd / && exec setpriv --reuid postgres --regid postgres --init-groups -- "$@")
  else
    "$@"
  fi
}

ask() { psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$1" -c "$2"; }

write_configuration() {
  local home=$1 url=$2 place certificate setting
  shift 2
  place=$(ask "$url" "SELECT split_part(current_setting('unix_socket_directories'), ',', 1) || ' port=' || current_setting('port')")
  certificate=$(ask "$url" "SELECT current_setting('data_directory')")/server
  {
    printf '[databases]\nbreath = host=%s dbname=breath\nwitness = host=%s dbname=breath\n' "$place" "$place"
    printf '* = host=%s\n' "$place" # databases that tests make
    printf '[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = %s\nunix_socket_dir = %s\n' "$port" "$home"
    printf 'logfile = %s/log\npidfile = %s/pid\nauth_file = %s/users\n' "$home" "$home" "$home"
    printf 'auth_type = scram-sha-256\nadmin_users = console\npool_mode = transaction\ndefault_pool_size = 2\n'
    # By default a database that is back looks as if it were away for 15 s, and who waits for it waits for 120 s.
    printf 'server_login_retry = 1\nquery_wait_timeout = 5\nmax_client_conn = 500\n'
    if as_server test -f "$certificate.crt"; then
      printf 'client_tls_sslmode = allow\nclient_tls_cert_file = %s.crt\nclient_tls_key_file = %s.key\n' "$certificate" "$certificate"
    fi
    for setting in "$@"; do printf '%s\n' "${setting/=/ = }"; done
  } >"$home/pgbouncer.ini"
  {
    printf '"console" "%s"\n' "$console_password"
    ask "$url" "SELECT format('\"%s\" \"%s\"', rolname, rolpassword) FROM pg_authid WHERE rolname LIKE 'breath\\_%' AND rolcanlogin"
  } >"$home/users"
}

start() {
  local dir=$1 url=$2 home escaped console attempt
  shift 2
  home=$dir/pooler
  port=$(free_port) console_password=$(random_hex 16)
  (umask 077 && mkdir -p "$home" && write_configuration "$home" "$url" "$@")
  [ "$(id -u)" != 0 ] || chown -R postgres: "$home"
  as_server pgbouncer -q -d "$home/pgbouncer.ini" 2>"$home/start.log" ||
    explain_failure "starting PgBouncer" "$home/start.log" "$home"
  escaped=$(printf '%s' "$home" | sed 's,/,%2F,g; s, ,%20,g')
  console="postgresql://console:$console_password@/pgbouncer?host=$escaped&port=$port"
  for attempt in {1..100}; do
    if ask "$console" 'SHOW VERSION' >/dev/null 2>&1; then
      printf "BREATH_POOLER_PLACE='host=%s&port=%s'\nBREATH_POOLER_CONSOLE='%s'\n" "$escaped" "$port" "$console"
      return
    fi
    sleep 0.1
  done
  explain_failure "starting PgBouncer (no answer after $attempt attempts)" "$home/log" "$home"
}

# Its process, if it runs: an old pid may be anyone's by now.
pooler_pid() {
  local pid
  pid=$(cat "$dir/pooler/pid" 2>/dev/null) || return 1
  [ "$(basename "$(readlink "/proc/$pid/exe")" | cut -d ' ' -f 1)" = pgbouncer ] || return 1
  printf '%s' "$pid"
}

case $action in
start)
  [ $# -ge 3 ] || usage
  url=$3
  shift 3
  start "$(cd "$dir" && pwd)" "$url" "$@"
  ;;
stop)
  pid=$(pooler_pid) || exit 0
  kill "$pid"
  tail --pid "$pid" -f /dev/null
  ;;
*) usage ;;
esac
