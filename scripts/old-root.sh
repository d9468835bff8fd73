#!/bin/bash
# Makes a Debian 11 root file system (glibc 2.31), once, and prints its path: what the bundle must run in without
# anything of the host it was built on. It is kept in BREATH_DATA, or .local. Where it cannot be made, the exit code is 77
# and standard error says why.
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

target=${BREATH_DATA:-$root/.local}/bullseye
# The second holds releases that are no longer kept up.
mirrors=(http://deb.debian.org/debian http://archive.debian.org/debian)

skip() {
  say "no Debian 11 root file system: $*" >&2
  exit 77
}

make_root() {
  local mirror log=$target.log
  for mirror in "${mirrors[@]}"; do
    rm -rf "$target.new"
    say "Fetching Debian 11 from $mirror …" >&2
    if debootstrap --variant=minbase bullseye "$target.new" "$mirror" >"$log" 2>&1; then
      # As every container has it.
      echo '127.0.0.1 localhost' >"$target.new/etc/hosts"
      mv "$target.new" "$target"
      return
    fi
  done
  rm -rf "$target.new"
  skip "debootstrap failed: see $log"
}

if [ ! -x "$target/bin/sh" ]; then
  [ "$(id -u)" = 0 ] || skip "making and entering it takes root"
  if ! command -v debootstrap >/dev/null; then
    apt-get install -yq --no-install-recommends debootstrap >/dev/null 2>&1 || skip "install the package debootstrap"
  fi
  mkdir -p "$(dirname "$target")"
  make_root
fi
unshare -m true 2>/dev/null || skip "a mount namespace is not allowed here"
say "$target"
