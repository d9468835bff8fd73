#!/bin/bash
# Installs Debian packages and nothing that nobody asked for: no recommended ones, no database cluster of Debian's own, no
# service that starts now or after the next boot. Run as root.
#
#   scripts/packages.sh PACKAGE…
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

(($# > 0)) || fail "usage: scripts/packages.sh PACKAGE…"
[ "$(id -u)" = 0 ] || fail "run it as root"

stop_service() {
  if [ -d /run/systemd/system ]; then
    systemctl disable --now "$1" >/dev/null 2>&1 || true
    return
  fi
  if [ -x "/etc/init.d/$1" ]; then "/etc/init.d/$1" stop >/dev/null 2>&1 || true; fi
  if command -v update-rc.d >/dev/null; then update-rc.d "$1" disable >/dev/null 2>&1 || true; fi
}

conf=/etc/postgresql-common/createcluster.d/breath-master-sync.conf
log=$(mktemp)
trap 'rm -f "$log" "$conf"' EXIT
mkdir -p "$(dirname "$conf")"
printf 'create_main_cluster = false\n' >"$conf"
say "Installing $* (half a minute or so) …"
apt-get update -q >"$log" 2>&1 || true
DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends "$@" >>"$log" 2>&1 ||
  explain_failure "installing $*" "$log" /var
for package in "$@"; do [ "$package" != pgbouncer ] || stop_service pgbouncer; done
